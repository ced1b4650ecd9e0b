"""What `GlueRuns.settle` moves the clock to, and the errors if that does not end."""

from __future__ import annotations

from datetime import datetime, timezone

from pytest_glue_runs._clients.moto.schedules import Schedules
from pytest_glue_runs._clients.moto.step_functions import StepFunctions
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._time import clock
from pytest_glue_runs.errors import UnsettledError

# More steps than that are taken for a circle of triggers or states, which never ends.
_MOST_STEPS = 100_000

_END_OF_TIME = datetime.max.replace(tzinfo=timezone.utc)


class Settling:
    """One call of `GlueRuns.settle`, which begins now."""

    def __init__(
        self,
        glue: GlueService,
        messages: Messages,
        schedules: Schedules,
        step_functions: StepFunctions,
    ) -> None:
        self._glue = glue
        self._messages = messages
        self._schedules = schedules
        self._step_functions = step_functions
        self._begin = clock.now()
        self._steps = 0

    def check_schedules(self) -> None:
        """Raise UnsettledError for a schedule that never ends."""
        __tracebackhide__ = True
        message = self._messages.endless_schedules(self._schedules.endless())
        if message is not None:
            raise UnsettledError(message)

    def next_due(self) -> datetime | None:
        """Return when something is due next. Raises UnsettledError after too many steps."""
        __tracebackhide__ = True
        with self._glue.lock:
            self._glue.advance()
            event = self._glue.event_queue.next()
        moments = (
            None if event is None else event.at,
            self._schedules.next_due(_END_OF_TIME),
            self._step_functions.next_due(),
        )
        due = min((moment for moment in moments if moment is not None), default=None)
        if due is not None:
            self._steps += 1
            if self._steps > _MOST_STEPS:
                self._check_executions()
                raise UnsettledError(self._messages.keeps_going(_MOST_STEPS))
        return due

    def check_ended(self) -> None:
        """Raise UnsettledError for a run or an execution that has not ended."""
        __tracebackhide__ = True
        with self._glue.lock:
            all_ended = all(run.ended for run in self._glue.store.runs.values())
        if not all_ended:
            raise UnsettledError(self._messages.unsettled(self._begin))
        self._check_executions()

    def _check_executions(self) -> None:
        __tracebackhide__ = True
        unfinished = self._step_functions.unfinished()
        if unfinished:
            raise UnsettledError(self._messages.unfinished_executions(unfinished, self._begin))
