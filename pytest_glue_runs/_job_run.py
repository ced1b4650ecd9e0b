"""A run as a test sees it."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from pytest_glue_runs import _messages
from pytest_glue_runs._service.model.run import Run, RunState, Transition
from pytest_glue_runs._service.service import GlueService


class JobRun:
    """A run of a job, as it is now: each look reads the clock.

    Two are equal if they are the same run.
    """

    __slots__ = ("_glue", "_run")

    def __init__(self, glue: GlueService, run: Run) -> None:
        self._glue = glue
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
        """The region that the run is in."""
        return self._run.job.region

    @property
    def account_id(self) -> str:
        """The account that the run is in."""
        return self._run.job.account_id

    @property
    def state(self) -> RunState:
        """The JobRunState, such as ``"RUNNING"``."""
        return self._now()[0].state

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self._now()[0].ended

    @property
    def attempt(self) -> int:
        """0 for a first try, 1 for the first retry, and so on."""
        return self._run.attempt

    @property
    def previous_run_id(self) -> str | None:
        """The id of the run that this one tries again, if it does."""
        return self._run.previous_run_id

    @property
    def arguments(self) -> dict[str, str]:
        """The arguments that StartJobRun was given."""
        return dict(self._run.arguments or {})

    @property
    def resolved_arguments(self) -> dict[str, str]:
        """The arguments that the script sees: the job's, under the run's, under those that no
        run may override."""
        return self._run.script_arguments()

    @property
    def history(self) -> tuple[Transition, ...]:
        """The states so far, each as ``(at, state, detail)``."""
        return tuple(self._now()[0].history)

    @property
    def started_on(self) -> datetime:
        """When the run was accepted."""
        return self._run.started_on

    @property
    def completed_on(self) -> datetime | None:
        """When it ended; None while it has not."""
        return self._now()[0].completed_on

    @property
    def execution_time(self) -> int:
        """Whole seconds in RUNNING so far; start-up does not count."""
        run, now = self._now()
        return run.execution_time(now)

    @property
    def error_message(self) -> str | None:
        """The ErrorMessage of a run that FAILED, if it has one."""
        return self._now()[0].error

    def as_dict(self) -> dict[str, Any]:
        """What GetJobRun would show, with aware datetimes: a copy."""
        run, _ = self._now()
        return deepcopy(self._glue.describe_run(run))

    def _now(self) -> tuple[Run, datetime]:
        __tracebackhide__ = True
        with self._glue.lock:
            return self._run, _messages.read(self._glue, self._run.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JobRun) and self._run is other._run

    def __hash__(self) -> int:
        return hash(self._run)

    def __repr__(self) -> str:
        with self._glue.lock:
            self._glue.advance()  # and no look is counted: an error's text may need this one
            return f"<JobRun {self.job_name} {self.id} {self._run.state}>"
