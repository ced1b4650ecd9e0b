"""Jobs in Terraform's plans and states, as JSON.

Source: https://developer.hashicorp.com/terraform/internals/json-format and the provider's
aws_glue_job.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_glue_runs._job_files.job import FileJob
from pytest_glue_runs._job_files.unresolved import Path, Unresolved

_TYPE = "aws_glue_job"
_MEMBERS = {
    "connections": "Connections",
    "default_arguments": "DefaultArguments",
    "description": "Description",
    "execution_class": "ExecutionClass",
    "glue_version": "GlueVersion",
    "job_mode": "JobMode",
    "job_run_queuing_enabled": "JobRunQueuingEnabled",
    "maintenance_window": "MaintenanceWindow",
    "max_capacity": "MaxCapacity",
    "max_retries": "MaxRetries",
    "name": "Name",
    "non_overridable_arguments": "NonOverridableArguments",
    "number_of_workers": "NumberOfWorkers",
    "role_arn": "Role",
    "security_configuration": "SecurityConfiguration",
    "tags": "Tags",
    "timeout": "Timeout",
    "worker_type": "WorkerType",
}
# Blocks are lists with one object.
_BLOCKS = {
    "command": (
        "Command",
        {
            "name": "Name",
            "python_version": "PythonVersion",
            "runtime": "Runtime",
            "script_location": "ScriptLocation",
        },
    ),
    "execution_property": ("ExecutionProperty", {"max_concurrent_runs": "MaxConcurrentRuns"}),
    "notification_property": ("NotificationProperty", {"notify_delay_after": "NotifyDelayAfter"}),
}


def is_terraform(content: Any) -> bool:
    """Return whether *content* is a plan, a state, or a raw state file."""
    if not isinstance(content, dict):
        return False
    return (
        "planned_values" in content
        or "terraform_version" in content
        or ("values" in content and "format_version" in content)
    )


def jobs_in(content: Mapping[str, Any]) -> Iterator[FileJob]:
    """Yield the aws_glue_job resources of a plan, a state, or a raw state file."""
    if "planned_values" in content:
        unknown = _unknown_after_apply(content)
        yield from _in_module(content["planned_values"].get("root_module") or {}, unknown)
    elif "values" in content:
        yield from _in_module((content["values"] or {}).get("root_module") or {}, {})
    else:
        yield from _in_raw_state(content)


def _unknown_after_apply(plan: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        change["address"]: (change.get("change") or {}).get("after_unknown") or {}
        for change in plan.get("resource_changes") or []
    }


def _in_module(
    module: Mapping[str, Any], unknown: Mapping[str, Mapping[str, Any]]
) -> Iterator[FileJob]:
    for resource in module.get("resources") or []:
        if resource.get("type") == _TYPE and resource.get("mode", "managed") == "managed":
            address = resource["address"]
            values = _with_unknown(resource.get("values") or {}, unknown.get(address, {}))
            yield _job((address,), values)
    for child in module.get("child_modules") or []:
        yield from _in_module(child, unknown)


def _in_raw_state(state: Mapping[str, Any]) -> Iterator[FileJob]:
    for resource in state.get("resources") or []:
        if resource.get("type") == _TYPE and resource.get("mode", "managed") == "managed":
            module = f"{resource['module']}." if "module" in resource else ""
            address = f"{module}{_TYPE}.{resource['name']}"
            for instance in resource.get("instances") or []:
                key = f"[{instance['index_key']!r}]" if "index_key" in instance else ""
                yield _job((address + key,), instance.get("attributes") or {})


def _with_unknown(values: Any, unknown: Any) -> Any:
    """Return *values* with `Unresolved` where *unknown* says that apply decides."""
    if unknown is True:
        return Unresolved("known after apply")
    if isinstance(unknown, dict):
        known = values if isinstance(values, dict) else {}
        marked = {name: _with_unknown(known.get(name), inner) for name, inner in unknown.items()}
        return {**known, **{name: inner for name, inner in marked.items() if inner is not None}}
    if isinstance(unknown, list) and isinstance(values, list):
        padded = [*unknown, *[False] * (len(values) - len(unknown))]
        return [_with_unknown(value, inner) for value, inner in zip(values, padded, strict=False)]
    return values


def _job(path: Path, values: Mapping[str, Any]) -> FileJob:
    request: dict[str, Any] = {}
    for name, member in _MEMBERS.items():
        if name in values and not _is_unset(values[name]):
            request[member] = values[name]
    for name, (member, members) in _BLOCKS.items():
        block = values.get(name)
        if isinstance(block, Unresolved):
            request[member] = block
        elif block:
            known = {theirs: ours for theirs, ours in members.items() if theirs in block[0]}
            inner = {ours: block[0][theirs] for theirs, ours in known.items()}
            request[member] = {ours: one for ours, one in inner.items() if not _is_unset(one)}
    if isinstance(request.get("Connections"), list):
        request["Connections"] = {"Connections": request["Connections"]}
    if "WorkerType" in request:  # the provider computes the capacity from the workers
        request.pop("MaxCapacity", None)
    return FileJob(path, request)


def _is_unset(value: Any) -> bool:
    # The provider stores what is not set as null, an empty text, or 0.
    return value is None or (value in ("", 0) and not isinstance(value, bool)) or value in ([], {})
