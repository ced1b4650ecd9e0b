"""Errors about endless loops name what waits really, since the plugin cannot drive it."""

from __future__ import annotations

import asyncio
import sys
import time
from types import ModuleType
from typing import Any
from unittest import mock

import pytest

from pytest_glue_runs import GlueRuns, TooManyReadsError, TooManySleepsError

pytestmark = pytest.mark.glue_runs(max_reads=3, max_sleeps=3)


def _note(glue_runs: GlueRuns) -> str | None:
    """Return the last line of the error that ends an endless loop, if it is a note."""
    with pytest.raises(TooManyReadsError) as caught:
        [glue_runs.runs() for _ in range(4)]
    glue_runs.tick(1)
    last = str(caught.value).splitlines()[-1]
    return last if last.startswith("Note: ") else None


def test_without_anything_foreign_there_is_no_note(glue_runs: GlueRuns) -> None:
    assert _note(glue_runs) is None


def test_a_sleep_that_was_replaced_by_a_mock_is_named(glue_runs: GlueRuns) -> None:
    with mock.patch("time.sleep"):
        assert _note(glue_runs) == (
            "Note: time.sleep was replaced by a MagicMock. Only the plugin's moves the clock."
        )


def _no_sleep(seconds: float) -> None: ...


def test_a_sleep_that_was_replaced_by_a_function_is_named(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", _no_sleep)
    assert _note(glue_runs) == (
        f"Note: time.sleep was replaced by {__name__}._no_sleep. Only the plugin's moves the clock."
    )


@pytest.mark.glue_runs(sleep="real")
def test_real_sleep_is_named(glue_runs: GlueRuns) -> None:
    assert _note(glue_runs) == (
        "Note: time.sleep waits really and does not move the clock: sleep='real' is set."
    )


def test_a_loop_of_sleeps_is_told_too(glue_runs: GlueRuns) -> None:
    sleep = time.sleep

    def wait() -> None:
        while True:
            sleep(1)

    with (
        mock.patch("time.sleep"),
        pytest.raises(TooManySleepsError, match="Note: time"),
    ):
        wait()


class _Monkey(ModuleType):
    """`gevent.monkey`, as far as it is asked."""

    def __init__(self, *patched: str) -> None:
        super().__init__("gevent.monkey")
        self._patched = patched

    def is_module_patched(self, name: str) -> bool:
        return name in self._patched


@pytest.mark.parametrize(
    ("patched", "named"),
    [
        (("time",), "time"),
        (("threading",), "threading"),
        (("time", "threading"), "time and threading"),
    ],
)
def test_gevents_patches_are_named(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch, patched: list[str], named: str
) -> None:
    monkeypatch.setitem(sys.modules, "gevent.monkey", _Monkey(*patched))
    assert _note(glue_runs) == (
        f"Note: gevent has patched {named}. It waits really and does not move the clock."
    )


def test_gevent_without_patches_is_not_named(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gevent.monkey", _Monkey())
    assert _note(glue_runs) is None


class _ForeignLoop:
    """A loop that is not built on asyncio's, as uvloop's is not."""


def test_a_foreign_event_loop_is_named(glue_runs: GlueRuns) -> None:
    loop: Any = _ForeignLoop()
    asyncio._set_running_loop(loop)
    try:
        note = _note(glue_runs)
    finally:
        asyncio._set_running_loop(None)
    assert note == (
        f"Note: the event loop is a {__name__}._ForeignLoop. "
        "It waits really and does not move the clock."
    )


def test_asyncios_event_loop_is_not_named(glue_runs: GlueRuns) -> None:
    async def main() -> str | None:
        return _note(glue_runs)

    assert asyncio.run(main()) is None


def _trio(is_running: bool) -> Any:
    """`trio`, as far as it is asked."""
    trio: Any = ModuleType("trio")
    error = None if is_running else RuntimeError("must be called from async context")
    trio.lowlevel = mock.Mock(current_trio_token=mock.Mock(side_effect=error))
    return trio


def test_a_task_of_trio_is_named(glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trio", _trio(is_running=True))
    assert _note(glue_runs) == (
        "Note: this is a task of trio. It waits really and does not move the clock."
    )


def test_without_trio_nothing_is_named(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "trio", raising=False)
    assert _note(glue_runs) is None


def test_trio_that_does_not_run_is_not_named(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trio", _trio(is_running=False))
    assert _note(glue_runs) is None


_LOOP = """
    import boto3, pytest
    from pytest_glue_runs import TooManyReadsError, mock_glue_runs

    def poll(sleep, note):
        with mock_glue_runs(max_reads=5) as glue_runs:
            begin = glue_runs.now
            sleep()
            assert glue_runs.now == begin
            with pytest.raises(TooManyReadsError) as caught:
                [glue_runs.runs() for _ in range(6)]
        assert note in str(caught.value)
"""

# The real libraries, where they are installed.
_REAL = {
    "gevent": """
    from gevent import monkey

    monkey.patch_all()
    {loop}
    import time

    def test_it():
        poll(lambda: time.sleep(0.01), "gevent has patched time and threading")
    """,
    "uvloop": """
    import asyncio
    {loop}
    import uvloop

    def test_it():
        async def main():
            with mock_glue_runs(max_reads=5) as glue_runs:
                begin = glue_runs.now
                await asyncio.sleep(0.01)
                assert glue_runs.now == begin
                poll(int, "the event loop is a uvloop.Loop")

        uvloop.run(main())
    """,
    "trio": """
    {loop}
    import trio

    def test_it():
        async def main():
            with mock_glue_runs(max_reads=5) as glue_runs:
                begin = glue_runs.now
                with trio.move_on_after(0.01) as scope:
                    await trio.sleep(10)
                assert scope.cancelled_caught
                assert glue_runs.now == begin
                poll(int, "this is a task of trio")

        trio.run(main)
    """,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _REAL)
def test_the_real_library_is_named(pytester: pytest.Pytester, name: str) -> None:
    pytest.importorskip(name)
    pytester.makepyfile(_REAL[name].format(loop=_LOOP))
    options = ["-p", "no:asyncio", "-p", "no:anyio", "-p", "no:xdist"]
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)
