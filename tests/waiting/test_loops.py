"""asyncio on the frozen clock: tasks, timeouts, threads beside a loop, real connections."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
import time
from asyncio import sleep
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import freezegun
import pytest

from pytest_glue_runs import GlueRuns, hangs, mock_glue_runs
from pytest_glue_runs._time.loops import _LoopWait

Passed = Callable[[], float]
timeout: Any = getattr(asyncio, "timeout", None)  # since Python 3.11
since_311 = pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is not there")


def test_a_sleep_moves_the_clock(passed: Passed) -> None:
    asyncio.run(asyncio.sleep(3600))
    assert passed() == 3600


def test_a_sleep_imported_by_name_moves_the_clock_too(passed: Passed) -> None:
    """The loop is virtual, not the function."""
    asyncio.run(sleep(3600))
    assert passed() == 3600


def test_sleep_returns_its_result(passed: Passed) -> None:
    assert asyncio.run(asyncio.sleep(60, "done")) == "done"
    assert passed() == 60


def test_tasks_sleep_at_the_same_time_and_wake_in_order(passed: Passed) -> None:
    woken = []

    async def sleeper(length: int) -> None:
        await asyncio.sleep(length)
        woken.append((length, passed()))

    async def main() -> None:
        await asyncio.gather(*[sleeper(length) for length in (30, 10, 20)])

    asyncio.run(main())
    assert woken == [(10, 10), (20, 20), (30, 30)]


def test_a_submitter_and_a_monitor_in_one_loop(
    glue_runs: GlueRuns, glue: Any, passed: Passed
) -> None:
    glue_runs.add_job("nightly")
    seen = []

    async def submit() -> None:
        glue.start_job_run(JobName="nightly")
        await asyncio.sleep(60)

    async def monitor() -> None:
        while "CompletedOn" not in (run := glue.get_job_runs(JobName="nightly")["JobRuns"][0]):
            seen.append((passed(), run["JobRunState"]))
            await asyncio.sleep(16)
        seen.append((passed(), run["JobRunState"]))

    async def main() -> None:
        await asyncio.gather(submit(), monitor())

    asyncio.run(main())
    assert seen == [
        (0, "STARTING"),
        (16, "RUNNING"),
        (32, "RUNNING"),
        (48, "RUNNING"),
        (64, "SUCCEEDED"),
    ]


def test_wait_for_times_out_at_its_time(passed: Passed) -> None:
    with pytest.raises(asyncio.TimeoutError):
        asyncio.run(asyncio.wait_for(asyncio.sleep(60), timeout=10))
    assert passed() == 10


def test_wait_for_lets_a_shorter_sleep_end(passed: Passed) -> None:
    asyncio.run(asyncio.wait_for(asyncio.sleep(10), timeout=60))
    assert passed() == 10


@since_311
def test_timeout_ends_a_polling_loop(passed: Passed) -> None:
    polls = []

    async def main() -> None:
        async with timeout(90):
            while True:
                polls.append(passed())
                await asyncio.sleep(30.5)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert polls == [0, 30.5, 61]
    assert passed() == 90


@since_311
def test_nested_timeouts_end_in_order(passed: Passed) -> None:

    async def main() -> None:
        async with timeout(60):
            with pytest.raises(TimeoutError):
                async with timeout(10):
                    await asyncio.sleep(3600)
            await asyncio.sleep(3600)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    assert passed() == 60


def test_wait_returns_what_is_done_by_its_timeout(passed: Passed) -> None:

    async def main() -> tuple[int, int]:
        tasks = [asyncio.ensure_future(asyncio.sleep(length)) for length in (10, 100)]
        done, pending = await asyncio.wait(tasks, timeout=60)
        for task in pending:
            task.cancel()
        return len(done), len(pending)

    assert asyncio.run(main()) == (1, 1)
    assert passed() == 60


def test_call_later_calls_at_its_time(passed: Passed) -> None:
    called: list[float] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(20, lambda: called.append(passed()))
        loop.call_at(loop.time() + 10, lambda: called.append(passed()))
        await asyncio.sleep(30)

    asyncio.run(main())
    assert called == [10, 20]


def test_a_cancelled_timer_does_not_move_the_clock(passed: Passed) -> None:

    async def main() -> None:
        asyncio.get_running_loop().call_later(10, int).cancel()
        await asyncio.sleep(60)

    asyncio.run(main())
    assert passed() == 60


def test_the_clock_of_the_loop_is_the_frozen_one(glue_runs: GlueRuns) -> None:

    async def main() -> float:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        glue_runs.tick("1h")
        return loop.time() - begin

    assert asyncio.run(main()) == pytest.approx(3600)


def test_a_sleep_of_zero_does_not_move_the_clock(passed: Passed) -> None:
    asyncio.run(asyncio.sleep(0))
    assert passed() == 0


def test_an_infinite_sleep_does_not_stop_other_tasks(passed: Passed) -> None:

    async def main() -> None:
        forever = asyncio.ensure_future(asyncio.sleep(float("inf")))
        await asyncio.sleep(60)
        forever.cancel()

    asyncio.run(main())
    assert passed() == 60


def test_an_infinite_sleep_alone_does_not_move_the_clock() -> None:
    """A thread from before wakes the loop."""
    go = threading.Event()
    tasks: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    def cancel() -> None:
        go.wait()
        time.sleep(0.005)
        ((loop, task),) = tasks
        loop.call_soon_threadsafe(task.cancel)

    async def main() -> None:
        task = asyncio.ensure_future(asyncio.sleep(float("inf")))
        tasks.append((asyncio.get_running_loop(), task))
        go.set()
        await asyncio.wait([task])

    thread = threading.Thread(target=cancel)
    thread.start()
    with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        asyncio.run(main())
        assert glue_runs.now == begin
    thread.join()


@pytest.mark.parametrize("year", [1972, 2025, 2200, 2900])
def test_sleep_ends_however_far_the_clock_was_moved(glue_runs: GlueRuns, year: int) -> None:
    """A float of so many seconds has few digits left for fractions."""
    glue_runs.move_to(f"{year}-01-01")
    begin = glue_runs.now
    asyncio.run(asyncio.sleep(100))
    assert (glue_runs.now - begin).total_seconds() == pytest.approx(100, abs=1e-3)


def test_a_thread_beside_the_loop_sleeps_on_the_same_clock(passed: Passed) -> None:

    async def main() -> None:
        await asyncio.gather(asyncio.to_thread(time.sleep, 60), asyncio.sleep(30))

    asyncio.run(main())
    assert passed() == 60


def test_wait_for_gives_up_on_a_thread_that_sleeps_longer(passed: Passed) -> None:
    """The thread sleeps on until the loop has closed its pool."""
    at: list[float] = []

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(time.sleep, 60), timeout=10)
        at.append(passed())

    asyncio.run(main())
    assert (at, passed()) == ([10], 60)


def test_a_thread_wakes_the_loop(passed: Passed) -> None:
    """call_soon_threadsafe does."""
    at: list[float] = []

    async def main() -> None:
        loop, event = asyncio.get_running_loop(), asyncio.Event()

        def call() -> None:
            time.sleep(10)
            loop.call_soon_threadsafe(event.set)

        thread = threading.Thread(target=call)
        thread.start()
        await asyncio.wait_for(event.wait(), timeout=60)
        at.append(passed())
        thread.join()

    asyncio.run(main())
    assert at == [10]


def test_two_loops_in_two_threads_share_the_clock(
    passed: Passed, together: Callable[..., None]
) -> None:
    woken = []

    async def sleeper(*lengths: int) -> None:
        for length in lengths:
            await asyncio.sleep(length)
            woken.append(passed())

    together(lambda: asyncio.run(sleeper(20, 20)), lambda: asyncio.run(sleeper(10, 20)))
    assert woken == [10, 20, 30, 40]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()


async def _asked(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"hello\n")
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


def test_data_from_within_the_loop_comes_before_a_timeout(passed: Passed) -> None:

    async def main() -> list[bytes]:
        server = await asyncio.start_server(_echo, "127.0.0.1")
        port = server.sockets[0].getsockname()[1]
        answers = [await asyncio.wait_for(_asked(port), timeout=0.001) for _ in range(20)]
        server.close()
        await server.wait_closed()
        return answers

    assert asyncio.run(main()) == [b"hello\n"] * 20
    assert passed() == 0


def _serve_once(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.sendall(connection.recv(100))


def test_data_from_a_thread_that_waits_really_comes_before_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_serve_once, args=(listening,))
        thread.start()
        with mock_glue_runs as glue_runs:
            begin = glue_runs.now
            asking = asyncio.wait_for(_asked(listening.getsockname()[1]), timeout=3600)
            assert asyncio.run(asking) == b"hello\n"
            assert glue_runs.now == begin
        thread.join()


def test_a_silent_connection_does_not_stop_the_clock(passed: Passed) -> None:

    async def main() -> None:
        server = await asyncio.start_server(_echo, "127.0.0.1")
        await asyncio.sleep(3600)
        server.close()
        await server.wait_closed()

    asyncio.run(main())
    assert passed() == 3600


def test_a_loop_from_before_the_mock_continues_in_it() -> None:
    """It has timers that are older than the mock."""

    async def main() -> None:
        older: list[float] = []
        asyncio.get_running_loop().call_later(60, lambda: older.append(time.time()))
        async with mock_glue_runs as glue_runs:
            begin = glue_runs.now
            await asyncio.sleep(3600)
            assert (glue_runs.now - begin).total_seconds() == 3600
            assert [at - begin.timestamp() for at in older] == [pytest.approx(60, abs=1)]
        await asyncio.sleep(0.001)

    asyncio.run(main())


def test_a_sleep_that_outlives_the_mock_lasts_its_rest_really() -> None:
    loop = asyncio.new_event_loop()
    with mock_glue_runs:
        task = loop.create_task(asyncio.sleep(3600.01))
        loop.run_until_complete(asyncio.sleep(3600))
    begin = time.monotonic()
    loop.run_until_complete(task)
    assert time.monotonic() - begin < 60
    loop.close()


def test_a_loop_in_a_thread_from_before_waits_really() -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    with mock_glue_runs as glue_runs:
        begin, real = glue_runs.now, freezegun.api.real_perf_counter()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.02), loop).result()
        assert freezegun.api.real_perf_counter() - real >= 0.01
        assert glue_runs.now == begin
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.glue_runs(sleep="real")
def test_with_real_sleep_a_loop_waits_really(passed: Passed) -> None:
    real = freezegun.api.real_perf_counter()
    asyncio.run(asyncio.sleep(0.01))
    assert freezegun.api.real_perf_counter() - real >= 0.009
    assert passed() == 0


@pytest.mark.glue_runs(freeze=False)
def test_with_freeze_false_a_loop_waits_really(glue_runs: GlueRuns) -> None:
    begin = time.perf_counter()
    asyncio.run(asyncio.sleep(0.01))
    assert time.perf_counter() - begin >= 0.009


@pytest.mark.glue_runs(freeze=False)
@freezegun.freeze_time("2026-01-01", real_asyncio=True)
def test_in_a_freeze_with_real_asyncio_a_loop_waits_really(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    asyncio.run(asyncio.sleep(0.01))
    assert glue_runs.now == begin


def test_leaving_restores_loops() -> None:
    base: Any = asyncio.BaseEventLoop
    before = base.time, base._run_once
    with mock_glue_runs:
        assert base.time is not before[0]
        assert base._run_once is not before[1]
    assert (base.time, base._run_once) == before


def test_an_async_generator_and_its_sleeps(passed: Passed, glue: Any, glue_runs: GlueRuns) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), hangs())
    run_id = glue.start_job_run(JobName="nightly")["JobRunId"]

    async def states() -> AsyncGenerator[str, None]:
        while True:
            yield glue.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]["JobRunState"]
            await asyncio.sleep(5)

    async def main() -> list[str]:
        stream = states()
        found = [await anext(stream) for _ in range(3)]
        await stream.aclose()
        return found

    assert asyncio.run(main()) == ["STARTING", "RUNNING", "RUNNING"]
    assert passed() == 10


class TestNudge:
    """Another thread lets an idle loop check at once whether it is to process an event."""

    @pytest.fixture
    def loop(self) -> Iterator[asyncio.AbstractEventLoop]:
        loop = asyncio.new_event_loop()
        yield loop
        loop.close()

    def test_the_wait_does_not_end(self, loop: asyncio.AbstractEventLoop) -> None:
        wait = _LoopWait(loop, None)
        wait.nudge()
        begin = time.monotonic()
        wait.block(60)
        wait.block(0)  # nothing is left in the pipe
        assert time.monotonic() < begin + 30
        assert not wait.has_ended

    def test_a_callback_from_another_thread_ends_it_all_the_same(
        self, loop: asyncio.AbstractEventLoop
    ) -> None:
        wait = _LoopWait(loop, None)
        wait.nudge()
        loop.call_soon_threadsafe(int)
        wait.block(60)
        assert wait.has_ended

    def test_data_on_a_connection_ends_it_all_the_same(
        self, loop: asyncio.AbstractEventLoop
    ) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            loop.add_reader(ours, int)
            theirs.send(b"data")
            wait = _LoopWait(loop, None)
            wait.nudge()
            wait.block(60)
            loop.remove_reader(ours)
        assert wait.has_ended

    def test_it_does_not_end_the_next_wait(self, loop: asyncio.AbstractEventLoop) -> None:
        _LoopWait(loop, None).nudge()
        wait = _LoopWait(loop, None)
        wait.block(60)
        assert not wait.has_ended
