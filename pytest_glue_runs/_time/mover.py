"""The one object that moves the frozen clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Container, Iterable, Iterator, Set
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import NamedTuple

from pytest_glue_runs._patching import replaced
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.thread_activity import Patience, ThreadActivity
from pytest_glue_runs._time.wait import Wait
from pytest_glue_runs.errors import EndlessLoopInterrupt, ScriptError, TooManySleepsError

# A thread that begins to wait wakes the next one itself. Whether a thread has ended or is
# blocked, the waiting ones check after pauses of so many real seconds, each twice the last.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.02


class DueEvents(NamedTuple):
    """The events at which the clock stops on its way."""

    next: Callable[[datetime], datetime | None]
    """Returns when the next one is due, if it is by a given moment. Takes no lock."""
    process: Callable[[], None]
    """Processes those that are due."""
    only_here: Callable[[], bool] = lambda: False
    """Returns whether other threads cannot: the current one is in the middle of a call."""


class ClockMover:
    """Moves the clock when all *participants* wait: to the earliest deadline.

    Then it wakes the thread that waits for this moment, which runs until it waits again. On its
    way the clock stops at each due event. So the order of events does not depend on the speed of
    threads, and is the same each time. Of two threads with one deadline, the one that began to
    wait first is woken first.

    Which thread processes the events does not depend on speed either, since they may raise
    exceptions for the test, or wait for other threads: the one that creates this if it waits, else
    the one to wake next. A thread that waits while it processes an event, or in the middle of a
    call, processes the next ones itself.

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
        self._creator = threading.current_thread()
        self._processing: threading.Thread | None = None
        self._waits: dict[threading.Thread, Wait] = {}
        self._numbers = count()
        self._interrupted: set[threading.Thread] = set()
        self.new_wait: Callable[[datetime | None], Wait] = Wait
        """Makes the wait of a `threading.Condition` until a deadline."""
        self.turn_takers: Set[threading.Thread] = frozenset()
        """Threads that always wait for the others, and are waited for, however slow they are."""
        self.turn_starters: Set[threading.Thread] = frozenset()
        """Threads that are starting such threads."""
        self._moves = 0
        self._over_limit: set[threading.Thread] = set()
        self._holds = 0
        self._branches: dict[threading.Thread, ClockMover] = {}

    def takes_part(self) -> bool:
        """Return whether the current thread waits on the frozen clock."""
        return self._is_active() and threading.current_thread() in self._participants

    def wait(self, wait: Wait) -> bool:
        """Block the current thread until *wait* has ended; return False if it timed out.

        Raises TooManySleepsError at the limit, and EndlessLoopInterrupt if the thread continues
        nevertheless.
        """
        branch = self._branches.get(threading.current_thread())
        if branch is not None:
            return branch.wait(wait)
        with self._registered(wait):
            pause = _FIRST_PAUSE
            while not wait.has_ended:
                if threading.current_thread() in self._interrupted:
                    return wait.is_notified
                if self._is_active():
                    self._advance()
                    wait.block(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                elif wait.deadline is None:
                    wait.block(_LONGEST_PAUSE if self._is_open else None)
                else:
                    return wait.is_notified  # the clock of the deadline is gone
        if wait.exceeds_limit:
            raise self._limit_error()
        return not wait.timed_out

    def move_to(self, moment: datetime) -> None:
        """Move the clock to *moment*, and wake each thread with a deadline on the way.

        The clock may go back. Raises NotFrozenError if time is real, ScriptError in a script.
        """
        __tracebackhide__ = True
        self._check_is_no_script()
        if self._is_active() and moment > clock.now():
            self.wait(Wait(moment, is_move=True))
        else:
            clock.move_to(moment)

    def _check_is_no_script(self) -> None:
        __tracebackhide__ = True
        if threading.current_thread() in self._branches:
            raise ScriptError(
                "The function or script of a run cannot call tick(), move_to() or settle(). "
                "Call time.sleep() instead: the run takes that much longer."
            )

    def settle(self, next_due: Callable[[], datetime | None]) -> None:
        """Move the clock from one due event to the next until *next_due* returns None.

        Raises NotFrozenError if time is real, ScriptError in a script.
        """
        __tracebackhide__ = True
        self._check_is_no_script()
        while (due := next_due()) is not None:
            self.move_to(max(due, clock.now()))

    def let_others_run(self) -> None:
        """Block until all other threads wait for a later time, or for something else."""
        if self.takes_part():
            self.wait(Wait(clock.now(), is_move=True))

    def next_number(self) -> int:
        """Return a number for a wait that is to begin later, as if it began now."""
        return next(self._numbers)

    def next_deadline(self, threads: Container[threading.Thread]) -> datetime | None:
        """Return the earliest deadline of *threads*, if they have any."""
        waits = [wait for thread, wait in list(self._waits.items()) if thread in threads]
        deadlines = (wait.deadline for wait in waits if wait.deadline is not None)
        return min(deadlines, default=None)

    def interrupt(self, threads: Iterable[threading.Thread]) -> None:
        """End the waits of *threads*, now and from now on, without moving the clock."""
        with self._lock:
            self._interrupted.update(threads)
            for thread in self._interrupted & self._waits.keys():
                self._waits[thread].wake()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While active, no waiting moves the clock."""
        with self._moving:
            self._holds += 1
            try:
                yield
            finally:
                self._holds -= 1

    def add_branch(self, thread: threading.Thread, branch: ClockMover) -> None:
        """Let *thread* wait on *branch* from now on. This clock moves without waiting for it."""
        self._branches[thread] = branch

    def remove_branch(self, branch: ClockMover) -> None:
        """Let the threads of *branch* wait on this clock again."""
        others = {thread: one for thread, one in self._branches.items() if one is not branch}
        self._branches = others

    def others_wait(self) -> bool:
        """Return whether the clock will move without the current thread.

        Takes no lock: the caller may hold one that other threads are waiting for.
        """
        me = threading.current_thread()
        waits = list(self._waits.items())
        return any(
            thread is not me and thread not in self.turn_takers and wait.deadline is not None
            for thread, wait in waits
        )

    def others_run(self) -> bool:
        """Return whether another thread on this clock runs. The first check of one returns True."""
        me = threading.current_thread()
        return any(one is not me and self._is_running(one) for one in self._present())

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
            if wait.number is None:
                wait.number = next(self._numbers)
            due = wait.deadline is not None and wait.deadline <= clock.now()
            wait.is_poll = due and not (wait.is_move or wait.takes_turn)
            wait.is_inner = self._processing is thread or self._due_events.only_here()
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
        me = threading.current_thread()
        # While one thread processes an event, the others leave the clock where it is.
        while not self._holds and self._moving.acquire(blocking=False):
            try:
                processor = self._stop_at_event()
                if processor is me:
                    with replaced(self, "_processing", me):
                        self._due_events.process()
            finally:
                self._moving.release()
            if processor is not me:
                wait = None if processor is None else self._waits.get(processor)
                if wait is not None:
                    wait.nudge()
                return

    def _stop_at_event(self) -> threading.Thread | None:
        """Move the clock to the next due event, or else wake the next thread.

        Returns the thread to process the event. The clock moves only if it is the current one.
        """
        with self._lock:
            first = self._first()
            if first is not None and not self._waits[first[-1]].is_poll:
                # A thread that ran until then may have notified one that is to wake before.
                first = self._first() if self._all_wait(first[-1]) else None
            if first is None or not self._is_active():
                return None
            deadline, *_, thread = first
            wait = self._waits[thread]
            due = self._due_events.next(deadline)
            if due is not None:
                processor = self._processor(next_thread=thread)
                if processor is threading.current_thread():
                    self._move_clock(max(due, clock.now()))
                return processor
            wait.exceeds_limit = deadline > clock.now() and self._exceeds_limit(wait)
            if deadline > clock.now() and not wait.exceeds_limit:
                self._move_clock(deadline)
            wait.timed_out = not wait.is_notified
            wait.end()
            del self._waits[thread]
            return None

    def _processor(self, next_thread: threading.Thread) -> threading.Thread:
        """Return the thread that processes the due events."""
        inner = (thread for thread, wait in self._waits.items() if wait.is_inner)
        return next(inner, self._creator if self._creator in self._waits else next_thread)

    def _move_clock(self, moment: datetime) -> None:
        clock.move_to(moment)

    def _first(self) -> tuple[datetime, bool, int | None, threading.Thread] | None:
        """Return the thread to wake first, preceded by the values that decide it."""
        timed = (
            (wait.deadline, wait.is_move, wait.number, thread)
            for thread, wait in self._waits.items()
            if wait.deadline is not None and not wait.has_ended
        )
        return min(timed, default=None)

    def _exceeds_limit(self, wait: Wait) -> bool:
        self._moves += not wait.is_move
        return self._moves > self._limit and not wait.is_move

    def _limit_error(self) -> BaseException:
        thread = threading.current_thread()
        again = thread in self._over_limit
        self._over_limit.add(thread)
        return (EndlessLoopInterrupt if again else TooManySleepsError)(self._explain())

    def _all_wait(self, next_thread: threading.Thread) -> bool:
        """Return whether no participant keeps the clock from moving to wake *next_thread*."""
        present = self._present()
        running = {
            thread
            for thread in present
            if thread not in self._waits and self._activity.is_running(thread)
        }
        # After that: the end of a thread also ends the waits of those that join it.
        waits = {thread: self._waits[thread] for thread in present if thread in self._waits}
        running |= {thread for thread, wait in waits.items() if wait.has_ended}
        for_turn = not self.turn_takers.isdisjoint({next_thread, *running})
        return self._patience.is_exhausted(running, for_turn=for_turn)

    def _present(self) -> list[threading.Thread]:
        """Return the threads that may keep the clock from moving."""
        return [
            thread
            for thread in threading.enumerate()
            if thread in self._participants and thread not in self._branches
        ]

    def _is_running(self, thread: threading.Thread) -> bool:
        wait = self._waits.get(thread)
        return self._activity.is_running(thread) if wait is None else wait.has_ended
