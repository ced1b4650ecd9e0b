"""BatchStopJobRun: STOPPING, STOPPED, and what cannot be stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs


def start(client: Any, job: str) -> str:
    """Starts a run."""
    run_id: str = client.start_job_run(JobName=job)["JobRunId"]
    return run_id


def stop(client: Any, *run_ids: str, job: str = "nightly") -> dict[str, Any]:
    """The answer of BatchStopJobRun, without what HTTP adds."""
    answer: dict[str, Any] = client.batch_stop_job_run(JobName=job, JobRunIds=list(run_ids))
    assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return answer


def test_stop_of_a_running_run_answers_success(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The answer has both lists, of which Errors is empty."""
    run_id = start(client, job)
    glue_runs.tick("10s")
    assert stop(client, run_id) == {
        "SuccessfulSubmissions": [{"JobName": "nightly", "JobRunId": run_id}],
        "Errors": [],
    }


def test_stopped_run_goes_through_stopping(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that is stopped is STOPPING at once, and STOPPED ten seconds later."""
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
    """Nothing says who stopped a run, or why."""
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.settle()
    assert "ErrorMessage" not in client.get_job_run(JobName=job, RunId=run_id)["JobRun"]


def test_starting_run_can_be_stopped(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that is stopped before RUNNING never runs."""
    run_id = start(client, job)
    stop(client, run_id)
    (run,) = glue_runs.settle()
    assert [step.state for step in run.history] == ["STARTING", "STOPPING", "STOPPED"]


def test_run_that_never_ran_has_no_execution_time(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    """ExecutionTime is 0 for a run that was stopped before RUNNING."""
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.settle()
    assert client.get_job_run(JobName=job, RunId=run_id)["JobRun"]["ExecutionTime"] == 0


def test_stop_comes_before_the_planned_end(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that would have failed while it is STOPPING is STOPPED all the same."""
    glue_runs.plan(job, fails("too late", after="10s"))
    run_id = start(client, job)
    glue_runs.tick("13s")
    stop(client, run_id)
    (run,) = glue_runs.settle()
    assert (run.state, run.error_message) == ("STOPPED", None)


def test_stopping_twice_is_no_error(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that is STOPPING already is a success, and stops no later for it."""
    run_id = start(client, job)
    stop(client, run_id)
    glue_runs.tick("6s")
    assert stop(client, run_id)["Errors"] == []
    (run,) = glue_runs.settle()
    assert run.completed_on == run.started_on + timedelta(seconds=10)


def test_same_id_twice_is_told_twice(client: Any, job: str) -> None:
    """An id that is repeated is an entry each time."""
    run_id = start(client, job)
    assert len(stop(client, run_id, run_id)["SuccessfulSubmissions"]) == 2


def test_ended_run_cannot_be_stopped(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that has ended is an entry under Errors, with HTTP 200."""
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
    """What does not exist is told with HTTP 200 too."""
    answer = stop(client, "jr_1", job=name)
    detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": message}
    assert answer["SuccessfulSubmissions"] == []
    assert answer["Errors"] == [{"JobName": name, "JobRunId": "jr_1", "ErrorDetail": detail}]


def test_the_others_are_stopped_all_the_same(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """One id that cannot be stopped keeps none of the others from it."""
    glue_runs.plan(job, hangs(), hangs())
    first, second = start(client, job), start(client, job)
    answer = stop(client, first, "jr_1", second)
    assert [one["JobRunId"] for one in answer["SuccessfulSubmissions"]] == [first, second]
    assert [one["JobRunId"] for one in answer["Errors"]] == ["jr_1"]


def test_twenty_six_runs_are_too_many(client: Any, job: str) -> None:
    """BatchStopJobRun takes up to 25 ids."""
    with pytest.raises(client.exceptions.ClientError) as error:
        stop(client, *["jr_1"] * 26)
    listed = ", ".join(["jr_1"] * 26)
    assert error.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '[{listed}]' at 'jobRunIds' failed to "
        "satisfy constraint: Member must have length less than or equal to 25",
    }
