"""What the service needs of a schedule, whatever library parses it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol


class Schedule(Protocol):
    """When a scheduled trigger fires, in UTC."""

    @property
    def endless(self) -> bool:
        """Whether no year ends it."""
        ...

    @property
    def shortest_interval(self) -> timedelta:
        """The shortest time between two of its moments."""
        ...

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first of its moments after *moment*, or None if there is none."""
        ...
