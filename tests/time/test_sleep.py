"""time.sleep on the frozen clock: whose sleep moves it, and whose does not."""

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
from typing import Any

import _pytest.timing
import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

# Not a name of its own: the mock would replace that here as well.
REAL = {"sleep": time.sleep}


@pytest.fixture
def poller(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module of the code under test, imported before the mock is active."""
    module: Any = ModuleType("poller")
    module.sleep = time.sleep
    module.wait = time.sleep
    monkeypatch.setitem(sys.modules, "poller", module)
    return module


def _moved(sleep: Callable[[float], object]) -> float:
    """By how many seconds a sleep of one hour moves the clock of a mock."""
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        sleep(3600)
        return (glue_runs.now - begin).total_seconds()


def test_sleep_moves_the_clock_instead_of_waiting() -> None:
    """An hour is over at once."""
    assert _moved(lambda seconds: time.sleep(seconds)) == 3600


@pytest.mark.parametrize("name", ["sleep", "wait"])
def test_sleep_imported_by_name_counts_too(poller: Any, name: str) -> None:
    """`from time import sleep`, under whatever name."""
    assert _moved(lambda seconds: getattr(poller, name)(seconds)) == 3600
    assert getattr(poller, name) is REAL["sleep"]


def test_sleep_imported_while_active_counts_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a module sleeps virtually, and really afterwards."""
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


def test_a_name_that_was_somebodys_fake_once_is_found_later(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test patches poller.sleep by hand, the next one does not."""
    with monkeypatch.context() as patch:
        patch.setattr(poller, "sleep", lambda seconds: None)
        with mock_glue_runs:
            pass
    assert _moved(lambda seconds: poller.sleep(seconds)) == 3600


def test_a_name_that_comes_between_two_mocks_is_found(poller: Any) -> None:
    """The module is looked through again when it has a name more."""
    with mock_glue_runs:
        pass
    poller.pause = time.sleep
    assert _moved(lambda seconds: poller.pause(seconds)) == 3600
    assert poller.pause is REAL["sleep"]


def test_a_module_that_takes_anothers_place_is_found(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As large, and imported by the same name."""
    with mock_glue_runs:
        pass
    again: Any = ModuleType("poller")
    again.pause, again.rest = time.sleep, time.sleep
    assert len(vars(again)) == len(vars(poller))
    monkeypatch.setitem(sys.modules, "poller", again)
    assert _moved(lambda seconds: again.pause(seconds)) == 3600
    assert poller.wait is again.rest is REAL["sleep"]


@pytest.mark.slow
def test_a_module_in_the_memory_of_one_that_is_gone_is_found() -> None:
    """It may have the same address, name and size."""
    missed = 0
    for number in range(20):
        name = f"name_{number}"
        sys.modules["short_lived"] = ModuleType("short_lived")
        vars(sys.modules["short_lived"])[name] = time.sleep
        with mock_glue_runs:
            missed += vars(sys.modules["short_lived"])[name] is REAL["sleep"]
        del sys.modules["short_lived"]
        gc.collect()
    assert missed == 0


def test_a_name_that_is_somebodys_fake_is_left_alone(
    poller: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who patches poller.sleep means it."""
    slept: list[float] = []
    monkeypatch.setattr(poller, "sleep", slept.append)
    assert _moved(lambda seconds: poller.sleep(seconds)) == 0
    assert slept == [3600]


def test_a_name_that_is_deleted_meanwhile_is_no_trouble(poller: Any) -> None:
    """It is not put back either."""
    with mock_glue_runs:
        del poller.sleep
    assert not hasattr(poller, "sleep")


def test_a_name_that_is_set_meanwhile_is_left_alone(poller: Any) -> None:
    """What the test put there stays."""
    with mock_glue_runs:
        poller.sleep = print
    assert poller.sleep is print


def test_what_is_no_module_is_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """sys.modules may hold anything: None forbids an import."""
    monkeypatch.setitem(sys.modules, "forbidden", None)
    assert _moved(lambda seconds: time.sleep(seconds)) == 3600


def test_a_sleep_replaced_by_somebody_else_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who patches time.sleep means it, and finds it again."""
    slept: list[float] = []

    def fake(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(time, "sleep", fake)
    assert _moved(lambda seconds: time.sleep(seconds)) == 0
    assert slept == [3600]
    assert time.sleep is fake


def test_pytests_own_sleep_stays_real(glue_runs: GlueRuns) -> None:
    """Its waiting is not the test's."""
    assert _pytest.timing.sleep is REAL["sleep"]


@pytest.mark.glue_runs(sleep="real")
def test_real_sleep_can_be_asked_for(glue_runs: GlueRuns) -> None:
    """Then nothing is replaced."""
    assert time.sleep is REAL["sleep"]


@pytest.mark.glue_runs(freeze=False)
def test_where_time_is_real_sleep_is(glue_runs: GlueRuns) -> None:
    """There is no clock to move."""
    begin = time.perf_counter()
    time.sleep(0.002)
    assert time.perf_counter() - begin >= 0.002


def test_a_new_thread_sleeps_virtually(glue_runs: GlueRuns) -> None:
    """The code under test may poll in the background."""
    begin = glue_runs.now
    thread = threading.Thread(target=time.sleep, args=(3600,))
    thread.start()
    thread.join()
    assert glue_runs.now - begin == timedelta(hours=1)


def test_a_thread_that_was_there_before_sleeps_really() -> None:
    """A heartbeat of somebody else does not move the test's time."""
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
def test_sleep_refuses_what_the_real_one_refuses(glue_runs: GlueRuns, wrong: Any) -> None:
    """With the same error."""
    with pytest.raises((TypeError, ValueError)) as real:
        REAL["sleep"](wrong)
    with pytest.raises(real.type) as virtual:
        time.sleep(wrong)
    assert str(virtual.value) == str(real.value)


def test_leaving_puts_sleep_back() -> None:
    """The very function that was there."""
    with mock_glue_runs:
        assert time.sleep is not REAL["sleep"]
    assert time.sleep is REAL["sleep"]
