"""The state machine, executed against a Glue in memory: hours pass in milliseconds."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from state_machine import JOB, create

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

# moto executes state machines with two libraries that its extra `stepfunctions` brings.
pytest.importorskip("antlr4")


@pytest.fixture
def step_functions(glue_runs: GlueRuns) -> Any:
    return boto3.client("stepfunctions", region_name="us-east-1")


@pytest.fixture
def reports(glue_runs: GlueRuns) -> Any:
    """A topic, and the queue that receives what is published to it."""
    sns = boto3.client("sns", region_name="us-east-1")
    sqs = boto3.client("sqs", region_name="us-east-1")
    topic = sns.create_topic(Name="reports")["TopicArn"]
    queue = sqs.create_queue(QueueName="reports")["QueueUrl"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:reports"
    )
    return topic, queue


@pytest.fixture
def start(glue_runs: GlueRuns, step_functions: Any, reports: Any) -> Any:
    """Starts an execution and returns its ARN."""
    glue_runs.add_job(JOB)
    machine = create(step_functions, "arn:aws:iam::123456789012:role/states")

    def started() -> str:
        execution = step_functions.start_execution(
            stateMachineArn=machine, input=json.dumps({"day": "2026-02-28", "topic": reports[0]})
        )
        return str(execution["executionArn"])

    return started


def test_day_is_loaded(glue_runs: GlueRuns, step_functions: Any, start: Any) -> None:
    execution = start()
    glue_runs.settle()
    described = step_functions.describe_execution(executionArn=execution)
    (run,) = glue_runs.runs(JOB)
    assert described["status"] == "SUCCEEDED"
    assert json.loads(described["output"])["run"]["Id"] == run.id
    assert run.arguments == {"--day": "2026-02-28"}


def test_failed_run_is_tried_again(glue_runs: GlueRuns, step_functions: Any, start: Any) -> None:
    glue_runs.plan(JOB, fails("no disk"), fails("no disk"), succeeds(after="40m"))
    execution = start()
    glue_runs.settle()
    assert step_functions.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    first, second, third = glue_runs.runs(JOB)
    assert first.completed_on is not None
    assert second.completed_on is not None
    assert second.started_on - first.completed_on == timedelta(minutes=1)
    assert third.started_on - second.completed_on == timedelta(minutes=2)


def test_day_that_fails_is_reported(
    glue_runs: GlueRuns, step_functions: Any, start: Any, reports: Any
) -> None:
    glue_runs.plan(JOB, fails("no disk"), fails("no disk"), fails("Out of memory"))
    execution = start()
    glue_runs.settle()
    described = step_functions.describe_execution(executionArn=execution)
    assert (described["status"], described["error"]) == ("FAILED", "OrdersNotLoaded")
    sqs = boto3.client("sqs", region_name="us-east-1")
    (message,) = sqs.receive_message(QueueUrl=reports[1])["Messages"]
    report = json.loads(message["Body"])
    assert report["Subject"] == "The orders of 2026-02-28 were not loaded"
    assert json.loads(report["Message"])["ErrorMessage"] == "Out of memory"


def test_busy_job_is_waited_for(glue_runs: GlueRuns, step_functions: Any, start: Any) -> None:
    glue_runs.plan(JOB, succeeds(after="40m"), succeeds())
    boto3.client("glue", region_name="us-east-1").start_job_run(JobName=JOB)
    execution = start()
    glue_runs.settle()
    assert step_functions.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"
    first, second = glue_runs.runs(JOB)
    assert second.started_on - first.started_on == timedelta(minutes=45)


def test_run_that_hangs_is_stopped(glue_runs: GlueRuns, step_functions: Any, start: Any) -> None:
    glue_runs.plan(JOB, hangs())
    execution = start()
    glue_runs.settle()
    (run,) = glue_runs.runs(JOB)
    assert run.state == "STOPPED"
    assert run.history[2].at - run.started_on == timedelta(hours=2)
    assert step_functions.describe_execution(executionArn=execution)["error"] == "OrdersNotLoaded"


def test_run_is_stopped_with_its_execution(
    glue_runs: GlueRuns, step_functions: Any, start: Any
) -> None:
    execution = start()
    glue_runs.tick("30s")
    step_functions.stop_execution(executionArn=execution)
    (run,) = glue_runs.settle()
    assert run.state == "STOPPED"
    assert step_functions.describe_execution(executionArn=execution)["status"] == "ABORTED"
