"""The clock stops at every deadline and due event, whatever moves it."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import freezegun
import freezegun.api
import pytest
import time_machine

from pytest_glue_runs import (
    EndlessLoopInterrupt,
    GlueRuns,
    NotFrozenError,
    TooManySleepsError,
    fails,
    mock_glue_runs,
    succeeds,
)
from pytest_glue_runs._time import clock, thread_activity
from pytest_glue_runs._time.mover import ClockMover, DueEvents
from pytest_glue_runs._time.wait import Wait

Passed = Callable[[], float]


@contextmanager
def _beside(*functions: Callable[[], object]) -> Iterator[None]:
    """Run functions in threads beside a block, and wait for their end after it."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _sleeper(woken: list[float], passed: Passed, *lengths: float) -> Callable[[], None]:
    def sleep() -> None:
        for length in lengths:
            time.sleep(length)
            woken.append(passed())

    return sleep


_START = "2026-01-01"
_MOVES: dict[str, Callable[[GlueRuns], object]] = {
    "tick": lambda glue_runs: glue_runs.tick(25),
    "move_to": lambda glue_runs: glue_runs.move_to("2026-01-01 00:00:25"),
}
each_move = pytest.mark.parametrize("move", _MOVES.values(), ids=_MOVES)


@each_move
@pytest.mark.glue_runs(start_at=_START)
def test_a_sleeper_wakes_at_its_own_times(glue_runs: GlueRuns, passed: Passed, move: Any) -> None:
    woken: list[float] = []
    with _beside(_sleeper(woken, passed, 10, 10, 10, 10)):
        move(glue_runs)
        assert (woken, passed()) == ([10, 20], 25)
        glue_runs.tick(5)
        assert (woken, passed()) == ([10, 20, 30], 30)
    assert woken == [10, 20, 30, 40]


def test_settle_wakes_a_sleeper_at_its_own_times(
    glue_runs: GlueRuns, glue: Any, passed: Passed
) -> None:
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    woken: list[float] = []
    with _beside(_sleeper(woken, passed, *[10] * 9)):
        glue_runs.settle()
        assert (woken, passed()) == ([10, 20, 30, 40, 50, 60], 64)


def test_settle_settles_what_a_sleeper_starts_meanwhile(
    glue_runs: GlueRuns, glue: Any, passed: Passed
) -> None:
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 2})
    glue.start_job_run(JobName="nightly")

    def start_another() -> None:
        time.sleep(30)
        glue.start_job_run(JobName="nightly")

    with _beside(start_another):
        runs = glue_runs.settle()
    ends = [run.as_dict()["CompletedOn"] - glue_runs.now for run in runs]
    assert ends == [timedelta(seconds=-30), timedelta(0)]
    assert passed() == 94


def test_all_that_is_due_at_the_target_happens_before_tick_returns(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    """Also what begins to wait for this moment on the way."""
    woken: list[float] = []
    with _beside(_sleeper(woken, passed, 10, 10), _sleeper(woken, passed, 20)):
        glue_runs.tick(20)
        assert woken == [10, 20, 20]


def test_a_woken_thread_runs_until_it_waits_again(
    glue_runs: GlueRuns, glue: Any, passed: Passed
) -> None:
    """It sees what happened by then, and what it does is there when tick returns."""
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 9})
    glue_runs.plan("nightly", fails("Out of memory", after="12s"), succeeds(after="1m"))
    first = glue.start_job_run(JobName="nightly")["JobRunId"]
    seen: list[tuple[float, str]] = []

    def monitor() -> None:
        for _ in range(3):
            time.sleep(8)
            seen.append((passed(), glue_runs.run(first).state))
        sum(range(200_000))
        glue.start_job_run(JobName="nightly")

    with _beside(monitor):
        glue_runs.tick(30)
        assert seen == [(8, "RUNNING"), (16, "FAILED"), (24, "FAILED")]
        assert [call.operation for call in glue_runs.calls] == ["StartJobRun"] * 2
        second = glue_runs.runs()[1]
        assert (second.state, second.execution_time) == ("RUNNING", 2)


def test_a_thread_that_was_just_started_is_not_overtaken(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    for _ in range(20):
        woken: list[float] = []
        begin = passed()
        thread = threading.Thread(target=_sleeper(woken, passed, 1))
        thread.start()
        glue_runs.tick(2)
        assert woken == [begin + 1]
        thread.join()


@each_move
@pytest.mark.glue_runs(start_at=_START)
def test_every_kind_of_waiting_is_woken_at_its_own_time(
    glue_runs: GlueRuns, glue: Any, passed: Passed, move: Any
) -> None:
    at: dict[str, list[float]] = {"event": [], "queue": [], "loop": [], "backoff": []}

    def wait_for_events() -> None:
        for _ in range(3):
            assert not threading.Event().wait(7)
            at["event"].append(passed())

    def wait_for_items() -> None:
        for _ in range(2):
            with pytest.raises(queue.Empty):
                queue.Queue().get(timeout=9)
            at["queue"].append(passed())

    async def sleep() -> None:
        for _ in range(2):
            await asyncio.sleep(11)
            at["loop"].append(passed())

    def back_off() -> None:
        glue_runs.fail_next("ListJobs", "ThrottlingException", times=2)
        glue.list_jobs()
        at["backoff"].extend((call.at - begin).total_seconds() for call in glue_runs.calls)

    begin = glue_runs.now
    with _beside(wait_for_events, wait_for_items, lambda: asyncio.run(sleep()), back_off):
        move(glue_runs)
        assert at["event"] == [7, 14, 21]
        assert at["queue"] == [9, 18]
        assert at["loop"] == [11, 22]
        assert len(set(at["backoff"])) == 3
        assert max(at["backoff"]) < 8


def test_threads_and_the_test_may_move_the_clock_at_the_same_time(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    """Their moves overlap, as sleeps do."""
    ends: list[tuple[str, float]] = []

    def tick(name: str, length: float) -> None:
        glue_runs.tick(length)
        ends.append((name, passed()))

    with _beside(lambda: tick("short", 10), lambda: tick("long", 30), lambda: time.sleep(40)):
        tick("test", 20)
    assert ends == [("short", 10), ("test", 20), ("long", 30)]
    assert passed() == 40


def test_a_thread_from_before_can_move_the_clock() -> None:
    woken: list[float] = []
    begin, moved = threading.Event(), threading.Event()

    def passed() -> float:
        return (glue_runs.now - start).total_seconds()

    def move() -> None:
        begin.wait()
        glue_runs.move_to(start + timedelta(seconds=25))
        moved.set()

    thread = threading.Thread(target=move)
    thread.start()
    with mock_glue_runs as glue_runs:
        start = glue_runs.now
        with _beside(_sleeper(woken, passed, 10, 10)):
            begin.set()
            moved.wait()
            assert (woken, passed()) == ([10, 20], 25)
    thread.join()


def test_a_clock_that_goes_back_wakes_nobody(glue_runs: GlueRuns, passed: Passed) -> None:
    """Deadlines stay where they are."""
    woken: list[float] = []
    with _beside(_sleeper(woken, passed, 10)):
        glue_runs.tick(5)
        glue_runs.move_to(glue_runs.now - timedelta(hours=1))
        assert (woken, passed()) == ([], 5 - 3600)
        glue_runs.tick("1h")
        assert (woken, passed()) == ([], 5)
        glue_runs.tick(5)
        assert woken == [10]


_FREEZES: dict[str, Callable[[], Any]] = {
    "freeze_time": lambda: freezegun.freeze_time(_START),
    "time_machine": lambda: time_machine.travel(
        datetime(2026, 1, 1, tzinfo=timezone.utc), tick=False
    ),
}


@pytest.mark.parametrize("freeze", _FREEZES.values(), ids=_FREEZES)
def test_a_joined_clock_is_moved_the_same_way(freeze: Any) -> None:
    woken: list[float] = []
    with freeze(), mock_glue_runs as glue_runs:
        start = glue_runs.now

        def passed() -> float:
            return (glue_runs.now - start).total_seconds()

        with _beside(_sleeper(woken, passed, 10, 10, 10)):
            glue_runs.tick(25)
            assert (woken, passed()) == ([10, 20], 25)


def test_tick_inside_a_loop_is_one_step_for_the_tasks_of_this_loop(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    """They cannot run before it returns; asyncio.sleep lets them run at their times."""
    woken: list[float] = []

    async def sleeper() -> None:
        for _ in range(4):
            await asyncio.sleep(10)
            woken.append(passed())

    async def main() -> None:
        task = asyncio.ensure_future(sleeper())
        await asyncio.sleep(0)
        glue_runs.tick(15)
        assert woken == []
        await asyncio.sleep(25)
        assert woken == [15, 25, 35]
        await task

    with _beside(lambda: asyncio.run(main())):
        pass


def test_tick_inside_a_loop_wakes_other_threads_at_their_times(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    woken: list[float] = []

    async def main() -> None:
        glue_runs.tick(25)

    with _beside(_sleeper(woken, passed, 10, 10, 10)):
        asyncio.run(main())
        assert woken == [10, 20]


@pytest.mark.glue_runs(sleep="real")
def test_with_real_sleep_the_clock_moves_at_once(glue_runs: GlueRuns, passed: Passed) -> None:
    """No thread waits for it."""
    go = threading.Event()
    with _beside(go.wait):
        glue_runs.tick(25)
        assert passed() == 25
        go.set()


@pytest.mark.glue_runs(freeze=False)
def test_real_time_is_not_waited_for(glue_runs: GlueRuns) -> None:
    go = threading.Event()
    with _beside(go.wait):
        with pytest.raises(NotFrozenError):
            glue_runs.tick(25)
        go.set()


@pytest.mark.glue_runs(max_sleeps=3)
def test_the_limit_of_sleeps_ends_the_sleeper_and_not_the_move(
    glue_runs: GlueRuns, passed: Passed
) -> None:
    woken: list[float] = []

    def sleep() -> None:
        with pytest.raises(TooManySleepsError):
            _sleeper(woken, passed, *[10] * 9)()

    with _beside(sleep):
        glue_runs.tick(3600)
        assert (woken, passed()) == ([10, 20, 30], 3600)


@pytest.mark.glue_runs(max_sleeps=3)
def test_each_thread_gets_an_error_before_it_is_interrupted(glue_runs: GlueRuns) -> None:
    def sleep_on() -> None:
        while True:
            time.sleep(1)

    def sleep() -> None:
        with pytest.raises(TooManySleepsError):
            sleep_on()
        with pytest.raises(EndlessLoopInterrupt):
            time.sleep(1)

    with _beside(sleep, sleep):
        sleep()


@pytest.mark.glue_runs(max_sleeps=3)
def test_moves_by_the_test_are_not_limited(glue_runs: GlueRuns, passed: Passed) -> None:
    for _ in range(10):
        glue_runs.tick(1)
    assert passed() == 10


def test_a_thread_that_never_waits_holds_the_clock_up_once(
    glue_runs: GlueRuns, passed: Passed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at each of a hundred stops."""
    monkeypatch.setattr(thread_activity, "PATIENCE", 0.1)
    over: list[bool] = []
    woken: list[float] = []

    def spin() -> None:
        while not over:
            pass

    begin = freezegun.api.real_perf_counter()
    with _beside(spin, _sleeper(woken, passed, *[1] * 100)):
        glue_runs.tick(200)
        assert woken == [*range(1, 101)]
        over.append(True)
    assert 0.1 <= freezegun.api.real_perf_counter() - begin < 9


@pytest.mark.glue_runs(freeze=False)
def test_a_freeze_that_ends_ends_the_sleep_on_its_clock(glue_runs: GlueRuns) -> None:
    with freezegun.freeze_time(_START):
        thread = threading.Thread(target=time.sleep, args=(3600,))
        thread.start()
    thread.join(5)
    assert not thread.is_alive()


@pytest.mark.glue_runs(freeze=False)
def test_a_wait_without_a_timeout_outlives_the_freeze_that_it_began_in(
    glue_runs: GlueRuns,
) -> None:
    event = threading.Event()
    with freezegun.freeze_time(_START):
        thread = threading.Thread(target=event.wait)
        thread.start()
        time.sleep(1)
    event.set()
    thread.join(5)
    assert not thread.is_alive()


def _mover(due_events: DueEvents) -> ClockMover:
    class Everybody:
        def __contains__(self, thread: object) -> bool:
            return True

    real_time = freezegun.api.real_perf_counter
    return ClockMover(Everybody(), due_events, real_time, 100, str)


def test_what_receives_a_due_event_may_wait_itself() -> None:
    """The wait that it interrupts continues after it."""
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    due = [start + timedelta(seconds=5)]
    at: list[datetime] = []

    def next_due(until: datetime) -> datetime | None:
        return due[0] if due and due[0] <= until else None

    def process() -> None:
        due.clear()
        at.append(clock.now())
        mover.wait(Wait(clock.later(2)))
        at.append(clock.now())

    mover = _mover(DueEvents(next_due, process))
    with freezegun.freeze_time(start):
        mover.move_to(start + timedelta(seconds=10))
        at.append(clock.now())
    assert [(moment - start).total_seconds() for moment in at] == [5, 7, 10]


_EVENT_AT = datetime(2026, 1, 1, 0, 0, 5, tzinfo=timezone.utc)


def _mover_of_events(
    process: Callable[[], object], *due: datetime, only_here: Callable[[], bool] = lambda: False
) -> ClockMover:
    """Return a mover that calls *process* for each moment that is *due*."""
    left = list(due)

    def next_due(until: datetime) -> datetime | None:
        return left[0] if left and left[0] <= until else None

    def process_next() -> None:
        left.pop(0)
        process()

    return _mover(DueEvents(next_due, process_next, only_here))


@contextmanager
def _last_to_wait(mover: ClockMover, deadline: datetime | None) -> Iterator[threading.Thread]:
    """Let a thread wait, until *deadline* or its release, once another waits for the clock."""
    wait = Wait(deadline)

    def work() -> None:
        while not mover.others_wait():
            pass
        mover.wait(wait)

    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    wait.release()
    thread.join()


@pytest.mark.parametrize("seconds", [7, None], ids=["timeout", "no timeout"])
def test_the_thread_that_entered_the_mock_processes_events_while_it_waits(
    seconds: int | None,
) -> None:
    """Although another one begins to wait when all others wait, and may wake before."""
    by: list[threading.Thread] = []
    mover = _mover_of_events(lambda: by.append(threading.current_thread()), _EVENT_AT)
    with freezegun.freeze_time(_START):
        deadline = None if seconds is None else clock.later(seconds)
        with _last_to_wait(mover, deadline):
            mover.move_to(clock.later(10))
    assert by == [threading.current_thread()]


class _DozingWait(Wait):
    """Does not check the clock by itself."""

    def block(self, seconds: float | None) -> None:
        super().block(60)


def test_the_thread_that_is_to_process_events_is_told() -> None:
    mover = _mover_of_events(lambda: None, _EVENT_AT)
    begin = freezegun.api.real_perf_counter()
    with freezegun.freeze_time(_START), _last_to_wait(mover, None):
        mover.wait(_DozingWait(clock.later(10)))
    assert freezegun.api.real_perf_counter() < begin + 30


def test_otherwise_the_thread_to_wake_next_processes_events() -> None:
    by: list[threading.Thread] = []
    mover = _mover_of_events(lambda: by.append(threading.current_thread()), _EVENT_AT)

    def sleep() -> None:
        mover.wait(Wait(clock.later(10)))

    with freezegun.freeze_time(_START), _last_to_wait(mover, None):
        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        sleeper.join()  # on the real clock
    assert by == [sleeper]


def test_what_waits_while_it_processes_an_event_processes_the_next_ones() -> None:
    """The others cannot: they wait for it."""
    by: list[str] = []
    waits = threading.Event()

    def process() -> None:
        by.append(threading.current_thread().name)
        if len(by) == 1:
            waits.set()
            movers[0].wait(Wait(clock.later(3)))

    def create() -> None:
        movers.append(_mover_of_events(process, _EVENT_AT, _EVENT_AT + timedelta(seconds=1)))
        created.set()
        waits.wait()
        movers[0].wait(Wait(clock.later(5)))

    def sleep() -> None:
        created.wait()
        movers[0].wait(Wait(clock.later(10)))

    movers: list[ClockMover] = []
    created = threading.Event()
    with freezegun.freeze_time(_START):
        threads = [
            threading.Thread(target=one, name=one.__name__, daemon=True) for one in (create, sleep)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    assert by == ["sleep", "sleep"]


def test_a_thread_that_waits_in_the_middle_of_a_call_processes_events() -> None:
    """The others cannot: they would wait for the end of the call."""
    by: list[threading.Thread] = []

    def process() -> None:
        by.append(threading.current_thread())

    def is_in_a_call() -> bool:
        return threading.current_thread() is not threading.main_thread()

    mover = _mover_of_events(process, _EVENT_AT, only_here=is_in_a_call)
    with freezegun.freeze_time(_START), _last_to_wait(mover, clock.later(20)) as caller:
        mover.move_to(clock.later(10))
    assert by == [caller]


def test_the_clock_stays_at_a_due_event_until_it_is_processed() -> None:
    """Another thread that waits does not move it further meanwhile."""
    start = datetime(2026, 1, 1, tzinfo=timezone.utc)
    due = [start + timedelta(seconds=5)]
    at: list[datetime] = []
    waits = threading.Event()

    def next_due(until: datetime) -> datetime | None:
        return due[0] if due and due[0] <= until else None

    def process() -> None:
        due.clear()
        begin = freezegun.api.real_perf_counter()
        while freezegun.api.real_perf_counter() < begin + 0.1:
            at.append(clock.now())

    def wait() -> None:
        waits.set()
        mover.wait(Wait(start + timedelta(seconds=8)))

    mover = _mover(DueEvents(next_due, process))
    with freezegun.freeze_time(start):
        thread = threading.Thread(target=wait)
        thread.start()
        waits.wait()
        mover.move_to(start + timedelta(seconds=10))
        thread.join()
    assert {(moment - start).total_seconds() for moment in at} == {5}


def _burn() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "while True: pass"])


@pytest.mark.slow
@pytest.mark.parametrize("burners", [0, 2], ids=["idle machine", "busy machine"])
@pytest.mark.parametrize("interval", [1e-5, 0.005])
def test_the_order_of_events_is_the_same_each_time(
    glue: Any, interval: float, burners: int
) -> None:
    default = sys.getswitchinterval()
    with ExitStack() as stack:
        stack.callback(sys.setswitchinterval, default)
        for _ in range(burners):
            process = stack.enter_context(_burn())
            stack.callback(process.kill)
        sys.setswitchinterval(interval)
        stories = [_story(glue) for _ in range(20)]
    assert stories == [stories[0]] * 20


def _story(glue: Any) -> list[tuple[float, str]]:
    """What six threads and the test see, and when."""
    with mock_glue_runs(start_at=_START) as glue_runs:
        begin, seen = glue_runs.now, []

        def see(what: str) -> None:
            seen.append(((glue_runs.now - begin).total_seconds(), what))

        glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 9}, MaxRetries=1)
        glue_runs.plan("nightly", fails(after="25s"), succeeds(after="90s"))
        glue_runs.fail_next("ListJobs", "ThrottlingException", times=3)
        items: queue.Queue[int] = queue.Queue()

        def submit() -> None:
            for number in range(3):
                glue.start_job_run(JobName="nightly")
                see(f"submitted {number}")
                sum(range(20_000))
                time.sleep(60.5)

        def monitor() -> None:
            for _ in range(20):
                time.sleep(10)
                runs = glue.get_job_runs(JobName="nightly")["JobRuns"]
                see(" ".join(run["JobRunState"] for run in reversed(runs)))

        def produce() -> None:
            for number in range(10):
                time.sleep(7.25)
                items.put(number)

        def consume() -> None:
            for _ in range(10):
                see(f"item {items.get()}")

        def back_off() -> None:
            glue.list_jobs()
            see("listed")

        async def sleep() -> None:
            for _ in range(5):
                await asyncio.sleep(13.125)
                see("loop")

        with _beside(submit, monitor, produce, consume, back_off, lambda: asyncio.run(sleep())):
            for length in (25, 5, 90):
                glue_runs.tick(length)
                see("ticked")
            glue_runs.settle()
            see("settled")
        return seen
