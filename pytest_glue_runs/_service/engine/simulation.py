"""What happens to a run when: wait, start, end, time out, stop, retry, restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pytest_glue_runs._service.engine import restarts
from pytest_glue_runs._service.engine.event_queue import EventQueue, Happen, later
from pytest_glue_runs._service.engine.eventbridge import EventLog
from pytest_glue_runs._service.model.effective_config import Demand
from pytest_glue_runs._service.model.plan import Plan
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.rules.behaviors import (
    FLEX_WAIT,
    NO_CAPACITY,
    RETRY_DELAY,
    RETRY_WITHOUT_ROOM,
    STOPPING_TIME,
    WAITING_FOR_CAPACITY,
)
from pytest_glue_runs._service.rules.rule_types import Behavior
from pytest_glue_runs._service.rules.versions import NOT_VALID


class Simulation:
    """Moves runs through their states, each step at its own time on the event_queue."""

    def __init__(
        self,
        event_queue: EventQueue,
        event_log: EventLog,
        launch_again: Callable[[Run, str, Plan | None, datetime], Run],
        *,
        startup: timedelta,
        duration: timedelta,
    ) -> None:
        self._event_queue = event_queue
        self._event_log = event_log
        self._launch_again = launch_again
        self._startup = startup
        self._duration = duration

    def launch(self, run: Run, obstacle: Behavior | None) -> None:
        """Lets a new run be STARTING if there is no *obstacle*, else WAITING, or FAILED."""
        at = run.started_on
        if run.config.notify_after is not None:
            self._event_log.started(run, run.config.notify_after)
        if obstacle is None:
            self._start(run, at)
        elif run.config.resolved["JobRunQueuingEnabled"]:
            self._wait(run, obstacle, at)
        elif obstacle is not WAITING_FOR_CAPACITY:
            # StartJobRun has refused it before; this is an attempt that came by itself.
            self._ended(run, "FAILED", RETRY_WITHOUT_ROOM.value, at)
        elif run.config.demand.pool == "flex":
            self._wait(run, obstacle, at)
            wait, why = FLEX_WAIT.value, NO_CAPACITY.value
            self._schedule(run, wait, "FAILED", why, self._ended, wants_room=True)
        else:
            run.job.region.capacity_pool.take(run, Demand(run.config.demand.pool, 0))
            self._enter(run, "STARTING", None, at)
            self._schedule(run, self._startup, "FAILED", NO_CAPACITY.value, self._ended)

    def _launch_by_itself(self, run: Run) -> None:
        self.launch(run, run.job.region.capacity_pool.obstacle(run.job, run.config.demand))

    def stop(self, run: Run, at: datetime) -> None:
        """Lets a run that has not ended be STOPPING, and STOPPED soon after."""
        if run.state == "WAITING":
            self._ended(run, "STOPPED", None, at)
        elif run.state != "STOPPING":
            self._enter(run, "STOPPING", None, at)
            self._schedule(run, STOPPING_TIME.value, "STOPPED", None, self._ended)

    def admit(self, region: Region, at: datetime) -> None:
        """Lets those start that have waited for room in the *region* and fit now."""
        while (admitted := region.capacity_pool.next_admitted()) is not None:
            self._start(admitted, at)

    def _wait(self, run: Run, obstacle: Behavior, at: datetime) -> None:
        self._enter(run, "WAITING", obstacle.value, at)
        run.job.region.capacity_pool.queue(run)

    def _start(self, run: Run, at: datetime) -> None:
        run.job.region.capacity_pool.take(run, run.config.demand)
        self._enter(run, "STARTING", None, at)
        startup = self._startup if run.plan.startup is None else run.plan.startup
        if run.config.can_run:
            self._schedule(run, startup, "RUNNING", None, self._running)
        else:
            version = run.config.resolved["GlueVersion"]
            why = NOT_VALID.value.format(job=run.job.name, run=run.id, version=version)
            self._schedule(run, startup, "FAILED", why, self._ended)

    def _running(self, run: Run, state: str, detail: str | None, at: datetime) -> None:
        self._enter(run, state, detail, at)
        end = self._first_end(run, at)
        if end is not None:
            self._schedule(run, *end)

    def ends_at(self, run: Run) -> datetime | None:
        """When a run that is STARTING or later will end by itself; None if it will not, or if
        that is not known yet."""
        event = run.next
        if event is None or event.endless:
            return None
        if event.what != "RUNNING":
            return event.at
        end = self._first_end(run, event.at)
        if end is None or (end[1] == "EXPIRED" and run.plan.ending is None):
            return None
        return later(event.at, end[0])

    def _first_end(
        self, run: Run, at: datetime
    ) -> tuple[timedelta, str, str | None, Happen] | None:
        """What ends a run that is RUNNING from *at* on, and after how long."""
        ends: list[tuple[timedelta, str, str | None, Happen]] = []
        if run.plan.ending is not None:
            after = self._duration if run.plan.after is None else run.plan.after
            ends.append((after, run.plan.ending, run.plan.error, self._ended))
        restart = restarts.due(run)
        timeout = run.config.resolved.get("Timeout")
        if restart is not None and restart > at:
            # Before its Timeout, which is as long, or even after it in a maintenance window.
            ends.append((restart - at, "EXPIRED", None, self._restarted))
        elif timeout is not None:
            ends.append((timedelta(minutes=timeout), "TIMEOUT", None, self._ended))
        # A script that ends in the very moment of its timeout has made it: it stands first.
        return min(ends, key=lambda one: one[0], default=None)

    def _ended(self, run: Run, state: str, detail: str | None, at: datetime) -> None:
        run.job.region.capacity_pool.give_back(run)
        self._enter(run, state, detail, at)
        # Only FAILED is tried again: "Jobs that reach the timeout limit are not restarted."
        if state == "FAILED" and run.attempt < run.config.max_retries:
            what = f"attempt {run.attempt + 1}"
            due = later(at, RETRY_DELAY.value)
            self._event_queue.add(due, run, what, self._retried, wants_room=True)
        self.admit(run.job.region, at)

    def _retried(self, run: Run, what: str, detail: str | None, at: datetime) -> None:
        again = self._launch_again(run, restarts.attempt_id(run), None, at)
        again.attempt = run.attempt + 1
        self._launch_by_itself(again)

    def _restarted(self, run: Run, state: str, detail: str | None, at: datetime) -> None:
        run.job.region.capacity_pool.give_back(run)
        self._enter(run, state, detail, at)
        rest = restarts.rest(run, at, self._duration)
        again = self._launch_again(run, restarts.restart_id(run), rest, at)
        again.attempt = run.attempt
        self._launch_by_itself(again)
        self.admit(run.job.region, at)

    def _enter(self, run: Run, state: str, detail: str | None, at: datetime) -> None:
        if run.next is not None:
            run.next.cancelled = True
            run.next = None
        run.enter(state, at, detail)
        self._event_log.entered(run, at)

    def _schedule(
        self,
        run: Run,
        after: timedelta,
        state: str,
        detail: str | None,
        happen: Happen,
        wants_room: bool = False,
    ) -> None:
        at = later(run.modified_on, after)
        run.next = self._event_queue.add(at, run, state, happen, detail, wants_room)
