"""A job: what CreateJob made of a definition, and what GetJob shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_glue_runs._service.rules import behaviors
from pytest_glue_runs._service.rules.rule_types import command_name, version_key
from pytest_glue_runs._service.rules.workers import dpus_of

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.effective_config import EffectiveConfig
    from pytest_glue_runs._service.model.run import Run
    from pytest_glue_runs._service.model.store import Region

CAPACITY_MEMBERS = ("MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers")

Definition = dict[str, Any]


class BookmarkReset(NamedTuple):
    """The last ResetJobBookmark of a job."""

    runs_before: int
    """How many runs the job had had; they count no more."""
    back_to: Run | None
    """The run whose bookmark counts again; None: start from the beginning."""


@dataclass(slots=True, eq=False)
class Job:
    """A job of one region, with the runs that it has had."""

    name: str
    region: Region
    given: Definition
    """The definition as the client sent it."""
    definition: Definition
    """The definition with Glue's defaults, as GetJob shows it."""
    created_on: datetime
    modified_on: datetime
    tags: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    """In the order they were started."""
    bookmark_reset: BookmarkReset | None = None
    bookmark_resets: int = 0
    active_runs: int = 0
    """How many count for MaxConcurrentRuns now."""
    usual_config: EffectiveConfig | None = None
    """Those of runs that are started with nothing of their own; None until there is one."""

    def shown(self) -> dict[str, Any]:
        """What GetJob shows."""
        return {
            "Name": self.name,
            **self.definition,
            "CreatedOn": self.created_on,
            "LastModifiedOn": self.modified_on,
        }


def completed(given: Mapping[str, Any], default_glue_version: str) -> Definition:
    """The definition *given* to CreateJob or UpdateJob, with what Glue fills in.

    Members that Glue does not fill in stay as they are, those unknown to us too.
    """
    definition = dict(given)
    command = dict(definition.get("Command") or {})
    kind = command_name(definition)
    version = definition.setdefault("GlueVersion", default_glue_version)
    if "PythonVersion" not in command:
        spark = "3" if version_key(version) >= (2, 0) else "2"
        command["PythonVersion"] = behaviors.PYTHON_VERSION.value.get(kind, spark)
    definition["Command"] = command
    definition.setdefault("JobMode", behaviors.JOB_MODE.value)
    definition.setdefault("JobRunQueuingEnabled", behaviors.QUEUING.value)
    definition.setdefault("MaxRetries", behaviors.MAX_RETRIES.value)
    definition["ExecutionProperty"] = {
        "MaxConcurrentRuns": behaviors.MAX_CONCURRENT_RUNS.value,
        **(definition.get("ExecutionProperty") or {}),
    }
    definition.update(capacity(kind, version, definition))
    timeout = definition.get("Timeout") or default_timeout(kind, version)
    if timeout is not None:
        definition["Timeout"] = timeout
    return definition


def default_timeout(kind: str, version: str) -> int | None:
    """The Timeout in minutes of a job that says none; streaming has none."""
    if kind == "gluestreaming":
        return None
    if kind == "glueray":
        return behaviors.TIMEOUT_RAY.value  # type: ignore[no-any-return]
    since_5 = version_key(version) >= (5, 0)
    return (behaviors.TIMEOUT_SINCE_5 if since_5 else behaviors.TIMEOUT).value  # type: ignore[no-any-return]


def capacity(kind: str, version: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The capacity members that a job or run shows, from those *given*."""
    dpus = given.get("MaxCapacity", given.get("AllocatedCapacity"))
    if kind == "pythonshell":
        shell = float(behaviors.SHELL_CAPACITY.value if dpus is None else dpus)
        return {"MaxCapacity": shell, "AllocatedCapacity": int(shell)}
    workers, worker_type = given.get("NumberOfWorkers"), given.get("WorkerType")
    default = behaviors.SPARK_CAPACITY.value
    if workers is None and worker_type is None:
        total = float(default if dpus is None else dpus)
        if version_key(version) < (2, 0):
            return {"MaxCapacity": total, "AllocatedCapacity": int(total)}
        workers = int(total)
    worker_type = worker_type or ("Z.2X" if kind == "glueray" else "G.1X")
    size = dpus_of(worker_type)
    if workers is None:
        workers = int(default if dpus is None else dpus // size)
    total = float(workers * size)
    return {
        "MaxCapacity": total,
        "AllocatedCapacity": int(total),
        "WorkerType": worker_type,
        "NumberOfWorkers": workers,
    }
