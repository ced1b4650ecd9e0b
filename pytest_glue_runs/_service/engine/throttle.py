"""Throttling by rate: a token bucket for each caller, refilled by the clock."""

from __future__ import annotations

from datetime import datetime

from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.rules.errors import GlueError, default_message

_THROTTLED = "ThrottlingException"


class Throttle:
    """Allows each caller *rate* requests a second, and as many at once."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._buckets: dict[Caller, tuple[float, datetime]] = {}

    def check(self, caller: Caller, now: datetime) -> None:
        """Take a token of *caller*; raise ThrottlingException if there is none."""
        if self._rate is None:
            return
        size = max(self._rate, 1.0)
        tokens, since = self._buckets.get(caller, (size, now))
        elapsed = max((now - since).total_seconds(), 0.0)
        tokens = min(tokens + elapsed * self._rate, size)
        allowed = tokens >= 1
        self._buckets[caller] = (tokens - 1 if allowed else tokens), now
        if not allowed:
            raise GlueError(_THROTTLED, default_message(_THROTTLED))
