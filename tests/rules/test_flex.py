"""ExecutionClass FLEX: which jobs support it, and how a FLEX run waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, hangs, succeeds

GetRejection = Callable[..., str]
MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

REJECTED = "InvalidInputException: Execution Class FLEX is not supported for "


def states(glue_runs: GlueRuns) -> list[str]:
    """Return the states of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


@pytest.fixture
def flex(make_job: MakeJob) -> str:
    """The name of a FLEX job of ten DPUs."""
    return make_job(ExecutionClass="FLEX")


@pytest.mark.parametrize("command", ["gluestreaming", "pythonshell", "glueray"])
def test_flex_requires_glueetl(rejection: GetRejection, operation: str, command: str) -> None:
    rejections = rejection(operation, command, ExecutionClass="FLEX")
    assert rejections == "InvalidInputException: Flex job is supported for ETL jobs only"


def test_flex_requires_glue_3(rejection: GetRejection, operation: str) -> None:
    versions = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1")
    rejections = {
        version: rejection(operation, version=version, ExecutionClass="FLEX")
        for version in versions
    }
    early = {version: f"{REJECTED}Glue Version {version}" for version in versions[:3]}
    assert rejections == {**early, **dict.fromkeys(versions[3:], "")}


@pytest.mark.parametrize("worker_type", ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "R.1X"])
def test_flex_requires_small_workers(
    rejection: GetRejection, operation: str, worker_type: str
) -> None:
    """Only G.1X and G.2X support FLEX."""
    rejections = rejection(
        operation, ExecutionClass="FLEX", WorkerType=worker_type, NumberOfWorkers=2
    )
    small = worker_type in ("G.1X", "G.2X")
    assert rejections == (
        ""
        if small
        else "InvalidInputException: Worker type cannot be null and only [G.1X, G.2X] worker types "
        "are supported for Flex jobs."
    )


@pytest.mark.parametrize("command", ["glueetl", "gluestreaming", "pythonshell", "glueray"])
@pytest.mark.parametrize("version", ["1.0", "4.0"])
def test_standard_is_always_accepted(
    rejection: GetRejection, operation: str, command: str, version: str
) -> None:
    """It is the default."""
    assert rejection(operation, command, version, ExecutionClass="STANDARD") == ""


def test_unknown_execution_class(rejection: GetRejection) -> None:
    """The value is case-sensitive."""
    assert rejection("StartJobRun", ExecutionClass="flex") == (
        "ValidationException: 1 validation error detected: Value 'flex' at 'executionClass' failed "
        "to satisfy constraint: Member must satisfy enum value set: [FLEX, STANDARD]"
    )


def test_execution_class_of_the_run_overrides_the_jobs(start: Any, shown: Shown, flex: str) -> None:
    runs = [shown(start(**more)) for more in ({}, {"ExecutionClass": "STANDARD"})]
    assert [run["ExecutionClass"] for run in runs] == ["FLEX", "STANDARD"]


def test_run_shows_no_class_if_none_was_given(start: Any, shown: Shown, make_job: MakeJob) -> None:
    """Neither does AWS."""
    make_job()
    assert "ExecutionClass" not in shown(start())


def test_flex_run_starts_at_once_if_dpus_are_free(
    glue_runs: GlueRuns, start: Any, flex: str
) -> None:
    start()
    assert states(glue_runs) == ["STARTING"]


def test_flex_run_waits_without_queuing(
    glue_runs: GlueRuns, start: Any, shown: Shown, flex: str
) -> None:
    """A FLEX run for which too few DPUs are free is WAITING; StateDetail has the reason."""
    glue_runs.quotas.max_flex_dpus = 9
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"], run["JobRunQueuingEnabled"]) == (
        "WAITING",
        "Max concurrent compute (DPU usage) exceeded",
        False,
    )


def test_flex_run_fails_after_twenty_minutes(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, flex: str
) -> None:
    """It fails without having been RUNNING."""
    glue_runs.quotas.max_flex_dpus = 9
    run_id = start()
    glue_runs.tick(20 * 60 - 1)
    assert states(glue_runs) == ["WAITING"]
    glue_runs.tick("1h")
    run = shown(run_id)
    assert run["ErrorMessage"] == "Exceeded maximum concurrent compute capacity"
    assert (run["JobRunState"], run["CompletedOn"], run["ExecutionTime"]) == (
        "FAILED",
        noon + timedelta(minutes=20),
        0,
    )


def test_flex_run_starts_when_dpus_are_released(
    glue_runs: GlueRuns, noon: datetime, start: Any, flex: str
) -> None:
    """It starts at that moment, and does not fail after twenty minutes."""
    glue_runs.quotas.max_flex_dpus = 10
    glue_runs.plan(flex, succeeds(after="10m", startup=0), succeeds(after="30m", startup=0))
    start()
    waited = glue_runs.run(start())
    glue_runs.settle()
    assert [(step.at - noon, step.state) for step in waited.history] == [
        (timedelta(), "WAITING"),
        (timedelta(minutes=10), "STARTING"),
        (timedelta(minutes=10), "RUNNING"),
        (timedelta(minutes=40), "SUCCEEDED"),
    ]


def test_waiting_flex_run_can_be_stopped(
    client: Any, glue_runs: GlueRuns, start: Any, flex: str
) -> None:
    """It is STOPPED at once, and does not fail later."""
    glue_runs.quotas.max_flex_dpus = 9
    client.batch_stop_job_run(JobName=flex, JobRunIds=[start()])
    glue_runs.tick("1h")
    assert [step.state for step in glue_runs.runs()[0].history] == ["WAITING", "STOPPED"]


def test_flex_run_that_failed_for_lack_of_capacity_is_retried(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_flex_dpus = 9
    make_job(ExecutionClass="FLEX", MaxRetries=1)
    start()
    glue_runs.settle()
    assert [(run.state, run.started_on - noon) for run in glue_runs.runs()] == [
        ("FAILED", timedelta()),
        ("FAILED", timedelta(minutes=20, seconds=30)),
    ]


@pytest.mark.parametrize(
    ("quota", "error"),
    [
        ("max_concurrent_runs", "ResourceNumberLimitExceededException"),
        ("max_concurrent_runs_per_job", "ConcurrentRunsExceededException"),
    ],
)
def test_flex_run_over_a_limit_of_runs_is_rejected(
    client: Any, glue_runs: GlueRuns, flex: str, quota: str, error: str
) -> None:
    """FLEX runs wait only for DPUs."""
    setattr(glue_runs.quotas, quota, 0)
    with pytest.raises(getattr(client.exceptions, error)):
        client.start_job_run(JobName=flex)


def test_flex_runs_do_not_use_standard_dpus(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_dpus = glue_runs.quotas.max_flex_dpus = 10
    glue_runs.plan(make_job(), hangs(), hangs())
    start(), start(ExecutionClass="FLEX")
    glue_runs.tick(5)
    assert states(glue_runs) == ["RUNNING", "RUNNING"]
