"""The one object that moves the frozen clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import NamedTuple

from pytest_glue_runs._time import clock
from pytest_glue_runs._time.thread_activity import Patience, ThreadActivity
from pytest_glue_runs._time.wait import Wait
from pytest_glue_runs.errors import EndlessLoopInterrupt, TooManySleepsError

# A thread that begins to wait wakes the next one itself. Whether a thread has ended or is
# blocked, the waiting ones check after pauses of so many real seconds, each twice the last.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02


class DueEvents(NamedTuple):
    """The events at which the clock stops on its way."""

    next: Callable[[datetime], datetime | None]
    """Returns when the next one is due, if it is by a given moment. Takes no lock."""
    process: Callable[[], None]
    """Processes those that are due."""


class ClockMover:
    """Moves the clock when all *participants* wait: to the earliest deadline.

    Then it wakes the thread that waits for this moment, which runs until it waits again. On its
    way the clock stops at each due event. So the order of events does not depend on the speed of
    threads, and is the same each time. Of two threads with one deadline, the one that began to
    wait first is woken first.

    Waiting moves the clock *limit* times at most; *explain* returns the message of the error.
    """

    def __init__(
        self,
        participants: Container[threading.Thread],
        due_events: DueEvents,
        real_time: Callable[[], float],
        limit: int,
        explain: Callable[[], str],
    ) -> None:
        self._participants = participants
        self._due_events = due_events
        self._activity = ThreadActivity(real_time)
        self._patience = Patience(real_time)
        self._limit = limit
        self._explain = explain
        self._is_open = True
        # Both reentrant: a finalizer that garbage collection calls may wait, and so may what
        # receives a due event.
        self._lock = threading.RLock()
        self._moving = threading.RLock()
        self._waits: dict[threading.Thread, Wait] = {}
        self._numbers = count()
        self._moves = 0
        self._over_limit: set[threading.Thread] = set()

    def takes_part(self) -> bool:
        """Return whether the current thread waits on the frozen clock."""
        return self._is_active() and threading.current_thread() in self._participants

    def wait(self, wait: Wait) -> bool:
        """Block the current thread until *wait* has ended; return False if it timed out.

        Raises TooManySleepsError at the limit, and EndlessLoopInterrupt if the thread continues
        nevertheless.
        """
        with self._registered(wait):
            pause = _FIRST_PAUSE
            while not wait.has_ended:
                if self._is_active():
                    self._advance()
                    wait.block(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                elif wait.deadline is None:
                    wait.block(_LONGEST_PAUSE if self._is_open else None)
                else:
                    return False  # the clock of the deadline is gone
        if wait.exceeds_limit:
            raise self._limit_error()
        return not wait.timed_out

    def move_to(self, moment: datetime) -> None:
        """Move the clock to *moment*, and wake each thread with a deadline on the way.

        The clock may go back. Raises NotFrozenError if time is real.
        """
        __tracebackhide__ = True
        if self._is_active() and moment > clock.now():
            self.wait(Wait(moment, is_move=True))
        else:
            clock.move_to(moment)

    def settle(self, next_due: Callable[[], datetime | None]) -> None:
        """Move the clock from one due event to the next until *next_due* returns None.

        Raises NotFrozenError if time is real.
        """
        __tracebackhide__ = True
        while (due := next_due()) is not None:
            self.move_to(max(due, clock.now()))

    def others_wait(self) -> bool:
        """Return whether the clock will move without the current thread.

        Takes no lock: the caller may hold one that other threads are waiting for.
        """
        me = threading.current_thread()
        waits = list(self._waits.items())
        return any(thread is not me and wait.deadline is not None for thread, wait in waits)

    def close(self) -> None:
        """Stop moving the clock, and end all waits that have a deadline."""
        with self._lock:
            self._is_open = False

    def _is_active(self) -> bool:
        return self._is_open and clock.is_frozen()

    @contextmanager
    def _registered(self, wait: Wait) -> Iterator[None]:
        thread = threading.current_thread()
        with self._lock:
            wait.number = next(self._numbers)
            wait.is_poll = wait.deadline is not None and wait.deadline <= clock.now()
            outer = self._waits.get(thread)
            self._waits[thread] = wait
            self._patience.renew(thread)
        try:
            yield
        finally:
            with self._lock:
                if outer is None:
                    self._waits.pop(thread, None)
                else:
                    self._waits[thread] = outer

    def _advance(self) -> None:
        """Wake the next thread if all wait; process the events that are due before."""
        # While one thread processes an event, the others leave the clock where it is.
        while self._moving.acquire(blocking=False):
            try:
                if not self._stops_at_event():
                    return
                self._due_events.process()
            finally:
                self._moving.release()

    def _stops_at_event(self) -> bool:
        """Move the clock to the next due event, or else wake the next thread."""
        with self._lock:
            timed = [
                (wait.deadline, wait.is_move, wait.number, thread, wait)
                for thread, wait in self._waits.items()
                if wait.deadline is not None and not wait.has_ended
            ]
            if not timed or not self._is_active():
                return False
            deadline, *_, thread, wait = min(timed)
            if not (wait.is_poll or self._all_wait()):
                return False
            due = self._due_events.next(deadline)
            if due is not None:
                clock.move_to(max(due, clock.now()))
                return True
            wait.exceeds_limit = deadline > clock.now() and self._exceeds_limit(wait)
            if deadline > clock.now() and not wait.exceeds_limit:
                clock.move_to(deadline)
            wait.timed_out = True
            wait.release()
            del self._waits[thread]
            return False

    def _exceeds_limit(self, wait: Wait) -> bool:
        self._moves += not wait.is_move
        return self._moves > self._limit and not wait.is_move

    def _limit_error(self) -> BaseException:
        thread = threading.current_thread()
        again = thread in self._over_limit
        self._over_limit.add(thread)
        return (EndlessLoopInterrupt if again else TooManySleepsError)(self._explain())

    def _all_wait(self) -> bool:
        """Return whether no participant keeps the clock from moving."""
        running = {
            thread
            for thread in threading.enumerate()
            if thread in self._participants and self._is_running(thread)
        }
        return self._patience.is_exhausted(running)

    def _is_running(self, thread: threading.Thread) -> bool:
        wait = self._waits.get(thread)
        return self._activity.is_running(thread) if wait is None else wait.has_ended
