"""What a run needs to start, looked up in moto: script, role, connections, security."""

from __future__ import annotations

import sys
from typing import Any

from pytest_glue_runs._clients.moto.handler import is_active
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.launch_errors import LaunchProblem


def missing_for_launch(run: Run) -> LaunchProblem | None:
    """Return what moto does not have and *run* needs to start, or None."""
    job, definition = run.job, run.job.definition
    if not _has_script(str(definition["Command"].get("ScriptLocation") or "")):
        return "script"
    if not _has_role(job.account_id, str(definition.get("Role") or "")):
        return "role"
    connections = (definition.get("Connections") or {}).get("Connections") or []
    if not _has(job.account_id, job.region, "connections", connections):
        return "connection"
    security = run.config.resolved.get("SecurityConfiguration")
    names = [security] if security else []
    if not _has(job.account_id, job.region, "security_configurations", names):
        return "security_configuration"
    return None


def _backends(service: str) -> Any:
    models = sys.modules.get(f"moto.{service}.models")
    if models is None or not is_active():
        return None
    return getattr(models, f"{service}_backends")


def _has_script(location: str) -> bool:
    bucket_name, _, key = location.removeprefix("s3://").partition("/")
    for partitions in list((_backends("s3") or {}).values()):
        for backend in list(partitions.values()):
            bucket = backend.buckets.get(bucket_name)
            if bucket is not None and bucket.keys.get(key) is not None:
                return True
    return False


def _has_role(account_id: str, role: str) -> bool:
    partitions = (_backends("iam") or {}).get(account_id, {})
    return any(
        role in (one.arn, one.name)
        for backend in list(partitions.values())
        for one in list(backend.roles.values())
    )


def _has(account_id: str, region: str, collection: str, names: list[str]) -> bool:
    if not names:
        return True
    backends = _backends("glue")
    if backends is None or account_id not in backends:
        return False
    # Older releases of moto do not know all of them: then nothing can be missing.
    existing = getattr(backends[account_id][region], collection, names)
    return all(name in existing for name in names)
