"""Retries by MaxRetries: attempts of their own, half a minute later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds


@pytest.fixture
def retried(glue_runs: GlueRuns) -> str:
    """The name of a job that is tried three times."""
    return glue_runs.add_job("nightly", MaxRetries=2)


def test_failed_run_is_tried_again(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """A run that FAILED is followed by another, until one succeeds."""
    glue_runs.plan(retried, fails("first"), succeeds())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "SUCCEEDED"]


def test_last_retry_is_the_end(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """A job with MaxRetries=2 is tried three times, and no more."""
    glue_runs.plan(retried, fails(), fails(), fails())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED"] * 3


def test_job_without_retries_fails_once(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """MaxRetries is 0 unless the job says otherwise."""
    glue_runs.plan(job, fails())
    client.start_job_run(JobName=job)
    glue_runs.settle()
    assert len(glue_runs.runs()) == 1


def test_retry_starts_half_a_minute_later(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """Thirty seconds are between the end of an attempt and the start of the next."""
    glue_runs.plan(retried, fails(after="10s"), fails(after="10s"), succeeds())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    first, second, third = glue_runs.runs()
    assert first.completed_on is not None
    assert second.completed_on is not None
    gaps = [second.started_on - first.completed_on, third.started_on - second.completed_on]
    assert gaps == [timedelta(seconds=30)] * 2


def test_retry_is_not_there_before(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """GetJobRuns shows no attempt that has not started."""
    glue_runs.plan(retried, fails(after="10s"), succeeds())
    client.start_job_run(JobName=retried)
    counts = []
    for seconds in (43.9, 0.1):
        glue_runs.tick(seconds)
        counts.append(len(client.get_job_runs(JobName=retried)["JobRuns"]))
    assert counts == [1, 2]


def test_attempts_are_numbered(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """The ids of retries are the first run's, with _attempt_1 and so on; Attempt counts."""
    glue_runs.plan(retried, fails(), fails(), succeeds())
    first = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    shown = client.get_job_runs(JobName=retried)["JobRuns"]
    assert [(run["Id"], run["Attempt"]) for run in shown] == [
        (f"{first}_attempt_2", 2),
        (f"{first}_attempt_1", 1),
        (first, 0),
    ]


def test_each_attempt_names_the_one_before(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """PreviousRunId is the whole id of the attempt before; the first has none."""
    glue_runs.plan(retried, fails(), fails(), succeeds())
    first = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    shown = client.get_job_runs(JobName=retried)["JobRuns"]
    previous = [run.get("PreviousRunId") for run in shown]
    assert previous == [f"{first}_attempt_1", first, None]


def test_failed_attempt_stays_as_it_was(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """GetJobRun of the first attempt shows its failure, after a retry succeeded."""
    glue_runs.plan(retried, fails("first"), succeeds())
    run_id = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    run = client.get_job_run(JobName=retried, RunId=run_id)["JobRun"]
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "first")


def test_retry_has_what_start_job_run_was_given(
    client: Any, glue_runs: GlueRuns, retried: str
) -> None:
    """A retry runs with the arguments and the Timeout of the first attempt."""
    glue_runs.plan(retried, fails(), succeeds())
    client.start_job_run(JobName=retried, Arguments={"--day": "monday"}, Timeout=7)
    glue_runs.settle()
    retry = client.get_job_runs(JobName=retried)["JobRuns"][0]
    assert (retry["Arguments"], retry["Timeout"]) == ({"--day": "monday"}, 7)


@pytest.mark.parametrize("plan", [succeeds(), hangs()])
def test_only_failed_is_tried_again(
    client: Any, glue_runs: GlueRuns, retried: str, plan: Plan
) -> None:
    """A run that SUCCEEDED, or reached its TIMEOUT, is not tried again."""
    glue_runs.plan(retried, plan)
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert len(glue_runs.runs()) == 1


def test_stopped_run_is_not_tried_again(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """A run that was STOPPED is not tried again."""
    run_id = client.start_job_run(JobName=retried)["JobRunId"]
    client.batch_stop_job_run(JobName=retried, JobRunIds=[run_id])
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["STOPPED"]


def test_retry_can_be_stopped(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """BatchStopJobRun takes the id of a retry, and no other attempt follows."""
    glue_runs.plan(retried, fails(), hangs())
    client.start_job_run(JobName=retried)
    glue_runs.tick("2m")
    retry = glue_runs.runs()[-1]
    client.batch_stop_job_run(JobName=retried, JobRunIds=[retry.id])
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "STOPPED"]


def test_retries_happen_though_nobody_looks(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """After an hour without a look, each attempt has happened at its own time."""
    glue_runs.plan(retried, fails(after="10s"), fails(after="10s"), fails(after="10s"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("1h")
    runs = glue_runs.runs()
    starts = [run.started_on - runs[0].started_on for run in runs]
    assert starts == [timedelta(seconds=seconds) for seconds in (0, 44, 88)]


def test_plan_made_after_a_retry_was_due_is_not_its_plan(
    client: Any, glue_runs: GlueRuns, retried: str
) -> None:
    """A retry that began before plan() was called goes without, though nobody had looked."""
    glue_runs.plan(retried, fails(after="10s"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("1h")
    glue_runs.plan(retried, fails("later"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("2m")
    errors = [run.error_message for run in glue_runs.runs()]
    assert errors[:3] == [None, None, "later"]
