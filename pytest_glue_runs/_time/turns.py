"""Threads that take turns, so that what they do at one moment has the same order each time.

Threads that wake each other run concurrently; so do a thread and the one that started it. Threads
that take turns do not: one that is notified, or that is started, continues when all others wait.
"""

from __future__ import annotations

import threading
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

from pytest_glue_runs._patching import replaced
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs._time.wait import Wait

# How many real seconds threads get to end when they are interrupted.
_GRACE = 5.0


class Turn(Wait):
    """A wait that does not end when it is released, but is due from then on."""

    takes_turn = True

    def release(self) -> None:
        """Let the mover end the wait as soon as all other threads wait."""
        self.is_notified = True
        self.deadline = clock.now()
        self.wake()


class Turns:
    """The threads that take turns: those started within `starting`, and those they start.

    Elsewhere than on the frozen clock of *mover* they are ordinary threads.
    """

    def __init__(self, mover: ClockMover) -> None:
        self._mover = mover
        self._is_over = False
        self._takers: set[threading.Thread] = set()
        # Threads within `Thread.start`: it waits for the new thread, which needs no turn.
        self._in_start: set[threading.Thread] = set()
        self._starters: set[threading.Thread] = set()

    @contextmanager
    def active(self) -> Iterator[None]:
        """While active, threads can take turns. In the end they are interrupted."""
        with ExitStack() as stack:
            stack.enter_context(replaced(threading.Thread, "start", self._start_method()))
            stack.enter_context(replaced(self._mover, "new_wait", self._new_wait))
            stack.enter_context(replaced(self._mover, "turn_takers", self._takers))
            stack.enter_context(replaced(self._mover, "turn_starters", self._starters))
            stack.callback(self.interrupt)
            yield

    @contextmanager
    def starting(self) -> Iterator[None]:
        """While active, the threads that the current one starts take turns."""
        thread = threading.current_thread()
        self._starters.add(thread)
        try:
            yield
        finally:
            self._starters.discard(thread)

    def on_frozen_clock(self) -> bool:
        """Return whether the current thread waits on the frozen clock."""
        return self._mover.takes_part()

    def takes_turns(self) -> bool:
        """Return whether the current thread takes turns."""
        return threading.current_thread() in self._takers

    def let_run(self) -> None:
        """Block until all threads that take turns wait for a later time, or for something else."""
        self._takers.intersection_update(threading.enumerate())
        if self._takers and not self.takes_turns():
            self._mover.let_others_run()

    def next_deadline(self) -> datetime | None:
        """Return the earliest deadline of the threads that take turns, if they have any."""
        return self._mover.next_deadline(self._takers)

    def interrupt(self) -> None:
        """End the waits of the threads that take turns, now and from now on, and let them end."""
        self._is_over = True
        self._mover.interrupt(self._takers)
        pause = allocate_lock()
        pause.acquire()
        for _ in range(int(_GRACE / 0.001)):
            if not any(thread.is_alive() for thread in self._takers):
                break
            pause.acquire(timeout=0.001)
        self._takers.clear()

    def _new_wait(self, deadline: datetime | None) -> Wait:
        thread = threading.current_thread()
        takes_turn = thread in self._takers and thread not in self._in_start
        return Turn(deadline) if takes_turn else Wait(deadline)

    def _start_method(self) -> Callable[[threading.Thread], None]:
        real = threading.Thread.start

        def start(thread: threading.Thread) -> None:
            parent = threading.current_thread()
            if not (parent in self._takers or parent in self._starters):
                real(thread)
                return
            if self._mover.takes_part():
                turn = Turn(clock.now(), number=self._mover.next_number())
                thread.run = self._run_in_turn(thread.run, turn)  # type: ignore[method-assign]
            self._in_start.add(parent)
            try:
                real(thread)
            finally:
                self._in_start.discard(parent)
            self._takers.add(thread)

        return start

    def _run_in_turn(self, run: Callable[[], Any], turn: Turn) -> Callable[[], None]:
        def run_in_turn() -> None:
            thread = threading.current_thread()
            del thread.run  # moto keeps its threads
            self._takers.add(thread)
            self._mover.wait(turn)
            if not self._is_over:
                run()

        return run_in_turn
