"""Retries by JobRunId, and retries by MaxRetries at a limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("plan", [succeeds(), fails("x"), hangs()], ids=lambda plan: plan.ending)
def test_retry_has_the_previous_run_id(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob, plan: Plan
) -> None:
    """StartJobRun with the JobRunId of an ended run creates a new run with PreviousRunId."""
    glue_runs.plan(make_job(), plan)
    first = start()
    glue_runs.settle()
    second = shown(start(JobRunId=first))
    assert second["Id"] != first
    assert (second["PreviousRunId"], second["Attempt"]) == (first, 0)


def test_run_does_not_show_job_run_id(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """It is a member of the request only."""
    make_job()
    first = start()
    glue_runs.settle()
    assert "JobRunId" not in shown(start(JobRunId=first))


def test_retry_does_not_inherit_arguments(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    make_job()
    first = start(Arguments={"--day": "1"}, Timeout=5)
    glue_runs.settle()
    second = shown(start(JobRunId=first))
    assert "Arguments" not in second
    assert second["Timeout"] == 2880


def test_unknown_run_cannot_be_retried(client: Any, make_job: MakeJob) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        client.start_job_run(JobName=make_job(), JobRunId="jr_x")
    message = "Job Run with id: jr_x not found for job: nightly."
    assert error.value.response["Error"]["Message"] == message


def test_run_of_another_job_cannot_be_retried(client: Any, start: Any, make_job: MakeJob) -> None:
    other = start(make_job("other"))
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.start_job_run(JobName=make_job(), JobRunId=other)


@pytest.mark.parametrize(("seconds", "state"), [(0, "STARTING"), (4, "RUNNING")])
def test_active_run_cannot_be_retried(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, seconds: int, state: str
) -> None:
    make_job()
    run_id = start()
    glue_runs.tick(seconds)
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.start_job_run(JobName="nightly", JobRunId=run_id)
    assert error.value.response["Error"]["Message"] == (
        f"Job Run with id: {run_id} is in state: {state}. Only a run that has ended can be retried."
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_max_retries(rejection: Callable[..., str], operation: str) -> None:
    """MaxRetries is between 0 and 10."""
    rejected = "InvalidInputException: Max Retries must be between 0 and 10."
    expected = {-1: rejected, 0: "", 1: "", 10: "", 11: rejected}
    assert {number: rejection(operation, MaxRetries=number) for number in expected} == expected


def test_attempt_over_max_concurrent_runs_fails(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """The attempt has a record, which is FAILED at once."""
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


def test_attempt_over_max_concurrent_runs_is_retried(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
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


def test_attempt_counts_as_a_run(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    make_job(MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(after="10s"), hangs())
    start()
    glue_runs.tick(44)
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_attempt_without_enough_dpus_fails(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    glue_runs.plan(make_job(MaxRetries=1), fails(), succeeds())
    start()
    glue_runs.quotas.max_dpus = 1
    glue_runs.settle()
    assert [(run.state, run.error_message) for run in glue_runs.runs()] == [
        ("FAILED", None),
        ("FAILED", "Exceeded maximum concurrent compute capacity"),
    ]


@pytest.mark.glue_runs(unused="ignore")
def test_retried_run_has_retries_of_its_own(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """A run with JobRunId is a first attempt."""
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
