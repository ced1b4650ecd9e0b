"""Durations: every form they may have, and the words for those they may not."""

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
        ("90", 90),  # as an ini file has it
    ],
)
def test_a_duration_is_a_timedelta_or_seconds_or_text(value: object, seconds: float) -> None:
    """Each form means the same length."""
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
def test_what_is_no_duration_is_told_what_one_is(value: object) -> None:
    """The message shows the value, and lists the forms."""
    with pytest.raises(ValueError, match="is not a duration") as caught:
        parse_duration(value)
    assert str(caught.value) == (
        f"{value!r} is not a duration. Valid: a timedelta, a number of seconds, "
        'or text such as "90s", "5m", "1h30m", "2d".'
    )


@pytest.mark.parametrize("value", [-1, -0.5, timedelta(seconds=-1)])
def test_a_duration_is_never_below_zero(value: object) -> None:
    """A negative one is refused."""
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
    """The largest units first, fractions to the millisecond."""
    assert format_duration(timedelta(seconds=seconds)) == text


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_shown_can_be_read_again(milliseconds: int) -> None:
    """Text and duration are two spellings of one value."""
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration
