"""Backoff: botocore's own, written by hand, and in waiters."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.retries.quota import RetryQuota
from botocore.waiter import WaiterModel, create_waiter_with_client

from pytest_glue_runs import GlueRuns, fails, mock_glue_runs, succeeds

Passed = Callable[[], float]
_MODES = ["legacy", "standard", "adaptive"]


def _backoff(mode: str, times: int) -> list[float]:
    """Return when each attempt of a call came that is throttled so many times first."""
    config = Config(retries={"mode": mode, "total_max_attempts": times + 1})
    with mock_glue_runs as glue_runs:
        client = boto3.client("glue", region_name="us-east-1", config=config)
        glue_runs.add_job("nightly")
        glue_runs.fail_next("StartJobRun", "ThrottlingException", times=times)
        begin = glue_runs.now
        client.start_job_run(JobName="nightly")
        return [(call.at - begin).total_seconds() for call in glue_runs.calls]


@pytest.mark.parametrize("mode", _MODES)
def test_the_backoff_of_botocore_moves_the_clock(mode: str) -> None:
    tries = _backoff(mode, times=3)
    assert len(tries) == 4
    assert tries == sorted(set(tries))


@pytest.mark.parametrize("mode", _MODES)
def test_the_backoff_of_botocore_is_the_same_each_time(mode: str) -> None:
    first = _backoff(mode, times=3)
    random.seed(5)
    assert _backoff(mode, times=3) == first


@pytest.mark.parametrize("mode", _MODES)
def test_a_backoff_is_no_longer_than_in_production(mode: str) -> None:
    """Up to one, two and four seconds; an adaptive client also waits for its rate."""
    *_, last = _backoff(mode, times=3)
    assert last <= (7 if mode != "adaptive" else 20)


def _throttled(client: Any, times: int) -> int:
    """Return how many attempts a call makes that is throttled so many times."""
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
        glue_runs.fail_next("StartJobRun", "ThrottlingException", times=times)
        with suppress(ClientError):
            client.start_job_run(JobName="nightly")
        return len(glue_runs.calls)


def _import_client(mode: str) -> Any:
    """Return a client that is older than every mock, such as one made at import."""
    nobodys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    config = Config(retries={"mode": mode, "total_max_attempts": 3})
    return boto3.client("glue", region_name="us-east-1", config=config, **nobodys)


@pytest.mark.parametrize("mode", _MODES)
def test_a_client_retries_as_often_in_every_test(mode: str) -> None:
    """In production a client that was throttled for long retries no more: it has a quota."""
    client = _import_client(mode)
    assert {_throttled(client, times=5) for _ in range(60)} == {3}


@pytest.mark.parametrize("mode", _MODES)
def test_a_client_retries_at_the_same_times_in_every_test(mode: str) -> None:
    """An adaptive client learns how fast it may send, in each test anew."""
    client = _import_client(mode)
    stories = set()
    for _ in range(5):
        with mock_glue_runs(start_at="2026-01-01") as glue_runs:
            glue_runs.add_job("nightly")
            glue_runs.fail_next("StartJobRun", "ThrottlingException", times=2)
            client.start_job_run(JobName="nightly")
            stories.add(tuple(call.at for call in glue_runs.calls))
    (story,) = stories
    assert story[-1] - story[0] < timedelta(seconds=20)


def test_the_state_of_an_adaptive_client_is_restored() -> None:
    client = _import_client("adaptive")
    handlers = client.meta.events._emitter._handlers.prefix_search("needs-retry")
    (limiter,) = (h.__self__ for h in handlers if hasattr(h.__self__, "_token_bucket"))
    before = vars(limiter).copy()
    _throttled(client, times=1)
    assert vars(limiter) == before


def test_a_handler_of_the_users_own_is_left_alone() -> None:
    client = _import_client("adaptive")
    seen: list[str] = []
    client.meta.events.register("needs-retry", lambda event_name, **_: seen.append(event_name))
    assert _throttled(client, times=2) == 3
    assert seen == ["needs-retry.glue.StartJobRun"] * 3


def test_the_quota_of_retries_holds_within_a_test() -> None:
    """It is 500. A retry after throttling takes 5."""
    client = _import_client("standard")
    with mock_glue_runs as glue_runs:
        glue_runs.fail_next("ListJobs", "ThrottlingException", times=1000)
        for _ in range(60):
            with suppress(ClientError):
                client.list_jobs()
        assert len(glue_runs.calls) == 60 + 500 // 5


def test_the_quota_of_a_client_is_restored() -> None:
    quota = RetryQuota()
    quota.acquire(100)
    with mock_glue_runs:
        quota.acquire(7)
        assert quota.available_capacity == 493
    assert quota.available_capacity == 400


def test_a_quota_shared_by_threads_is_restored() -> None:
    quota = RetryQuota()
    quota.acquire(100)
    with mock_glue_runs, ThreadPoolExecutor(8) as pool:
        assert all(pool.map(quota.acquire, [5] * 80))
        assert quota.available_capacity == 100
    assert quota.available_capacity == 400


def test_the_random_numbers_of_the_code_under_test_are_untouched(glue_runs: GlueRuns) -> None:
    random.seed(1)
    drawn = random.random()
    random.seed(1)
    glue_runs.fail_next("ListJobs", "ThrottlingException", times=2)
    boto3.client("glue", region_name="us-east-1").list_jobs()
    assert random.random() == drawn


def _retrying(call: Callable[[], Any], *, tries: int, nap: Callable[[float], None]) -> Any:
    """Retry after 1, 2, 4 and so on seconds, as tenacity's wait_exponential does."""
    length = 1
    while True:
        try:
            return call()
        except ClientError:
            tries -= 1
            if not tries:
                raise
            nap(length)
            length *= 2


def test_a_loop_that_backs_off_by_itself(
    glue_runs: GlueRuns, glue: Any, passed: Passed, job: str
) -> None:
    glue_runs.fail_next("StartJobRun", "ConcurrentRunsExceededException", times=3)
    _retrying(
        lambda: glue.start_job_run(JobName=job), tries=4, nap=lambda length: time.sleep(length)
    )
    assert passed() == 7


def test_a_loop_that_gives_up(glue_runs: GlueRuns, glue: Any, passed: Passed, job: str) -> None:
    glue_runs.fail_next("StartJobRun", "ConcurrentRunsExceededException", times=3)
    with pytest.raises(glue.exceptions.ConcurrentRunsExceededException):
        _retrying(
            lambda: glue.start_job_run(JobName=job), tries=3, nap=lambda length: time.sleep(length)
        )
    assert passed() == 3


def test_a_loop_with_a_deadline_of_its_own_ends_by_it(
    glue_runs: GlueRuns, glue: Any, passed: Passed, job: str
) -> None:
    run_id = glue.start_job_run(JobName=job)["JobRunId"]
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        glue.get_job_run(JobName=job, RunId=run_id)
        time.sleep(10)
    assert passed() == 40


def test_a_loop_retries_until_the_other_run_has_ended(
    glue_runs: GlueRuns, glue: Any, passed: Passed, job: str
) -> None:
    """It ends 64 s after its start."""
    glue.start_job_run(JobName=job)
    while True:
        try:
            glue.start_job_run(JobName=job)
        except glue.exceptions.ConcurrentRunsExceededException:
            time.sleep(30)
        else:
            break
    assert passed() == 90


_WAITER = {
    "version": 2,
    "waiters": {
        "JobRunEnded": {
            "operation": "GetJobRun",
            "delay": 45,
            "maxAttempts": 10,
            "acceptors": [
                {
                    "matcher": "path",
                    "argument": "JobRun.JobRunState",
                    "expected": "SUCCEEDED",
                    "state": "success",
                },
                {
                    "matcher": "path",
                    "argument": "JobRun.JobRunState",
                    "expected": "FAILED",
                    "state": "failure",
                },
            ],
        }
    },
}


def test_a_waiter_of_botocore_waits_on_the_clock(
    glue_runs: GlueRuns, glue: Any, passed: Passed, job: str
) -> None:
    glue_runs.plan(job, succeeds(after="60s"))
    run_id = glue.start_job_run(JobName=job)["JobRunId"]
    waiter = create_waiter_with_client("JobRunEnded", WaiterModel(_WAITER), glue)
    waiter.wait(JobName=job, RunId=run_id)
    assert passed() == 90


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """Add a job that runs one run at a time."""
    return glue_runs.add_job("nightly")


def test_aiobotocore_polls_with_the_loops_sleep(glue_runs: GlueRuns, passed: Passed) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()
    glue_runs.plan(glue_runs.add_job("nightly"), fails("Out of memory", after="3m"))

    async def main() -> str:
        async with session.create_client("glue", region_name="us-east-1") as client:
            run_id = (await client.start_job_run(JobName="nightly"))["JobRunId"]
            while True:
                run = (await client.get_job_run(JobName="nightly", RunId=run_id))["JobRun"]
                if "CompletedOn" in run:
                    return str(run["ErrorMessage"])
                await asyncio.sleep(60)

    assert asyncio.run(main()) == "Out of memory"
    assert passed() == 240


@pytest.mark.parametrize("mode", _MODES)
def test_the_backoff_of_aiobotocore_is_the_same_each_time(mode: str) -> None:
    session = pytest.importorskip("aiobotocore.session").get_session()
    config = Config(retries={"mode": mode, "total_max_attempts": 4})

    async def main() -> list[float]:
        async with mock_glue_runs as glue_runs:
            glue_runs.fail_next("ListJobs", "ThrottlingException", times=3)
            begin = glue_runs.now
            async with session.create_client("glue", "us-east-1", config=config) as client:
                await client.list_jobs()
            return [(call.at - begin).total_seconds() for call in glue_runs.calls]

    first = asyncio.run(main())
    assert first == sorted(set(first))
    assert asyncio.run(main()) == first
