"""Scripts that are due, when several threads advance the service."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any
from unittest.mock import Mock

import pytest

from pytest_glue_runs._service.engine.script_runner import ScriptResult, ScriptRunner
from pytest_glue_runs._service.engine.simulation import DueScript

_AT = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Simulation:
    """A simulation with one script that is due."""

    def __init__(self) -> None:
        self.due: Any = DueScript("run", _AT)  # type: ignore[arg-type]
        self.ended: list[tuple[object, ...]] = []

    def take_due_script(self) -> Any:
        due, self.due = self.due, None
        return due

    def script_ended(self, *result: object) -> None:
        self.ended.append(result)


def test_the_lock_is_free_while_a_script_runs() -> None:
    lock, simulation = threading.RLock(), Simulation()

    def run_script(run: object, at: datetime) -> ScriptResult:
        assert runner.is_busy
        acquired: list[bool] = []

        def acquire() -> None:
            acquired.append(lock.acquire(timeout=10))
            lock.release()

        thread = threading.Thread(target=acquire)
        thread.start()
        thread.join()
        return ScriptResult(error=str(acquired))

    runner = ScriptRunner(lock, _turn, run_script)
    simulated: Any = simulation
    with lock, lock:
        runner.run_due(simulated)
        assert not runner.is_busy
    assert simulation.ended == [("run", _AT, "[True]")]
    with pytest.raises(RuntimeError):
        lock.release()


def test_a_script_that_another_thread_has_run_meanwhile() -> None:
    simulation: Any = Simulation()

    @contextmanager
    def turn() -> Iterator[None]:
        simulation.take_due_script()  # by the other thread, which had its turn before
        yield

    run_script = Mock()
    runner = ScriptRunner(threading.RLock(), turn, run_script)
    runner.run_due(simulation)
    run_script.assert_not_called()
    assert simulation.ended == []


@contextmanager
def _turn() -> Iterator[None]:
    yield
