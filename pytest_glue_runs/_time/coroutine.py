"""A function that pauses wherever it waits for the clock, and is resumed by its caller."""

from __future__ import annotations

import sys
import threading
from _thread import allocate_lock
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from datetime import datetime
from typing import Any

from pytest_glue_runs._patching import replaced
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.mover import ClockMover, DueEvents
from pytest_glue_runs.errors import ScriptError

# How many real seconds pass between checks for a function that waits for another thread.
_CHECK_AFTER = 2.0

# How often a function may catch the exception that ends it.
_MAX_CATCHES = 100


class Coroutine:
    """A function in a thread of its own, which runs only while another thread calls `resume`.

    It pauses when it waits for the clock. Threads that it starts belong to it: then it pauses when
    all of them wait.
    """

    def __init__(self, mover: ClockMover, function: Callable[[], object]) -> None:
        self._mover = mover
        self._function = function
        run = copy_context().run
        self._thread = threading.Thread(target=run, args=(self._run,), name="script", daemon=True)
        self._branch = _Branch(self._pause, self._block_forever)
        self._turn = _closed_gate()
        self._paused = _closed_gate()
        self._until: datetime | None = None
        self._has_ended = False
        self.error: BaseException | None = None
        """The exception that ended the function, if one did."""

    def resume(self) -> datetime | None:
        """Run the function until it pauses; return the time to resume it, or None at its end."""
        with replaced(threading.Thread, "start", self._starting_in_branch()):
            if self._thread.ident is None:
                self._thread.start()
            else:
                self._turn.release()
            self._block()
        return None if self._has_ended else self._until

    def close(self) -> None:
        """End a paused function, by raising an exception where it waits."""
        if self._thread.ident is not None and not self._has_ended:
            self._branch.end()
            with suppress(RuntimeError):  # Ctrl-C left it running
                self._turn.release()
            self._paused.acquire(timeout=_CHECK_AFTER)

    def _block(self) -> None:
        try:
            while not self._paused.acquire(timeout=_CHECK_AFTER):
                if self._branch.is_stuck() and not self._mover.others_run():
                    self._branch.fail(self._thread)
        except BaseException:  # Ctrl-C
            self._branch.end()
            raise

    def _run(self) -> None:
        try:
            self._function()
        except _End:
            raise
        except BaseException as error:  # noqa: BLE001 - the caller of resume() reads it
            self.error = error
        finally:
            self._has_ended = True
            self._branch.close()
            self._mover.remove_branch(self._branch)
            with suppress(RuntimeError):  # `_block_forever` has released it
                self._paused.release()

    def _pause(self, until: datetime) -> None:
        self._until = until
        self._paused.release()
        self._turn.acquire()

    def _block_forever(self) -> None:
        """Block the current thread forever: it catches every exception that would end it."""
        self._paused.release()
        _closed_gate().acquire()

    def _starts_own_thread(self) -> bool:
        """Return whether a thread that the current one starts belongs to this coroutine.

        The execution of a state machine does not.
        """
        parent = threading.current_thread()
        return parent in self._branch.threads and parent not in self._mover.turn_starters

    def _starting_in_branch(self) -> Callable[[threading.Thread], None]:
        real = threading.Thread.start

        def start(thread: threading.Thread) -> None:
            if thread is self._thread or self._starts_own_thread():
                self._branch.threads.add(thread)
                self._mover.add_branch(thread, self._branch)
                thread.run = _ending_quietly(thread)  # type: ignore[method-assign]
            real(thread)

        return start


class _End(BaseException):
    """Ends a paused function that will not be resumed."""


class _Branch(ClockMover):
    """Lets the threads of a coroutine wait.

    Instead of moving the clock it calls *pause*, which returns when the clock has come to that
    time. It calls *block_forever* in a thread that catches the exception that ends it too often.
    """

    def __init__(
        self, pause: Callable[[datetime], None], block_forever: Callable[[], None]
    ) -> None:
        self.threads: set[threading.Thread] = set()
        no_events = DueEvents(lambda until: None, lambda: None)
        super().__init__(self.threads, no_events, clock.real_monotonic(), sys.maxsize, str)
        self._pause = pause
        self._block_forever = block_forever
        self._errors: dict[threading.Thread, BaseException] = {}
        self._is_ending = False
        self._raised = 0

    def is_stuck(self) -> bool:
        """Return whether all threads wait for something other than the clock."""
        waits = [self._waits.get(thread) for thread in self.threads if thread.is_alive()]
        return all(wait is not None and not wait.has_ended for wait in waits)

    def fail(self, thread: threading.Thread) -> None:
        """Raise ScriptError in *thread*, where it waits."""
        self._errors[thread] = ScriptError(
            "The function or script of a run waits for a thread that it did not start. That thread "
            "cannot continue before the run pauses: it waits for the run, or for the clock, which "
            "does not advance until then. Start the thread in the function or script."
        )

    def end(self) -> None:
        """Raise an exception in every thread that waits, now or later."""
        self._is_ending = True

    def _is_active(self) -> bool:
        """Return whether waiting pauses the coroutine; raise the exception for this thread."""
        error = self._errors.pop(threading.current_thread(), None)
        if error is not None:
            raise error
        if self._is_ending:
            self._raised += 1
            if self._raised > _MAX_CATCHES:
                self._block_forever()
            raise _End
        return self._is_open

    def _move_clock(self, moment: datetime) -> None:
        self._pause(moment)
        self._is_active()


def _ending_quietly(thread: threading.Thread) -> Callable[[], None]:
    """Return the `run` of *thread* without the exception that ends a paused function."""
    run = thread.run

    def run_quietly() -> None:
        vars(thread).pop("run", None)  # a reference cycle
        with suppress(_End):
            run()

    return run_quietly


def _closed_gate() -> Any:
    gate = allocate_lock()
    gate.acquire()
    return gate
