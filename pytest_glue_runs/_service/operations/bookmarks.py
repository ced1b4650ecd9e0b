"""GetJobBookmark and ResetJobBookmark.

A bookmark is where the last run stood that succeeded with ``--job-bookmark-option`` on
``job-bookmark-enable``: a function of the job's runs, so that nothing has to keep it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.model.job import BookmarkReset
from pytest_glue_runs._service.rules.error_catalog import NO_BOOKMARK

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.run import Run
    from pytest_glue_runs._service.model.store import Region
    from pytest_glue_runs._service.service import Glue


def get_job_bookmark(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows a job's bookmark: the latest, or the one of a run."""
    job = region.job(request["JobName"])
    kept = _kept(job)
    run_id = request.get("RunId")
    if run_id:
        run = glue.store.run(job, run_id)
        kept = kept[: kept.index(run) + 1] if run in kept else []
    if not kept and (run_id or job.bookmark_reset is None):
        raise NO_BOOKMARK.error(job=job.name)
    return {"JobBookmarkEntry": _entry(job, kept)}


def reset_job_bookmark(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Puts a job's bookmark back: to the beginning, or to where a run left it."""
    job = region.job(request["JobName"])
    if not _kept(job) and job.bookmark_reset is None:
        raise NO_BOOKMARK.error(job=job.name)
    run_id = request.get("RunId")
    back_to = glue.store.run(job, run_id) if run_id else None
    job.bookmark_reset = BookmarkReset(len(job.runs), back_to)
    job.bookmark_resets += 1
    return {"JobBookmarkEntry": _entry(job, _kept(job))}


def _kept(job: Job) -> list[Run]:
    """The runs that the bookmark rests on, the one that it stands at last."""
    reset = job.bookmark_reset
    before = [] if reset is None or reset.back_to is None else [reset.back_to]
    since = job.runs[reset.runs_before if reset else 0 :]
    return before + [
        run
        for run in since
        if run.state == "SUCCEEDED"
        and run.script_arguments().get("--job-bookmark-option") == "job-bookmark-enable"
    ]


def _entry(job: Job, kept: list[Run]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "JobName": job.name,
        "Version": job.bookmark_resets + len(kept),
        "Run": len(kept),
        "Attempt": 0,
        "JobBookmark": "{}",
    }
    if kept:
        entry |= {"Attempt": kept[-1].attempt, "RunId": kept[-1].id}
    if len(kept) > 1:
        entry["PreviousRunId"] = kept[-2].id
    return entry
