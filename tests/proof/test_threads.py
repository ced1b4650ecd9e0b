"""Sixteen threads that use one Glue at once, on an interpreter that switches them all the time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

if TYPE_CHECKING:
    from tests.proof.conftest import Audit

THREADS, CALLS = 16, 1000
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
PLACE = ("123456789012", "us-east-1")
QUOTAS = {
    "max_concurrent_runs": 9,
    "max_concurrent_runs_per_job": 4000,
    "max_dpus": 30,
    "max_flex_dpus": 4000,
}
MOST = {"refuses": 3, "queues": 5, "retries": 2}
EXPECTED = (
    "ConcurrentRunsExceededException",
    "ResourceNumberLimitExceededException",
    "EntityNotFoundException",
)


@pytest.fixture
def restless() -> Iterator[None]:
    """Let the interpreter switch threads every microsecond."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


class Caller:
    """One thread's calls, and the ids of the runs that it started."""

    def __init__(self, client: Any, number: int) -> None:
        self.started: list[str] = []
        self._client = client
        self._expected = [getattr(client.exceptions, code) for code in EXPECTED]
        self._choose = Random(number)

    def call(self) -> None:
        """Send a thousand requests."""
        for _ in range(CALLS):
            job = self._choose.choice([*MOST])
            action = self._choose.choice([self.start, self.start, self.stop, self.get, self.list])
            with suppress(*self._expected):
                action(job)

    def start(self, job: str) -> None:
        run_id = self._client.start_job_run(JobName=job)["JobRunId"]
        self.started.append(run_id)

    def stop(self, job: str) -> None:
        run_ids = self._choose.sample(self.started, min(3, len(self.started)))
        response = self._client.batch_stop_job_run(JobName=job, JobRunIds=[*run_ids, "unknown"])
        assert len(response["SuccessfulSubmissions"]) + len(response["Errors"]) == len(run_ids) + 1

    def get(self, job: str) -> None:
        run_id = self._choose.choice([*self.started, "unknown"])
        assert self._client.get_job_run(JobName=job, RunId=run_id)["JobRun"]["Id"] == run_id

    def list(self, job: str) -> None:
        runs = self._client.get_job_runs(JobName=job, MaxResults=20)["JobRuns"]
        started = [run["StartedOn"] for run in runs]
        assert started == sorted(started, reverse=True)


def move(glue: GlueRuns) -> None:
    """Move the clock while the others call."""
    for _ in range(CALLS):
        glue.tick(timedelta(seconds=4))


@pytest.mark.slow
def test_threads_share_one_glue(
    restless: None,
    client_of: Callable[[tuple[str, str]], Any],
    audit: Audit,
) -> None:
    """No limit is broken, no run is lost, no id is used twice, no call is missing from the log."""
    client = client_of(PLACE)
    callers = [Caller(client, number) for number in range(THREADS)]
    with mock_glue_runs(start_at=START) as glue:
        for name, value in QUOTAS.items():
            setattr(glue.quotas, name, value)
        for job, most in MOST.items():
            glue.add_job(
                job,
                ExecutionProperty={"MaxConcurrentRuns": most},
                JobRunQueuingEnabled=job == "queues",
                MaxRetries=2 if job == "retries" else 0,
                WorkerType="G.1X",
                NumberOfWorkers=4,
            )
        with ThreadPoolExecutor(THREADS + 1) as pool:
            futures = [pool.submit(caller.call) for caller in callers]
            futures.append(pool.submit(move, glue))
        for future in futures:
            future.result()
        assert len(glue.calls) == THREADS * CALLS
        glue.settle()
        started = [run_id for caller in callers for run_id in caller.started]
        runs = glue.runs()
        assert sorted(started) == sorted(run.id for run in runs if run.attempt == 0)
        origins = [(run.job_name, timedelta(seconds=5)) for run in runs]
        audit(glue, origins, [(START, QUOTAS, MOST)])
