"""asyncio's event loops on the frozen clock: a timer is due when the clock has reached it."""

from __future__ import annotations

import math
from asyncio import base_events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from pytest_glue_runs._patching import Replacements, replaced
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs._time.thread_activity import BLOCKED_AFTER
from pytest_glue_runs._time.wait import Wait

# The frozen clock moves in microseconds.
_RESOLUTION = 1e-6

_Loop = Any  # a BaseEventLoop: most of what is used here is private

# Loops in whose own pipe a byte is meant for `_LoopWait.block`.
_nudged: WeakSet[_Loop] = WeakSet()


@contextmanager
def timed_by(monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, *monotonic* is the clock of all loops. A frozen one would stop them."""

    def time(_: _Loop) -> float:
        return monotonic()

    with Replacements() as replacements:
        for owner in _classes(base_events.BaseEventLoop):
            if "time" in vars(owner):
                replacements.replace(owner, "time", time)
        yield


@contextmanager
def virtual(mover: ClockMover, real_monotonic: Callable[[], float]) -> Iterator[None]:
    """While active, an idle loop waits for its timers on the frozen clock.

    Timers that are left at the end keep the time that they still have to go, and go by
    *real_monotonic*. Loops that are not asyncio's own (uvloop) wait really.
    """
    original = base_events.BaseEventLoop._run_once  # type: ignore[attr-defined]
    seen: WeakSet[_Loop] = WeakSet()

    def run_once(loop: _Loop) -> None:
        # A freeze with real_asyncio, made inside, has replaced the loop's clock.
        if not (mover.takes_part() and type(loop).time.__module__ == __name__):
            original(loop)
            return
        seen.add(loop)
        if not (loop._ready or loop._stopping):
            _idle(loop, mover)
        resolution = loop._clock_resolution
        # A float of so many seconds has few digits left for fractions: with a resolution below
        # its rounding, a timer that is due would not be found.
        loop._clock_resolution = max(_RESOLUTION, 2 * math.ulp(loop.time()))
        try:
            original(loop)
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


def _idle(loop: _Loop, mover: ClockMover) -> None:
    """Wait for the first timer, unless an open connection has data soon."""
    if not (_has_connections(loop) and loop._selector.select(BLOCKED_AFTER)):
        times = (timer.when() for timer in loop._scheduled if not timer.cancelled())
        first = min((time for time in times if time < math.inf), default=None)
        mover.wait(_LoopWait(loop, first))


def _has_connections(loop: _Loop) -> bool:
    """Return whether the loop waits for more than its own pipe, which wakes it."""
    selector = loop._selector
    if hasattr(selector, "get_map"):
        return len(selector.get_map()) > 1
    # On Windows it is the proactor, which has pending operations instead of files.
    futures = [future for future, *_ in selector._cache.values()]
    return any(not future.done() and future is not loop._self_reading_future for future in futures)


class _LoopWait(Wait):
    """A loop's wait for its first timer, its connections, or callbacks from other threads."""

    def __init__(self, loop: _Loop, timer: float | None) -> None:
        deadline = None if timer is None else clock.later(timer - loop.time())
        super().__init__(deadline, is_over=lambda: bool(loop._ready))
        self._loop = loop

    def wake(self) -> None:
        """Wake the loop where it really waits: in its selector."""
        self._released = True
        self._loop._write_to_self()

    def nudge(self) -> None:
        """Let `block` return, without ending the wait as `wake` does.

        A proactor would end it: there the loop checks by itself, every few hundredths of a second.
        """
        if hasattr(self._loop, "_read_from_self"):
            _nudged.add(self._loop)
            self._loop._write_to_self()

    def block(self, seconds: float | None) -> None:
        """Give the loop's connections, and its own pipe, so many real seconds."""
        # A selector reports the same events again when the loop asks next. A proactor does not,
        # but has scheduled the callbacks for them already.
        events = self._loop._selector.select(seconds)
        if self._loop in _nudged and self._is_own_pipe(events):
            _nudged.discard(self._loop)
            self._loop._read_from_self()
        elif events:
            self._released = True

    def _is_own_pipe(self, events: list[tuple[Any, int]]) -> bool:
        return [key.fd for key, _ in events] == [self._loop._ssock.fileno()]


def _classes(owner: type) -> Iterator[type]:
    yield owner
    subclasses: list[type] = owner.__subclasses__()
    for one in subclasses:
        yield from _classes(one)
