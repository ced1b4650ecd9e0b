"""Functions that runs execute, and the clock: when they run, and how they wait."""

from __future__ import annotations

import asyncio
import threading
import time
from _thread import allocate_lock
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time

from pytest_glue_runs import (
    EndlessLoopInterrupt,
    GlueRuns,
    JobRun,
    ScriptError,
    executes,
    mock_glue_runs,
    succeeds,
)
from pytest_glue_runs._time import coroutine
from pytest_glue_runs._time.mover import ClockMover

RunPlan = Callable[..., JobRun]


@pytest.fixture(autouse=True)
def _remove_freezeguns_time_clock() -> Iterator[None]:
    """Remove the `time.clock` of None that freezegun leaves behind."""
    yield
    vars(time).pop("clock", None)


def start(glue_runs: GlueRuns, glue: Any, function: Callable[[JobRun], object]) -> JobRun:
    """Start a run that executes *function*."""
    glue_runs.add_job("orders")
    glue_runs.plan("orders", executes(function, startup="4s"))
    return glue_runs.run(glue.start_job_run(JobName="orders")["JobRunId"])


def test_it_waits_for_another_run(glue_runs: GlueRuns, glue: Any) -> None:
    polls: list[str] = []

    def orchestrate(run: JobRun) -> None:
        run_id = glue.start_job_run(JobName="child")["JobRunId"]
        while polls[-1:] != ["SUCCEEDED"]:
            time.sleep(30)
            response = glue.get_job_run(JobName="child", RunId=run_id)
            polls.append(response["JobRun"]["JobRunState"])

    glue_runs.add_job("child")
    glue_runs.plan("child", succeeds(after="2m"))
    run = start(glue_runs, glue, orchestrate)
    glue_runs.settle()
    assert polls == ["RUNNING"] * 4 + ["SUCCEEDED"]
    assert run.execution_time == 5 * 30 + 60


def test_the_test_continues_while_it_waits(glue_runs: GlueRuns, glue: Any) -> None:
    order: list[str] = []

    def work(run: JobRun) -> None:
        for _ in range(3):
            order.append("script")
            time.sleep(10)

    run = start(glue_runs, glue, work)
    time.sleep(4 + 5)
    for _ in range(3):
        order.append(f"test: {run.state} for {run.execution_time} s")
        time.sleep(10)
    assert order == [
        "script",
        "test: RUNNING for 5 s",
        "script",
        "test: RUNNING for 15 s",
        "script",
        "test: RUNNING for 25 s",
    ]


def test_it_runs_at_its_own_time_when_another_tool_moves_the_clock(freezer: Any, glue: Any) -> None:
    seen: list[tuple[datetime, datetime]] = []

    def work(run: JobRun) -> None:
        for _ in range(2):
            seen.append((datetime.now(timezone.utc), glue_runs.now))
            time.sleep(100)

    with mock_glue_runs as glue_runs:
        run = start(glue_runs, glue, work)
        begin = glue_runs.now
        freezer.tick(timedelta(hours=1))
        assert run.state == "SUCCEEDED"
        assert glue_runs.now == begin + timedelta(hours=1)
    times = [begin + timedelta(seconds=4), begin + timedelta(seconds=104)]
    assert seen == [(moment, moment) for moment in times]
    assert run.execution_time == 260


def test_a_clock_that_it_moves_is_restored(freezer: Any, glue: Any) -> None:
    with mock_glue_runs as glue_runs:
        run = start(glue_runs, glue, lambda run: freezer.tick(timedelta(hours=1)))
        begin = glue_runs.now
        time.sleep(10)
        assert run.state == "RUNNING"
        assert glue_runs.now == begin + timedelta(seconds=10)


def test_what_a_run_does_at_its_end_cannot_settle(glue_runs: GlueRuns, glue: Any) -> None:
    """Nothing else need be due then."""
    errors: list[BaseException] = []

    def settle(run: JobRun) -> None:
        with pytest.raises(ScriptError, match=r"cannot call tick\(\), move_to\(\) or settle\(\)"):
            glue_runs.settle()
        errors.append(ScriptError())

    glue_runs.add_job("nightly")
    glue_runs.plan("nightly", succeeds(then=settle))
    glue.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert len(errors) == 1


@pytest.mark.parametrize("move", ["tick", "move_to", "settle"])
def test_it_cannot_move_the_clock(glue_runs: GlueRuns, glue: Any, move: str) -> None:
    moves: dict[str, Callable[[], object]] = {
        "tick": lambda: glue_runs.tick("1m"),
        "move_to": lambda: glue_runs.move_to("2100-01-01"),
        "settle": glue_runs.settle,
    }

    def work(run: JobRun) -> None:
        with pytest.raises(ScriptError) as caught:
            moves[move]()
        assert str(caught.value) == (
            "The function or script of a run cannot call tick(), move_to() or settle(). "
            "Call time.sleep() instead: the run takes that much longer."
        )

    glue_runs.add_job("other")
    glue.start_job_run(JobName="other")  # something that settle() waits for
    run = start(glue_runs, glue, work)
    time.sleep(3600)
    assert (run.state, run.error_message) == ("SUCCEEDED", None)


def test_a_loop_that_never_ends_ends_at_the_timeout(run_plan: RunPlan) -> None:
    def work(run: JobRun) -> None:
        while True:
            time.sleep(7)
            print(run.execution_time)  # noqa: T201

    run = run_plan(executes(work), Timeout=10)
    assert (run.state, run.execution_time, run.error_message) == ("TIMEOUT", 600, None)
    assert run.output.splitlines()[-1] == "595"


def test_a_script_that_ends_at_the_moment_of_its_timeout_succeeds(run_plan: RunPlan) -> None:
    run = run_plan(executes(lambda run: time.sleep(600), after=0), Timeout=10)
    assert (run.state, run.execution_time) == ("SUCCEEDED", 600)


def test_a_duration_beyond_the_timeout(run_plan: RunPlan) -> None:
    assert run_plan(executes(lambda run: time.sleep(1), after="10m"), Timeout=10).state == "TIMEOUT"


def test_a_duration_beyond_the_end_of_time(run_plan: RunPlan) -> None:
    run = run_plan(executes(lambda run: time.sleep(1), after=timedelta.max), Timeout=10)
    assert run.state == "TIMEOUT"


def test_a_loop_that_reads_without_sleeping_fails_the_run(run_plan: RunPlan) -> None:
    def work(run: JobRun) -> None:
        while run.state == "RUNNING":
            pass

    run = run_plan(executes(work))
    assert run.state == "FAILED"
    assert run.error_message is not None
    assert run.error_message.startswith("TooManyReadsError: ")


def test_a_loop_that_catches_every_exception_ends_the_test(glue_runs: GlueRuns, glue: Any) -> None:
    def work(run: JobRun) -> None:
        while True:
            try:
                _ = run.state
            except Exception:  # noqa: BLE001
                continue

    start(glue_runs, glue, work)
    with pytest.raises(EndlessLoopInterrupt):
        time.sleep(60)


def test_other_threads_of_the_test_wait_for_it(glue_runs: GlueRuns, glue: Any) -> None:
    order: list[str] = []
    begin = glue_runs.now

    def note(who: str) -> None:
        order.append(f"{who} at {(glue_runs.now - begin).seconds}")

    def work(run: JobRun) -> None:
        note("script")
        threading.Event().wait(0.2)  # on its own clock: takes no time, and lets no other thread run
        time.sleep(10 - 0.2)
        note("script")

    def monitor() -> None:
        for _ in range(3):
            time.sleep(5)
            note("monitor")

    start(glue_runs, glue, work)
    thread = threading.Thread(target=monitor)
    thread.start()
    time.sleep(60)
    thread.join()
    assert order == [
        *("script at 4", "monitor at 5", "monitor at 10"),
        *("script at 14", "monitor at 15"),
    ]


def test_a_freeze_that_it_ends(glue: Any) -> None:
    freezer = freeze_time("2026-02-28")
    freezer.start()
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(lambda run: freezer.stop()))
        glue.start_job_run(JobName="orders")
        time.sleep(10)
        assert glue_runs.now > datetime(2026, 3, 1, tzinfo=timezone.utc)


class TestThreads:
    """Threads that the function starts wait on its clock."""

    def test_it_lasts_until_they_have_ended(self, glue_runs: GlueRuns, run_plan: RunPlan) -> None:
        ends: list[datetime] = []

        def poll(seconds: float) -> None:
            time.sleep(seconds)
            ends.append(glue_runs.now)

        def work(run: JobRun) -> None:
            with ThreadPoolExecutor() as pool:
                list(pool.map(poll, (30, 10, 20)))

        run = run_plan(executes(work, after=0))
        begin = run.history[1].at
        assert [(end - begin).seconds for end in ends] == [10, 20, 30]
        assert run.execution_time == 30

    def test_a_thread_that_the_test_starts_meanwhile_waits_with_the_test(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        begun, started = threading.Event(), allocate_lock()
        started.acquire()
        ends: list[datetime] = []

        def wait() -> None:
            time.sleep(30)
            ends.append(glue_runs.now)

        def start_another() -> None:
            begun.wait()
            another = threading.Thread(target=wait)
            another.start()
            started.release()
            another.join()

        def work(run: JobRun) -> None:
            begun.set()
            started.acquire()

        thread = threading.Thread(target=start_another)
        thread.start()
        run = start(glue_runs, glue, work)
        time.sleep(60)
        thread.join()
        assert ends == [run.history[1].at + timedelta(seconds=30)]

    def test_they_use_aws(self, glue_runs: GlueRuns, s3: Any, run_plan: RunPlan) -> None:
        def work(run: JobRun) -> None:
            s3.upload_fileobj(BytesIO(b"rows"), "lake", "orders")  # by s3transfer's threads

        s3.create_bucket(Bucket="lake")
        assert run_plan(executes(work)).state == "SUCCEEDED"
        assert s3.get_object(Bucket="lake", Key="orders")["Body"].read() == b"rows"

    def test_a_thread_that_outlives_it_waits_with_the_test(
        self, glue_runs: GlueRuns, run_plan: RunPlan
    ) -> None:
        ends: list[datetime] = []
        begun = threading.Event()

        def linger() -> None:
            begun.set()
            for _ in range(2):
                time.sleep(10)
            ends.append(glue_runs.now)

        def work(run: JobRun) -> None:
            threading.Thread(target=linger).start()
            begun.wait()

        run = run_plan(executes(work, after=0))
        assert run.execution_time == 0
        time.sleep(60)
        assert len(ends) == 1

    def test_asyncio(self, run_plan: RunPlan) -> None:
        async def main() -> None:
            await asyncio.gather(asyncio.sleep(30), asyncio.sleep(10))
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), timeout=5)

        run = run_plan(executes(lambda run: asyncio.run(main()), after=0))
        assert (run.state, run.execution_time) == ("SUCCEEDED", 35)

    @pytest.mark.asyncio
    async def test_in_an_async_test(self, glue_runs: GlueRuns, glue: Any) -> None:
        async def main() -> None:
            await asyncio.sleep(30)

        run = start(glue_runs, glue, lambda run: asyncio.run(main()))
        await asyncio.sleep(60)
        assert (run.state, run.execution_time) == ("RUNNING", 56)

    def test_waiting_for_a_thread_of_the_test_that_waits_fails_the_run(
        self, run_plan: RunPlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(coroutine, "_CHECK_AFTER", 0.2)
        event = threading.Event()

        def wait_first() -> None:
            time.sleep(3600)
            event.set()

        thread = threading.Thread(target=wait_first)
        thread.start()
        run = run_plan(executes(lambda run: event.wait()))
        thread.join()
        assert run.error_message == (
            "ScriptError: The function or script of a run waits for a thread that it did not "
            "start. That thread cannot continue before the run pauses: it waits for the run, or "
            "for the clock, which does not advance until then. Start the thread in the function "
            "or script."
        )

    def test_waiting_for_a_thread_of_the_test_that_runs_does_not_fail_the_run(
        self, run_plan: RunPlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(coroutine, "_CHECK_AFTER", 0.1)
        checks: list[bool] = []
        event, begun = threading.Event(), threading.Event()
        real = ClockMover.others_run

        def others_run(mover: ClockMover) -> bool:
            checks.append(real(mover))
            return checks[-1]

        def compute() -> None:
            begun.wait()
            while len(checks) < 3:
                pass
            event.set()

        def work(run: JobRun) -> None:
            begun.set()
            event.wait()

        monkeypatch.setattr(ClockMover, "others_run", others_run)
        thread = threading.Thread(target=compute)
        thread.start()
        assert run_plan(executes(work)).state == "SUCCEEDED"
        thread.join()
        assert all(checks)


class TestOtherClocks:
    """Clocks that waiting does not move."""

    def test_real_time(self, glue: Any) -> None:
        with mock_glue_runs(freeze=False) as glue_runs:
            glue_runs.add_job("orders")
            glue_runs.plan("orders", executes(lambda run: time.sleep(0.01), startup=0, after=0))
            run_id = glue.start_job_run(JobName="orders")["JobRunId"]
            assert glue_runs.run(run_id).state == "SUCCEEDED"  # the call waits for the script

    @pytest.mark.glue_runs(sleep="real")
    def test_frozen_time_with_real_sleep(self, glue_runs: GlueRuns, glue: Any) -> None:
        run = start(glue_runs, glue, lambda run: time.sleep(0.01))
        glue_runs.settle()
        assert (run.state, run.execution_time) == ("SUCCEEDED", 60)

    def test_time_machine(self, glue: Any) -> None:
        seen: list[datetime] = []

        def work(run: JobRun) -> None:
            seen.append(datetime.now(timezone.utc))
            time.sleep(100)
            seen.append(datetime.now(timezone.utc))

        begin = datetime(2026, 2, 28, tzinfo=timezone.utc)
        with time_machine.travel(begin, tick=False) as travel, mock_glue_runs as glue_runs:
            run = start(glue_runs, glue, work)
            travel.shift(3600)
            assert run.state == "SUCCEEDED"
        assert seen == [begin + timedelta(seconds=4), begin + timedelta(seconds=104)]

    def test_a_clock_that_goes_back(self, glue_runs: GlueRuns, glue: Any) -> None:
        run = start(glue_runs, glue, lambda run: time.sleep(100))
        begin = glue_runs.now
        glue_runs.tick("50s")
        glue_runs.move_to(begin)
        glue_runs.tick("99s")
        assert run.execution_time == 95
        glue_runs.settle()
        assert run.execution_time == 160
