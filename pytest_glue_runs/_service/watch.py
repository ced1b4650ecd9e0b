"""Notices a caller that looks again and again while time stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_LOOKING = ("Get", "List", "BatchGet")


class TooManyReadsError(RuntimeError):
    """Glue was read so often, with nothing moving the clock, that the loop seems endless."""


class StillReadingError(BaseException):
    """The same, for a loop that went on after it: no `except Exception` is to catch it."""


class Watch:
    """Counts reads since the clock last moved, or something was done."""

    def __init__(self, limit: int, explain: Callable[[], str]) -> None:
        self._limit = limit
        self._explain = explain
        self._reads = 0
        self._since: datetime | None = None
        self._told = False

    def saw(self, operation: str, now: datetime) -> None:
        """Counts a call; above the limit raises TooManyReadsError, then StillReadingError."""
        if not operation.startswith(_LOOKING):
            self._since = None
            return
        if now != self._since:
            self._reads, self._since = 0, now
        self._reads += 1
        if self._reads > self._limit:
            self._reads = 0
            error = StillReadingError if self._told else TooManyReadsError
            self._told = True
            raise error(self._explain())
