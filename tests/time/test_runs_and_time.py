"""Runs progress with the clock, whatever moves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from pytest_glue_runs import GlueRuns, JobRun, hangs, mock_glue_runs


@pytest.fixture
def run(glue_runs: GlueRuns, glue: Any) -> JobRun:
    """Start a run: four seconds of start-up, one minute of work."""
    started = glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    return glue_runs.run(started["JobRunId"])


_MOVES: dict[str, Callable[[GlueRuns], object]] = {
    "tick": lambda glue_runs: glue_runs.tick("64s"),
    "move_to": lambda glue_runs: glue_runs.move_to("2026-01-01 00:01:04"),
    "settle": lambda glue_runs: glue_runs.settle(),
    "sleep": lambda glue_runs: time.sleep(64),
}


@pytest.mark.glue_runs(start_at="2026-01-01")
@pytest.mark.parametrize("move", _MOVES)
def test_each_way_to_move_the_clock_ends_the_run(
    glue_runs: GlueRuns, run: JobRun, move: str
) -> None:
    _MOVES[move](glue_runs)
    assert run.state == "SUCCEEDED"
    assert run.completed_on == glue_runs.now


def test_the_tick_of_the_freezer_fixture_ends_the_run(freezer: Any, run: JobRun) -> None:
    freezer.tick(64)
    assert run.state == "SUCCEEDED"


def test_time_machine_ends_the_run(glue: Any) -> None:
    with time_machine.travel(0, tick=False) as traveller, mock_glue_runs as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        traveller.shift(64)
        assert glue_runs.runs()[0].state == "SUCCEEDED"


def test_a_polling_loop_sleeps_until_the_end(glue: Any, run: JobRun) -> None:
    seen = []
    while "CompletedOn" not in (
        shown := glue.get_job_run(JobName="nightly", RunId=run.id)["JobRun"]
    ):
        seen.append(shown["JobRunState"])
        time.sleep(30)
    assert [*seen, shown["JobRunState"]] == ["STARTING", "RUNNING", "RUNNING", "SUCCEEDED"]


@pytest.mark.glue_runs(sleep="real")
def test_with_real_sleep_no_run_progresses(glue_runs: GlueRuns, run: JobRun) -> None:
    begin = glue_runs.now
    time.sleep(0.001)
    assert (glue_runs.now, run.state) == (begin, "STARTING")


def test_no_run_goes_back_with_the_clock(glue_runs: GlueRuns, run: JobRun) -> None:
    begin = glue_runs.now
    glue_runs.tick("30s")
    assert run.state == "RUNNING"
    glue_runs.move_to(begin)
    assert run.state == "RUNNING"


def test_settle_returns_the_runs_that_ended(glue_runs: GlueRuns, glue: Any, run: JobRun) -> None:
    assert glue_runs.settle() == [run]
    second = glue.start_job_run(JobName="nightly")["JobRunId"]
    assert glue_runs.settle() == [glue_runs.run(second)]


def test_settle_returns_retries_too(glue_runs: GlueRuns, glue: Any) -> None:
    from pytest_glue_runs import fails

    glue_runs.plan(glue_runs.add_job("nightly", MaxRetries=1), fails("Out of memory"))
    glue.start_job_run(JobName="nightly")
    assert [run.state for run in glue_runs.settle()] == ["FAILED", "SUCCEEDED"]


def test_settle_moves_the_clock_to_the_last_event(glue_runs: GlueRuns, run: JobRun) -> None:
    glue_runs.settle()
    assert run.completed_on == glue_runs.now


def test_settle_lets_a_run_that_hangs_time_out(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("nightly", Timeout=30), hangs())
    glue.start_job_run(JobName="nightly")
    assert [run.state for run in glue_runs.settle()] == ["TIMEOUT"]


def test_settle_reaches_events_after_the_clock_went_back(glue_runs: GlueRuns, run: JobRun) -> None:
    glue_runs.tick("30s")
    glue_runs.move_to("2020-01-01")
    glue_runs.settle()
    assert run.state == "SUCCEEDED"


def test_runs_do_not_progress_after_the_mock(glue: Any) -> None:
    with mock_glue_runs(start_at="2020-01-01") as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        glue_runs.tick("10s")
    assert (glue_runs.runs()[0].state, glue_runs.runs()[0].execution_time) == ("RUNNING", 6)
