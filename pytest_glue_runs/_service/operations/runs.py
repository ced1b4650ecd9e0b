"""StartJobRun, GetJobRun, GetJobRuns, BatchStopJobRun."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import newest_first
from pytest_glue_runs._service.rules.behaviors import (
    PAGE_OF_RUNS,
    RETENTION,
    WAITING_FOR_ACCOUNT,
    WAITING_FOR_JOB,
)
from pytest_glue_runs._service.rules.error_catalog import (
    RUN_ENDED,
    RUN_NOT_ENDED,
    RUN_NOT_FOUND,
    START_WITHOUT_JOB,
    TOO_MANY_RUNS,
    TOO_MANY_RUNS_OF_JOB,
)
from pytest_glue_runs._service.rules.errors import GlueError
from pytest_glue_runs._service.rules.requests import MALFORMED_POLICY, check, effective_request
from pytest_glue_runs._service.rules.rule_types import Behavior, Proposal, command_name
from pytest_glue_runs._service.rules.versions import check_end_of_life

# A request with only these is not checked: its job was, when it was created.
_UNCHECKED = frozenset({"JobName", "JobRunId"})


def start_job_run(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Start a run of a job."""
    job = region.job(request["JobName"], START_WITHOUT_JOB)
    previous_id = request.get("JobRunId")
    if previous_id is not None:
        previous = context.store.run(job, previous_id)
        if not previous.ended:
            raise RUN_NOT_ENDED.error(run=previous_id, state=previous.state)
    if context.end_of_life:
        _check_end_of_life(context, job)
    if not request.keys() <= _UNCHECKED:
        _check(context, job, request)
    config = job.config_for(request)
    obstacle = context.simulation.obstacle(job, config.demand)
    if obstacle is not None and not config.resolved["JobRunQueuingEnabled"]:
        _reject(job, obstacle)
    run = Run(
        id=region.new_run_id(job.name),
        job=job,
        started_on=context.now,
        arguments=request.get("Arguments") or None,
        config=config,
        previous_run_id=previous_id,
    )
    run.plan = context.plans.take(run)
    context.store.add(run)
    context.simulation.launch(run, obstacle)
    return {"JobRunId": run.id}


def _check_end_of_life(context: Context, job: Job) -> None:
    definition = job.definition
    command, version = definition["Command"], definition["GlueVersion"]
    check_end_of_life(
        "StartJobRun", command_name(definition), version, command["PythonVersion"], context.now
    )


def _check(context: Context, job: Job, request: Mapping[str, Any]) -> None:
    definition = job.definition
    effective = effective_request(request, definition)
    check("StartJobRun", Proposal(request, effective, definition["GlueVersion"], job.region))
    policy = request.get("ExecutionRoleSessionPolicy")
    problem = None if policy is None else context.policy_problem(policy)
    if problem is not None:
        raise MALFORMED_POLICY.error(problem=problem)


def _reject(job: Job, obstacle: Behavior) -> None:
    if obstacle is WAITING_FOR_JOB:
        raise TOO_MANY_RUNS_OF_JOB.error(job=job.name)
    if obstacle is WAITING_FOR_ACCOUNT:
        raise TOO_MANY_RUNS.error(account=job.account_id)


def get_job_run(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return one run."""
    job = region.job(request["JobName"])
    run = context.store.run(job, request["RunId"])
    if _is_forgotten(context, run) or (context.store.hidden and _is_hidden(context, run.id)):
        raise RUN_NOT_FOUND.error(job=job.name, run=run.id)
    predecessors = request.get("PredecessorsIncluded", False)
    return {"JobRun": describe_run(context, run, predecessors=predecessors)}


def get_job_runs(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of a job's runs, newest first."""
    job = region.job(request["JobName"])
    runs = context.store.runs
    # The oldest runs come first, so a binary search finds the first that is still remembered.
    oldest = bisect_left(
        job.run_ids, True, key=lambda run_id: not _is_forgotten(context, runs[run_id])
    )
    run_ids = job.run_ids
    if context.store.hidden:
        run_ids = [run_id for run_id in run_ids[oldest:] if not _is_hidden(context, run_id)]
        oldest = 0
    page, more = newest_first(run_ids, request, PAGE_OF_RUNS.value, oldest)
    return {"JobRuns": [describe_run(context, runs[run_id]) for run_id in page], **more}


def _is_hidden(context: Context, run_id: str) -> bool:
    until = context.store.hidden.get(run_id)
    return until is not None and context.now < until


def _is_forgotten(context: Context, run: Run) -> bool:
    return context.now - run.started_on > RETENTION.value  # type: ignore[no-any-return]


def describe_run(context: Context, run: Run, *, predecessors: bool = False) -> dict[str, Any]:
    """Return what GetJobRun shows of *run* now."""
    waiting = context.simulation.waiting_reason(run) if run.state == "WAITING" else None
    return run.describe(context.now, waiting, predecessors=predecessors)


def batch_stop_job_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Stop runs. Those that cannot be stopped are listed under Errors."""
    name = request["JobName"]
    stopped: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    for run_id in request["JobRunIds"]:
        submission = {"JobName": name, "JobRunId": run_id}
        try:
            run = context.store.run(region.job(name), run_id)
            if run.ended:
                raise RUN_ENDED.error(run=run_id, state=run.state)
        except GlueError as error:
            detail = {"ErrorCode": error.code, "ErrorMessage": error.message}
            errors.append({**submission, "ErrorDetail": detail})
        else:
            context.simulation.stop(run, context.now)
            stopped.append(submission)
    return {"SuccessfulSubmissions": stopped, "Errors": errors}
