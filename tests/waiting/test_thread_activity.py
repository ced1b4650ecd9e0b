"""Which threads count as running, and for how long they may keep the clock from moving."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from pytest_glue_runs._time import thread_activity
from pytest_glue_runs._time.clock import real_monotonic
from pytest_glue_runs._time.thread_activity import Patience, ThreadActivity


def test_a_thread_that_is_starting_is_running() -> None:
    """It has an identifier some time before it counts as alive."""
    is_seen, is_starting = threading.Event(), threading.Event()

    class Started(threading.Event):
        def set(self) -> None:  # pragma: no cover - coverage traces threads from later on
            is_starting.set()
            is_seen.wait()
            super().set()

    thread = threading.Thread()
    thread._started = Started()  # type: ignore[attr-defined]
    starter = threading.Thread(target=thread.start)
    starter.start()
    is_starting.wait()
    assert thread.ident is not None
    assert not thread.is_alive()
    assert ThreadActivity(real_monotonic()).is_running(thread)
    is_seen.set()
    starter.join()
    thread.join()


def test_a_thread_that_has_ended_is_not_running() -> None:
    thread = threading.Thread()
    thread.start()
    thread.join()
    assert not ThreadActivity(real_monotonic()).is_running(thread)


def test_a_thread_blocked_in_a_lock_is_running_for_a_moment_only() -> None:
    now = [0.0]
    activity = ThreadActivity(lambda: now[0])
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    while activity.is_running(thread):  # it may have been on its way to the lock
        now[0] += 0.03
    lock.release()
    thread.join()


Sample = Callable[[float], bool]


@pytest.fixture
def samples() -> tuple[Sample, Patience]:
    """Return a function that lets real time pass, and returns whether patience is exhausted."""
    now = [0.0]
    patience = Patience(lambda: now[0])

    def sample(seconds: float) -> bool:
        now[0] += seconds
        return patience.is_exhausted({threading.current_thread()})

    return sample, patience


def _held_for(sample: Sample) -> float:
    """Return for how long the thread holds the clock, sampled each 0.02 s."""
    count = 1
    while not sample(0.02):
        count += 1
    return count * 0.02


@pytest.fixture
def _no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_activity, "_from_kernel", lambda thread, name: "")


@pytest.mark.usefixtures("_no_kernel")
def test_a_running_thread_holds_the_clock_for_two_seconds(
    samples: tuple[Sample, Patience],
) -> None:
    sample, _ = samples
    assert _held_for(sample) == pytest.approx(2, abs=0.05)
    assert sample(0.02)


@pytest.mark.usefixtures("_no_kernel")
def test_patience_starts_anew_after_a_wait(samples: tuple[Sample, Patience]) -> None:
    sample, patience = samples
    _held_for(sample)
    patience.renew(threading.current_thread())
    assert _held_for(sample) == pytest.approx(2, abs=0.05)


@pytest.mark.usefixtures("_no_kernel")
def test_time_in_which_no_thread_waits_for_the_clock_does_not_count(
    samples: tuple[Sample, Patience],
) -> None:
    sample, _ = samples
    assert not sample(3600)


def test_time_in_which_the_machine_is_busy_does_not_count(
    samples: tuple[Sample, Patience], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each 0.02 s the thread waits 0.015 s for a processor."""
    delay = iter(range(0, 10**12, 15_000_000))
    monkeypatch.setattr(
        thread_activity, "_from_kernel", lambda thread, name: f"1000 {next(delay)} 1"
    )
    sample, _ = samples
    assert _held_for(sample) == pytest.approx(8, abs=0.1)


def test_time_in_which_a_thread_gets_no_processor_at_all_does_not_count(
    samples: tuple[Sample, Patience], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel has not added it up yet."""
    says = {"stat": "1 (python) R 1", "schedstat": "1000 0 1"}
    monkeypatch.setattr(thread_activity, "_from_kernel", lambda thread, name: says[name])
    sample, _ = samples
    assert not any(sample(0.02) for _ in range(1000))
    says["stat"] = "1 (python) S 1"
    assert _held_for(sample) == pytest.approx(2, abs=0.05)
