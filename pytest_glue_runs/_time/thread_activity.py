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
# The same where one of them takes turns. Only a loop without an end should take so long.
TURN_PATIENCE = 60.0

# While threads wait for them, running threads are sampled about as often as this. If a sample
# comes later, all threads were stopped.
_LONGEST_STEP = 0.02

# Where a thread is in its code, or what the kernel says of its use of the processor.
_Progress = tuple[int, int, str]


class ThreadActivity:
    """Watches threads over *real_time*; each call of `is_running` takes a sample."""

    def __init__(self, real_time: Callable[[], float]) -> None:
        self._real_time = real_time
        self._last: dict[threading.Thread, tuple[_Progress, float]] = {}

    def is_running(self, thread: threading.Thread) -> bool:
        """Return whether *thread* may still do something before it waits or ends."""
        progress = _progress(thread)
        if progress is None:
            # Not alive: it is starting, or it has ended and is no longer listed.
            return thread in threading.enumerate()
        now = self._real_time()
        last, since = self._last.get(thread, (None, now))
        if progress != last:
            self._last[thread] = progress, now
            return True
        # Running, or in the disk's hands: it makes no progress only because the machine is busy.
        return now - since <= BLOCKED_AFTER or _state(thread) in ("R", "D")


class Patience:
    """Measures for how long each running thread has kept the clock from moving."""

    def __init__(self, real_time: Callable[[], float]) -> None:
        self._real_time = real_time
        self._last = real_time()
        # For each thread: how long, and its use of the processor at the last sample.
        self._held: dict[threading.Thread, tuple[float, str]] = {}

    def is_exhausted(self, running: set[threading.Thread], *, for_turn: bool = False) -> bool:
        """Return whether all *running* threads have kept the clock for too long.

        *for_turn*: whether one of them takes turns, or the one that they keep waiting.
        """
        now = self._real_time()
        passed = min(now - self._last, _LONGEST_STEP)
        self._last, before, self._held = now, self._held, {}
        for thread in running:
            use = _from_kernel(thread, "schedstat")
            held, last_use = before.get(thread, (0.0, use))
            # Time in which the thread was ready to run, but the machine was busy, does not
            # count. The kernel adds it up when the thread runs again.
            is_starved = use == last_use and _state(thread) == "R"
            if thread in before and not is_starved:
                held += max(passed - (_delay(use) - _delay(last_use)), 0.0)
            self._held[thread] = held, use
        limit = TURN_PATIENCE if for_turn else PATIENCE
        return all(held > limit for held, _ in self._held.values())

    def renew(self, thread: threading.Thread) -> None:
        """Start anew for *thread*: it waits."""
        self._held.pop(thread, None)


def _progress(thread: threading.Thread) -> _Progress | None:
    if not thread.is_alive():
        return None
    use = _from_kernel(thread, "schedstat")
    if use:
        return 0, 0, use
    # Only where the kernel does not say: reading the frames of running threads, again and again,
    # has crashed CPython 3.11.
    frame = sys._current_frames().get(thread.ident or 0)
    return None if frame is None else (id(frame), frame.f_lasti, "")


def _state(thread: threading.Thread) -> str:
    """Return the kernel's letter for what *thread* does, such as R: it runs, or would."""
    return _from_kernel(thread, "stat").rpartition(") ")[2][:1]


def _delay(use: str) -> float:
    """Return how many seconds a thread was ready to run, but the machine was busy."""
    numbers = use.split()
    return int(numbers[1]) / 1e9 if numbers else 0.0


def _from_kernel(thread: threading.Thread, name: str) -> str:
    try:
        return Path(f"/proc/self/task/{thread.native_id}/{name}").read_text(encoding="utf-8")
    except OSError:  # only Linux has it; elsewhere the place in the code has to do
        return ""
