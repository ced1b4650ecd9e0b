"""The timeline of a report: a text chart of runs, to scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from pytest_glue_runs._describe import format_time
from pytest_glue_runs._service.model.run import ENDED_STATES
from pytest_glue_runs._terminal import Terminal
from pytest_glue_runs._time.duration import format_duration

# What stands for a state: in Unicode, in ASCII, and its color as an ANSI code.
_SYMBOLS = {
    "WAITING": ("·", ".", 33),
    "STARTING": ("░", "-", 36),
    "RUNNING": ("█", "=", 34),
    "STOPPING": ("▒", "~", 35),
    "SUCCEEDED": ("✓", "S", 32),
    "FAILED": ("✗", "F", 31),
    "TIMEOUT": ("T", "T", 31),
    "ERROR": ("E", "E", 31),
    "EXPIRED": ("X", "X", 31),
    "STOPPED": ("■", "#", 35),
    "not ended": ("▶", ">", 0),
}
_ACTIVE = "not ended"
_UNICODE = "".join(unicode for unicode, _, _ in _SYMBOLS.values())

# A column lasts a round time: the first of these that lets the chart fit.
_MILLISECONDS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_SECONDS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 45)
_MINUTES = (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 45)
_HOURS = (1, 1.5, 2, 3, 4, 6, 8, 12)
_DAY = timedelta(days=1)
_STEPS = (
    *(timedelta(milliseconds=number) for number in _MILLISECONDS),
    *(timedelta(seconds=number) for number in _SECONDS),
    *(timedelta(minutes=number) for number in _MINUTES),
    *(timedelta(hours=number) for number in _HOURS),
)

_SMALLEST = 10
_TICK = 10


class Row(NamedTuple):
    """A line of the chart: one run, or runs with the same history."""

    label: str
    steps: Sequence[tuple[datetime, str]]
    """When each state was entered."""


def chart(rows: Sequence[Row], now: datetime, terminal: Terminal) -> tuple[str, list[str]]:
    """Return the title and the lines of the chart of *rows*, up to *now* at most.

    There are none if no time has passed.
    """
    begin = min((row.steps[0][0] for row in rows), default=now)
    end = max((_end(row, now) for row in rows), default=now)
    if begin == end:
        return "", []
    rows = [row._replace(label=terminal.printable(row.label)) for row in rows]
    drawing = _Chart(begin, end, now, terminal, max(len(row.label) for row in rows))
    return drawing.title(), list(drawing.lines(rows))


def _end(row: Row, now: datetime) -> datetime:
    at, state = row.steps[-1]
    return at if state in ENDED_STATES else now


class _Chart:
    def __init__(
        self, begin: datetime, end: datetime, now: datetime, terminal: Terminal, label: int
    ) -> None:
        self._begin, self._end, self._now = begin, end, now
        self._unicode = terminal.can_print(_UNICODE)
        self._color = terminal.color
        # Two columns for the indentation, two before the bars, one for an end mark at the edge.
        self._label = min(label, terminal.width // 2)
        columns = max(_SMALLEST, terminal.width - self._label - 6)
        self._step = _round_step((end - begin) / columns)

    def title(self) -> str:
        begin, end = format_time(self._begin), format_time(self._end)
        return f"Timeline, {begin} to {end}, a column is {format_duration(self._step)}:"

    def lines(self, rows: Sequence[Row]) -> Iterator[str]:
        yield f"{'':{self._label}}  {self._ruler()}"
        used = set()
        for row in rows:
            cells = self._cells(row)
            used |= set(cells.values())
            yield f"{self._cut(row.label):{self._label}}  {self._bar(cells)}"
        legend = [state for state in _SYMBOLS if state in used]
        yield "  ".join(f"{self._drawn(state, 1)} {state}" for state in legend)

    def _cut(self, label: str) -> str:
        if len(label) <= self._label:
            return label
        ellipsis = "…" if self._unicode else "..."
        return f"{label[: self._label - len(ellipsis)]}{ellipsis}"

    def _ruler(self) -> str:
        """Return the time since the beginning, above every tenth column."""
        line = ""
        for column in range(0, self._column(self._end) + 1, _TICK):
            # Round times are shorter than the distance.
            line = f"{line:{column}}|{format_duration(self._step * column)}"
        return line

    def _column(self, moment: datetime) -> int:
        return (moment - self._begin) // self._step

    def _cells(self, row: Row) -> dict[int, str]:
        """Return the state in each column: of several in one column, the first."""
        cells: dict[int, str] = {}
        *steps, (last, state) = row.steps
        if state not in ENDED_STATES:
            steps, last, state = [*row.steps], self._now, _ACTIVE
        ends = [*(at for at, _ in steps[1:]), last]
        for (at, held), until in zip(steps, ends, strict=False):
            begin, end = self._column(at), -(-(until - self._begin) // self._step)
            for column in range(begin, max(begin + 1, end)):
                cells.setdefault(column, held)
        cells[max(cells, default=self._column(last) - 1) + 1] = state
        return cells

    def _bar(self, cells: dict[int, str]) -> str:
        first = min(cells)
        states = [cells[column] for column in range(first, max(cells) + 1)]
        bars = (self._drawn(state, len([*same])) for state, same in groupby(states))
        return " " * first + "".join(bars)

    def _drawn(self, state: str, length: int) -> str:
        unicode, plain, color = _SYMBOLS[state]
        bar = (unicode if self._unicode else plain) * length
        return f"\x1b[{color}m{bar}\x1b[0m" if self._color else bar


def _round_step(least: timedelta) -> timedelta:
    for step in _STEPS:
        if step >= least:
            return step
    return -(-least // _DAY) * _DAY
