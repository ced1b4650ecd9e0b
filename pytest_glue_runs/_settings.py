"""The settings: names, defaults, what each may be, and which of several wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Literal, NamedTuple, TypedDict

from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time.clock import parse_moment
from pytest_glue_runs._time.duration import Duration, format_duration, parse_duration
from pytest_glue_runs.errors import SettingError

INI_PREFIX = "glue_runs_"
INI_FILE = "the ini file"

# What pytest's ini file says while pytest runs; decorators have no other way to know it.
ini: dict[str, Any] = {}


class SettingsDict(TypedDict, total=False):
    """The settings as keywords, in every form that each may have."""

    startup: Duration
    duration: Duration
    cleanup: Duration
    freeze: bool
    start_at: datetime | date | str | None
    sleep: Literal["virtual", "real"]
    account_id: str
    default_glue_version: str
    end_of_life: bool
    check_launch: bool
    max_requests_per_second: float | None
    other_services: Literal["moto", "error", "pass"]
    unused_plans: Literal["error", "ignore"]
    max_sleeps: int
    max_reads: int
    report: Literal["failed", "always", "never"]


@dataclass(frozen=True)
class Settings:
    """What a mocked Glue starts with."""

    startup: timedelta = timedelta(seconds=4)
    duration: timedelta = timedelta(minutes=1)
    cleanup: timedelta = timedelta(seconds=5)
    freeze: bool = True
    start_at: datetime | None = None
    sleep: Literal["virtual", "real"] = "virtual"
    account_id: str = "123456789012"
    default_glue_version: str = "4.0"
    end_of_life: bool = True
    check_launch: bool = False
    max_requests_per_second: float | None = None
    other_services: Literal["moto", "error", "pass"] = "moto"
    unused_plans: Literal["error", "ignore"] = "error"
    max_sleeps: int = 100_000
    max_reads: int = 10_000
    report: Literal["failed", "always", "never"] = "failed"


class Option(NamedTuple):
    """What a setting may be, and what people read about it."""

    parse: Callable[[object], Any]
    help: str


def choices(name: str) -> tuple[str, ...]:
    """The values of a setting that has a few fixed ones."""
    return _CHOICES[name]


_CHOICES = {
    "sleep": ("virtual", "real"),
    "other_services": ("moto", "error", "pass"),
    "unused_plans": ("error", "ignore"),
    "report": ("failed", "always", "never"),
}


def _choice(name: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        valid = _CHOICES[name]
        if value not in valid:
            listed = ", ".join(repr(one) for one in valid)
            raise ValueError(
                f"{value!r} is not a valid {name}.{did_you_mean(value, valid)} Valid: {listed}."
            )
        return str(value)

    return parse


# The words of pytest's own ini options.
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE + _FALSE:
        return value.lower() in _TRUE
    raise ValueError(f"{value!r} is neither true nor false. Valid: True, False.")


def _count(value: object) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(f"{value!r} is not a count. Valid: a whole number from 1 on.")
    return number


def _rate(value: object) -> float | None:
    if value is None:
        return None
    try:
        rate = float(value) if isinstance(value, str) else value
    except ValueError:
        rate = None
    number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if not (number and isfinite(rate) and rate > 0):  # type: ignore[arg-type, operator]
        raise ValueError(f"{value!r} is not a rate. Valid: a number above 0, or None.")
    return float(rate)  # type: ignore[arg-type]


def _moment(value: object) -> datetime | None:
    return None if value is None else parse_moment(value)


def _matching(pattern: str, what: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {what}.")
        return value

    return parse


OPTIONS: dict[str, Option] = {
    "startup": Option(parse_duration, "how long a run is STARTING"),
    "duration": Option(parse_duration, "how long a run is RUNNING before it succeeds"),
    "cleanup": Option(
        parse_duration, "how long a run that has ended still counts against the limits"
    ),
    "freeze": Option(_flag, "whether time is frozen, so that the test moves it"),
    "start_at": Option(_moment, "when the frozen time begins; None: now"),
    "sleep": Option(_choice("sleep"), "'virtual': time.sleep moves the frozen clock; or 'real'"),
    "account_id": Option(
        _matching(r"[0-9]{12}", "an account id. Valid: text of twelve digits"),
        "the AWS account of credentials that moto's IAM does not know",
    ),
    "default_glue_version": Option(
        _matching(r"(\w+\.)+\w+|auto", 'a Glue version. Valid: text such as "4.0"'),
        "the GlueVersion of a job that is made without one",
    ),
    "end_of_life": Option(_flag, "whether Glue versions are rejected from their end of life on"),
    "check_launch": Option(
        _flag,
        "whether a run fails to launch if moto does not have its script, role, connections or "
        "security configuration",
    ),
    "max_requests_per_second": Option(
        _rate, "the rate above which Glue throttles an account in a region; None: never"
    ),
    "other_services": Option(
        _choice("other_services"),
        "who answers all that is not a job or a run: 'moto', an 'error', or 'pass' it on",
    ),
    "unused_plans": Option(
        _choice("unused_plans"), "whether a plan that no run used fails the test: 'error', 'ignore'"
    ),
    "max_sleeps": Option(
        _count, "how often waiting may move the frozen clock in a test, before it seems endless"
    ),
    "max_reads": Option(
        _count,
        "how often Glue, or a run, may be looked at while time stands still, "
        "before it seems endless",
    ),
    "report": Option(
        _choice("report"), "which tests show what Glue saw: 'failed' ones, 'always', 'never'"
    ),
}


def shown(value: object) -> str:
    """A setting's value as it is written in a test."""
    return repr(format_duration(value) if isinstance(value, timedelta) else value)


def signature() -> str:
    """All settings with their defaults, as keywords."""
    default = Settings()
    return ", ".join(f"{f.name}={shown(getattr(default, f.name))}" for f in fields(Settings))


class Layer(NamedTuple):
    """Settings from one place."""

    where: str
    """The place, as its error names it."""
    values: Mapping[str, Any]


def parsed(layer: Layer) -> Mapping[str, Any]:
    """The layer's values as `Settings` keeps them; raises SettingError."""
    return {name: _parse(layer.where, name, value) for name, value in layer.values.items()}


def resolve(layers: Iterable[Layer]) -> Settings:
    """The settings that hold, of *layers* from the strongest to the weakest.

    The order is: the call or the marker, the fixture, the ini file, the default; each name by
    itself.
    """
    found: dict[str, Any] = {}
    for layer in layers:
        found = {**parsed(layer), **found}
    return Settings(**found)


def contradictions(asked: Mapping[str, Any], active: Settings) -> str:
    """What *asked* (parsed) wants to be otherwise than it is; empty if nothing."""
    return ", ".join(
        f"{name}={shown(value)} (it is {shown(getattr(active, name))})"
        for name, value in asked.items()
        if value != getattr(active, name)
    )


def _parse(where: str, name: str, value: object) -> Any:
    option = OPTIONS.get(name)
    if option is None:
        valid = ", ".join(OPTIONS)
        raise SettingError(
            f"{where}: there is no setting {name!r}.{did_you_mean(name, OPTIONS)} Valid: {valid}."
        )
    try:
        return option.parse(value)
    except ValueError as error:
        raise SettingError(f"{where}: {name}: {error}") from None
