"""JobRun: what a test sees of a run."""

from __future__ import annotations

import datetime
import re
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
    """`jr_` and a hash."""
    assert re.fullmatch("jr_[0-9a-f]{64}", run.id)


def test_the_id_of_a_retry_names_its_attempt(run: JobRun, retry: JobRun) -> None:
    """After the id of the first."""
    assert retry.id == f"{run.id}_attempt_1"


def test_a_run_knows_where_it_is(run: JobRun) -> None:
    """Its job, region and account."""
    assert (run.job_name, run.region, run.account_id) == ("nightly", "us-east-1", "123456789012")


def test_the_state_is_read_from_the_clock(glue_runs: GlueRuns, fresh: JobRun) -> None:
    """Each look is a look at that moment."""
    seen = [(fresh.state, fresh.ended)]
    for span in ("4s", "1m"):
        glue_runs.tick(span)
        seen.append((fresh.state, fresh.ended))
    assert seen == [("STARTING", False), ("RUNNING", False), ("SUCCEEDED", True)]


def test_attempts_are_counted_from_zero(run: JobRun, retry: JobRun) -> None:
    """As Glue does it."""
    assert (run.attempt, retry.attempt) == (0, 1)


def test_a_retry_names_the_run_before_it(run: JobRun, retry: JobRun) -> None:
    """The first one has none."""
    assert (run.previous_run_id, retry.previous_run_id) == (None, run.id)


def test_arguments_are_those_that_were_sent(run: JobRun) -> None:
    """And no more."""
    assert run.arguments == {"--day": "2026-01-01", "--safe": "no"}


def test_without_arguments_there_are_none(fresh: JobRun) -> None:
    """An empty dict, which needs no check for None."""
    assert fresh.arguments == {}


def test_resolved_arguments_are_what_the_script_sees(run: JobRun) -> None:
    """The job's, under the run's, under those that no run may override."""
    expected = {"--day": "2026-01-01", "--mode": "full", "--safe": "yes"}
    assert run.resolved_arguments == expected


def test_changing_the_arguments_changes_no_run(run: JobRun) -> None:
    """They are copies."""
    run.arguments.clear()
    run.resolved_arguments.clear()
    assert (len(run.arguments), len(run.resolved_arguments)) == (2, 3)


def test_the_history_tells_each_step(run: JobRun) -> None:
    """When, what, and the detail that came with it."""
    assert run.history == (
        (BEGIN, "STARTING", None),
        (BEGIN + timedelta(seconds=4), "RUNNING", None),
        (BEGIN + timedelta(seconds=64), "FAILED", "Out of memory"),
    )


def test_started_on_is_when_the_run_was_accepted(fresh: JobRun) -> None:
    """Not when its script began."""
    assert fresh.started_on == BEGIN


def test_completed_on_is_none_until_the_end(glue_runs: GlueRuns, fresh: JobRun) -> None:
    """Then it is the time of the end, whenever that is looked at."""
    assert fresh.completed_on is None
    glue_runs.tick("1h")
    assert fresh.completed_on == BEGIN + timedelta(seconds=64)


def test_execution_time_counts_running_only(glue_runs: GlueRuns, fresh: JobRun) -> None:
    """From the end of the start-up, to the end of the run."""
    seen = [fresh.execution_time]
    for span in ("3.9s", "1.5s", "1h"):
        glue_runs.tick(span)
        seen.append(fresh.execution_time)
    assert seen == [0, 0, 1, 60]


def test_the_error_message_is_that_of_a_failure(run: JobRun, retry: JobRun) -> None:
    """A run that succeeded has none."""
    assert (run.error_message, retry.error_message) == ("Out of memory", None)


def test_as_dict_is_what_get_job_run_shows(glue: Any, run: JobRun) -> None:
    """With the same names and values; the times are aware."""
    shown = glue.get_job_run(JobName="nightly", RunId=run.id)["JobRun"]
    assert run.as_dict() == shown


def test_two_views_of_one_run_are_equal(glue_runs: GlueRuns, run: JobRun, retry: JobRun) -> None:
    """And have one hash, so that sets and dicts work."""
    again = glue_runs.run(run.id)
    assert (again == run, hash(again) == hash(run), again is run) == (True, True, False)
    assert {again, run, retry} == {run, retry}


@pytest.mark.parametrize("other", [None, "jr_", 5])
def test_a_run_equals_nothing_else(fresh: JobRun, other: object) -> None:
    """Not even its id."""
    assert fresh != other


def test_the_repr_names_job_id_and_state(fresh: JobRun) -> None:
    """What one wants to read where an assertion fails."""
    assert repr(fresh) == f"<JobRun hourly {fresh.id} STARTING>"


def test_a_run_cannot_be_changed(fresh: JobRun) -> None:
    """Only time and clients change it."""
    attributes: Any = fresh
    with pytest.raises(AttributeError):
        attributes.state = "SUCCEEDED"
