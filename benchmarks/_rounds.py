"""Timing in turns, so that a busy machine affects all sides alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from time import process_time
from timeit import timeit

# A side of a comparison: a context manager, entered for each round, that returns what is timed.
Side = Callable[[], AbstractContextManager[Callable[[], object]]]


@dataclass(frozen=True)
class Scale:
    """How much to measure."""

    rounds: int
    """The number of turns of each side."""
    calls: int
    """The number of calls in a turn."""
    processes: int
    """The number of new processes, where a cold start is measured."""


FULL = Scale(rounds=40, calls=50, processes=20)
QUICK = Scale(rounds=2, calls=2, processes=1)


def in_turns(scale: Scale, **sides: Side) -> dict[str, list[float]]:
    """Return the seconds of one call for each side, round by round.

    Entering a side, leaving it and its first call are not timed. The time is processor time, which
    other processes disturb least, so no side may sleep. `timeit` disables garbage collection.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(scale.rounds):
        for name, side in sides.items():
            with side() as call:
                call()
                seconds[name].append(
                    timeit(call, timer=process_time, number=scale.calls) / scale.calls
                )
    return seconds


def ratio(ours: list[float], others: list[float]) -> float:
    """Return the median over the rounds of our time divided by theirs."""
    return median(one / other for one, other in zip(ours, others, strict=True))
