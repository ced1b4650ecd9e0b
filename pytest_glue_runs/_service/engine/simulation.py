"""The life of a run: wait, start, end, time out, stop, retry, restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pytest_glue_runs._service.engine import restarts
from pytest_glue_runs._service.engine.capacity_pool import CapacityPool
from pytest_glue_runs._service.engine.event_queue import EventQueue, add_duration
from pytest_glue_runs._service.engine.eventbridge import EventLog
from pytest_glue_runs._service.engine.log_feed import LogFeed
from pytest_glue_runs._service.engine.run_event import RunEvent, RunEventKind
from pytest_glue_runs._service.model.effective_config import Demand
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.plans import Plans
from pytest_glue_runs._service.model.run import ENDED_STATES, Run, RunState
from pytest_glue_runs._service.model.store import Store
from pytest_glue_runs._service.rules.behaviors import (
    FLEX_WAIT,
    NO_CAPACITY,
    RETRY_DELAY,
    RETRY_OVER_LIMIT,
    STOPPING_TIME,
    WAITING_FOR_CAPACITY,
)
from pytest_glue_runs._service.rules.launch_errors import LaunchProblem, launch_error
from pytest_glue_runs._service.rules.rule_types import Behavior
from pytest_glue_runs._service.rules.versions import INVALID_VERSION


class _End(NamedTuple):
    """How a run that is RUNNING ends by itself, or when its script continues."""

    after: timedelta
    state: RunState | None
    detail: str | None
    action: Callable[[RunEvent], None]
    kind: RunEventKind = "transition"


class DueScript(NamedTuple):
    """The script of a run that is to begin, or to continue, at a moment."""

    run: Run
    at: datetime


class Simulation:
    """Moves runs through their states by scheduling events.

    A script that is due, `due_script`, pauses the simulation: no event is processed until the
    caller has run it and called `script_waits` or `script_ended`.

    *startup*, *duration* and *cleanup* hold for runs whose plan does not give them.
    *missing_for_launch* returns what keeps a run from starting, or None.
    """

    def __init__(
        self,
        queue: EventQueue,
        event_log: EventLog,
        store: Store,
        plans: Plans,
        *,
        startup: timedelta,
        duration: timedelta,
        cleanup: timedelta,
        missing_for_launch: Callable[[Run], LaunchProblem | None],
    ) -> None:
        self._queue = queue
        self._event_log = event_log
        self._store = store
        self._plans = plans
        self._startup = startup
        self._duration = duration
        self._cleanup = cleanup
        self._missing_for_launch = missing_for_launch
        self.on_end: Callable[[Run, datetime], None] = lambda run, at: None
        """Called when a run of a trigger has ended and is not retried."""
        self._pools: dict[tuple[str, str], CapacityPool] = {}
        self._next: dict[str, RunEvent] = {}
        self._with_script: set[str] = set()
        self.log_feed: LogFeed = LogFeed()
        self.due_script: DueScript | None = None

    @property
    def has_scripts(self) -> bool:
        """Whether a run that has not ended has a script. Safe to read from any thread."""
        return bool(self._with_script)

    def next_event(self, run: Run) -> RunEvent | None:
        """Return the next event of *run*, or None if nothing is scheduled."""
        return self._next.get(run.id)

    def obstacle(self, job: Job, demand: Demand) -> Behavior | None:
        """Return the limit that keeps a run of *job* from starting now, or None."""
        return self._pool(job).obstacle(job, demand)

    def waiting_reason(self, run: Run) -> str | None:
        """Return the StateDetail of a WAITING run: the limit that applies now."""
        obstacle = self.obstacle(run.job, run.config.demand)
        return run.history[-1].detail if obstacle is None else obstacle.value

    def launch(self, run: Run, obstacle: Behavior | None) -> None:
        """Start a new run, queue it, or let it fail, depending on *obstacle*."""
        at = run.started_on
        self._event_log.run_accepted(run)
        if run.plan.has_script:
            self._with_script.add(run.id)
        if obstacle is None:
            self._start(run, at)
        elif run.config.resolved["JobRunQueuingEnabled"]:
            self._wait(run, obstacle, at)
        elif obstacle is not WAITING_FOR_CAPACITY:
            # StartJobRun rejects such a run, so this is a retry, a restart, or a trigger's run.
            self._end(run, "FAILED", RETRY_OVER_LIMIT.value, at)
        elif run.config.demand.pool == "flex":
            self._wait(run, obstacle, at)
            end = _End(FLEX_WAIT.value, "FAILED", NO_CAPACITY.value, self._ended)
            self._schedule(run, end, last=True)
        else:
            self._pool(run.job).reserve(run, Demand(run.config.demand.pool, 0))
            self._enter(run, "STARTING", None, at)
            self._schedule(run, _End(self._startup, "FAILED", NO_CAPACITY.value, self._ended))

    def error(self, run: Run) -> None:
        """End a new run in ERROR: its job was deleted."""
        self._end(run, "ERROR", None, run.started_on)

    def stop(self, run: Run, at: datetime) -> None:
        """Stop a run that has not ended: STOPPING, and STOPPED soon after."""
        if run.state == "WAITING":
            self._end(run, "STOPPED", None, at)
        elif run.state != "STOPPING":
            self._enter(run, "STOPPING", None, at)
            self._schedule(run, _End(STOPPING_TIME.value, "STOPPED", None, self._ended))

    def abandon_retry(self, run: Run, at: datetime) -> None:
        """Let a run that has ended have no further attempt."""
        event = self._next.pop(run.id, None)
        if event is not None:
            event.cancelled = True
            self.on_end(run, at)

    def admit(self, job: Job, at: datetime) -> None:
        """Start the waiting runs that fit now in the region of *job*."""
        self._admit(self._pool(job), at)

    def admit_all(self, at: datetime) -> None:
        """Start the waiting runs that fit now, in every region."""
        # In one order, so that it does not matter which region was used first.
        for _, pool in sorted(self._pools.items()):
            self._admit(pool, at)

    def take_due_script(self) -> DueScript | None:
        """Return the script that is due, which the caller is to run; None if there is none."""
        due, self.due_script = self.due_script, None
        return due

    def script_waits(self, run: Run, until: datetime) -> None:
        """Let the script that was run continue at *until*, unless the run ends before."""
        self._queue.paused = False
        if run.state == "RUNNING":
            self._schedule_first(
                run, _End(until - run.modified_on, None, None, self._script_due, "script")
            )

    def script_ended(self, run: Run, at: datetime, error: str | None) -> None:
        """Let the run whose script has ended *at* that time end as it does.

        *error* is the ErrorMessage if the script has failed. A function that is called at the end
        does not change how the run ends.
        """
        self._queue.paused = False
        plan = run.plan
        if run.state != "RUNNING":
            return
        if plan.ending is not None:
            self._end(run, plan.ending, plan.error, at)
            return
        ends_at = add_duration(at, self._duration if plan.after is None else plan.after)
        state: RunState = "SUCCEEDED" if error is None else "FAILED"
        self._schedule_first(run, _End(ends_at - run.modified_on, state, error, self._ended))

    def is_executing(self, run: Run) -> bool:
        """Return whether the script of *run* is to decide when it ends."""
        event = self.next_event(run)
        decided = event is not None and event.state in ENDED_STATES
        return run.plan.script is not None and not run.ended and not decided

    def ends_at(self, run: Run) -> datetime | None:
        """Return when *run* will end by itself.

        None if it will not, or if that is not known: it is WAITING, or a script decides.
        """
        event = self.next_event(run)
        if event is None or event.recurs_forever or self.is_executing(run):
            return None
        if event.state != "RUNNING":
            return event.at
        end = self._first_end(run, event.at, self._planned_end(run))
        if end is None or (end.kind == "restart" and run.plan.ending is None):
            return None
        return add_duration(event.at, end.after)

    def _pool(self, job: Job) -> CapacityPool:
        key = (job.account_id, job.region)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = CapacityPool(job.region, self._store.quotas)
        return pool

    def _admit(self, pool: CapacityPool, at: datetime) -> None:
        while (run := pool.dequeue()) is not None:
            self._start(run, at)

    def _wait(self, run: Run, obstacle: Behavior, at: datetime) -> None:
        self._enter(run, "WAITING", obstacle.value, at)
        self._pool(run.job).enqueue(run)

    def _start(self, run: Run, at: datetime) -> None:
        self._pool(run.job).reserve(run, run.config.demand)
        self._enter(run, "STARTING", None, at)
        self._schedule(run, self._end_of_startup(run))

    def _end_of_startup(self, run: Run) -> _End:
        plan, job = run.plan, run.job
        startup = self._startup if plan.startup is None else plan.startup
        if not run.config.can_run:
            version = run.config.resolved["GlueVersion"]
            error = INVALID_VERSION.value.format(job=job.name, run=run.id, version=version)
            return _End(startup, "FAILED", error, self._ended)
        problem = plan.launch_problem or self._missing_for_launch(run)
        if problem is not None:
            security = run.config.resolved.get("SecurityConfiguration")
            error = launch_error(problem, job.name, run.id, job.definition, security)
            return _End(startup, "FAILED", error, self._ended)
        if plan.during == "STARTING" and plan.ending is not None:
            after = startup if plan.after is None else plan.after
            return _End(after, plan.ending, plan.error, self._ended)
        return _End(startup, "RUNNING", None, self._running)

    def _running(self, event: RunEvent) -> None:
        run = event.run
        self._enter(run, "RUNNING", event.detail, event.at)
        self.log_feed.add(run)
        if run.plan.script is not None:
            self._script_due(event)
        else:
            self._schedule_first(run, self._planned_end(run))

    def _script_due(self, event: RunEvent) -> None:
        self.due_script = DueScript(event.run, event.at)
        self._queue.paused = True

    def _schedule_first(self, run: Run, own: _End | None) -> None:
        """Schedule *own*, or the limit of a RUNNING run if that comes first."""
        first = self._first_end(run, run.modified_on, own)
        if first is not None:
            self._schedule(run, first)

    def _planned_end(self, run: Run) -> _End | None:
        plan = run.plan
        if plan.ending is None:
            return None
        after = self._duration if plan.after is None else plan.after
        action = self._ended if plan.then is None else self._script_due
        return _End(after, plan.ending, plan.error, action)

    def _first_end(self, run: Run, at: datetime, own: _End | None) -> _End | None:
        """Return *own*, or what else ends a run that is RUNNING from *at* if it comes first."""
        ends = [] if own is None else [own]
        restart = restarts.restart_due(run)
        timeout = run.config.resolved.get("Timeout")
        if restart is not None and restart > at:
            # A restart replaces the Timeout, which is as long, or ends inside the window.
            ends.append(_End(restart - at, "EXPIRED", None, self._restarted, "restart"))
        elif timeout is not None:
            ends.append(_End(timedelta(minutes=timeout), "TIMEOUT", None, self._ended))
        # Of two ends at the same time the run's own comes first: its script has finished.
        return min(ends, key=lambda end: end.after, default=None)

    def _ended(self, event: RunEvent) -> None:
        assert event.state is not None
        self._end(event.run, event.state, event.detail, event.at)

    def _end(self, run: Run, state: RunState, detail: str | None, at: datetime) -> None:
        self._enter(run, state, detail, at)
        if run.error is not None and (run.plan.script is None or run.running_on is None):
            self._write_error(run, at)
        self._release_after_cleanup(run, at)
        # Only FAILED is retried: "Jobs that reach the timeout limit are not restarted."
        if state == "FAILED" and run.attempt < run.config.max_retries:
            due = add_duration(at, RETRY_DELAY.value)
            retry = RunEvent(due, run, "retry", self._retried)
            self._next[run.id] = self._queue.add(retry, last=True)
        elif run.origin is not None:
            self.on_end(run, at)

    def _write_error(self, run: Run, at: datetime) -> None:
        """Write the ErrorMessage to the error log."""
        for line in (run.error or "").splitlines():
            run.write(at, "error", line)
        if run.running_on is None:
            self.log_feed.add(run)

    def _release_after_cleanup(self, run: Run, at: datetime) -> None:
        cleanup = self._cleanup if run.plan.cleanup is None else run.plan.cleanup
        event = RunEvent(add_duration(at, cleanup), run, "release", self._released)
        if cleanup and run.reserved is not None:
            self._queue.add(event)
        else:
            self._released(event)

    def _released(self, event: RunEvent) -> None:
        self._pool(event.run.job).release(event.run)
        self.admit(event.run.job, event.at)

    def _retried(self, event: RunEvent) -> None:
        run = event.run
        del self._next[run.id]
        retry = self._successor(run, restarts.attempt_id(run), event.at)
        retry.attempt = run.attempt + 1
        retry.plan = self._plans.take(retry)
        self._launch_successor(retry)

    def _restarted(self, event: RunEvent) -> None:
        run = event.run
        self._pool(run.job).release(run)
        self._enter(run, "EXPIRED", None, event.at)
        restart = self._successor(run, restarts.restart_id(run), event.at)
        restart.attempt = run.attempt
        restart.plan = restarts.remaining_plan(run, event.at, self._duration)
        self._launch_successor(restart)
        self.admit(run.job, event.at)

    def _successor(self, before: Run, run_id: str, at: datetime) -> Run:
        return Run(
            id=run_id,
            job=before.job,
            started_on=at,
            arguments=before.arguments,
            config=before.config,
            previous_run_id=before.id,
            origin=before.origin,
        )

    def _launch_successor(self, run: Run) -> None:
        self._store.add(run)
        self.launch(run, self.obstacle(run.job, run.config.demand))

    def _enter(self, run: Run, state: RunState, detail: str | None, at: datetime) -> None:
        event = self._next.pop(run.id, None)
        if event is not None:
            event.cancelled = True
        run.enter(state, at, detail)
        if run.ended:
            self._with_script.discard(run.id)
        self._event_log.state_entered(run, at)

    def _schedule(self, run: Run, end: _End, *, last: bool = False) -> None:
        at = add_duration(run.modified_on, end.after)
        event = RunEvent(at, run, end.kind, end.action, end.state, end.detail)
        self._next[run.id] = self._queue.add(event, last=last)
