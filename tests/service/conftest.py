"""Shared fixtures: clients, and a service with its own clock that takes raw requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._clients.model import glue_request_model
from pytest_glue_runs._clients.moto.iam import policy_problem
from pytest_glue_runs._service.engine.script_runner import ScriptResult
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.service import Defaults, Dependencies, GlueService
from pytest_glue_runs._time.cron import CronSchedule


class Bench:
    """A service without clients, whose clock is an attribute."""

    caller = Caller("123456789012", "us-east-1")

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=timezone.utc)
        defaults = Defaults(timedelta(seconds=4), timedelta(minutes=1), "4.0", max_reads=100_000)
        dependencies = Dependencies(
            request_model=glue_request_model,
            policy_problem=policy_problem,
            deliver_event=lambda event: None,
            has_event_targets=lambda: False,
            clock_may_advance=lambda: False,
            missing_for_launch=lambda run: None,
            parse_schedule=CronSchedule,
            script_turn=nullcontext,
            run_script=lambda run, at: ScriptResult(),
        )
        self.glue = GlueService(dependencies, lambda: self.now, defaults)

    def move_clock(self, seconds: float) -> None:
        """Move the clock forward, or back."""
        self.now += timedelta(seconds=seconds)

    def send(self, operation: str, body: bytes, caller: Caller = caller) -> tuple[int, Any]:
        """Send a raw request and return the status and the parsed body of the response."""
        response = self.glue.handle(caller, operation, body)
        assert response is not None
        return response.status, json.loads(response.body)

    def call(self, operation: str, caller: Caller = caller, **request: Any) -> Any:
        """Call an operation, which must succeed, and return the parsed body of the response."""
        status, content = self.send(operation, json.dumps(request).encode(), caller)
        assert status == 200, content
        return content

    def add_job(self, name: str = "nightly", caller: Caller = caller, **definition: Any) -> None:
        """Create a job that may have many concurrent runs."""
        many = {"MaxConcurrentRuns": 1000}
        command = {"Name": "glueetl"}
        defaults = {"Name": name, "Role": "r", "Command": command, "ExecutionProperty": many}
        self.call("CreateJob", caller, **{**defaults, **definition})


@pytest.fixture
def bench() -> Bench:
    """A service with its own clock."""
    return Bench()


@pytest.fixture(scope="session")
def new_bench() -> Callable[[], Bench]:
    """Return a function that creates a service with its own clock."""
    return Bench


@pytest.fixture
def glue_runs_settings() -> dict[str, Any]:
    """Each test begins before the end of life of any Glue version."""
    return {"start_at": "2026-01-01"}


@pytest.fixture
def client(glue_runs: GlueRuns) -> Any:
    """A client of the mocked Glue."""
    return boto3.client("glue", region_name="us-east-1")


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """The name of a job that may have many concurrent runs."""
    return glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})
