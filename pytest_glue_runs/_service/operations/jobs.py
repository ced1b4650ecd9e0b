"""CreateJob, UpdateJob, DeleteJob, GetJob, GetJobs, ListJobs, BatchGetJobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.model.job import Job, completed
from pytest_glue_runs._service.operations.paging import oldest_first
from pytest_glue_runs._service.rules.behaviors import PAGE_OF_JOBS
from pytest_glue_runs._service.rules.error_catalog import (
    JOB_EXISTS,
    JOB_EXISTS_ALREADY,
    TOO_MANY_JOBS,
)
from pytest_glue_runs._service.rules.requests import check
from pytest_glue_runs._service.rules.rule_types import Proposal

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.store import Region
    from pytest_glue_runs._service.service import Glue


def create_job(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Makes a job."""
    return _create(glue, region, request, grandfathered=False)


def add_job(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Makes a job that might have been there for years: its Timeout may be over the limit."""
    return _create(glue, region, request, grandfathered=True)


def _create(
    glue: Glue, region: Region, request: Mapping[str, Any], *, grandfathered: bool
) -> dict[str, Any]:
    given = dict(request)
    name, tags = given.pop("Name"), given.pop("Tags", {})
    known = region.jobs.get(name)
    if known is not None:
        same = known.given == given and known.tags == tags
        raise (JOB_EXISTS_ALREADY if same else JOB_EXISTS).error(job=name)
    _check(glue, region, "CreateJob", given, grandfathered)
    if len(region.jobs) >= glue.quotas.max_jobs:
        raise TOO_MANY_JOBS.error(account=region.account_id)
    now = glue.event_queue.now
    region.jobs[name] = Job(
        name=name,
        region=region,
        given=given,
        definition=completed(given, glue.defaults.glue_version),
        created_on=now,
        modified_on=now,
        tags=dict(tags),
    )
    return {"Name": name}


def update_job(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Overwrites a job's whole definition; only the Glue version stays if none is given."""
    job = region.job(request["JobName"])
    kept = {name: job.given[name] for name in ("GlueVersion",) if name in job.given}
    given = {**kept, **request["JobUpdate"]}
    _check(glue, region, "UpdateJob", given)
    job.given = given
    job.definition = completed(given, glue.defaults.glue_version)
    job.usual_config = None
    job.modified_on = glue.event_queue.now
    glue.simulation.admit(region, glue.event_queue.now)
    return {"JobName": job.name}


def delete_job(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Forgets a job, if there is one. Its runs go on."""
    region.jobs.pop(request["JobName"], None)
    return {"JobName": request["JobName"]}


def get_job(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows one job."""
    return {"Job": region.job(request["JobName"]).shown()}


def get_jobs(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows all jobs, page by page."""
    page, more = oldest_first(list(region.jobs.values()), request, PAGE_OF_JOBS.value)
    return {"Jobs": [job.shown() for job in page], **more}


def list_jobs(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """The names of the jobs, or of those that have all the tags asked for."""
    tags = (request.get("Tags") or {}).items()
    names = [job.name for job in region.jobs.values() if tags <= job.tags.items()]
    page, more = oldest_first(names, request, PAGE_OF_JOBS.value)
    return {"JobNames": list(page), **more}


def batch_get_jobs(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows the jobs of these names, and says which there are not."""
    names = dict.fromkeys(request["JobNames"])
    return {
        "Jobs": [region.jobs[name].shown() for name in names if name in region.jobs],
        "JobsNotFound": [name for name in names if name not in region.jobs],
    }


def _check(
    glue: Glue,
    region: Region,
    operation: str,
    given: Mapping[str, Any],
    grandfathered: bool = False,
) -> None:
    version = given.get("GlueVersion", glue.defaults.glue_version)
    check(operation, Proposal(given, given, version, region.name), grandfathered)
