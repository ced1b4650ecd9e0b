"""CreateJob, UpdateJob, DeleteJob, GetJob, GetJobs, ListJobs, BatchGetJobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.definition import completed
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import oldest_first
from pytest_glue_runs._service.rules.behaviors import PAGE_OF_JOBS
from pytest_glue_runs._service.rules.error_catalog import (
    JOB_DIFFERS,
    JOB_EXISTS,
    TOO_MANY_JOBS,
)
from pytest_glue_runs._service.rules.requests import check
from pytest_glue_runs._service.rules.rule_types import Proposal
from pytest_glue_runs._service.rules.versions import check_end_of_life


def create_job(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Create a job."""
    return _create(context, region, request, grandfathered=False)


def add_job(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Create a job as if it had existed for years, under other limits.

    Its Timeout and its MaxConcurrentRuns may exceed those of today.
    """
    return _create(context, region, request, grandfathered=True)


def _create(
    context: Context, region: Region, request: Mapping[str, Any], *, grandfathered: bool
) -> dict[str, Any]:
    given = dict(request)
    name, tags = given.pop("Name"), given.pop("Tags", {})
    known = region.jobs.get(name)
    if known is not None:
        same = known.given == given and known.tags == tags
        raise (JOB_EXISTS if same else JOB_DIFFERS).error(job=name)
    _check(context, region, "CreateJob", given, grandfathered)
    if len(region.jobs) >= context.store.quotas.max_jobs:
        raise TOO_MANY_JOBS.error(account=region.account_id)
    now = context.now
    region.jobs[name] = Job(
        name=name,
        account_id=region.account_id,
        region=region.name,
        given=given,
        definition=completed(given, context.default_glue_version),
        created_on=now,
        modified_on=now,
        tags=dict(tags),
    )
    return {"Name": name}


def update_job(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Replace a job's whole definition. Only the Glue version is kept if none is given."""
    job = region.job(request["JobName"])
    kept = {name: job.given[name] for name in ("GlueVersion",) if name in job.given}
    given = {**kept, **request["JobUpdate"]}
    _check(context, region, "UpdateJob", given)
    job.update(given, completed(given, context.default_glue_version), context.now)
    context.simulation.admit(job, context.now)
    return {"JobName": job.name}


def delete_job(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a job, if it exists. Its runs continue."""
    job = region.jobs.pop(request["JobName"], None)
    if job is not None:
        region.absent_jobs[job.name] = job
    return {"JobName": request["JobName"]}


def get_job(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return one job."""
    return {"Job": region.job(request["JobName"]).describe()}


def get_jobs(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of all jobs."""
    page, more = oldest_first(list(region.jobs.values()), request, PAGE_OF_JOBS.value)
    return {"Jobs": [job.describe() for job in page], **more}


def list_jobs(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of job names, optionally only of jobs with all the given tags."""
    tags = (request.get("Tags") or {}).items()
    names = [job.name for job in region.jobs.values() if tags <= job.tags.items()]
    page, more = oldest_first(names, request, PAGE_OF_JOBS.value)
    return {"JobNames": list(page), **more}


def batch_get_jobs(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the jobs of these names, and the names that do not exist."""
    names = dict.fromkeys(request["JobNames"])
    return {
        "Jobs": [region.jobs[name].describe() for name in names if name in region.jobs],
        "JobsNotFound": [name for name in names if name not in region.jobs],
    }


def _check(
    context: Context,
    region: Region,
    operation: str,
    given: Mapping[str, Any],
    grandfathered: bool = False,
) -> None:
    version = given.get("GlueVersion", context.default_glue_version)
    quota = context.store.quotas.max_concurrent_runs_per_job
    proposal = Proposal(given, given, version, region.name, quota)
    check(operation, proposal, grandfathered)
    if context.end_of_life and operation == "CreateJob" and not grandfathered:
        python = (given.get("Command") or {}).get("PythonVersion")
        check_end_of_life(operation, proposal.command, version, python, context.now)
