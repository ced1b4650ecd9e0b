"""Retries by MaxRetries: each is a run of its own, 30 seconds later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds


@pytest.fixture
def retried(glue_runs: GlueRuns) -> str:
    """The name of a job with two retries."""
    return glue_runs.add_job("nightly", MaxRetries=2)


def test_failed_run_is_retried(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    glue_runs.plan(retried, fails("first"), succeeds())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "SUCCEEDED"]


def test_number_of_attempts(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """With MaxRetries=2, there are three."""
    glue_runs.plan(retried, fails(), fails(), fails())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED"] * 3


def test_max_retries_defaults_to_0(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.plan(job, fails())
    client.start_job_run(JobName=job)
    glue_runs.settle()
    assert len(glue_runs.runs()) == 1


def test_retry_starts_thirty_seconds_after_the_end(
    client: Any, glue_runs: GlueRuns, retried: str
) -> None:
    glue_runs.plan(retried, fails(after="10s"), fails(after="10s"), succeeds())
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    first, second, third = glue_runs.runs()
    assert first.completed_on is not None
    assert second.completed_on is not None
    gaps = [second.started_on - first.completed_on, third.started_on - second.completed_on]
    assert gaps == [timedelta(seconds=30)] * 2


def test_retry_is_not_shown_before_it_starts(
    client: Any, glue_runs: GlueRuns, retried: str
) -> None:
    glue_runs.plan(retried, fails(after="10s"), succeeds())
    client.start_job_run(JobName=retried)
    counts = []
    for seconds in (43.9, 0.1):
        glue_runs.tick(seconds)
        counts.append(len(client.get_job_runs(JobName=retried)["JobRuns"]))
    assert counts == [1, 2]


def test_ids_of_attempts(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """The suffix _attempt_N follows the id of the first run."""
    glue_runs.plan(retried, fails(), fails(), succeeds())
    first = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    shown = client.get_job_runs(JobName=retried)["JobRuns"]
    assert [(run["Id"], run["Attempt"]) for run in shown] == [
        (f"{first}_attempt_2", 2),
        (f"{first}_attempt_1", 1),
        (first, 0),
    ]


def test_previous_run_id_of_attempts(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """It is the id of the attempt before; the first run has none."""
    glue_runs.plan(retried, fails(), fails(), succeeds())
    first = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    shown = client.get_job_runs(JobName=retried)["JobRuns"]
    previous = [run.get("PreviousRunId") for run in shown]
    assert previous == [f"{first}_attempt_1", first, None]


def test_failed_attempt_keeps_its_record(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    glue_runs.plan(retried, fails("first"), succeeds())
    run_id = client.start_job_run(JobName=retried)["JobRunId"]
    glue_runs.settle()
    run = client.get_job_run(JobName=retried, RunId=run_id)["JobRun"]
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "first")


def test_retry_inherits_the_request(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """Arguments and Timeout are those of the first attempt."""
    glue_runs.plan(retried, fails(), succeeds())
    client.start_job_run(JobName=retried, Arguments={"--day": "monday"}, Timeout=7)
    glue_runs.settle()
    retry = client.get_job_runs(JobName=retried)["JobRuns"][0]
    assert (retry["Arguments"], retry["Timeout"]) == ({"--day": "monday"}, 7)


@pytest.mark.parametrize("plan", [succeeds(), hangs()])
def test_only_failed_runs_are_retried(
    client: Any, glue_runs: GlueRuns, retried: str, plan: Plan
) -> None:
    """Runs that SUCCEEDED or reached their TIMEOUT are not."""
    glue_runs.plan(retried, plan)
    client.start_job_run(JobName=retried)
    glue_runs.settle()
    assert len(glue_runs.runs()) == 1


def test_stopped_run_is_not_retried(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    run_id = client.start_job_run(JobName=retried)["JobRunId"]
    client.batch_stop_job_run(JobName=retried, JobRunIds=[run_id])
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["STOPPED"]


def test_retry_can_be_stopped(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """No further attempt follows."""
    glue_runs.plan(retried, fails(), hangs())
    client.start_job_run(JobName=retried)
    glue_runs.tick("2m")
    retry = glue_runs.runs()[-1]
    client.batch_stop_job_run(JobName=retried, JobRunIds=[retry.id])
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "STOPPED"]


def test_retries_start_at_their_own_times(client: Any, glue_runs: GlueRuns, retried: str) -> None:
    """The clock advances by an hour in one step."""
    glue_runs.plan(retried, fails(after="10s"), fails(after="10s"), fails(after="10s"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("1h")
    runs = glue_runs.runs()
    starts = [run.started_on - runs[0].started_on for run in runs]
    assert starts == [timedelta(seconds=seconds) for seconds in (0, 44, 88)]


def test_plan_added_after_a_retry_is_not_its_plan(
    client: Any, glue_runs: GlueRuns, retried: str
) -> None:
    """The retry started before plan() was called, though nothing had read it."""
    glue_runs.plan(retried, fails(after="10s"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("1h")
    glue_runs.plan(retried, fails("later"))
    client.start_job_run(JobName=retried)
    glue_runs.tick("2m")
    errors = [run.error_message for run in glue_runs.runs()]
    assert errors[:3] == [None, None, "later"]
