"""Triggers: when they fire, and what they start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pytest_glue_runs._service.engine.crawls import Crawls
from pytest_glue_runs._service.engine.event_queue import Event, EventQueue, add_duration
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.crawl import Crawl
from pytest_glue_runs._service.model.origin import Chain, Condition, Origin, Predecessor
from pytest_glue_runs._service.model.plans import Plans
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.model.trigger import Firing, Trigger
from pytest_glue_runs._service.rules.trigger_rules import CONDITIONS_RESET

# The members of an action that configure its run.
_CONFIGURED = ("Timeout", "SecurityConfiguration", "NotificationProperty")


@dataclass(slots=True, eq=False)
class TriggerEvent(Event):
    """A time when a trigger may fire."""

    trigger: Trigger
    action: Callable[[TriggerEvent], None]

    def process(self) -> None:
        """Call the action."""
        self.action(self)

    @property
    def label(self) -> str:
        """Short text for a report."""
        received = self.trigger.events_received
        return f"fires with {received} of {self._batch_size} events" if received else "fires"

    @property
    def recurs_forever(self) -> bool:
        """Whether this is a moment of a schedule that never ends."""
        schedule = self.trigger.definition.schedule
        return schedule is not None and schedule.endless

    @property
    def _batch_size(self) -> int:
        return self.trigger.definition.batch_size


class Triggers:
    """Fires triggers: on demand, by schedule, by events, and when conditions are met."""

    def __init__(
        self,
        queue: EventQueue,
        store: Store,
        plans: Plans,
        simulation: Simulation,
        crawls: Crawls,
    ) -> None:
        self._queue = queue
        self._store = store
        self._plans = plans
        self._simulation = simulation
        self._crawls = crawls
        self._next: dict[Trigger, TriggerEvent] = {}
        simulation.on_end = self._run_ended
        crawls.on_end = self._crawl_ended

    def endless(self) -> list[TriggerEvent]:
        """Return the next events of the schedules that never end."""
        return [event for event in self._next.values() if event.recurs_forever]

    def activate(self, trigger: Trigger, at: datetime) -> None:
        """Let *trigger* fire by its schedule or its conditions from now on."""
        trigger.activate(at)
        self.reschedule(trigger, at)

    def deactivate(self, trigger: Trigger, at: datetime) -> None:
        """Let *trigger* fire no more."""
        trigger.deactivate(at)
        self.reschedule(trigger, at)

    def reschedule(self, trigger: Trigger, at: datetime) -> None:
        """Schedule the next firing of *trigger* after *at*, as its definition now says."""
        event = self._next.pop(trigger, None)
        if event is not None:
            event.cancelled = True
        trigger.events_received = 0
        schedule = trigger.definition.schedule
        due = schedule.next_after(at) if schedule is not None and trigger.active else None
        if due is not None:
            self._next[trigger] = self._queue.add(TriggerEvent(due, trigger, self._scheduled))

    def clock_went_back(self, at: datetime) -> None:
        """Schedule anew what was scheduled when it was later."""
        for trigger in list(self._next):
            if trigger.definition.schedule is not None:
                self.reschedule(trigger, at)

    def fire(self, trigger: Trigger, at: datetime) -> None:
        """Let a trigger that is not conditional fire: a new chain begins."""
        self._start_actions(trigger, Origin(trigger.name, Chain()), at)

    def receive_events(self, trigger: Trigger, count: int, at: datetime) -> None:
        """Count events for a trigger of type EVENT, which fires with each complete batch."""
        for _ in range(count):
            trigger.events_received += 1
            if trigger.events_received == trigger.definition.batch_size:
                self._batch_complete(trigger, at)
            elif trigger.events_received == 1:
                due = add_duration(at, timedelta(seconds=trigger.definition.batch_window))
                event = TriggerEvent(due, trigger, self._window_over)
                self._next[trigger] = self._queue.add(event)

    def _batch_complete(self, trigger: Trigger, at: datetime) -> None:
        self.reschedule(trigger, at)
        self.fire(trigger, at)

    def _window_over(self, event: TriggerEvent) -> None:
        self._batch_complete(event.trigger, event.at)

    def _scheduled(self, event: TriggerEvent) -> None:
        self.reschedule(event.trigger, event.at)
        self.fire(event.trigger, event.at)

    def _start_actions(self, trigger: Trigger, origin: Origin, at: datetime) -> None:
        region = self._region(trigger)
        actions = trigger.definition.actions
        started = tuple(self._start(region, action, origin, at) for action in actions)
        trigger.firings.append(Firing(at, started))

    def _start(
        self, region: Region, action: Mapping[str, Any], origin: Origin, at: datetime
    ) -> str:
        """Start what an action says; return the id of the run, or the name of the crawler."""
        if "JobName" in action:
            return self._start_run(region, action, origin, at).id
        return self._crawls.start(region, action["CrawlerName"], origin, at).crawler_name

    def _start_run(
        self, region: Region, action: Mapping[str, Any], origin: Origin, at: datetime
    ) -> Run:
        name = action["JobName"]
        job = region.jobs.get(name)
        is_absent = job is None
        if job is None:
            job = region.absent_job(name, at)
        config = job.config_for({one: action[one] for one in _CONFIGURED if one in action})
        run = Run(
            id=region.new_run_id(name),
            job=job,
            started_on=at,
            arguments=action.get("Arguments") or None,
            config=config,
            origin=origin,
        )
        run.plan = self._plans.take(run)
        self._store.add(run)
        if is_absent:
            self._simulation.error(run)
        else:
            self._simulation.launch(run, self._simulation.obstacle(job, config.demand))
        return run

    def _run_ended(self, run: Run, at: datetime) -> None:
        assert run.origin is not None
        region = self._store.region(Caller(run.job.account_id, run.job.region))
        condition = Condition("JOB", run.job.name, run.state)
        self._meet(region, run.origin.chain, condition, Predecessor(run.job.name, run.id), at)

    def _crawl_ended(self, region: Region, crawl: Crawl, at: datetime) -> None:
        condition = Condition("CRAWLER", crawl.crawler_name, crawl.state)
        self._meet(region, crawl.origin.chain, condition, None, at)

    def _meet(
        self,
        region: Region,
        chain: Chain,
        condition: Condition,
        predecessor: Predecessor | None,
        at: datetime,
    ) -> None:
        """Record that a condition is met, and let the triggers fire that waited for it."""
        for trigger in region.watchers(condition):
            if trigger.active:
                met = chain.met.setdefault(trigger.name, {})
                met[condition] = predecessor
                if trigger.definition.is_satisfied(met):
                    self._schedule_conditional(trigger, chain, at)

    def _schedule_conditional(self, trigger: Trigger, chain: Chain, at: datetime) -> None:
        # Last of its moment, so that it sees all that ends then. Not in the moment in which it
        # fired already: jobs that start one another and fail at once would never let time pass.
        fired_on = chain.fired_on.get(trigger.name)
        due = at if fired_on is None else max(at, add_duration(fired_on, CONDITIONS_RESET.value))

        def fire(event: TriggerEvent) -> None:
            met = chain.met.get(trigger.name, {})
            if trigger.active and trigger.definition.is_satisfied(met):
                del chain.met[trigger.name]
                chain.fired_on[trigger.name] = event.at
                predecessors = tuple(one for one in met.values() if one is not None)
                origin = Origin(trigger.name, chain, predecessors)
                self._start_actions(trigger, origin, event.at)

        self._queue.add(TriggerEvent(due, trigger, fire), last=True)

    def _region(self, trigger: Trigger) -> Region:
        return self._store.region(Caller(trigger.account_id, trigger.region))
