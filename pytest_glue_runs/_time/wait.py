"""One thread's wait on the frozen clock."""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime


class Wait:
    """A wait until the *deadline*, until its release, or until *is_over* returns true.

    It stands for a lock among the waiters of a `threading.Condition`: `notify` calls `release`.
    """

    takes_turn = False
    """Whether what is due comes first, even if the deadline had passed when the wait began."""

    def __init__(
        self,
        deadline: datetime | None = None,
        is_over: Callable[[], bool] | None = None,
        *,
        is_move: bool = False,
        number: int | None = None,
    ) -> None:
        self.deadline = deadline
        self.is_move = is_move
        """Whether the test moves the clock by it. Then it ends after all else that is due."""
        self.number = number
        """The mover's number for it: the earlier one of two with the same deadline goes first."""
        self.is_poll = False
        """Whether its deadline had passed when it began: it waits for no other thread."""
        self.is_inner = False
        """Whether it is part of what others wait for: of an event, or of a call."""
        self.timed_out = False
        """Whether the deadline was reached first."""
        self.is_notified: bool = False
        """Whether it is over for another reason than its deadline."""
        self.exceeds_limit = False
        """Whether it timed out since waiting had moved the clock too often."""
        self._released = False
        self._is_over = is_over
        self._gate = allocate_lock()
        self._gate.acquire()

    @property
    def has_ended(self) -> bool:
        """Whether the thread may continue. It need not have noticed yet."""
        return self._released or (self._is_over is not None and self._is_over())

    def release(self) -> None:
        """End the wait: it is over for another reason than its deadline."""
        self.is_notified = True
        self.end()

    def end(self) -> None:
        """End the wait."""
        self._released = True
        self.wake()

    def wake(self) -> None:
        """Let a thread that blocks check whether the wait has ended."""
        with suppress(RuntimeError):  # it was released before
            self._gate.release()

    def nudge(self) -> None:
        """Let a thread that blocks check at once whether it is to process an event."""
        self.wake()

    def block(self, seconds: float | None) -> None:
        """Block until the release, but no longer than *seconds* of real time; None: no limit."""
        self._gate.acquire(timeout=-1 if seconds is None else seconds)
