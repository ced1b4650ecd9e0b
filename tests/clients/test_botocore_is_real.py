"""Retries, parsing, metadata and exceptions are botocore's own."""

from __future__ import annotations

import time
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.retries.bucket import Clock, TokenBucket
from dateutil.tz import tzlocal

from pytest_glue_runs import GlueRuns


def make_client(mode: str, max_attempts: int) -> Any:
    config = Config(retries={"mode": mode, "total_max_attempts": max_attempts})
    return boto3.client("glue", region_name="us-east-1", config=config)


def test_the_response_metadata_is_of_http(client: Any, job: str) -> None:
    response = client.start_job_run(JobName=job)
    length = len(f'{{"JobRunId":"{response["JobRunId"]}"}}')
    assert response["ResponseMetadata"] == {
        "RequestId": "00000000-0000-4000-8000-000000000001",
        "HTTPStatusCode": 200,
        "HTTPHeaders": {
            "content-type": "application/x-amz-json-1.1",
            "content-length": str(length),
            "x-amzn-requestid": "00000000-0000-4000-8000-000000000001",
        },
        "RetryAttempts": 0,
    }


def test_timestamps_are_parsed_as_botocore_does(client: Any, glue_runs: GlueRuns, job: str) -> None:
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    started_on = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]["StartedOn"]
    assert isinstance(started_on.tzinfo, tzlocal)
    assert started_on == glue_runs.now


def test_an_error_is_the_modeled_exception(client: Any, glue_runs: GlueRuns) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job(JobName="nightly")


def test_an_error_that_is_not_modeled_is_a_client_error(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    glue_runs.fail_next("StartJobRun", "ExpiredTokenException")
    with pytest.raises(ClientError) as caught:
        client.start_job_run(JobName=job)
    assert caught.type is ClientError
    assert caught.value.response["Error"] == {
        "Code": "ExpiredTokenException",
        "Message": "The security token included in the request is expired",
    }


def test_an_error_has_its_status_and_request_id(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.fail_next("StartJobRun", "AccessDeniedException")
    with pytest.raises(client.exceptions.AccessDeniedException) as caught:
        client.start_job_run(JobName=job)
    metadata = caught.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RequestId"], metadata["RetryAttempts"]) == (
        400,
        "00000000-0000-4000-8000-000000000001",
        0,
    )


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServiceException"])
def test_a_temporary_error_is_retried(glue_runs: GlueRuns, job: str, mode: str, code: str) -> None:
    glue_runs.fail_next("StartJobRun", code, times=2)
    response = make_client(mode, 3).start_job_run(JobName=job)
    assert response["ResponseMetadata"]["RetryAttempts"] == 2


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_each_attempt_is_a_call_of_the_service(glue_runs: GlueRuns, job: str, mode: str) -> None:
    glue_runs.fail_next("StartJobRun", "ThrottlingException", times=2)
    make_client(mode, 3).start_job_run(JobName=job)
    assert [call.error and call.error.code for call in glue_runs.calls] == [
        "ThrottlingException",
        "ThrottlingException",
        None,
    ]


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_permanent_error_is_raised_after_the_last_attempt(
    glue_runs: GlueRuns, job: str, mode: str
) -> None:
    glue_runs.fail_next("StartJobRun", "ThrottlingException", times=2)
    with pytest.raises(ClientError) as caught:
        make_client(mode, 2).start_job_run(JobName=job)
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 1


def test_an_internal_error_has_status_500(glue_runs: GlueRuns, job: str) -> None:
    glue_runs.fail_next("StartJobRun", "InternalServiceException")
    client = make_client("standard", 1)
    with pytest.raises(client.exceptions.InternalServiceException) as caught:
        client.start_job_run(JobName=job)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_an_error_of_the_caller_is_not_retried(glue_runs: GlueRuns) -> None:
    with pytest.raises(ClientError):
        make_client("standard", 5).start_job_run(JobName="nightly")
    assert len(glue_runs.calls) == 1


def test_a_paginator_goes_through_the_pages(client: Any, job: str) -> None:
    for _ in range(5):
        client.start_job_run(JobName=job)
    pages = client.get_paginator("get_job_runs").paginate(
        JobName=job, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["JobRuns"]) for page in pages] == [2, 2, 1]


def test_an_adaptive_client_waits_for_its_turn_on_the_frozen_clock(
    glue_runs: GlueRuns, job: str
) -> None:
    glue_runs.fail_next("StartJobRun", "ThrottlingException")
    client = make_client("adaptive", 2)
    client.start_job_run(JobName=job)
    before = glue_runs.now
    client.get_jobs()
    assert glue_runs.now > before


@pytest.mark.glue_runs(freeze=False)
def test_an_adaptive_client_waits_really_while_time_is_real(glue_runs: GlueRuns) -> None:
    turns = TokenBucket(500.0, Clock())
    before = time.monotonic()
    # botocore waits for a notification; a sleep would block an event loop.
    with patch("time.sleep", side_effect=AssertionError("slept")):
        turns.acquire()
    assert time.monotonic() - before >= 0.001
