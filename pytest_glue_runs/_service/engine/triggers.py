"""Triggers: when they fire, and what they start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_glue_runs._service.engine.crawls import Crawls
from pytest_glue_runs._service.engine.event_queue import Event, EventQueue, add_duration
from pytest_glue_runs._service.engine.launcher import Launcher
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.engine.workflows import Workflows
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.crawl import Crawl
from pytest_glue_runs._service.model.origin import Chain, Condition, Origin, Predecessor
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.model.trigger import Firing, Trigger
from pytest_glue_runs._service.model.workflow import SnapshotTrigger, WorkflowRun
from pytest_glue_runs._service.rules.trigger_rules import CONDITIONS_RESET


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
        trigger = self.trigger
        if trigger.type != "EVENT":
            return "fires"
        return f"fires with {trigger.events_received} of {trigger.definition.batch_size} events"

    @property
    def recurs_forever(self) -> bool:
        """Whether this is a moment of a schedule that never ends."""
        schedule = self.trigger.definition.schedule
        return schedule is not None and schedule.endless


class Triggers:
    """Fires triggers: on demand, by schedule, by events, and when conditions are met."""

    def __init__(
        self,
        queue: EventQueue,
        store: Store,
        simulation: Simulation,
        crawls: Crawls,
        launcher: Launcher,
        workflows: Workflows,
    ) -> None:
        self._queue = queue
        self._store = store
        self._launcher = launcher
        self._workflows = workflows
        self._next: dict[Trigger, TriggerEvent] = {}
        simulation.on_end = self._run_ended
        crawls.on_end = self._crawl_ended

    def next_event(self, trigger: Trigger) -> TriggerEvent | None:
        """Return when *trigger* fires by itself next, or None if that is not known."""
        return self._next.get(trigger)

    def endless(self) -> list[TriggerEvent]:
        """Return the next events of the schedules that never end."""
        return [event for event in self._next.values() if event.recurs_forever]

    def activate(self, trigger: Trigger, at: datetime) -> None:
        """Let *trigger* fire by its schedule or its conditions from now on."""
        trigger.activate(at)
        self.reschedule(trigger, at)

    def deactivate(self, trigger: Trigger, at: datetime) -> None:
        """Stop *trigger* from firing."""
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
        """Reschedule what was scheduled before the clock went back to *at*."""
        for trigger in list(self._next):
            if trigger.definition.schedule is not None:
                self.reschedule(trigger, at)

    def fire(self, trigger: Trigger, at: datetime, batch: dict[str, int] | None = None) -> None:
        """Let a trigger that is not conditional fire: a chain begins, or a run of its workflow.

        *batch* is the batch condition that fired a trigger of type EVENT.
        """
        region = self._region(trigger)
        if trigger.workflow_name is None:
            self._launcher.start_all(region, trigger, Origin(trigger.name, Chain()), at)
        elif trigger.workflow_name in region.workflows:
            self._workflows.start(region.workflows[trigger.workflow_name], at, batch=batch)
        else:  # its workflow was deleted
            trigger.firings.append(Firing(at, ()))

    def receive_events(self, trigger: Trigger, count: int, at: datetime) -> None:
        """Count events for a trigger of type EVENT, which fires with each complete batch."""
        size = trigger.definition.batch_size
        for _ in range(count):
            trigger.events_received += 1
            if trigger.events_received == size:
                self.reschedule(trigger, at)
                self.fire(trigger, at, {"BatchSize": size})
            elif trigger.events_received == 1:
                due = add_duration(at, timedelta(seconds=trigger.definition.batch_window))
                event = TriggerEvent(due, trigger, self._window_over)
                self._next[trigger] = self._queue.add(event)

    def _window_over(self, event: TriggerEvent) -> None:
        trigger = event.trigger
        self.reschedule(trigger, event.at)
        self.fire(trigger, event.at, {"BatchWindow": trigger.definition.batch_window})

    def _scheduled(self, event: TriggerEvent) -> None:
        self.reschedule(event.trigger, event.at)
        self.fire(event.trigger, event.at)

    def _run_ended(self, run: Run, at: datetime) -> None:
        assert run.origin is not None
        region = self._store.region(Caller(run.job.account_id, run.job.region))
        condition = Condition("JOB", run.job.name, run.state)
        predecessor = Predecessor(run.job.name, run.id)
        self._meet(region, run.origin.chain, condition, predecessor, at)

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
        watchers: Sequence[Trigger | SnapshotTrigger] = (
            chain.watchers(condition)
            if isinstance(chain, WorkflowRun)
            else region.watchers(condition)
        )
        for trigger in watchers:
            if trigger.active and not chain.closed:
                met = chain.met.setdefault(trigger.name, {})
                met[condition] = predecessor
                if trigger.definition.is_satisfied(met):
                    self._schedule_conditional(region, trigger, chain, at)
        self._end_step(chain, at)

    def _schedule_conditional(
        self, region: Region, trigger: Trigger | SnapshotTrigger, chain: Chain, at: datetime
    ) -> None:
        # After the other events of its time, so that it sees all runs that end then. Not twice at
        # one time: jobs that start one another and fail at once would stop the clock.
        fired_on = chain.fired_on.get(trigger.name)
        due = at if fired_on is None else max(at, add_duration(fired_on, CONDITIONS_RESET.value))
        chain.under_way += 1

        def fire(event: TriggerEvent) -> None:
            met = chain.met.get(trigger.name, {})
            fires = trigger.active and not chain.closed
            if fires and trigger.definition.is_satisfied(met):
                del chain.met[trigger.name]
                chain.fired_on[trigger.name] = event.at
                predecessors = tuple(one for one in met.values() if one is not None)
                origin = Origin(trigger.name, chain, predecessors)
                self._launcher.start_all(region, trigger, origin, event.at)
            self._end_step(chain, event.at)

        whose = trigger.trigger if isinstance(trigger, SnapshotTrigger) else trigger
        self._queue.add(TriggerEvent(due, whose, fire), last=True)

    def _end_step(self, chain: Chain, at: datetime) -> None:
        if isinstance(chain, WorkflowRun):
            self._workflows.end_step(chain, at)
        else:
            chain.under_way -= 1

    def _region(self, trigger: Trigger) -> Region:
        return self._store.region(Caller(trigger.account_id, trigger.region))
