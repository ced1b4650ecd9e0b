"""A run: what is remembered of it, and what GetJobRun shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_glue_runs._service.rules.rule_types import version_key

if TYPE_CHECKING:
    from pytest_glue_runs._service.engine.event_queue import Event
    from pytest_glue_runs._service.model.effective_config import Demand, EffectiveConfig
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.plan import Plan

# Source: the service's model of JobRunState and the developer guide's job-run-statuses page.
ENDED_STATES = frozenset({"STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "EXPIRED"})


class Transition(NamedTuple):
    """One step of a run's history."""

    at: datetime
    state: str
    detail: str | None


@dataclass(slots=True, eq=False)
class Run:
    """A run of a job, as the service remembers it."""

    id: str
    job: Job
    plan: Plan
    started_on: datetime
    arguments: dict[str, str] | None
    """As StartJobRun was given them; None if it was given none."""
    config: EffectiveConfig
    attempt: int = 0
    previous_run_id: str | None = None
    state: str = ""
    running_on: datetime | None = None
    modified_on: datetime = field(init=False)
    completed_on: datetime | None = None
    error: str | None = None
    history: list[Transition] = field(default_factory=list)
    next: Event | None = None
    """What happens to it next by itself."""
    notice: Event | None = None
    """When somebody is told that it takes long."""
    holds: Demand | None = None
    """What it takes up of the region's capacity_pool."""

    def enter(self, state: str, at: datetime, detail: str | None = None) -> None:
        """Puts the run into *state*."""
        self.state = state
        self.modified_on = at
        self.history.append(Transition(at, state, detail))
        if state == "RUNNING":
            self.running_on = at
        elif state in ENDED_STATES:
            self.completed_on = at
            if state == "FAILED":
                self.error = detail

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.completed_on is not None

    def script_arguments(self) -> dict[str, str]:
        """The arguments as the script sees them: job, then run, then what no run may change."""
        config = self.config
        return {**config.default_arguments, **(self.arguments or {}), **config.fixed_arguments}

    def execution_time(self, now: datetime) -> int:
        """Whole seconds since RUNNING, until the end; start-up does not count."""
        if self.running_on is None:
            return 0
        end = now if self.completed_on is None else self.completed_on
        return (end - self.running_on) // timedelta(seconds=1)

    def waits_for(self) -> str | None:
        """Why it is WAITING: what it waited for first may be free by now, and something else
        not."""
        obstacle = self.job.region.capacity_pool.obstacle(self.job, self.config.demand)
        return self.history[-1].detail if obstacle is None else obstacle.value

    def shown(self, now: datetime) -> dict[str, Any]:
        """What GetJobRun shows at the time *now*."""
        shown: dict[str, Any] = {
            "Id": self.id,
            "Attempt": self.attempt,
            "JobName": self.job.name,
            "StartedOn": self.started_on,
            "LastModifiedOn": self.modified_on,
            "JobRunState": self.state,
            "PredecessorRuns": [],
            "ExecutionTime": self.execution_time(now),
            **self.config.resolved,
        }
        if self.previous_run_id is not None:
            shown["PreviousRunId"] = self.previous_run_id
        if self.completed_on is not None:
            shown["CompletedOn"] = self.completed_on
        if self.arguments is not None:
            shown["Arguments"] = self.arguments
        if self.error is not None:
            shown["ErrorMessage"] = self.error
        if self.state == "WAITING":
            shown["StateDetail"] = self.waits_for()
        if self.completed_on is not None and self._counts_dpu_seconds():
            shown["DPUSeconds"] = float(shown["ExecutionTime"] * shown["MaxCapacity"])
        return shown

    def _counts_dpu_seconds(self) -> bool:
        scales = self.script_arguments().get("--enable-auto-scaling") == "true"
        flex = self.config.resolved.get("ExecutionClass") == "FLEX"
        recent = version_key(self.config.resolved["GlueVersion"]) >= (3, 0)
        return recent and (flex or scales) and self.config.command == "glueetl"
