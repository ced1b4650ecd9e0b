"""What the tests of the service share: clients, a clock that they move, requests by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._clients.model import glue_request_model
from pytest_glue_runs._clients.moto import policy_problem
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.service import Defaults, Dependencies, GlueService


class Bench:
    """A service without any client: its clock is a variable, its requests are bytes."""

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
        )
        self.glue = GlueService(dependencies, lambda: self.now, defaults)

    def pass_time(self, seconds: float) -> None:
        """Moves the clock, back too."""
        self.now += timedelta(seconds=seconds)

    def send(self, operation: str, body: bytes, caller: Caller = caller) -> tuple[int, Any]:
        """The status and the parsed body of the answer to a raw request."""
        answer = self.glue.handle(caller, operation, body)
        assert answer is not None
        return answer.status, json.loads(answer.body)

    def ask(self, operation: str, caller: Caller = caller, **request: Any) -> Any:
        """The parsed body of the answer to a request, which succeeds."""
        status, content = self.send(operation, json.dumps(request).encode(), caller)
        assert status == 200, content
        return content

    def add_job(self, name: str = "nightly", caller: Caller = caller, **definition: Any) -> None:
        """Makes a job that any number of runs may have at a time."""
        many = {"MaxConcurrentRuns": 1000}
        minimum = {"Name": name, "Role": "r", "Command": {}, "ExecutionProperty": many}
        self.ask("CreateJob", caller, **{**minimum, **definition})


@pytest.fixture
def bench() -> Bench:
    """A service with a clock of its own."""
    return Bench()


@pytest.fixture(scope="session")
def new_bench() -> Callable[[], Bench]:
    """As many of them as a test wants."""
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
    """The name of a job that many runs may have at a time."""
    return glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})
