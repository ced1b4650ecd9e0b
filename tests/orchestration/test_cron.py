"""Cron expressions with AWS's six fields, against a search of every minute."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone

import pytest

from pytest_glue_runs._time.cron import CronSchedule

UTC = timezone.utc
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)

Days = Callable[[date], bool]


def last_day(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def weekday_next_to(day: date, number: int) -> bool:
    """Return whether *day* is the weekday nearest to the day with this number, in its month."""
    if number > last_day(day):
        return False
    wanted = day.replace(day=number)
    in_month = [day.replace(day=one) for one in range(1, last_day(day) + 1)]
    weekdays = [one for one in in_month if one.weekday() < 5]
    # Of two that are as near, Saturday goes back and Sunday goes on: they are a day away.
    return day == min(weekdays, key=lambda one: abs((one - wanted).days))


def nth(day: date, weekday: int, number: int) -> bool:
    return day.weekday() == weekday and (day.day - 1) // 7 + 1 == number


def every(day: date) -> bool:
    return True


MONDAY, FRIDAY, SATURDAY = 0, 4, 5

# By day and month fields: which days they stand for.
DAYS: dict[str, Days] = {
    "* * ?": every,
    "? * *": every,
    "31 * ?": lambda day: day.day == 31,
    "29 2 ?": lambda day: (day.month, day.day) == (2, 29),
    "1,15 JAN-MAR ?": lambda day: day.day in (1, 15) and day.month <= 3,
    "1/10 * ?": lambda day: day.day in (1, 11, 21, 31),
    "L * ?": lambda day: day.day == last_day(day),
    "L 2 ?": lambda day: day.month == 2 and day.day == last_day(day),
    "1W * ?": lambda day: weekday_next_to(day, 1),
    "15W * ?": lambda day: weekday_next_to(day, 15),
    "30W * ?": lambda day: weekday_next_to(day, 30),
    "31W * ?": lambda day: weekday_next_to(day, 31),
    "? * MON-FRI": lambda day: day.weekday() < 5,
    "? * 2-6": lambda day: day.weekday() < 5,
    "? * SUN,7": lambda day: day.weekday() in (5, 6),
    "? * 6L": lambda day: day.weekday() == FRIDAY and day.day + 7 > last_day(day),
    "? * FRIL": lambda day: day.weekday() == FRIDAY and day.day + 7 > last_day(day),
    "? * L": lambda day: day.weekday() == SATURDAY,
    "? * 2#1": lambda day: nth(day, MONDAY, 1),
    "? * MON#5": lambda day: nth(day, MONDAY, 5),
    "? 2 2#5": lambda day: day.month == 2 and nth(day, MONDAY, 5),
    "? */6 6#3": lambda day: day.month in (1, 7) and nth(day, FRIDAY, 3),
}


def found(schedule: CronSchedule, begin: datetime, end: datetime) -> Iterator[datetime]:
    moment = schedule.next_after(begin)
    while moment is not None and moment <= end:
        yield moment
        moment = schedule.next_after(moment)


@pytest.mark.parametrize("fields", DAYS)
def test_days_over_twelve_years(fields: str) -> None:
    """Three leap years, and every kind of month end."""
    schedule = CronSchedule(f"cron(30 12 {fields} *)")
    begin, end = NEW_YEAR, datetime(2037, 12, 31, 23, 59, tzinfo=UTC)
    days = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
    wanted = [day.replace(hour=12, minute=30) for day in days if DAYS[fields](day.date())]
    assert list(found(schedule, begin, end)) == wanted


@pytest.mark.parametrize(
    ("fields", "hours", "minutes"),
    [
        ("0 *", range(24), [0]),
        ("0/15 *", range(24), [0, 15, 30, 45]),
        ("*/20 8-17", range(8, 18), [0, 20, 40]),
        ("7/10 0,12", [0, 12], [7, 17, 27, 37, 47, 57]),
        ("59 22-2", [0, 1, 2, 22, 23], [59]),
        ("5,5,50-55/5 23", [23], [5, 50, 55]),
    ],
)
def test_times_of_three_days(fields: str, hours: range | list[int], minutes: list[int]) -> None:
    schedule = CronSchedule(f"cron({fields} * * ? *)")
    midnight = datetime(2028, 2, 28, tzinfo=UTC)
    wanted = [
        midnight + timedelta(days=day, hours=hour, minutes=minute)
        for day in range(3)
        for hour in hours
        for minute in minutes
    ]
    begin = midnight - timedelta(microseconds=1)
    assert list(found(schedule, begin, wanted[-1])) == wanted


def test_a_moment_is_not_after_itself() -> None:
    schedule = CronSchedule("cron(0 2 * * ? *)")
    two = NEW_YEAR.replace(hour=2)
    assert schedule.next_after(two - timedelta(microseconds=1)) == two
    assert schedule.next_after(two) == two + timedelta(days=1)
    assert schedule.next_after(two + timedelta(microseconds=1)) == two + timedelta(days=1)


def test_moments_may_be_asked_for_in_any_order() -> None:
    schedule = CronSchedule("cron(0 2,14 * * ? *)")
    for moment, hour in [(14, 2), (3, 14), (1, 2), (13, 14)]:
        after = schedule.next_after(NEW_YEAR.replace(hour=moment))
        assert after is not None
        assert after.hour == hour


def test_leap_day_over_the_turn_of_a_century() -> None:
    """2100 is no leap year."""
    schedule = CronSchedule("cron(0 0 29 2 ? *)")
    after = schedule.next_after(datetime(2096, 3, 1, tzinfo=UTC))
    assert after == datetime(2104, 2, 29, tzinfo=UTC)


def test_fifth_sunday_of_february_comes_every_28_years() -> None:
    schedule = CronSchedule("cron(0 0 ? 2 SUN#5 *)")
    years = [moment.year for moment in found(schedule, NEW_YEAR, NEW_YEAR.replace(year=2100))]
    assert years == [2032, 2060, 2088]


@pytest.mark.parametrize("fields", ["30 2 ?", "31 4,6,9,11 ?"])
def test_days_that_do_not_exist_never_come(fields: str) -> None:
    assert CronSchedule(f"cron(0 0 {fields} *)").next_after(NEW_YEAR) is None


@pytest.mark.parametrize(
    ("years", "endless", "wanted"),
    [
        ("2025", False, []),
        ("2026", False, [2026]),
        ("2026-2028", False, [2026, 2027, 2028]),
        ("2025,2027,2029-2031", False, [2027, 2029]),
        ("2028-2199", True, [2028, 2029]),
        ("*", True, [2026, 2027, 2028, 2029]),
    ],
)
def test_years(years: str, endless: bool, wanted: list[int]) -> None:
    schedule = CronSchedule(f"cron(0 0 1 7 ? {years})")
    end = NEW_YEAR.replace(year=2030)
    assert [moment.year for moment in found(schedule, NEW_YEAR, end)] == wanted
    assert schedule.endless is endless


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ("0 0", 24 * 60),
        ("0 *", 60),
        ("0/5 *", 5),
        ("0/7 *", 4),  # from 56 to the next hour
        ("* *", 1),
        ("0,58 0,23", 2),  # from 23:58 to midnight
        ("0,0 0", 24 * 60),
    ],
)
def test_shortest_interval(fields: str, minutes: int) -> None:
    schedule = CronSchedule(f"cron({fields} * * ? *)")
    assert schedule.shortest_interval == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(5 minutes)",
        "0 2 * * ? *",
        "cron()",
        "cron(0 2 * * ?)",
        "cron(0 2 * * ? * *)",
        "cron(0 0 * * * *)",
        "cron(0 0 ? * ? *)",
        "cron(60 0 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 0 32 * ? *)",
        "cron(0 0 0 * ? *)",
        "cron(0 0 * 13 ? *)",
        "cron(0 0 ? * 8 *)",
        "cron(0 0 ? * MOO *)",
        "cron(0 0 ? * 2#6 *)",
        "cron(0 0 * * ? 1969)",
        "cron(0/0 0 * * ? *)",
        "cron(*-5 0 * * ? *)",
        "cron(0 0 LW * ? *)",
        "cron(0 0 ? * 2-6/2 *)",
        "cron(0 0 * * ? 2026/2)",
        "cron(0 0 1,15W * ? *)",
        "cron(a b c d e f)",
    ],
)
def test_what_is_not_an_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="cron"):
        CronSchedule(expression)


def test_white_space_separates_fields() -> None:
    schedule = CronSchedule(" cron(0\t2  * * ?  *) ")
    assert schedule.next_after(NEW_YEAR) == NEW_YEAR.replace(hour=2)
