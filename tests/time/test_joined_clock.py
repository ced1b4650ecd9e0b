"""A clock that somebody else holds already: the mock joins it."""

from __future__ import annotations

import datetime
import sys
from datetime import timedelta, timezone
from types import ModuleType, SimpleNamespace
from typing import Any

import freezegun
import freezegun.api
import pytest
import time_machine

from pytest_glue_runs import GlueRuns, mock_glue_runs

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=timezone.utc)


@freezegun.freeze_time("2026-01-01")
@mock_glue_runs(as_kwarg="glue_runs", start_at="2030-01-01")
def test_freeze_time_above_is_joined(glue_runs: GlueRuns) -> None:
    """Its moment holds, and start_at waits for a clock of our own."""
    assert glue_runs.now == NEW_YEAR
    assert len(freezegun.api.freeze_factories) == 1


@mock_glue_runs(as_kwarg="glue_runs")
@freezegun.freeze_time("2026-01-01")
def test_freeze_time_below_takes_over(glue_runs: GlueRuns) -> None:
    """The innermost clock is the runs' clock."""
    assert glue_runs.now == NEW_YEAR


@freezegun.freeze_time("2026-01-01")
def test_the_fixture_outlives_a_freeze_time_below(glue_runs: GlueRuns) -> None:
    """The decorator freezes for the function only, after the fixture."""
    assert glue_runs.now == NEW_YEAR
    glue_runs.tick("1h")
    assert glue_runs.now == NEW_YEAR + timedelta(hours=1)


def test_a_clock_that_is_joined_goes_on_after_the_mock() -> None:
    """Who froze it lets it go."""
    with freezegun.freeze_time("2026-01-01"):
        with mock_glue_runs as glue_runs:
            glue_runs.tick("1h")
        assert datetime.datetime.now(timezone.utc) == NEW_YEAR + timedelta(hours=1)


def test_tz_offset_changes_no_run() -> None:
    """freezegun shifts even aware times by it; Glue's clock is UTC's."""
    with freezegun.freeze_time("2026-01-01", tz_offset=-5), mock_glue_runs as glue_runs:
        assert glue_runs.now == NEW_YEAR
        glue_runs.tick("1h")
        assert glue_runs.now == NEW_YEAR + timedelta(hours=1)


def test_the_freezer_before_is_joined(freezer: Any, glue_runs: GlueRuns) -> None:
    """pytest-freezer's own tick drives Glue's clock."""
    begin = glue_runs.now
    freezer.tick(60)
    assert glue_runs.now - begin == timedelta(minutes=1)
    assert len(freezegun.api.freeze_factories) == 1


def test_the_freezer_after_takes_over(glue_runs: GlueRuns, freezer: Any) -> None:
    """Its clock starts where ours stands, and drives Glue from then on."""
    begin = glue_runs.now
    freezer.tick(60)
    assert glue_runs.now - begin == timedelta(minutes=1)
    glue_runs.tick("1m")
    assert glue_runs.now - begin == timedelta(minutes=2)


def test_the_marker_of_pytest_freezer_is_joined(pytester: pytest.Pytester) -> None:
    """Whichever marker stands above."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.freeze_time("2026-01-01")
        @pytest.mark.glue_runs(start_at="2030-01-01")
        def test_above(glue_runs):
            assert glue_runs.now.year == 2026

        @pytest.mark.glue_runs(start_at="2030-01-01")
        @pytest.mark.freeze_time("2026-01-01")
        def test_below(glue_runs):
            assert glue_runs.now.year == 2026
        """
    )
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=2)


def test_time_machine_is_joined() -> None:
    """It is not frozen a second time by freezegun."""
    with time_machine.travel(NEW_YEAR, tick=False), mock_glue_runs as glue_runs:
        assert glue_runs.now == NEW_YEAR
        assert freezegun.api.freeze_factories == []


def test_time_machine_can_be_moved_by_either_side() -> None:
    """Its own shift, and ours."""
    with time_machine.travel(NEW_YEAR, tick=False) as traveller, mock_glue_runs as glue_runs:
        traveller.shift(60)
        glue_runs.tick("1m")
        assert glue_runs.now == NEW_YEAR + timedelta(minutes=2)


@pytest.mark.parametrize("stack", ["traveller_stack", "coordinates_stack"])
def test_each_release_of_time_machine_is_seen(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    """The list of its journeys has had two names."""
    moves: list[object] = []
    # A copy: time-machine's C code wants the rest of its module.
    release: Any = ModuleType("time_machine")
    names = ("traveller_stack", "coordinates_stack")
    vars(release).update({k: v for k, v in vars(time_machine).items() if k not in names})
    setattr(release, stack, [SimpleNamespace(move_to=moves.append)])
    monkeypatch.setitem(sys.modules, "time_machine", release)
    with mock_glue_runs as glue_runs:
        glue_runs.move_to("2026-01-01")
    assert moves == [NEW_YEAR]


def test_a_joined_clock_holds_even_without_our_freeze() -> None:
    """freeze=False asks for no freeze, and takes none away."""
    with freezegun.freeze_time("2026-01-01"), mock_glue_runs(freeze=False) as glue_runs:
        glue_runs.tick("1h")
        assert glue_runs.now == NEW_YEAR + timedelta(hours=1)
