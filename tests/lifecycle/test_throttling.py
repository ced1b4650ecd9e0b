"""Throttling by rate, a setting that is off by default."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns, mock_glue_runs


@pytest.fixture(scope="session")
def impatient() -> Any:
    """A client that does not retry."""
    return boto3.client(
        "glue",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )


def _throttled(client: Any, requests: int) -> int:
    errors: list[dict[str, str]] = []
    for _ in range(requests):
        try:
            client.list_jobs()
        except ClientError as error:
            errors.append(error.response["Error"])
    expected = {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert errors == [expected] * len(errors)
    return len(errors)


@pytest.mark.glue_runs(max_requests_per_second=15)
def test_requests_above_the_rate_are_throttled(glue_runs: GlueRuns, impatient: Any) -> None:
    assert _throttled(impatient, 20) == 5
    glue_runs.tick("0.2s")
    assert _throttled(impatient, 5) == 2
    glue_runs.tick("1h")
    assert _throttled(impatient, 20) == 5


@pytest.mark.glue_runs(max_requests_per_second=0.5)
def test_a_rate_below_one_a_second_lets_single_requests_pass(
    glue_runs: GlueRuns, impatient: Any
) -> None:
    assert _throttled(impatient, 3) == 2
    glue_runs.tick("2s")
    assert _throttled(impatient, 2) == 1


def test_without_the_setting_nothing_is_throttled(glue_runs: GlueRuns, impatient: Any) -> None:
    assert _throttled(impatient, 500) == 0


@pytest.mark.glue_runs(max_requests_per_second=1)
def test_regions_are_throttled_apart(glue_runs: GlueRuns, impatient: Any) -> None:
    assert _throttled(impatient, 2) == 1
    client = boto3.client("glue", region_name="eu-west-1")
    client.list_jobs()


def test_a_clock_that_goes_back_refills_nothing(impatient: Any) -> None:
    with mock_glue_runs(start_at="2026-01-01", max_requests_per_second=1) as glue_runs:
        assert _throttled(impatient, 2) == 1
        glue_runs.move_to("2025-01-01")
        assert _throttled(impatient, 1) == 1


@pytest.mark.glue_runs(max_requests_per_second=15)
def test_a_fan_out_is_throttled_and_recovers(glue_runs: GlueRuns) -> None:
    glue_runs.add_job("fan", ExecutionProperty={"MaxConcurrentRuns": 100})
    config = Config(retries={"mode": "standard", "max_attempts": 10})
    client = boto3.client("glue", region_name="us-east-1", config=config)
    begin = glue_runs.now
    with ThreadPoolExecutor(50) as pool:
        started = list(pool.map(lambda _: client.start_job_run(JobName="fan"), range(50)))
    assert len({response["JobRunId"] for response in started}) == 50
    throttled = [call for call in glue_runs.calls if call.error is not None]
    assert throttled
    assert glue_runs.now > begin


@pytest.mark.parametrize("rate", [0, -1, "fast", True, float("inf"), [1]])
def test_a_rate_is_a_number_above_0(rate: Any) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        mock_glue_runs(max_requests_per_second=rate)
    assert str(caught.value) == (
        f"mock_glue_runs(): max_requests_per_second: {rate!r} is not a rate. "
        "Valid: a number above 0, or None."
    )
