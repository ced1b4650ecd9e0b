"""The heap of due events: what happens when, in order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.run import Run

# What is called when an event's time has come: with its run, what, detail, and that time.
Happen = Callable[["Run", str, "str | None", datetime], None]


@dataclass(slots=True, eq=False)
class Event:
    """Something that happens to a run by itself, when its time has come."""

    at: datetime
    run: Run
    what: str
    """In words for people: the state that the run enters, say."""
    happen: Happen
    detail: str | None
    cancelled: bool = False

    @property
    def endless(self) -> bool:
        """Whether it is one of a row without end: a restart, and no plan for the last run."""
        return self.what == "EXPIRED" and self.run.plan.ending is None


def later(at: datetime, span: timedelta) -> datetime:
    """*at* plus *span*; the end of all time where datetimes go no further."""
    try:
        return at + span
    except OverflowError:
        return datetime.max.replace(tzinfo=timezone.utc)


class EventQueue:
    """Events in order of time, then in the order they were added, those that want room last.

    `now` is the latest time seen: a clock that goes back takes nothing back.
    """

    def __init__(self, now: datetime) -> None:
        self.now: datetime = now
        self._heap: list[tuple[datetime, bool, int, Event]] = []
        self._added = 0

    def add(
        self,
        at: datetime,
        run: Run,
        what: str,
        happen: Happen,
        detail: str | None = None,
        wants_room: bool = False,
    ) -> Event:
        """Lets *happen* be called once the clock has come to *at*.

        What *wants_room* finds what ends in the same moment gone already.
        """
        event = Event(at, run, what, happen, detail)
        self._added += 1
        heapq.heappush(self._heap, (at, wants_room, self._added, event))
        return event

    def advance(self, moment: datetime) -> None:
        """Lets everything happen that is due by *moment*, each at its own time."""
        heap = self._heap
        while heap and heap[0][0] <= moment:
            at, _, _, event = heapq.heappop(heap)
            if not event.cancelled:
                self.now = max(self.now, at)
                event.happen(event.run, event.what, event.detail, at)
        if moment > self.now:
            self.now = moment

    def upcoming(self) -> list[Event]:
        """All events that are to come, in their order."""
        return [event for *_, event in sorted(self._heap) if not event.cancelled]

    def earliest(self) -> datetime | None:
        """When the next event is due, cancelled or not. It may be asked from any thread."""
        return next((at for at, *_ in self._heap[:1]), None)

    def next(self) -> Event | None:
        """The event that is due next, if there is one that is not of a row without end."""
        heap = self._heap
        while heap and heap[0][-1].cancelled:
            heapq.heappop(heap)
        if heap and heap[0][-1].endless:
            waiting = (event for *_, event in heap if not (event.endless or event.cancelled))
            return min(waiting, key=lambda event: event.at, default=None)
        return heap[0][-1] if heap else None
