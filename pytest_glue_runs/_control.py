"""What a test holds: the control of a mocked Glue."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, datetime
from os import PathLike
from typing import Any

from pytest_glue_runs import _checks, _messages
from pytest_glue_runs._clients import environment
from pytest_glue_runs._job_run import JobRun
from pytest_glue_runs._load_jobs import load_jobs
from pytest_glue_runs._service.model.call import Call, Caller
from pytest_glue_runs._service.model.plan import Plan
from pytest_glue_runs._service.model.plans import PlanGroup
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.rules.errors import GlueError, default_message
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.duration import Duration, parse_duration
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs.errors import UnknownNameError, UnsettledError


class GlueRuns:
    """The control of a mocked Glue: prepare jobs and runs, move time, look at what happened."""

    def __init__(self, glue: GlueService, account_id: str, mover: ClockMover) -> None:
        self._glue = glue
        self._account_id = account_id
        self._mover = mover

    def add_job(
        self,
        name: str,
        *,
        region: str | None = None,
        account_id: str | None = None,
        **definition: Any,
    ) -> str:
        """Makes a job, as CreateJob would, and returns its name.

        *definition* takes CreateJob's own keywords, all of them optional: without a Role or
        a Command the job has made-up ones. The job is in *region*, by default that of
        ``AWS_DEFAULT_REGION``, and in *account_id*, by default the settings'. Raises TypeError
        for a keyword that CreateJob does not have, ValueError for what CreateJob refuses.
        """
        _checks.check_keywords(name, definition, self._glue.request_model)
        _checks.check_account(account_id)
        caller = Caller(account_id or self._account_id, region or environment.region())
        request = {
            "Name": name,
            "Role": f"arn:aws:iam::{caller.account_id}:role/GlueJobRole",
            "Command": {"Name": "glueetl", "ScriptLocation": f"s3://glue-scripts/{name}.py"},
            **_checks.as_sent(name, definition),
        }
        try:
            self._glue.add_job(caller, request)
        except GlueError as error:
            misread = _checks.misread_keyword(definition, self._glue.request_model)
            raise ValueError(f"add_job({name!r}{misread}): {error}") from None
        return name

    def plan(self, job_name: str, *plans: Plan) -> None:
        """Says how the next runs of a job will go, one plan for each, in this order.

        The job need not exist yet. Plans behind earlier ones wait for these; a run without
        a plan succeeds. A run takes its plan when it is accepted, also one that finds no room
        and FAILED before it was RUNNING. Raises TypeError for what is not a plan.
        """
        _checks.check_plans(job_name, plans)
        with self._glue.lock:
            self._glue.advance()  # a retry that was due before takes no plan made after
            self._glue.plans.add(PlanGroup(job_name, plans))

    def fail_next(
        self, operation: str, code: str, message: str | None = None, *, times: int = 1
    ) -> None:
        """Lets the next *times* calls of an operation end in the error *code*.

        botocore retries some of them, as it does in production: each try is a call. Without
        *message* the error has AWS's usual words. An error that no call met fails no test, and
        is in the report of one that failed. Raises ValueError for an operation or a
        code that is not Glue's, and for *times* below one.
        """
        _checks.check_fault(operation, code, message, times, self._glue.request_model)
        error = GlueError(code, default_message(code) if message is None else message)
        with self._glue.lock:
            self._glue.faults.add(operation, error, times)

    @property
    def quotas(self) -> Quotas:
        """The quotas of every account; assigning one takes effect at once.

        ``max_concurrent_runs``, ``max_concurrent_runs_per_job``, ``max_jobs``, ``max_dpus``,
        ``max_flex_dpus``, ``max_ray_dpus``, with AWS's published defaults.
        """
        return self._glue.quotas

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """What EventBridge was told so far, in AWS's shapes, the oldest first."""
        __tracebackhide__ = True
        with self._glue.lock:
            _messages.read(self._glue, "events")
            return tuple(deepcopy(self._glue.event_log.events))

    def runs(self, job_name: str | None = None) -> list[JobRun]:
        """The runs of a job, or of all jobs, the oldest first, in whatever region."""
        __tracebackhide__ = True
        with self._glue.lock:
            _messages.read(self._glue, "runs()")
            return [
                JobRun(self._glue, run)
                for run in self._glue.store.runs.values()
                if job_name is None or run.job.name == job_name
            ]

    def run(self, run_id: str) -> JobRun:
        """The run with this id; raises LookupError where there is none, TypeError for no id."""
        with self._glue.lock:
            self._glue.advance()
            runs = self._glue.store.runs
            _checks.check_run_id(run_id)
            if run_id not in runs:
                known = ", ".join(runs) or "there are no runs"
                raise UnknownNameError(
                    f"There is no run {run_id!r}.{did_you_mean(run_id, runs)} Known: {known}."
                )
            return JobRun(self._glue, runs[run_id])

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that Glue has seen of real clients, the oldest first."""
        __tracebackhide__ = True
        with self._glue.lock:
            _messages.read(self._glue, "calls")
            return tuple(
                call._replace(request=deepcopy(call.request), response=deepcopy(call.response))
                for call in self._glue.calls
            )

    @property
    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return clock.now()

    def tick(self, duration: Duration) -> None:
        """Advance the frozen clock by a timedelta, seconds, or text such as ``"1h30m"``.

        Threads that sleep wake on the way, each at its own time. Raises ValueError for what is
        not a duration, NotFrozenError if time is real.
        """
        try:
            moment = clock.now() + parse_duration(duration)
        except ValueError as error:
            raise ValueError(f"tick(): {error}") from None
        except OverflowError:
            raise ValueError(f"tick({duration!r}): time ends with the year 9999.") from None
        self._mover.move_to(moment)

    def move_to(self, moment: datetime | date | str) -> None:
        """Move the frozen clock to a moment: a datetime, a date, or text; naive means UTC.

        Threads that sleep wake on the way, each at its own time. No run goes back with a clock
        that goes back. Raises ValueError for what is not a moment, NotFrozenError if time is
        real.
        """
        try:
            parsed = clock.parse_moment(moment)
        except ValueError as error:
            raise ValueError(f"move_to(): {error}") from None
        self._mover.move_to(parsed)

    def settle(self) -> list[JobRun]:
        """Advance the frozen clock until nothing more is due; return the runs that ended.

        Raises NotFrozenError if time is real and something is due. Raises UnsettledError, after
        it has advanced the clock, if there are runs that never end by themselves.
        """
        begin = clock.now()
        ended = {run for run in self.runs() if run.ended}
        self._mover.settle(self._next_due)
        runs = self.runs()
        if not all(run.ended for run in runs):
            raise UnsettledError(_messages.unsettled(self._glue, begin))
        return [run for run in runs if run not in ended]

    def _next_due(self) -> datetime | None:
        with self._glue.lock:
            self._glue.advance()
            event = None if self._glue.halted else self._glue.event_queue.next()
            return None if event is None else event.at

    def load_jobs(
        self,
        path: str | PathLike[str],
        *,
        parameters: Mapping[str, Any] | None = None,
        overrides: Mapping[str, Mapping[str, Any]] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> list[str]:
        """Create the jobs that a file defines, and return their names.

        *path* is a CloudFormation, SAM or CDK template, a Terraform plan or state as JSON, or
        what ``aws glue get-job`` or ``get-jobs`` prints. *parameters* are values for the
        parameters of a template. *overrides* are members of CreateJob by the name of the job.
        Raises JobFileError, and then creates none, if the file cannot be read, a value cannot be
        resolved, or CreateJob rejects a job.
        """
        __tracebackhide__ = True
        _checks.check_account(account_id)
        caller = Caller(account_id or self._account_id, region or environment.region())
        return load_jobs(self._glue, caller, path, parameters, overrides)

    def reset(self) -> None:
        """Forgets jobs, runs, plans, errors to come, calls and events; quotas are AWS's again.

        The clock stays where it is, and so does what moto holds.
        """
        self._glue.reset()
