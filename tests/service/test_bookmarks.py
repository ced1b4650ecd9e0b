"""GetJobBookmark and ResetJobBookmark."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, succeeds

ENABLED = {"--job-bookmark-option": "job-bookmark-enable"}


@pytest.fixture
def bookmarked(glue_runs: GlueRuns) -> str:
    """The name of a job whose runs keep a bookmark."""
    return glue_runs.add_job("nightly", DefaultArguments=ENABLED)


def run(client: Any, glue_runs: GlueRuns, **request: Any) -> str:
    """Start a run, wait for its end, and return its id."""
    run_id: str = client.start_job_run(JobName="nightly", **request)["JobRunId"]
    glue_runs.settle()
    return run_id


def bookmark(client: Any, **request: Any) -> dict[str, Any]:
    """Return what GetJobBookmark shows."""
    entry: dict[str, Any] = client.get_job_bookmark(JobName="nightly", **request)[
        "JobBookmarkEntry"
    ]
    return entry


def test_bookmark_of_the_first_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    run_id = run(client, glue_runs)
    assert bookmark(client) == {
        "JobName": "nightly",
        "Version": 1,
        "Run": 1,
        "Attempt": 0,
        "RunId": run_id,
        "JobBookmark": "{}",
    }


def test_bookmark_advances_with_each_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """It belongs to the last run, and names the run before."""
    first, second = run(client, glue_runs), run(client, glue_runs)
    entry = bookmark(client)
    assert (entry["Run"], entry["RunId"], entry["PreviousRunId"]) == (2, second, first)


def test_failed_run_does_not_advance_the_bookmark(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    """Only runs that SUCCEEDED count."""
    first = run(client, glue_runs)
    glue_runs.plan(bookmarked, fails())
    run(client, glue_runs)
    assert bookmark(client)["RunId"] == first


def test_active_run_does_not_advance_the_bookmark(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    first = run(client, glue_runs)
    client.start_job_run(JobName=bookmarked)
    assert bookmark(client)["RunId"] == first


@pytest.mark.parametrize("option", ["job-bookmark-disable", "job-bookmark-pause"])
def test_run_that_disables_bookmarks_does_not_advance_it(
    client: Any, glue_runs: GlueRuns, bookmarked: str, option: str
) -> None:
    first = run(client, glue_runs)
    run(client, glue_runs, Arguments={"--job-bookmark-option": option})
    assert bookmark(client)["RunId"] == first


def test_run_may_enable_bookmarks(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The option may be an argument of StartJobRun."""
    run_id = run(client, glue_runs, Arguments=ENABLED)
    assert bookmark(client)["RunId"] == run_id


def test_bookmark_of_a_retry_shows_its_attempt(client: Any, glue_runs: GlueRuns) -> None:
    """Attempt is that of the run that succeeded."""
    glue_runs.add_job("nightly", DefaultArguments=ENABLED, MaxRetries=1)
    glue_runs.plan("nightly", fails(), succeeds())
    run_id = run(client, glue_runs)
    entry = bookmark(client)
    assert (entry["Attempt"], entry["RunId"]) == (1, f"{run_id}_attempt_1")


def test_bookmark_of_an_earlier_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """GetJobBookmark with RunId shows the state after that run."""
    first, _ = run(client, glue_runs), run(client, glue_runs)
    entry = bookmark(client, RunId=first)
    assert (entry["RunId"], entry["Run"]) == (first, 1)


@pytest.mark.parametrize("method", ["get_job_bookmark", "reset_job_bookmark"])
def test_job_without_bookmark_is_not_found(client: Any, job: str, method: str) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(JobName=job)
    message = "Continuation for job nightly not found"
    assert error.value.response["Error"]["Message"] == message


def test_run_without_bookmark_is_not_found(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    """Its job has one, from an earlier run."""
    run(client, glue_runs)
    glue_runs.plan(bookmarked, fails())
    failed = run(client, glue_runs)
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        bookmark(client, RunId=failed)
    message = "Continuation for job nightly not found"
    assert error.value.response["Error"]["Message"] == message


@pytest.mark.parametrize("method", ["get_job_bookmark", "reset_job_bookmark"])
def test_bookmark_of_a_missing_run_is_not_found(
    client: Any, glue_runs: GlueRuns, bookmarked: str, method: str
) -> None:
    """RunId must be a run of the job."""
    run(client, glue_runs)
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(JobName=bookmarked, RunId="jr_1")
    message = "Job Run with id: jr_1 not found for job: nightly."
    assert error.value.response["Error"]["Message"] == message


def test_reset_clears_the_bookmark(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """ResetJobBookmark returns a bookmark without runs, which GetJobBookmark then shows."""
    run(client, glue_runs)
    entry = client.reset_job_bookmark(JobName=bookmarked)["JobBookmarkEntry"]
    assert entry == {
        "JobName": "nightly",
        "Version": 1,
        "Run": 0,
        "Attempt": 0,
        "JobBookmark": "{}",
    }
    assert bookmark(client) == entry


def test_reset_to_a_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """ResetJobBookmark with RunId restores the state after that run."""
    first, _ = run(client, glue_runs), run(client, glue_runs)
    entry = client.reset_job_bookmark(JobName=bookmarked, RunId=first)["JobBookmarkEntry"]
    assert entry["RunId"] == first


def test_runs_are_counted_from_1_after_a_reset(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    run(client, glue_runs)
    client.reset_job_bookmark(JobName=bookmarked)
    run_id = run(client, glue_runs)
    entry = bookmark(client)
    assert (entry["Run"], entry["RunId"], "PreviousRunId" in entry) == (1, run_id, False)


def test_reset_twice(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """A cleared bookmark can be reset again."""
    run(client, glue_runs)
    client.reset_job_bookmark(JobName=bookmarked)
    entry = client.reset_job_bookmark(JobName=bookmarked)["JobBookmarkEntry"]
    assert (entry["Version"], entry["Run"]) == (2, 0)
