"""Moments: the forms that start_at and move_to accept, and the errors for others."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from pytest_glue_runs._time.clock import parse_moment

_TO_PARIS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        ("2026-02-28", 0),
        ("2026-02-28 23:00", 23),
        ("2026-02-28T23:00:00Z", 23),
        ("2026-02-28T23:00:00+02:00", 21),
        (date(2026, 2, 28), 0),
        (datetime(2026, 2, 28, 23), 23),  # noqa: DTZ001 - naive is the subject
        (datetime(2026, 2, 28, 23, tzinfo=timezone.utc), 23),
        (datetime(2026, 2, 28, 23, tzinfo=_TO_PARIS), 21),
    ],
)
def test_a_moment_is_text_or_a_date_or_a_datetime(value: object, hour: int) -> None:
    moment = parse_moment(value)
    assert moment == datetime(2026, 2, 28, hour, tzinfo=timezone.utc)
    assert moment.tzinfo is timezone.utc


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-02-30", "99999999999999999999", 5, None, True, timedelta(1)]
)
def test_an_invalid_moment_raises_an_error_with_the_valid_forms(value: object) -> None:
    with pytest.raises(ValueError, match="is not a moment") as caught:
        parse_moment(value)
    assert str(caught.value) == (
        f"{value!r} is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )
