"""Plans: how the test wants a run to go."""

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
    """The state in which the script ends; None: it never ends."""
    after: timedelta | None = None
    """How long the run is RUNNING; None: the setting ``duration``."""
    startup: timedelta | None = None
    """How long the run is STARTING; None: the setting ``startup``."""
    error: str | None = None
    """The ErrorMessage of a run that FAILED; None: the field is absent."""

    def __str__(self) -> str:
        parts = [repr(self.error)] if self.error is not None else []
        if self.after is not None:
            parts.append(f"after={format_duration(self.after)!r}")
        if self.startup is not None:
            parts.append(f"startup={format_duration(self.startup)!r}")
        return f"{_NAMES[self.ending]}({', '.join(parts)})"


_NAMES = {"SUCCEEDED": "succeeds", "FAILED": "fails", None: "hangs"}


def succeeds(*, after: Duration | None = None, startup: Duration | None = None) -> Plan:
    """Plan a run that ends SUCCEEDED, *after* this long in RUNNING.

    Durations default to the settings ``duration`` and ``startup``. Raises ValueError for an
    invalid duration.
    """
    return Plan("SUCCEEDED", _span("succeeds", after=after), _span("succeeds", startup=startup))


def fails(
    error: str | None = None, *, after: Duration | None = None, startup: Duration | None = None
) -> Plan:
    """Plan a run that ends FAILED with *error* as its ErrorMessage, *after* this long in RUNNING.

    Without *error* the run has no ErrorMessage, as some runs in AWS have none. Durations default
    to the settings ``duration`` and ``startup``. Raises ValueError for an invalid duration,
    TypeError for an error that is not text.
    """
    if error is not None and not isinstance(error, str):
        raise TypeError(f"fails(error={error!r}): the error is text, as ErrorMessage shows it.")
    return Plan("FAILED", _span("fails", after=after), _span("fails", startup=startup), error)


def hangs(*, startup: Duration | None = None) -> Plan:
    """Plan a run that stays RUNNING until its timeout, or until it is stopped.

    Raises ValueError for an invalid *startup*.
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


# The functions that make plans.
PLANNERS = (succeeds, fails, hangs)


class Plans:
    """The unused plans of each job, in order."""

    def __init__(self) -> None:
        self._unused: dict[str, deque[Plan]] = {}

    def add(self, job_name: str, plans: tuple[Plan, ...]) -> None:
        """Append *plans* to those of the job."""
        self._unused.setdefault(job_name, deque()).extend(plans)

    def take(self, job_name: str, command: str) -> Plan:
        """Remove and return the plan of the job's next run.

        Without a plan a run succeeds, and a streaming run never ends.
        """
        unused = self._unused.get(job_name)
        if unused:
            return unused.popleft()
        return _NEVER_ENDS if command == "gluestreaming" else _SUCCEEDS

    def unused(self) -> list[tuple[str, Plan]]:
        """Return the job names and plans that no run has used."""
        return [(name, plan) for name, plans in self._unused.items() for plan in plans]


_SUCCEEDS = Plan("SUCCEEDED")
_NEVER_ENDS = Plan(None)
