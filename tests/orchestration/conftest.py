"""What the tests of triggers and workflows share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns

MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc)  # a Thursday


@pytest.fixture(scope="session")
def glue_in() -> Callable[[str], Any]:
    """A client of Glue in a region: one for all tests, since making one takes long."""

    @cache
    def made(region: str) -> Any:
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        return boto3.client("glue", region_name=region, **keys)

    return made


@pytest.fixture
def client(glue_runs: GlueRuns, glue_in: Callable[[str], Any]) -> Any:
    """A client of the mocked Glue."""
    return glue_in("us-east-1")


@pytest.fixture
def glue_runs_settings() -> dict[str, Any]:
    """Each test begins at midnight, and slots are free at once."""
    return {"start_at": MIDNIGHT, "cleanup": "0s"}


@pytest.fixture
def jobs(glue_runs: GlueRuns) -> tuple[str, ...]:
    """Jobs of which many runs may be under way."""
    many = {"MaxConcurrentRuns": 100}
    return tuple(glue_runs.add_job(name, ExecutionProperty=many) for name in "abcd")


@pytest.fixture
def create(client: Any, jobs: tuple[str, ...]) -> Callable[..., str]:
    """Create a trigger that starts job a, with these changes, and return its name.

    One of type EVENT gets a workflow of its own, since Glue requires one.
    """

    def created(name: str = "t", kind: str = "ON_DEMAND", **members: Any) -> str:
        if kind == "EVENT" and "WorkflowName" not in members:
            members["WorkflowName"] = client.create_workflow(Name=f"of-{name}")["Name"]
        given = {"Name": name, "Type": kind, "Actions": [{"JobName": "a"}], **members}
        return str(client.create_trigger(**given)["Name"])

    return created


@pytest.fixture
def on_end(create: Callable[..., str]) -> Callable[..., str]:
    """Create an active conditional trigger, such as ``on_end("c", a="SUCCEEDED")``."""

    def created(
        starts: str,
        *,
        logical: str = "AND",
        name: str = "",
        workflow: str | None = None,
        **states: str,
    ) -> str:
        conditions = [
            {"LogicalOperator": "EQUALS", "JobName": job, "State": state}
            for job, state in states.items()
        ]
        return create(
            name or f"to-{starts}",
            "CONDITIONAL",
            Actions=[{"JobName": starts}],
            Predicate={"Logical": logical, "Conditions": conditions},
            StartOnCreation=True,
            **({} if workflow is None else {"WorkflowName": workflow}),
        )

    return created


@pytest.fixture
def state(client: Any) -> Callable[..., str]:
    """Return the State that GetTrigger shows."""

    def shown(name: str = "t") -> str:
        return str(client.get_trigger(Name=name)["Trigger"]["State"])

    return shown


@pytest.fixture
def story(glue_runs: GlueRuns) -> Callable[[], list[tuple[str, int, str]]]:
    """Return of each run its job, the second that it started in, and its state."""

    def told() -> list[tuple[str, int, str]]:
        return [
            (run.job_name, int((run.started_on - MIDNIGHT).total_seconds()), run.state)
            for run in glue_runs.runs()
        ]

    return told


@pytest.fixture
def rejection(client: Any) -> Callable[..., str]:
    """Call an operation that is rejected, and return code and message."""

    def rejected(operation: str, **request: Any) -> str:
        with pytest.raises(ClientError) as error:
            getattr(client, operation)(**request)
        response = error.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return f"{response['Error']['Code']}: {response['Error']['Message']}"

    return rejected
