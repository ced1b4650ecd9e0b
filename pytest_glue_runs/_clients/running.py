"""What runs in this process: threads, the tasks of event loops, and where each of them is."""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_glue_runs._origins import Origin, origin_of

if TYPE_CHECKING:
    from asyncio import Task

_PACKAGE = "pytest_glue_runs"


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        path, here = Path(self.file), Path.cwd()
        shown = path.relative_to(here) if path.is_relative_to(here) else path
        return f"{shown}:{self.line} in {self.function}"


def stack_of(thread: threading.Thread) -> list[FrameType]:
    """Return the frames of a thread, the innermost first; none once it has ended.

    Of the current thread, the caller's frame and its outer frames. The caller does not keep them
    in a variable: a frame that holds itself would keep what the whole stack holds until the next
    garbage collection.
    """
    if thread not in threading.enumerate():
        return []
    frame: FrameType | None
    if thread is threading.current_thread():
        frame = sys._getframe(1)
    else:
        frame = sys._current_frames().get(thread.ident or 0)
    frames = []
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    return frames


def user_place(frames: list[FrameType]) -> Place | None:
    """Return the innermost of *frames* that is neither Python's, a library's, nor ours."""
    return next((_place(frame) for frame in frames if _is_users(frame.f_code)), None)


def library_place(frames: list[FrameType]) -> Place | None:
    """Return the innermost of *frames* that is neither Python's nor ours."""
    places = (
        _place(frame)
        for frame in frames
        if origin_of(frame.f_code.co_filename) in (Origin.LIBRARY, Origin.USER)
    )
    return next(places, None)


def place_of_function(function: Any) -> Place | None:
    """Return where a function of the user's is defined; None for others."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or not _is_users(code):
        return None
    return Place(code.co_filename, code.co_firstlineno, code.co_name)


class Work(Enum):
    """What a thread is doing."""

    NONE = "it waits for work, as the idle worker of a pool does"
    SOME = "it runs the user's code or a library's"
    PENDING = "it is the worker of a pool that has been given a call"
    UNCLEAR = "Python's own code is about to run some, or runs by itself"


def work_in(frames: list[FrameType]) -> Work:
    """Return what a thread with these *frames* is doing."""
    origins = {origin_of(frame.f_code.co_filename) for frame in frames}
    if Origin.USER in origins:
        return Work.SOME
    jobs = _queue_waited_for(frames)
    if jobs is not None:
        return Work.NONE if jobs.empty() else Work.PENDING
    return Work.SOME if Origin.LIBRARY in origins else Work.UNCLEAR


def _queue_waited_for(frames: list[FrameType]) -> Any:
    for frame in frames:
        if frame.f_code.co_filename == queue.__file__:
            return frame.f_locals.get("self")
    # A queue written in C has no frame.
    worker: Any = frames[0].f_locals if frames and frames[0].f_code.co_name == "_worker" else {}
    return None if "work_item" in worker else worker.get("work_queue")


def waits_on_the_clock(frames: list[FrameType]) -> bool:
    """Whether a thread waits on the frozen clock."""
    names = (frame.f_globals.get("__name__", "") for frame in frames[:3])
    return any(name.startswith(f"{_PACKAGE}._time.") for name in names)


def runs_a_loop(frames: list[FrameType]) -> bool:
    """Whether an event loop of asyncio's runs in a thread with these *frames*."""
    return _loop_in(frames) is not None


def tasks_in(thread: threading.Thread) -> set[Task[Any]]:
    """Return the pending tasks of the event loop of asyncio's that runs in *thread*."""
    loop = _loop_in(stack_of(thread))
    return set() if loop is None else asyncio.all_tasks(loop)


def _loop_in(frames: list[FrameType]) -> asyncio.AbstractEventLoop | None:
    code = asyncio.BaseEventLoop.run_forever.__code__
    return next((frame.f_locals["self"] for frame in frames if frame.f_code is code), None)


def current_task() -> Task[Any] | None:
    """Return the task that runs in the current thread."""
    try:
        return asyncio.current_task()
    except RuntimeError:  # no event loop runs here
        return None


def task_place(task: Task[Any]) -> Place | None:
    """Return the user's line that a task waits in; None if there is none of the user's."""
    places = [_place(frame) for frame in _frames_of(task.get_coro()) if _is_users(frame.f_code)]
    return places[-1] if places else None


def _frames_of(awaited: Any) -> Iterator[FrameType]:
    """Yield the frames of a coroutine and of those it awaits, the outermost first."""
    while awaited is not None:
        for name in ("cr_frame", "gi_frame", "ag_frame"):
            frame = getattr(awaited, name, None)
            if frame is not None:
                yield frame
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)


def _place(frame: FrameType) -> Place:
    return Place(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


def _is_users(code: CodeType) -> bool:
    return origin_of(code.co_filename) is Origin.USER
