"""Fixtures for state machines: one that is created and started, and what it did."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
ROLE = "arn:aws:iam::123456789012:role/states"


class Machine:
    """A state machine of moto's Step Functions, and its executions."""

    def __init__(self, definition: dict[str, Any], name: str = "nightly") -> None:
        self.client = boto3.client("stepfunctions", region_name="us-east-1")
        created = self.client.create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=ROLE
        )
        self.arn: str = created["stateMachineArn"]

    def start(self, state_input: object = None, **request: Any) -> str:
        """Start an execution and return its ARN."""
        request["input"] = json.dumps({} if state_input is None else state_input)
        started = self.client.start_execution(stateMachineArn=self.arn, **request)
        return str(started["executionArn"])

    def describe(self, execution: str) -> dict[str, Any]:
        """Return what DescribeExecution shows."""
        described: dict[str, Any] = self.client.describe_execution(executionArn=execution)
        del described["ResponseMetadata"]
        return described

    def status(self, execution: str) -> str:
        """Return the status of an execution."""
        return str(self.describe(execution)["status"])

    def output(self, execution: str) -> Any:
        """Return the output of an execution that has succeeded."""
        described = self.describe(execution)
        assert described["status"] == "SUCCEEDED", described
        return json.loads(described["output"])

    def stop(self, execution: str) -> datetime:
        """Stop an execution, and return the stop date."""
        stopped: datetime = self.client.stop_execution(executionArn=execution)["stopDate"]
        return stopped

    def history(self, execution: str) -> list[dict[str, Any]]:
        """Return the events of an execution."""
        events: list[dict[str, Any]] = self.client.get_execution_history(executionArn=execution)[
            "events"
        ]
        return events

    def story(self, execution: str) -> list[str]:
        """Return when each event happened, in seconds after noon, and its type."""
        return [
            f"{(event['timestamp'] - NOON).total_seconds():g} {event['type']}"
            for event in self.history(execution)
        ]


@pytest.fixture
def glue_runs_settings() -> dict[str, Any]:
    """Start each test at noon."""
    return {"start_at": NOON}


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """The name of a job that may have many runs at a time."""
    return glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 100})


@pytest.fixture
def glue(glue_runs: GlueRuns) -> Any:
    """A client of Glue."""
    return boto3.client("glue", region_name="us-east-1")


@pytest.fixture(scope="session")
def make_machine_now() -> Callable[..., Machine]:
    """Creates a state machine from its states, the first of which it starts at."""

    def make(name: str = "nightly", timeout: int | None = None, **states: Any) -> Machine:
        definition: dict[str, Any] = {"StartAt": next(iter(states)), "States": states}
        if timeout is not None:
            definition["TimeoutSeconds"] = timeout
        return Machine(definition, name)

    return make


@pytest.fixture
def make_machine(
    glue_runs: GlueRuns, make_machine_now: Callable[..., Machine]
) -> Callable[..., Machine]:
    """Creates a state machine while Glue is mocked."""
    return make_machine_now


@pytest.fixture(scope="session")
def run_job() -> Callable[..., dict[str, Any]]:
    """Returns a task state that runs the job and waits for the run."""

    def state(job: str = "load", **members: Any) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": job},
            **({} if "Next" in members else {"End": True}),
            **members,
        }

    return state


@pytest.fixture
def queue(glue_runs: GlueRuns) -> str:
    """The URL of a queue."""
    sqs = boto3.client("sqs", region_name="us-east-1")
    return str(sqs.create_queue(QueueName="results")["QueueUrl"])


@pytest.fixture
def received(queue: str) -> Callable[[], list[Any]]:
    """Receives the messages of the queue, parsed."""
    sqs = boto3.client("sqs", region_name="us-east-1")

    def receive() -> list[Any]:
        response = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in response.get("Messages", [])]

    return receive


@pytest.fixture
def send_to_queue(queue: str) -> Callable[..., dict[str, Any]]:
    """Returns a task state that sends its token to the queue."""

    def state(resource: str) -> dict[str, Any]:
        body = {"token.$": "$$.Task.Token"}
        parameters = {"QueueUrl": queue, "MessageBody": body}
        return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}

    return state
