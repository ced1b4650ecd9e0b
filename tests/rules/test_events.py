"""EventBridge events: which are sent, when, and their content."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds

MakeJob = Callable[..., str]


@pytest.fixture
def sent(glue_runs: GlueRuns) -> Callable[[], list[tuple[str, str, str]]]:
    """Return a function that returns time of day, state and kind of each event so far."""
    kinds = {"Glue Job State Change": "change", "Glue Job Run Status": "delay"}

    def summaries() -> list[tuple[str, str, str]]:
        return [
            (event["time"][11:19], event["detail"]["state"], kinds[event["detail-type"]])
            for event in glue_runs.events
        ]

    return summaries


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
    ids=["SUCCEEDED", "FAILED", "FAILED without message", "TIMEOUT"],
)
def test_state_change_event(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    plan: Plan,
    time: str,
    severity: str,
    state: str,
    message: str,
) -> None:
    """The end of a run sends this event."""
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


def test_stop_sends_a_state_change(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """The event is sent when the run is STOPPED, not when the stop is requested."""
    make_job()
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[start()])
    glue_runs.settle()
    assert sent() == [("12:00:10", "STOPPED", "change")]
    detail = glue_runs.events[0]["detail"]
    assert (detail["severity"], detail["message"]) == ("INFO", "Job run stopped")


def test_delay_event(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """A run that takes longer than NotifyDelayAfter sends this event."""
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


def test_delay_is_sent_once_for_each_state(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """STARTING, RUNNING and STOPPING each send one event after the threshold."""
    make_job(NotificationProperty={"NotifyDelayAfter": 2})
    glue_runs.plan("nightly", hangs(startup="3m"))
    run_id = start()
    glue_runs.tick("10m")
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
    glue_runs.tick("10m")
    assert sent() == [
        ("12:02:00", "STARTING", "delay"),
        ("12:03:00", "RUNNING", "delay"),
        ("12:10:00", "STOPPING", "delay"),
        ("12:10:10", "STOPPED", "change"),
    ]


def test_state_that_begins_at_the_threshold_sends_one_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """The second run is STARTING after exactly two minutes of WAITING."""
    make_job(JobRunQueuingEnabled=True, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", succeeds(startup=0, after="130s"), hangs(startup="1s"))
    start()
    glue_runs.tick(10)
    start(NotificationProperty={"NotifyDelayAfter": 2})
    glue_runs.tick("1h")
    assert sent() == [
        ("12:02:10", "SUCCEEDED", "change"),
        ("12:02:10", "STARTING", "delay"),
        ("12:02:11", "RUNNING", "delay"),
    ]


def test_run_that_ends_before_the_threshold_sends_no_delay(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    make_job(NotificationProperty={"NotifyDelayAfter": 2})
    start()
    glue_runs.tick("1h")
    assert sent() == [("12:01:04", "SUCCEEDED", "change")]


def test_settle_does_not_wait_for_the_threshold_of_an_ended_run(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    make_job(NotificationProperty={"NotifyDelayAfter": 600})
    start()
    glue_runs.settle()
    assert glue_runs.now == noon + timedelta(seconds=64)


def test_no_delay_event_without_a_threshold(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    glue_runs.plan(make_job(NotificationProperty={}), hangs())
    start()
    glue_runs.tick("1d")
    assert sent() == []


def test_threshold_of_the_run_overrides_the_jobs(
    glue_runs: GlueRuns, start: Any, shown: Any, make_job: MakeJob, sent: Any
) -> None:
    glue_runs.plan(make_job(NotificationProperty={"NotifyDelayAfter": 1}), hangs())
    run_id = start(NotificationProperty={"NotifyDelayAfter": 5})
    glue_runs.tick("1h")
    assert sent() == [("12:05:00", "RUNNING", "delay")]
    assert shown(run_id)["NotificationProperty"] == {"NotifyDelayAfter": 5}


def test_waiting_run_sends_no_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """WAITING counts towards the threshold, so STARTING is past it."""
    make_job(
        JobRunQueuingEnabled=True,
        NotificationProperty={"NotifyDelayAfter": 2},
        ExecutionProperty={"MaxConcurrentRuns": 1},
    )
    glue_runs.plan("nightly", hangs(startup=0))
    glue_runs.quotas.max_concurrent_runs = 0
    start()
    glue_runs.tick("5m")
    assert sent() == []
    glue_runs.quotas.max_concurrent_runs = 1
    assert sent() == [("12:05:00", "STARTING", "delay"), ("12:05:00", "RUNNING", "delay")]


def test_expired_run_sends_no_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """AWS documents no event for a restart."""
    start(make_job(command="gluestreaming"))
    glue_runs.tick("8d")
    assert sent() == []


def test_each_attempt_sends_events(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, sent: Any
) -> None:
    glue_runs.plan(make_job(MaxRetries=1), fails(after="6s"), succeeds(after="6s"))
    start()
    glue_runs.settle()
    assert sent() == [("12:00:10", "FAILED", "change"), ("12:00:50", "SUCCEEDED", "change")]


def test_event_ids_are_unique(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    make_job(NotificationProperty={"NotifyDelayAfter": 1})
    start(), start()
    glue_runs.settle()
    ids = [event["id"] for event in glue_runs.events]
    assert len(set(ids)) == len(ids) == 4


def test_event_has_the_account_and_region_of_its_run(
    glue_runs: GlueRuns, client_in: Callable[[str], Any], make_job: MakeJob
) -> None:
    make_job(region="eu-west-1")
    client_in("eu-west-1").start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [(event["account"], event["region"]) for event in glue_runs.events] == [
        ("123456789012", "eu-west-1")
    ]


def test_event_appears_at_its_time(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob, sent: Any
) -> None:
    """Reading events does not advance the clock."""
    make_job()
    start()
    glue_runs.tick(63)
    before = sent()
    glue_runs.tick(1)
    assert (before, sent()) == ([], [("12:01:04", "SUCCEEDED", "change")])


def test_reset_clears_events(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    make_job()
    start()
    glue_runs.settle()
    glue_runs.reset()
    assert glue_runs.events == ()


@pytest.mark.parametrize("minutes", [1, 2880, 10_080])
def test_any_threshold_is_accepted(
    rejection: Callable[..., str], operation: str, minutes: int
) -> None:
    """NotifyDelayAfter may be longer than the Timeout, as observed on AWS."""
    given = {"NotificationProperty": {"NotifyDelayAfter": minutes}}
    assert rejection(operation, Timeout=1, **given) == ""
