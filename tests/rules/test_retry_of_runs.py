"""JobRunId, the run to retry; and retries by MaxRetries where there are limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("plan", [succeeds(), fails("x"), hangs()], ids=lambda plan: plan.ending)
def test_retry_names_the_run_before(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob, plan: Plan
) -> None:
    """StartJobRun with JobRunId makes a new run, with PreviousRunId, of any that has ended."""
    glue_runs.plan(make_job(), plan)
    first = start()
    glue_runs.settle()
    second = shown(start(JobRunId=first))
    assert second["Id"] != first
    assert (second["PreviousRunId"], second["Attempt"]) == (first, 0)


def test_retry_shows_no_job_run_id(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """The member belongs to the request, and not to the run."""
    make_job()
    first = start()
    glue_runs.settle()
    assert "JobRunId" not in shown(start(JobRunId=first))


def test_retry_has_arguments_of_its_own(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """What the run before was given does not hold for it."""
    make_job()
    first = start(Arguments={"--day": "1"}, Timeout=5)
    glue_runs.settle()
    second = shown(start(JobRunId=first))
    assert "Arguments" not in second
    assert second["Timeout"] == 2880


def test_unknown_run_cannot_be_retried(client: Any, make_job: MakeJob) -> None:
    """A JobRunId that there is not is EntityNotFoundException."""
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        client.start_job_run(JobName=make_job(), JobRunId="jr_x")
    message = "Job Run with id: jr_x not found for job: nightly."
    assert error.value.response["Error"]["Message"] == message


def test_run_of_another_job_cannot_be_retried(client: Any, start: Any, make_job: MakeJob) -> None:
    """A run is a job's own."""
    other = start(make_job("other"))
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.start_job_run(JobName=make_job(), JobRunId=other)


@pytest.mark.parametrize(("seconds", "state"), [(0, "STARTING"), (4, "RUNNING")])
def test_run_that_goes_on_cannot_be_retried(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, seconds: int, state: str
) -> None:
    """A run that has not ended is InvalidInputException."""
    make_job()
    run_id = start()
    glue_runs.tick(seconds)
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.start_job_run(JobName="nightly", JobRunId=run_id)
    assert error.value.response["Error"]["Message"] == (
        f"Job Run with id: {run_id} is in state: {state}. Only ended runs can be retried."
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_most_retries(ask: Callable[..., str], operation: str) -> None:
    """MaxRetries is from 0 to 10."""
    refused = "InvalidInputException: Max Retries must be from 0 to 10."
    expected = {-1: refused, 0: "", 1: "", 10: "", 11: refused}
    assert {number: ask(operation, MaxRetries=number) for number in expected} == expected


def test_attempt_that_finds_no_place_fails(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """An attempt that comes while the job has its runs is a record that FAILED at once."""
    make_job(MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(after="10s"), hangs(), succeeds())
    first = start()
    glue_runs.tick(14)
    start()
    glue_runs.tick(30)
    attempt = shown(f"{first}_attempt_1")
    assert (attempt["JobRunState"], attempt["ErrorMessage"], attempt["ExecutionTime"]) == (
        "FAILED",
        "Max concurrent runs exceeded",
        0,
    )
    assert attempt["StartedOn"] == attempt["CompletedOn"]


def test_attempt_that_finds_no_place_is_tried_again(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """It FAILED, so the next attempt follows, if there is one left."""
    make_job(MaxRetries=2, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(after="10s"), succeeds(after="40s"), succeeds(), succeeds())
    start()
    glue_runs.tick(14)
    start()
    glue_runs.settle()
    assert [(run.attempt, run.state) for run in glue_runs.runs()] == [
        (0, "FAILED"),
        (0, "SUCCEEDED"),
        (1, "FAILED"),
        (2, "SUCCEEDED"),
    ]


def test_attempt_takes_up_a_place(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """While an attempt runs, its job has a run."""
    make_job(MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(after="10s"), hangs())
    start()
    glue_runs.tick(44)
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_attempt_without_capacity_fails(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """An attempt that finds no DPUs FAILED for want of capacity, as a first run does."""
    glue_runs.plan(make_job(MaxRetries=1), fails(), succeeds())
    start()
    glue_runs.quotas.max_dpus = 1
    glue_runs.settle()
    assert [(run.state, run.error_message) for run in glue_runs.runs()] == [
        ("FAILED", None),
        ("FAILED", "Exceeded maximum concurrent compute capacity"),
    ]


@pytest.mark.glue_runs(unused_plans="ignore")
def test_retry_of_a_run_has_retries_too(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run with JobRunId is a first attempt, with attempts of its own."""
    glue_runs.plan(make_job(MaxRetries=1), *[fails()] * 4)
    first = start()
    glue_runs.settle()
    second = start(JobRunId=first)
    glue_runs.settle()
    assert [run.id for run in glue_runs.runs()] == [
        first,
        f"{first}_attempt_1",
        second,
        f"{second}_attempt_1",
    ]
