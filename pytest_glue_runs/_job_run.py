"""A run of a job as a test sees it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pytest_glue_runs._masking import one_line
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._service.model.log_line import LogLine
from pytest_glue_runs._service.model.run import Run, RunState, Transition
from pytest_glue_runs._service.service import GlueService


@dataclass(frozen=True, repr=False)
class RunSnapshot:
    """What a run was at one moment: plain data that does not change with the clock.

    Two are equal if all their attributes are, which have the meaning of those of `JobRun`. If an
    assertion fails, pytest lists those that differ.
    """

    id: str
    job_name: str
    state: RunState
    attempt: int
    arguments: dict[str, str]
    error_message: str | None
    started_on: datetime
    completed_on: datetime | None
    execution_time: int
    history: tuple[Transition, ...]

    def __repr__(self) -> str:
        return f"<RunSnapshot {one_line(self.job_name, 80)} {self.id} {self.state}>"


class JobRun:
    """A run of a job. Each attribute is read at the current time of the clock.

    Two are equal if they are the same run.
    """

    __slots__ = ("_glue", "_messages", "_run")

    def __init__(self, glue: GlueService, messages: Messages, run: Run) -> None:
        self._glue = glue
        self._messages = messages
        self._run = run

    @property
    def id(self) -> str:
        """The JobRunId: ``jr_`` and 64 hexadecimal digits, with ``_attempt_N`` for a retry."""
        return self._run.id

    @property
    def job_name(self) -> str:
        """The name of the job."""
        return self._run.job.name

    @property
    def region(self) -> str:
        """The region of the job."""
        return self._run.job.region

    @property
    def account_id(self) -> str:
        """The account of the job."""
        return self._run.job.account_id

    @property
    def state(self) -> RunState:
        """The JobRunState, such as ``"RUNNING"``."""
        __tracebackhide__ = True
        return self._now()[0].state

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        __tracebackhide__ = True
        return self._now()[0].ended

    @property
    def attempt(self) -> int:
        """0 for the first attempt, 1 for the first retry, and so on."""
        return self._run.attempt

    @property
    def previous_run_id(self) -> str | None:
        """The id of the run that this one retries; None for the first attempt."""
        return self._run.previous_run_id

    @property
    def trigger_name(self) -> str | None:
        """The name of the trigger that started it; None if StartJobRun did."""
        origin = self._run.origin
        return None if origin is None else origin.trigger_name

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments in StartJobRun or the action: a copy, empty if there were none."""
        return dict(self._run.arguments or {})

    @property
    def resolved_arguments(self) -> dict[str, str]:
        """The arguments that the script sees.

        The run's own override the job's DefaultArguments; NonOverridableArguments override both.
        """
        return self._run.script_arguments()

    @property
    def history(self) -> tuple[Transition, ...]:
        """The states so far, each as ``(at, state, detail)``."""
        __tracebackhide__ = True
        return tuple(self._now()[0].history)

    @property
    def started_on(self) -> datetime:
        """When the run was accepted."""
        return self._run.started_on

    @property
    def completed_on(self) -> datetime | None:
        """When the run ended; None before."""
        __tracebackhide__ = True
        return self._now()[0].completed_on

    @property
    def execution_time(self) -> int:
        """Whole seconds in RUNNING so far; start-up does not count."""
        __tracebackhide__ = True
        run, now = self._now()
        return run.execution_time(now)

    @property
    def error_message(self) -> str | None:
        """The ErrorMessage of a run that FAILED, if it has one."""
        __tracebackhide__ = True
        return self._now()[0].error

    @property
    def logs(self) -> tuple[LogLine, ...]:
        """The lines in the logs so far, each as ``(at, stream, message)``."""
        __tracebackhide__ = True
        run, now = self._now()
        return tuple(run.log_lines(now))

    @property
    def output(self) -> str:
        """What is in the output log so far, as text: each line ends with a newline."""
        __tracebackhide__ = True
        return "".join(f"{line.message}\n" for line in self.logs if line.stream == "output")

    def snapshot(self) -> RunSnapshot:
        """Return what the run is now, to compare it with another run or another moment."""
        __tracebackhide__ = True
        with self._glue.lock:
            run, now = self._now()
            return RunSnapshot(
                id=run.id,
                job_name=self.job_name,
                state=run.state,
                attempt=run.attempt,
                arguments=self.arguments,
                error_message=run.error,
                started_on=run.started_on,
                completed_on=run.completed_on,
                execution_time=run.execution_time(now),
                history=tuple(run.history),
            )

    def as_dict(self) -> dict[str, Any]:
        """Return what GetJobRun would show, with aware datetimes: a copy."""
        __tracebackhide__ = True
        with self._glue.lock:
            self._now()
            return deepcopy(self._glue.describe_run(self._run))

    def _now(self) -> tuple[Run, datetime]:
        """Return the run and the simulation time, and count a read of this run."""
        __tracebackhide__ = True
        with self._glue.lock:
            return self._run, self._messages.read(self._run.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobRun) and self._run is other._run

    def __hash__(self) -> int:
        return hash(self._run)

    def __repr__(self) -> str:
        with self._glue.lock:
            self._glue.advance()  # counts no read: an error message may contain this
            return f"<JobRun {one_line(self.job_name, 80)} {self.id} {self._run.state}>"
