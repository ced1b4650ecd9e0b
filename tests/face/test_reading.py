"""Reading runs and calls: by state, the last one, those of an operation."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, UnknownNameError, UnsettledError, fails


def test_runs_in_a_state(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 2})
    glue_runs.plan("nightly", fails())
    for _ in range(2):
        glue.start_job_run(JobName="nightly")
    failed, succeeded = glue_runs.settle()
    assert glue_runs.runs("nightly", state="FAILED") == [failed]
    assert glue_runs.runs(state="SUCCEEDED") == [succeeded]
    assert glue_runs.runs(state="RUNNING") == []
    assert glue_runs.last_run("nightly") == glue_runs.last_run() == succeeded


@pytest.mark.parametrize("wrong", ["failed", "FAILD"])
def test_a_wrong_state_is_an_error(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises(ValueError, match="not a state") as caught:
        glue_runs.runs(state=wrong)
    assert str(caught.value) == (
        f"runs(state={wrong!r}): that is not a state of a run. Did you mean 'FAILED'? "
        "Valid: STARTING, RUNNING, STOPPING, STOPPED, SUCCEEDED, FAILED, TIMEOUT, ERROR, WAITING, "
        "EXPIRED."
    )


def test_a_state_that_is_not_text_is_an_error(glue_runs: GlueRuns) -> None:
    wrong: Any = 5
    with pytest.raises(ValueError, match=r"runs\(state=5\): that is not a state of a run"):
        glue_runs.runs(state=wrong)


def test_there_is_no_last_run(glue_runs: GlueRuns) -> None:
    with pytest.raises(UnknownNameError) as caught:
        glue_runs.last_run()
    assert str(caught.value) == "last_run(): There are no runs."
    with pytest.raises(UnknownNameError) as caught:
        glue_runs.last_run(glue_runs.add_job("nightly"))
    assert str(caught.value) == "last_run(): nightly has no runs."


def test_calls_of_an_operation(glue_runs: GlueRuns, glue: Any) -> None:
    glue.list_jobs()
    glue.get_jobs()
    glue.list_jobs()
    assert len(glue_runs.calls_of("ListJobs")) == 2
    assert glue_runs.calls_of("GetJobs") == (glue_runs.calls[1],)
    with pytest.raises(ValueError, match=r"^calls_of\('ListJob'\): .* Did you mean 'ListJobs'\?"):
        glue_runs.calls_of("ListJob")


def test_the_report_shows_a_lost_response_and_who_holds_a_slot(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01", cleanup="20s")
        def test_it(glue_runs):
            glue_runs.add_job("nightly")
            glue = boto3.client("glue", region_name="us-east-1")
            glue_runs.lose_next_response("ListJobs")
            glue.list_jobs()
            glue.start_job_run(JobName="nightly")
            glue_runs.tick("70s")
            glue.start_job_run(JobName="nightly")
        """
    )
    result.stdout.fnmatch_lines(
        [
            "  2026-01-01 00:00:00  ListJobs * -> 1 JobNames (the response was lost)",
            (
                "  * StartJobRun nightly [[]us-east-1] -> ConcurrentRunsExceededException: "
                "Concurrent runs exceeded for nightly (runs that have ended still hold a slot: "
                "jr_*… until 2026-01-01 00:01:24*)"
            ),
        ]
    )


def test_the_report_names_no_run_that_is_still_active(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3

        def test_it(glue_runs):
            glue_runs.add_job("nightly")
            glue = boto3.client("glue", region_name="us-east-1")
            glue.start_job_run(JobName="nightly")
            glue.start_job_run(JobName="nightly")
        """
    )
    result.stdout.fnmatch_lines(["*Concurrent runs exceeded for nightly"])
    result.stdout.no_fnmatch_line("*still hold a slot*")


def test_settle_says_which_limit_to_raise(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", JobRunQueuingEnabled=True)
    glue_runs.quotas.max_concurrent_runs = 0
    glue.start_job_run(JobName="nightly")
    with pytest.raises(UnsettledError) as caught:
        glue_runs.settle()
    assert str(caught.value).splitlines()[-1] == (
        "Raise the limit that runs wait for, with glue_runs.quotas. Stop them, plan an end for "
        "them, or move the clock as far as the test needs it, with glue_runs.tick()."
    )
