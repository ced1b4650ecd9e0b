"""All that waits, on the frozen clock: sleep, threads, event loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pytest_glue_runs._time import clock, loops, sleep, threads
from pytest_glue_runs._time.schedule import Schedule, Stops


@contextmanager
def real() -> Iterator[None]:
    """While active, event loops go on in real time although time is frozen."""
    with loops.timed_by(clock.real_monotonic()):
        yield


@contextmanager
def virtual(limit: int, explain: Callable[[], str], stops: Stops) -> Iterator[None]:
    """While active, waiting costs nothing: it moves the frozen clock, by way of the *stops*.

    After *limit* moves it ends in TooManySleepsError, in the words of *explain*.
    """
    real_monotonic = clock.real_monotonic()
    schedule = Schedule(real_monotonic, limit, explain, stops)
    begin, begun = real_monotonic(), clock.now()

    def monotonic() -> float:
        if not schedule.takes_part():
            return real_monotonic()
        return begin + (clock.now() - begun).total_seconds()

    with ExitStack() as stack:
        stack.callback(schedule.close)
        stack.enter_context(sleep.virtual(schedule))
        stack.enter_context(threads.virtual(schedule, monotonic))
        stack.enter_context(loops.timed_by(monotonic))
        stack.enter_context(loops.virtual(schedule, real_monotonic))
        _active.append(schedule)
        stack.callback(_active.remove, schedule)
        yield


_active: list[Schedule] = []


def others_wait() -> bool:
    """Whether other threads wait, so that the clock will move."""
    return any(schedule.others_wait() for schedule in _active)
