"""All clocks of a thread agree, at any depth of its stack: frozen in the threads of a test."""

from __future__ import annotations

import _thread
import asyncio
import datetime
import itertools
import logging
import multiprocessing.connection
import multiprocessing.pool
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent import futures
from contextlib import nullcontext
from datetime import timedelta, timezone
from typing import Any

import freezegun
import freezegun.api
import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs
from pytest_glue_runs._time.participants import Participants

_FROZEN_AT = "1999-12-31"
_FROZEN = datetime.datetime(1999, 12, 31, tzinfo=timezone.utc).timestamp()


def _readings(depth: int) -> dict[str, float]:
    """Read every clock that shows a time of day, so many calls further down the stack."""
    if depth:
        return _readings(depth - 1)
    utc = timezone.utc
    return {
        "time": time.time(),
        "time_ns": time.time_ns() / 1e9,
        "gmtime": datetime.datetime(*time.gmtime()[:6], tzinfo=utc).timestamp(),
        "localtime": datetime.datetime(*time.localtime()[:6]).timestamp(),  # noqa: DTZ001
        "strftime": datetime.datetime.strptime(time.strftime("%c"), "%c").timestamp(),  # noqa: DTZ007
        "now": datetime.datetime.now(utc).timestamp(),
        "naive now": datetime.datetime.now().timestamp(),  # noqa: DTZ005
        "today": datetime.datetime.today().timestamp(),  # noqa: DTZ002
        "utcnow": datetime.datetime.utcnow().replace(tzinfo=utc).timestamp(),  # noqa: DTZ003
    }


def _counters(depth: int) -> dict[str, float]:
    """Read every clock that counts from somewhere else."""
    if depth:
        return _counters(depth - 1)
    return {
        "monotonic": time.monotonic(),
        "monotonic_ns": time.monotonic_ns() / 1e9,
        "perf_counter": time.perf_counter(),
        "perf_counter_ns": time.perf_counter_ns() / 1e9,
    }


class _Subclass(threading.Thread):
    def __init__(self, function: Callable[[], object]) -> None:
        super().__init__()
        self._function = function

    def run(self) -> None:
        self._function()


def _ended(thread: threading.Thread) -> None:
    thread.start()
    thread.join()


def _in_thread_pool(function: Callable[[], object]) -> None:
    with multiprocessing.pool.ThreadPool(1) as pool:
        pool.apply(function)


def _in_executor(function: Callable[[], object]) -> None:
    with futures.ThreadPoolExecutor() as pool:
        pool.submit(function).result()


def _in_raw_thread(function: Callable[[], object]) -> None:
    done: Any = threading.Event()
    _thread.start_new_thread(lambda: [function(), done.set()], ())
    done.wait()


# Each calls a function near the top of a thread's stack.
_IN_A_THREAD: dict[str, Callable[[Callable[[], object]], object]] = {
    "Thread's target": lambda function: _ended(threading.Thread(target=function)),
    "Thread.run": lambda function: _ended(_Subclass(function)),
    "Timer": lambda function: _ended(threading.Timer(0, function)),
    "ThreadPoolExecutor": _in_executor,
    "ThreadPool": _in_thread_pool,
    "to_thread": lambda function: asyncio.run(asyncio.to_thread(function)),
    "_thread": _in_raw_thread,
}
in_a_thread = pytest.mark.parametrize("run", _IN_A_THREAD.values(), ids=_IN_A_THREAD)


@in_a_thread
@pytest.mark.glue_runs(start_at=_FROZEN_AT)
def test_every_clock_is_frozen_at_any_depth(glue_runs: GlueRuns, run: Any) -> None:
    read: list[dict[str, float]] = []
    run(lambda: read.extend([_readings(0), _readings(30), _counters(0), _counters(30)]))
    now = glue_runs.now.timestamp()
    for reading in read:
        assert reading == dict.fromkeys(reading, pytest.approx(now, abs=1))


def _poll_for_ten_minutes() -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        time.sleep(30)


@in_a_thread
@pytest.mark.parametrize("joined", [False, True], ids=["own freeze", "joined freeze"])
def test_a_loop_until_a_deadline_ends(run: Any, joined: bool) -> None:
    around = freezegun.freeze_time(_FROZEN_AT) if joined else nullcontext()
    with around, mock_glue_runs(max_sleeps=100) as glue_runs:
        begin = glue_runs.now
        run(_poll_for_ten_minutes)
        passed = glue_runs.now - begin
    assert timedelta(minutes=10) <= passed < timedelta(minutes=10, seconds=1)


class _Before:
    """A thread that was started before the mock and calls a function during it."""

    def __init__(self, start: Callable[[Callable[[], None]], object]) -> None:
        self._function: Callable[[], object] = int
        self._begin, self._done = threading.Event(), threading.Event()
        start(self._run)

    def _run(self) -> None:
        self._begin.wait()
        self._function()
        self._done.set()

    def call(self, function: Callable[[], object]) -> None:
        self._function = function
        self._begin.set()
        self._done.wait()


def _start_thread(function: Callable[[], None]) -> None:
    threading.Thread(target=function).start()


def _start_raw_thread(function: Callable[[], None]) -> None:
    """As execnet does, in pytest-xdist's workers."""
    started: Any = threading.Lock()
    started.acquire()
    run: Any = function
    _thread.start_new_thread(lambda: [started.release(), run()], ())
    started.acquire()  # it has a frame from now on


from_before = pytest.mark.parametrize(
    "start", [_start_thread, _start_raw_thread], ids=["threading", "_thread"]
)


@from_before
def test_a_thread_from_before_reads_real_clocks_at_any_depth(start: Any) -> None:
    before = _Before(start)
    read: list[dict[str, float]] = []
    with mock_glue_runs(start_at=_FROZEN_AT):
        before.call(lambda: read.extend([_readings(0), _readings(30)]))
        before.call(lambda: None)
    now = time.time()
    for reading in read:
        assert reading == dict.fromkeys(reading, pytest.approx(now, abs=60))


@from_before
def test_counters_of_a_thread_from_before_are_real(start: Any) -> None:
    before = _Before(start)
    read: list[dict[str, float]] = []
    with mock_glue_runs(start_at=_FROZEN_AT):
        before.call(lambda: read.extend([_counters(0), _counters(30)]))
    now = {"monotonic": time.monotonic(), "perf_counter": time.perf_counter()}
    for reading in read:
        assert reading == {
            name: pytest.approx(now[name.removesuffix("_ns")], abs=60) for name in reading
        }


@from_before
def test_a_thread_from_before_sleeps_really(start: Any) -> None:
    before = _Before(start)
    with mock_glue_runs as glue_runs:
        begin, real = glue_runs.now, freezegun.api.real_perf_counter()
        before.call(lambda: time.sleep(0.02))
        assert freezegun.api.real_perf_counter() - real >= 0.02
        assert glue_runs.now == begin


@from_before
def test_a_thread_from_before_does_not_take_part(start: Any) -> None:
    before = _Before(start)
    found: list[threading.Thread] = []
    participants = Participants()
    before.call(lambda: found.append(threading.current_thread()))
    assert found[0] not in participants


@in_a_thread
def test_a_thread_begun_since_takes_part(run: Any) -> None:
    participants = Participants()
    found: list[threading.Thread] = []
    run(lambda: found.append(threading.current_thread()))
    assert found[0] in participants


def test_dates_are_real_in_a_thread_from_before() -> None:
    before = _Before(_start_thread)
    read: list[object] = []

    def read_dates() -> None:
        local = datetime.datetime.fromtimestamp(0)  # noqa: DTZ006
        read.extend([datetime.date.today(), local.timestamp()])  # noqa: DTZ011

    with mock_glue_runs(start_at=_FROZEN_AT):
        before.call(read_dates)
    assert read == [datetime.date.today(), 0]  # noqa: DTZ011


def test_in_a_joined_freeze_other_threads_read_what_freezegun_gives_them() -> None:
    """The one who froze time decides about them: near the top of the stack it is real."""
    before = _Before(_start_thread)
    read: list[float] = []
    with freezegun.freeze_time(_FROZEN_AT), mock_glue_runs:
        before.call(lambda: read.extend([_readings(0)["time"], _readings(30)["time"]]))
    assert read == [pytest.approx(time.time(), abs=60), _FROZEN]


def test_a_clock_that_is_read_while_the_freeze_ends_is_real(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    glue_runs.move_to(_FROZEN_AT)
    with monkeypatch.context() as patch:
        patch.setattr(freezegun.api, "ignore_lists", [])
        assert time.time() > _FROZEN + 1e6


def test_leaving_restores_freezegun() -> None:
    def patched() -> list[object]:
        api = freezegun.api
        names = ("now", "today", "utcnow", "fromtimestamp")
        methods = [vars(api.FakeDatetime)[name] for name in names]
        return [api._should_use_real_time, *methods, vars(api.FakeDate)["today"]]

    before = patched()
    with mock_glue_runs:
        assert not set(map(id, patched())) & set(map(id, before))
    assert patched() == before


def test_modules_that_a_freeze_ignores_read_the_real_clock() -> None:
    ignoring = freezegun.freeze_time(_FROZEN_AT, ignore=[__name__])
    with ignoring, mock_glue_runs:
        assert time.time() > _FROZEN + 1e6


def test_without_its_inspection_of_the_stack_freezegun_ignores_no_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(freezegun.api, "call_stack_inspection_limit", 0)
    ignoring = freezegun.freeze_time(_FROZEN_AT, ignore=[__name__])
    with ignoring, mock_glue_runs:
        assert time.time() == _FROZEN


def test_a_clock_that_is_read_without_any_frame_above_is_frozen(glue_runs: GlueRuns) -> None:
    read: list[float] = []
    done = threading.Lock()
    done.acquire()
    # Read once, then release the lock, which returns None and so ends the iteration.
    steps = itertools.chain(
        itertools.islice(iter(time.monotonic, None), 1), iter(done.release, None)
    )
    _thread.start_new_thread(read.extend, (steps,))
    done.acquire()
    assert read == [glue_runs.now.timestamp()]


_SLEEP = [sys.executable, "-c", "import time; time.sleep(30)"]


@pytest.mark.parametrize("capture", [False, True], ids=["wait", "communicate"])
def test_the_timeout_of_a_subprocess_is_real(glue_runs: GlueRuns, capture: bool) -> None:
    begin = glue_runs.now
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(_SLEEP, timeout=0.05, capture_output=capture)
    assert glue_runs.now == begin


def test_the_timeout_of_a_pipe_of_multiprocessing_is_real(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    receiver, sender = multiprocessing.Pipe()
    with receiver, sender:
        assert multiprocessing.connection.wait([receiver], timeout=0.01) == []
    assert glue_runs.now == begin


def test_the_timeout_of_a_socket_server_is_real(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        server.timeout = 0.01
        server.handle_request()
    assert glue_runs.now == begin


@in_a_thread
@pytest.mark.glue_runs(start_at=_FROZEN_AT)
def test_log_records_have_the_time_of_their_thread(
    glue_runs: GlueRuns, run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    run(lambda: logging.getLogger(__name__).warning("in a thread"))
    logging.getLogger(__name__).warning("in the test")
    now = glue_runs.now.timestamp()
    assert [record.created for record in caplog.records] == [pytest.approx(now, abs=1)] * 2


@pytest.mark.glue_runs(sleep="real", start_at=_FROZEN_AT)
def test_with_real_sleep_clocks_agree_too(glue_runs: GlueRuns) -> None:
    read: list[dict[str, float]] = []
    _in_executor(lambda: read.extend([_readings(0), _readings(30)]))
    for reading in read:
        assert reading == dict.fromkeys(reading, _FROZEN)


@pytest.mark.glue_runs(sleep="real")
def test_with_real_sleep_the_timeouts_of_futures_are_real(glue_runs: GlueRuns) -> None:
    with pytest.raises(futures.TimeoutError):
        next(futures.as_completed([futures.Future[int]()], timeout=0.01))


def test_pytest_timeouts_timer_reads_the_real_clock(glue_runs: GlueRuns) -> None:
    read: list[float] = []

    def ring() -> None:
        read.append(time.time())

    ring.__module__ = "pytest_timeout"
    glue_runs.move_to(_FROZEN_AT)
    timer = threading.Timer(0.001, ring)
    timer.start()
    timer.join()
    assert read[0] > _FROZEN + 1e6
