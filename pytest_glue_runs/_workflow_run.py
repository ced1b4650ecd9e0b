"""A run of a workflow as a test sees it."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from pytest_glue_runs._job_run import JobRun
from pytest_glue_runs._masking import one_line
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._service.model.workflow import WorkflowRun as Record
from pytest_glue_runs._service.model.workflow import WorkflowRunStatus
from pytest_glue_runs._service.service import GlueService


class WorkflowRun:
    """A run of a workflow. Each attribute is read at the current time of the clock.

    Two are equal if they are the same run.
    """

    __slots__ = ("_glue", "_messages", "_record")

    def __init__(self, glue: GlueService, messages: Messages, record: Record) -> None:
        self._glue = glue
        self._messages = messages
        self._record = record

    @property
    def id(self) -> str:
        """The WorkflowRunId: ``wr_`` and 64 hexadecimal digits."""
        return self._record.id

    @property
    def workflow_name(self) -> str:
        """The name of the workflow."""
        return self._record.workflow.name

    @property
    def region(self) -> str:
        """The region that the run is in."""
        return self._record.workflow.region

    @property
    def account_id(self) -> str:
        """The account that the run is in."""
        return self._record.workflow.account_id

    @property
    def status(self) -> WorkflowRunStatus:
        """The Status, such as ``"RUNNING"``; ``"COMPLETED"`` does not mean that no run failed."""
        __tracebackhide__ = True
        return self._now().status

    @property
    def ended(self) -> bool:
        """Whether the status is final."""
        __tracebackhide__ = True
        return self._now().ended

    @property
    def started_on(self) -> datetime:
        """When it was started."""
        return self._record.started_on

    @property
    def completed_on(self) -> datetime | None:
        """When it ended; None while it has not."""
        __tracebackhide__ = True
        return self._now().completed_on

    @property
    def error_message(self) -> str | None:
        """The ErrorMessage of a run that could not start, if it has one."""
        return self._record.error

    @property
    def previous_run_id(self) -> str | None:
        """The id of the run that this one resumes, if it does."""
        return self._record.previous_run_id

    @property
    def properties(self) -> dict[str, str]:
        """The run properties."""
        __tracebackhide__ = True
        return dict(self._now().properties)

    @property
    def statistics(self) -> dict[str, int]:
        """The Statistics, such as ``{"TotalActions": 3, "FailedActions": 1, ...}``."""
        __tracebackhide__ = True
        return self._now().statistics()

    @property
    def job_runs(self) -> list[JobRun]:
        """The runs of its jobs so far, in the order they started.

        A resumed run has those that were copied from the run that it resumes, too.
        """
        __tracebackhide__ = True
        runs = [run for of_job in self._now().runs.values() for run in of_job]
        runs.sort(key=lambda run: run.started_on)
        return [JobRun(self._glue, self._messages, run) for run in runs]

    def as_dict(self) -> dict[str, Any]:
        """Return what GetWorkflowRun shows with IncludeGraph, with aware datetimes: a copy."""
        __tracebackhide__ = True
        record = self._now()
        with self._glue.lock:
            return deepcopy(self._glue.describe_workflow_run(record))

    def _now(self) -> Record:
        __tracebackhide__ = True
        with self._glue.lock:
            self._messages.read(self._record.id)
            return self._record

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkflowRun) and self._record is other._record

    def __hash__(self) -> int:
        return hash(self._record)

    def __repr__(self) -> str:
        with self._glue.lock:
            self._glue.advance()
            name = one_line(self.workflow_name, 80)
            return f"<WorkflowRun {name} {self.id} {self._record.status}>"
