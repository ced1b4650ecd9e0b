"""GetJobs, ListJobs, GetJobRuns page by page, with boto3's paginators too."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

NAMES = [f"job-{number}" for number in range(7)]


@pytest.fixture
def jobs(glue_runs: GlueRuns) -> list[str]:
    """Seven jobs."""
    return [glue_runs.add_job(name) for name in NAMES]


@pytest.fixture
def runs(client: Any, job: str) -> list[str]:
    """The ids of seven runs, the newest first."""
    ids = [client.start_job_run(JobName=job)["JobRunId"] for _ in range(7)]
    return ids[::-1]


def encoded(text: bytes) -> str:
    """A token that says *text*."""
    return base64.b64encode(text).decode()


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_paginator_of_get_jobs_finds_all(client: Any, jobs: list[str], size: int) -> None:
    """boto3's get_jobs paginator yields every job once, in the order they were made."""
    pages = client.get_paginator("get_jobs").paginate(PaginationConfig={"PageSize": size})
    assert [job["Name"] for page in pages for job in page["Jobs"]] == jobs


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_paginator_of_list_jobs_finds_all(client: Any, jobs: list[str], size: int) -> None:
    """boto3's list_jobs paginator yields every name once."""
    pages = client.get_paginator("list_jobs").paginate(PaginationConfig={"PageSize": size})
    assert [name for page in pages for name in page["JobNames"]] == jobs


@pytest.mark.parametrize("size", [1, 3, 7, 200])
def test_paginator_of_get_job_runs_finds_all(
    client: Any, job: str, runs: list[str], size: int
) -> None:
    """boto3's get_job_runs paginator yields every run once, the newest first."""
    paginator = client.get_paginator("get_job_runs")
    pages = paginator.paginate(JobName=job, PaginationConfig={"PageSize": size})
    assert [run["Id"] for page in pages for run in page["JobRuns"]] == runs


def test_one_page_holds_two_hundred_runs(client: Any, glue_runs: GlueRuns) -> None:
    """A page of GetJobRuns without MaxResults has 200 runs."""
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 1000})
    for _ in range(201):
        client.start_job_run(JobName="nightly")
    answer = client.get_job_runs(JobName="nightly")
    assert len(answer["JobRuns"]) == 200
    rest = client.get_job_runs(JobName="nightly", NextToken=answer["NextToken"])
    assert len(rest["JobRuns"]) == 1


@pytest.mark.parametrize(("method", "found"), [("get_jobs", "Jobs"), ("list_jobs", "JobNames")])
def test_one_page_holds_a_hundred_jobs(
    client: Any, glue_runs: GlueRuns, method: str, found: str
) -> None:
    """A page of jobs without MaxResults has 100 of them."""
    for number in range(101):
        glue_runs.add_job(f"job-{number}")
    assert len(getattr(client, method)()[found]) == 100


def test_last_page_has_no_token(client: Any, jobs: list[str]) -> None:
    """NextToken is absent where nothing more is there, even if the page is full."""
    assert "NextToken" not in client.list_jobs(MaxResults=7)


def test_no_jobs_are_an_empty_page(client: Any) -> None:
    """Without any jobs there is one empty page."""
    answer = client.get_jobs()
    assert (answer["Jobs"], "NextToken" in answer) == ([], False)


def test_no_runs_are_an_empty_page(client: Any, job: str) -> None:
    """Without any runs there is one empty page."""
    answer = client.get_job_runs(JobName=job)
    assert (answer["JobRuns"], "NextToken" in answer) == ([], False)


def test_runs_that_start_between_pages_move_nothing(client: Any, job: str, runs: list[str]) -> None:
    """Who pages through runs sees none twice, though new ones start meanwhile."""
    first = client.get_job_runs(JobName=job, MaxResults=4)
    client.start_job_run(JobName=job)
    second = client.get_job_runs(JobName=job, MaxResults=4, NextToken=first["NextToken"])
    assert [run["Id"] for run in first["JobRuns"] + second["JobRuns"]] == runs


def test_jobs_deleted_between_pages_are_no_error(client: Any, jobs: list[str]) -> None:
    """A token behind the last of the jobs that are left shows an empty page."""
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
def test_made_up_token_is_invalid(client: Any, job: str, token: str) -> None:
    """A NextToken that Glue never gave is InvalidInputException, in every paged operation."""
    asked = [
        (client.get_jobs, {}),
        (client.list_jobs, {}),
        (client.get_job_runs, {"JobName": job}),
    ]
    for method, request in asked:
        with pytest.raises(client.exceptions.InvalidInputException) as error:
            method(**request, NextToken=token)
        assert error.value.response["Error"]["Message"] == "Invalid NextToken"


def test_position_beyond_the_end_shows_an_empty_page(client: Any, jobs: list[str]) -> None:
    """A token that points far behind the last job is no error."""
    assert client.list_jobs(NextToken=encoded(b"position=" + b"9" * 30))["JobNames"] == []


def test_position_of_countless_digits_is_invalid(client: Any) -> None:
    """A number that Python would not read is a token that Glue never gave."""
    with pytest.raises(client.exceptions.InvalidInputException):
        client.list_jobs(NextToken=encoded(b"position=" + b"9" * 100_000))


def test_empty_token_is_the_first_page(client: Any, jobs: list[str]) -> None:
    """An empty NextToken is the same as none."""
    assert client.list_jobs(NextToken="")["JobNames"] == jobs
