"""Streaming runs: restarts after 7 days and in maintenance windows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

WEEK = timedelta(days=7)


@pytest.fixture
def stream(make_job: MakeJob) -> str:
    """The name of a streaming job."""
    return make_job(command="gluestreaming")


def states(glue_runs: GlueRuns) -> list[str]:
    """Return the states of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


def test_streaming_run_has_no_end(glue_runs: GlueRuns, start: Any, stream: str) -> None:
    """Without a plan, it keeps running."""
    start()
    glue_runs.tick("6d23h59m")
    assert states(glue_runs) == ["RUNNING"]


def test_streaming_run_is_restarted_after_seven_days(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, stream: str
) -> None:
    """The run is EXPIRED, and a new one continues."""
    first = start()
    glue_runs.tick("8d")
    old, new = shown(first), shown(f"{first}_restart_1")
    assert (old["JobRunState"], old["CompletedOn"]) == ("EXPIRED", noon + WEEK)
    assert (new["JobRunState"], new["StartedOn"]) == ("RUNNING", noon + WEEK)
    assert (new["PreviousRunId"], new["Attempt"]) == (first, 0)


def test_restarts_are_numbered(glue_runs: GlueRuns, start: Any, stream: str) -> None:
    """The number follows the id of the first run."""
    first = start()
    glue_runs.tick("22d")
    ids = [run.id for run in glue_runs.runs()]
    assert ids == [first, *(f"{first}_restart_{number}" for number in (1, 2, 3))]


def test_restart_inherits_arguments_and_workers(
    glue_runs: GlueRuns, start: Any, shown: Shown, stream: str
) -> None:
    first = start(Arguments={"--a": "1"}, WorkerType="G.025X", NumberOfWorkers=4)
    glue_runs.tick("8d")
    run = shown(f"{first}_restart_1")
    assert (run["Arguments"], run["WorkerType"], run["NumberOfWorkers"]) == (
        {"--a": "1"},
        "G.025X",
        4,
    )


def test_plan_continues_after_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    """A run planned to succeed after ten days does so after its restart."""
    glue_runs.plan(stream, succeeds(startup=0, after="10d"))
    start()
    glue_runs.settle()
    assert [(run.state, run.completed_on) for run in glue_runs.runs()] == [
        ("EXPIRED", noon + WEEK),
        ("SUCCEEDED", noon + timedelta(days=10)),
    ]


@pytest.mark.glue_runs(duration="10d", startup=0)
def test_duration_setting_continues_after_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    """It is the total duration of a plan without a time."""
    glue_runs.plan(stream, succeeds())
    start()
    glue_runs.settle()
    assert glue_runs.runs()[-1].completed_on == noon + timedelta(days=10)


def test_settle_rejects_a_run_without_an_end(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    start()
    with pytest.raises(RuntimeError, match="never ends by itself"):
        glue_runs.settle()
    assert states(glue_runs) == ["RUNNING"]
    assert glue_runs.now == noon + timedelta(seconds=4)


@pytest.mark.parametrize(
    ("window", "restarted"),
    [
        ("Thu:12", datetime(2026, 1, 8, 12, tzinfo=timezone.utc)),
        ("Thu:13", datetime(2026, 1, 8, 13, tzinfo=timezone.utc)),
        ("Thu:11", datetime(2026, 1, 8, 12, tzinfo=timezone.utc)),
        ("Thu:10", datetime(2026, 1, 8, 12, tzinfo=timezone.utc)),
        ("Thu:9", datetime(2026, 1, 15, 9, tzinfo=timezone.utc)),
        ("Fri:0", datetime(2026, 1, 9, tzinfo=timezone.utc)),
        ("Sun:10", datetime(2026, 1, 11, 10, tzinfo=timezone.utc)),
        ("Mon:09", datetime(2026, 1, 12, 9, tzinfo=timezone.utc)),
        ("Tue:23", datetime(2026, 1, 13, 23, tzinfo=timezone.utc)),
        ("Wed:7", datetime(2026, 1, 14, 7, tzinfo=timezone.utc)),
        ("Sat:20", datetime(2026, 1, 10, 20, tzinfo=timezone.utc)),
    ],
)
@pytest.mark.parametrize("members", [{}, {"Timeout": 10_080}], ids=["no Timeout", "7 days"])
def test_maintenance_window(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    window: str,
    restarted: datetime,
    members: dict[str, int],
) -> None:
    """The restart is at the first moment after 7 days at which the window is open.

    A window is open for 3 hours. The test starts on a Thursday.
    """
    make_job(command="gluestreaming", MaintenanceWindow=window, **members)
    run = glue_runs.run(start())
    glue_runs.tick("15d")
    assert (run.state, run.completed_on) == ("EXPIRED", restarted)


def test_maintenance_window_may_end_on_the_next_day(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """The window Sat:23 is still open at 1:00 on Sunday."""
    sunday = datetime(2026, 1, 4, 1, tzinfo=timezone.utc)
    make_job(command="gluestreaming", MaintenanceWindow="Sat:23")
    glue_runs.move_to(sunday)
    run = glue_runs.run(start())
    glue_runs.tick("15d")
    assert (run.state, run.completed_on) == ("EXPIRED", sunday + WEEK)


def test_timeout_of_seven_days_is_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    """The run is restarted like one without a Timeout."""
    make_job(command="gluestreaming", Timeout=10_080)
    run = glue_runs.run(start())
    glue_runs.tick("8d")
    assert (run.state, run.completed_on) == ("EXPIRED", noon + WEEK)


def test_shorter_timeout_ends_the_run(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """It is not restarted, even with a maintenance window."""
    make_job(command="gluestreaming", Timeout=10_079, MaintenanceWindow="Sun:10")
    start()
    glue_runs.tick("30d")
    assert states(glue_runs) == ["TIMEOUT"]


def test_old_streaming_job_is_restarted(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """Its Timeout of 20 days is from before the limit; 7 days apply."""
    make_job(command="gluestreaming", Timeout=28_800)
    start()
    glue_runs.tick("8d")
    assert states(glue_runs) == ["EXPIRED", "RUNNING"]


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("command", ["glueetl", "pythonshell", "glueray"])
def test_maintenance_window_requires_a_streaming_job(
    rejection: Callable[..., str], operation: str, command: str
) -> None:
    assert rejection(operation, command, MaintenanceWindow="Fri:0") == (
        "InvalidInputException: Maintenance window should be provided only for glue streaming jobs"
    )


@pytest.mark.parametrize("window", ["Sunday:10", "Sun:24", "Sun:-1", "10", "sun:10"])
def test_malformed_maintenance_window(rejection: Callable[..., str], window: str) -> None:
    """The model has the pattern."""
    error = rejection("CreateJob", "gluestreaming", MaintenanceWindow=window)
    assert error.startswith(
        f"ValidationException: 1 validation error detected: Value '{window}' at "
        "'maintenanceWindow' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: "
    )


def test_waiting_does_not_count_towards_the_seven_days(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    make_job(
        command="gluestreaming",
        JobRunQueuingEnabled=True,
        ExecutionProperty={"MaxConcurrentRuns": 1},
    )
    glue_runs.plan("nightly", succeeds(startup=0, after="6d"), succeeds(startup=0, after="4d"))
    start(), start()
    waited = glue_runs.run(start())
    glue_runs.tick("30d")
    assert (waited.state, waited.completed_on) == ("EXPIRED", noon + timedelta(days=17))


@pytest.mark.parametrize(
    ("members", "expected"), [({}, ["RUNNING"]), ({"Timeout": 10_080}, ["TIMEOUT"])]
)
def test_start_up_longer_than_seven_days(
    glue_runs: GlueRuns, start: Any, stream: str, members: dict[str, int], expected: list[str]
) -> None:
    """A run that is not yet RUNNING when its restart is due is not restarted."""
    glue_runs.plan(stream, hangs(startup="8d"))
    start(**members)
    glue_runs.tick("30d")
    assert states(glue_runs) == expected


@pytest.mark.glue_runs(start_at="9999-12-30")
def test_restart_after_the_latest_date(glue_runs: GlueRuns, start: Any, stream: str) -> None:
    """A run whose restart would be after the year 9999 is not restarted."""
    start()
    glue_runs.tick("1d")
    assert states(glue_runs) == ["RUNNING"]


def test_stopped_stream_is_not_restarted(
    client: Any, glue_runs: GlueRuns, start: Any, stream: str
) -> None:
    run_id = start()
    glue_runs.tick("1d")
    client.batch_stop_job_run(JobName=stream, JobRunIds=[run_id])
    glue_runs.tick("30d")
    assert states(glue_runs) == ["STOPPED"]


def test_restart_does_not_use_a_retry(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run that fails after its restart is retried, and restarts are numbered from 1 again."""
    make_job(command="gluestreaming", MaxRetries=1)
    glue_runs.plan("nightly", fails(after="8d"), hangs())
    first = start()
    glue_runs.tick("16d")
    assert [(run.id.removeprefix(first), run.attempt, run.state) for run in glue_runs.runs()] == [
        ("", 0, "EXPIRED"),
        ("_restart_1", 0, "FAILED"),
        ("_attempt_1", 1, "EXPIRED"),
        ("_attempt_1_restart_1", 1, "RUNNING"),
    ]


def test_restart_keeps_its_slot(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A queued run does not start instead of the restart."""
    one = {"MaxConcurrentRuns": 1}
    make_job(command="gluestreaming", JobRunQueuingEnabled=True, ExecutionProperty=one)
    start(), start()
    glue_runs.tick("8d")
    assert states(glue_runs) == ["EXPIRED", "WAITING", "RUNNING"]


def test_restart_over_a_limit_releases_its_capacity(
    client: Any, glue_runs: GlueRuns, start: Any, stream: str, make_job: MakeJob
) -> None:
    """The restart fails if its job has another run and may have only one; a queued run starts."""
    glue_runs.quotas.max_concurrent_runs = 2
    start()
    glue_runs.tick("1d")
    start()
    start(make_job("other", JobRunQueuingEnabled=True))
    one = {"MaxConcurrentRuns": 1}
    update = {"Role": "r", "Command": {"Name": "gluestreaming"}, "ExecutionProperty": one}
    client.update_job(JobName=stream, JobUpdate=update)
    glue_runs.tick("6d")
    assert [(run.state, run.error_message) for run in glue_runs.runs()] == [
        ("EXPIRED", None),
        ("RUNNING", None),
        ("STARTING", None),
        ("FAILED", "Max concurrent runs exceeded"),
    ]


def test_expired_run_shows_no_error(
    glue_runs: GlueRuns, start: Any, shown: Shown, stream: str
) -> None:
    run_id = start()
    glue_runs.tick("8d")
    run = shown(run_id)
    assert run["ExecutionTime"] == WEEK.total_seconds() - 4
    assert "ErrorMessage" not in run
