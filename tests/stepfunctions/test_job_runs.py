"""Tasks that run Glue jobs: what they return, and how they fail."""

from __future__ import annotations

import json
from importlib import metadata
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

MOTO = tuple(map(int, metadata.version("moto").split(".")))
SUCCEED = {"Type": "Succeed"}


def test_task_ends_with_its_run(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.tick("10m")
    assert machine.story(execution) == [
        "0 ExecutionStarted",
        "0 TaskStateEntered",
        "0 TaskScheduled",
        "0 TaskStarted",
        "0 TaskSubmitted",
        "64 TaskSucceeded",
        "64 TaskStateExited",
        "64 ExecutionSucceeded",
    ]


def test_output_is_the_job_run_with_timestamps_in_milliseconds(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.tick("10m")
    output = machine.output(execution)
    (run,) = glue_runs.runs()
    assert list(output) == sorted(output)
    assert output["JobName"] == job
    assert output["JobRunState"] == "SUCCEEDED"
    times = {name: output.pop(name) for name in ("StartedOn", "CompletedOn", "LastModifiedOn")}
    assert times == {
        "StartedOn": 1767268800000,
        "CompletedOn": 1767268864000,
        "LastModifiedOn": 1767268864000,
    }
    shown = run.as_dict()
    assert output == {name: shown[name] for name in shown if name not in times}


def test_task_without_sync_does_not_wait(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    start = run_job(Resource="arn:aws:states:::glue:startJobRun")
    machine = make_machine(Start=start)
    output = machine.output(machine.start())
    (run,) = glue_runs.runs()
    assert output == {"JobRunId": run.id, "JobName": job}
    assert run.state == "STARTING"


def test_glue_is_called_three_times_for_a_task(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, succeeds(after="40h"))
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.tick("2d")
    assert machine.status(execution) == "SUCCEEDED"
    operations = [call.operation for call in glue_runs.calls]
    assert operations == ["StartJobRun", "GetJobRun", "GetJobRun"]


@pytest.mark.parametrize("plan", [fails("Out of memory", after="5m"), hangs()])
def test_task_of_a_run_that_fails_has_the_run_as_its_cause(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any, plan: Any
) -> None:
    glue_runs.plan(job, plan)
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.tick("3d")
    described = machine.describe(execution)
    (run,) = glue_runs.runs()
    cause = json.loads(described["cause"])
    assert described["cause"] == json.dumps(cause, separators=(",", ":"))
    assert list(cause) == sorted(cause)
    assert (described["status"], described["error"]) == ("FAILED", "States.TaskFailed")
    assert run.completed_on is not None
    assert cause["CompletedOn"] == run.completed_on.timestamp() * 1000
    assert (cause["JobName"], cause["JobRunState"]) == (job, run.state)
    assert cause.get("ErrorMessage") == run.error_message


def test_stopped_run_is_the_output(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any, glue: Any
) -> None:
    """In moto's interpreter only FAILED, TIMEOUT and ERROR fail the task."""
    machine = make_machine(Run=run_job())
    execution = machine.start()
    (run,) = glue_runs.runs()
    glue.batch_stop_job_run(JobName=job, JobRunIds=[run.id])
    glue_runs.tick("1m")
    assert machine.output(execution)["JobRunState"] == "STOPPED"
    assert machine.story(execution)[-1] == "10 ExecutionSucceeded"


def test_retry_starts_a_new_run_after_the_interval(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, fails("no disk"), fails("no disk"), succeeds())
    retry = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 60, "BackoffRate": 2}
    machine = make_machine(Run=run_job(Retry=[retry]))
    execution = machine.start()
    glue_runs.tick("1h")
    assert machine.status(execution) == "SUCCEEDED"
    begin, *_ = runs = [run.started_on for run in glue_runs.runs()]
    assert [(at - begin).total_seconds() for at in runs] == [0, 64 + 60, 64 + 60 + 64 + 120]


def test_jitter_is_the_same_each_time(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, fails("no disk"), succeeds())
    retry = {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 100,
        "JitterStrategy": "FULL",
    }
    machine = make_machine(Run=run_job(Retry=[retry]))
    machine.start()
    glue_runs.tick("1h")
    first, second = glue_runs.runs()
    assert first.completed_on is not None
    assert (second.started_on - first.completed_on).total_seconds() == 84.442185


def test_catch_receives_the_error_and_its_cause(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, fails("Out of memory"))
    catch = {"ErrorEquals": ["States.TaskFailed"], "Next": "Report", "ResultPath": "$.error"}
    machine = make_machine(Run=run_job(Catch=[catch]), Report=SUCCEED)
    execution = machine.start({"day": "2026-01-01"})
    glue_runs.tick("1h")
    output = machine.output(execution)
    assert output["day"] == "2026-01-01"
    assert output["error"]["Error"] == "States.TaskFailed"
    assert json.loads(output["error"]["Cause"])["ErrorMessage"] == "Out of memory"


REQUEST = "Request ID: 00000000-0000-4000-8000-000000000001; Proxy: null"


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("ConcurrentRunsExceededException", "Glue.ConcurrentRunsExceededException"),
        ("AccessDeniedException", "Glue.AccessDeniedException"),
        ("ThrottlingException", "Glue.AWSGlueException"),
        ("UnknownOperationException", "Glue.AWSGlueException"),
    ],
)
def test_error_of_a_call_has_the_name_and_the_cause_of_the_sdk(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any, code: str, error: str
) -> None:
    """The SDK has no class for throttling, nor for errors that Glue's model does not have."""
    glue_runs.fail_next("StartJobRun", code, "No luck today")
    machine = make_machine(Run=run_job())
    described = machine.describe(machine.start())
    assert (described["status"], described["error"]) == ("FAILED", error)
    assert described["cause"] == (
        f"No luck today (Service: AWSGlue; Status Code: 400; Error Code: {code}; {REQUEST})"
    )


def test_rejected_start_can_be_retried(
    glue_runs: GlueRuns, make_machine: Any, run_job: Any, glue: Any
) -> None:
    """The second try is rejected no more: the other run has ended."""
    glue_runs.add_job("single")
    glue.start_job_run(JobName="single")
    busy = {"ErrorEquals": ["Glue.ConcurrentRunsExceededException"], "IntervalSeconds": 40}
    machine = make_machine(Run=run_job("single", Retry=[busy]))
    execution = machine.start()
    glue_runs.tick("1h")
    assert machine.status(execution) == "SUCCEEDED"
    assert machine.story(execution).count("0 TaskFailed") == 1


def test_error_while_the_run_is_read_fails_the_task(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.fail_next("GetJobRun", "InternalServiceException")
    machine = make_machine(Run=run_job())
    described = machine.describe(machine.start())
    assert described["error"] == "Glue.InternalServiceException"


def sdk(operation: str, end: str | None = None, **parameters: Any) -> dict[str, Any]:
    """Return a task that calls an operation of Glue as an AWS SDK integration."""
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:glue:{operation}",
        "Parameters": parameters,
        **({"End": True} if end is None else {"Next": end}),
    }


def test_sdk_integration_has_iso_timestamps(
    glue_runs: GlueRuns, job: str, make_machine: Any
) -> None:
    start = sdk("startJobRun", "Read", JobName=job)
    read = sdk("getJobRuns", JobName=job)
    machine = make_machine(Start=start, Read=read)
    glue_runs.move_to("2026-01-01T12:30:00.250Z")
    execution = machine.start()
    (run,) = machine.output(execution)["JobRuns"]
    assert (run["Id"], run["StartedOn"]) == (glue_runs.runs()[0].id, "2026-01-01T12:30:00.250Z")


def test_state_machine_can_poll_by_itself(glue_runs: GlueRuns, job: str, make_machine: Any) -> None:
    glue_runs.plan(job, succeeds(after="5m"))
    machine = make_machine(
        Start=sdk("startJobRun", "Pause", JobName=job),
        Pause={"Type": "Wait", "Seconds": 60, "Next": "Read"},
        Read={
            **sdk("getJobRun", "Choose", **{"JobName": job, "RunId.$": "$.JobRunId"}),
            "ResultPath": "$.run",
        },
        Choose={
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.run.JobRun.JobRunState",
                    "StringEquals": "SUCCEEDED",
                    "Next": "Done",
                }
            ],
            "Default": "Pause",
        },
        Done=SUCCEED,
    )
    execution = machine.start()
    glue_runs.tick("1h")
    assert machine.output(execution)["run"]["JobRun"]["CompletedOn"] == "2026-01-01T12:05:04Z"
    assert machine.story(execution)[-1] == "360 ExecutionSucceeded"


@pytest.mark.skipif(MOTO < (5, 1, 10), reason="its SDK integrations cannot fail")
def test_error_of_an_sdk_integration_begins_with_glue(
    glue_runs: GlueRuns, make_machine: Any
) -> None:
    machine = make_machine(Start=sdk("startJobRun", JobName="nothing"))
    described = machine.describe(machine.start())
    assert described["error"] == "Glue.EntityNotFoundException"
    assert described["cause"] == (
        "Failed to start job run due to missing metadata "
        "(Service: Glue, Status Code: 400, Request ID: 00000000-0000-4000-8000-000000000001)"
    )
