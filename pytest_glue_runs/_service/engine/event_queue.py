"""The event queue of the simulation: what happens when, in order of time."""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TypeVar


@dataclass(slots=True, eq=False)
class Event(ABC):
    """Something that will happen without a request. Each engine has its own kind."""

    at: datetime
    cancelled: bool = field(default=False, kw_only=True)

    @abstractmethod
    def process(self) -> None:
        """Process the event. Called once, when it is due."""

    @property
    @abstractmethod
    def label(self) -> str:
        """Short text for a report, such as ``RUNNING`` or ``attempt 1``."""

    @property
    def recurs_forever(self) -> bool:
        """Whether events like this follow without end."""
        return False


E = TypeVar("E", bound=Event)


def add_duration(at: datetime, duration: timedelta) -> datetime:
    """Return *at* plus *duration*, or the latest datetime there is."""
    try:
        return at + duration
    except OverflowError:
        return datetime.max.replace(tzinfo=timezone.utc)


class EventQueue:
    """Events ordered by time, then by priority, then by insertion.

    `now` is the simulation time: the latest time seen. It never goes back.
    """

    def __init__(self, now: datetime) -> None:
        self.now: datetime = now
        self.paused: bool = False
        """Whether no event is processed, although it may be due."""
        self._heap: list[tuple[datetime, bool, int, Event]] = []
        self._added = 0

    def add(self, event: E, *, last: bool = False) -> E:
        """Schedule *event* and return it.

        With *last*, it is processed after other events of the same moment, so that it sees
        the capacity that they release.
        """
        self._added += 1
        entry: tuple[datetime, bool, int, Event] = (event.at, last, self._added, event)
        heapq.heappush(self._heap, entry)
        return event

    def advance(self, moment: datetime) -> None:
        """Process all events due by *moment*, each at its own time, unless one pauses it."""
        heap = self._heap
        while heap and heap[0][0] <= moment and not self.paused:
            at, _, _, event = heapq.heappop(heap)
            if not event.cancelled:
                self.now = max(self.now, at)
                event.process()
        if moment > self.now and not self.paused:
            self.now = moment

    def upcoming(self) -> list[Event]:
        """Return all scheduled events in order."""
        return [event for *_, event in sorted(self._heap) if not event.cancelled]

    def earliest(self) -> datetime | None:
        """Return when the next event is due, cancelled or not. Safe to call from any thread."""
        return next((at for at, *_ in self._heap[:1]), None)

    def next(self) -> Event | None:
        """Return the next event that does not recur forever, or None."""
        heap = self._heap
        while heap and heap[0][-1].cancelled:
            heapq.heappop(heap)
        if heap and heap[0][-1].recurs_forever:
            finite = (e for *_, e in heap if not (e.recurs_forever or e.cancelled))
            return min(finite, key=lambda event: event.at, default=None)
        return heap[0][-1] if heap else None
