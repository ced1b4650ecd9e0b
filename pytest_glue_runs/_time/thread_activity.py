"""Tells threads that run from threads that are blocked where the plugin cannot see it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

# A thread that has made no progress for so many real seconds is blocked: in a lock, a socket.
BLOCKED_AFTER = 0.05

# How many real seconds a thread that runs without waiting may keep the clock from moving.
PATIENCE = 2.0

# Running threads are sampled more often than this while another thread waits for them.
_LONGEST_STEP = 0.05

# Where a thread is in its code, and what the kernel says of its use of the processor.
_Progress = tuple[int, int, str]


class ThreadActivity:
    """Watches threads over *real_time*; each call of `is_running` takes a sample."""

    def __init__(self, real_time: Callable[[], float]) -> None:
        self._real_time = real_time
        self._last: dict[threading.Thread, tuple[_Progress, float]] = {}

    def is_running(self, thread: threading.Thread) -> bool:
        """Return whether *thread* may still do something before it waits or ends."""
        if thread.ident is None:
            return True  # it is starting
        progress = _progress(thread)
        if progress is None:
            return False  # it has ended
        now = self._real_time()
        last, since = self._last.get(thread, (None, now))
        if progress != last:
            self._last[thread] = progress, now
            return True
        return now - since <= BLOCKED_AFTER or _wants_to_run(thread)


class Patience:
    """Measures for how long running threads have kept the clock from moving, each by itself."""

    def __init__(self, real_time: Callable[[], float]) -> None:
        self._real_time = real_time
        self._last = real_time()
        self._held: dict[threading.Thread, float] = {}
        self._delays: dict[threading.Thread, float] = {}

    def is_exhausted(self, running: set[threading.Thread]) -> bool:
        """Return whether all *running* threads have kept the clock for too long."""
        now, delays = self._real_time(), {thread: _delay(thread) for thread in running}
        passed = min(now - self._last, _LONGEST_STEP)
        # Time in which one of them was ready to run, but the machine was busy, does not count.
        starved = [delays[one] - self._delays.get(one, delays[one]) for one in running]
        passed -= max(starved, default=0.0)
        self._last, self._delays = now, delays
        before, passed = self._held, max(passed, 0.0)
        self._held = {one: before[one] + passed if one in before else 0.0 for one in running}
        return all(held > PATIENCE for held in self._held.values())

    def renew(self, thread: threading.Thread) -> None:
        """Start anew for *thread*: it waits."""
        self._held.pop(thread, None)


def _progress(thread: threading.Thread) -> _Progress | None:
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is None:
        return None
    return id(frame), frame.f_lasti, _from_kernel(thread, "schedstat")


def _wants_to_run(thread: threading.Thread) -> bool:
    """Return whether *thread* makes no progress only because the machine is busy."""
    state = _from_kernel(thread, "stat").rpartition(") ")[2][:1]
    return state in ("R", "D")


def _delay(thread: threading.Thread) -> float:
    """Return how many seconds *thread* was ready to run, but the machine was busy."""
    numbers = _from_kernel(thread, "schedstat").split()
    return int(numbers[1]) / 1e9 if numbers else 0.0


def _from_kernel(thread: threading.Thread, name: str) -> str:
    try:
        return Path(f"/proc/self/task/{thread.native_id}/{name}").read_text(encoding="utf-8")
    except OSError:  # only Linux has it; elsewhere the place in the code has to do
        return ""
