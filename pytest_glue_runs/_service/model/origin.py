"""Where a run that a trigger started comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

NodeKind = Literal["JOB", "CRAWLER"]


class Condition(NamedTuple):
    """What a conditional trigger watches for: the end of a run or crawl in a state."""

    kind: NodeKind
    name: str
    """The name of the job or crawler."""
    state: str


class Predecessor(NamedTuple):
    """A run whose end fired the trigger that started another."""

    job_name: str
    run_id: str


@dataclass(slots=True, eq=False, kw_only=True)
class Chain:
    """All runs and crawls that descend from one firing of a start trigger."""

    met: dict[str, dict[Condition, Predecessor | None]] = field(default_factory=dict)
    """By trigger, the conditions met since it fired last; None stands for a crawl."""
    fired_on: dict[str, datetime] = field(default_factory=dict)
    """When each conditional trigger fired last."""
    under_way: int = 0
    """How many runs, crawls and firings are not over, retries to come included."""
    closed: bool = False
    """Whether no trigger fires in it any more."""

    def script_arguments(self) -> dict[str, str]:
        """Return what Glue adds to the arguments of its runs."""
        return {}


class Origin(NamedTuple):
    """The trigger that started a run or crawl."""

    trigger_name: str
    chain: Chain
    predecessors: tuple[Predecessor, ...] = ()
