"""What the tests of the rules share: a client, and the three operations that rules are for."""

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
def glue_in() -> Callable[[str], Any]:
    """A client of Glue in a region: one for all tests, since making one takes long."""

    @cache
    def made(region: str) -> Any:
        nobodys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        return boto3.client("glue", region_name=region, **nobodys)

    return made


@pytest.fixture
def client(glue_runs: GlueRuns, glue_in: Callable[[str], Any]) -> Any:
    """A client of the mocked Glue."""
    return glue_in("us-east-1")


@pytest.fixture
def glue_runs_settings() -> dict[str, Any]:
    """Each test begins at noon, and an ended run releases its slot at once."""
    return {"start_at": NOON, "cleanup": 0}


@pytest.fixture
def noon() -> datetime:
    """When a test begins: a Thursday."""
    return NOON


@pytest.fixture(params=["CreateJob", "UpdateJob", "StartJobRun"])
def operation(request: pytest.FixtureRequest) -> str:
    """Each operation that most rules are for."""
    return str(request.param)


@pytest.fixture
def make_job(glue_runs: GlueRuns) -> Callable[..., str]:
    """Makes a job of a kind, of which many runs may go on at a time."""

    def make(name: str = "nightly", command: str = "glueetl", **definition: Any) -> str:
        ray = RAY_WORKERS if command == "glueray" else {}
        many = {"MaxConcurrentRuns": 1000}
        made = {"Command": COMMANDS[command], "ExecutionProperty": many, **ray, **definition}
        return glue_runs.add_job(name, **made)

    return make


@pytest.fixture
def ask(make_job: Callable[..., str], glue_in: Callable[[str], Any]) -> Callable[..., str]:
    """Asks for members in an operation; gives Glue's refusal, or nothing if it is granted."""
    names = iter(map(str, range(1000)))

    def asked(
        operation: str,
        command: str = "glueetl",
        version: str = "4.0",
        region: str = "us-east-1",
        **members: Any,
    ) -> str:
        glue = glue_in(region)
        name = next(names)
        if operation != "CreateJob":
            make_job(name, command, GlueVersion=version, region=region)
        ray = RAY_WORKERS if command == "glueray" else {}
        whole = {"Role": "r", "Command": COMMANDS[command], "GlueVersion": version, **ray}
        definition = {k: v for k, v in {**whole, **members}.items() if v is not None}
        try:
            if operation == "CreateJob":
                glue.create_job(Name=name, **definition)
            elif operation == "UpdateJob":
                glue.update_job(JobName=name, JobUpdate=definition)
            else:
                glue.start_job_run(JobName=name, **members)
        except ClientError as error:
            answer = error.response
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
            return f"{answer['Error']['Code']}: {answer['Error']['Message']}"
        return ""

    return asked


@pytest.fixture
def start(client: Any) -> Callable[..., str]:
    """Starts a run, and gives its id."""

    def started(job: str = "nightly", **members: Any) -> str:
        return str(client.start_job_run(JobName=job, **members)["JobRunId"])

    return started


@pytest.fixture
def shown(client: Any) -> Callable[..., dict[str, Any]]:
    """What GetJobRun shows of a run."""

    def show(run_id: str, job: str = "nightly") -> dict[str, Any]:
        run: dict[str, Any] = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        return run

    return show
