"""GlueRuns, with which a test controls a mocked Glue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, datetime
from os import PathLike
from typing import Any, Literal

from pytest_glue_runs import _checks
from pytest_glue_runs._call import Call
from pytest_glue_runs._clients import environment
from pytest_glue_runs._clients.moto.schedules import Schedules
from pytest_glue_runs._clients.moto.step_functions import StepFunctions
from pytest_glue_runs._job_run import JobRun
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._plan_condition import plan_condition
from pytest_glue_runs._service.engine.faults import (
    CONNECTION_ERRORS,
    Effect,
    ErrorResponse,
    Fault,
    HiddenRun,
    Latency,
    LostResponse,
    Unreachable,
)
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.plan import Plan
from pytest_glue_runs._service.model.plans import PlanGroup
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.model.run import RunState
from pytest_glue_runs._service.protocol import wire
from pytest_glue_runs._service.rules.errors import GlueError
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._settling import Settling
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.duration import Duration, parse_duration
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs._workflow_run import WorkflowRun
from pytest_glue_runs.errors import EndedMockError, UnknownNameError


class GlueRuns:
    """Controls a mocked Glue: prepare jobs and runs, move the clock, read what happened."""

    def __init__(
        self,
        glue: GlueService,
        account_id: str,
        mover: ClockMover,
        messages: Messages,
        schedules: Schedules,
        step_functions: StepFunctions,
    ) -> None:
        self._glue = glue
        self._account_id = account_id
        self._mover = mover
        self._schedules = schedules
        self._step_functions = step_functions
        self._messages = messages
        self._masker = messages.masker

    def add_job(
        self,
        name: str | None = None,
        *,
        region: str | None = None,
        account_id: str | None = None,
        **definition: Any,
    ) -> str:
        """Create a job as CreateJob does, and return its name.

        *definition* takes CreateJob's own keywords: the name of the job may also be given as
        ``Name``, and all others are optional, since Role and Command have made-up defaults.
        *region* defaults to ``AWS_DEFAULT_REGION``, *account_id* to the setting. Raises TypeError
        for a keyword that CreateJob does not have and for no name or two, ValueError for a
        definition that CreateJob rejects.
        """
        __tracebackhide__ = True
        name = _checks.check_one_name("add_job", name, definition.pop("Name", None), self._masker)
        _checks.check_keywords(name, definition, self._glue.request_model)
        caller = self._caller("add_job", region, account_id)
        body = _checks.as_json(name, definition, self._masker)
        try:
            request = {
                "Name": name,
                "Role": f"arn:aws:iam::{caller.account_id}:role/GlueJobRole",
                "Command": {"Name": "glueetl", "ScriptLocation": f"s3://glue-scripts/{name}.py"},
                **wire.parse(body),
            }
            self._glue.add_job(caller, request)
        except GlueError as error:
            masker = self._masker
            where = _checks.unreadable_keyword(definition, self._glue.request_model, masker)
            reason = masker.line(error, definition, limit=1000)
            raise ValueError(f"add_job({masker.show(name)}{where}): {reason}") from None
        return name

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
        from pytest_glue_runs._load_jobs import load_jobs  # most tests need no parser of files

        caller = self._caller("load_jobs", region, account_id)
        return load_jobs(self._glue, caller, path, parameters, overrides)

    def _check_active(self, function: str) -> None:
        __tracebackhide__ = True
        if self._glue.halted:
            raise EndedMockError(
                f"{function}(): this mock has ended. Call it in the test, the decorated function "
                "or the `with` block. What happened can be read afterwards."
            )

    def _caller(self, function: str, region: str | None, account_id: str | None) -> Caller:
        __tracebackhide__ = True
        self._check_active(function)
        if region is None:
            region = environment.region()
        if account_id is None:
            account_id = self._account_id
        _checks.check_region(function, region)
        _checks.check_account(function, account_id)
        return Caller(account_id, region)

    def plan(
        self,
        job_name: str,
        *plans: Plan,
        when: Mapping[str, str] | Callable[[JobRun], bool] | None = None,
        times: int | Literal["always"] = 1,
        optional: bool = False,
    ) -> None:
        """Plan the next runs of a job: one plan for each run, in this order.

        The name ``"*"`` stands for every job. The job need not exist yet. With *when* only runs
        use the plans that have these arguments, among ``resolved_arguments``, or for which a
        function returns true; it gets the JobRun before the run starts. *times* is how often the
        plans are used in turn; with ``"always"`` by every run from now on.

        A run uses the first plan that matches: of its own job before those for every job, a
        number of times before ``"always"``, with *when* before without, then in the order they
        were made; of plans for ``"always"``, the newest. A run without a plan succeeds.
        A run uses its plan when it is accepted, even if it then fails for lack of capacity.

        A plan that no run used fails the test, unless it is *optional*. Raises TypeError for
        arguments that are not a name, one plan or more, and a condition, ValueError for invalid
        *times*.
        """
        __tracebackhide__ = True
        self._check_active("plan")
        masker = self._masker
        job_name = _checks.check_name("plan", "job", job_name, masker)
        _checks.check_plans("plan", job_name, plans, masker)
        _checks.check_when(when, masker)
        number = _checks.check_repetition("plan", times, masker)
        with self._glue.lock:
            self._glue.advance()  # a retry that was due before uses no plan made after
            made_after = len(self._glue.store.runs)
            condition = None
            if when is not None:
                condition = plan_condition(self._glue, self._messages, when)
            group = PlanGroup(job_name, plans, number, condition, optional, made_after=made_after)
            self._glue.plans.add(group)

    def plan_crawler(self, crawler_name: str, *plans: Plan) -> None:
        """Plan the next crawls of a crawler that triggers start: one plan each, in this order.

        Nothing is crawled: without a plan, a crawl succeeds after the setting ``duration``.
        Only *after* and *error* of a plan have an effect. Raises TypeError for arguments that are
        not a name and plans, ValueError for a plan that only runs of jobs can follow.
        """
        __tracebackhide__ = True
        self._check_active("plan_crawler")
        name = _checks.check_name("plan_crawler", "crawler", crawler_name, self._masker)
        _checks.check_plans("plan_crawler", name, plans, self._masker)
        _checks.check_crawl_plans(plans, self._masker)
        with self._glue.lock:
            self._glue.advance()
            self._glue.crawler_plans.add(name, plans)

    def send_events(
        self,
        trigger_name: str,
        times: int = 1,
        *,
        region: str | None = None,
        account_id: str | None = None,
    ) -> None:
        """Send events to a trigger of type EVENT, as an EventBridge rule would.

        It fires with each complete batch, or when its batch window is over. *region* and
        *account_id* have the defaults of `add_job`. Raises UnknownNameError if the trigger does
        not exist, ValueError for one of another type and for *times* below one.
        """
        __tracebackhide__ = True
        name = _checks.check_name("send_events", "trigger", trigger_name, self._masker)
        _checks.check_times("send_events", times, self._masker)
        caller = self._caller("send_events", region, account_id)
        with self._glue.lock:
            now = self._glue.advance()
            home = self._glue.store.region(caller)
            trigger = _checks.check_event_trigger(name, home, self._masker)
            self._glue.triggers.receive_events(trigger, times, now)

    def fail_next(
        self,
        operation: str,
        error: str | BaseException,
        message: str | None = None,
        *,
        times: int | Literal["always"] = 1,
        after: int = 0,
        optional: bool = False,
    ) -> None:
        """Let the next *times* calls of an operation fail, once *after* calls have passed.

        *error* is an error code of AWS; or the name of an exception of botocore for a request
        that Glue does not receive: ``"EndpointConnectionError"`` (connection refused),
        ``"ConnectTimeoutError"``, ``"ReadTimeoutError"``, ``"ConnectionClosedError"`` (reset); or
        any exception. It is raised where the HTTP session would raise it. Timeouts pass on the
        clock.

        botocore retries some errors, as it does in production: each try is a call. *message*
        defaults to AWS's wording for the operation and its job, as far as it is known. If no call
        has the fault, the test fails, unless it is *optional* or the setting ``unused`` is
        ``"ignore"``. Raises ValueError for an operation or a code that Glue does not have, and
        for invalid *times* and *after*.
        """
        __tracebackhide__ = True
        _checks.check_fault(operation, error, message, self._glue.request_model, self._masker)
        if isinstance(error, BaseException) or error in CONNECTION_ERRORS:
            effect: Effect = Unreachable(error)
        else:
            effect = ErrorResponse(error, message)
        self._add_fault("fail_next", operation, effect, times, after, optional)

    def lose_next_response(
        self,
        operation: str,
        *,
        times: int | Literal["always"] = 1,
        after: int = 0,
        optional: bool = False,
    ) -> None:
        """Carry out the next *times* calls of an operation, and lose the responses.

        The client sees the connection close and, as in production, botocore sends the request
        again: StartJobRun starts a second run. *times*, *after* and *optional* are those of
        `fail_next`. Raises ValueError for an operation that Glue does not have, and for invalid
        *times* and *after*.
        """
        __tracebackhide__ = True
        self._add_fault("lose_next_response", operation, LostResponse(), times, after, optional)

    def delay_next_response(
        self,
        operation: str,
        latency: Duration,
        *,
        times: int | Literal["always"] = 1,
        after: int = 0,
        optional: bool = False,
    ) -> None:
        """Let the responses to the next *times* calls of an operation arrive late by *latency*.

        The client waits on the clock, as ``time.sleep`` does, or ``asyncio.sleep`` for
        aiobotocore. If its ``read_timeout`` is shorter, it raises ReadTimeoutError. *times*,
        *after* and *optional* are those of `fail_next`. Raises ValueError for an operation that
        Glue does not have, and for an invalid *latency*, *times* and *after*.
        """
        __tracebackhide__ = True
        effect = Latency(_checks.check_duration("delay_next_response", "latency", latency))
        self._add_fault("delay_next_response", operation, effect, times, after, optional)

    def hide_next_run(
        self,
        duration: Duration,
        *,
        times: int | Literal["always"] = 1,
        after: int = 0,
        optional: bool = False,
    ) -> None:
        """Let GetJobRun and GetJobRuns not find the run of the next StartJobRun for *duration*.

        *times*, *after* and *optional* are those of `fail_next`. Raises ValueError for an invalid
        *duration*, *times* and *after*.
        """
        __tracebackhide__ = True
        effect = HiddenRun(_checks.check_duration("hide_next_run", "duration", duration))
        self._add_fault("hide_next_run", "StartJobRun", effect, times, after, optional)

    def _add_fault(
        self,
        function: str,
        operation: str,
        effect: Effect,
        times: object,
        after: object,
        optional: bool,
    ) -> None:
        __tracebackhide__ = True
        self._check_active(function)
        masker = self._masker
        _checks.check_operation(function, operation, self._glue.request_model, masker)
        number = _checks.check_repetition(function, times, masker)
        skipped = _checks.check_after(function, after, masker)
        with self._glue.lock:
            fault = Fault(str.__str__(operation), effect, number, skipped, optional)
            self._glue.faults.add(fault)

    @property
    def quotas(self) -> Quotas:
        """The quotas of every account. Assign to change one; that takes effect at once.

        ``max_concurrent_runs``, ``max_concurrent_runs_per_job``, ``max_jobs``, ``max_dpus``,
        ``max_flex_dpus``, ``max_ray_dpus``, ``max_triggers``, ``max_jobs_per_trigger``,
        ``max_workflows``, with AWS's published defaults.
        """
        return self._glue.quotas

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """The events sent to EventBridge so far, in AWS's format, oldest first."""
        __tracebackhide__ = True
        with self._glue.lock:
            self._messages.read("events")
            return tuple(deepcopy(self._glue.event_log.events))

    def runs(self, job_name: str | None = None, *, state: RunState | None = None) -> list[JobRun]:
        """Return the runs of a job, or of all jobs, oldest first, in all regions.

        With *state* only those in that state. Raises UnknownNameError for a job that has never
        existed, TypeError for a name that is not text, ValueError for a state that does not
        exist.
        """
        __tracebackhide__ = True
        _checks.check_state(state, self._masker)
        if job_name is not None:
            job_name = _checks.check_name("runs", "job", job_name, self._masker)
        with self._glue.lock:
            self._messages.read("runs()")
            store = self._glue.store
            if job_name is not None:
                _checks.check_known("job", job_name, sorted(store.job_names()), self._masker)
            return [
                JobRun(self._glue, self._messages, run)
                for run in store.runs.values()
                if (job_name is None or run.job.name == job_name)
                and (state is None or run.state == state)
            ]

    def last_run(self, job_name: str | None = None) -> JobRun:
        """Return the run of a job, or of all jobs, that was started last.

        Raises UnknownNameError if there is none, TypeError for a name that is not text.
        """
        __tracebackhide__ = True
        if job_name is not None:
            job_name = _checks.check_name("last_run", "job", job_name, self._masker)
        runs = self.runs(job_name)
        if not runs:
            subject = "There are no runs" if job_name is None else f"{job_name} has no runs"
            raise UnknownNameError(f"last_run(): {self._masker.line(subject)}.")
        return runs[-1]

    def run(self, run_id: str) -> JobRun:
        """Return the run with this id.

        Raises UnknownNameError if there is none, TypeError for an id that is not text.
        """
        __tracebackhide__ = True
        _checks.check_run_id(run_id, self._masker)
        with self._glue.lock:
            self._glue.advance()
            runs = self._glue.store.runs
            _checks.check_known("run", run_id, runs, self._masker)
            return JobRun(self._glue, self._messages, runs[run_id])

    def workflow_runs(self, name: str | None = None) -> list[WorkflowRun]:
        """Return the runs of a workflow, or of all workflows, oldest first, in all regions.

        Raises UnknownNameError for a workflow that does not exist and has no runs, TypeError for
        a name that is not text.
        """
        __tracebackhide__ = True
        if name is not None:
            name = _checks.check_name("workflow_runs", "workflow", name, self._masker)
        with self._glue.lock:
            self._messages.read("workflow_runs()")
            store = self._glue.store
            if name is not None:
                _checks.check_known("workflow", name, sorted(store.workflow_names()), self._masker)
            return [
                WorkflowRun(self._glue, self._messages, workflow_run)
                for workflow_run in store.workflow_runs.values()
                if name is None or workflow_run.workflow.name == name
            ]

    @property
    def calls(self) -> tuple[Call, ...]:
        """The calls that Glue has received from clients, oldest first."""
        __tracebackhide__ = True
        with self._glue.lock:
            self._messages.read("calls")
            return tuple(Call(record, self._masker) for record in self._glue.calls)

    def calls_of(self, operation: str) -> tuple[Call, ...]:
        """Return the calls of one operation, oldest first: ``len()`` counts them.

        Raises ValueError for an operation that Glue does not have.
        """
        __tracebackhide__ = True
        _checks.check_operation("calls_of", operation, self._glue.request_model, self._masker)
        return tuple(call for call in self.calls if call.operation == operation)

    @property
    def now(self) -> datetime:
        """The time of the clock: aware, in UTC."""
        return clock.now()

    def tick(self, duration: Duration) -> None:
        """Advance the frozen clock by a timedelta, seconds, or text such as ``"1h30m"``.

        Threads that sleep wake on the way, each at its own time. Raises ValueError for an invalid
        duration, NotFrozenError if time is real.
        """
        __tracebackhide__ = True
        self._check_active("tick")
        try:
            moment = clock.now() + parse_duration(duration)
        except ValueError as error:
            raise ValueError(f"tick(): {error}") from None
        except OverflowError:
            raise ValueError(f"tick({duration!r}): time ends with the year 9999.") from None
        self._mover.move_to(moment)

    def move_to(self, moment: datetime | date | str) -> None:
        """Move the frozen clock to a moment: a datetime, a date, or text. Naive means UTC.

        Threads that sleep wake on the way, each at its own time. Runs do not go back in time;
        schedules do. Raises ValueError for an invalid moment, NotFrozenError if time is real.
        """
        __tracebackhide__ = True
        self._check_active("move_to")
        try:
            parsed = clock.parse_moment(moment)
        except ValueError as error:
            raise ValueError(f"move_to(): {error}") from None
        goes_back = parsed < clock.now()
        self._mover.move_to(parsed)
        if goes_back:
            self._glue.catch_up()  # schedules start again from here

    def settle(self) -> list[JobRun]:
        """Advance the frozen clock until nothing more is due.

        Return the runs that ended meanwhile, in the order they were started. Raises
        NotFrozenError if time is real and something is due. Raises UnsettledError if there is a
        schedule that never ends, of a trigger or of EventBridge, and, after the clock has
        advanced, if there are runs or executions of state machines that never end by themselves,
        or runs that start one another again and again.
        """
        __tracebackhide__ = True
        self._check_active("settle")
        settling = Settling(self._glue, self._messages, self._schedules, self._step_functions)
        ended = {run for run in self.runs() if run.ended}
        settling.check_schedules()
        self._mover.settle(settling.next_due)
        runs = self.runs()
        settling.check_ended()
        return [run for run in runs if run not in ended]

    def reset(self) -> None:
        """Forget jobs, runs, plans, faults, calls and events; restore AWS's quotas.

        The clock stays where it is, and moto keeps its state.
        """
        self._glue.reset()
