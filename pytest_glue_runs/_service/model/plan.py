"""How a run will go: what a test says before the run starts."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pytest_glue_runs._time.duration import Duration, format_duration, parse_duration

Ending = Literal["SUCCEEDED", "FAILED"]


@dataclass(frozen=True)
class Plan:
    """How one run will go. Made by `succeeds`, `fails` and `hangs`."""

    ending: Ending | None
    """The state the script ends in by itself; None: it never ends."""
    after: timedelta | None = None
    """How long the script runs, counted from RUNNING; None: as long as the settings say."""
    startup: timedelta | None = None
    """How long the run is STARTING; None: as long as the settings say."""
    error: str | None = None
    """What ErrorMessage says of a run that FAILED; None: the field is absent."""

    def __str__(self) -> str:
        parts = [repr(self.error)] if self.error is not None else []
        if self.after is not None:
            parts.append(f"after={format_duration(self.after)!r}")
        if self.startup is not None:
            parts.append(f"startup={format_duration(self.startup)!r}")
        return f"{_NAMES[self.ending]}({', '.join(parts)})"


_NAMES = {"SUCCEEDED": "succeeds", "FAILED": "fails", None: "hangs"}


def succeeds(*, after: Duration | None = None, startup: Duration | None = None) -> Plan:
    """The run ends SUCCEEDED, *after* its time in RUNNING.

    Durations that are left out are the settings' ``duration`` and ``startup``. Raises
    ValueError for what is not a duration.
    """
    return Plan("SUCCEEDED", _span("succeeds", after=after), _span("succeeds", startup=startup))


def fails(
    error: str | None = None, *, after: Duration | None = None, startup: Duration | None = None
) -> Plan:
    """The run ends FAILED with *error* as its ErrorMessage, *after* its time in RUNNING.

    Without *error* the run has no ErrorMessage, as some of AWS's have none. Durations that
    are left out are the settings' ``duration`` and ``startup``. Raises ValueError for what
    is not a duration, TypeError for an error that is not text.
    """
    if error is not None and not isinstance(error, str):
        raise TypeError(f"fails(error={error!r}): the error is text, as ErrorMessage shows it.")
    return Plan("FAILED", _span("fails", after=after), _span("fails", startup=startup), error)


def hangs(*, startup: Duration | None = None) -> Plan:
    """The run stays RUNNING until its timeout, or until somebody stops it.

    Raises ValueError for a *startup* that is not a duration.
    """
    return Plan(None, startup=_span("hangs", startup=startup))


def _span(function: str, **named: Duration | None) -> timedelta | None:
    ((name, value),) = named.items()
    if value is None:
        return None
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"{function}({name}=...): {error}") from None


# What makes plans.
PLANNERS = (succeeds, fails, hangs)


class Plans:
    """The plans of each job that no run has used yet, in order."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Plan]] = {}

    def add(self, job_name: str, plans: tuple[Plan, ...]) -> None:
        """Puts *plans* behind those that wait already."""
        self._waiting.setdefault(job_name, deque()).extend(plans)

    def take(self, job_name: str, command: str) -> Plan:
        """The plan of the job's next run; without one it simply succeeds, if it is to end."""
        waiting = self._waiting.get(job_name)
        if waiting:
            return waiting.popleft()
        return _GOES_ON if command == "gluestreaming" else _SUCCEEDS

    def unused(self) -> list[tuple[str, Plan]]:
        """What no run has used, job by job."""
        return [(name, plan) for name, plans in self._waiting.items() for plan in plans]


_SUCCEEDS = Plan("SUCCEEDED")
_GOES_ON = Plan(None)
