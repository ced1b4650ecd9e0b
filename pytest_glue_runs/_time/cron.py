"""AWS's cron expressions, and the only door to aws-croniter, which parses them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import chain, pairwise

_EXPRESSION = re.compile(r"cron\((?P<fields>.*)\)")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LAST_YEAR = 2199
_SATURDAY = "7"


class CronSchedule:
    """The moments, in UTC, that a cron expression with AWS's six fields stands for."""

    def __init__(self, expression: str) -> None:
        from aws_croniter import AwsCroniter
        from aws_croniter.exceptions import AwsCroniterExpressionError

        match = _EXPRESSION.fullmatch(expression.strip())
        if match is None:
            raise ValueError(f"{expression!r} is not of the form cron(...).")
        fields = match["fields"].split()
        if fields[4:5] == ["L"]:  # aws-croniter finds no day for it
            fields[4] = _SATURDAY
        try:
            self._cron = AwsCroniter(" ".join(fields))
        except (AwsCroniterExpressionError, ValueError) as error:
            raise ValueError(f"{expression!r}: {error}") from None
        # The times of a matching day. Searching for a day takes long, so it is done once for each.
        self._times = sorted(
            {
                timedelta(hours=hour, minutes=minute)
                for hour in self._cron.hours
                for minute in self._cron.minutes
            }
        )
        self._day: datetime | None = None

    @property
    def endless(self) -> bool:
        """Whether it continues until the last year that AWS accepts."""
        return bool(self._cron.years[-1] == _LAST_YEAR)

    @property
    def shortest_interval(self) -> timedelta:
        """The shortest time between two of its moments, on days that follow each other."""
        times = [*self._times, self._times[0] + _DAY]
        return min(after - before for before, after in pairwise(times))

    def next_after(self, moment: datetime) -> datetime | None:
        """Return the first of its moments after *moment*, or None if there is none."""
        if self._day is not None and self._day <= moment < self._day + _DAY:
            position = bisect_right(self._times, moment - self._day)
            if position < len(self._times):
                return self._day + self._times[position]
        found = self._search(moment)
        if found is not None:
            self._day = found.replace(hour=0, minute=0)
        return found

    def _search(self, moment: datetime) -> datetime | None:
        # aws-croniter gives up after some months without a matching day, as from one leap day
        # over the turn of a century to the next. Then the search starts again in each later year.
        minute = moment.replace(second=0, microsecond=0)  # it would round up to the next one
        for start in chain([minute], self._new_years_after(moment)):
            found: datetime | None = self._cron.occurrence(start).next()
            if found is not None:
                return _EPOCH + (found - _EPOCH)  # plain, where freezegun has its own datetime
        return None

    def _new_years_after(self, moment: datetime) -> Iterator[datetime]:
        for year in self._cron.years:
            if year > moment.year:
                yield datetime(year, 1, 1, tzinfo=timezone.utc) - _MINUTE
