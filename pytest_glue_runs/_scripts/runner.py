"""Executes the scripts of all runs, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timezone

from pytest_glue_runs._scripts.execution import Execution, execution
from pytest_glue_runs._service.engine.script_runner import ScriptResult
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.mover import ClockMover

_NEVER = datetime.max.replace(tzinfo=timezone.utc)


class Scripts:
    """The scripts that have begun and have not ended.

    *job_run* returns the argument of a function for its run.
    """

    def __init__(self, mover: ClockMover, job_run: Callable[[Run], object]) -> None:
        self._mover = mover
        self._job_run = job_run
        self._executions: dict[Run, Execution] = {}
        self._is_closed = False

    def turn(self) -> AbstractContextManager[None]:
        """While active, waiting does not move the clock. Other threads block here meanwhile."""
        return self._mover.held()

    def run(self, run: Run, at: datetime) -> ScriptResult:
        """Begin or continue the script of *run*, at the time *at*."""
        if self._is_closed:
            return ScriptResult(waits_until=_NEVER)
        current = self._executions.get(run)
        if current is None:
            current = execution(self._mover, run, self._job_run(run))
            self._executions[run] = current
        with clock.at(at):
            result = current.resume(at)
        if result.waits_until is None:
            del self._executions[run]
        return result

    def close(self) -> None:
        """End the scripts that wait, and start no more."""
        self._is_closed = True
        while self._executions:
            self._executions.popitem()[1].close()
