"""How things are timed: in turns, so that a busy machine is busy for all of them alike."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from statistics import median
from time import process_time
from timeit import timeit

# A side of a comparison: entered for each round, it gives what is timed.
Side = Callable[[], AbstractContextManager[Callable[[], object]]]


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    rounds: int
    """How often the sides take turns."""
    calls: int
    """How many calls each side makes in its turn."""
    processes: int
    """How many times a process is started where a cold one is measured."""


FULL = Scale(rounds=40, calls=50, processes=20)
QUICK = Scale(rounds=2, calls=2, processes=1)


def in_turns(scale: Scale, **sides: Side) -> dict[str, list[float]]:
    """The seconds of one call, round by round, of each side.

    Entering a side, leaving it and its first call are not timed. It is processor time, which
    other processes disturb least; `timeit` pauses the garbage collection. No side may sleep.
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
    """How many times the others' time ours is: the median over the rounds."""
    return median(one / other for one, other in zip(ours, others, strict=True))
