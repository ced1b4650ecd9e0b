"""A run: its data, and what GetJobRun shows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.effective_config import Demand, EffectiveConfig
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.log_line import LogLine, LogStream
from pytest_glue_runs._service.model.origin import Origin
from pytest_glue_runs._service.model.plan import SUCCEEDS, Plan
from pytest_glue_runs._service.rules.behaviors import AUTO_SCALING_SHARE, DPU_SECONDS_DELAY
from pytest_glue_runs._service.rules.rule_types import version_key

RunState = Literal[
    "STARTING",
    "RUNNING",
    "STOPPING",
    "STOPPED",
    "SUCCEEDED",
    "FAILED",
    "TIMEOUT",
    "ERROR",
    "WAITING",
    "EXPIRED",
]
"""A JobRunState. Source: the service's model."""

# Source: the service's model of JobRunState and the developer guide's job-run-statuses page.
ENDED_STATES: frozenset[RunState] = frozenset(
    {"STOPPED", "SUCCEEDED", "FAILED", "TIMEOUT", "ERROR", "EXPIRED"}
)


class Transition(NamedTuple):
    """One step of a run's history."""

    at: datetime
    state: RunState
    detail: str | None
    """The ErrorMessage of a failure, the reason of WAITING; else None."""

    def __repr__(self) -> str:
        """Return the usual repr, without secrets in the detail."""
        detail = Masker().show(self.detail)
        return f"Transition(at={self.at!r}, state={self.state!r}, detail={detail})"


@dataclass(slots=True, eq=False)
class Run:
    """A run of a job, as the service remembers it."""

    id: str
    job: Job
    started_on: datetime
    arguments: dict[str, str] | None
    """The arguments in StartJobRun or of the trigger's action; None if there were none."""
    config: EffectiveConfig
    plan: Plan = SUCCEEDS
    attempt: int = 0
    previous_run_id: str | None = None
    origin: Origin | None = None
    """The trigger that started it; None: StartJobRun did."""
    state: RunState = "STARTING"
    running_on: datetime | None = None
    modified_on: datetime = field(init=False)
    completed_on: datetime | None = None
    error: str | None = None
    history: list[Transition] = field(default_factory=list)
    reserved: Demand | None = None
    """The capacity that it holds now."""
    written: list[LogLine] | None = None
    """The log lines that its plan does not have; None if there are none."""

    def enter(self, state: RunState, at: datetime, detail: str | None = None) -> None:
        """Record that the run enters *state*."""
        self.state = state
        self.modified_on = at
        self.history.append(Transition(at, state, detail))
        if state == "RUNNING":
            self.running_on = at
        elif state in ENDED_STATES:
            self.completed_on = at
            if state in ("FAILED", "ERROR", "EXPIRED"):
                self.error = detail

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.completed_on is not None

    def script_arguments(self) -> dict[str, str]:
        """Return the arguments that the script sees.

        The run's own override the job's DefaultArguments; NonOverridableArguments override both.
        In a workflow Glue adds its name and the id of its run.
        """
        config = self.config
        return {
            **config.default_arguments,
            **(self.arguments or {}),
            **({} if self.origin is None else self.origin.chain.script_arguments()),
            **config.non_overridable_arguments,
        }

    def write(self, at: datetime, stream: LogStream, message: str) -> None:
        """Write a line to the logs."""
        if self.written is None:
            self.written = []
        self.written.append(LogLine(at, stream, message))

    def log_lines(self, now: datetime) -> list[LogLine]:
        """Return the lines in the logs at the time *now*, in the order of their times."""
        lines = [line for line in self.written or () if line.at <= now]
        if self.plan.logs and self.running_on is not None:
            begin = self.running_on
            ran = (now if self.completed_on is None else min(now, self.completed_on)) - begin
            planned = [line for line in self.plan.logs if line.after <= ran]
            lines = [
                *(LogLine(begin + line.after, "output", line.message) for line in planned),
                *lines,
            ]
            lines.sort(key=lambda line: line.at)
        return lines

    def execution_time(self, now: datetime) -> int:
        """Return whole seconds from RUNNING to the end, or to *now*. Start-up does not count."""
        if self.running_on is None:
            return 0
        end = now if self.completed_on is None else self.completed_on
        return (end - self.running_on) // timedelta(seconds=1)

    def describe(
        self, now: datetime, waiting_reason: str | None, *, predecessors: bool = False
    ) -> dict[str, Any]:
        """Return what GetJobRun shows at the time *now*.

        *waiting_reason* is the StateDetail of a run that is WAITING. PredecessorRuns is empty
        without *predecessors*.
        """
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
        if self.origin is not None:
            shown["TriggerName"] = self.origin.trigger_name
            if predecessors:
                shown["PredecessorRuns"] = [
                    {"JobName": one.job_name, "RunId": one.run_id}
                    for one in self.origin.predecessors
                ]
        if self.completed_on is not None:
            shown["CompletedOn"] = self.completed_on
        if self.arguments is not None:
            shown["Arguments"] = self.arguments
        if self.error is not None:
            shown["ErrorMessage"] = self.error
        if waiting_reason is not None:
            shown["StateDetail"] = waiting_reason
        dpu_seconds = self._dpu_seconds(now)
        if dpu_seconds is not None:
            shown["DPUSeconds"] = dpu_seconds
        return shown

    def _dpu_seconds(self, now: datetime) -> float | None:
        if self.completed_on is None or now < self.completed_on + DPU_SECONDS_DELAY.value:
            return None
        if self.plan.dpu_seconds is not None:
            return self.plan.dpu_seconds
        resolved = self.config.resolved
        if self.config.command != "glueetl" or version_key(resolved["GlueVersion"]) < (3, 0):
            return None
        maximum = float(self.execution_time(now) * resolved["MaxCapacity"])
        if self.script_arguments().get("--enable-auto-scaling") == "true":
            return maximum * float(AUTO_SCALING_SHARE.value)
        return maximum if resolved.get("ExecutionClass") == "FLEX" else None
