"""asyncio's event loops on the frozen clock: a timer is due when the clock has come to it."""

from __future__ import annotations

import math
from asyncio import base_events
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import WeakSet

from pytest_glue_runs._patching import replaced
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.schedule import Schedule, Wait

# What a loop gives its open connections before it lets the clock move: real seconds.
_FOR_CONNECTIONS = 0.01
# The frozen clock goes by microseconds.
_RESOLUTION = 1e-6

_Loop = Any  # BaseEventLoop, and its parts that are nobody's business


@contextmanager
def timed_by(monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, *monotonic* is the clock of all loops; a frozen one would stop them."""

    def time(_: _Loop) -> float:
        return monotonic()

    with ExitStack() as stack:
        for owner in _classes(base_events.BaseEventLoop):
            if "time" in vars(owner):
                stack.enter_context(replaced(owner, "time", time))
        yield


@contextmanager
def virtual(schedule: Schedule, real_monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, a loop with nothing to do waits on the frozen clock for its timers.

    Loops that are not asyncio's own (uvloop) wait really. Those that go on afterwards, by
    *real_monotonic*, have as long to wait then as they had before.
    """
    real = base_events.BaseEventLoop._run_once  # type: ignore[attr-defined]
    seen: WeakSet[_Loop] = WeakSet()

    def run_once(loop: _Loop) -> None:
        # freezegun's real_asyncio, inside of ours, has taken the loop's time away.
        if not (schedule.takes_part() and type(loop).time.__module__ == __name__):
            real(loop)
            return
        seen.add(loop)
        if not (loop._ready or loop._stopping):
            _idle(loop, schedule)
        resolution = loop._clock_resolution
        # Years from its beginning, a loop's own is lost in the rounding of its time, and a
        # timer that is due now would never be.
        loop._clock_resolution = max(_RESOLUTION, 2 * math.ulp(loop.time()))
        try:
            real(loop)
        finally:
            loop._clock_resolution = resolution

    with replaced(base_events.BaseEventLoop, "_run_once", run_once):
        try:
            yield
        finally:
            for loop in seen:
                ahead = loop.time() - real_monotonic()
                for timer in loop._scheduled:
                    timer._when -= ahead


def _idle(loop: _Loop, schedule: Schedule) -> None:
    selector = getattr(loop, "_selector", None)
    if selector is None:  # Windows' proactor
        return
    times = (timer.when() for timer in loop._scheduled if not timer.cancelled())
    timers = [time for time in times if time < math.inf]
    # The loop's own pipe is always there.
    connected = len(selector.get_map()) > 1
    if not (connected and selector.select(_FOR_CONNECTIONS)):
        schedule.wait(_LoopWait(loop, min(timers, default=None)))


class _LoopWait(Wait):
    """A loop's waiting: for its first timer, its connections, or other threads' callbacks."""

    def __init__(self, loop: _Loop, timer: float | None) -> None:
        deadline = None
        if timer is not None:
            deadline = clock.later(timer - loop.time())
        super().__init__(deadline, is_over=lambda: bool(loop._ready))
        self._loop = loop

    def release(self) -> None:
        """Wakes the loop where it really waits: in its selector."""
        self.released = True
        self._loop._write_to_self()

    def look(self, seconds: float | None) -> None:
        """Gives the loop's connections, and its own pipe, so many real seconds."""
        if self._loop._selector.select(seconds):
            self.released = True


def _classes(owner: type) -> Iterator[type]:
    yield owner
    subclasses: list[type] = owner.__subclasses__()
    for one in subclasses:
        yield from _classes(one)
