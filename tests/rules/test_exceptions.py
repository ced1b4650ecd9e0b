"""Exceptions: each with its HTTP status, its code and its message, and retried as in production."""

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

# Those that start_job_run lists, and three that any operation may answer.
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


@pytest.fixture
def hasty(glue_runs: GlueRuns) -> Any:
    """A client that tries once."""
    once = Config(retries={"total_max_attempts": 1})
    return boto3.client("glue", region_name="us-east-1", config=once)


@pytest.fixture
def raw(hasty: Any) -> Iterator[list[dict[str, Any]]]:
    """The answers of StartJobRun as they are before botocore reads them."""
    seen: list[dict[str, Any]] = []

    def see(response_dict: dict[str, Any], **_: Any) -> None:
        seen.append(response_dict)

    hasty.meta.events.register("before-parse.glue.StartJobRun", see)
    yield seen
    hasty.meta.events.unregister("before-parse.glue.StartJobRun", see)


def refused(client: Any, **members: Any) -> Any:
    """The answer to a StartJobRun that is refused."""
    with pytest.raises(ClientError) as error:
        client.start_job_run(**{"JobName": "nightly", **members})
    return error.value.response


@pytest.mark.parametrize(("code", "status", "message"), CODES)
def test_each_exception_can_be_provoked(
    glue_runs: GlueRuns, hasty: Any, code: str, status: int, message: str
) -> None:
    """fail_next gives it its HTTP status and AWS's words."""
    glue_runs.fail_next("StartJobRun", code)
    answer = refused(hasty)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    assert (answer["Error"]["Code"], answer["Error"].get("Message", "")) == (code, message)


@pytest.mark.parametrize("code", [code for code, *_ in CODES if code != "ValidationException"])
def test_each_exception_is_a_class_of_the_client(
    glue_runs: GlueRuns, hasty: Any, code: str
) -> None:
    """Code under test may catch client.exceptions.<code>."""
    glue_runs.fail_next("StartJobRun", code, "x")
    with pytest.raises(getattr(hasty.exceptions, code, ClientError), match="x"):
        hasty.start_job_run(JobName="nightly")


def test_bytes_of_a_refusal(glue_runs: GlueRuns, hasty: Any, raw: list[dict[str, Any]]) -> None:
    """__type and a capital Message in the body, and the headers of AWS's JSON."""
    refused(hasty)
    (answer,) = raw
    assert answer["status_code"] == 400
    assert json.loads(answer["body"]) == {
        "__type": "EntityNotFoundException",
        "Message": "Failed to start job run due to missing metadata",
    }
    assert answer["headers"]["Content-Type"] == "application/x-amz-json-1.1"
    assert answer["headers"]["x-amzn-RequestId"]


def test_bytes_of_a_provoked_failure(
    glue_runs: GlueRuns, hasty: Any, raw: list[dict[str, Any]]
) -> None:
    """A provoked one looks like one that arises."""
    glue_runs.fail_next("StartJobRun", "InternalServiceException", "We are sorry")
    refused(hasty)
    (answer,) = raw
    assert answer["status_code"] == 500
    assert json.loads(answer["body"]) == {
        "__type": "InternalServiceException",
        "Message": "We are sorry",
    }


def test_entity_not_found_arises(glue_runs: GlueRuns, hasty: Any) -> None:
    """A job that there is not."""
    assert refused(hasty)["Error"] == {
        "Code": "EntityNotFoundException",
        "Message": "Failed to start job run due to missing metadata",
    }


def test_invalid_input_arises(glue_runs: GlueRuns, hasty: Any, make_job: MakeJob) -> None:
    """A Timeout that is too long."""
    make_job()
    assert refused(hasty, Timeout=10_081)["Error"] == {
        "Code": "InvalidInputException",
        "Message": "Timeout must be less than or equal to 10080 minutes.",
    }


def test_concurrent_runs_exceeded_arises(
    glue_runs: GlueRuns, hasty: Any, make_job: MakeJob
) -> None:
    """A second run of a job of one."""
    make_job(ExecutionProperty={"MaxConcurrentRuns": 1})
    hasty.start_job_run(JobName="nightly")
    assert refused(hasty)["Error"] == {
        "Code": "ConcurrentRunsExceededException",
        "Message": "Concurrent runs exceeded for nightly",
    }


def test_resource_number_limit_exceeded_arises(
    glue_runs: GlueRuns, hasty: Any, make_job: MakeJob
) -> None:
    """A run of an account that may have none."""
    glue_runs.quotas.max_concurrent_runs = 0
    make_job()
    assert refused(hasty)["Error"] == {
        "Code": "ResourceNumberLimitExceededException",
        "Message": "Maximum number of concurrent job runs exceeded for account 123456789012",
    }


def test_validation_arises(glue_runs: GlueRuns, hasty: Any, make_job: MakeJob) -> None:
    """A broken constraint of the model."""
    make_job()
    error = refused(hasty, JobRunId="x" * 256)["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].endswith(
        "at 'jobRunId' failed to satisfy constraint: Member must have length less than or equal "
        "to 255"
    )


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("code", ["InternalServiceException", "ThrottlingException"])
def test_passing_failure_is_tried_again(
    glue_runs: GlueRuns, make_job: MakeJob, mode: str, code: str
) -> None:
    """botocore itself retries what may pass, and one run is started."""
    client = boto3.client(
        "glue", region_name="us-east-1", config=Config(retries={"mode": mode, "max_attempts": 3})
    )
    make_job()
    glue_runs.fail_next("StartJobRun", code, times=2)
    answer = client.start_job_run(JobName="nightly")
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [run.id for run in glue_runs.runs()] == [answer["JobRunId"]]


def test_failure_that_does_not_pass_is_told(glue_runs: GlueRuns) -> None:
    """After the last try the error is the code's under test, in botocore's words."""
    patient = Config(retries={"total_max_attempts": 5})
    client = boto3.client("glue", region_name="us-east-1", config=patient)
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
def test_lasting_failure_is_not_tried_again(glue_runs: GlueRuns, client: Any, code: str) -> None:
    """botocore gives these to the code under test at once."""
    glue_runs.fail_next("StartJobRun", code)
    assert refused(client)["ResponseMetadata"]["RetryAttempts"] == 0
