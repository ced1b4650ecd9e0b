"""EventLog who looks again and again while time stands still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from pytest_glue_runs.errors import EndlessLoopInterrupt, TooManyReadsError

# How the names begin of operations that change nothing.
LOOKING = ("Get", "List", "BatchGet")

# What a client looks at. The test itself looks at a run, by its id, or at a list by its name.
BY_CLIENT = ""


class StallDetector:
    """Counts looks, each kind apart, since the clock last moved, or something was done.

    *explain* gives the words of the error; None if there is hope all the same.
    """

    def __init__(self, limit: int, explain: Callable[[str], str | None]) -> None:
        self._limit = limit
        self._explain = explain
        self._at: datetime | None = None
        self._looks: Counter[str] = Counter()
        self._told: set[str] = set()

    def look(self, at: datetime, what: str = BY_CLIENT) -> None:
        """Counts a look when the clock says *at*; above the limit raises TooManyReadsError, then
        EndlessLoopInterrupt."""
        __tracebackhide__ = True  # who looks again and again has to know, and no more
        if at != self._at:
            self._at = at
            self._looks.clear()
            self._told.clear()
        self._looks[what] += 1
        if self._looks[what] > self._limit:
            self._looks[what] = 0
            why = self._explain(what)
            if why is not None:
                error = EndlessLoopInterrupt if what in self._told else TooManyReadsError
                self._told.add(what)
                raise error(why)

    def something_was_done(self) -> None:
        """Begins anew: whoever looks now may see it."""
        self._looks.clear()
