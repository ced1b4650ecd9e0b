"""StartJobRun, GetJobRun, GetJobRuns, BatchStopJobRun."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.model.effective_config import effective_config
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.operations.paging import newest_first
from pytest_glue_runs._service.protocol.errors import GlueError
from pytest_glue_runs._service.rules.behaviors import (
    PAGE_OF_RUNS,
    WAITING_FOR_ACCOUNT,
    WAITING_FOR_JOB,
)
from pytest_glue_runs._service.rules.error_catalog import (
    RUN_ENDED,
    RUN_STILL_ALIVE,
    START_WITHOUT_JOB,
    TOO_MANY_RUNS,
    TOO_MANY_RUNS_OF_JOB,
)
from pytest_glue_runs._service.rules.requests import MALFORMED_POLICY, check, effective
from pytest_glue_runs._service.rules.rule_types import Behavior, Proposal

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.store import Region
    from pytest_glue_runs._service.service import Glue

# With nothing else a run is what its job is, and that was checked when the job was made.
_CHANGING_NOTHING = frozenset({"JobName", "JobRunId"})


def start_job_run(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Starts a run of a job."""
    job = region.job(request["JobName"], START_WITHOUT_JOB)
    previous_id = request.get("JobRunId")
    if previous_id is not None:
        previous = glue.store.run(job, previous_id)
        if not previous.ended:
            raise RUN_STILL_ALIVE.error(run=previous_id, state=previous.state)
    if not request.keys() <= _CHANGING_NOTHING:
        _check(glue, job, request)
    config = effective_config(job, request)
    obstacle = region.capacity_pool.obstacle(job, config.demand)
    if obstacle is not None and not config.resolved["JobRunQueuingEnabled"]:
        _refuse(job, obstacle)
    run = Run(
        id=region.new_run_id(job.name),
        job=job,
        plan=glue.plans.take(job.name, config.command),
        started_on=glue.event_queue.now,
        arguments=request.get("Arguments") or None,
        config=config,
        previous_run_id=previous_id,
    )
    glue.store.add(run)
    glue.simulation.launch(run, obstacle)
    return {"JobRunId": run.id}


def _check(glue: Glue, job: Job, asked: Mapping[str, Any]) -> None:
    definition = job.definition
    version, holds = definition["GlueVersion"], effective(asked, definition)
    check("StartJobRun", Proposal(asked, holds, version, job.region.name))
    policy = asked.get("ExecutionRoleSessionPolicy")
    problem = None if policy is None else glue.policy_problem(policy)
    if problem is not None:
        raise MALFORMED_POLICY.error(problem=problem)


def _refuse(job: Job, obstacle: Behavior) -> None:
    if obstacle is WAITING_FOR_JOB:
        raise TOO_MANY_RUNS_OF_JOB.error(job=job.name)
    if obstacle is WAITING_FOR_ACCOUNT:
        raise TOO_MANY_RUNS.error(account=job.region.account_id)


def get_job_run(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows one run."""
    run = glue.store.run(region.job(request["JobName"]), request["RunId"])
    return {"JobRun": run.shown(glue.event_queue.now)}


def get_job_runs(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows a job's runs, the newest first, page by page."""
    page, more = newest_first(region.job(request["JobName"]).runs, request, PAGE_OF_RUNS.value)
    return {"JobRuns": [run.shown(glue.event_queue.now) for run in page], **more}


def batch_stop_job_run(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Stops runs; those that cannot be stopped are told apart, with HTTP 200 all the same."""
    name = request["JobName"]
    stopped: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for run_id in request["JobRunIds"]:
        submission = {"JobName": name, "JobRunId": run_id}
        try:
            run = glue.store.run(region.job(name), run_id)
            if run.ended:
                raise RUN_ENDED.error(run=run_id, state=run.state)
        except GlueError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({**submission, "ErrorDetail": detail})
        else:
            glue.simulation.stop(run, glue.event_queue.now)
            stopped.append(submission)
    return {"SuccessfulSubmissions": stopped, "Errors": errors}
