"""Threads and tasks that still run when their mock ends: their requests are rejected.

When a mock ends, clients are real again. A thread that still runs would call AWS, or write into
the service of the next test. So its requests are rejected from before the first client is real
until the thread has ended, and a `LeftoverThreadWarning` names it. Threads that it starts, and
calls that it gives to a pool, count as its own. Tasks of an event loop that runs are treated
likewise.

What is no leftover: a thread that ends by itself within a moment, and an idle worker of a pool
(an executor that outlives the test has them). A worker that is busy is one until it is idle.
"""

from __future__ import annotations

import os
import threading
import warnings
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from pytest_glue_runs._clients import hosts, http_sessions, running
from pytest_glue_runs._clients.running import Place, Work
from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs._running_threads import RunningThreads
from pytest_glue_runs._time import clock
from pytest_glue_runs.errors import LeftoverRequestError, LeftoverThreadWarning

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task
    from concurrent.futures import Future
    from threading import Thread
    from types import FrameType

# How often, and for how many real seconds each time, to let threads end by themselves. Those that
# wait for as many turns as this would not.
_TURNS, _TURN, _CALM_TURNS = 50, 0.001, 3
# A turn takes longer if a thread is busy: Python may give this one no time for a second. So all
# take no longer than this, in real seconds.
_LONGEST = 0.5


class Leftover:
    """A thread or a task that still runs although its mock has ended."""

    def __init__(self, kind: str, name: str, place: Place | None, *, is_reported: bool) -> None:
        self._kind = kind
        self._name = f"{kind} {name!r}"
        self._place = place
        self._owner = ""
        self._passes: Callable[[str], bool] = lambda url: False
        self._is_reported = is_reported
        self._has_sent = False

    def belongs_to(self, owner: str, passes: Callable[[str], bool]) -> None:
        """Set the test it is left over from, and which URLs it may still send requests to."""
        self._owner, self._passes = owner, passes

    def check(self, url: str, what: str) -> None:
        """Raise LeftoverRequestError unless requests to *url* are left alone."""
        if self._passes(url):
            return
        self._has_sent = True
        raise LeftoverRequestError(
            f"{what} was requested by the {self._name}, a leftover of {self._owner}. AWS Glue is "
            "no longer mocked there, so the request is rejected: it may reach neither AWS nor "
            f"another test. Let the {self._kind} end before its test does."
        )

    def report(self, has_ended: bool) -> None:
        """Issue a LeftoverThreadWarning, unless it has ended without sending anything."""
        if (has_ended and not self._has_sent) or not self._is_reported:
            return
        where = "" if self._place is None else f" at {self._place}"
        file, line = ("<unknown>", 0) if self._place is None else self._place[:2]
        warnings.warn_explicit(
            f"When {self._owner} ended, the {self._name} was still running{where}. Requests that "
            f"it sends from then on are rejected. Let the {self._kind} end before its test does.",
            LeftoverThreadWarning,
            file,
            line,
        )


class _Guard:
    """Rejects the requests of leftovers. It is in place while a mock or a leftover is there."""

    def __init__(self) -> None:
        self.senders: set[int] = set()
        """The identifiers of the threads that have sent requests under the current mock."""
        self.mocks = 0
        self._threads: dict[int, tuple[Thread, Leftover]] = {}
        # Of a task also the thread that its event loop runs in.
        self._tasks: WeakKeyDictionary[Task[Any], tuple[Thread, Leftover]] = WeakKeyDictionary()
        # What pools were given since the latest mock began, and have not done yet.
        self._calls: set[Future[Any]] = set()
        self._stack = ExitStack()
        self._is_installed = False

    def install(self) -> None:
        """Wrap what sends requests, and what gives work to another thread."""
        self.sweep()
        self.senders.clear()
        self._calls.clear()
        if self._is_installed:
            return
        with ExitStack() as stack:
            stack.enter_context(
                wrapped(
                    # aiobotocore's inherits it.
                    Seam("botocore.endpoint:Endpoint", "make_request", self._checking_client),
                    *(
                        Seam(owner, "send", self._checking_session)
                        for owner in (*http_sessions.SYNC, *http_sessions.ASYNC)
                    ),
                    Seam("threading:Thread", "start", self._inheriting_thread),
                    Seam("concurrent.futures:ThreadPoolExecutor", "submit", self._inheriting_call),
                )
            )
            self._stack = stack.pop_all()
        self._is_installed = True

    def add_thread(self, thread: Thread, leftover: Leftover) -> None:
        """Reject the requests of *thread* from now on."""
        self._threads[id(thread)] = thread, leftover

    def add_task(self, task: Task[Any], thread: Thread, leftover: Leftover) -> None:
        """Reject the requests of *task*, and of those it creates, from now on.

        *thread* is the one that its event loop runs in.
        """
        self._tasks[task] = thread, leftover
        self._stack.enter_context(self._inheriting_tasks(task.get_loop()))

    def has_thread(self, thread: Thread) -> bool:
        """Whether *thread* is a leftover."""
        return id(thread) in self._threads

    def has(self, seen: _Seen) -> bool:
        """Whether a leftover is still running."""
        self.sweep()
        return self.has_thread(seen.thread) if seen.task is None else seen.task in self._tasks

    def sweep(self) -> None:
        """Forget the leftovers that have ended; remove the wrappers with the last one."""
        for key, (thread, _) in list(self._threads.items()):
            if self._is_done(thread, running.stack_of(thread)):
                del self._threads[key]
        for reference in self._tasks.keyrefs():
            task = reference()
            if task is not None and not self._is_pending(task):
                del self._tasks[task]
        if self._is_installed and not (self.mocks or self._threads or self._tasks):
            self._is_installed = False
            self._stack.close()

    def _is_done(self, thread: Thread, frames: list[FrameType]) -> bool:
        return not frames or self.work_of(thread, frames) is Work.NONE

    def _is_pending(self, task: Task[Any]) -> bool:
        thread, _ = self._tasks[task]
        return not task.done() and not task.get_loop().is_closed() and thread.is_alive()

    def work_of(self, thread: Thread, frames: list[FrameType]) -> Work:
        """Return what *thread* is doing, whose stack is *frames*."""
        work = Work.SOME if isinstance(thread, threading.Timer) else running.work_in(frames)
        # A worker that has just taken a call from the queue of its pool looks like an idle one.
        return Work.PENDING if work is Work.NONE and self._calls else work

    def current(self) -> Leftover | None:
        """Return the leftover that the current thread, or the task in it, is."""
        if self._threads:
            _, leftover = self._threads.get(id(threading.current_thread()), (None, None))
            if leftover is not None:
                return leftover
        task = running.current_task() if self._tasks else None
        return None if task is None else self._tasks.get(task, (None, None))[1]

    def _checking_client(self, make_request: Method) -> Method:
        @wraps(make_request)
        def checked(endpoint: Any, operation_model: Any, request_dict: Any) -> Any:
            leftover = self.current()
            if leftover is not None:
                service = operation_model.service_model.service_id.hyphenize()
                leftover.check(request_dict["url"], f"{service}.{operation_model.name}")
            self.senders.add(threading.get_ident())
            return make_request(endpoint, operation_model, request_dict)

        return checked

    def _checking_session(self, send: Method) -> Method:
        @wraps(send)
        def checked(session: Any, request: Any) -> Any:
            leftover = self.current()
            if leftover is not None:
                leftover.check(request.url, f"{request.method} {hosts.shown(request.url)}")
            return send(session, request)

        return checked

    def _inheriting_thread(self, start: Method) -> Method:
        @wraps(start)
        def started(thread: Thread) -> None:
            leftover = self.current()
            if leftover is not None:
                self.add_thread(thread, leftover)
            start(thread)

        return started

    def _inheriting_call(self, submit: Method) -> Method:
        @wraps(submit)
        def submitted(pool: Any, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
            leftover = self.current()
            if leftover is None:
                future = submit(pool, function, *args, **kwargs)
            else:
                future = submit(pool, self._call, leftover, function, *args, **kwargs)
            self._calls.add(future)
            future.add_done_callback(self._calls.discard)
            return future

        return submitted

    def _call(
        self, leftover: Leftover, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Any:
        """Call *function* for a leftover, in a worker of a pool."""
        worker = threading.current_thread()
        before = self._threads.get(id(worker))
        self.add_thread(worker, leftover)
        try:
            return function(*args, **kwargs)
        finally:
            if before is None:  # pragma: no branch - a nested mark depends on timing
                self._threads.pop(id(worker), None)
            else:
                self._threads[id(worker)] = before

    @contextmanager
    def _inheriting_tasks(self, loop: AbstractEventLoop) -> Iterator[None]:
        import asyncio

        before: Any = loop.get_task_factory()

        def make_task(loop: AbstractEventLoop, coroutine: Any, **options: Any) -> Any:
            if before is None:
                task = asyncio.Task(coroutine, loop=loop, **options)
            else:
                task = before(loop, coroutine, **options)
            leftover = self.current()
            if leftover is not None:
                self._tasks[task] = threading.current_thread(), leftover
            return task

        loop.set_task_factory(make_task)
        try:
            yield
        finally:
            if loop.get_task_factory() is make_task:
                loop.set_task_factory(before)


_guard = _Guard()


class Watch:
    """Knows what ran when a mock began, so that it finds what is left over at its end."""

    def __init__(self, passes: Callable[[str], bool]) -> None:
        """*passes* tells which URLs are left alone by the mock."""
        self._passes = passes
        self._threads_before = RunningThreads()
        self._tasks_before: WeakSet[Task[Any]] = WeakSet()
        for thread in threading.enumerate():
            self._tasks_before.update(running.tasks_in(thread))
        self._left: list[_Seen] = []

    def find(self) -> None:
        """Reject from now on what the leftovers of the mock send.

        To be called while everything is mocked: what ends within a moment ends normally.
        """
        seen: list[_Seen] = []
        calm_turns = 0
        for _ in _turns():
            seen = [*self._new_threads(), *self._new_tasks()]
            calm_turns = calm_turns + 1 if all(one.is_calm for one in seen) else 0
            if not seen or calm_turns == _CALM_TURNS:
                break
        self._left = [one for one in seen if one.work in (Work.SOME, Work.PENDING)]
        owner = _owner() if self._left else ""
        for one in self._left:
            one.leftover.belongs_to(owner, self._passes)
            if one.task is None:
                _guard.add_thread(one.thread, one.leftover)
            else:
                _guard.add_task(one.task, one.thread, one.leftover)

    def wait(self) -> None:
        """Give those that waited on the clock, which is gone, a moment to end."""
        here = threading.current_thread()
        woken = [one for one in self._left if one.waits and one.thread is not here]
        for _ in _turns():
            if not any(map(_guard.has, woken)):
                break

    def report(self) -> None:
        """Issue a LeftoverThreadWarning for each that still runs, or has sent a request."""
        left, self._left = self._left, []
        for one in left:
            one.leftover.report(has_ended=not _guard.has(one))

    def _new_threads(self) -> Iterator[_Seen]:
        here = threading.current_thread()
        for thread in threading.enumerate():
            if thread is here or thread in self._threads_before or _guard.has_thread(thread):
                continue
            frames = running.stack_of(thread)
            if running.runs_a_loop(frames):
                continue
            waits, leftover = running.waits_on_the_clock(frames), _leftover_thread(thread, frames)
            yield _Seen(thread, None, _guard.work_of(thread, frames), waits, leftover)

    def _new_tasks(self) -> Iterator[_Seen]:
        here = threading.current_thread()
        known = {*self._tasks_before, running.current_task()}
        for thread in threading.enumerate():
            waits = thread is here or running.waits_on_the_clock(running.stack_of(thread))
            for task in running.tasks_in(thread) - known:
                place = running.task_place(task)
                if place is not None:  # pragma: no branch - a task may end while it is looked at
                    leftover = Leftover("task", task.get_name(), place, is_reported=True)
                    yield _Seen(thread, task, Work.SOME, waits, leftover)


class _Seen(NamedTuple):
    """A thread, or a task and the thread its event loop runs in, that began under a mock."""

    thread: Thread
    task: Task[Any] | None
    work: Work
    waits: bool
    """Whether it waits on the frozen clock, or cannot go on before the mock has ended."""
    leftover: Leftover

    @property
    def is_calm(self) -> bool:
        """Whether it does not seem to end, or to begin with something, at this moment."""
        return self.work is Work.NONE or (self.work is Work.SOME and self.waits)


def _leftover_thread(thread: Thread, frames: list[FrameType]) -> Leftover:
    timer = getattr(thread, "function", None) if isinstance(thread, threading.Timer) else None
    place = running.user_place(frames) or running.place_of_function(timer)
    # Threads of a library that did not call AWS are none of the user's business.
    is_reported = place is not None or thread.ident in _guard.senders
    place = place or running.library_place(frames)
    return Leftover("thread", thread.name, place, is_reported=is_reported)


def _owner() -> str:
    """Return the name of the test that is running, or the place where the mock ends."""
    test = os.environ.get("PYTEST_CURRENT_TEST")  # such as "tests/test_a.py::test_b (teardown)"
    if test is not None:
        return test.rpartition(" (")[0]
    place = running.user_place(running.stack_of(threading.current_thread()))
    return f"the mock at {place}"


def _turns() -> Iterator[None]:
    """Let other threads run for a moment after each item, as long as they may take to end."""
    now = clock.real_monotonic()
    end = now() + _LONGEST
    for _ in range(_TURNS):
        yield
        if now() > end:
            return
        _let_others_run()


def _let_others_run() -> None:
    """Wait for a moment in real time, whatever the clock does."""
    lock = allocate_lock()
    lock.acquire()
    lock.acquire(timeout=_TURN)


@contextmanager
def guarded(passes: Callable[[str], bool]) -> Iterator[Watch]:
    """Guard against what still runs when a mock ends. Entered first of all, and left last.

    `Watch.find` is to be called first when the mock ends. *passes* tells which URLs are left
    alone by the mock.
    """
    _guard.install()
    _guard.mocks += 1
    watch = Watch(passes)
    try:
        yield watch
    finally:
        _guard.mocks -= 1
        watch.wait()
        _guard.sweep()


def check(url: str, service: str, operation: str) -> None:
    """Raise LeftoverRequestError if a leftover runs here, and *url* is not left alone."""
    leftover = _guard.current()
    if leftover is not None:
        leftover.check(url, f"{service}.{operation}")


def sweep() -> None:
    """Forget the leftovers that have ended; with the last one, everything is as it was."""
    _guard.sweep()
