"""The settings: names, defaults, valid values, and which of several sources wins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite, nan
from typing import Any, Literal, NamedTuple, TypedDict

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._options import CHOICES
from pytest_glue_runs._prepared import FAULTS, Prepared
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time.clock import parse_moment
from pytest_glue_runs._time.duration import Duration, format_duration, parse_duration
from pytest_glue_runs.errors import SettingError

INI_FILE = "the ini file"


class SettingsDict(TypedDict, total=False):
    """The settings as keywords, with every type that each accepts."""

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
    passthrough_hosts: str | Sequence[str]
    unused: Literal["error", "ignore"]
    max_sleeps: int
    max_reads: int
    report: Literal["failed", "always", "never"]
    secret_names: str | Sequence[str]
    plans: Sequence[Prepared]
    faults: Sequence[Prepared]


@dataclass(frozen=True)
class Settings:
    """The settings of a mock, parsed."""

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
    passthrough_hosts: tuple[str, ...] = ()
    unused: Literal["error", "ignore"] = "error"
    max_sleeps: int = 100_000
    max_reads: int = 10_000
    report: Literal["failed", "always", "never"] = "failed"
    secret_names: tuple[str, ...] = ()
    plans: tuple[Prepared, ...] = ()
    faults: tuple[Prepared, ...] = ()


def _choice(name: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        valid = CHOICES[name]
        if value not in valid:
            listed = ", ".join(repr(one) for one in valid)
            raise ValueError(
                f"{value!r} is not a valid {name}.{did_you_mean(value, valid)} Valid: {listed}."
            )
        return str(value)

    return parse


# As pytest reads its own ini options.
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
    rate = nan
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        with suppress(ValueError, OverflowError):
            rate = float(value)
    if not (isfinite(rate) and rate > 0):
        raise ValueError(f"{value!r} is not a rate. Valid: a number above 0, or None.")
    return rate


def _moment(value: object) -> datetime | None:
    return None if value is None else parse_moment(value)


def _matching(pattern: str, expected: str) -> Callable[[object], str]:
    def parse(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"{value!r} is not {expected}.")
        return value

    return parse


def _listed(value: object) -> object:
    return re.split(r"[,\s]+", value.strip(", \t\n")) if isinstance(value, str) else value


def _names(value: object) -> tuple[str, ...]:
    names = _listed(value)
    if isinstance(names, (list, tuple)) and all(map(_is_name, names)):
        return tuple(names)
    raise ValueError(
        f"{value!r} is not a list of names. "
        "Valid: a list such as ['ssn', 'iban'], or text such as 'ssn, iban'."
    )


def _prepared(*methods: str, example: str) -> Callable[[object], tuple[Prepared, ...]]:
    def parse(value: object) -> tuple[Prepared, ...]:
        if isinstance(value, (list, tuple)):
            wrong = [one for one in value if not _is_prepared(one, methods)]
            if not wrong:
                return tuple(value)
            value = wrong[0]
        makers = ", ".join(f"{name}()" for name in methods)
        raise ValueError(
            f"{Masker().show(value)} is not a result of {makers}. "
            f"Valid: a list such as [{example}], with functions of pytest_glue_runs; "
            "the ini file cannot hold it."
        )

    return parse


def _is_prepared(value: object, methods: tuple[str, ...]) -> bool:
    return isinstance(value, Prepared) and value.method in methods


def _is_name(value: object) -> bool:
    return isinstance(value, str) and any(char.isalnum() for char in value)


def _hosts(value: object) -> tuple[str, ...]:
    hosts = _listed(value)
    if isinstance(hosts, (list, tuple)) and all(map(_is_host, hosts)):
        return tuple(host.lower().rstrip(".") for host in hosts)
    raise ValueError(
        f"{value!r} is not a list of hosts. Valid: a list of names or addresses without scheme "
        "and port, such as ['minio', '10.0.0.7'], or text such as 'minio, 10.0.0.7'."
    )


def _is_host(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[\w.-]+|[\da-fA-F.:]+", value))


PARSERS: dict[str, Callable[[object], Any]] = {
    "startup": parse_duration,
    "duration": parse_duration,
    "cleanup": parse_duration,
    "freeze": _flag,
    "start_at": _moment,
    "sleep": _choice("sleep"),
    "account_id": _matching(r"[0-9]{12}", "an account id. Valid: text of twelve digits"),
    "default_glue_version": _matching(
        r"(\w+\.)+\w+|auto", 'a Glue version. Valid: text such as "4.0"'
    ),
    "end_of_life": _flag,
    "check_launch": _flag,
    "max_requests_per_second": _rate,
    "other_services": _choice("other_services"),
    "passthrough_hosts": _hosts,
    "unused": _choice("unused"),
    "max_sleeps": _count,
    "max_reads": _count,
    "report": _choice("report"),
    "secret_names": _names,
    "plans": _prepared("plan", example="plan('nightly', hangs())"),
    "faults": _prepared(*FAULTS, example="fail_next('StartJobRun', 'ThrottlingException')"),
}
"""What parses the value of each setting, or raises ValueError."""


def format_value(value: object) -> str:
    """Return the value of a setting as it is written in Python."""
    return repr(format_duration(value) if isinstance(value, timedelta) else value)


class Layer(NamedTuple):
    """Settings from one source."""

    source: str
    """The source, as error messages name it."""
    values: Mapping[str, Any]
    other_names: tuple[str, ...] = ()
    """Keywords of this source that are not settings; an error lists them too."""


def parse(layer: Layer) -> Mapping[str, Any]:
    """Return the layer's values as `Settings` holds them; raise SettingError."""
    __tracebackhide__ = True
    parsed = {}
    for name, value in layer.values.items():
        parser = PARSERS.get(name)
        if parser is None:
            valid = [*layer.other_names, *PARSERS]
            raise SettingError(
                f"{layer.source}: there is no setting {name!r}.{did_you_mean(name, valid)} "
                f"Valid: {', '.join(valid)}."
            )
        try:
            parsed[name] = parser(value)
        except ValueError as error:
            raise SettingError(f"{layer.source}: {name}: {error}") from None
    return parsed


def resolve(layers: Iterable[Layer]) -> Settings:
    """Return the settings that *layers*, from the strongest to the weakest, result in.

    The order is: call or marker, fixture, ini file, default; each setting by itself.
    """
    __tracebackhide__ = True
    found: dict[str, Any] = {}
    for layer in layers:
        found = {**parse(layer), **found}
    return Settings(**found)


def contradictions(requested: Mapping[str, Any], active: Settings) -> str:
    """Return which of the *requested* settings, already parsed, differ from the *active* ones."""
    return ", ".join(
        f"{name}={format_value(value)} (it is {format_value(getattr(active, name))})"
        for name, value in requested.items()
        if value != getattr(active, name)
    )
