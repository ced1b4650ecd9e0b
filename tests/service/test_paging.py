"""Pagination of GetJobs, ListJobs and GetJobRuns, by hand and with boto3's paginators."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

NAMES = [f"job-{number}" for number in range(7)]


@pytest.fixture
def jobs(glue_runs: GlueRuns) -> list[str]:
    """The names of seven jobs, the oldest first."""
    return [glue_runs.add_job(name) for name in NAMES]


@pytest.fixture
def runs(client: Any, job: str) -> list[str]:
    """The ids of seven runs, the newest first."""
    ids = [client.start_job_run(JobName=job)["JobRunId"] for _ in range(7)]
    return ids[::-1]


def encoded(text: bytes) -> str:
    """Return the token with this content."""
    return base64.b64encode(text).decode()


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_get_jobs_paginator(client: Any, jobs: list[str], size: int) -> None:
    """It yields every job once, in the order of creation."""
    pages = client.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": size})
    assert [job["Name"] for page in pages for job in page["Jobs"]] == jobs


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_list_jobs_paginator(client: Any, jobs: list[str], size: int) -> None:
    """It yields every name once."""
    pages = client.get_paginator("list_jobs").paginate(PaginationConfig={"PageSize": size})
    assert [name for page in pages for name in page["JobNames"]] == jobs


@pytest.mark.parametrize("size", [1, 3, 7, 200])
def test_get_job_runs_paginator(client: Any, job: str, runs: list[str], size: int) -> None:
    """It yields every run once, the newest first."""
    paginator = client.get_paginator("get_job_runs")
    pages = paginator.paginate(JobName=job, PaginationConfig={"PageSize": size})
    assert [run["Id"] for page in pages for run in page["JobRuns"]] == runs


def test_default_page_of_runs(client: Any, glue_runs: GlueRuns) -> None:
    """200 runs."""
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 1000})
    for _ in range(201):
        client.start_job_run(JobName="nightly")
    response = client.get_job_runs(JobName="nightly")
    assert len(response["JobRuns"]) == 200
    rest = client.get_job_runs(JobName="nightly", NextToken=response["NextToken"])
    assert len(rest["JobRuns"]) == 1


@pytest.mark.parametrize(("method", "found"), [("get_jobs", "Jobs"), ("list_jobs", "JobNames")])
def test_default_page_of_jobs(client: Any, glue_runs: GlueRuns, method: str, found: str) -> None:
    """100 jobs."""
    for number in range(101):
        glue_runs.add_job(f"job-{number}")
    assert len(getattr(client, method)()[found]) == 100


def test_last_page_has_no_next_token(client: Any, jobs: list[str]) -> None:
    """The last page of this test is full."""
    assert "NextToken" not in client.list_jobs(MaxResults=7)


def test_page_without_jobs(client: Any) -> None:
    response = client.get_jobs()
    assert (response["Jobs"], "NextToken" in response) == ([], False)


def test_page_without_runs(client: Any, job: str) -> None:
    response = client.get_job_runs(JobName=job)
    assert (response["JobRuns"], "NextToken" in response) == ([], False)


def test_runs_started_between_pages_do_not_shift_them(
    client: Any, job: str, runs: list[str]
) -> None:
    """No run is returned twice."""
    first = client.get_job_runs(JobName=job, MaxResults=4)
    client.start_job_run(JobName=job)
    second = client.get_job_runs(JobName=job, MaxResults=4, NextToken=first["NextToken"])
    assert [run["Id"] for run in first["JobRuns"] + second["JobRuns"]] == runs


def test_jobs_deleted_between_pages(client: Any, jobs: list[str]) -> None:
    """A token beyond the remaining jobs returns an empty page."""
    token = client.list_jobs(MaxResults=5)["NextToken"]
    for name in jobs[:5]:
        client.delete_job(JobName=name)
    assert client.list_jobs(NextToken=token)["JobNames"] == []


@pytest.mark.parametrize(
    "token",
    [
        "not base64",
        "é",
        "AAAA=A",
        encoded(b"\xff\xfe"),
        encoded(b"position"),
        encoded(b"position=-1"),
        encoded(b"position=1.5"),
        encoded(b"other=1"),
        encoded("position=²".encode()),
    ],
)
def test_invalid_token(client: Any, job: str, token: str) -> None:
    """A token that Glue did not return is rejected by every paginated operation."""
    calls = [
        (client.get_jobs, {}),
        (client.list_jobs, {}),
        (client.get_job_runs, {"JobName": job}),
    ]
    for method, request in calls:
        with pytest.raises(client.exceptions.InvalidInputException) as error:
            method(**request, NextToken=token)
        assert error.value.response["Error"]["Message"] == "Invalid NextToken"


def test_token_beyond_the_end(client: Any, jobs: list[str]) -> None:
    """It returns an empty page."""
    assert client.list_jobs(NextToken=encoded(b"position=" + b"9" * 30))["JobNames"] == []


def test_token_with_too_many_digits(client: Any) -> None:
    """Python limits the digits of an integer that it parses."""
    with pytest.raises(client.exceptions.InvalidInputException):
        client.list_jobs(NextToken=encoded(b"position=" + b"9" * 100_000))


def test_empty_token_returns_the_first_page(client: Any, jobs: list[str]) -> None:
    assert client.list_jobs(NextToken="")["JobNames"] == jobs
