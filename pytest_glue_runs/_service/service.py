"""The service: one Glue in memory, with its history of calls and its lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

from pytest_glue_runs._service.engine.event_queue import EventQueue
from pytest_glue_runs._service.engine.eventbridge import EventLog
from pytest_glue_runs._service.engine.faults import Faults
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.engine.stall_detector import LOOKING, StallDetector
from pytest_glue_runs._service.model.plan import Plan, Plans
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Store
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.protocol.errors import GlueError
from pytest_glue_runs._service.protocol.request_model import RequestModel, Sent


@dataclass(frozen=True)
class Defaults:
    """How the service behaves where neither a plan nor a request says otherwise."""

    startup: timedelta
    duration: timedelta
    glue_version: str
    max_reads: int


@dataclass(frozen=True)
class Outside:
    """What the service gets from other libraries, through the doors above it."""

    request_model: Callable[[], RequestModel]
    """Loads the request request_model."""
    policy_problem: Callable[[str], str | None]
    """What is wrong with an IAM policy; None if nothing is."""
    deliver: Callable[[Mapping[str, Any]], None]
    """Hands an event of EventBridge on."""
    listens: Callable[[], bool]
    """Whether somebody is there to have it at its own time."""
    explain: Callable[[Glue, str], str | None]
    """Says why who looks at something again and again will see nothing new; None if they will."""


class Caller(NamedTuple):
    """Whose request it is, and for which region."""

    account_id: str
    region: str


class Call(NamedTuple):
    """A call that the service has seen."""

    at: datetime
    operation: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    """The answer; None where it was an error."""
    error: GlueError | None
    """The error; None where there was an answer."""
    caller: Caller


class Glue:
    """Glue in memory.

    Its state is a function of the calls it has seen and of the *clock*. Every look from
    outside goes through `advance` and the lock.
    """

    def __init__(self, outside: Outside, clock: Callable[[], datetime], defaults: Defaults) -> None:
        self.lock: AbstractContextManager[Any] = threading.RLock()
        self.defaults = defaults
        self.policy_problem: Callable[[str], str | None] = outside.policy_problem
        self.halted: bool = False
        """Whether its time stands still for good."""
        self._outside = outside
        self._clock = clock
        self._clock_says = clock()
        self._begin()

    def _begin(self) -> None:
        self.quotas: Quotas = Quotas(_changing=self.catch_up, _changed=self._admit_everywhere)
        self.store: Store = Store(self.quotas)
        self.plans: Plans = Plans()
        self.faults: Faults = Faults()
        self.calls: list[Call] = []
        self.event_queue: EventQueue = EventQueue(self._clock())
        self.event_log: EventLog = EventLog(self.event_queue)
        self.simulation: Simulation = Simulation(
            self.event_queue,
            self.event_log,
            self._again,
            startup=self.defaults.startup,
            duration=self.defaults.duration,
        )
        self.stall_detector: StallDetector = StallDetector(
            self.defaults.max_reads, lambda what: self._outside.explain(self, what)
        )
        self._request_ids = map("00000000-0000-4000-8000-{:012}".format, count(1))

    def reset(self) -> None:
        """Forgets everything: the service is as it was at the beginning."""
        with self.lock:
            self._begin()

    @cached_property
    def request_model(self) -> RequestModel:
        """The request shapes; loaded when first needed, since that takes a moment."""
        return self._outside.request_model()

    def advance(self) -> datetime:
        """Lets all happen that is due by now, and gives the time that it is for the runs."""
        self._clock_says = now = self._clock()
        if now < self.event_queue.now and all(run.ended for run in self.store.runs.values()):
            self.event_queue.now = now  # no run is under way that would go back with it
        self.event_queue.advance(now)
        if self.event_log.new:
            for event in self.event_log.take_new():
                self._outside.deliver(event)
        return self.event_queue.now

    def looked_at(self, what: str) -> datetime:
        """`advance`, for a look of the test itself; raises TooManyReadsError if they go on and
        on while nothing moves the clock."""
        __tracebackhide__ = True
        now = self.advance()
        if not self.halted:
            self.stall_detector.look(self._clock_says, what)
        return now

    def time(self) -> datetime:
        """What the clock says: behind the runs' time where it was put back."""
        return self._clock()

    def next_to_tell(self, until: datetime) -> datetime | None:
        """The next moment *until* then when something happens that others may be told of.

        A clock that is moved stops there, so that they have it in time. It takes no lock.
        """
        at = self.event_queue.earliest()
        return at if at is not None and at <= until and self._outside.listens() else None

    def catch_up(self) -> None:
        """Lets all happen that is due by now, for those who look elsewhere."""
        with self.lock:
            self.advance()

    def halt(self) -> None:
        """Stops its time: nothing happens by itself any more."""
        with self.lock:
            last = self.event_queue.now
            self._clock = lambda: last
            self.halted = True

    def call(self, caller: Caller, operation: str, sent: Sent) -> dict[str, Any]:
        """The answer to a client's call; raises GlueError. Either is remembered."""
        with self.lock:
            now = self.advance()
            looks = operation.startswith(LOOKING)
            if looks:
                self.stall_detector.look(self._clock_says)
            request = sent.content
            try:
                if self.faults.waiting:
                    self.faults.check(operation)
                request = self.request_model.read_sent(operation, sent)
                response = OPERATIONS[operation](self, self.store.region(caller), request)
            except GlueError as error:
                self.calls.append(Call(now, operation, dict(request), None, error, caller))
                if not looks:
                    self.stall_detector.look(self._clock_says)
                raise
            self.calls.append(Call(now, operation, request, response, None, caller))
            if not looks and response.get("SuccessfulSubmissions") != []:
                self.stall_detector.something_was_done()
            return response

    def refuse(self, caller: Caller, operation: str, error: GlueError) -> None:
        """Remembers a call that could not even be read."""
        with self.lock:
            self.calls.append(Call(self.advance(), operation, {}, None, error, caller))

    def new_request_id(self) -> str:
        """The x-amzn-RequestId of the next answer: the same each time for the same story."""
        return next(self._request_ids)

    def _again(self, before: Run, run_id: str, plan: Plan | None, at: datetime) -> Run:
        """A run that comes after another by itself; without a *plan* it has the job's next."""
        run = Run(
            id=run_id,
            job=before.job,
            plan=plan or self.plans.take(before.job.name, before.config.command),
            started_on=at,
            arguments=before.arguments,
            config=before.config,
            previous_run_id=before.id,
        )
        self.store.add(run)
        return run

    def _admit_everywhere(self) -> None:
        with self.lock:
            self.advance()
            for region in self.store.regions.values():
                self.simulation.admit(region, self.event_queue.now)
