"""Durations: the forms that are accepted, and the errors for others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_glue_runs._time.duration import format_duration, parse_duration


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (timedelta(minutes=5), 300),
        (90, 90),
        (0.5, 0.5),
        (0, 0),
        ("90s", 90),
        ("5m", 300),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2d", 172_800),
        ("1d1h1m1s", 90_061),
        ("1.5h", 5400),
        ("0.25s", 0.25),
        ("0s", 0),
        ("90", 90),  # from an ini file
    ],
)
def test_a_duration_is_a_timedelta_or_seconds_or_text(value: object, seconds: float) -> None:
    assert parse_duration(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "5 minutes",
        "m",
        "30m1h",
        "-5m",
        "1e3s",
        "5M",
        "999999999999d",
        "9" * 400 + "s",
        None,
        True,
        b"5m",
        [],
        float("nan"),
        float("inf"),
        1e300,
        10**400,
    ],
)
def test_an_invalid_duration_raises_an_error_with_the_valid_forms(value: object) -> None:
    with pytest.raises(ValueError, match="is not a duration") as caught:
        parse_duration(value)
    assert str(caught.value) == (
        f"{value!r} is not a duration. Valid: a timedelta, a number of seconds, "
        'or text such as "90s", "5m", "1h30m", "2d".'
    )


@pytest.mark.parametrize("value", [-1, -0.5, timedelta(seconds=-1)])
def test_a_negative_duration_is_rejected(value: object) -> None:
    with pytest.raises(ValueError, match="is below zero") as caught:
        parse_duration(value)
    assert str(caught.value) == f"{value!r} is below zero. A duration is zero or more."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.0004, "0s"),
        (0.9996, "1s"),
        (1.5, "1.5s"),
        (90, "1m30s"),
        (3600.25, "1h0.25s"),
        (86_400, "1d"),
        (90_061.007, "1d1h1m1.007s"),
    ],
)
def test_a_duration_is_shown_in_its_text_form(seconds: float, text: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == text


@given(st.integers(min_value=0, max_value=10**12))
def test_a_formatted_duration_can_be_parsed(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration
