"""The service: one Glue in memory, with its history of calls and its lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from pytest_glue_runs._service.engine.crawls import Crawls
from pytest_glue_runs._service.engine.event_queue import EventQueue, add_duration
from pytest_glue_runs._service.engine.eventbridge import EventLog
from pytest_glue_runs._service.engine.faults import (
    LOST,
    Effect,
    ErrorResponse,
    Faults,
    HiddenRun,
    Latency,
    LostResponse,
    TransportError,
    Unreachable,
)
from pytest_glue_runs._service.engine.launcher import Launcher
from pytest_glue_runs._service.engine.script_runner import ScriptResult, ScriptRunner
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.engine.stall_detector import (
    CLIENT_CALLS,
    READ_PREFIXES,
    StallDetector,
)
from pytest_glue_runs._service.engine.throttle import Throttle
from pytest_glue_runs._service.engine.triggers import Triggers
from pytest_glue_runs._service.engine.workflows import Workflows
from pytest_glue_runs._service.model.call import Caller, CallRecord
from pytest_glue_runs._service.model.crawl import CrawlPlans
from pytest_glue_runs._service.model.log_line import LogLine
from pytest_glue_runs._service.model.plans import Plans
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.schedule import Schedule
from pytest_glue_runs._service.model.store import Store
from pytest_glue_runs._service.model.workflow import WorkflowRun
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.jobs import add_job
from pytest_glue_runs._service.operations.runs import describe_run
from pytest_glue_runs._service.operations.tags import TAG_OPERATIONS, names_our_resource
from pytest_glue_runs._service.operations.workflows import describe_workflow_run
from pytest_glue_runs._service.protocol import wire
from pytest_glue_runs._service.protocol.request_model import RequestModel
from pytest_glue_runs._service.rules.error_catalog import UNKNOWN_OPERATION
from pytest_glue_runs._service.rules.errors import GlueError
from pytest_glue_runs._service.rules.launch_errors import LaunchProblem


@dataclass(frozen=True)
class Defaults:
    """What holds where neither a plan nor a request says otherwise."""

    startup: timedelta
    duration: timedelta
    glue_version: str
    max_reads: int
    cleanup: timedelta = timedelta(0)
    end_of_life: bool = True
    max_requests_per_second: float | None = None


@dataclass(frozen=True)
class Dependencies:
    """What the service needs of other libraries, injected by the layers above."""

    request_model: Callable[[], RequestModel]
    """Loads the request model."""
    policy_problem: Callable[[str], str | None]
    """Returns what is wrong with an IAM policy, or None."""
    deliver_event: Callable[[Mapping[str, Any]], None]
    """Delivers an EventBridge event."""
    has_event_targets: Callable[[], bool]
    """Returns whether any EventBridge rule has targets."""
    clock_may_advance: Callable[[], bool]
    """Returns whether another thread will move the clock."""
    missing_for_launch: Callable[[Run], LaunchProblem | None]
    """Returns what keeps a run from starting, or None."""
    parse_schedule: Callable[[str], Schedule]
    """Parses the Schedule of a trigger; raises ValueError for what is not one."""
    script_turn: Callable[[], AbstractContextManager[object]]
    """Keeps the clock from advancing, and other scripts from running, while a script runs."""
    run_script: Callable[[Run, datetime], ScriptResult]
    """Begins or continues the script of a run, at the given time."""


class GlueService:
    """Glue in memory. Its state is a function of the calls received and of *clock*.

    Public methods take the lock, or say that the caller must hold it.
    """

    def __init__(
        self, dependencies: Dependencies, clock: Callable[[], datetime], defaults: Defaults
    ) -> None:
        self.lock: AbstractContextManager[Any] = threading.RLock()
        self.defaults = defaults
        self.halted: bool = False
        """Whether its time has stopped for good."""
        self._deciding = False
        self._dependencies = dependencies
        self._clock = clock
        self._last_clock = clock()
        self._script_runner = ScriptRunner(
            self.lock, dependencies.script_turn, dependencies.run_script
        )
        self._begin()

    def _begin(self) -> None:
        self.quotas: Quotas = Quotas()
        self.quotas.on_change(self.change_quota)
        self.store: Store = Store(self.quotas)
        self.plans: Plans = Plans()
        self.crawler_plans: CrawlPlans = CrawlPlans()
        self.faults: Faults = Faults()
        self.calls: list[CallRecord] = []
        self.event_queue: EventQueue = EventQueue(self._clock())
        self.event_log: EventLog = EventLog(self.event_queue)
        self.simulation: Simulation = Simulation(
            self.event_queue,
            self.event_log,
            self.store,
            self.plans,
            startup=self.defaults.startup,
            duration=self.defaults.duration,
            cleanup=self.defaults.cleanup,
            missing_for_launch=self._dependencies.missing_for_launch,
        )
        crawls = Crawls(self.event_queue, self.store, self.crawler_plans, self.defaults.duration)
        launcher = Launcher(self.store, self.plans, self.simulation, crawls)
        self.workflows: Workflows = Workflows(self.store, self.simulation, crawls, launcher)
        self.triggers: Triggers = Triggers(
            self.event_queue, self.store, self.simulation, crawls, launcher, self.workflows
        )
        self._context = Context(
            self.store,
            self.plans,
            self.simulation,
            self.triggers,
            self.workflows,
            self.event_queue,
            self.defaults.glue_version,
            self.defaults.end_of_life,
            self._dependencies.policy_problem,
            self._dependencies.parse_schedule,
        )
        self._stall_detector = StallDetector(self.defaults.max_reads, self._clock_may_advance)
        self._throttle = Throttle(self.defaults.max_requests_per_second)
        self._request_ids = map("00000000-0000-4000-8000-{:012}".format, count(1))

    def reset(self) -> None:
        """Forget everything: the service is as it was at the beginning."""
        with self.lock:
            self._begin()

    @cached_property
    def request_model(self) -> RequestModel:
        """The request model; loaded when first needed, since that takes a moment."""
        return self._dependencies.request_model()

    def time(self) -> datetime:
        """Return the time of the clock. It is before the simulation time if it went back."""
        return self._clock()

    def is_called_here(self) -> bool:
        """Return whether the current thread is in the middle of a call, and keeps others out."""
        lock: Any = self.lock
        is_owned: bool = lock._is_owned()
        return is_owned

    def advance(self) -> datetime:
        """Process due events and return the simulation time. The caller holds the lock.

        The lock is released while a script runs. What that script, or another thread, does
        meanwhile happens at the time of the script: nothing else becomes due.
        """
        if self._deciding:
            return self.event_queue.now
        self._last_clock = now = self._clock()
        if self._script_runner.is_busy:
            return self.event_queue.now
        if now < self.event_queue.now and self._is_idle():
            self.event_queue.now = now  # the clock went back
            self.triggers.clock_went_back(now)
        self._advance_to(now)
        while self.simulation.due_script is not None:
            self._script_runner.run_due(self.simulation)
            self._advance_to(now)
        return self.event_queue.now

    def _advance_to(self, now: datetime) -> None:
        self.event_queue.advance(now)
        if self.event_log.undelivered:
            for event in self.event_log.take_undelivered():
                self._dependencies.deliver_event(event)

    def _clock_may_advance(self) -> bool:
        """Return whether another thread will move the clock. None does so during a script."""
        return not self._script_runner.is_busy and self._dependencies.clock_may_advance()

    def decide(self, decision: Callable[[], bool]) -> bool:
        """Return what *decision* returns, which may read the service while events are processed.

        The caller holds the lock.
        """
        self._deciding = True
        try:
            return decision()
        finally:
            self._deciding = False

    def _is_idle(self) -> bool:
        """Return whether neither a run nor a crawl is under way."""
        crawling = any(region.crawls for region in self.store.regions.values())
        runs = self.store.runs.values()
        return not crawling and all(run.ended and run.reserved is None for run in runs)

    def catch_up(self) -> None:
        """Process due events."""
        with self.lock:
            self.advance()

    def halt(self) -> None:
        """Stop the simulation time: no event happens any more."""
        with self.lock:
            last = self.event_queue.now
            self._clock = lambda: last
            self.halted = True

    def next_delivery(self, until: datetime) -> datetime | None:
        """Return the time of the next event *until* then that must not be processed late.

        A clock that is moved stops there, so that EventBridge targets receive it on time, and
        scripts run on time. Takes no lock.
        """
        at = self.event_queue.earliest()
        if at is None or at > until or self._deciding:  # a decision that waits is part of one event
            return None
        wanted = self.simulation.has_scripts or self._dependencies.has_event_targets()
        return at if wanted else None

    def record_read(self, subject: str) -> datetime:
        """Advance for a read by the test and return the simulation time.

        The caller holds the lock. Raises StallDetected if reads of *subject* are repeated too
        often without the clock advancing.
        """
        now = self.advance()
        if not self.halted:
            self._stall_detector.record_read(self._last_clock, subject)
        return now

    def change_quota(self, name: str, value: object) -> None:
        """Change a quota, and start the runs that were waiting and fit now."""
        with self.lock:
            now = self.advance()  # what is due by now happens under the old quota
            self.quotas.store(name, value)
            self.simulation.admit_all(now)

    def add_job(self, caller: Caller, request: Mapping[str, Any]) -> None:
        """Create a job for the test. Raises GlueError. Not recorded as a call."""
        with self.lock:
            self.advance()
            validated = self.request_model.validate("CreateJob", request)
            add_job(self._context, self.store.region(caller), validated)

    def describe_run(self, run: Run) -> dict[str, Any]:
        """Return what GetJobRun shows of *run*. The caller holds the lock."""
        return describe_run(self._context, run)

    def describe_workflow_run(self, workflow_run: WorkflowRun) -> dict[str, Any]:
        """Return what GetWorkflowRun shows, with its graph. The caller holds the lock."""
        return describe_workflow_run(self._context, workflow_run, graph=True)

    def take_log_lines(self) -> list[tuple[Run, list[LogLine]]]:
        """Return the log lines written since the last call, for each run that has some.

        A run is also returned, without lines, when its log streams appear.
        """
        with self.lock:
            return self.simulation.log_feed.take(self.advance())

    def handle(self, caller: Caller, operation: str, body: bytes) -> wire.Response | None:
        """Return the response to a request, or None if it is not for this service.

        moto has the rest of Glue, and the tags of its resources. Raises StallDetected if reads
        are repeated too often without the clock advancing, and TransportError if the client is to
        get no response.
        """
        try:
            if operation not in OPERATIONS:
                if self.request_model.knows(operation):
                    return None
                raise UNKNOWN_OPERATION.error()
            request = wire.parse(body)
        except GlueError as error:
            with self.lock:
                self.calls.append(CallRecord(self.advance(), operation, {}, None, error, caller))
            return self._error_response(error)
        if operation in TAG_OPERATIONS and not names_our_resource(request):
            return None
        try:
            if self.faults.planned:
                return self._call_with_fault(caller, operation, request)
            return wire.response(self._call(caller, operation, request), self._new_request_id())
        except TransportError:
            raise
        except GlueError as error:
            return self._error_response(error)

    def _call_with_fault(
        self, caller: Caller, operation: str, request: Mapping[str, Any]
    ) -> wire.Response:
        with self.lock:
            effect = self.faults.take(operation)
            lost = isinstance(effect, LostResponse)
            try:
                response = self._call(caller, operation, request, effect)
            except TransportError:
                raise
            except GlueError as error:
                if not lost:
                    raise
                _drop_frames(error)
            if lost:
                self.calls[-1] = self.calls[-1]._replace(response_lost=True)
                raise TransportError(LOST, "The response was lost")
            if isinstance(effect, HiddenRun):
                until = add_duration(self.event_queue.now, effect.duration)
                self.store.hidden[response["JobRunId"]] = until
            whole = wire.response(response, self._new_request_id())
        if isinstance(effect, Latency):
            return whole._replace(latency=effect.duration.total_seconds())
        return whole

    def _call(
        self,
        caller: Caller,
        operation: str,
        request: Mapping[str, Any],
        effect: Effect | None = None,
    ) -> dict[str, Any]:
        """Run an operation and record the call; return the response or raise GlueError."""
        with self.lock:
            now = self.advance()
            reads = operation.startswith(READ_PREFIXES)
            if reads:
                self._stall_detector.record_read(self._last_clock)
            try:
                self._throttle.check(caller, now)
                if effect is not None:
                    _raise_error(effect, caller, operation, request)
                request = self.request_model.validate(operation, request)
                response = OPERATIONS[operation](self._context, self.store.region(caller), request)
            except GlueError as error:
                self.calls.append(CallRecord(now, operation, dict(request), None, error, caller))
                if not reads:
                    self._stall_detector.record_read(self._last_clock, CLIENT_CALLS)
                raise
            self.calls.append(CallRecord(now, operation, request, response, None, caller))
            if not reads and response.get("SuccessfulSubmissions") != []:
                self._stall_detector.record_change()
            return response

    def _error_response(self, error: GlueError) -> wire.Response:
        _drop_frames(error)
        return wire.error_response(error, self._new_request_id())

    def _new_request_id(self) -> str:
        """Return the next x-amzn-RequestId: the same ids for the same calls."""
        return next(self._request_ids)


def _drop_frames(error: GlueError) -> None:
    """Remove the traceback: `calls` keeps the error, which would keep all that the stack holds."""
    error.__traceback__ = None


def _raise_error(
    effect: Effect, caller: Caller, operation: str, request: Mapping[str, Any]
) -> None:
    """Raise the error of the fault *effect*, if it has one."""
    if isinstance(effect, Unreachable):
        raise effect.exception()
    if isinstance(effect, ErrorResponse):
        job = request.get("JobName", request.get("Name", ""))
        raise effect.error(operation, job=job, account=caller.account_id)
