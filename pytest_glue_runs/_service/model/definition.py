"""A job definition completed with what Glue fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.rules import behaviors
from pytest_glue_runs._service.rules.rule_types import command_name, version_key
from pytest_glue_runs._service.rules.workers import dpus_of

CAPACITY_MEMBERS = ("MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers")

Definition = dict[str, Any]


def completed(given: Mapping[str, Any], default_glue_version: str) -> Definition:
    """Return the definition *given* to CreateJob or UpdateJob, with Glue's defaults.

    Other members are kept as they are, including those that are unknown here.
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
    """Return the Timeout in minutes of a job that gives none; streaming jobs have none."""
    if kind == "gluestreaming":
        return None
    if kind == "glueray":
        return int(behaviors.TIMEOUT_RAY.value)
    since_5 = version_key(version) >= (5, 0)
    return int((behaviors.TIMEOUT_SINCE_5 if since_5 else behaviors.TIMEOUT).value)


def capacity(kind: str, version: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the capacity members that a job or run shows, computed from those *given*."""
    dpus = given.get("MaxCapacity", given.get("AllocatedCapacity"))
    if kind == "pythonshell":
        shell = float(dpus or behaviors.SHELL_CAPACITY.value)
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
