"""Who waits until when on the frozen clock, and who goes on next.

Threads that wait overlap, as they do in real time: the clock moves only when all of them
wait, then to the earliest deadline, and that one thread goes on. So the story is the same
each time, however fast the threads are.
"""

from __future__ import annotations

import threading
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import NamedTuple

from pytest_glue_runs._time import clock
from pytest_glue_runs._time.thread_activity import Trace, trace, wants_to_run
from pytest_glue_runs.errors import EndlessLoopInterrupt, TooManySleepsError

# A thread that blocks where we cannot see it (in a lock, in a socket) shows by standing
# still: no step and no processor time for so long. In real seconds, like all below.
_STILL = 0.05
# A thread that goes on and on without waiting holds the others up no longer than this.
_PATIENCE = 2.0
# How often those who wait look for these two.
_FIRST_LOOK, _LAST_LOOK = 0.0005, 0.02

# Who looks so often, at one moment of the clock, waits for it to go on.
_LOOKS = 100

# How often the error may be caught before it is one that nobody catches.
_PATIENT_ERRORS = 10


class Wait:
    """One thread's waiting: for the clock, for somebody to release it, or for either."""

    def __init__(
        self, deadline: datetime | None = None, is_over: Callable[[], bool] | None = None
    ) -> None:
        self.deadline = deadline
        self.number = 0
        self.looks = False  # its deadline was there before it
        self.released = False
        self.timed_out = False
        self.error: BaseException | None = None
        self._is_over = is_over
        self._gate = allocate_lock()
        self._gate.acquire()

    @property
    def goes_on(self) -> bool:
        """Whether the thread waits no more, although it may not have noticed yet."""
        return self.released or (self._is_over is not None and self._is_over())

    def release(self) -> None:
        """Ends the waiting. `threading.Condition.notify` calls this too."""
        self.released = True
        with suppress(RuntimeError):  # it is open already
            self._gate.release()

    def look(self, seconds: float | None) -> None:
        """Gives the release so many real seconds; None: as many as it takes."""
        self._gate.acquire(timeout=-1 if seconds is None else seconds)


class Stops(NamedTuple):
    """Where the clock stops on its way, since something is to happen in time."""

    next: Callable[[datetime], datetime | None]
    """The next one until a moment, if there is one."""
    happen: Callable[[], None]
    """Lets happen what is due there."""


class Schedule:
    """The waiting of all threads that take part: those begun since, and the one that began it.

    *limit* is how often the clock may be moved by waiting; then *explain* makes the error.
    """

    def __init__(
        self, real_time: Callable[[], float], limit: int, explain: Callable[[], str], stops: Stops
    ) -> None:
        home = threading.current_thread()
        self._others = frozenset(threading.enumerate()) - {home}
        self._real_time = real_time
        self._limit = limit
        self._explain = explain
        self._stops = stops
        self._lock = allocate_lock()
        self._waits: dict[threading.Thread, Wait] = {}
        self._numbers = count()
        self._moves = 0
        self._open = True
        self._traces: dict[threading.Thread, tuple[Trace, float]] = {}
        self._held_up_since: float | None = None
        self._looks: dict[threading.Thread, tuple[datetime, int]] = {}

    def takes_part(self) -> bool:
        """Whether the current thread's waiting is on the frozen clock."""
        return self._open and not self._is_other(threading.current_thread()) and clock.is_frozen()

    def _is_other(self, thread: threading.Thread) -> bool:
        # A timer that is to end a test that hangs, in real time.
        timer = getattr(getattr(thread, "function", None), "__module__", None) == "pytest_timeout"
        return timer or thread in self._others

    def deadline(self, timeout: float) -> datetime:
        """When a *timeout* of the current thread that begins now is over.

        One of nothing is over at once. But time passes for who tries that again and again,
        as `as_completed` does when its own timeout is over to the point.
        """
        if timeout > 0:
            return clock.later(timeout)
        thread, now = threading.current_thread(), clock.now()
        since, looks = self._looks.get(thread, (now, 0))
        looks = looks + 1 if since == now else 1
        self._looks[thread] = now, looks
        return clock.later(1e-6) if looks > _LOOKS else now

    def wait(self, wait: Wait) -> bool:
        """Lets the current thread wait; False if the clock came to the deadline first.

        Raises TooManySleepsError at the limit.
        """
        thread = threading.current_thread()
        with self._lock:
            wait.number = next(self._numbers)
            wait.looks = wait.deadline is not None and wait.deadline <= clock.now()
            self._waits[thread] = wait
        pause = _FIRST_LOOK
        try:
            while not wait.goes_on:
                if self._open:
                    self._go_on()
                    wait.look(pause)
                    pause = min(2 * pause, _LAST_LOOK)
                elif wait.deadline is None:
                    wait.look(None)
                else:
                    return False  # the test has ended, and its clock with it
        finally:
            with self._lock:
                if self._waits.get(thread) is wait:
                    del self._waits[thread]
        if wait.error is not None:
            raise wait.error
        return not wait.timed_out

    def others_wait(self) -> bool:
        """Whether the clock will move although the current thread only looks on.

        It takes no lock: who asks may hold one that others ask for while they have ours.
        """
        me = threading.current_thread()
        return any(
            thread is not me and wait.deadline is not None
            for thread, wait in list(self._waits.items())
        )

    def close(self) -> None:
        """Ends all waiting on the clock: it is not ours any more."""
        with self._lock:
            self._open = False

    def _go_on(self) -> None:
        """Lets the next thread go on, if it is somebody's turn."""
        while self._comes_to_a_stop():
            self._stops.happen()

    def _comes_to_a_stop(self) -> bool:
        """Whether the clock has come to a stop only, and somebody's turn comes after it."""
        with self._lock:
            timed = [wait for wait in self._waits.values() if wait.deadline is not None]
            if not (timed and self._open):
                return False
            # One that goes on already will say itself when it waits again.
            turn = min(timed, key=lambda wait: (wait.deadline, wait.number))
            assert turn.deadline is not None
            # Of two that are due at one moment the second waits until the first waits again.
            if turn.goes_on or not (turn.looks or self._all_wait()):
                return False
            self._held_up_since = None
            stop = self._stops.next(turn.deadline)
            if stop is not None:
                clock.move_to(max(stop, clock.now()))
                return True
            if turn.deadline > clock.now() and not self._is_too_often(turn):
                clock.move_to(turn.deadline)
            turn.timed_out = True
            turn.release()
            self._waits = {t: wait for t, wait in self._waits.items() if wait is not turn}
            return False

    def _is_too_often(self, turn: Wait) -> bool:
        self._moves += 1
        if self._moves > self._limit:
            told = self._moves > self._limit + _PATIENT_ERRORS
            turn.error = (EndlessLoopInterrupt if told else TooManySleepsError)(self._explain())
        return turn.error is not None

    def _all_wait(self) -> bool:
        alive = frozenset(threading.enumerate())
        if all(self._is_other(one) or self._waits_on(one, alive) for one in alive):
            return True
        now = self._real_time()
        if self._held_up_since is None:
            self._held_up_since = now
        return now - self._held_up_since > _PATIENCE

    def _waits_on(self, thread: threading.Thread, alive: frozenset[threading.Thread]) -> bool:
        wait = self._waits.get(thread)
        return not wait.goes_on if wait is not None else self._stands_still(thread)

    def _stands_still(self, thread: threading.Thread) -> bool:
        now, seen = self._real_time(), trace(thread)
        before, since = self._traces.get(thread, (None, now))
        if seen is None or seen != before:
            if seen is not None:
                self._traces[thread] = seen, now
            return False
        return now - since > _STILL and not wants_to_run(thread)
