"""Tests of the pipeline against a Glue in memory: hours pass in milliseconds."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from pipeline import BUSY_WAIT, JOB, LoadError, load_orders

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

DAY = date(2026, 2, 28)


@pytest.fixture(autouse=True)
def job(glue_runs: GlueRuns) -> None:
    glue_runs.add_job(JOB, Timeout=180)


def test_the_job_receives_the_day(glue_runs: GlueRuns) -> None:
    run_id = load_orders(DAY)
    assert glue_runs.run(run_id).arguments == {"--day": "2026-02-28"}


def test_a_failed_run_is_retried(glue_runs: GlueRuns) -> None:
    glue_runs.plan(JOB, fails("Out of memory", after="5m"), succeeds(after="40m"))
    second = load_orders(DAY)
    assert [run.state for run in glue_runs.runs(JOB)] == ["FAILED", "SUCCEEDED"]
    assert glue_runs.runs(JOB)[-1].id == second


def test_the_error_is_that_of_the_last_run(glue_runs: GlueRuns) -> None:
    glue_runs.plan(JOB, fails("no disk"), fails("no disk"), fails("Out of memory"))
    with pytest.raises(LoadError, match="of 2026-02-28 were not loaded: Out of memory"):
        load_orders(DAY)
    assert len(glue_runs.runs(JOB)) == 3


def test_a_run_that_timed_out_is_not_retried(glue_runs: GlueRuns) -> None:
    glue_runs.reset()
    glue_runs.add_job(JOB, Timeout=90)  # minutes: shorter than PATIENCE
    glue_runs.plan(JOB, hangs())
    with pytest.raises(LoadError, match="TIMEOUT"):
        load_orders(DAY)
    assert len(glue_runs.runs(JOB)) == 1


def test_a_run_that_takes_too_long_is_stopped(glue_runs: GlueRuns) -> None:
    glue_runs.plan(JOB, hangs())
    begin = glue_runs.now
    with pytest.raises(LoadError, match="took longer than 2:00:00"):
        load_orders(DAY)
    assert glue_runs.now - begin == timedelta(hours=2)
    (stopped,) = glue_runs.settle()
    assert stopped.state == "STOPPED"


def test_ctrl_c_stops_the_run(glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_orders(DAY)
    assert [run.state for run in glue_runs.runs(JOB)] == ["STOPPING"]


def test_it_waits_for_a_busy_job(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    glue_runs.fail_next("StartJobRun", "ConcurrentRunsExceededException", times=2)
    load_orders(DAY)
    (run,) = glue_runs.runs(JOB)
    assert run.started_on - begin == timedelta(minutes=10)


@pytest.mark.glue_runs(cleanup="30s")
def test_a_run_that_has_just_ended_still_occupies_the_job(glue_runs: GlueRuns) -> None:
    """AWS counts a run for some seconds after its end: the next day has to wait."""
    load_orders(DAY)
    load_orders(DAY + timedelta(days=1))
    assert [call.operation for call in glue_runs.calls if call.error] == ["StartJobRun"]
    first, second = glue_runs.runs(JOB)
    assert first.completed_on is not None
    assert second.started_on - first.completed_on > timedelta(seconds=BUSY_WAIT)


def test_boto3_retries_throttled_calls(glue_runs: GlueRuns) -> None:
    glue_runs.fail_next("GetJobRun", "ThrottlingException", times=2)
    load_orders(DAY)
    assert [call.operation for call in glue_runs.calls if call.error] == ["GetJobRun"] * 2


@pytest.mark.glue_runs(duration="90m", start_at="2026-03-29 00:30")
def test_runs_take_as_long_as_the_marker_sets(glue_runs: GlueRuns) -> None:
    load_orders(DAY)
    (run,) = glue_runs.runs(JOB)
    assert run.execution_time == 90 * 60
    assert [f"{step.at:%H:%M:%S} {step.state}" for step in run.history] == [
        "00:30:00 STARTING",
        "00:30:05 RUNNING",
        "02:00:05 SUCCEEDED",
    ]
