"""A faithful AWS Glue job-run service in memory, for tests.

The names here are the whole public face. They are resolved when they are first used:
importing this package imports nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_glue_runs._control import GlueRuns
    from pytest_glue_runs._job_run import JobRun
    from pytest_glue_runs._mock import mock_glue_runs
    from pytest_glue_runs._service.model.plan import Plan, fails, hangs, succeeds
    from pytest_glue_runs._service.service import Call

__all__ = [
    "Call",
    "GlueRuns",
    "JobRun",
    "Plan",
    "fails",
    "hangs",
    "mock_glue_runs",
    "succeeds",
]

_EXPORTS = {
    "Call": "_service.service",
    "GlueRuns": "_control",
    "JobRun": "_job_run",
    "Plan": "_service.model.plan",
    "fails": "_service.model.plan",
    "hangs": "_service.model.plan",
    "mock_glue_runs": "_mock",
    "succeeds": "_service.model.plan",
}


def __getattr__(name: str) -> object:
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_EXPORTS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
