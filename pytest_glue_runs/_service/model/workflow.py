"""Workflows and their runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from pytest_glue_runs._service.model.crawl import Crawl
from pytest_glue_runs._service.model.origin import Chain, Condition, Origin
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.trigger import (
    START_TYPES,
    Firing,
    Trigger,
    TriggerDefinition,
    TriggerState,
)
from pytest_glue_runs._service.model.workflow_graph import Node

WorkflowRunStatus = Literal["RUNNING", "COMPLETED", "STOPPING", "STOPPED", "ERROR"]
"""The Status of a workflow run. Source: the service's model."""

# The statistic that each state of a run or crawl counts for.
_STATISTICS = {
    "STARTING": "RunningActions",
    "RUNNING": "RunningActions",
    "STOPPING": "RunningActions",
    "WAITING": "WaitingActions",
    "SUCCEEDED": "SucceededActions",
    "FAILED": "FailedActions",
    "TIMEOUT": "TimeoutActions",
    "STOPPED": "StoppedActions",
    "CANCELLED": "StoppedActions",
    "ERROR": "ErroredActions",
}


class SnapshotTrigger(NamedTuple):
    """A trigger of a workflow, as it was when a run of the workflow started."""

    trigger: Trigger
    definition: TriggerDefinition
    active: bool
    state: TriggerState

    @property
    def name(self) -> str:
        """The name of the trigger."""
        return self.trigger.name

    @property
    def firings(self) -> list[Firing]:
        """The firings of the trigger, in all runs of the workflow."""
        return self.trigger.firings

    def describe(self) -> dict[str, Any]:
        """Return what GetTrigger would have shown."""
        return self.trigger.describe_as(self.definition, self.state)


@dataclass(slots=True, eq=False)
class Workflow:
    """A workflow in one region of one account."""

    name: str
    account_id: str
    region: str
    given: dict[str, Any]
    """The members that CreateWorkflow and UpdateWorkflow set."""
    created_on: datetime
    modified_on: datetime
    tags: dict[str, str] = field(default_factory=dict)
    runs: list[WorkflowRun] = field(default_factory=list)
    """Its runs, oldest first."""
    running: int = 0
    """How many of them have not ended."""

    @property
    def default_properties(self) -> dict[str, str]:
        """The DefaultRunProperties."""
        properties: dict[str, str] = self.given.get("DefaultRunProperties") or {}
        return properties

    @property
    def is_full(self) -> bool:
        """Whether as many runs are under way as MaxConcurrentRuns allows."""
        limit = self.given.get("MaxConcurrentRuns")
        return limit is not None and self.running >= limit

    def describe(self) -> dict[str, Any]:
        """Return what GetWorkflow shows, without LastRun and Graph."""
        return {
            "Name": self.name,
            "DefaultRunProperties": {},
            **self.given,
            "CreatedOn": self.created_on,
            "LastModifiedOn": self.modified_on,
        }


@dataclass(slots=True, eq=False, kw_only=True)
class WorkflowRun(Chain):
    """A run of a workflow: a chain of runs with an id and a status."""

    id: str
    workflow: Workflow
    properties: dict[str, str]
    started_on: datetime
    snapshot: tuple[SnapshotTrigger, ...]
    previous_run_id: str | None = None
    """The id of the run that it resumes."""
    batch: dict[str, int] | None = None
    """The batch condition of the trigger of type EVENT that started it."""
    status: WorkflowRunStatus = "RUNNING"
    completed_on: datetime | None = None
    error: str | None = None
    runs: dict[str, list[Run]] = field(default_factory=dict)
    """By job, the runs in the order they started."""
    crawls: dict[str, list[Crawl]] = field(default_factory=dict)
    """By crawler, the crawls in the order they started."""
    resumptions: int = 0
    """How often it was resumed."""

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        return self.completed_on is not None

    def end(self, status: WorkflowRunStatus, at: datetime) -> None:
        """Record that it ends."""
        self.status = status
        self.completed_on = at
        self.closed = True
        self.workflow.running -= 1

    def script_arguments(self) -> dict[str, str]:
        """Return what Glue adds to the arguments of its runs."""
        return {"--WORKFLOW_NAME": self.workflow.name, "--WORKFLOW_RUN_ID": self.id}

    def start_trigger(self) -> SnapshotTrigger | None:
        """Return the trigger that starts the workflow."""
        return next((one for one in self.snapshot if one.trigger.type in START_TYPES), None)

    def watchers(self, condition: Condition) -> list[SnapshotTrigger]:
        """Return the conditional triggers with this condition."""
        return [one for one in self.snapshot if condition in one.definition.conditions]

    def origin_of(self, node: Node) -> Origin | None:
        """Return where the latest run or crawl of a node comes from; None if there is none."""
        latest: list[Run] | list[Crawl] = []
        if node.kind == "JOB":
            latest = self.runs.get(node.name, [])
        elif node.kind == "CRAWLER":
            latest = self.crawls.get(node.name, [])
        return latest[-1].origin if latest else None

    def add_run(self, run: Run) -> None:
        """Add a run of one of its jobs."""
        self.runs.setdefault(run.job.name, []).append(run)

    def add_crawl(self, crawl: Crawl) -> None:
        """Add a crawl of one of its crawlers."""
        self.crawls.setdefault(crawl.crawler_name, []).append(crawl)

    def statistics(self) -> dict[str, int]:
        """Return how many of its actions are in which state. Retried attempts do not count."""
        counted = Counter(_STATISTICS.get(state) for state in self._states())
        names = dict.fromkeys(_STATISTICS.values())
        total = sum(len(one.definition.actions) for one in self.snapshot)
        return {"TotalActions": total, **{name: counted[name] for name in names}}

    def describe(self) -> dict[str, Any]:
        """Return what GetWorkflowRun shows, without Graph."""
        shown: dict[str, Any] = {"Name": self.workflow.name, "WorkflowRunId": self.id}
        if self.previous_run_id is not None:
            shown["PreviousRunId"] = self.previous_run_id
        shown |= {"WorkflowRunProperties": dict(self.properties), "StartedOn": self.started_on}
        if self.completed_on is not None:
            shown["CompletedOn"] = self.completed_on
        shown["Status"] = self.status
        if self.error is not None:
            shown["ErrorMessage"] = self.error
        shown["Statistics"] = self.statistics()
        if self.batch is not None:
            shown["StartingEventBatchCondition"] = self.batch
        return shown

    def _states(self) -> Iterator[str]:
        for runs in self.runs.values():
            replaced = {run.previous_run_id for run in runs}
            yield from (run.state for run in runs if run.id not in replaced)
        for crawls in self.crawls.values():
            yield from (crawl.state for crawl in crawls)
