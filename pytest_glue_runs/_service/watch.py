"""Notices a caller that asks again and again while time stands still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

# How the names begin of operations that change nothing.
LOOKING = ("Get", "List", "BatchGet")


class TooManyReadsError(RuntimeError):
    """Glue was read so often, with nothing moving the clock, that the loop seems endless."""


class StillReadingError(BaseException):
    """The same, for a loop that went on after it: no `except Exception` is to catch it."""


class Watch:
    """Counts reads and refusals since the clock last moved, or something was done."""

    def __init__(self, limit: int, explain: Callable[[], str]) -> None:
        self._limit = limit
        self._explain = explain
        self._reads = 0
        self.since: datetime | None = None
        """The time of the calls that are counted; None: none are."""
        self._told_at: datetime | None = None
        self._looks: Counter[str] = Counter()
        self._looked_at: datetime | None = None

    def in_vain(self, now: datetime) -> None:
        """Counts a call that changed nothing; above the limit raises TooManyReadsError, then
        StillReadingError."""
        if now != self.since:
            self._reads, self.since = 0, now
        self._reads += 1
        if self._reads > self._limit:
            self._reads = 0
            self._tell(now)

    def looked_at(self, run_id: str, now: datetime) -> None:
        """Counts a look of the test itself at a run, likewise."""
        if now != self._looked_at:
            self._looks.clear()
            self._looked_at = now
        self._looks[run_id] += 1
        if self._looks[run_id] > self._limit:
            self._looks.clear()
            self._tell(now)

    def _tell(self, now: datetime) -> None:
        error = StillReadingError if self._told_at == now else TooManyReadsError
        self._told_at = now
        raise error(self._explain())
