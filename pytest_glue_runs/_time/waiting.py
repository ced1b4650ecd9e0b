"""Everything that waits or reads a clock, on the frozen clock: sleep, threads, event loops."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pytest_glue_runs._time import clock, loops, sleep, thread_clocks, threads
from pytest_glue_runs._time.mover import ClockMover, DueEvents
from pytest_glue_runs._time.participants import (
    Participants,
    waits_really,
    waits_really_unpatched,
)


@contextmanager
def real(due_events: DueEvents, *, own_freeze: bool) -> Iterator[ClockMover]:
    """While active, threads and loops wait really although time is frozen.

    Yields what moves the clock for the test. *own_freeze*: whether the plugin froze time.
    """
    real_monotonic = clock.real_monotonic()
    participants = Participants()

    def takes_part() -> bool:
        return threading.current_thread() in participants

    # Nobody waits on the clock: it moves at once.
    mover = ClockMover((), due_events, real_monotonic, 0, str)
    with ExitStack() as stack:
        stack.callback(mover.close)
        stack.enter_context(
            thread_clocks.consistent(takes_part, waits_really_unpatched, own_freeze=own_freeze)
        )
        stack.enter_context(loops.timed_by(real_monotonic))
        yield mover


@contextmanager
def virtual(
    due_events: DueEvents, limit: int, explain: Callable[[], str], *, own_freeze: bool
) -> Iterator[ClockMover]:
    """While active, waiting moves the frozen clock and takes no time.

    Yields what moves it, for the test. After *limit* moves by waiting comes TooManySleepsError,
    with the message that *explain* returns. *own_freeze*: whether the plugin froze time.
    """
    real_monotonic = clock.real_monotonic()
    mover = ClockMover(Participants(), due_events, real_monotonic, limit, explain)
    begin, frozen_begin = real_monotonic(), clock.now()

    def monotonic() -> float:
        if not mover.takes_part():
            return real_monotonic()
        return begin + (clock.now() - frozen_begin).total_seconds()

    with ExitStack() as stack:
        stack.callback(mover.close)
        stack.enter_context(
            thread_clocks.consistent(mover.takes_part, waits_really, own_freeze=own_freeze)
        )
        stack.enter_context(sleep.virtual(mover))
        stack.enter_context(threads.virtual(mover, monotonic))
        stack.enter_context(loops.timed_by(monotonic))
        stack.enter_context(loops.virtual(mover, real_monotonic))
        _active.append(mover)
        stack.callback(_active.remove, mover)
        yield mover


_active: list[ClockMover] = []


def others_wait() -> bool:
    """Return whether other threads wait, so that the clock will move."""
    return any(mover.others_wait() for mover in _active)
