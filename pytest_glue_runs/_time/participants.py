"""Which threads live on the frozen clock, and which calls in them need the real one."""

from __future__ import annotations

import threading
from functools import lru_cache
from types import FrameType

from pytest_glue_runs._running_threads import RunningThreads

# Packages that wait for something real (a process, a socket, the end of a test) and measure how
# long: on the frozen clock their timeouts would never end.
_REAL = ("_pytest", "multiprocessing", "pytest_timeout", "socketserver", "subprocess", "trio")
# With sleep="real" so do these.
_REAL_UNPATCHED = (*_REAL, "concurrent.futures", "queue", "threading")


class Participants:
    """The threads on the frozen clock: the one that enters the mock, and those begun since."""

    def __init__(self) -> None:
        self._own = threading.current_thread()
        self._before = RunningThreads()

    def __contains__(self, thread: object) -> bool:
        if thread in self._before and thread is not self._own:
            return False
        # pytest-timeout's timer ends a test that hangs in real time.
        function = getattr(thread, "function", None)
        return getattr(function, "__module__", None) != "pytest_timeout"


def waits_really(caller: FrameType | None) -> bool:
    """Return whether *caller*, which sleeps or reads a clock, waits for something real."""
    return _is_in(_module(caller), _REAL)


def waits_really_unpatched(caller: FrameType | None) -> bool:
    """Return the same, where the waiting of threads is not on the frozen clock either."""
    return _is_in(_module(caller), _REAL_UNPATCHED)


def _module(frame: FrameType | None) -> str:
    return "" if frame is None else str(frame.f_globals.get("__name__"))


@lru_cache(maxsize=1024)  # asked at each reading of a clock
def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
