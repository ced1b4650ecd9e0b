"""A faithful AWS Glue job-run service in memory, for tests.

These names, and those in `pytest_glue_runs.errors`, are public; everything else is private. They
are resolved when they are first used: importing this package imports nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_glue_runs._call import Call
    from pytest_glue_runs._control import GlueRuns
    from pytest_glue_runs._job_run import JobRun, RunSnapshot
    from pytest_glue_runs._mock import mock_glue_runs
    from pytest_glue_runs._prepared import (
        Prepared,
        delay_next_response,
        fail_next,
        hide_next_run,
        lose_next_response,
        plan,
    )
    from pytest_glue_runs._scripts.executes import executes
    from pytest_glue_runs._service.model.call import Caller
    from pytest_glue_runs._service.model.log_line import LogLine, LogStream
    from pytest_glue_runs._service.model.plan import Plan, fails, fails_to_launch, hangs, succeeds
    from pytest_glue_runs._service.model.quotas import Quotas
    from pytest_glue_runs._service.model.run import RunState, Transition
    from pytest_glue_runs._service.model.workflow import WorkflowRunStatus
    from pytest_glue_runs._service.rules.errors import GlueError
    from pytest_glue_runs._time.duration import Duration
    from pytest_glue_runs._workflow_run import WorkflowRun
    from pytest_glue_runs.errors import (
        EndedMockError,
        EndlessLoopError,
        EndlessLoopInterrupt,
        GlueRunsError,
        IgnoredTransitionWarning,
        JobFileError,
        LeftoverRequestError,
        LeftoverThreadWarning,
        MissingLibraryError,
        NotFrozenError,
        ScriptError,
        SettingError,
        TooManyReadsError,
        TooManySleepsError,
        UnansweredRequestError,
        UnknownNameError,
        UnsettledError,
        UnusedError,
    )

__all__ = [
    "Call",
    "Caller",
    "Duration",
    "EndedMockError",
    "EndlessLoopError",
    "EndlessLoopInterrupt",
    "GlueError",
    "GlueRuns",
    "GlueRunsError",
    "IgnoredTransitionWarning",
    "JobFileError",
    "JobRun",
    "LeftoverRequestError",
    "LeftoverThreadWarning",
    "LogLine",
    "LogStream",
    "MissingLibraryError",
    "NotFrozenError",
    "Plan",
    "Prepared",
    "Quotas",
    "RunSnapshot",
    "RunState",
    "ScriptError",
    "SettingError",
    "TooManyReadsError",
    "TooManySleepsError",
    "Transition",
    "UnansweredRequestError",
    "UnknownNameError",
    "UnsettledError",
    "UnusedError",
    "WorkflowRun",
    "WorkflowRunStatus",
    "delay_next_response",
    "executes",
    "fail_next",
    "fails",
    "fails_to_launch",
    "hangs",
    "hide_next_run",
    "lose_next_response",
    "mock_glue_runs",
    "plan",
    "succeeds",
]

# The module that defines each public name.
_EXPORTS = {
    "Call": "_call",
    "Caller": "_service.model.call",
    "Duration": "_time.duration",
    "EndedMockError": "errors",
    "EndlessLoopError": "errors",
    "EndlessLoopInterrupt": "errors",
    "GlueError": "_service.rules.errors",
    "GlueRuns": "_control",
    "GlueRunsError": "errors",
    "IgnoredTransitionWarning": "errors",
    "JobFileError": "errors",
    "JobRun": "_job_run",
    "LeftoverRequestError": "errors",
    "LeftoverThreadWarning": "errors",
    "LogLine": "_service.model.log_line",
    "LogStream": "_service.model.log_line",
    "MissingLibraryError": "errors",
    "NotFrozenError": "errors",
    "Plan": "_service.model.plan",
    "Prepared": "_prepared",
    "Quotas": "_service.model.quotas",
    "RunSnapshot": "_job_run",
    "RunState": "_service.model.run",
    "ScriptError": "errors",
    "SettingError": "errors",
    "TooManyReadsError": "errors",
    "TooManySleepsError": "errors",
    "Transition": "_service.model.run",
    "UnansweredRequestError": "errors",
    "UnknownNameError": "errors",
    "UnsettledError": "errors",
    "UnusedError": "errors",
    "WorkflowRun": "_workflow_run",
    "WorkflowRunStatus": "_service.model.workflow",
    "delay_next_response": "_prepared",
    "executes": "_scripts.executes",
    "fail_next": "_prepared",
    "fails": "_service.model.plan",
    "fails_to_launch": "_service.model.plan",
    "hangs": "_service.model.plan",
    "hide_next_run": "_prepared",
    "lose_next_response": "_prepared",
    "mock_glue_runs": "_mock",
    "plan": "_prepared",
    "succeeds": "_service.model.plan",
}


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
