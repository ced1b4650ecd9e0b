"""Windows' proactor event loop on the frozen clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

_TESTS = """
    import asyncio
    import socket
    import sys
    import threading
    import time

    import boto3
    import pytest

    from pytest_glue_runs import mock_glue_runs, succeeds
    from pytest_glue_runs._time.loops import _LoopWait

    sys.path.insert(0, {folder!r})
    import windows_stand_in

    windows_stand_in.install()

    @pytest.fixture
    def passed(glue_runs):
        begin = glue_runs.now
        return lambda: (glue_runs.now - begin).total_seconds()

    def test_the_loop_is_the_one_of_windows():
        loop = asyncio.new_event_loop()
        assert type(loop).__name__ == "ProactorEventLoop"
        assert type(loop._selector).__name__ == "IocpProactor"
        loop.close()

    def test_it_works_without_the_mock():
        async def main():
            await asyncio.sleep(0.01)
            return await asyncio.to_thread(lambda: "result")

        assert asyncio.run(main()) == "result"

    def test_sleeping_tasks_wake_in_order(passed):
        woken = []

        async def sleeper(length):
            await asyncio.sleep(length)
            woken.append((length, passed()))

        async def main():
            await asyncio.gather(*map(sleeper, (3600, 10, 20)))

        asyncio.run(main())
        assert woken == [(10, 10), (20, 20), (3600, 3600)]

    def test_timeouts(passed):
        with pytest.raises(asyncio.TimeoutError):
            asyncio.run(asyncio.wait_for(asyncio.sleep(60), timeout=10))
        assert passed() == 10

    def test_a_thread_beside_the_loop(passed):
        async def main():
            await asyncio.gather(asyncio.to_thread(time.sleep, 60), asyncio.sleep(30))

        asyncio.run(main())
        assert passed() == 60

    def test_a_loop_processes_events_while_threads_wait(glue_runs, passed):
        at = []

        async def main():
            glue = boto3.client("glue", region_name="us-east-1")
            plan = succeeds(after="5m", then=lambda run: at.append(passed()))
            glue_runs.plan(glue_runs.add_job("nightly"), plan)
            glue.start_job_run(JobName="nightly")
            await asyncio.to_thread(time.sleep, 600)

        asyncio.run(main())
        assert at == [304]

    def test_a_nudge_does_not_end_the_wait_of_a_loop():
        loop = asyncio.new_event_loop()
        wait = _LoopWait(loop, None)
        wait.nudge()
        wait.block(0)
        assert not wait.has_ended
        loop.close()

    def test_a_thread_calls_into_the_loop(passed):
        at = []

        async def main():
            loop, event = asyncio.get_running_loop(), asyncio.Event()

            def call():
                time.sleep(10)
                loop.call_soon_threadsafe(event.set)

            thread = threading.Thread(target=call)
            thread.start()
            await asyncio.wait_for(event.wait(), timeout=60)
            at.append(passed())
            thread.join()

        asyncio.run(main())
        assert at == [10]

    async def receive(connection, timeout):
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(loop.sock_recv(connection, 100), timeout)

    def test_data_on_a_connection_comes_before_a_timeout(passed):
        async def main():
            ours, theirs = socket.socketpair()
            with ours, theirs:
                ours.setblocking(False)
                theirs.setblocking(False)
                receiving = asyncio.ensure_future(receive(ours, 3600))
                await asyncio.sleep(0)
                await asyncio.get_running_loop().sock_sendall(theirs, b"data")
                return await receiving

        assert asyncio.run(main()) == b"data"
        assert passed() == 0

    def test_data_from_a_thread_that_waits_really_comes_before_a_timeout():
        ours, theirs = socket.socketpair()
        go = threading.Event()

        def send():
            go.wait()
            time.sleep(0.01)
            theirs.send(b"data")

        async def main():
            go.set()
            return await receive(ours, 3600)

        thread = threading.Thread(target=send)
        thread.start()
        with ours, theirs, mock_glue_runs as glue_runs:
            begin = glue_runs.now
            ours.setblocking(False)
            assert asyncio.run(main()) == b"data"
            assert glue_runs.now == begin
            thread.join()

    def test_a_silent_connection_does_not_stop_the_clock(passed):
        async def main():
            ours, theirs = socket.socketpair()
            with ours, theirs:
                ours.setblocking(False)
                receiving = asyncio.ensure_future(receive(ours, 3600))
                await asyncio.sleep(60)
                assert passed() == 60
                with pytest.raises(asyncio.TimeoutError):
                    await receiving

        asyncio.run(main())
        assert passed() == 3600

    def test_a_loop_that_outlives_the_mock_waits_really():
        loop = asyncio.new_event_loop()
        with mock_glue_runs():
            task = loop.create_task(asyncio.sleep(3600.01))
            loop.run_until_complete(asyncio.sleep(3600))
        begin = time.monotonic()
        loop.run_until_complete(task)
        assert time.monotonic() - begin < 60
        loop.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the other tests use the real one there")
def test_windows_event_loop_waits_on_the_frozen_clock(pytester: pytest.Pytester) -> None:
    """In a process of its own: the loop's module is imported as on Windows."""
    pytester.makepyfile(_TESTS.format(folder=str(Path(__file__).parent)))
    result = pytester.runpytest_subprocess("-p", "no:asyncio", "-p", "no:anyio")
    result.assert_outcomes(passed=12)
