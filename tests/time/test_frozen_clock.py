"""The clock is frozen by the mock, moved by the test, and restored."""

from __future__ import annotations

import datetime
import time
from datetime import timedelta, timezone
from typing import Any

import freezegun.api
import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_the_fixture_freezes_time_at_start_at(glue_runs: GlueRuns) -> None:
    assert glue_runs.now == NEW_YEAR
    assert datetime.datetime.now(timezone.utc) == NEW_YEAR
    assert time.time() == NEW_YEAR.timestamp()


def test_without_start_at_time_is_frozen_now() -> None:
    """The microseconds are cut off."""
    before = datetime.datetime.now(timezone.utc)
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.microsecond == 0
        assert timedelta(seconds=-1) <= glue_runs.now - before < timedelta(minutes=5)


def test_now_is_a_plain_aware_datetime(glue_runs: GlueRuns) -> None:
    assert type(glue_runs.now) is freezegun.api.real_datetime
    assert glue_runs.now.tzinfo is timezone.utc


def test_reading_the_clock_does_not_advance_it(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    assert (glue_runs.now, datetime.datetime.now(timezone.utc)) == (begin, begin)


@pytest.mark.parametrize("length", [timedelta(minutes=90), 5400, 5400.0, "1h30m"])
def test_tick_advances_the_clock_by_a_duration(glue_runs: GlueRuns, length: Any) -> None:
    begin = glue_runs.now
    glue_runs.tick(length)
    assert glue_runs.now - begin == timedelta(minutes=90)


@pytest.mark.parametrize(
    "moment", ["2026-01-01", datetime.date(2026, 1, 1), NEW_YEAR, NEW_YEAR.replace(tzinfo=None)]
)
def test_move_to_moves_the_clock_to_a_moment(glue_runs: GlueRuns, moment: Any) -> None:
    glue_runs.move_to(moment)
    assert glue_runs.now == NEW_YEAR


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_move_to_can_go_back(glue_runs: GlueRuns) -> None:
    glue_runs.move_to("2025-06-01")
    assert glue_runs.now == datetime.datetime(2025, 6, 1, tzinfo=timezone.utc)


def test_tick_rejects_an_invalid_duration(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="is not a duration") as caught:
        glue_runs.tick("soon")
    assert str(caught.value) == (
        "tick(): 'soon' is not a duration. Valid: a timedelta, a number of seconds, "
        'or text such as "90s", "5m", "1h30m", "2d".'
    )


def test_tick_beyond_the_year_9999_is_rejected(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="9999") as caught:
        glue_runs.tick("999999999d")
    assert str(caught.value) == "tick('999999999d'): time ends with the year 9999."


def test_move_to_rejects_an_invalid_moment(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="is not a moment") as caught:
        glue_runs.move_to("later")
    assert str(caught.value) == (
        "move_to(): 'later' is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )


def test_leaving_restores_all_clocks() -> None:
    before = dict(vars(time)), dict(vars(datetime))
    with mock_glue_runs:
        assert vars(time)["time"] is not before[0]["time"]
    assert (dict(vars(time)), dict(vars(datetime))) == before


def test_leaving_removes_the_time_clock_of_freezegun() -> None:
    """hasattr(time, "clock") is how some code tells Python 2 from 3."""
    with mock_glue_runs:
        pass
    assert not hasattr(time, "clock")


def test_a_time_clock_from_before_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "clock", time.perf_counter, raising=False)
    with mock_glue_runs:
        pass
    assert hasattr(time, "clock")


def test_leaving_ends_every_freeze() -> None:
    with mock_glue_runs:
        assert len(freezegun.api.freeze_factories) == 1
    assert freezegun.api.freeze_factories == []


@pytest.mark.glue_runs(freeze=False)
def test_with_freeze_false_time_is_real(glue_runs: GlueRuns) -> None:
    assert datetime.datetime is freezegun.api.real_datetime
    begin = glue_runs.now
    time.sleep(0.002)
    assert timedelta(0) < glue_runs.now - begin < timedelta(minutes=5)


@pytest.mark.glue_runs(freeze=False, startup=0, duration=0)
def test_with_freeze_false_runs_progress_in_real_time(glue_runs: GlueRuns, glue: Any) -> None:
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.runs()[0].state == "SUCCEEDED"


@pytest.mark.glue_runs(freeze=False)
@pytest.mark.parametrize("move", ["tick", "move_to", "settle"])
def test_real_time_cannot_be_moved(glue_runs: GlueRuns, glue: Any, move: str) -> None:
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    moves = {
        "tick": lambda: glue_runs.tick("1h"),
        "move_to": lambda: glue_runs.move_to("2030-01-01"),
        "settle": glue_runs.settle,
    }
    with pytest.raises(RuntimeError) as caught:
        moves[move]()
    assert str(caught.value) == (
        "Time is real here, so it cannot be moved. Leave out freeze=False, or move it "
        "with the tool that set it."
    )


@pytest.mark.glue_runs(freeze=False)
def test_settle_where_nothing_is_due_needs_no_frozen_clock(glue_runs: GlueRuns) -> None:
    assert glue_runs.settle() == []
