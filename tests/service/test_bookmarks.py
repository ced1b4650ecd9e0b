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
    """The id of a run that has ended."""
    run_id: str = client.start_job_run(JobName="nightly", **request)["JobRunId"]
    glue_runs.settle()
    return run_id


def bookmark(client: Any, **request: Any) -> dict[str, Any]:
    """What GetJobBookmark shows."""
    entry: dict[str, Any] = client.get_job_bookmark(JobName="nightly", **request)[
        "JobBookmarkEntry"
    ]
    return entry


def test_bookmark_of_the_first_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """After one run the bookmark is that run's."""
    run_id = run(client, glue_runs)
    assert bookmark(client) == {
        "JobName": "nightly",
        "Version": 1,
        "Run": 1,
        "Attempt": 0,
        "RunId": run_id,
        "JobBookmark": "{}",
    }


def test_bookmark_moves_on_with_each_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """The bookmark is the last run's, and names the one before."""
    first, second = run(client, glue_runs), run(client, glue_runs)
    entry = bookmark(client)
    assert (entry["Run"], entry["RunId"], entry["PreviousRunId"]) == (2, second, first)


def test_failed_run_moves_no_bookmark(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """Only runs that SUCCEEDED count."""
    first = run(client, glue_runs)
    glue_runs.plan(bookmarked, fails())
    run(client, glue_runs)
    assert bookmark(client)["RunId"] == first


def test_run_that_has_not_ended_moves_no_bookmark(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    """A run that is RUNNING does not count yet."""
    first = run(client, glue_runs)
    client.start_job_run(JobName=bookmarked)
    assert bookmark(client)["RunId"] == first


@pytest.mark.parametrize("option", ["job-bookmark-disable", "job-bookmark-pause"])
def test_run_without_bookmarks_moves_none(
    client: Any, glue_runs: GlueRuns, bookmarked: str, option: str
) -> None:
    """A run that disables or pauses bookmarks does not count."""
    first = run(client, glue_runs)
    run(client, glue_runs, Arguments={"--job-bookmark-option": option})
    assert bookmark(client)["RunId"] == first


def test_run_may_enable_bookmarks_itself(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The option may come with StartJobRun."""
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
    """GetJobBookmark with RunId shows where that run left it."""
    first, _ = run(client, glue_runs), run(client, glue_runs)
    entry = bookmark(client, RunId=first)
    assert (entry["RunId"], entry["Run"]) == (first, 1)


@pytest.mark.parametrize("method", ["get_job_bookmark", "reset_job_bookmark"])
def test_job_without_bookmark_is_not_found(client: Any, job: str, method: str) -> None:
    """A job whose runs kept none has no bookmark to show or reset."""
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(JobName=job)
    message = "Continuation for job nightly not found"
    assert error.value.response["Error"]["Message"] == message


def test_run_without_bookmark_is_not_found(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    """A run that kept none has no bookmark to show, though its job has."""
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


def test_reset_goes_back_to_the_beginning(
    client: Any, glue_runs: GlueRuns, bookmarked: str
) -> None:
    """ResetJobBookmark answers a bookmark without runs, and GetJobBookmark then shows it."""
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


def test_reset_goes_back_to_a_run(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """ResetJobBookmark with RunId puts the bookmark where that run left it."""
    first, _ = run(client, glue_runs), run(client, glue_runs)
    entry = client.reset_job_bookmark(JobName=bookmarked, RunId=first)["JobBookmarkEntry"]
    assert entry["RunId"] == first


def test_runs_count_again_after_a_reset(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """The first run after a reset is the bookmark's first."""
    run(client, glue_runs)
    client.reset_job_bookmark(JobName=bookmarked)
    run_id = run(client, glue_runs)
    entry = bookmark(client)
    assert (entry["Run"], entry["RunId"], "PreviousRunId" in entry) == (1, run_id, False)


def test_reset_twice_is_no_error(client: Any, glue_runs: GlueRuns, bookmarked: str) -> None:
    """A bookmark that is at the beginning already can be reset."""
    run(client, glue_runs)
    client.reset_job_bookmark(JobName=bookmarked)
    entry = client.reset_job_bookmark(JobName=bookmarked)["JobBookmarkEntry"]
    assert (entry["Version"], entry["Run"]) == (2, 0)
