"""What can be seen of a thread that blocks where we cannot look: whether it goes on."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

Trace = tuple[int, int, str]


def trace(thread: threading.Thread) -> Trace | None:
    """Where a thread stands, and how much processor time it has had; None if it just began."""
    frame = None if thread.ident is None else sys._current_frames().get(thread.ident)
    if frame is None:
        return None
    return id(frame), frame.f_lasti, _kernel_says(thread, "schedstat")


def wants_to_run(thread: threading.Thread) -> bool:
    """Whether a thread stands still only since the machine is busy with others."""
    state = _kernel_says(thread, "stat").rpartition(") ")[2][:1]
    return state in ("R", "D")


def _kernel_says(thread: threading.Thread, what: str) -> str:
    try:
        return Path(f"/proc/self/task/{thread.native_id}/{what}").read_text(encoding="utf-8")
    except OSError:  # not Linux: where it stands has to do
        return ""
