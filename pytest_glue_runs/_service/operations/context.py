"""What an operation may use of the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pytest_glue_runs._service.engine.event_queue import EventQueue
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.engine.triggers import Triggers
from pytest_glue_runs._service.engine.workflows import Workflows
from pytest_glue_runs._service.model.plans import Plans
from pytest_glue_runs._service.model.schedule import Schedule
from pytest_glue_runs._service.model.store import Store


@dataclass(frozen=True)
class Context:
    """The state of the service at the time of a call."""

    store: Store
    plans: Plans
    simulation: Simulation
    triggers: Triggers
    workflows: Workflows
    queue: EventQueue
    default_glue_version: str
    end_of_life: bool
    """Whether Glue versions are rejected from their end of life on."""
    policy_problem: Callable[[str], str | None]
    """Returns what is wrong with an IAM policy, or None."""
    parse_schedule: Callable[[str], Schedule]
    """Parses the Schedule of a trigger; raises ValueError for what is not one."""

    @property
    def now(self) -> datetime:
        """The simulation time."""
        return self.queue.now
