"""Sleep in several threads overlaps, in the same order each time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from time import sleep
from typing import Any

import freezegun
import pytest

from pytest_glue_runs import GlueRuns, LeftoverThreadWarning, mock_glue_runs, succeeds

Passed = Callable[[], float]
Together = Callable[..., None]

# Not a global name of its own: the mock would replace that here too.
REAL = {"sleep": time.sleep}
_ENDED = {"SUCCEEDED", "FAILED"}


def _story_of_submitter_and_monitor(glue_runs: GlueRuns, glue: Any) -> list[tuple[float, str]]:
    """Return what two threads see: one submits each minute, one polls each ten seconds."""
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})
    glue_runs.plan("nightly", succeeds(after="25s"), succeeds(after="90s"))
    begin, seen, done = glue_runs.now, [], threading.Event()

    def see(what: str) -> None:
        seen.append(((glue_runs.now - begin).total_seconds(), what))

    def submit() -> None:
        for number in (1, 2):
            glue.start_job_run(JobName="nightly")
            see(f"submitted {number}")
            time.sleep(60)
        done.set()

    def monitor() -> None:
        states: list[str] = []
        while not (done.is_set() and states and set(states) <= _ENDED):
            time.sleep(10)
            runs = glue.get_job_runs(JobName="nightly")["JobRuns"]
            states = [run["JobRunState"] for run in reversed(runs)]
            see(" ".join(states))

    threads = [threading.Thread(target=function) for function in (submit, monitor)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def test_a_submitter_and_a_monitor_see_what_real_time_would_show() -> None:
    import boto3

    glue = boto3.client("glue", "us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
    with mock_glue_runs as glue_runs:
        assert _story_of_submitter_and_monitor(glue_runs, glue) == [
            (0, "submitted 1"),
            (10, "RUNNING"),
            (20, "RUNNING"),
            (30, "SUCCEEDED"),
            (40, "SUCCEEDED"),
            (50, "SUCCEEDED"),
            (60, "submitted 2"),
            (60, "SUCCEEDED STARTING"),
            (70, "SUCCEEDED RUNNING"),
            (80, "SUCCEEDED RUNNING"),
            (90, "SUCCEEDED RUNNING"),
            (100, "SUCCEEDED RUNNING"),
            (110, "SUCCEEDED RUNNING"),
            (120, "SUCCEEDED RUNNING"),
            (130, "SUCCEEDED RUNNING"),
            (140, "SUCCEEDED RUNNING"),
            (150, "SUCCEEDED RUNNING"),
            (160, "SUCCEEDED SUCCEEDED"),
        ]


def test_sleeps_overlap(passed: Passed, together: Together) -> None:
    together(*[lambda length=length: time.sleep(length) for length in (10, 20, 30)])
    assert passed() == 30


def test_sleepers_wake_in_the_order_of_their_deadlines(passed: Passed, together: Together) -> None:
    woken = []

    def sleeper(length: int) -> None:
        time.sleep(length)
        woken.append((length, passed()))

    together(*[lambda length=length: sleeper(length) for length in (30, 10, 50, 20, 40)])
    assert woken == [(10, 10), (20, 20), (30, 30), (40, 40), (50, 50)]


def test_with_the_same_deadline_the_first_to_sleep_wakes_first(
    passed: Passed, together: Together
) -> None:
    """The second waits until the first has done its work, however slow it is."""
    woken = []

    def sleeper(name: str, *lengths: int, work: int = 0) -> None:
        for length in lengths:
            time.sleep(length)
        sum(range(work))
        woken.append((name, passed()))

    together(lambda: sleeper("in two", 10, 50), lambda: sleeper("in one, slow", 60, work=1_000_000))
    assert woken == [("in one, slow", 60), ("in two", 60)]


def test_a_woken_thread_runs_before_the_next_one_wakes(passed: Passed, together: Together) -> None:
    at: list[float] = []

    def busy() -> None:
        time.sleep(10)
        sum(range(200_000))
        at.append(passed())

    together(busy, lambda: time.sleep(11))
    assert at == [10]


def test_threads_that_start_while_others_sleep_take_part(passed: Passed) -> None:
    woken: list[float] = []

    def sleeper(length: int) -> None:
        time.sleep(length)
        woken.append(passed())

    first = threading.Thread(target=sleeper, args=(25,))
    first.start()
    time.sleep(10)
    second = threading.Thread(target=sleeper, args=(10,))
    second.start()
    first.join()
    second.join()
    assert woken == [20, 25]


def test_the_test_itself_sleeps_beside_its_threads(passed: Passed) -> None:
    thread = threading.Thread(target=time.sleep, args=(90,))
    thread.start()
    time.sleep(60)
    assert (passed(), thread.is_alive()) == (60, True)
    thread.join()
    assert passed() == 90


def test_sleep_imported_by_name_overlaps_too(passed: Passed, together: Together) -> None:
    together(lambda: sleep(30), lambda: time.sleep(20))
    assert passed() == 30


def test_a_pool_sleeps_in_all_of_its_threads(passed: Passed) -> None:
    lengths = [30, 10, 20]
    with ThreadPoolExecutor() as pool:
        futures = {pool.submit(time.sleep, length): length for length in lengths}
        done = [(futures[future], passed()) for future in as_completed(futures)]
    assert done == [(10, 10), (20, 20), (30, 30)]


def test_a_pool_with_one_thread_sleeps_one_after_the_other(passed: Passed) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        list(pool.map(time.sleep, [10, 20, 30]))
    assert passed() == 60


def test_a_pool_made_before_sleeps_virtually_too() -> None:
    """Its threads are started during the mock."""
    pool = ThreadPoolExecutor()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        list(pool.map(time.sleep, [3600, 1800]))
        assert (glue_runs.now - begin).total_seconds() == 3600
    pool.shutdown()


def test_a_thread_blocked_by_a_lock_does_not_stop_the_clock(
    passed: Passed, together: Together
) -> None:
    """It acquires the lock 60 s later."""
    lock = threading.Lock()
    got: list[float] = []

    def holder() -> None:
        with lock:
            got.append(passed())
            time.sleep(60)

    together(holder, holder)
    assert got == [0, 60]
    assert passed() == 120


def test_blocking_in_a_raw_lock_does_not_move_the_clock(passed: Passed) -> None:
    """A thread from before may release it."""
    answered = threading.Lock()
    answered.acquire()
    threading.Thread(target=answered.release).start()
    answered.acquire()
    assert passed() == 0


class _Before:
    """A thread that was started before the mock, and calls a function during it."""

    def __init__(self) -> None:
        self._begin, self.done = threading.Event(), threading.Event()
        self._task: Callable[[], object] = int
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self._begin.wait()
        self._task()
        self.done.set()

    def do(self, task: Callable[[], object]) -> None:
        self._task = task
        self._begin.set()

    def end(self) -> None:
        self._begin.set()
        self._thread.join()


@pytest.fixture
def before() -> Any:
    """Return a thread that was started before the mock."""
    one = _Before()
    yield one
    one.end()


def test_a_thread_from_before_sleeps_really(before: _Before) -> None:
    with mock_glue_runs as glue_runs:
        begin, real = glue_runs.now, freezegun.api.real_perf_counter()
        before.do(lambda: time.sleep(0.02))
        before.done.wait()
        assert freezegun.api.real_perf_counter() - real >= 0.02
        assert glue_runs.now == begin


def test_a_thread_from_before_does_not_hold_the_clock(before: _Before) -> None:
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        before.do(lambda: REAL["sleep"](0.05))
        time.sleep(3600)
        assert not before.done.is_set()
        assert (glue_runs.now - begin).total_seconds() == 3600


def test_a_thread_from_before_waits_really_for_events(before: _Before) -> None:
    outcome: list[bool] = []
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        before.do(lambda: outcome.append(threading.Event().wait(0.01)))
        before.done.wait()
        assert outcome == [False]
        assert glue_runs.now == begin


def test_a_thread_from_before_can_wake_the_test(before: _Before) -> None:
    event = threading.Event()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        before.do(event.set)
        assert before.done.wait()
        assert event.wait(60)
        assert glue_runs.now == begin


def test_a_sleeping_thread_that_outlives_the_mock_ends_its_sleep() -> None:
    with mock_glue_runs:
        thread = threading.Thread(target=time.sleep, args=(3600,))
        thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_a_waiting_thread_that_outlives_the_mock_can_still_be_woken() -> None:
    event = threading.Event()
    with mock_glue_runs:
        thread = threading.Thread(target=event.wait)
        thread.start()
    event.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_thread_that_outlives_the_mock_sleeps_really_afterwards() -> None:
    over, slept = threading.Event(), threading.Event()

    def outlive() -> None:
        over.wait()
        time.sleep(0.01)
        slept.set()

    mock = mock_glue_runs()
    mock.__enter__()
    thread = threading.Thread(target=outlive)
    thread.start()
    with pytest.warns(LeftoverThreadWarning):
        mock.__exit__(None, None, None)
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        over.set()
        slept.wait()
        assert glue_runs.now == begin
    thread.join()


def test_a_mock_entered_in_a_thread_does_not_affect_the_main_thread() -> None:
    moved: list[float] = []

    def under_test() -> None:
        with mock_glue_runs as glue_runs:
            begin = glue_runs.now
            time.sleep(3600)
            moved.append((glue_runs.now - begin).total_seconds())

    thread = threading.Thread(target=under_test)
    thread.start()
    thread.join()
    assert moved == [3600]


def test_a_thread_that_never_waits_holds_the_clock_for_a_limited_time(
    passed: Passed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pytest_glue_runs._time import thread_activity

    monkeypatch.setattr(thread_activity, "PATIENCE", 0.02)
    over = threading.Lock()
    over.acquire()

    def work() -> None:
        while over.locked():
            pass

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(60)
    over.release()
    thread.join()
    assert passed() == 60


def test_a_thread_that_is_ready_to_run_holds_the_clock(
    passed: Passed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It makes no progress only because the machine is busy."""
    from pytest_glue_runs._time import thread_activity

    begin = freezegun.api.real_perf_counter()

    def say(thread: threading.Thread, name: str) -> str:
        waited = freezegun.api.real_perf_counter() - begin
        return f"1 (python) {'R' if waited < 0.2 else 'S'} 1" if name == "stat" else "1000 0 1"

    monkeypatch.setattr(thread_activity, "_from_kernel", say)
    monkeypatch.setattr(thread_activity, "BLOCKED_AFTER", 0.001)
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    time.sleep(60)
    assert freezegun.api.real_perf_counter() - begin >= 0.2
    lock.release()
    thread.join()
    assert passed() == 60


def test_without_proc_a_blocked_thread_is_detected_by_its_frame(
    passed: Passed, together: Together, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from pytest_glue_runs._time import thread_activity

    monkeypatch.setattr(thread_activity, "Path", lambda path: tmp_path / "not there")
    lock = threading.Lock()

    def holder() -> None:
        with lock:
            time.sleep(60)

    together(holder, holder)
    assert passed() == 120


def test_a_subprocess_takes_real_time(passed: Passed) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(0.05)"]
    subprocess.run(command, timeout=60, check=True)
    assert passed() == 0


def test_a_timer_of_pytest_timeout_waits_really(passed: Passed) -> None:
    """Else it would end the process as soon as the test sleeps long enough."""

    def ring() -> None: ...

    ring.__module__ = "pytest_timeout"
    timer = threading.Timer(30, ring)
    timer.start()
    time.sleep(3600)
    assert (timer.is_alive(), passed()) == (True, 3600)
    timer.cancel()
    timer.join()
