"""Shared fixtures: a client, job definitions, and the operations that most rules apply to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
COMMANDS = {
    "glueetl": {"Name": "glueetl", "ScriptLocation": "s3://scripts/a.py"},
    "gluestreaming": {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/a.py"},
    "pythonshell": {"Name": "pythonshell", "ScriptLocation": "s3://scripts/a.py"},
    "glueray": {"Name": "glueray", "ScriptLocation": "s3://scripts/a.py", "Runtime": "Ray2.4"},
}
RAY_WORKERS = {"WorkerType": "Z.2X", "NumberOfWorkers": 2}


@pytest.fixture(scope="session")
def client_in() -> Callable[[str], Any]:
    """Return a function that returns the Glue client of a region; clients are cached."""

    @cache
    def make_client(region: str) -> Any:
        credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        return boto3.client("glue", region_name=region, **credentials)

    return make_client


@pytest.fixture
def client(glue_runs: GlueRuns, client_in: Callable[[str], Any]) -> Any:
    """A client of the mocked Glue."""
    return client_in("us-east-1")


@pytest.fixture
def glue_runs_settings() -> dict[str, Any]:
    """Every test starts at noon, and an ended run releases its slot at once."""
    return {"start_at": NOON, "cleanup": 0}


@pytest.fixture
def noon() -> datetime:
    """The time at which a test starts: noon, on a Thursday."""
    return NOON


@pytest.fixture(params=["CreateJob", "UpdateJob", "StartJobRun"])
def operation(request: pytest.FixtureRequest) -> str:
    """Each operation that most rules apply to."""
    return str(request.param)


@pytest.fixture
def make_job(glue_runs: GlueRuns) -> Callable[..., str]:
    """Return a function that creates a job that may have many concurrent runs."""

    def make(name: str = "nightly", command: str = "glueetl", **definition: Any) -> str:
        ray = RAY_WORKERS if command == "glueray" else {}
        many = {"MaxConcurrentRuns": 1000}
        defaults = {"Command": COMMANDS[command], "ExecutionProperty": many, **ray}
        return glue_runs.add_job(name, **{**defaults, **definition})

    return make


@pytest.fixture
def rejection(make_job: Callable[..., str], client_in: Callable[[str], Any]) -> Callable[..., str]:
    """Return a function that requests members and returns Glue's error, or "" if accepted."""
    names = iter(map(str, range(1000)))

    def get_rejection(
        operation: str,
        command: str = "glueetl",
        version: str = "4.0",
        region: str = "us-east-1",
        **members: Any,
    ) -> str:
        glue = client_in(region)
        name = next(names)
        if operation != "CreateJob":
            make_job(name, command, GlueVersion=version, region=region)
        ray = RAY_WORKERS if command == "glueray" else {}
        defaults = {"Role": "r", "Command": COMMANDS[command], "GlueVersion": version, **ray}
        definition = {k: v for k, v in {**defaults, **members}.items() if v is not None}
        try:
            if operation == "CreateJob":
                glue.create_job(Name=name, **definition)
            elif operation == "UpdateJob":
                glue.update_job(JobName=name, JobUpdate=definition)
            else:
                glue.start_job_run(JobName=name, **members)
        except ClientError as error:
            response = error.response
            assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
            return f"{response['Error']['Code']}: {response['Error']['Message']}"
        return ""

    return get_rejection


@pytest.fixture
def start(client: Any) -> Callable[..., str]:
    """Return a function that starts a run and returns its id."""

    def start_run(job: str = "nightly", **members: Any) -> str:
        return str(client.start_job_run(JobName=job, **members)["JobRunId"])

    return start_run


@pytest.fixture
def shown(client: Any) -> Callable[..., dict[str, Any]]:
    """Return a function that returns what GetJobRun shows of a run."""

    def show(run_id: str, job: str = "nightly") -> dict[str, Any]:
        run: dict[str, Any] = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        return run

    return show
