"""Creates the jobs that a file defines."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from pytest_glue_runs._files import missing
from pytest_glue_runs._job_files.cloudformation import UnknownParametersError
from pytest_glue_runs._job_files.coercion import coerced
from pytest_glue_runs._job_files.job import FileJob
from pytest_glue_runs._job_files.reader import UnreadableFileError, jobs_in
from pytest_glue_runs._job_files.unresolved import problems_in
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.rules.errors import GlueError
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs.errors import JobFileError


def load_jobs(
    glue: GlueService,
    caller: Caller,
    path: str | PathLike[str],
    parameters: Mapping[str, Any] | None,
    overrides: Mapping[str, Mapping[str, Any]] | None,
) -> list[str]:
    """Create all jobs of the file at *path*, or none; return their names.

    Raises JobFileError, and TypeError for a *path* that is none.
    """
    __tracebackhide__ = True
    if not isinstance(path, str | PathLike):
        raise TypeError(
            f"load_jobs({Masker().show(path)}): that is not the path of a file. "
            "Valid: text, or a pathlib.Path."
        )
    file = Path(path)
    where = f"load_jobs({file.name!r}): "
    problem = missing(file)
    if problem:
        raise JobFileError(f"{where}{problem}")
    try:
        found = list(jobs_in(file, parameters or {}, _pseudo_parameters(caller, file.stem)))
    except UnreadableFileError as error:
        raise JobFileError(f"{where}{error}") from None
    except UnknownParametersError as error:
        raise JobFileError(where + _unknown(error)) from None
    if not found:
        raise JobFileError(f"{where}it defines no Glue job.")
    jobs = _overridden(where, found, overrides or {})
    _check_resolved(where, jobs)
    _create(glue, caller, where, [_as_request(glue, job) for job in jobs])
    return [job.request["Name"] for job in jobs]


def _pseudo_parameters(caller: Caller, stack: str) -> dict[str, str]:
    partition = "aws"
    for prefix, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if caller.region.startswith(prefix):
            partition = name
    arn = f"arn:{partition}:cloudformation:{caller.region}:{caller.account_id}:stack/{stack}/0"
    return {
        "AWS::AccountId": caller.account_id,
        "AWS::Partition": partition,
        "AWS::Region": caller.region,
        "AWS::StackId": arn,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com",
    }


def _unknown(error: UnknownParametersError) -> str:
    name = error.unknown[0]
    declared = ", ".join(error.declared) or "it declares none"
    return (
        f"the template has no parameter {name!r}.{did_you_mean(name, error.declared)} "
        f"Valid: {declared}."
    )


def _overridden(
    where: str, found: list[FileJob], overrides: Mapping[str, Mapping[str, Any]]
) -> list[FileJob]:
    __tracebackhide__ = True
    names = [str(job.request.get("Name")) for job in found]
    for name in overrides:
        if name not in names:
            raise JobFileError(
                f"{where}overrides has {name!r}, and the file has no such job."
                f"{did_you_mean(name, names)} Jobs: {', '.join(names)}."
            )
    return [
        job._replace(request={**job.request, **overrides.get(name, {})})
        for job, name in zip(found, names, strict=True)
    ]


def _check_resolved(where: str, jobs: list[FileJob]) -> None:
    __tracebackhide__ = True
    problems = [problem for job in jobs for problem in problems_in(job.request, job.path)]
    if problems:
        lines = "\n".join(f"  {problem}" for problem in problems)
        raise JobFileError(
            f"{where}these values cannot be resolved:\n{lines}\n"
            "Give values for parameters with parameters={...}, or for members of a job with "
            "overrides={'the job': {...}}."
        )


def _as_request(glue: GlueService, job: FileJob) -> FileJob:
    members = glue.request_model.members("CreateJobRequest")
    request = {
        name: coerced(value, members[name]) if name in members else value
        for name, value in job.request.items()
    }
    return job._replace(request=request)


def _create(glue: GlueService, caller: Caller, where: str, jobs: list[FileJob]) -> None:
    __tracebackhide__ = True
    created: list[str] = []
    with glue.lock:
        for job in jobs:
            try:
                glue.add_job(caller, job.request)
            except GlueError as error:
                for name in created:
                    del glue.store.region(caller).jobs[name]
                reason = Masker().line(error, job.request, limit=1000)
                raise JobFileError(f"{where}{'.'.join(job.path)}: {reason}") from None
            created.append(job.request["Name"])
