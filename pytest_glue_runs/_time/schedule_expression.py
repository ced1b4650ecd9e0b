"""Schedule expressions of EventBridge and its Scheduler: cron(...), rate(...), at(...)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from pytest_glue_runs._time.cron import CronSchedule

_RATE = re.compile(r"rate\((?P<value>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")
_AT = re.compile(r"at\((?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")


class Moments(NamedTuple):
    """The moments of a schedule."""

    next_after: Callable[[datetime], datetime | None]
    """Returns the first one after a moment; None if there is none."""
    are_endless: bool
    """Whether there is always a next one."""


def parse_schedule(expression: str, begin: datetime, zone: tzinfo = timezone.utc) -> Moments:
    """Return the moments of *expression* in a time *zone*.

    A rate counts from *begin*, which is its first moment. Raises ValueError.
    """
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        interval = int(rate["value"]) * timedelta(**{f"{rate['unit']}s": 1})
        return Moments(_at_rate(interval, begin), are_endless=True)
    at = _AT.fullmatch(expression)
    if at is not None:
        moment = datetime.fromisoformat(at["moment"]).replace(tzinfo=zone).astimezone(timezone.utc)
        return Moments(lambda after: moment if moment > after else None, are_endless=False)
    cron = CronSchedule(expression)
    next_after = cron.next_after if zone is timezone.utc else _in_zone(cron, zone)
    return Moments(next_after, cron.endless)


def _at_rate(interval: timedelta, begin: datetime) -> Callable[[datetime], datetime]:
    def next_after(after: datetime) -> datetime:
        passed = (after - begin) // interval
        return begin + (passed + 1) * interval if after >= begin else begin

    return next_after


def _in_zone(cron: CronSchedule, zone: tzinfo) -> Callable[[datetime], datetime | None]:
    """Return the schedule whose fields are local times in *zone*."""

    def next_after(after: datetime) -> datetime | None:
        local = cron.next_after(after.astimezone(zone).replace(tzinfo=timezone.utc))
        while local is not None:
            moment = local.replace(tzinfo=zone).astimezone(timezone.utc)
            # When summer time begins, an hour does not exist; when it ends, one comes twice.
            exists = moment.astimezone(zone).replace(tzinfo=timezone.utc) == local
            if exists and moment > after:
                return moment
            local = cron.next_after(local)
        return None

    return next_after
