"""BatchStopJobRun: STOPPING, STOPPED, and runs that cannot be stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs


def start(client: Any, job: str) -> str:
    """Start a run and return its id."""
    run_id: str = client.start_job_run(JobName=job)["JobRunId"]
    return run_id


def stop(client: Any, *run_ids: str, job: str = "nightly") -> dict[str, Any]:
    """Call BatchStopJobRun and return the response without its metadata."""
    response: dict[str, Any] = client.batch_stop_job_run(JobName=job, JobRunIds=list(run_ids))
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def test_response_for_a_running_run(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Both lists are present."""
    run_id = start(client, job)
    glue_runs.tick("10s")
    assert stop(client, run_id) == {
        "SuccessfulSubmissions": [{"JobName": "nightly", "JobRunId": run_id}],
        "Errors": [],
    }


def test_run_is_stopping_for_ten_seconds(client: Any, glue_runs: GlueRuns, job: str) -> None:
    run_id = start(client, job)
    glue_runs.tick("10s")
    stop(client, run_id)
    seen = []
    for seconds in (0, 9.9, 0.1):
        glue_runs.tick(seconds)
        run = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
        seen.append((run["JobRunState"], "CompletedOn" in run))
    assert seen == [("STOPPING", False), ("STOPPING", False), ("STOPPED", True)]


def test_stopped_run_has_no_error_message(client: Any, glue_runs: GlueRuns, job: str) -> None:
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.settle()
    assert "ErrorMessage" not in client.get_job_run(JobName=job, RunId=run_id)["JobRun"]


def test_starting_run_can_be_stopped(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """It is never RUNNING."""
    run_id = start(client, job)
    stop(client, run_id)
    (run,) = glue_runs.settle()
    assert [step.state for step in run.history] == ["STARTING", "STOPPING", "STOPPED"]


def test_execution_time_of_a_run_stopped_while_starting(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.settle()
    assert client.get_job_run(JobName=job, RunId=run_id)["JobRun"]["ExecutionTime"] == 0


def test_stop_overrides_the_planned_end(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The run would have failed while it is STOPPING."""
    glue_runs.plan(job, fails("too late", after="10s"))
    run_id = start(client, job)
    glue_runs.tick("13s")
    stop(client, run_id)
    (run,) = glue_runs.settle()
    assert (run.state, run.error_message) == ("STOPPED", None)


def test_stopping_twice(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The second call succeeds and does not delay the end."""
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.tick("6s")
    assert stop(client, run_id)["Errors"] == []
    (run,) = glue_runs.settle()
    assert run.completed_on == run.started_on + timedelta(seconds=10)


def test_repeated_id(client: Any, job: str) -> None:
    """There is an entry for each."""
    run_id = start(client, job)
    assert len(stop(client, run_id, run_id)["SuccessfulSubmissions"]) == 2


def test_ended_run_cannot_be_stopped(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """There is an entry under Errors, with HTTP 200."""
    run_id = start(client, job)
    glue_runs.settle()
    assert stop(client, run_id) == {
        "SuccessfulSubmissions": [],
        "Errors": [
            {
                "JobName": "nightly",
                "JobRunId": run_id,
                "ErrorDetail": {
                    "ErrorCode": "InvalidInputException",
                    "ErrorMessage": f"Job Run with id: {run_id} cannot be stopped in state: "
                    "SUCCEEDED.",
                },
            }
        ],
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nightly", "Job Run with id: jr_1 not found for job: nightly."),
        ("missing", "Job with name: missing not found."),
    ],
)
def test_unknown_run_or_job_is_an_entry_under_errors(
    client: Any, job: str, name: str, message: str
) -> None:
    """The response has HTTP status 200."""
    response = stop(client, "jr_1", job=name)
    detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": message}
    assert response["SuccessfulSubmissions"] == []
    assert response["Errors"] == [{"JobName": name, "JobRunId": "jr_1", "ErrorDetail": detail}]


def test_other_runs_are_stopped_despite_an_error(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    glue_runs.plan(job, hangs(), hangs())
    first, second = start(client, job), start(client, job)
    response = stop(client, first, "jr_1", second)
    assert [entry["JobRunId"] for entry in response["SuccessfulSubmissions"]] == [first, second]
    assert [entry["JobRunId"] for entry in response["Errors"]] == ["jr_1"]


def test_more_than_25_ids(client: Any, job: str) -> None:
    with pytest.raises(client.exceptions.ClientError) as error:
        stop(client, *["jr_1"] * 26)
    listed = ", ".join(["jr_1"] * 26)
    assert error.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '[{listed}]' at 'jobRunIds' failed to "
        "satisfy constraint: Member must have length less than or equal to 25",
    }
