"""How functions and scripts end that are not resumed."""

from __future__ import annotations

import threading
import time
from _thread import allocate_lock
from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobRun, LeftoverThreadWarning, executes, mock_glue_runs
from pytest_glue_runs._time import coroutine


def run_until(glue: Any, glue_runs: GlueRuns, function: Callable[[JobRun], object]) -> None:
    """Start a run that executes *function*, and move the clock by a minute."""
    glue_runs.add_job("orders")
    glue_runs.plan("orders", executes(function))
    glue.start_job_run(JobName="orders")
    glue_runs.tick("1m")


def test_an_exception_that_is_caught_is_raised_again(glue: Any) -> None:
    caught: list[str] = []

    def work(run: JobRun) -> None:
        for _ in range(3):
            try:
                time.sleep(3600)
            except BaseException as error:  # noqa: BLE001 - that is the point
                caught.append(type(error).__name__)

    with mock_glue_runs as glue_runs:
        run_until(glue, glue_runs, work)
    assert len(caught) == 3


def test_a_script_that_is_ended_starts_no_other(glue: Any) -> None:
    called: list[str] = []

    def work(run: JobRun) -> None:
        called.append(run.job_name)
        try:
            time.sleep(3600)
        finally:
            glue.start_job_run(JobName="late")

    with mock_glue_runs as glue_runs:
        glue_runs.add_job("late")
        glue_runs.plan("late", executes(work, startup=0))
        run_until(glue, glue_runs, work)
    assert called == ["orders"]


def test_the_threads_of_a_script_end_with_it(glue: Any) -> None:
    threads: list[threading.Thread] = []

    def work(run: JobRun) -> None:
        threads.append(threading.Thread(target=time.sleep, args=(7200,)))
        threads[0].start()
        time.sleep(3600)

    with mock_glue_runs as glue_runs:
        run_until(glue, glue_runs, work)
        assert threads[0].is_alive()
    threads[0].join(10)
    assert not threads[0].is_alive()


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list of the locks that a coroutine makes; the third blocks a thread forever."""
    made: list[Any] = []
    real = coroutine._closed_gate

    def gate() -> Any:
        made.append(real())
        return made[-1]

    monkeypatch.setattr(coroutine, "_closed_gate", gate)
    return made


def test_a_script_that_never_ends_is_reported(
    glue: Any, gates: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coroutine, "_MAX_CATCHES", 3)
    caught: list[BaseException] = []

    def work(run: JobRun) -> None:
        while len(caught) < 4:
            try:
                time.sleep(3600)
            except BaseException as error:  # noqa: BLE001 - that is the point
                caught.append(error)

    with (
        pytest.warns(LeftoverThreadWarning, match="the thread 'script' was still running at "),
        mock_glue_runs as glue_runs,
    ):
        run_until(glue, glue_runs, work)
    assert len(caught) == 3
    (left,) = (thread for thread in threading.enumerate() if thread.name == "script")
    gates[2].release()
    left.join(10)
    assert not left.is_alive()
    assert len(caught) == 4


def test_an_interrupt_of_the_test_ends_the_script(
    glue_runs: GlueRuns, glue: Any, gates: list[Any]
) -> None:
    begun, interrupted, ended = allocate_lock(), allocate_lock(), allocate_lock()
    for lock in (begun, interrupted, ended):
        lock.acquire()

    def work(run: JobRun) -> None:
        begun.release()
        interrupted.acquire()
        try:
            time.sleep(1)
        finally:
            ended.release()

    class Interrupted:
        """A lock that Ctrl-C interrupts."""

        def acquire(self, timeout: float) -> bool:
            begun.acquire()
            interrupted.release()
            raise KeyboardInterrupt

        def release(self) -> None:
            """Do nothing: no thread waits for it."""

    real_resume = coroutine.Coroutine.resume

    def resume(self: Any) -> Any:
        self._paused = Interrupted()
        return real_resume(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coroutine.Coroutine, "resume", resume)
        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(work))
        glue.start_job_run(JobName="orders")
        with pytest.raises(KeyboardInterrupt):
            time.sleep(60)
    assert ended.acquire(timeout=10)
    assert [run.state for run in glue_runs.settle()] == ["FAILED"]
