"""A reference model of AWS Glue's job runs, written for tests and independent of the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import pytest

from pytest_glue_runs import Plan, succeeds

ENDED = frozenset({"SUCCEEDED", "FAILED", "ERROR", "TIMEOUT", "STOPPED"})
STARTUP, DURATION, CLEANUP = timedelta(seconds=4), timedelta(minutes=1), timedelta(seconds=5)
STOPPING, RETRY, FLEX_WAIT = timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=20)
DPU_SECONDS_AFTER, FORGOTTEN_AFTER = timedelta(seconds=40), timedelta(days=365)
DEFAULT_TIMEOUT, LONGEST_TIMEOUT = 2880, 10_080
OVER_JOB = "Max concurrent job runs per job exceeded"
OVER_ACCOUNT = "Max concurrent job runs per account exceeded"
OVER_DPUS = "Max concurrent compute (DPU usage) exceeded"
NO_DPUS = "Exceeded maximum concurrent compute capacity"
OVER_JOB_BY_ITSELF = "Max concurrent runs exceeded"
INVALID, NOT_FOUND = "InvalidInputException", "EntityNotFoundException"


Place = tuple[str, str]  # an account and a region


@dataclass(eq=False)
class Job:
    """A job of the reference model."""

    place: Place
    name: str
    definition: Mapping[str, Any]

    @property
    def max_concurrent_runs(self) -> int:
        return int(self.definition["ExecutionProperty"]["MaxConcurrentRuns"])


@dataclass(eq=False)
class Run:
    """A run of the reference model: what was asked for, and what happened when."""

    job: Job
    asked: Mapping[str, Any]
    plan: Plan = field(default_factory=succeeds)
    id: str = ""
    attempt: int = 0
    previous_run_id: str | None = None
    history: list[tuple[datetime, str, str | None]] = field(default_factory=list)
    holds: float | None = None
    """The DPUs that it occupies; None while it counts against no limit."""

    @property
    def state(self) -> str:
        return self.history[-1][1]

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def dpus(self) -> float:
        if self.asked["Command"]["Name"] == "pythonshell":
            return float(self.asked["MaxCapacity"])
        return float(self.asked["NumberOfWorkers"] * int(self.asked["WorkerType"][2]))

    @property
    def cleanup(self) -> timedelta:
        return _given(self.plan.cleanup, CLEANUP)

    @property
    def pool(self) -> str:
        return "flex" if self.asked["ExecutionClass"] == "FLEX" else "standard"


class Due(NamedTuple):
    """What happens to a run by itself. Among equal times: frees capacity, then wants it."""

    at: datetime
    wants_capacity: bool
    number: int
    run: Run
    state: str
    detail: str | None


class Reference:
    """What AWS Glue would do, in the most naive way: lists, scanned from end to end.

    It shares no code with the service. Requests return the error code that is expected.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.jobs: dict[tuple[Place, str], Job] = {}
        self.runs: list[Run] = []
        self.plans: dict[str, list[Plan]] = {}
        self.faults: dict[str, list[str]] = {}
        self.due: list[Due] = []
        self.queue: list[Run] = []
        self.quotas: dict[str, Any] = {
            "max_concurrent_runs": 2000,
            "max_concurrent_runs_per_job": 4000,
            "max_jobs": 2000,
            "max_dpus": None,
            "max_flex_dpus": 4000,
        }
        self._numbers = count()

    def plan(self, name: str, *plans: Plan) -> None:
        self.plans.setdefault(name, []).extend(plans)

    def shown(self, run: Run) -> dict[str, Any]:
        """What GetJobRun shows of a run; None for what is absent."""
        running = [at for at, state, _ in run.history if state == "RUNNING"]
        end = run.history[-1][0] if run.ended else self.now
        seconds = (end - running[0]) // timedelta(seconds=1) if running else 0
        billed = run.pool == "flex" and run.ended and self.now - end >= DPU_SECONDS_AFTER
        return {
            "Id": run.id,
            "Attempt": run.attempt,
            "PreviousRunId": run.previous_run_id,
            "JobRunState": run.state,
            "StartedOn": run.history[0][0],
            "CompletedOn": end if run.ended else None,
            "LastModifiedOn": run.history[-1][0],
            "ExecutionTime": seconds,
            "DPUSeconds": seconds * run.dpus if billed else None,
            "Timeout": min(run.asked.get("Timeout", DEFAULT_TIMEOUT), LONGEST_TIMEOUT),
            "MaxCapacity": run.dpus,
            "Arguments": run.asked.get("Arguments"),
            "ErrorMessage": run.history[-1][2] if run.ended else None,
        }

    def advance(self, moment: datetime) -> None:
        """Apply everything that is due by a moment, each at its own time."""
        while self.due and (first := min(self.due)).at <= moment:
            self.due.remove(first)
            self.now = first.at
            if first.state == "RETRY":
                self._retry(first.run)
            elif first.state == "RELEASE":
                first.run.holds = None
            else:
                self._enter(first.run, first.state, first.detail)
            self._admit()
        self.now = moment

    def fault(self, operation: str) -> str | None:
        """The error that the next call of an operation was told to end in."""
        codes = self.faults.get(operation)
        return codes.pop(0) if codes else None

    def create(
        self, place: Place, name: str, definition: Mapping[str, Any], *, old: bool = False
    ) -> str | None:
        """*old*: the job was created under other limits than today's."""
        known = self.jobs.get((place, name))
        if known is not None:
            same = known.definition == definition
            return "AlreadyExistsException" if same else "IdempotentParameterMismatchException"
        if _is_invalid(definition) or _has_one_worker(definition):
            return INVALID
        if not old and self._is_over_limit(definition):
            return INVALID
        if sum(job.place == place for job in self.jobs.values()) >= self.quotas["max_jobs"]:
            return "ResourceNumberLimitExceededException"
        self.jobs[place, name] = Job(place, name, definition)
        return None

    def update(self, place: Place, name: str, definition: Mapping[str, Any]) -> str | None:
        if (place, name) not in self.jobs:
            return NOT_FOUND
        if _is_invalid(definition) or self._is_over_limit(definition):
            return INVALID
        self.jobs[place, name].definition = definition
        self._admit()
        return None

    def delete(self, place: Place, name: str) -> None:
        self.jobs.pop((place, name), None)

    def set_quota(self, name: str, value: float | None) -> None:
        self.quotas[name] = value
        self._admit()

    def start(self, place: Place, name: str, request: Mapping[str, Any]) -> str | None:
        job = self.jobs.get((place, name))
        if job is None:
            return NOT_FOUND
        if "JobRunId" in request:
            previous = self.find(job, request["JobRunId"])
            if previous is None:
                return NOT_FOUND
            if not previous.ended:
                return INVALID
        asked = {**job.definition, **request}
        no_workers = _is_shell(asked) and "NumberOfWorkers" in request
        if _is_invalid(asked) or _is_too_long(request) or no_workers or _has_one_worker(request):
            return INVALID
        run = Run(job, asked, previous_run_id=request.get("JobRunId"))
        obstacle = self.obstacle(run)
        if not asked["JobRunQueuingEnabled"] and obstacle == OVER_JOB:
            return "ConcurrentRunsExceededException"
        if not asked["JobRunQueuingEnabled"] and obstacle == OVER_ACCOUNT:
            return "ResourceNumberLimitExceededException"
        self._launch(run)
        return None

    def stop(self, place: Place, name: str, run_ids: list[str]) -> list[str]:
        """Stop runs; return the ids of those that could be stopped."""
        job = self.jobs.get((place, name))
        stopped = []
        for run_id in run_ids:
            run = self.find(job, run_id)
            if run is None or run.ended:
                continue
            stopped.append(run_id)
            if run.state == "WAITING":
                self._enter(run, "STOPPED")
            elif run.state != "STOPPING":
                self._enter(run, "STOPPING")
            self._admit()
        return stopped

    def find(self, job: Job | None, run_id: str) -> Run | None:
        """The run of a job that has this id."""
        return next((run for run in self.runs if run.job is job and run.id == run_id), None)

    def is_found(self, run: Run) -> bool:
        """Whether GetJobRun finds a run: its job still exists, and it is not too old."""
        known = self.jobs.get((run.job.place, run.job.name)) is run.job
        return known and self.now - run.history[0][0] <= FORGOTTEN_AFTER

    def obstacle(self, run: Run) -> str | None:
        """Why a run cannot start now."""
        here = [one for one in self.runs if one.job.place == run.job.place]
        active = [one for one in here if one.holds is not None]
        of_job = sum(one.job is run.job for one in active)
        quotas = self.quotas
        if of_job >= min(run.job.max_concurrent_runs, quotas["max_concurrent_runs_per_job"]):
            return OVER_JOB
        if len(active) >= quotas["max_concurrent_runs"]:
            return OVER_ACCOUNT
        used = sum(one.holds or 0 for one in active if one.pool == run.pool)
        standard = quotas["max_dpus"]
        if standard is None:
            standard = 1000 if run.job.place[1] == "us-east-1" else 500
        limit = quotas["max_flex_dpus"] if run.pool == "flex" else standard
        return OVER_DPUS if used + run.dpus > limit else None

    def _is_over_limit(self, definition: Mapping[str, Any]) -> bool:
        most = definition["ExecutionProperty"]["MaxConcurrentRuns"]
        return _is_too_long(definition) or most > self.quotas["max_concurrent_runs_per_job"]

    def _launch(self, run: Run) -> None:
        waiting = self.plans.get(run.job.name)
        run.plan = waiting.pop(0) if waiting else run.plan
        obstacle = self.obstacle(run)
        self.runs.append(run)
        if obstacle is None:
            self._enter(run, "STARTING")
        elif run.asked["JobRunQueuingEnabled"]:
            self._enter(run, "WAITING", obstacle)
        elif obstacle != OVER_DPUS:
            self._enter(run, "FAILED", OVER_JOB_BY_ITSELF)
        elif run.pool == "flex":
            self._enter(run, "WAITING", obstacle)
            self._later(FLEX_WAIT, run, "FAILED", NO_DPUS, wants_capacity=True)
        else:
            run.holds = 0
            run.history.append((self.now, "STARTING", None))
            self._later(STARTUP, run, "FAILED", NO_DPUS)

    def _enter(self, run: Run, state: str, detail: str | None = None) -> None:
        plan = run.plan
        run.history.append((self.now, state, detail))
        self.due = [due for due in self.due if due.run is not run]
        self.queue = [one for one in self.queue if one is not run]
        if state == "WAITING":
            self.queue.append(run)
        elif state == "STARTING":
            run.holds = run.dpus
            if plan.during == "STARTING":
                self._later(_given(plan.after, STARTUP), run, str(plan.ending), plan.error)
            else:
                self._later(_given(plan.startup, STARTUP), run, "RUNNING")
        elif state == "RUNNING":
            minutes = min(run.asked.get("Timeout", DEFAULT_TIMEOUT), LONGEST_TIMEOUT)
            timeout, after = timedelta(minutes=minutes), _given(plan.after, DURATION)
            if plan.ending is not None and after <= timeout:
                self._later(after, run, plan.ending, plan.error)
            else:
                self._later(timeout, run, "TIMEOUT")
        elif state == "STOPPING":
            self._later(STOPPING, run, "STOPPED")
        else:
            if run.holds is not None and run.cleanup:
                self._later(run.cleanup, run, "RELEASE")
            else:
                run.holds = None
            if state == "FAILED" and run.attempt < run.asked["MaxRetries"]:
                self._later(RETRY, run, "RETRY", wants_capacity=True)

    def _retry(self, before: Run) -> None:
        attempt = before.attempt + 1
        root = before.id.partition("_attempt_")[0]
        run = Run(before.job, before.asked, previous_run_id=before.id, attempt=attempt)
        run.id = f"{root}_attempt_{attempt}"
        self._launch(run)

    def _admit(self) -> None:
        for run in sorted(self.queue, key=lambda run: run.job.place):
            if self.obstacle(run) is None:
                self._enter(run, "STARTING")

    def _later(
        self,
        after: timedelta,
        run: Run,
        state: str,
        detail: str | None = None,
        *,
        wants_capacity: bool = False,
    ) -> None:
        due = Due(self.now + after, wants_capacity, next(self._numbers), run, state, detail)
        self.due.append(due)


def _given(value: timedelta | None, default: timedelta) -> timedelta:
    return default if value is None else value


def _is_shell(asked: Mapping[str, Any]) -> bool:
    return bool(asked["Command"]["Name"] == "pythonshell")


def _is_invalid(asked: Mapping[str, Any]) -> bool:
    flex = asked["ExecutionClass"] == "FLEX"
    queues_in_vain = asked["JobRunQueuingEnabled"] and (flex or asked["MaxRetries"] > 0)
    too_few = not _is_shell(asked) and asked["NumberOfWorkers"] < 1
    return queues_in_vain or too_few or (flex and _is_shell(asked))


def _has_one_worker(asked: Mapping[str, Any]) -> bool:
    """UpdateJob accepts it."""
    return bool(asked.get("NumberOfWorkers", 2) < 2)


def _is_too_long(asked: Mapping[str, Any]) -> bool:
    return bool(asked.get("Timeout", 1) > LONGEST_TIMEOUT)


@pytest.fixture(scope="session")
def reference() -> type[Reference]:
    """The reference model."""
    return Reference
