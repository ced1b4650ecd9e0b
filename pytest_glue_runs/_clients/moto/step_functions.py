"""Step Functions: state machines, executed by moto's interpreter on the frozen clock.

Nothing is imported or patched before the first request to Step Functions.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from random import Random
from threading import RLock
from types import SimpleNamespace
from typing import Any
from weakref import WeakSet

from pytest_glue_runs._clients.moto import glue_tasks
from pytest_glue_runs._clients.moto.run_waits import RunWaits
from pytest_glue_runs._clients.moto.source import source_of
from pytest_glue_runs._patching import replaced
from pytest_glue_runs._service.engine.stall_detector import StallDetected, StallDetector
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.turns import Turns
from pytest_glue_runs.errors import (
    EndlessLoopInterrupt,
    MissingLibraryError,
    TooManyReadsError,
)

# The name that botocore's events have for it.
_SERVICE = "sfn"
_READ_PREFIXES = ("Describe", "Get", "List")

# The last events in the history of an execution.
_LAST_EVENTS = frozenset(
    {"ExecutionAborted", "ExecutionFailed", "ExecutionSucceeded", "ExecutionTimedOut"}
)

# AWS ends an execution after a year. What waits longer than that waits for something else, such
# as a task with the default timeout of three years.
_LONGEST_EXECUTION = timedelta(days=366)


class StepFunctions:
    """moto's interpreter of state machines, prepared when it is first used."""

    def __init__(self, turns: Turns, max_reads: int) -> None:
        self._turns = turns
        self._stall_detector = StallDetector(max_reads, _never)
        self._lock = RLock()
        self._undo = ExitStack()
        self._is_prepared = False
        # The part of moto's configuration that is for Step Functions, and that has no effect.
        self._overruled: Any = None
        self._run_waits = RunWaits(turns.on_frozen_clock)
        self._executions: WeakSet[Any] = WeakSet()
        self._aborted: list[tuple[str, datetime]] | None = None

    @property
    def waits_for_runs(self) -> bool:
        """Whether a task waits for the end of a job run."""
        return bool(self._run_waits)

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Wake the task that waits for the run of an EventBridge *event*."""
        self._run_waits.deliver(event)

    @contextmanager
    def request(self, service: str, operation: str) -> Iterator[None]:
        """While active, moto answers a request.

        Before and after that, executions do everything that is due at this time. Raises
        TooManyReadsError, then EndlessLoopInterrupt, for reads that are repeated too often without
        the clock advancing.
        """
        is_step_functions = service == _SERVICE
        if is_step_functions:
            self.prepare()
            self._check_stall(operation)
        self._turns.let_run()
        yield
        if is_step_functions:
            self._turns.let_run()

    def next_due(self) -> datetime | None:
        """Return when an execution continues without a request; None if none does."""
        self._turns.let_run()
        deadline = self._turns.next_deadline()
        lasting = deadline is not None and deadline - clock.now() > _LONGEST_EXECUTION
        return None if lasting else deadline

    def unfinished(self) -> list[tuple[str, datetime]]:
        """Return the names of the executions that are running, and when they started.

        After the mock has ended: those that it aborted.
        """
        if self._aborted is not None:
            return self._aborted
        running = [one for one in self._in_order() if one.status == "RUNNING"]
        return [(one.exec_arn.split(":execution:")[1], one.start_date) for one in running]

    def close(self) -> None:
        """End all executions, and restore moto's code."""
        with self._undo:
            self._aborted = self.unfinished()
            self._run_waits.are_over = True
            for execution in self._in_order():
                if execution.exec_worker.env is not None:  # else it has not had its first turn
                    execution.stop(stop_date=None, error=None, cause=None)

    def _in_order(self) -> list[Any]:
        """Return the executions in the order they started."""
        return sorted(self._executions, key=lambda one: (one.start_date, one.exec_arn))

    def execute_by_default(self) -> None:
        """Execute state machines from now on, unless moto's configuration is changed."""
        from moto.core.config import default_user_config

        self._overruled = default_user_config["stepfunctions"]

    def prepare(self) -> None:
        """Patch moto's interpreter, if it is to execute state machines."""
        with self._lock:
            if not self._is_prepared and self._executes():
                _check_requirements()
                self._patch()
                self._is_prepared = True

    def _executes(self) -> bool:
        """Return whether to execute state machines, and not only to record executions."""
        from moto.core.config import default_user_config

        configured = default_user_config["stepfunctions"]
        return configured is self._overruled or bool(configured["execute_state_machine"])

    def _check_stall(self, operation: str) -> None:
        if self._turns.takes_turns():
            return
        if not operation.startswith(_READ_PREFIXES):
            self._stall_detector.record_change()
            return
        try:
            self._stall_detector.record_read(clock.now())
        except StallDetected as stall:
            kind = EndlessLoopInterrupt if stall.repeated else TooManyReadsError
            raise kind(
                f"Step Functions was read {stall.reads} times, last by {operation}, and the clock "
                "did not advance: executions that wait cannot continue.\n"
                "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
                "or set max_reads higher."
            ) from None

    def _patch(self) -> None:
        from moto.stepfunctions import responses
        from moto.stepfunctions.parser.asl.component.common.retry import jitter_strategy_decl
        from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
        from moto.stepfunctions.parser.backend.execution import Execution
        from moto.stepfunctions.parser.models import StepFunctionsParserBackend as Backend

        enter = self._undo.enter_context
        enter(replaced(responses, "default_user_config", _Configuration(self._executes)))
        enter(self._turns.active())
        enter(glue_tasks.corrected(self._run_waits))
        enter(replaced(EventManager, "add_event", _add_event(EventManager.add_event)))
        enter(replaced(Execution, "start", self._start(Execution.start)))
        enter(replaced(Execution, "stop", _stop(Execution.stop)))
        if "copy.deepcopy(state_machine)" in source_of(Backend.start_execution):
            # moto 5.1 copies a state machine with its executions, whose locks cannot be copied.
            enter(replaced(Execution, "__deepcopy__", lambda execution, _: execution))
        enter(replaced(Backend, "start_execution", _start_execution(Backend.start_execution)))
        # The same jitter each time.
        enter(replaced(jitter_strategy_decl, "random", SimpleNamespace(uniform=Random(0).uniform)))

    def _start(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def start(execution: Any) -> None:
            """Start the execution, in threads that take turns."""
            self._executions.add(execution)
            with self._turns.starting():
                original(execution)

        return start


def _never() -> bool:
    return False


class _Configuration:
    """moto's configuration, as its Step Functions reads it; the user's own is not changed."""

    def __init__(self, executes: Callable[[], bool]) -> None:
        self._executes = executes

    def get(self, _name: str, _default: object = None) -> dict[str, bool]:
        """Return the part for Step Functions."""
        return {"execute_state_machine": self._executes()}


def _check_requirements() -> None:
    try:
        import moto.stepfunctions.parser.models  # noqa: F401
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise MissingLibraryError(
            f"moto needs {missing} to execute state machines. Install it with: "
            "pip install 'moto[stepfunctions]'. To have executions recorded and not executed, "
            "activate moto's own mock_aws() in the test."
        ) from None


def _start_execution(original: Callable[..., Any]) -> Callable[..., Any]:
    def start_execution(
        backend: Any, state_machine_arn: str, name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        """Start an execution; one without a name gets one, as on AWS."""
        if not name:
            started = sum(len(machine.executions) for machine in backend.state_machines)
            name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{state_machine_arn} {started}"))
        return original(backend, state_machine_arn, name, *args, **kwargs)

    return start_execution


def _add_event(original: Callable[..., int]) -> Callable[..., int]:
    ended: WeakSet[Any] = WeakSet()

    def add_event(manager: Any, context: Any, event_type: Any, *args: Any, **kwargs: Any) -> int:
        """Record an event, unless the execution has ended: its threads may be behind."""
        if manager in ended:
            return int(context.source_event_id)
        if event_type in _LAST_EVENTS:
            ended.add(manager)
        return original(manager, context, event_type, *args, **kwargs)

    return add_event


def _stop(original: Callable[..., None]) -> Callable[..., None]:
    def stop(execution: Any, stop_date: Any, error: str | None, cause: str | None) -> None:
        """Abort the execution at once, whatever its threads wait for."""
        if execution.status != "RUNNING":
            return
        original(execution, stop_date=stop_date, error=error, cause=cause)
        worker = execution.exec_worker
        env = worker.env
        env.event_history_context.source_event_id = 0
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type="ExecutionAborted",
            event_details={"executionAbortedEventDetails": {}},
        )
        worker._execution_communication.terminated()
        worker._execution_communication.terminated = _ignore

    return stop


def _ignore() -> None:
    """Keep the status of an execution that has been aborted."""
