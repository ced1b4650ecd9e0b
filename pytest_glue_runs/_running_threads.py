"""The threads that run at a moment, with and without a Thread object."""

from __future__ import annotations

import sys
import threading


class RunningThreads:
    """The threads that run when this is created.

    Those begun by `_thread`, such as execnet's, are known by their identifiers: each gets a
    Thread object when it first asks for its own, which may be later.
    """

    def __init__(self) -> None:
        self._threads = frozenset(threading.enumerate())
        idents = {thread.ident for thread in self._threads}
        self._unnamed = frozenset(sys._current_frames()) - idents

    def __contains__(self, thread: object) -> bool:
        if isinstance(thread, threading._DummyThread) and thread.ident in self._unnamed:
            return True
        return thread in self._threads
