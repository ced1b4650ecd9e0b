"""Waiting in threads on the frozen clock: conditions, what is built on them, and joins."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pytest_glue_runs._patching import Replacements
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs._time.wait import Wait

# After so many timeouts of zero in a row, at one moment of the clock, the next one takes a
# microsecond. `as_completed` polls with zero when it has come to its own timeout exactly.
_POLLS = 100


@contextmanager
def virtual(mover: ClockMover, monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, threads wait on the frozen clock.

    Event, Semaphore, Barrier, Timer, queue.Queue and futures are built on `threading.Condition`.
    They measure their timeouts with *monotonic*.
    """
    timeouts = _Timeouts()
    with Replacements() as replacements:
        for owner, name, new in (
            (threading.Condition, "wait", _condition_wait(mover, timeouts)),
            (threading.Thread, "join", _join(mover, timeouts)),
            # Thread pools use SimpleQueue. The C version blocks where nobody can see it.
            (queue, "SimpleQueue", queue._PySimpleQueue),  # type: ignore[attr-defined]
            (threading, "_time", monotonic),
            (queue, "time", monotonic),
        ):
            replacements.replace(owner, name, new)
        yield


class _Timeouts:
    """Turns timeouts that begin now into deadlines."""

    def __init__(self) -> None:
        # When each thread polled last, and how often in a row.
        self._polls: dict[threading.Thread, tuple[datetime, int]] = {}

    def deadline(self, timeout: float | None) -> datetime | None:
        """Return when a *timeout* of the current thread ends; None if there is none."""
        if timeout is None:
            return None
        if timeout > 0:
            return clock.later(timeout)
        thread, now = threading.current_thread(), clock.now()
        last, polls = self._polls.get(thread, (now, 0))
        polls = polls + 1 if last == now else 1
        self._polls[thread] = now, polls
        return clock.later(1e-6) if polls > _POLLS else now


def _condition_wait(mover: ClockMover, timeouts: _Timeouts) -> Callable[..., bool]:
    real = threading.Condition.wait

    def wait(self: Any, timeout: float | None = None) -> bool:
        if not (mover.takes_part() and self._is_owned()):
            return real(self, timeout)
        # The original, with a `Wait` in the place of its lock.
        waiter = mover.new_wait(timeouts.deadline(timeout))
        self._waiters.append(waiter)
        state = self._release_save()
        notified = False
        try:
            notified = mover.wait(waiter)
        finally:
            self._acquire_restore(state)
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)
        return notified

    return wait


def _join(mover: ClockMover, timeouts: _Timeouts) -> Callable[..., None]:
    real = threading.Thread.join

    def join(self: threading.Thread, timeout: float | None = None) -> None:
        joinable = self.is_alive() and self is not threading.current_thread()
        if mover.takes_part() and joinable:
            wait = Wait(timeouts.deadline(timeout), is_over=lambda: not _is_listed(self))
            mover.wait(wait)
            if _is_listed(self):
                return
            timeout = None  # it is about to end
        real(self, timeout)

    return join


def _is_listed(thread: threading.Thread) -> bool:
    return thread in threading.enumerate()
