"""Schedules that moto stores and does not fire: rules of EventBridge, and Scheduler's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from threading import RLock
from typing import Any, NamedTuple

from pytest_glue_runs._clients.moto.backends import backends
from pytest_glue_runs._clients.moto.calls import CallError
from pytest_glue_runs._clients.moto.event_targets import TargetCall, target_calls
from pytest_glue_runs._clients.moto.target_input import target_input
from pytest_glue_runs._time.schedule_expression import Moments, parse_schedule

_JUST = timedelta(microseconds=1)


class _Plan(NamedTuple):
    """What decides when a schedule fires; if it changes, the schedule starts again."""

    arn: str
    expression: str
    zone: str = "UTC"
    start: float | None = None
    end: float | None = None


@dataclass
class _Schedule:
    """An enabled schedule, and when it fires next."""

    moments: Moments
    next: datetime | None
    fire: Callable[[datetime], None]


class Schedules:
    """Fires schedules on the clock of *now*; *call* makes the calls."""

    def __init__(self, now: Callable[[], datetime], call: Callable[[TargetCall], None]) -> None:
        self._now = now
        self._call = call
        self._known: dict[_Plan, _Schedule] = {}
        self._firing = RLock()

    def next_due(self, until: datetime) -> datetime | None:
        """Return when a schedule fires next, if it does *until* then. Takes no lock."""
        moments = [known.next for known in list(self._known.values()) if known.next is not None]
        due = min(moments, default=None)
        return due if due is not None and due <= until else None

    def endless(self) -> list[tuple[str, datetime]]:
        """Return the schedules that fire without end, and when they do next."""
        found = [
            (f"{plan.arn.rpartition('/')[2]} {plan.expression}", known.next)
            for plan, known in self._known.items()
            if known.next is not None and known.moments.are_endless
        ]
        return sorted(found, key=lambda one: one[1])

    def refresh(self) -> None:
        """Note the schedules that exist now, since moto does not report changes."""
        now = self._now()
        known = {}
        for plan, fire in (*self._rules(), *self._scheduler()):
            schedule = self._known.get(plan) or _begin(plan, now, fire)
            schedule.fire = fire
            known[plan] = schedule
        self._known = known

    def fire_due(self) -> None:
        """Fire what is due, in order. While another thread does so, return at once."""
        if not self._known or not self._firing.acquire(blocking=False):
            return
        try:
            self.refresh()
            now = self._now()
            while (at := self.next_due(now)) is not None:
                for schedule in list(self._known.values()):
                    if schedule.next == at:
                        schedule.next = schedule.moments.next_after(at)
                        schedule.fire(at)
        finally:
            self._firing.release()

    def _rules(self) -> Iterator[tuple[_Plan, Callable[[datetime], None]]]:
        for backend in backends("events"):
            for rule in list(backend.event_buses["default"].rules.values()):
                if rule.scheduled_expression and rule.state != "DISABLED":
                    yield _Plan(rule.arn, rule.scheduled_expression), self._firing_rule(rule)

    def _scheduler(self) -> Iterator[tuple[_Plan, Callable[[datetime], None]]]:
        for backend in backends("scheduler"):
            for group in list(backend.schedule_groups.values()):
                for one in list(group.schedules.values()):
                    if one.state != "DISABLED":
                        plan = _Plan(
                            one.arn,
                            one.schedule_expression,
                            one.schedule_expression_timezone,
                            one.start_date,
                            one.end_date,
                        )
                        yield plan, self._firing_schedule(backend, group, one, plan)

    def _firing_rule(self, rule: Any) -> Callable[[datetime], None]:
        def fire(at: datetime) -> None:
            event = _event(rule.arn, at, "aws.events", rule.region_name, rule.account_id)
            for target in list(rule.targets):
                self._send(target, event, target_input(target, event, rule.arn))

        return fire

    def _firing_schedule(
        self, backend: Any, group: Any, schedule: Any, plan: _Plan
    ) -> Callable[[datetime], None]:
        def fire(at: datetime) -> None:
            region, account_id = backend.region_name, backend.account_id
            event = _event(schedule.arn, at, "aws.scheduler", region, account_id)
            content = str(schedule.target.get("Input") or json.dumps({**event, "detail": "{}"}))
            for name, value in {
                "schedule-arn": schedule.arn,
                "scheduled-time": event["time"],
                "execution-id": event["id"],
                "attempt-number": "1",
            }.items():
                content = content.replace(f"<aws.scheduler.{name}>", value)
            self._send(schedule.target, event, content)
            is_over = self._known[plan].next is None
            if is_over and schedule.action_after_completion == "DELETE":
                group.schedules.pop(schedule.name, None)

        return fire

    def _send(self, target: Mapping[str, Any], event: Mapping[str, Any], content: str) -> None:
        try:
            for call in target_calls(target, content, event):
                self._call(call)
        except (CallError, ValueError):
            pass  # not an error on AWS either


def _begin(plan: _Plan, now: datetime, fire: Callable[[datetime], None]) -> _Schedule:
    """Return a schedule that begins *now*, or at its StartDate."""
    start = now if plan.start is None else datetime.fromtimestamp(plan.start, timezone.utc)
    end = None if plan.end is None else datetime.fromtimestamp(plan.end, timezone.utc)
    zone: tzinfo = timezone.utc
    if plan.zone != "UTC":
        from zoneinfo import ZoneInfo

        zone = ZoneInfo(plan.zone)
    try:
        parsed = parse_schedule(plan.expression, start, zone)
    except ValueError:  # a mock_aws of the user's own accepted it before
        parsed = Moments(lambda _: None, are_endless=False)

    def next_after(after: datetime) -> datetime | None:
        moment = parsed.next_after(after)
        return None if moment is None or (end is not None and moment > end) else moment

    # A rate of Scheduler fires for the first time when it begins, one of a rule after its interval.
    begins_at_once = plan.expression.startswith("rate") and ":scheduler:" in plan.arn
    first = start if begins_at_once and start >= now else next_after(max(start - _JUST, now))
    moments = Moments(next_after, parsed.are_endless and end is None)
    return _Schedule(moments, first, fire)


def _event(arn: str, at: datetime, source: str, region: str, account_id: str) -> dict[str, Any]:
    time = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{arn} {time}")),
        "detail-type": "Scheduled Event",
        "source": source,
        "account": account_id,
        "time": time,
        "region": region,
        "resources": [arn],
        "detail": {},
    }
