"""JobRun: what a test sees of a run."""

from __future__ import annotations

import datetime
import re
from dataclasses import FrozenInstanceError
from datetime import timedelta, timezone
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobRun, fails

BEGIN = datetime.datetime(2026, 1, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.glue_runs(start_at="2026-01-01")


@pytest.fixture
def run(glue_runs: GlueRuns, glue: Any) -> JobRun:
    """A run that will fail, and be tried again."""
    glue_runs.add_job(
        "nightly",
        MaxRetries=1,
        DefaultArguments={"--day": "default", "--mode": "full"},
        NonOverridableArguments={"--safe": "yes"},
    )
    glue_runs.plan("nightly", fails("Out of memory"))
    arguments = {"--day": "2026-01-01", "--safe": "no"}
    started = glue.start_job_run(JobName="nightly", Arguments=arguments)
    found = glue_runs.run(started["JobRunId"])
    glue_runs.settle()
    glue_runs.move_to(BEGIN)
    return found


@pytest.fixture
def retry(glue_runs: GlueRuns, run: JobRun) -> JobRun:
    """Its second try."""
    return glue_runs.runs()[1]


@pytest.fixture
def fresh(glue_runs: GlueRuns, glue: Any) -> JobRun:
    """A run that has just started."""
    return glue_runs.run(glue.start_job_run(JobName=glue_runs.add_job("hourly"))["JobRunId"])


def test_the_id_has_the_form_of_glues(run: JobRun) -> None:
    assert re.fullmatch("jr_[0-9a-f]{64}", run.id)


def test_the_id_of_a_retry_names_its_attempt(run: JobRun, retry: JobRun) -> None:
    assert retry.id == f"{run.id}_attempt_1"


def test_a_run_has_the_name_region_and_account_of_its_job(run: JobRun) -> None:
    assert (run.job_name, run.region, run.account_id) == ("nightly", "us-east-1", "123456789012")


def test_the_state_is_that_at_the_time_of_the_clock(glue_runs: GlueRuns, fresh: JobRun) -> None:
    seen = [(fresh.state, fresh.ended)]
    for span in ("4s", "1m"):
        glue_runs.tick(span)
        seen.append((fresh.state, fresh.ended))
    assert seen == [("STARTING", False), ("RUNNING", False), ("SUCCEEDED", True)]


def test_attempts_are_counted_from_zero(run: JobRun, retry: JobRun) -> None:
    assert (run.attempt, retry.attempt) == (0, 1)


def test_a_retry_has_the_id_of_the_run_before_it(run: JobRun, retry: JobRun) -> None:
    assert (run.previous_run_id, retry.previous_run_id) == (None, run.id)


def test_arguments_are_those_of_start_job_run(run: JobRun) -> None:
    assert run.arguments == {"--day": "2026-01-01", "--safe": "no"}


def test_arguments_are_empty_without_any(fresh: JobRun) -> None:
    assert fresh.arguments == {}


def test_resolved_arguments_are_those_of_the_script(run: JobRun) -> None:
    """The run's override the job's, and non-overridable ones override both."""
    expected = {"--day": "2026-01-01", "--mode": "full", "--safe": "yes"}
    assert run.resolved_arguments == expected


def test_arguments_are_copies(run: JobRun) -> None:
    run.arguments.clear()
    run.resolved_arguments.clear()
    assert (len(run.arguments), len(run.resolved_arguments)) == (2, 3)


def test_the_history_has_each_state_with_time_and_detail(run: JobRun) -> None:
    assert run.history == (
        (BEGIN, "STARTING", None),
        (BEGIN + timedelta(seconds=4), "RUNNING", None),
        (BEGIN + timedelta(seconds=64), "FAILED", "Out of memory"),
    )


def test_started_on_is_when_the_run_was_accepted(fresh: JobRun) -> None:
    assert fresh.started_on == BEGIN


def test_completed_on_is_none_until_the_end(glue_runs: GlueRuns, fresh: JobRun) -> None:
    """It does not depend on when it is read."""
    assert fresh.completed_on is None
    glue_runs.tick("1h")
    assert fresh.completed_on == BEGIN + timedelta(seconds=64)


def test_execution_time_counts_running_only(glue_runs: GlueRuns, fresh: JobRun) -> None:
    seen = [fresh.execution_time]
    for span in ("3.9s", "1.5s", "1h"):
        glue_runs.tick(span)
        seen.append(fresh.execution_time)
    assert seen == [0, 0, 1, 60]


def test_the_error_message_is_none_for_a_run_that_succeeded(run: JobRun, retry: JobRun) -> None:
    assert (run.error_message, retry.error_message) == ("Out of memory", None)


def test_as_dict_is_what_get_job_run_returns(glue: Any, run: JobRun) -> None:
    shown = glue.get_job_run(JobName="nightly", RunId=run.id)["JobRun"]
    assert run.as_dict() == shown


def test_two_objects_of_one_run_are_equal_and_have_one_hash(
    glue_runs: GlueRuns, run: JobRun, retry: JobRun
) -> None:
    again = glue_runs.run(run.id)
    assert (again == run, hash(again) == hash(run), again is run) == (True, True, False)
    assert {again, run, retry} == {run, retry}


@pytest.mark.parametrize("other", [None, "jr_", 5])
def test_a_run_equals_no_other_type(fresh: JobRun, other: object) -> None:
    assert fresh != other


def test_the_repr_names_job_id_and_state(fresh: JobRun) -> None:
    assert repr(fresh) == f"<JobRun hourly {fresh.id} STARTING>"


def test_a_run_cannot_be_changed(fresh: JobRun) -> None:
    attributes: Any = fresh
    with pytest.raises(AttributeError):
        attributes.state = "SUCCEEDED"


def test_a_snapshot_does_not_change_with_the_clock(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly")
    run = glue_runs.run(glue.start_job_run(JobName="nightly")["JobRunId"])
    before = run.snapshot()
    assert (before, before.state) == (run.snapshot(), "STARTING")
    glue_runs.settle()
    assert before.state == "STARTING"
    after = run.snapshot()
    assert after != before
    assert (after.id, after.job_name, after.history) == (run.id, run.job_name, run.history)
    assert repr(after) == f"<RunSnapshot {run.job_name} {run.id} SUCCEEDED>"
    with pytest.raises(FrozenInstanceError):
        after.state = "FAILED"  # type: ignore[misc]


def test_pytest_shows_what_differs_between_snapshots(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3

        def test(glue_runs):
            glue_runs.add_job("nightly")
            glue = boto3.client("glue", region_name="us-east-1")
            run = glue_runs.run(glue.start_job_run(JobName="nightly")["JobRunId"])
            before = run.snapshot()
            glue_runs.settle()
            assert run.snapshot() == before
        """
    )
    result = pytester.runpytest("-p", "no:asyncio")
    result.stdout.fnmatch_lines(
        ["E * Differing attributes:", "E *'state', 'completed_on', 'execution_time', 'history'*"]
    )
