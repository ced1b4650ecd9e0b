"""Faults: errors, connection failures, lost and late responses, runs not yet visible."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._service.operations import OPERATIONS


@pytest.fixture
def hasty() -> Any:
    """A client without retries."""
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(
        "glue",
        region_name="us-east-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
        config=config,
    )


def _error(call: Any, **request: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**request)
    error: Any = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_only_the_next_call_fails(glue_runs: GlueRuns, hasty: Any) -> None:
    glue_runs.add_job("nightly")
    glue_runs.fail_next("StartJobRun", "InternalServiceException", "Not today")
    failed = _error(hasty.start_job_run, JobName="nightly")
    assert failed == ("InternalServiceException", "Not today")
    hasty.start_job_run(JobName="nightly")
    assert len(glue_runs.runs()) == 1


@pytest.mark.glue_runs(unused="ignore")
def test_other_operations_do_not_fail(glue_runs: GlueRuns, hasty: Any) -> None:
    glue_runs.add_job("nightly")
    glue_runs.fail_next("StartJobRun", "AccessDeniedException")
    assert hasty.get_job(JobName="nightly")["Job"]["Name"] == "nightly"


def test_times_is_the_number_of_calls_that_fail(glue_runs: GlueRuns, hasty: Any) -> None:
    glue_runs.fail_next("ListJobs", "InternalFailure", "no", times=2)
    assert [_error(hasty.list_jobs) for _ in range(2)] == [("InternalFailure", "no")] * 2
    assert hasty.list_jobs()["JobNames"] == []


def test_errors_are_returned_in_the_order_they_were_planned(
    glue_runs: GlueRuns, hasty: Any
) -> None:
    glue_runs.fail_next("ListJobs", "InternalFailure", "first")
    glue_runs.fail_next("ListJobs", "AccessDeniedException", "second")
    assert [_error(hasty.list_jobs)[1] for _ in range(2)] == ["first", "second"]


def test_the_message_defaults_to_the_usual_one_of_aws(glue_runs: GlueRuns, hasty: Any) -> None:
    glue_runs.fail_next("ListJobs", "ThrottlingException")
    assert _error(hasty.list_jobs) == ("ThrottlingException", "Rate exceeded")


def test_the_message_is_empty_where_no_usual_one_is_known(glue_runs: GlueRuns, hasty: Any) -> None:
    glue_runs.fail_next("ListJobs", "GlueEncryptionException")
    assert _error(hasty.list_jobs) == ("GlueEncryptionException", "")


def test_botocore_retries_as_in_production(glue_runs: GlueRuns, glue: Any) -> None:
    """Each try is a call."""
    glue_runs.fail_next("ListJobs", "ThrottlingException", times=2)
    answer = glue.list_jobs()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.error is None for call in glue_runs.calls] == [False, False, True]


def test_an_unknown_operation_is_an_error(glue_runs: GlueRuns) -> None:
    """The message suggests the near one, and lists all."""
    with pytest.raises(ValueError, match="operation") as caught:
        glue_runs.fail_next("start_job_run", "ThrottlingException")
    assert str(caught.value) == (
        "fail_next('start_job_run'): Glue has no such operation. "
        f"Did you mean 'StartJobRun'? Valid: {', '.join(OPERATIONS)}."
    )


@pytest.mark.parametrize("wrong", ["Throttling", "ThrotlingException"])
def test_an_unknown_code_is_an_error(glue_runs: GlueRuns, wrong: str) -> None:
    """The message suggests the near one, and lists those of the operation."""
    with pytest.raises(ValueError, match="code") as caught:
        glue_runs.fail_next("StartJobRun", wrong)
    assert str(caught.value) == (
        f"fail_next('StartJobRun', {wrong!r}): Glue has no such error code. "
        "Did you mean 'ThrottlingException'? Valid: AccessDeniedException, "
        "ConcurrentRunsExceededException, EntityNotFoundException, ExpiredTokenException, "
        "IncompleteSignature, InternalFailure, InternalServiceException, InvalidInputException, "
        "OperationTimeoutException, OptInRequired, RequestExpired, "
        "ResourceNumberLimitExceededException, SerializationException, ServiceUnavailable, "
        "ThrottlingException, UnknownOperationException, UnrecognizedClientException, "
        "ValidationException, the codes of Glue's other operations, EndpointConnectionError, "
        "ConnectTimeoutError, ReadTimeoutError, ConnectionClosedError, and any exception."
    )


def test_an_unknown_code_suggests_codes_of_other_operations(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="Did you mean 'GlueEncryptionException'"):
        glue_runs.fail_next("StartJobRun", "GlueEncriptionException")


@pytest.mark.parametrize("wrong", [None, 5, ["ThrottlingException"]])
def test_a_code_of_a_wrong_type_is_an_error(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises(ValueError, match="Glue has no such error code") as caught:
        glue_runs.fail_next("StartJobRun", wrong)
    assert str(caught.value).startswith(f"fail_next('StartJobRun', {wrong!r}): Glue has no")


def test_an_operation_that_moto_answers_is_an_error(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="StartCrawler") as caught:
        glue_runs.fail_next("StartCrawler", "ThrottlingException")
    assert str(caught.value).startswith(
        "fail_next('StartCrawler'): moto answers this operation, not this service. "
        "Valid: CreateJob, "
    )


@pytest.mark.parametrize("wrong", [None, 5, ["StartJobRun"]])
def test_an_operation_of_a_wrong_type_is_an_error(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises(ValueError, match="Glue has no such operation") as caught:
        glue_runs.fail_next(wrong, "ThrottlingException")
    assert str(caught.value).startswith(f"fail_next({wrong!r}): Glue has no such operation.")


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True, None, 1_000_001, 2**70])
def test_times_is_limited(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises(ValueError, match="times") as caught:
        glue_runs.fail_next("StartJobRun", "ThrottlingException", times=wrong)
    assert (
        str(caught.value)
        == f"fail_next(times={wrong!r}): times is a whole number from 1 to 1000000, or 'always'."
    )


def test_the_message_is_text(glue_runs: GlueRuns) -> None:
    wrong: Any = 5
    with pytest.raises(TypeError) as caught:
        glue_runs.fail_next("StartJobRun", "ThrottlingException", wrong)
    assert str(caught.value) == "fail_next(message=5): the message is text."


def test_five_errors_outlast_the_retries_of_a_default_client(
    glue_runs: GlueRuns, glue: Any
) -> None:
    """A client makes 3 tries or 5; the next calls receive the errors that are left."""
    glue_runs.fail_next("ListJobs", "ThrottlingException", times=5)
    with pytest.raises(glue.exceptions.ClientError, match="Rate exceeded"):
        glue.list_jobs()
    assert len(glue_runs.calls) in (3, 5)
    glue.list_jobs()
    assert len(glue_runs.calls) == 6


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("StartJobRun", "ConcurrentRunsExceededException", "Concurrent runs exceeded for nightly"),
        (
            "StartJobRun",
            "ResourceNumberLimitExceededException",
            "Maximum number of concurrent job runs exceeded for account 123456789012",
        ),
        (
            "StartJobRun",
            "EntityNotFoundException",
            "Failed to start job run due to missing metadata",
        ),
        ("StartJobRun", "InvalidInputException", "The input provided was not valid."),
        ("GetJob", "EntityNotFoundException", "Job with name: nightly not found."),
        ("GetJob", "ThrottlingException", "Rate exceeded"),
    ],
)
def test_an_error_has_the_wording_for_its_operation_and_job(
    glue_runs: GlueRuns, hasty: Any, operation: str, code: str, message: str
) -> None:
    glue_runs.add_job("nightly")
    glue_runs.fail_next(operation, code)
    method = {"StartJobRun": hasty.start_job_run, "GetJob": hasty.get_job}[operation]
    with pytest.raises(ClientError) as caught:
        method(JobName="nightly")
    assert caught.value.response["Error"] == {"Code": code, "Message": message}
