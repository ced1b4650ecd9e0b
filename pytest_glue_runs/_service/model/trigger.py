"""A trigger: its definition, its state, and what GetTrigger shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pytest_glue_runs._service.model.origin import Condition
from pytest_glue_runs._service.model.schedule import Schedule
from pytest_glue_runs._service.rules.trigger_rules import (
    BATCH_SIZE,
    BATCH_WINDOW,
    TRANSITION_TIME,
)

TriggerType = Literal["SCHEDULED", "CONDITIONAL", "ON_DEMAND", "EVENT"]
# CREATING, UPDATING and DELETING are over when the request that causes them is.
TriggerState = Literal["CREATED", "ACTIVATING", "ACTIVATED", "DEACTIVATING", "DEACTIVATED"]

START_TYPES = ("SCHEDULED", "ON_DEMAND", "EVENT")


@dataclass(frozen=True, eq=False)
class TriggerDefinition:
    """What CreateTrigger and UpdateTrigger set. An update replaces it as a whole."""

    given: Mapping[str, Any]
    """The members as the client sent them."""
    actions: tuple[Mapping[str, Any], ...]
    conditions: frozenset[Condition]
    any_condition: bool
    """Whether one condition is enough."""
    schedule: Schedule | None

    @classmethod
    def of(cls, given: Mapping[str, Any], schedule: Schedule | None) -> TriggerDefinition:
        """Return the definition in the members of a request."""
        predicate = given.get("Predicate") or {}
        return cls(
            given=given,
            actions=tuple(given.get("Actions") or ()),
            conditions=frozenset(map(_condition, predicate.get("Conditions") or ())),
            any_condition=predicate.get("Logical") == "ANY",
            schedule=schedule,
        )

    def is_satisfied(self, met: Mapping[Condition, object]) -> bool:
        """Return whether the conditions that are *met* are enough to fire."""
        if self.any_condition:
            return not self.conditions.isdisjoint(met)
        return self.conditions <= met.keys()

    @property
    def batch_size(self) -> int:
        """How many events fire a trigger of type EVENT."""
        return int(self._batching.get("BatchSize", BATCH_SIZE.value))

    @property
    def batch_window(self) -> int:
        """After how many seconds fewer events fire it."""
        return int(self._batching.get("BatchWindow", BATCH_WINDOW.value))

    @property
    def _batching(self) -> Mapping[str, Any]:
        return self.given.get("EventBatchingCondition") or {}


class Firing(NamedTuple):
    """A time that a trigger fired."""

    at: datetime
    started: tuple[str, ...]
    """What it started: ids of runs, and names of crawlers."""


@dataclass(slots=True, eq=False)
class Trigger:
    """A trigger in one region of one account."""

    name: str
    account_id: str
    region: str
    type: TriggerType
    definition: TriggerDefinition
    workflow_name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    active: bool = False
    """Whether it fires when its schedule or its conditions say so."""
    changed_on: datetime | None = None
    """When it was last activated or deactivated; None: it never was."""
    firings: list[Firing] = field(default_factory=list)
    events_received: int = 0
    """Events of a batch that is not complete."""

    def activate(self, at: datetime) -> None:
        """Activate the trigger."""
        self.active = True
        self.changed_on = at

    def deactivate(self, at: datetime) -> None:
        """Deactivate the trigger."""
        self.active = False
        self.changed_on = at

    def state(self, now: datetime) -> TriggerState:
        """Return the State that GetTrigger shows."""
        if self.changed_on is None:
            return "CREATED"
        changing = now < self.changed_on + TRANSITION_TIME.value
        if self.active:
            return "ACTIVATING" if changing else "ACTIVATED"
        return "DEACTIVATING" if changing else "DEACTIVATED"

    def jobs_started(self) -> set[str]:
        """Return the names of the jobs that its actions start."""
        return {one["JobName"] for one in self.definition.actions if "JobName" in one}

    def describe(self, now: datetime) -> dict[str, Any]:
        """Return what GetTrigger shows."""
        return self.describe_as(self.definition, self.state(now))

    def describe_as(self, definition: TriggerDefinition, state: TriggerState) -> dict[str, Any]:
        """Return what GetTrigger would show with this definition and state."""
        shown: dict[str, Any] = {"Name": self.name}
        if self.workflow_name is not None:
            shown["WorkflowName"] = self.workflow_name
        shown |= {"Type": self.type, "State": state, **definition.given}
        if "EventBatchingCondition" in shown:
            batching = shown["EventBatchingCondition"]
            shown["EventBatchingCondition"] = {"BatchWindow": BATCH_WINDOW.value, **batching}
        return shown


def _condition(given: Mapping[str, Any]) -> Condition:
    if "JobName" in given:
        return Condition("JOB", given["JobName"], given["State"])
    return Condition("CRAWLER", given["CrawlerName"], given["CrawlState"])
