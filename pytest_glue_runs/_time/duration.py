"""Durations: a ``timedelta``, seconds, or text such as ``"1h30m"``."""

from __future__ import annotations

import re
from datetime import timedelta
from math import isfinite

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TEXT = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?"
    r"(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?"
)

Duration = timedelta | float | str


def parse_duration(value: object) -> timedelta:
    """Return *value* as a ``timedelta``.

    Raises ValueError for anything that is not a ``timedelta``, a number of seconds, or
    text made of days, hours, minutes and seconds in this order (``"2d"``, ``"1h30m"``),
    and for durations below zero.
    """
    try:
        found = _read(value)
    except OverflowError:
        found = None
    if found is None:
        raise ValueError(
            f"{value!r} is not a duration. Valid: a timedelta, a number of seconds, "
            'or text such as "90s", "5m", "1h30m", "2d".'
        )
    if found < timedelta(0):
        raise ValueError(f"{value!r} is below zero. A duration is zero or more.")
    return found


def _read(value: object) -> timedelta | None:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value):
        return timedelta(seconds=value)
    if isinstance(value, str) and (text := value.replace(" ", "")):
        if _NUMBER.fullmatch(text):  # seconds, from an ini file
            return timedelta(seconds=float(text))
        match = _TEXT.fullmatch(text)
        if match:
            parts = ((float(n), _UNITS[unit]) for unit, n in match.groupdict().items() if n)
            return timedelta(seconds=sum(n * seconds for n, seconds in parts))
    return None


def format_duration(delta: timedelta) -> str:
    """Return *delta* as text that `parse_duration` accepts, such as ``"1h30m"``.

    Fractions of a second are kept to the millisecond.
    """
    milliseconds = round(delta / timedelta(milliseconds=1))
    seconds, fraction = divmod(milliseconds, 1000)
    text = ""
    for unit, size in _UNITS.items():
        count, seconds = divmod(seconds, size)
        if unit == "s" and fraction:
            text += f"{count}.{fraction:03d}".rstrip("0") + "s"
        elif count:
            text += f"{count}{unit}"
    return text or "0s"
