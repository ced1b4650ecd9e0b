"""Notices a caller that looks again and again while time stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_LOOKING = ("Get", "List", "BatchGet")


class TooManyReadsError(RuntimeError):
    """Glue was read so often, with nothing moving the clock, that the loop seems endless."""


class Watch:
    """Counts reads since the clock last moved, or something was done."""

    def __init__(self, limit: int, explain: Callable[[], str]) -> None:
        self._limit = limit
        self._explain = explain
        self._reads = 0
        self._since: datetime | None = None

    def saw(self, operation: str, now: datetime) -> None:
        """Counts a call; raises TooManyReadsError above the limit."""
        looks = operation.startswith(_LOOKING)
        if now != self._since or not looks:
            self._reads, self._since = 0, now
        self._reads += looks
        if self._reads > self._limit:
            self._reads = 0
            raise TooManyReadsError(self._explain())
