"""time.sleep on the frozen clock: which calls move it."""

from __future__ import annotations

import gc
import importlib
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import _pytest.timing
import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

# Not a global name of its own: the mock would replace that here too.
REAL = {"sleep": time.sleep}


class _WithoutNames:
    """Something in sys.modules that is no module."""

    __dict__ = None  # type: ignore[assignment]


@pytest.fixture
def poller(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a module of the code under test that was imported before the mock."""
    module: Any = ModuleType("poller")
    module.sleep = time.sleep
    module.wait = time.sleep
    monkeypatch.setitem(sys.modules, "poller", module)
    return module


def _moved(sleep: Callable[[float], object]) -> float:
    """Return how many seconds the clock of a mock moves by a *sleep* of an hour."""
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        sleep(3600)
        return (glue_runs.now - begin).total_seconds()


def test_sleep_moves_the_clock_instead_of_waiting() -> None:
    assert _moved(lambda seconds: time.sleep(seconds)) == 3600


@pytest.mark.parametrize("name", ["sleep", "wait"])
def test_sleep_imported_by_name_is_replaced_too(poller: Any, name: str) -> None:
    assert _moved(lambda seconds: getattr(poller, name)(seconds)) == 3600
    assert getattr(poller, name) is REAL["sleep"]


def test_sleep_imported_during_the_mock_is_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_poller.py").write_text("from time import sleep")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "late_poller", ModuleType("to be imported anew"))
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        del sys.modules["late_poller"]
        module = importlib.import_module("late_poller")
        module.sleep(60)
        assert glue_runs.now - begin == timedelta(minutes=1)
    assert module.sleep is REAL["sleep"]


def test_a_name_that_held_a_fake_before_is_replaced(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(poller, "sleep", lambda seconds: None)
        with mock_glue_runs:
            pass
    assert _moved(lambda seconds: poller.sleep(seconds)) == 3600


def test_a_name_added_between_two_mocks_is_replaced(poller: Any) -> None:
    with mock_glue_runs:
        pass
    poller.pause = time.sleep
    assert _moved(lambda seconds: poller.pause(seconds)) == 3600
    assert poller.pause is REAL["sleep"]


def test_a_module_that_replaces_another_is_searched(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has as many names, and is imported by the same one."""
    with mock_glue_runs:
        pass
    again: Any = ModuleType("poller")
    again.pause, again.rest = time.sleep, time.sleep
    assert len(vars(again)) == len(vars(poller))
    monkeypatch.setitem(sys.modules, "poller", again)
    assert _moved(lambda seconds: again.pause(seconds)) == 3600
    assert poller.wait is again.rest is REAL["sleep"]


@pytest.mark.slow
def test_a_module_at_the_address_of_a_deleted_one_is_searched() -> None:
    """It may have the same address, name and size."""
    missed = 0
    for number in range(4):
        name = f"name_{number}"
        sys.modules["short_lived"] = ModuleType("short_lived")
        vars(sys.modules["short_lived"])[name] = time.sleep
        with mock_glue_runs:
            missed += vars(sys.modules["short_lived"])[name] is REAL["sleep"]
        del sys.modules["short_lived"]
        gc.collect()
    assert missed == 0


def test_a_name_that_holds_a_fake_is_left_alone(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(poller, "sleep", slept.append)
    assert _moved(lambda seconds: poller.sleep(seconds)) == 0
    assert slept == [3600]


def test_a_name_deleted_during_the_mock_is_not_restored(poller: Any) -> None:
    with mock_glue_runs:
        del poller.sleep
    assert not hasattr(poller, "sleep")


def test_a_name_assigned_during_the_mock_is_left_alone(poller: Any) -> None:
    with mock_glue_runs:
        poller.sleep = print
    assert poller.sleep is print


def test_entries_of_sys_modules_that_are_no_modules_are_skipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None, for one, forbids an import."""
    monkeypatch.setitem(sys.modules, "forbidden", None)
    assert _moved(lambda seconds: time.sleep(seconds)) == 3600


def test_such_entries_are_skipped_in_the_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """All modules are searched then, since one was deleted."""
    monkeypatch.setitem(sys.modules, "without_names", cast("ModuleType", _WithoutNames()))
    sys.modules["short_lived"] = ModuleType("short_lived")
    with mock_glue_runs:
        del sys.modules["short_lived"]
    assert time.sleep is REAL["sleep"]


def test_a_time_sleep_replaced_before_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def fake(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(time, "sleep", fake)
    assert _moved(lambda seconds: time.sleep(seconds)) == 0
    assert slept == [3600]
    assert time.sleep is fake


def test_pytests_own_sleep_stays_real(glue_runs: GlueRuns) -> None:
    assert _pytest.timing.sleep is REAL["sleep"]


@pytest.mark.glue_runs(sleep="real")
def test_with_sleep_real_nothing_is_replaced(glue_runs: GlueRuns) -> None:
    assert time.sleep is REAL["sleep"]


@pytest.mark.glue_runs(freeze=False)
def test_with_freeze_false_sleep_is_real(glue_runs: GlueRuns) -> None:
    begin = time.perf_counter()
    time.sleep(0.002)
    assert time.perf_counter() - begin >= 0.002


def test_a_new_thread_sleeps_virtually(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    thread = threading.Thread(target=time.sleep, args=(3600,))
    thread.start()
    thread.join()
    assert glue_runs.now - begin == timedelta(hours=1)


def test_a_thread_from_before_sleeps_really() -> None:
    go, done = threading.Event(), threading.Event()

    def heartbeat() -> None:
        go.wait()
        time.sleep(0.001)
        done.set()

    thread = threading.Thread(target=heartbeat)
    thread.start()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        go.set()
        done.wait()
        assert glue_runs.now == begin
    thread.join()


@pytest.mark.parametrize("wrong", [-1, -0.5, float("nan"), "1", None])
def test_sleep_rejects_what_the_real_one_rejects(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError)) as real:
        REAL["sleep"](wrong)
    with pytest.raises(real.type) as virtual:
        time.sleep(wrong)
    assert str(virtual.value) == str(real.value)


def test_leaving_restores_sleep() -> None:
    with mock_glue_runs:
        assert time.sleep is not REAL["sleep"]
    assert time.sleep is REAL["sleep"]
