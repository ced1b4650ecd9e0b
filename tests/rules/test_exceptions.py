"""Exceptions: status, code and message of each, and how botocore retries them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns

MakeJob = Callable[..., str]

# The exceptions of StartJobRun's specification, and three that any operation may return.
CODES = [
    ("InvalidInputException", 400, "The input provided was not valid."),
    ("EntityNotFoundException", 400, "A specified entity does not exist"),
    ("InternalServiceException", 500, "Internal service error"),
    ("OperationTimeoutException", 400, "The operation timed out."),
    ("ResourceNumberLimitExceededException", 400, "A resource numerical limit was exceeded."),
    ("ConcurrentRunsExceededException", 400, "Concurrent runs exceeded"),
    ("ThrottlingException", 400, "Rate exceeded"),
    ("AccessDeniedException", 400, "You do not have sufficient access to perform this action."),
    ("ValidationException", 400, "The input fails to satisfy the constraints of the service."),
]


# Codes with a wording of their own for StartJobRun.
MESSAGES = {
    "ConcurrentRunsExceededException": "Concurrent runs exceeded for nightly",
    "EntityNotFoundException": "Failed to start job run due to missing metadata",
    "ResourceNumberLimitExceededException": (
        "Maximum number of concurrent job runs exceeded for account 123456789012"
    ),
}


@pytest.fixture
def no_retry_client(glue_runs: GlueRuns) -> Any:
    """A client that does not retry."""
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("glue", region_name="us-east-1", config=once)


@pytest.fixture
def raw_responses(no_retry_client: Any) -> Iterator[list[dict[str, Any]]]:
    """The HTTP responses to StartJobRun, as botocore receives them."""
    responses: list[dict[str, Any]] = []

    def record(response_dict: dict[str, Any], **_: Any) -> None:
        responses.append(response_dict)

    no_retry_client.meta.events.register("before-parse.glue.StartJobRun", record)
    yield responses
    no_retry_client.meta.events.unregister("before-parse.glue.StartJobRun", record)


def start_and_fail(client: Any, **members: Any) -> Any:
    """Call StartJobRun, which must fail, and return the error response."""
    with pytest.raises(ClientError) as error:
        client.start_job_run(**{"JobName": "nightly", **members})
    return error.value.response


@pytest.mark.parametrize(("code", "status", "message"), CODES)
def test_each_exception_can_be_injected(
    glue_runs: GlueRuns, no_retry_client: Any, code: str, status: int, message: str
) -> None:
    """fail_next adds the HTTP status and AWS's message."""
    glue_runs.fail_next("StartJobRun", code)
    response = start_and_fail(no_retry_client)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    message = MESSAGES.get(code, message)
    assert (response["Error"]["Code"], response["Error"].get("Message", "")) == (code, message)


@pytest.mark.parametrize("code", [code for code, *_ in CODES if code != "ValidationException"])
def test_each_exception_is_a_class_of_the_client(
    glue_runs: GlueRuns, no_retry_client: Any, code: str
) -> None:
    glue_runs.fail_next("StartJobRun", code, "x")
    with pytest.raises(getattr(no_retry_client.exceptions, code, ClientError), match="x"):
        no_retry_client.start_job_run(JobName="nightly")


def test_http_response_of_a_rejection(
    glue_runs: GlueRuns, no_retry_client: Any, raw_responses: list[dict[str, Any]]
) -> None:
    start_and_fail(no_retry_client)
    (response,) = raw_responses
    assert response["status_code"] == 400
    assert json.loads(response["body"]) == {
        "__type": "EntityNotFoundException",
        "Message": "Failed to start job run due to missing metadata",
    }
    assert response["headers"]["Content-Type"] == "application/x-amz-json-1.1"
    assert response["headers"]["x-amzn-RequestId"]


def test_http_response_of_an_injected_error(
    glue_runs: GlueRuns, no_retry_client: Any, raw_responses: list[dict[str, Any]]
) -> None:
    """It has the same form as an error that the service itself returns."""
    glue_runs.fail_next("StartJobRun", "InternalServiceException", "Try again later")
    start_and_fail(no_retry_client)
    (response,) = raw_responses
    assert response["status_code"] == 500
    assert json.loads(response["body"]) == {
        "__type": "InternalServiceException",
        "Message": "Try again later",
    }


def test_entity_not_found(glue_runs: GlueRuns, no_retry_client: Any) -> None:
    assert start_and_fail(no_retry_client)["Error"] == {
        "Code": "EntityNotFoundException",
        "Message": "Failed to start job run due to missing metadata",
    }


def test_invalid_input(glue_runs: GlueRuns, no_retry_client: Any, make_job: MakeJob) -> None:
    make_job()
    assert start_and_fail(no_retry_client, Timeout=10_081)["Error"] == {
        "Code": "InvalidInputException",
        "Message": "Timeout should be less than or equal to 10080 minutes.",
    }


def test_concurrent_runs_exceeded(
    glue_runs: GlueRuns, no_retry_client: Any, make_job: MakeJob
) -> None:
    make_job(ExecutionProperty={"MaxConcurrentRuns": 1})
    no_retry_client.start_job_run(JobName="nightly")
    assert start_and_fail(no_retry_client)["Error"] == {
        "Code": "ConcurrentRunsExceededException",
        "Message": "Concurrent runs exceeded for nightly",
    }


def test_resource_number_limit_exceeded(
    glue_runs: GlueRuns, no_retry_client: Any, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_concurrent_runs = 0
    make_job()
    assert start_and_fail(no_retry_client)["Error"] == {
        "Code": "ResourceNumberLimitExceededException",
        "Message": "Maximum number of concurrent job runs exceeded for account 123456789012",
    }


def test_validation_error(glue_runs: GlueRuns, no_retry_client: Any, make_job: MakeJob) -> None:
    """A constraint of the model is violated."""
    make_job()
    error = start_and_fail(no_retry_client, JobRunId="x" * 256)["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].endswith(
        "at 'jobRunId' failed to satisfy constraint: Member must have length less than or equal "
        "to 255"
    )


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("code", ["InternalServiceException", "ThrottlingException"])
def test_transient_error_is_retried(
    glue_runs: GlueRuns, make_job: MakeJob, mode: str, code: str
) -> None:
    """botocore retries it, and one run is started."""
    client = boto3.client(
        "glue", region_name="us-east-1", config=Config(retries={"mode": mode, "max_attempts": 3})
    )
    make_job()
    glue_runs.fail_next("StartJobRun", code, times=2)
    response = client.start_job_run(JobName="nightly")
    assert response["ResponseMetadata"]["RetryAttempts"] == 2
    assert [run.id for run in glue_runs.runs()] == [response["JobRunId"]]


def test_persistent_error_is_raised(glue_runs: GlueRuns) -> None:
    """After its last retry, botocore raises the error."""
    five_attempts = Config(retries={"total_max_attempts": 5})
    client = boto3.client("glue", region_name="us-east-1", config=five_attempts)
    glue_runs.fail_next("StartJobRun", "InternalServiceException", times=5)
    with pytest.raises(client.exceptions.InternalServiceException) as error:
        client.start_job_run(JobName="nightly")
    assert str(error.value) == (
        "An error occurred (InternalServiceException) when calling the StartJobRun operation "
        "(reached max retries: 4): Internal service error"
    )


@pytest.mark.parametrize(
    "code",
    [
        "InvalidInputException",
        "EntityNotFoundException",
        "OperationTimeoutException",
        "ResourceNumberLimitExceededException",
        "ConcurrentRunsExceededException",
        "AccessDeniedException",
    ],
)
def test_client_error_is_not_retried(glue_runs: GlueRuns, client: Any, code: str) -> None:
    glue_runs.fail_next("StartJobRun", code)
    assert start_and_fail(client)["ResponseMetadata"]["RetryAttempts"] == 0
