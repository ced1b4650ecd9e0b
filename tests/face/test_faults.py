"""fail_next: calls that are to fail."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns


@pytest.fixture
def hasty() -> Any:
    """A client that tries once."""
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


def test_the_next_call_fails_and_the_one_after_does_not(glue_runs: GlueRuns, hasty: Any) -> None:
    """One call, unless said otherwise."""
    glue_runs.add_job("nightly")
    glue_runs.fail_next("StartJobRun", "InternalServiceException", "Not today")
    failed = _error(hasty.start_job_run, JobName="nightly")
    assert failed == ("InternalServiceException", "Not today")
    hasty.start_job_run(JobName="nightly")
    assert len(glue_runs.runs()) == 1


def test_other_operations_do_not_fail(glue_runs: GlueRuns, hasty: Any) -> None:
    """The fault waits for its own."""
    glue_runs.add_job("nightly")
    glue_runs.fail_next("StartJobRun", "AccessDeniedException")
    assert hasty.get_job(JobName="nightly")["Job"]["Name"] == "nightly"


def test_as_many_calls_fail_as_are_asked_for(glue_runs: GlueRuns, hasty: Any) -> None:
    """Each with the same error."""
    glue_runs.fail_next("ListJobs", "InternalFailure", "no", times=2)
    assert [_error(hasty.list_jobs) for _ in range(2)] == [("InternalFailure", "no")] * 2
    assert hasty.list_jobs()["JobNames"] == []


def test_faults_wait_in_order(glue_runs: GlueRuns, hasty: Any) -> None:
    """Each for its own call."""
    glue_runs.fail_next("ListJobs", "InternalFailure", "first")
    glue_runs.fail_next("ListJobs", "AccessDeniedException", "second")
    assert [_error(hasty.list_jobs)[1] for _ in range(2)] == ["first", "second"]


def test_without_a_message_the_error_has_the_usual_words(glue_runs: GlueRuns, hasty: Any) -> None:
    """AWS's, where they are known."""
    glue_runs.fail_next("ListJobs", "ThrottlingException")
    assert _error(hasty.list_jobs) == ("ThrottlingException", "Rate exceeded")


def test_an_error_without_usual_words_has_none(glue_runs: GlueRuns, hasty: Any) -> None:
    """Rather than invented ones."""
    glue_runs.fail_next("ListJobs", "GlueEncryptionException")
    assert _error(hasty.list_jobs) == ("GlueEncryptionException", "")


def test_botocore_retries_as_in_production(glue_runs: GlueRuns, glue: Any) -> None:
    """Each try is a call, and the code under test sees none of them."""
    glue_runs.fail_next("ListJobs", "ThrottlingException", times=2)
    answer = glue.list_jobs()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.error is None for call in glue_runs.calls] == [False, False, True]


def test_an_operation_that_is_not_glues_is_refused(glue_runs: GlueRuns) -> None:
    """With the near one, and all of them."""
    with pytest.raises(ValueError, match="operation") as caught:
        glue_runs.fail_next("start_job_run", "ThrottlingException")
    assert str(caught.value) == (
        "fail_next('start_job_run'): that is none of Glue's operations on jobs and runs. "
        "Did you mean 'StartJobRun'? "
        "Valid: CreateJob, UpdateJob, DeleteJob, GetJob, GetJobs, ListJobs, BatchGetJobs, "
        "StartJobRun, GetJobRun, GetJobRuns, BatchStopJobRun, GetJobBookmark, ResetJobBookmark, "
        "TagResource, UntagResource, GetTags."
    )


@pytest.mark.parametrize("wrong", ["Throttling", "ThrotlingException"])
def test_a_code_that_is_not_glues_is_refused(glue_runs: GlueRuns, wrong: str) -> None:
    """With the near one, and those that the operation may have."""
    with pytest.raises(ValueError, match="code") as caught:
        glue_runs.fail_next("StartJobRun", wrong)
    assert str(caught.value) == (
        f"fail_next('StartJobRun', {wrong!r}): that is no error code of Glue. "
        "Did you mean 'ThrottlingException'? Valid: AccessDeniedException, "
        "ConcurrentRunsExceededException, EntityNotFoundException, ExpiredTokenException, "
        "IncompleteSignature, InternalFailure, InternalServiceException, InvalidInputException, "
        "OperationTimeoutException, OptInRequired, RequestExpired, "
        "ResourceNumberLimitExceededException, SerializationException, ServiceUnavailable, "
        "ThrottlingException, UnknownOperationException, UnrecognizedClientException, "
        "ValidationException, and those that only other operations of Glue have."
    )


def test_a_code_near_to_one_of_another_operation_is_told(glue_runs: GlueRuns) -> None:
    """Where none of its own is."""
    with pytest.raises(ValueError, match="Did you mean 'GlueEncryptionException'"):
        glue_runs.fail_next("StartJobRun", "GlueEncriptionException")


@pytest.mark.parametrize("wrong", [None, 5, ["ThrottlingException"]])
def test_a_code_of_a_wrong_type_is_refused(glue_runs: GlueRuns, wrong: Any) -> None:
    """In the words for a wrong one."""
    with pytest.raises(ValueError, match="that is no error code of Glue") as caught:
        glue_runs.fail_next("StartJobRun", wrong)
    assert str(caught.value).startswith(f"fail_next('StartJobRun', {wrong!r}): that is no")


def test_an_operation_that_moto_has_is_refused(glue_runs: GlueRuns) -> None:
    """Only those of jobs and runs can be made to fail."""
    with pytest.raises(ValueError, match="none of Glue's operations on jobs and runs"):
        glue_runs.fail_next("StartCrawler", "ThrottlingException")


@pytest.mark.parametrize("wrong", [None, 5, ["StartJobRun"]])
def test_an_operation_of_a_wrong_type_is_refused(glue_runs: GlueRuns, wrong: Any) -> None:
    """In the words for a wrong name."""
    with pytest.raises(ValueError, match="none of Glue's operations") as caught:
        glue_runs.fail_next(wrong, "ThrottlingException")
    assert str(caught.value).startswith(f"fail_next({wrong!r}): that is none of Glue's operations")


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "2", True, None])
def test_times_is_a_whole_number_from_one_on(glue_runs: GlueRuns, wrong: Any) -> None:
    """Nothing else can be counted down."""
    with pytest.raises(ValueError, match="times") as caught:
        glue_runs.fail_next("StartJobRun", "ThrottlingException", times=wrong)
    assert str(caught.value) == f"fail_next(times={wrong!r}): times is a whole number from 1 on."


def test_a_message_is_text(glue_runs: GlueRuns) -> None:
    """As every error of AWS has it."""
    wrong: Any = 5
    with pytest.raises(TypeError) as caught:
        glue_runs.fail_next("StartJobRun", "ThrottlingException", wrong)
    assert str(caught.value) == "fail_next(message=5): the message is text."


def test_five_errors_outlast_the_retries_of_a_client_as_it_comes(
    glue_runs: GlueRuns, glue: Any
) -> None:
    """As the README says: after 3 tries or 5, and what is left over waits for the next call."""
    glue_runs.fail_next("ListJobs", "ThrottlingException", times=5)
    with pytest.raises(glue.exceptions.ClientError, match="Rate exceeded"):
        glue.list_jobs()
    assert len(glue_runs.calls) in (3, 5)
    glue.list_jobs()
    assert len(glue_runs.calls) == 6
