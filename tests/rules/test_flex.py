"""ExecutionClass: which job may be FLEX, and how a FLEX run waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, hangs, succeeds

Ask = Callable[..., str]
MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

REFUSED = "InvalidInputException: Execution Class FLEX is not supported for "


def states(glue_runs: GlueRuns) -> list[str]:
    """Those of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


@pytest.fixture
def flex(make_job: MakeJob) -> str:
    """The name of a FLEX job of ten DPUs."""
    return make_job(ExecutionClass="FLEX")


@pytest.mark.parametrize("command", ["gluestreaming", "pythonshell", "glueray"])
def test_flex_is_for_etl(ask: Ask, operation: str, command: str) -> None:
    """Only glueetl may be FLEX."""
    asked = ask(operation, command, ExecutionClass="FLEX")
    assert asked == f"{REFUSED}Job Command {command}"


def test_flex_is_since_glue_3(ask: Ask, operation: str) -> None:
    """Glue 3.0 is the first to have FLEX."""
    versions = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1")
    asked = {
        version: ask(operation, version=version, ExecutionClass="FLEX") for version in versions
    }
    early = {version: f"{REFUSED}Glue Version {version}" for version in versions[:3]}
    assert asked == {**early, **dict.fromkeys(versions[3:], "")}


@pytest.mark.parametrize("worker_type", ["G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "R.1X"])
def test_flex_is_for_small_workers(ask: Ask, operation: str, worker_type: str) -> None:
    """G.1X and G.2X may be FLEX."""
    asked = ask(operation, ExecutionClass="FLEX", WorkerType=worker_type, NumberOfWorkers=2)
    small = worker_type in ("G.1X", "G.2X")
    assert asked == ("" if small else f"{REFUSED}Worker Type {worker_type}")


@pytest.mark.parametrize("command", ["glueetl", "gluestreaming", "pythonshell", "glueray"])
@pytest.mark.parametrize("version", ["1.0", "4.0"])
def test_standard_is_for_all(ask: Ask, operation: str, command: str, version: str) -> None:
    """STANDARD is no more than the default."""
    assert ask(operation, command, version, ExecutionClass="STANDARD") == ""


def test_unknown_execution_class(ask: Ask) -> None:
    """The class is written in capitals."""
    assert ask("StartJobRun", ExecutionClass="flex") == (
        "ValidationException: 1 validation error detected: Value 'flex' at 'executionClass' failed "
        "to satisfy constraint: Member must satisfy enum value set: [FLEX, STANDARD]"
    )


def test_run_may_have_another_class_than_its_job(start: Any, shown: Shown, flex: str) -> None:
    """The run's own ExecutionClass holds for that run."""
    runs = [shown(start(**more)) for more in ({}, {"ExecutionClass": "STANDARD"})]
    assert [run["ExecutionClass"] for run in runs] == ["FLEX", "STANDARD"]


def test_run_shows_no_class_if_none_was_given(start: Any, shown: Shown, make_job: MakeJob) -> None:
    """AWS shows none either."""
    make_job()
    assert "ExecutionClass" not in shown(start())


def test_flex_run_with_room_starts_at_once(glue_runs: GlueRuns, start: Any, flex: str) -> None:
    """Where there are DPUs, FLEX is as fast as any other."""
    start()
    assert states(glue_runs) == ["STARTING"]


def test_flex_run_waits_without_queuing(
    glue_runs: GlueRuns, start: Any, shown: Shown, flex: str
) -> None:
    """A FLEX run that finds no DPUs is WAITING, and says for what."""
    glue_runs.quotas.max_flex_dpus = 9
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"], run["JobRunQueuingEnabled"]) == (
        "WAITING",
        "Max concurrent compute (DPU usage) exceeded",
        False,
    )


def test_flex_run_waits_for_twenty_minutes_at_most(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, flex: str
) -> None:
    """After them it has FAILED for want of capacity, without ever RUNNING."""
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


def test_flex_run_starts_when_there_is_room(
    glue_runs: GlueRuns, noon: datetime, start: Any, flex: str
) -> None:
    """It starts in the very moment, and does not fail twenty minutes later."""
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
    """It is STOPPED at once, and fails no more."""
    glue_runs.quotas.max_flex_dpus = 9
    client.batch_stop_job_run(JobName=flex, JobRunIds=[start()])
    glue_runs.tick("1h")
    assert [step.state for step in glue_runs.runs()[0].history] == ["WAITING", "STOPPED"]


def test_flex_run_that_waited_in_vain_is_tried_again(
    glue_runs: GlueRuns, noon: datetime, start: Any, make_job: MakeJob
) -> None:
    """It FAILED, so MaxRetries holds for it."""
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
def test_flex_run_waits_for_dpus_only(
    client: Any, glue_runs: GlueRuns, flex: str, quota: str, error: str
) -> None:
    """Over a number of runs it is refused as any other."""
    setattr(glue_runs.quotas, quota, 0)
    with pytest.raises(getattr(client.exceptions, error)):
        client.start_job_run(JobName=flex)


def test_flex_and_standard_run_side_by_side(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """A FLEX run takes none of the DPUs of the others."""
    glue_runs.quotas.max_dpus = glue_runs.quotas.max_flex_dpus = 10
    glue_runs.plan(make_job(), hangs(), hangs())
    start(), start(ExecutionClass="FLEX")
    glue_runs.tick(5)
    assert states(glue_runs) == ["RUNNING", "RUNNING"]
