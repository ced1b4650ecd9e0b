"""A clock that is frozen already is joined."""

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
def test_freeze_time_above_the_mock_is_joined(glue_runs: GlueRuns) -> None:
    """start_at is ignored then."""
    assert glue_runs.now == NEW_YEAR
    assert len(freezegun.api.freeze_factories) == 1


@mock_glue_runs(as_kwarg="glue_runs")
@freezegun.freeze_time("2026-01-01")
def test_freeze_time_below_the_mock_drives_the_runs(glue_runs: GlueRuns) -> None:
    assert glue_runs.now == NEW_YEAR


@freezegun.freeze_time("2026-01-01")
def test_freeze_time_on_a_test_with_the_fixture_drives_the_runs(glue_runs: GlueRuns) -> None:
    assert glue_runs.now == NEW_YEAR
    glue_runs.tick("1h")
    assert glue_runs.now == NEW_YEAR + timedelta(hours=1)


def test_a_joined_clock_stays_frozen_after_the_mock() -> None:
    with freezegun.freeze_time("2026-01-01"):
        with mock_glue_runs as glue_runs:
            glue_runs.tick("1h")
        assert datetime.datetime.now(timezone.utc) == NEW_YEAR + timedelta(hours=1)


def test_tz_offset_does_not_shift_the_runs() -> None:
    """freezegun shifts aware times by it, too."""
    with freezegun.freeze_time("2026-01-01", tz_offset=-5), mock_glue_runs as glue_runs:
        assert glue_runs.now == NEW_YEAR
        glue_runs.tick("1h")
        assert glue_runs.now == NEW_YEAR + timedelta(hours=1)


def test_the_freezer_fixture_before_is_joined(freezer: Any, glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    freezer.tick(60)
    assert glue_runs.now - begin == timedelta(minutes=1)
    assert len(freezegun.api.freeze_factories) == 1


def test_the_freezer_fixture_after_drives_the_runs(glue_runs: GlueRuns, freezer: Any) -> None:
    begin = glue_runs.now
    freezer.tick(60)
    assert glue_runs.now - begin == timedelta(minutes=1)
    glue_runs.tick("1m")
    assert glue_runs.now - begin == timedelta(minutes=2)


def test_the_marker_of_pytest_freezer_is_joined(pytester: pytest.Pytester) -> None:
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
    with time_machine.travel(NEW_YEAR, tick=False), mock_glue_runs as glue_runs:
        assert glue_runs.now == NEW_YEAR
        assert freezegun.api.freeze_factories == []


def test_both_sides_can_move_a_clock_of_time_machine() -> None:
    with time_machine.travel(NEW_YEAR, tick=False) as traveller, mock_glue_runs as glue_runs:
        traveller.shift(60)
        glue_runs.tick("1m")
        assert glue_runs.now == NEW_YEAR + timedelta(minutes=2)


@pytest.mark.parametrize("stack", ["traveller_stack", "coordinates_stack"])
def test_each_release_of_time_machine_is_recognized(
    monkeypatch: pytest.MonkeyPatch, stack: str
) -> None:
    """The list of its travels has had two names."""
    moves: list[object] = []
    # A copy: time-machine's C code needs the rest of its module.
    release: Any = ModuleType("time_machine")
    names = ("traveller_stack", "coordinates_stack")
    vars(release).update({k: v for k, v in vars(time_machine).items() if k not in names})
    setattr(release, stack, [SimpleNamespace(move_to=moves.append)])
    monkeypatch.setitem(sys.modules, "time_machine", release)
    with mock_glue_runs as glue_runs:
        glue_runs.move_to("2026-01-01")
    assert moves == [NEW_YEAR]


def test_a_clock_is_joined_with_freeze_false_too() -> None:
    with freezegun.freeze_time("2026-01-01"), mock_glue_runs(freeze=False) as glue_runs:
        glue_runs.tick("1h")
        assert glue_runs.now == NEW_YEAR + timedelta(hours=1)
