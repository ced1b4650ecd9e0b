"""Detects loops that read again and again while the clock does not advance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

# How the names of operations begin that change nothing.
READ_PREFIXES = ("Get", "List", "BatchGet")

# The subject of reads by clients. The test reads a run, by its id, or a list, by its name.
CLIENT_CALLS = ""


class StallDetected(Exception):
    """A subject was read more often than the limit without the clock advancing.

    It carries data only. The caller that knows the test turns it into an error with a message.
    """

    def __init__(self, subject: str, reads: int, *, repeated: bool) -> None:
        super().__init__(subject, reads)
        self.subject = subject
        """`CLIENT_CALLS`, the id of a run, or the name of what the test read."""
        self.reads = reads
        self.repeated = repeated
        """Whether the loop went on after it was raised before."""


class StallDetector:
    """Counts reads of each subject since the clock last advanced or something changed.

    *clock_may_advance* tells whether another thread will move the clock.
    """

    def __init__(self, limit: int, clock_may_advance: Callable[[], bool]) -> None:
        self._limit = limit
        self._clock_may_advance = clock_may_advance
        self._at: datetime | None = None
        self._reads: Counter[str] = Counter()
        self._raised: set[str] = set()

    def record_read(self, at: datetime, subject: str = CLIENT_CALLS) -> None:
        """Count a read when the clock says *at*; raise StallDetected above the limit."""
        if at != self._at:
            self._at = at
            self._reads.clear()
            self._raised.clear()
        self._reads[subject] += 1
        if self._reads[subject] > self._limit:
            self._reads[subject] = 0
            if not self._clock_may_advance():
                repeated = subject in self._raised
                self._raised.add(subject)
                raise StallDetected(subject, self._limit, repeated=repeated)

    def record_change(self) -> None:
        """Start counting anew: the next read may show something different."""
        self._reads.clear()
