"""State machines of Step Functions that start scripts, and scripts that start state machines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, JobRun, executes, succeeds

_WAIT = {"Type": "Wait", "Seconds": 30, "Next": "Run"}
_RUN = {
    "Type": "Task",
    "Resource": "arn:aws:states:::glue:startJobRun.sync",
    "Parameters": {"JobName": "load"},
    "End": True,
}
_MACHINE = {"StartAt": "Wait", "States": {"Wait": _WAIT, "Run": _RUN}}


@pytest.fixture
def start(glue_runs: GlueRuns) -> Callable[[], Callable[[], str]]:
    """Start a state machine that waits and runs a job; return a function for its status."""
    client = boto3.client("stepfunctions", region_name="us-east-1")
    glue_runs.add_job("load")

    def started() -> Callable[[], str]:
        arn = client.create_state_machine(
            name="nightly",
            definition=json.dumps(_MACHINE),
            roleArn="arn:aws:iam::123456789012:role/states",
        )["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=arn)["executionArn"]
        return lambda: str(client.describe_execution(executionArn=execution)["status"])

    return started


def test_a_state_machine_waits_for_a_script(
    glue_runs: GlueRuns, start: Callable[[], Callable[[], str]]
) -> None:
    glue_runs.plan("load", executes(lambda run: time.sleep(90), startup=0, after=0))
    begin = glue_runs.now
    status = start()
    (run,) = glue_runs.settle()
    assert (run.execution_time, status()) == (90, "SUCCEEDED")
    assert (glue_runs.now - begin).seconds == 30 + 90


def test_a_script_waits_for_a_state_machine(
    glue_runs: GlueRuns, glue: Any, start: Callable[[], Callable[[], str]]
) -> None:
    seen: list[str] = []

    def orchestrate(run: JobRun) -> None:
        status = start()
        while seen[-1:] != ["SUCCEEDED"]:
            time.sleep(60)
            seen.append(status())

    glue_runs.add_job("orchestrate")
    glue_runs.plan("orchestrate", executes(orchestrate, after=0))
    glue_runs.plan("load", succeeds(after="2m", startup=0))
    glue.start_job_run(JobName="orchestrate")
    assert [run.state for run in glue_runs.settle()] == ["SUCCEEDED", "SUCCEEDED"]
    assert seen == ["RUNNING", "RUNNING", "SUCCEEDED"]
