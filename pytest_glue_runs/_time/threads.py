"""What waits in threads, on the frozen clock: conditions (and all made of them), joins."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from pytest_glue_runs._patching import replaced
from pytest_glue_runs._time.schedule import Schedule, Wait


@contextmanager
def virtual(schedule: Schedule, monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, waiting threads wait on the frozen clock.

    `threading.Condition` carries Event, Semaphore, Barrier, Timer, queue.Queue and futures.
    *monotonic* is the clock that these measure their timeouts by.
    """
    with ExitStack() as stack:
        for owner, name, new in (
            (threading.Condition, "wait", _condition_wait(schedule)),
            (threading.Thread, "join", _join(schedule)),
            # The one written in C waits where nobody can see it; thread pools use it.
            (queue, "SimpleQueue", queue._PySimpleQueue),  # type: ignore[attr-defined]
            (threading, "_time", monotonic),
            (queue, "time", monotonic),
        ):
            stack.enter_context(replaced(owner, name, new))
        yield


def _condition_wait(schedule: Schedule) -> Callable[..., bool]:
    real = threading.Condition.wait

    def wait(self: Any, timeout: float | None = None) -> bool:
        if not (schedule.takes_part() and self._is_owned()):
            return real(self, timeout)
        # As the original does, with a waiter of ours in the place of its lock.
        waiter = Wait(None if timeout is None else schedule.deadline(timeout))
        self._waiters.append(waiter)
        state = self._release_save()
        notified = False
        try:
            notified = schedule.wait(waiter)
        finally:
            self._acquire_restore(state)
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)
        return notified

    return wait


def _join(schedule: Schedule) -> Callable[..., None]:
    real = threading.Thread.join

    def join(self: threading.Thread, timeout: float | None = None) -> None:
        joinable = self.is_alive() and self is not threading.current_thread()
        if schedule.takes_part() and joinable:
            deadline = None if timeout is None else schedule.deadline(timeout)
            schedule.wait(Wait(deadline, is_over=lambda: self not in threading.enumerate()))
            if self in threading.enumerate():
                return
            timeout = None
        real(self, timeout)

    return join
