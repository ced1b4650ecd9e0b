"""The effective configuration of a run: the job's definition overridden by StartJobRun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from pytest_glue_runs._service.model.definition import CAPACITY_MEMBERS, capacity
from pytest_glue_runs._service.rules.behaviors import LONGEST_TIMEOUT
from pytest_glue_runs._service.rules.rule_types import command_name
from pytest_glue_runs._service.rules.versions import can_run

Pool = Literal["standard", "flex", "ray"]

# What a run takes from its job unless StartJobRun overrides it.
_FROM_JOB = (
    "JobMode",
    "JobRunQueuingEnabled",
    *CAPACITY_MEMBERS,
    "Timeout",
    "SecurityConfiguration",
    "NotificationProperty",
    "GlueVersion",
    "ExecutionClass",
    "MaintenanceWindow",
    "ProfileName",
)
# Members of StartJobRun that do not configure the run.
UNCONFIGURED = frozenset({"JobName", "JobRunId", "Arguments"})


class Demand(NamedTuple):
    """The capacity that a run holds while it is STARTING, RUNNING or STOPPING."""

    pool: Pool
    dpus: float


class EffectiveConfig(NamedTuple):
    """What holds for a run from its start, whatever happens to its job's definition."""

    command: str
    """The kind of job: glueetl, gluestreaming, pythonshell or glueray."""
    resolved: dict[str, Any]
    """The members that GetJobRun shows, such as Timeout and capacity."""
    demand: Demand
    can_run: bool
    """Whether the run can start on its GlueVersion."""
    notify_after: timedelta | None
    """When the delay notification is due after StartedOn; None: never."""
    max_retries: int
    default_arguments: Mapping[str, str]
    """Arguments that the run's own override."""
    non_overridable_arguments: Mapping[str, str]
    """Arguments that override the run's own."""


def effective_config(definition: Mapping[str, Any], request: Mapping[str, Any]) -> EffectiveConfig:
    """Return the configuration of a run of the job *definition*, started with *request*."""
    command = command_name(definition)
    resolved = _resolved(command, definition, request)
    return EffectiveConfig(
        command=command,
        resolved=resolved,
        demand=_demand(command, resolved),
        can_run=can_run(command, definition["GlueVersion"]),
        notify_after=_notify_after(resolved),
        max_retries=definition["MaxRetries"],
        default_arguments=definition.get("DefaultArguments") or {},
        non_overridable_arguments=definition.get("NonOverridableArguments") or {},
    )


def _resolved(
    command: str, definition: Mapping[str, Any], request: Mapping[str, Any]
) -> dict[str, Any]:
    asked = {name: value for name, value in request.items() if name not in UNCONFIGURED}
    resolved = {name: definition[name] for name in _FROM_JOB if name in definition} | asked
    if any(name in asked for name in CAPACITY_MEMBERS):
        for name in CAPACITY_MEMBERS:
            resolved.pop(name, None)
        kept = ["WorkerType", "NumberOfWorkers"]
        if "AllocatedCapacity" in asked:
            kept = ["WorkerType"]
        elif "MaxCapacity" in asked:
            kept = []
        base = {name: definition[name] for name in kept if name in definition}
        resolved |= capacity(command, definition["GlueVersion"], base | asked)
    if resolved.get("Timeout", 0) > LONGEST_TIMEOUT.value:
        resolved["Timeout"] = LONGEST_TIMEOUT.value
    security = resolved.get("SecurityConfiguration")
    resolved["LogGroupName"] = _log_group(command, definition, security)
    return resolved


def _log_group(command: str, definition: Mapping[str, Any], security: str | None) -> str:
    if command == "pythonshell":
        return "/aws-glue/python-jobs"
    if security:
        role = str(definition.get("Role", "")).rpartition("/")[2]
        return f"/aws-glue/jobs-{role}-{security}"
    return "/aws-glue/jobs"


def _demand(command: str, resolved: Mapping[str, Any]) -> Demand:
    pool: Pool = "standard"
    if command == "glueray":
        pool = "ray"
    elif resolved.get("ExecutionClass") == "FLEX":
        pool = "flex"
    return Demand(pool, resolved["MaxCapacity"])


def _notify_after(resolved: Mapping[str, Any]) -> timedelta | None:
    minutes = (resolved.get("NotificationProperty") or {}).get("NotifyDelayAfter")
    return None if minutes is None else timedelta(minutes=minutes)
