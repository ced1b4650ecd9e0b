"""Jobs in the output of ``aws glue get-job``, ``get-jobs`` and ``batch-get-jobs``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_glue_runs._job_files.job import FileJob

# Glue sets these itself.
_READ_ONLY = ("CreatedOn", "LastModifiedOn", "ProfileName", "AutoUpgradeMetadata")


def is_cli_output(content: Any) -> bool:
    """Return whether *content* is what the AWS CLI prints of jobs."""
    if not isinstance(content, dict):
        return False
    return isinstance(content.get("Job"), dict) or isinstance(content.get("Jobs"), list)


def jobs_in(content: Mapping[str, Any]) -> Iterator[FileJob]:
    """Yield the jobs of the output."""
    if "Job" in content:
        yield FileJob(("Job",), _request(content["Job"]))
    for number, job in enumerate(content.get("Jobs") or []):
        yield FileJob(("Jobs", str(number)), _request(job))


def _request(job: Mapping[str, Any]) -> dict[str, Any]:
    request = {name: value for name, value in job.items() if name not in _READ_ONLY}
    request.pop("AllocatedCapacity", None)  # shown beside MaxCapacity, which replaces it
    if "WorkerType" in request:  # GetJob shows both, CreateJob takes one
        request.pop("MaxCapacity", None)
    if (request.get("Command") or {}).get("Name") == "glueray":
        request.pop("Timeout", None)  # shown, and rejected by CreateJob
    return request
