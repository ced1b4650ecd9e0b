"""The rows of the table, and its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A measured number and its goal. Less is better."""

    what: str
    unit: str
    goal: float
    ours: float
    moto: float | None = None
    """The same with moto; None if moto has no equivalent."""

    @property
    def ok(self) -> bool:
        """Whether the goal is met."""
        return self.ours <= self.goal


def table(rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of the table. The column moto/ours is the ratio of the two numbers."""
    lines: list[tuple[str, ...]] = [("what", "goal", "ours", "moto", "moto/ours", "ok?")]
    for row in rows:
        ratio = f"{row.moto / row.ours:.1f}" if row.moto and row.ours else "-"
        numbers = [_shown(number, row.unit) for number in (row.goal, row.ours, row.moto)]
        lines.append((row.what, f"<= {numbers[0]}", *numbers[1:], ratio, "ok" if row.ok else "NO"))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for what, *others in lines:
        cells = [what.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join(cells)


def _shown(number: float | None, unit: str) -> str:
    if number is None:
        return "-"
    digits = str(number) if isinstance(number, int) else f"{number:.2f}"
    return f"{digits} {unit}".rstrip()
