"""Runs the scripts that are due, without the lock of the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from pytest_glue_runs._service.engine.simulation import DueScript, Simulation
from pytest_glue_runs._service.model.run import Run


class ScriptResult(NamedTuple):
    """Whether the script of a run waits or has ended, and how."""

    waits_until: datetime | None = None
    """When it continues; None: it has ended."""
    error: str | None = None
    """The ErrorMessage of the run if the script has failed."""
    raised: BaseException | None = None
    """An exception to be raised in the test."""


class ScriptRunner:
    """Runs one script at a time, within *turn*, in which the clock does not advance.

    *lock* is the reentrant lock of the service. It is released while a script runs, since the
    script may call AWS, from threads of its own as well.
    """

    def __init__(
        self,
        lock: Any,
        turn: Callable[[], AbstractContextManager[object]],
        run_script: Callable[[Run, datetime], ScriptResult],
    ) -> None:
        self._lock = lock
        self._turn = turn
        self._run_script = run_script
        self.is_busy = False
        """Whether a script runs now."""

    def run_due(self, simulation: Simulation) -> None:
        """Run the script that is due, unless another thread does. The caller holds the lock.

        Raises what the script raises for the test.
        """
        with _released(self._lock), self._turn():
            with self._lock:
                due = simulation.take_due_script()
                self.is_busy = due is not None
            if due is None:
                return
            try:
                result = self._result_of(due)
            finally:
                self.is_busy = False
            with self._lock:
                if result.waits_until is None:
                    simulation.script_ended(due.run, due.at, result.error)
                else:
                    simulation.script_waits(due.run, result.waits_until)
        if result.raised is not None:
            raise result.raised

    def _result_of(self, due: DueScript) -> ScriptResult:
        try:
            return self._run_script(due.run, due.at)
        except BaseException as error:  # noqa: BLE001 - such as Ctrl-C during the script
            return ScriptResult(error=str(error), raised=error)


@contextmanager
def _released(lock: Any) -> Iterator[None]:
    """Release a reentrant lock as often as this thread holds it, and acquire it as often again."""
    held = 0
    while _is_released(lock):
        held += 1
    try:
        yield
    finally:
        for _ in range(held):
            lock.acquire()


def _is_released(lock: Any) -> bool:
    """Release *lock* once; return whether this thread held it."""
    try:
        lock.release()
    except RuntimeError:
        return False
    return True
