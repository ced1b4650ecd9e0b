"""Events for EventBridge: which, when, and in which shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds

MakeJob = Callable[..., str]


@pytest.fixture
def told(glue_runs: GlueRuns) -> Callable[[], list[tuple[str, str, str]]]:
    """Time of the day, state and kind of each event so far."""
    kinds = {"Glue Job State Change": "change", "Glue Job Run Status": "delay"}

    def tell() -> list[tuple[str, str, str]]:
        return [
            (event["time"][11:19], event["detail"]["state"], kinds[event["detail-type"]])
            for event in glue_runs.events
        ]

    return tell


@pytest.mark.parametrize(
    ("plan", "time", "severity", "state", "message"),
    [
        (succeeds(after="30s"), "12:00:34", "INFO", "SUCCEEDED", "Job run succeeded"),
        (
            fails("Out of memory", after="30s"),
            "12:00:34",
            "ERROR",
            "FAILED",
            "JobName:nightly and JobRunId:{run} failed to execute with exception Out of memory",
        ),
        (
            fails(after="30s"),
            "12:00:34",
            "ERROR",
            "FAILED",
            "JobName:nightly and JobRunId:{run} failed to execute",
        ),
        (hangs(), "12:03:04", "WARN", "TIMEOUT", "Job run timed out"),
    ],
    ids=["SUCCEEDED", "FAILED", "FAILED without words", "TIMEOUT"],
)
def test_shape_of_a_state_change(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    plan: Plan,
    time: str,
    severity: str,
    state: str,
    message: str,
) -> None:
    """The end of a run is an event, member for member as AWS has it."""
    glue_runs.plan(make_job(Timeout=3), plan)
    run_id = start()
    glue_runs.settle()
    (event,) = glue_runs.events
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event["id"])
    assert event == {
        "version": "0",
        "id": event["id"],
        "detail-type": "Glue Job State Change",
        "source": "aws.glue",
        "account": "123456789012",
        "time": f"2026-01-01T{time}Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "jobName": "nightly",
            "severity": severity,
            "state": state,
            "jobRunId": run_id,
            "message": message.format(run=run_id),
        },
    }


def test_stop_is_a_state_change(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """STOPPED is told when it is so, and not when it is asked for."""
    make_job()
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[start()])
    glue_runs.settle()
    assert told() == [("12:00:10", "STOPPED", "change")]
    detail = glue_runs.events[0]["detail"]
    assert (detail["severity"], detail["message"]) == ("INFO", "Job run stopped")


def test_shape_of_a_delay(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run that takes longer than NotifyDelayAfter is an event, member for member."""
    glue_runs.plan(make_job(NotificationProperty={"NotifyDelayAfter": 1}), hangs())
    run_id = start()
    glue_runs.tick("1h")
    (event,) = glue_runs.events
    assert event == {
        "version": "0",
        "id": event["id"],
        "detail-type": "Glue Job Run Status",
        "source": "aws.glue",
        "account": "123456789012",
        "time": "2026-01-01T12:01:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "jobName": "nightly",
            "severity": "INFO",
            "notificationCondition": {"NotifyDelayAfter": 1.0},
            "state": "RUNNING",
            "jobRunId": run_id,
            "message": "Job is in RUNNING state",
            "startedOn": "2026-01-01T12:00:00.000Z",
        },
    }


def test_delay_is_told_once_for_each_state(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """STARTING, RUNNING and STOPPING are told of, each once, from the threshold on."""
    make_job(NotificationProperty={"NotifyDelayAfter": 2})
    glue_runs.plan("nightly", hangs(startup="3m"))
    run_id = start()
    glue_runs.tick("10m")
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
    glue_runs.tick("10m")
    assert told() == [
        ("12:02:00", "STARTING", "delay"),
        ("12:03:00", "RUNNING", "delay"),
        ("12:10:00", "STOPPING", "delay"),
        ("12:10:10", "STOPPED", "change"),
    ]


def test_state_that_begins_at_the_threshold_is_told_once(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """A run that has waited for just as long, and is STARTING then, is told of once."""
    make_job(JobRunQueuingEnabled=True, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", succeeds(startup=0, after="130s"), hangs(startup="1s"))
    start()
    glue_runs.tick(10)
    start(NotificationProperty={"NotifyDelayAfter": 2})
    glue_runs.tick("1h")
    assert told() == [
        ("12:02:10", "SUCCEEDED", "change"),
        ("12:02:10", "STARTING", "delay"),
        ("12:02:11", "RUNNING", "delay"),
    ]


def test_run_that_is_fast_enough_is_not_told(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """A run that ends before the threshold has its end alone."""
    make_job(NotificationProperty={"NotifyDelayAfter": 2})
    start()
    glue_runs.tick("1h")
    assert told() == [("12:01:04", "SUCCEEDED", "change")]


def test_settle_does_not_wait_for_a_delay_that_will_not_be(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    """When the run has ended nothing more is due, though its threshold is hours away."""
    make_job(NotificationProperty={"NotifyDelayAfter": 600})
    start()
    glue_runs.settle()
    assert glue_runs.now == noon + timedelta(seconds=64)


def test_no_threshold_no_notice(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """Without NotifyDelayAfter no run takes too long."""
    glue_runs.plan(make_job(NotificationProperty={}), hangs())
    start()
    glue_runs.tick("1d")
    assert told() == []


def test_threshold_of_the_run_holds(
    glue_runs: GlueRuns, start: Any, shown: Any, make_job: MakeJob, told: Any
) -> None:
    """NotificationProperty of StartJobRun takes the place of the job's, and is shown."""
    glue_runs.plan(make_job(NotificationProperty={"NotifyDelayAfter": 1}), hangs())
    run_id = start(NotificationProperty={"NotifyDelayAfter": 5})
    glue_runs.tick("1h")
    assert told() == [("12:05:00", "RUNNING", "delay")]
    assert shown(run_id)["NotificationProperty"] == {"NotifyDelayAfter": 5}


def test_waiting_run_is_not_told(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """WAITING has no event; once it is STARTING, it is late already."""
    make_job(
        JobRunQueuingEnabled=True,
        NotificationProperty={"NotifyDelayAfter": 2},
        ExecutionProperty={"MaxConcurrentRuns": 1},
    )
    glue_runs.plan("nightly", hangs(startup=0))
    glue_runs.quotas.max_concurrent_runs = 0
    start()
    glue_runs.tick("5m")
    assert told() == []
    glue_runs.quotas.max_concurrent_runs = 1
    assert told() == [("12:05:00", "STARTING", "delay"), ("12:05:00", "RUNNING", "delay")]


def test_expired_run_is_not_told(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """AWS documents no event of a restart."""
    start(make_job(command="gluestreaming"))
    glue_runs.tick("8d")
    assert told() == []


def test_each_attempt_is_told(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, told: Any
) -> None:
    """Attempts that come by themselves have events as first runs have."""
    glue_runs.plan(make_job(MaxRetries=1), fails(after="6s"), succeeds(after="6s"))
    start()
    glue_runs.settle()
    assert told() == [("12:00:10", "FAILED", "change"), ("12:00:50", "SUCCEEDED", "change")]


def test_events_have_ids_of_their_own(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """No two events have the same id."""
    make_job(NotificationProperty={"NotifyDelayAfter": 1})
    start(), start()
    glue_runs.settle()
    ids = [event["id"] for event in glue_runs.events]
    assert len(set(ids)) == len(ids) == 4


def test_event_names_account_and_region(
    glue_runs: GlueRuns, glue_in: Callable[[str], Any], make_job: MakeJob
) -> None:
    """An event is of the region that its run is in."""
    make_job(region="eu-west-1")
    glue_in("eu-west-1").start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [(event["account"], event["region"]) for event in glue_runs.events] == [
        ("123456789012", "eu-west-1")
    ]


def test_reading_events_moves_nothing_on(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob, told: Any
) -> None:
    """An event is there when its time has come, and not before."""
    make_job()
    start()
    glue_runs.tick(63)
    before = told()
    glue_runs.tick(1)
    assert (before, told()) == ([], [("12:01:04", "SUCCEEDED", "change")])


def test_reset_forgets_events(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """After reset() there are none."""
    make_job()
    start()
    glue_runs.settle()
    glue_runs.reset()
    assert glue_runs.events == ()


@pytest.mark.parametrize("minutes", [1, 2880, 10_080])
def test_any_threshold_is_accepted(ask: Callable[..., str], operation: str, minutes: int) -> None:
    """NotifyDelayAfter may be longer than the Timeout, as AWS was seen to accept."""
    given = {"NotificationProperty": {"NotifyDelayAfter": minutes}}
    assert ask(operation, Timeout=1, **given) == ""
