"""Async tests with pytest-asyncio, anyio and unittest's IsolatedAsyncioTestCase."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

Passed = Callable[[], float]


@pytest.mark.asyncio
async def test_a_test_of_pytest_asyncio_sleeps_virtually(passed: Passed) -> None:
    await asyncio.sleep(3600)
    assert passed() == 3600


@pytest.mark.asyncio
async def test_timeouts_in_a_test_of_pytest_asyncio(passed: Passed) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), timeout=90)
    assert passed() == 90


@pytest.mark.asyncio
@pytest.mark.glue_runs(start_at="2026-01-01")
async def test_the_marker_in_a_test_of_pytest_asyncio() -> None:
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.year == 2026


@pytest.mark.asyncio
@mock_glue_runs(as_kwarg="glue_runs")
async def test_a_decorated_coroutine_sleeps_virtually(glue_runs: GlueRuns) -> None:
    """Its loop runs before the mock is entered."""
    begin = glue_runs.now
    await asyncio.sleep(3600)
    assert (glue_runs.now - begin).total_seconds() == 3600


@pytest.mark.asyncio
async def test_a_mock_within_a_running_loop() -> None:
    async with mock_glue_runs as glue_runs:
        begin = glue_runs.now
        await asyncio.gather(asyncio.sleep(60), asyncio.sleep(3600))
        assert (glue_runs.now - begin).total_seconds() == 3600
    await asyncio.sleep(0.001)


_SHARED_LOOP = """
    import asyncio
    import time
    import pytest

    pytestmark = pytest.mark.asyncio(loop_scope="module")

    async def test_first(glue_runs):
        begin = glue_runs.now
        await asyncio.sleep(3600)
        assert (glue_runs.now - begin).total_seconds() == 3600
        asyncio.get_running_loop().call_later(3600, int)

    async def test_without_the_mock():
        begin = time.monotonic()
        await asyncio.sleep(0.01)
        assert 0.009 <= time.monotonic() - begin < 60

    async def test_second(glue_runs):
        begin = glue_runs.now
        await asyncio.sleep(60)
        assert (glue_runs.now - begin).total_seconds() == 60
"""


@pytest.mark.slow
def test_a_loop_that_several_tests_share(pytester: pytest.Pytester) -> None:
    """Tests with the mock and without it take turns."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(_SHARED_LOOP)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=3)


_ANYIO = """
    import anyio
    import pytest

    @pytest.fixture
    def anyio_backend():
        return "asyncio"

    @pytest.mark.anyio
    async def test_sleep(glue_runs):
        begin = glue_runs.now
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.sleep, 60)
            tasks.start_soon(anyio.sleep, 3600)
        assert (glue_runs.now - begin).total_seconds() == 3600

    @pytest.mark.anyio
    async def test_timeout(glue_runs):
        begin = glue_runs.now
        with pytest.raises(TimeoutError):
            with anyio.fail_after(90):
                await anyio.sleep_forever()
        with anyio.move_on_after(10):
            await anyio.sleep(3600)
        assert (glue_runs.now - begin).total_seconds() == 100

    @pytest.mark.anyio
    async def test_threads(glue_runs):
        import time

        begin = glue_runs.now
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, time.sleep, 60)
            await anyio.sleep(30)
        assert (glue_runs.now - begin).total_seconds() == 60

    @pytest.fixture
    async def begin(glue_runs):
        begin = glue_runs.now
        await anyio.sleep(10)
        yield begin

    @pytest.mark.anyio
    async def test_async_fixture(glue_runs, begin):
        assert (glue_runs.now - begin).total_seconds() == 10
"""


@pytest.mark.slow
def test_anyio_sleeps_virtually(pytester: pytest.Pytester) -> None:
    pytest.importorskip("anyio")
    pytester.makepyfile(_ANYIO)
    pytester.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=4)


@mock_glue_runs
class TestCase(unittest.IsolatedAsyncioTestCase):
    """Its loop runs from set-up to tear-down, around the mock."""

    glue_runs: GlueRuns

    async def asyncSetUp(self) -> None:
        self.begin = self.glue_runs.now
        await asyncio.sleep(10)

    async def test_sleep(self) -> None:
        await asyncio.sleep(60)
        assert (self.glue_runs.now - self.begin).total_seconds() == 70

    async def test_timeout(self) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.sleep(3600), 10)
        assert (self.glue_runs.now - self.begin).total_seconds() == 20


def test_the_fixture_in_an_isolated_test_case(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio, time, unittest
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        class TestIt(unittest.IsolatedAsyncioTestCase):
            async def test_it(self):
                await asyncio.sleep(3600)
                self.assertEqual(time.gmtime()[:5], (2026, 1, 1, 1, 0))
        """
    )
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=1)


def test_a_loop_that_stops_does_not_wait_for_its_timers(passed: Passed) -> None:
    loop: Any = asyncio.new_event_loop()
    loop.call_later(3600, int)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert passed() == 0
