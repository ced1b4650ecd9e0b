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
    from pytest_glue_runs._service.glue import Call
    from pytest_glue_runs._service.plan import Plan, fails, hangs, succeeds

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

_HOMES = {
    "Call": "_service.glue",
    "GlueRuns": "_control",
    "JobRun": "_job_run",
    "Plan": "_service.plan",
    "fails": "_service.plan",
    "hangs": "_service.plan",
    "mock_glue_runs": "_mock",
    "succeeds": "_service.plan",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
