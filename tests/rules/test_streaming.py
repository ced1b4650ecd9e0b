"""Streaming runs go on and on: they are restarted after 7 days, or in their maintenance window."""

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
    """Those of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


def test_streaming_run_goes_on_by_itself(glue_runs: GlueRuns, start: Any, stream: str) -> None:
    """Without a plan it does not end."""
    start()
    glue_runs.tick("6d23h59m")
    assert states(glue_runs) == ["RUNNING"]


def test_streaming_run_is_restarted_after_a_week(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, stream: str
) -> None:
    """After 7 days it is EXPIRED, and another goes on for it."""
    first = start()
    glue_runs.tick("8d")
    old, new = shown(first), shown(f"{first}_restart_1")
    assert (old["JobRunState"], old["CompletedOn"]) == ("EXPIRED", noon + WEEK)
    assert (new["JobRunState"], new["StartedOn"]) == ("RUNNING", noon + WEEK)
    assert (new["PreviousRunId"], new["Attempt"]) == (first, 0)


def test_restarts_are_counted(glue_runs: GlueRuns, start: Any, stream: str) -> None:
    """Each restart has the next number behind the id of the first run."""
    first = start()
    glue_runs.tick("22d")
    ids = [run.id for run in glue_runs.runs()]
    assert ids == [first, *(f"{first}_restart_{number}" for number in (1, 2, 3))]


def test_restart_has_what_the_run_had(
    glue_runs: GlueRuns, start: Any, shown: Shown, stream: str
) -> None:
    """Arguments and workers are those of the run that it goes on for."""
    first = start(Arguments={"--a": "1"}, WorkerType="G.025X", NumberOfWorkers=4)
    glue_runs.tick("8d")
    run = shown(f"{first}_restart_1")
    assert (run["Arguments"], run["WorkerType"], run["NumberOfWorkers"]) == (
        {"--a": "1"},
        "G.025X",
        4,
    )


def test_plan_goes_on_over_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    """A run that ends after ten days in RUNNING ends so, the restart between."""
    glue_runs.plan(stream, succeeds(startup=0, after="10d"))
    start()
    glue_runs.settle()
    assert [(run.state, run.completed_on) for run in glue_runs.runs()] == [
        ("EXPIRED", noon + WEEK),
        ("SUCCEEDED", noon + timedelta(days=10)),
    ]


@pytest.mark.glue_runs(duration="10d", startup=0)
def test_setting_goes_on_over_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    """A plan without a time has the setting's duration in all."""
    glue_runs.plan(stream, succeeds())
    start()
    glue_runs.settle()
    assert glue_runs.runs()[-1].completed_on == noon + timedelta(days=10)


def test_settle_does_not_wait_for_what_has_no_end(
    glue_runs: GlueRuns, noon: datetime, start: Any, stream: str
) -> None:
    """settle() comes back, though a stream is restarted for ever."""
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
@pytest.mark.parametrize("more", [{}, {"Timeout": 10_080}], ids=["endless", "a week"])
def test_maintenance_window(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    window: str,
    restarted: datetime,
    more: dict[str, int],
) -> None:
    """With one, the restart is when it is next open after 7 days, for 3 hours each time; the test
    began on a Thursday."""
    run = glue_runs.run(start(make_job(command="gluestreaming", MaintenanceWindow=window, **more)))
    glue_runs.tick("15d")
    assert (run.state, run.completed_on) == ("EXPIRED", restarted)


def test_maintenance_window_is_open_past_midnight(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """One of Sat:23 lets a run restart at 1 o'clock on Sunday."""
    sunday = datetime(2026, 1, 4, 1, tzinfo=timezone.utc)
    make_job(command="gluestreaming", MaintenanceWindow="Sat:23")
    glue_runs.move_to(sunday)
    run = glue_runs.run(start())
    glue_runs.tick("15d")
    assert (run.state, run.completed_on) == ("EXPIRED", sunday + WEEK)


def test_timeout_of_a_week_is_a_restart(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    """A Timeout of 7 days restarts a streaming run as none does."""
    make_job(command="gluestreaming", Timeout=10_080)
    run = glue_runs.run(start())
    glue_runs.tick("8d")
    assert (run.state, run.completed_on) == ("EXPIRED", noon + WEEK)


def test_shorter_timeout_is_a_timeout(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """Below 7 days there is no restart, maintenance window or not."""
    make_job(command="gluestreaming", Timeout=10_079, MaintenanceWindow="Sun:10")
    start()
    glue_runs.tick("30d")
    assert states(glue_runs) == ["TIMEOUT"]


def test_old_streaming_job_is_restarted(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A job from before the limit, of 20 days, has 7, and then the restart."""
    make_job(command="gluestreaming", Timeout=28_800)
    start()
    glue_runs.tick("8d")
    assert states(glue_runs) == ["EXPIRED", "RUNNING"]


def test_batch_job_has_no_window(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A maintenance window restarts streaming runs only."""
    glue_runs.plan(make_job(MaintenanceWindow="Fri:0", Timeout=10_080), hangs())
    start()
    glue_runs.settle()
    assert states(glue_runs) == ["TIMEOUT"]


@pytest.mark.parametrize("window", ["Sunday:10", "Sun:24", "Sun:-1", "10", "sun:10"])
def test_window_that_is_none(ask: Callable[..., str], window: str) -> None:
    """The model says how a window is written."""
    asked = ask("CreateJob", "gluestreaming", MaintenanceWindow=window)
    assert asked.startswith(
        f"ValidationException: 1 validation error detected: Value '{window}' at "
        "'maintenanceWindow' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: "
    )


def test_week_begins_when_the_wait_is_over(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    """A run that has waited for ten days has its week before it."""
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
    ("more", "states_"), [({}, ["RUNNING"]), ({"Timeout": 10_080}, ["TIMEOUT"])]
)
def test_start_up_longer_than_a_week(
    glue_runs: GlueRuns, start: Any, stream: str, more: dict[str, int], states_: list[str]
) -> None:
    """A run whose restart is over before it is RUNNING is not restarted."""
    glue_runs.plan(stream, hangs(startup="8d"))
    start(**more)
    glue_runs.tick("30d")
    assert states(glue_runs) == states_


@pytest.mark.glue_runs(start_at="9999-12-30")
def test_end_of_all_time_is_before_the_restart(
    glue_runs: GlueRuns, start: Any, stream: str
) -> None:
    """A run of the last week that dates know is not restarted."""
    start()
    glue_runs.tick("1d")
    assert states(glue_runs) == ["RUNNING"]


def test_stopped_stream_is_not_restarted(
    client: Any, glue_runs: GlueRuns, start: Any, stream: str
) -> None:
    """A run that is STOPPED stays so."""
    run_id = start()
    glue_runs.tick("1d")
    client.batch_stop_job_run(JobName=stream, JobRunIds=[run_id])
    glue_runs.tick("30d")
    assert states(glue_runs) == ["STOPPED"]


def test_restart_uses_up_no_retry(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run that fails after its restart is tried again, and restarts are counted anew."""
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


def test_restart_keeps_its_place(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run that waits does not take the place of one that is restarted."""
    one = {"MaxConcurrentRuns": 1}
    make_job(command="gluestreaming", JobRunQueuingEnabled=True, ExecutionProperty=one)
    start(), start()
    glue_runs.tick("8d")
    assert states(glue_runs) == ["EXPIRED", "WAITING", "RUNNING"]


def test_restart_that_finds_no_place_lets_others_in(
    client: Any, glue_runs: GlueRuns, start: Any, stream: str, make_job: MakeJob
) -> None:
    """Where its job may have no runs any more, a restart FAILED, and who waits starts."""
    glue_runs.quotas.max_concurrent_runs = 1
    start()
    start(make_job("other", JobRunQueuingEnabled=True))
    none = {"MaxConcurrentRuns": 0}
    update = {"Role": "r", "Command": {"Name": "gluestreaming"}, "ExecutionProperty": none}
    client.update_job(JobName=stream, JobUpdate=update)
    glue_runs.tick("7d")
    assert [(run.state, run.error_message) for run in glue_runs.runs()] == [
        ("EXPIRED", None),
        ("STARTING", None),
        ("FAILED", "Max concurrent runs exceeded"),
    ]


def test_expired_run_shows_no_error(
    glue_runs: GlueRuns, start: Any, shown: Shown, stream: str
) -> None:
    """EXPIRED has its time, and no ErrorMessage."""
    run_id = start()
    glue_runs.tick("8d")
    run = shown(run_id)
    assert run["ExecutionTime"] == WEEK.total_seconds() - 4
    assert "ErrorMessage" not in run
