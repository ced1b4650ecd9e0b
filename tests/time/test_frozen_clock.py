"""The clock: frozen by the mock, moved by the test, and put back."""

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
    """Every clock of Python shows that moment."""
    assert glue_runs.now == NEW_YEAR
    assert datetime.datetime.now(timezone.utc) == NEW_YEAR
    assert time.time() == NEW_YEAR.timestamp()


def test_without_start_at_time_is_frozen_now() -> None:
    """At a whole second, which reads well."""
    before = datetime.datetime.now(timezone.utc)
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.microsecond == 0
        assert timedelta(seconds=-1) <= glue_runs.now - before < timedelta(minutes=5)


def test_now_is_a_plain_aware_datetime(glue_runs: GlueRuns) -> None:
    """It is not freezegun's own class."""
    assert type(glue_runs.now) is freezegun.api.real_datetime
    assert glue_runs.now.tzinfo is timezone.utc


def test_frozen_time_stands_still(glue_runs: GlueRuns) -> None:
    """Nothing moves it but the test and sleep."""
    begin = glue_runs.now
    assert (glue_runs.now, datetime.datetime.now(timezone.utc)) == (begin, begin)


@pytest.mark.parametrize("length", [timedelta(minutes=90), 5400, 5400.0, "1h30m"])
def test_tick_moves_the_clock_on(glue_runs: GlueRuns, length: Any) -> None:
    """By a duration in any of its forms."""
    begin = glue_runs.now
    glue_runs.tick(length)
    assert glue_runs.now - begin == timedelta(minutes=90)


@pytest.mark.parametrize(
    "moment", ["2026-01-01", datetime.date(2026, 1, 1), NEW_YEAR, NEW_YEAR.replace(tzinfo=None)]
)
def test_move_to_moves_the_clock_to_a_moment(glue_runs: GlueRuns, moment: Any) -> None:
    """In any of its forms."""
    glue_runs.move_to(moment)
    assert glue_runs.now == NEW_YEAR


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_move_to_can_go_back(glue_runs: GlueRuns) -> None:
    """It moves the clock, though no run goes back with it."""
    glue_runs.move_to("2025-06-01")
    assert glue_runs.now == datetime.datetime(2025, 6, 1, tzinfo=timezone.utc)


def test_tick_refuses_what_is_no_duration(glue_runs: GlueRuns) -> None:
    """With the words that all durations have."""
    with pytest.raises(ValueError, match="is not a duration") as caught:
        glue_runs.tick("soon")
    assert str(caught.value) == (
        "tick(): 'soon' is not a duration. Valid: a timedelta, a number of seconds, "
        'or text such as "90s", "5m", "1h30m", "2d".'
    )


def test_tick_ends_where_time_ends(glue_runs: GlueRuns) -> None:
    """Python's datetimes go no further than the year 9999."""
    with pytest.raises(ValueError, match="9999") as caught:
        glue_runs.tick("999999999d")
    assert str(caught.value) == "tick('999999999d'): time ends with the year 9999."


def test_move_to_refuses_what_is_no_moment(glue_runs: GlueRuns) -> None:
    """With the words that all moments have."""
    with pytest.raises(ValueError, match="is not a moment") as caught:
        glue_runs.move_to("later")
    assert str(caught.value) == (
        "move_to(): 'later' is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )


def test_leaving_puts_all_clocks_back() -> None:
    """The time module and datetime are what they were, name by name."""
    before = dict(vars(time)), dict(vars(datetime))
    with mock_glue_runs:
        assert vars(time)["time"] is not before[0]["time"]
    assert (dict(vars(time)), dict(vars(datetime))) == before


def test_leaving_leaves_no_time_clock_behind() -> None:
    """freezegun would set it to None, and hasattr(time, "clock") tells Python 2 from 3."""
    with mock_glue_runs:
        pass
    assert not hasattr(time, "clock")


def test_a_time_clock_that_was_there_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not ours to take away."""
    monkeypatch.setattr(time, "clock", time.perf_counter, raising=False)
    with mock_glue_runs:
        pass
    assert hasattr(time, "clock")


def test_leaving_ends_every_freeze() -> None:
    """freezegun has nothing left to do."""
    with mock_glue_runs:
        assert len(freezegun.api.freeze_factories) == 1
    assert freezegun.api.freeze_factories == []


@pytest.mark.glue_runs(freeze=False)
def test_without_the_freeze_time_is_real(glue_runs: GlueRuns) -> None:
    """The clock of the machine goes on."""
    assert datetime.datetime is freezegun.api.real_datetime
    begin = glue_runs.now
    time.sleep(0.002)
    assert timedelta(0) < glue_runs.now - begin < timedelta(minutes=5)


@pytest.mark.glue_runs(freeze=False, startup=0, duration=0)
def test_without_the_freeze_runs_go_by_the_real_clock(glue_runs: GlueRuns, glue: Any) -> None:
    """One that takes no time has ended at the next look."""
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.runs()[0].state == "SUCCEEDED"


@pytest.mark.glue_runs(freeze=False)
@pytest.mark.parametrize("move", ["tick", "move_to", "settle"])
def test_real_time_cannot_be_moved(glue_runs: GlueRuns, glue: Any, move: str) -> None:
    """The message says what to do."""
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
    """There is nothing to move."""
    assert glue_runs.settle() == []
