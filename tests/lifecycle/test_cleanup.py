"""A run that has ended counts against the limits until its cleanup is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, mock_glue_runs, succeeds


def test_a_start_during_the_cleanup_is_rejected(glue_runs: GlueRuns, client: Any, job: str) -> None:
    client.start_job_run(JobName=job)
    glue_runs.tick("1m8s")
    assert glue_runs.runs(job)[0].state == "SUCCEEDED"
    with pytest.raises(
        client.exceptions.ConcurrentRunsExceededException, match="Concurrent runs exceeded for"
    ):
        client.start_job_run(JobName=job)
    glue_runs.tick("1s")
    client.start_job_run(JobName=job)


def test_a_queued_run_starts_when_the_cleanup_is_over(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("queued", JobRunQueuingEnabled=True)
    for _ in range(2):
        client.start_job_run(JobName="queued")
    glue_runs.settle()
    first, second = glue_runs.runs("queued")
    assert first.completed_on is not None
    assert second.history[1].at - first.completed_on == timedelta(seconds=5)


@pytest.mark.parametrize(
    "plan",
    [succeeds(cleanup="30s"), fails(cleanup="30s"), fails(during="STARTING", cleanup="30s")],
    ids=str,
)
def test_a_plan_decides_the_cleanup_of_its_run(
    glue_runs: GlueRuns, client: Any, job: str, plan: Any
) -> None:
    glue_runs.plan(job, plan)
    client.start_job_run(JobName=job)
    begin = glue_runs.now
    glue_runs.settle()
    (run,) = glue_runs.runs(job)
    assert run.completed_on is not None
    assert glue_runs.now == run.completed_on + timedelta(seconds=30)
    assert glue_runs.now > begin


@pytest.mark.glue_runs(cleanup=0)
def test_without_cleanup_the_next_run_starts_at_once(
    glue_runs: GlueRuns, client: Any, job: str
) -> None:
    client.start_job_run(JobName=job)
    glue_runs.tick("1m4s")
    client.start_job_run(JobName=job)


def test_a_run_stopped_while_it_waits_has_no_cleanup(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("queued", JobRunQueuingEnabled=True)
    client.start_job_run(JobName="queued")
    waiting = client.start_job_run(JobName="queued")["JobRunId"]
    client.batch_stop_job_run(JobName="queued", JobRunIds=[waiting])
    begin = glue_runs.now
    glue_runs.settle()
    assert glue_runs.now - begin == timedelta(seconds=64 + 5)


def test_a_retry_during_a_long_cleanup_exceeds_the_limit(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("retried", MaxRetries=1)
    glue_runs.plan("retried", fails(cleanup="40s"))
    client.start_job_run(JobName="retried")
    glue_runs.settle()
    second = glue_runs.runs("retried")[1]
    assert (second.state, second.error_message) == ("FAILED", "Max concurrent runs exceeded")


def test_a_clock_that_goes_back_during_the_cleanup_keeps_the_slot(client: Any) -> None:
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        glue_runs.add_job("nightly")
        client.start_job_run(JobName="nightly")
        glue_runs.tick("1m5s")
        assert glue_runs.runs("nightly")[0].ended
        glue_runs.move_to("2025-01-01")
        with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
            client.start_job_run(JobName="nightly")


def test_the_report_says_until_when_a_run_counts(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3

        def test_it(glue_runs):
            glue_runs.add_job("nightly")
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="nightly")
            glue_runs.tick("1m5s")
            assert glue_runs.runs("nightly")[0].state == "FAILED"
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.stdout.fnmatch_lines(
        ["  * nightly jr_23de48ba…: no longer counts against the limits (in 4s)"]
    )


def test_hangs_takes_a_cleanup(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("short", Timeout=1)
    glue_runs.plan("short", hangs(cleanup="20s"))
    client.start_job_run(JobName="short")
    begin = glue_runs.now
    glue_runs.settle()
    assert glue_runs.now - begin == timedelta(seconds=4 + 60 + 20)


def test_a_cleanup_that_is_no_duration_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^succeeds\(cleanup=\.\.\.\): 'soon' is not a duration"):
        succeeds(cleanup="soon")
