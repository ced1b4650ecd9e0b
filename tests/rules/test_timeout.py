"""Timeout: its limit, its defaults, and the end of a run that exceeds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, hangs, succeeds

GetRejection = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

TOO_LONG = "InvalidInputException: Timeout should be less than or equal to 10080 minutes."
RAY = "InvalidInputException: Timeout not supported for Ray jobs"


@pytest.mark.parametrize("command", ["glueetl", "gluestreaming", "pythonshell"])
def test_longest_timeout(rejection: GetRejection, operation: str, command: str) -> None:
    """The maximum is 7 days, 10080 minutes."""
    expected = {1: "", 10_079: "", 10_080: "", 10_081: TOO_LONG, 28_800: TOO_LONG}
    rejections = {minutes: rejection(operation, command, Timeout=minutes) for minutes in expected}
    assert rejections == expected


@pytest.mark.parametrize("minutes", [480, 10_081])
def test_ray_has_no_timeout(rejection: GetRejection, operation: str, minutes: int) -> None:
    assert rejection(operation, "glueray", Timeout=minutes) == RAY


@pytest.mark.parametrize(
    ("command", "version", "minutes"),
    [
        ("glueetl", "0.9", 2880),
        ("glueetl", "4.0", 2880),
        ("glueetl", "5.0", 480),
        ("glueetl", "5.1", 480),
        ("pythonshell", "3.0", 2880),
        ("glueray", "4.0", 480),
        ("gluestreaming", "4.0", None),
        ("gluestreaming", "5.0", None),
    ],
)
def test_default_timeout(
    start: Any,
    shown: Shown,
    make_job: Callable[..., str],
    command: str,
    version: str,
    minutes: int | None,
) -> None:
    """2880 minutes, 480 for Ray and from Glue 5.0 on, none for streaming."""
    make_job(command=command, GlueVersion=version)
    assert shown(start()).get("Timeout") == minutes


def test_default_timeout_without_a_version(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    make_job()
    assert shown(start())["Timeout"] == 2880


def test_run_overrides_the_timeout_of_its_job(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """Other runs have the job's Timeout."""
    make_job(Timeout=60)
    assert [shown(start(**more))["Timeout"] for more in ({"Timeout": 5}, {})] == [5, 60]


@pytest.mark.parametrize("more", [{}, {"Timeout": 2}])
def test_run_ends_at_its_timeout(
    glue_runs: GlueRuns,
    noon: datetime,
    start: Any,
    shown: Shown,
    make_job: Callable[..., str],
    more: dict[str, int],
) -> None:
    """TIMEOUT is reached that many minutes after RUNNING, and not a second earlier."""
    minutes = more.get("Timeout", 3)
    glue_runs.plan(make_job(Timeout=3), hangs(startup="10s"))
    run_id = start(**more)
    glue_runs.tick(10 + minutes * 60 - 1)
    assert shown(run_id)["JobRunState"] == "RUNNING"
    glue_runs.tick(1)
    run = shown(run_id)
    end = noon + timedelta(minutes=minutes, seconds=10)
    assert (run["JobRunState"], run["CompletedOn"], run["ExecutionTime"]) == (
        "TIMEOUT",
        end,
        minutes * 60,
    )


def test_waiting_does_not_count_towards_the_timeout(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: Callable[..., str]
) -> None:
    one = {"MaxConcurrentRuns": 1}
    make_job(ExecutionProperty=one, JobRunQueuingEnabled=True, Timeout=90)
    glue_runs.plan("nightly", succeeds(startup=0, after="1h"), hangs(startup=0))
    start()
    waited = glue_runs.run(start())
    glue_runs.settle()
    assert waited.completed_on == noon + timedelta(hours=1, minutes=90)


def test_timeout_is_not_retried(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    """MaxRetries applies to runs that FAILED."""
    glue_runs.plan(make_job(MaxRetries=3, Timeout=5), hangs())
    start()
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["TIMEOUT"]


def test_streaming_run_may_time_out(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    """A streaming run with a Timeout below 7 days is not restarted."""
    make_job(command="gluestreaming", Timeout=10_079)
    start()
    glue_runs.tick("8d")
    assert [(run.state, run.execution_time) for run in glue_runs.runs()] == [
        ("TIMEOUT", 10_079 * 60)
    ]


def test_add_job_accepts_a_timeout_over_the_limit(
    client: Any, make_job: Callable[..., str]
) -> None:
    """On AWS, such jobs exist from before the limit."""
    make_job(Timeout=28_800)
    assert client.get_job(JobName="nightly")["Job"]["Timeout"] == 28_800


def test_run_of_an_old_job_times_out_after_seven_days(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    glue_runs.plan(make_job(Timeout=28_800), hangs(startup=0))
    run_id = start()
    assert shown(run_id)["Timeout"] == 10_080
    glue_runs.settle()
    run = glue_runs.run(run_id)
    assert (run.state, run.completed_on) == ("TIMEOUT", noon + timedelta(days=7))


def test_run_of_an_old_job_cannot_request_more_than_the_limit(
    client: Any, make_job: Callable[..., str]
) -> None:
    make_job(Timeout=28_800)
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.start_job_run(JobName="nightly", Timeout=28_800)
    assert TOO_LONG.endswith(error.value.response["Error"]["Message"])


def test_update_of_an_old_job_cannot_request_more_than_the_limit(
    client: Any, make_job: Callable[..., str]
) -> None:
    """UpdateJob cannot keep the old value."""
    make_job(Timeout=28_800)
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "Timeout": 28_800}
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.update_job(JobName="nightly", JobUpdate=update)
    assert TOO_LONG.endswith(error.value.response["Error"]["Message"])


def test_run_of_an_old_job_may_request_less(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    make_job(Timeout=28_800)
    assert shown(start(Timeout=5))["Timeout"] == 5
