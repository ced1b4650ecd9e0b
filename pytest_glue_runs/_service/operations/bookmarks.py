"""GetJobBookmark and ResetJobBookmark.

A bookmark points to the last run that succeeded with ``--job-bookmark-option`` set to
``job-bookmark-enable``. It is computed from the job's runs, so nothing else is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.job import BookmarkReset, Job
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.rules.error_catalog import NO_BOOKMARK


def get_job_bookmark(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a job's bookmark: the latest, or that of a run."""
    job = region.job(request["JobName"])
    runs = _bookmarked(context.store, job)
    run_id = request.get("RunId")
    if run_id:
        run = context.store.run(job, run_id)
        runs = runs[: runs.index(run) + 1] if run in runs else []
    if not runs and (run_id or job.bookmark_reset is None):
        raise NO_BOOKMARK.error(job=job.name)
    return {"JobBookmarkEntry": _entry(job, runs)}


def reset_job_bookmark(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Reset a job's bookmark: to the beginning, or to that of a run."""
    job = region.job(request["JobName"])
    if not _bookmarked(context.store, job) and job.bookmark_reset is None:
        raise NO_BOOKMARK.error(job=job.name)
    run_id = request.get("RunId")
    back_to = context.store.run(job, run_id).id if run_id else None
    job.bookmark_reset = BookmarkReset(len(job.run_ids), back_to)
    job.bookmark_resets += 1
    return {"JobBookmarkEntry": _entry(job, _bookmarked(context.store, job))}


def _bookmarked(store: Store, job: Job) -> list[Run]:
    """Return the runs that the bookmark rests on, the one that it points to last."""
    reset = job.bookmark_reset
    before = [] if reset is None or reset.back_to is None else [store.runs[reset.back_to]]
    since = store.runs_of(job)[reset.runs_before if reset else 0 :]
    return before + [
        run
        for run in since
        if run.state == "SUCCEEDED"
        and run.script_arguments().get("--job-bookmark-option") == "job-bookmark-enable"
    ]


def _entry(job: Job, runs: list[Run]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "JobName": job.name,
        "Version": job.bookmark_resets + len(runs),
        "Run": len(runs),
        "Attempt": 0,
        "JobBookmark": "{}",
    }
    if runs:
        entry |= {"Attempt": runs[-1].attempt, "RunId": runs[-1].id}
    if len(runs) > 1:
        entry["PreviousRunId"] = runs[-2].id
    return entry
