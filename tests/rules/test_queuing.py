"""Job run queuing: who waits, for what, how long, and who is next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns, hangs, succeeds
from pytest_glue_runs._service.engine.capacity_pool import CapacityPool

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

FOR_JOB = "Max concurrent job runs per job exceeded"
FOR_ACCOUNT = "Max concurrent job runs per account exceeded"
FOR_CAPACITY = "Max concurrent compute (DPU usage) exceeded"


@pytest.fixture
def queue(glue_runs: GlueRuns) -> str:
    """The name of a job of one run at a time, whose others wait."""
    return glue_runs.add_job("nightly", JobRunQueuingEnabled=True)


def states(glue_runs: GlueRuns) -> list[str]:
    """Those of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


def test_run_waits_for_its_job(start: Any, shown: Shown, queue: str) -> None:
    """A run over MaxConcurrentRuns is WAITING, and says for what."""
    start()
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"]) == ("WAITING", FOR_JOB)


def test_run_waits_for_the_jobs_quota(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """max_concurrent_runs_per_job is waited for as MaxConcurrentRuns is."""
    glue_runs.quotas.max_concurrent_runs_per_job = 0
    make_job(JobRunQueuingEnabled=True)
    assert shown(start())["StateDetail"] == FOR_JOB


def test_run_waits_for_the_account(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """A run over the account's runs is WAITING, and says for what."""
    glue_runs.quotas.max_concurrent_runs = 0
    make_job(JobRunQueuingEnabled=True)
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"]) == ("WAITING", FOR_ACCOUNT)


@pytest.mark.parametrize(
    ("quota", "command"),
    [("max_dpus", "glueetl"), ("max_dpus", "pythonshell"), ("max_ray_dpus", "glueray")],
)
def test_run_waits_for_capacity(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob, quota: str, command: str
) -> None:
    """A run that finds no DPUs is WAITING, and says for what."""
    setattr(glue_runs.quotas, quota, 0)
    make_job(command=command, JobRunQueuingEnabled=True)
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"]) == ("WAITING", FOR_CAPACITY)


def test_waiting_run_shows_no_end_and_no_time(start: Any, shown: Shown, queue: str) -> None:
    """It has a StartedOn, no CompletedOn, and has taken no time."""
    start()
    run = shown(start())
    assert "StartedOn" in run
    assert "CompletedOn" not in run
    assert run["ExecutionTime"] == 0


def test_state_detail_goes_with_the_wait(
    glue_runs: GlueRuns, start: Any, shown: Shown, queue: str
) -> None:
    """A run that waits no more shows no StateDetail."""
    start()
    waited = start()
    glue_runs.tick(64)
    run = shown(waited)
    assert run["JobRunState"] == "STARTING"
    assert "StateDetail" not in run


@pytest.mark.parametrize(
    ("job", "run", "waits"),
    [
        (None, None, False),
        (False, None, False),
        (True, None, True),
        (None, True, True),
        (False, True, True),
        (True, True, True),
        (True, False, False),
        (False, False, False),
    ],
)
def test_run_has_the_last_word_on_queuing(
    client: Any, glue_runs: GlueRuns, job: bool | None, run: bool | None, waits: bool
) -> None:
    """JobRunQueuingEnabled of the run holds, else that of the job, else there is no queue."""
    definition: dict[str, Any] = {} if job is None else {"JobRunQueuingEnabled": job}
    glue_runs.add_job("nightly", **definition)
    more = {} if run is None else {"JobRunQueuingEnabled": run}
    client.start_job_run(JobName="nightly")
    with suppress(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly", **more)
    assert states(glue_runs) == ["STARTING", "WAITING"] if waits else ["STARTING"]


@pytest.mark.parametrize("value", [True, False])
def test_run_shows_whether_it_queues(
    start: Any, shown: Shown, make_job: MakeJob, value: bool
) -> None:
    """JobRunQueuingEnabled of a run is what holds for it."""
    make_job(JobRunQueuingEnabled=not value)
    assert shown(start(JobRunQueuingEnabled=value))["JobRunQueuingEnabled"] is value


def test_queued_run_starts_at_the_very_moment(
    glue_runs: GlueRuns, noon: datetime, start: Any, queue: str
) -> None:
    """A slot that is free at 12:00:10 is taken at 12:00:10, though nobody looks until 13:00."""
    glue_runs.plan(queue, succeeds(startup="4s", after="6s"))
    start()
    waited = glue_runs.run(start())
    glue_runs.tick("1h")
    ten = noon + timedelta(seconds=10)
    assert [(step.at, step.state) for step in waited.history] == [
        (noon, "WAITING"),
        (ten, "STARTING"),
        (ten + timedelta(seconds=4), "RUNNING"),
        (ten + timedelta(seconds=64), "SUCCEEDED"),
    ]


def test_started_on_is_when_the_run_was_accepted(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, queue: str
) -> None:
    """Waiting moves LastModifiedOn, and not StartedOn."""
    start()
    waited = start()
    glue_runs.tick(64)
    run = shown(waited)
    assert (run["StartedOn"], run["LastModifiedOn"]) == (noon, noon + timedelta(seconds=64))


def test_first_come_is_first_served(glue_runs: GlueRuns, start: Any, queue: str) -> None:
    """Runs of one job start in the order of StartJobRun."""
    ids = [start() for _ in range(5)]
    glue_runs.settle()
    began = sorted(ids, key=lambda run_id: glue_runs.run(run_id).history[-3].at)
    assert began == ids


def test_order_holds_among_jobs(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """Runs of several jobs that wait for the account start in the order of StartJobRun."""
    glue_runs.quotas.max_concurrent_runs = 1
    for name in ("a", "b"):
        make_job(name, JobRunQueuingEnabled=True)
    ids = [start(name) for name in ("a", "b", "b", "a", "b")]
    glue_runs.settle()
    began = sorted(ids, key=lambda run_id: glue_runs.run(run_id).history[-3].at)
    assert began == ids


def test_smaller_run_passes_one_that_does_not_fit(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """First come, first served is among those that fit."""
    glue_runs.quotas.max_dpus = 10
    make_job(JobRunQueuingEnabled=True)
    start(WorkerType="G.1X", NumberOfWorkers=4)
    start(WorkerType="G.1X", NumberOfWorkers=10)
    start(WorkerType="G.1X", NumberOfWorkers=6)
    assert states(glue_runs) == ["STARTING", "WAITING", "STARTING"]


def test_run_that_does_not_fit_holds_up_nobody(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """When room is free, a later run that fits takes it from an earlier one that does not."""
    glue_runs.quotas.max_dpus = 10
    glue_runs.plan(make_job(JobRunQueuingEnabled=True), hangs(), succeeds(after="10s"))
    for number in (4, 6, 10, 5):
        start(WorkerType="G.1X", NumberOfWorkers=number)
    glue_runs.tick(14)
    assert states(glue_runs) == ["RUNNING", "SUCCEEDED", "WAITING", "STARTING"]


def test_one_end_may_let_several_start(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """All that fit into the room of a large run start together."""
    glue_runs.quotas.max_dpus = 10
    glue_runs.plan(make_job(JobRunQueuingEnabled=True), succeeds(after="10s"))
    for number in (10, 5, 5, 5):
        start(WorkerType="G.1X", NumberOfWorkers=number)
    glue_runs.tick(14)
    assert states(glue_runs) == ["SUCCEEDED", "STARTING", "STARTING", "WAITING"]


def test_waiting_run_is_stopped_at_once(
    client: Any, glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, queue: str
) -> None:
    """A run that is WAITING goes to STOPPED without STOPPING, and never starts."""
    start()
    waited = start()
    glue_runs.tick(5)
    answer = client.batch_stop_job_run(JobName=queue, JobRunIds=[waited])
    assert answer["SuccessfulSubmissions"] == [{"JobName": queue, "JobRunId": waited}]
    run = shown(waited)
    assert (run["JobRunState"], run["CompletedOn"]) == ("STOPPED", noon + timedelta(seconds=5))
    glue_runs.settle()
    assert [step.state for step in glue_runs.run(waited).history] == ["WAITING", "STOPPED"]


def test_those_behind_a_stopped_run_move_up(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """The next in the line starts instead."""
    ids = [start() for _ in range(4)]
    client.batch_stop_job_run(JobName=queue, JobRunIds=ids[1:3])
    glue_runs.tick(64)
    assert states(glue_runs) == ["SUCCEEDED", "STOPPED", "STOPPED", "STARTING"]


def test_stop_of_a_running_run_lets_the_next_start(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """It starts when the other is STOPPED, and not while it is STOPPING."""
    first, _ = start(), start()
    client.batch_stop_job_run(JobName=queue, JobRunIds=[first])
    glue_runs.tick(9)
    assert states(glue_runs) == ["STOPPING", "WAITING"]
    glue_runs.tick(1)
    assert states(glue_runs) == ["STOPPED", "STARTING"]


def test_queue_has_no_end_of_its_own(glue_runs: GlueRuns, start: Any, queue: str) -> None:
    """A run waits for as long as it takes."""
    glue_runs.plan(queue, hangs())
    start(Timeout=10_080)
    start()
    glue_runs.tick("6d")
    assert states(glue_runs) == ["RUNNING", "WAITING"]


def test_deleted_job_keeps_its_queue(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """Runs that wait go on when their job is deleted."""
    start(), start()
    client.delete_job(JobName=queue)
    glue_runs.settle()
    assert states(glue_runs) == ["SUCCEEDED", "SUCCEEDED"]


def test_greater_limit_of_the_job_lets_them_start(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """UpdateJob with more MaxConcurrentRuns starts as many that wait, at once."""
    for _ in range(4):
        start()
    more = {"MaxConcurrentRuns": 3}
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "ExecutionProperty": more}
    client.update_job(JobName=queue, JobUpdate=update)
    assert states(glue_runs) == ["STARTING", "STARTING", "STARTING", "WAITING"]


@pytest.mark.parametrize(
    ("quota", "low", "high"),
    [
        ("max_concurrent_runs", 1, 2),
        ("max_concurrent_runs_per_job", 1, 2),
        ("max_dpus", 10, 20),
        ("max_dpus", 10, None),
    ],
)
def test_quota_that_is_raised_lets_them_start(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    quota: str,
    low: float,
    high: float | None,
) -> None:
    """Assigning a greater quota starts those that fit now, at once."""
    setattr(glue_runs.quotas, quota, low)
    make_job(JobRunQueuingEnabled=True)
    start(), start()
    before = states(glue_runs)
    setattr(glue_runs.quotas, quota, high)
    assert (before, states(glue_runs)) == (["STARTING", "WAITING"], ["STARTING", "STARTING"])


def test_quota_that_is_lowered_stops_nobody(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """Runs that have started go on, and the next waits until there are few enough."""
    make_job(JobRunQueuingEnabled=True)
    start(), start()
    glue_runs.quotas.max_concurrent_runs = 1
    start()
    glue_runs.tick(63)
    assert states(glue_runs) == ["RUNNING", "RUNNING", "WAITING"]
    glue_runs.tick(1)
    assert states(glue_runs) == ["SUCCEEDED", "SUCCEEDED", "STARTING"]


def test_run_that_queues_may_come_between(glue_runs: GlueRuns, start: Any, queue: str) -> None:
    """A run without queuing is refused though others of its job wait."""
    start(), start()
    with pytest.raises(ClientError, match="Concurrent runs exceeded for nightly"):
        start(JobRunQueuingEnabled=False)


def test_queuing_is_not_for_flex(ask: Callable[..., str], operation: str) -> None:
    """FLEX waits by itself."""
    assert ask(operation, JobRunQueuingEnabled=True, ExecutionClass="FLEX") == (
        "InvalidInputException: Job run queuing is not supported for Execution Class FLEX"
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("retries", [0, 1])
def test_queuing_is_not_for_retries(ask: Callable[..., str], operation: str, retries: int) -> None:
    """A job that queues has MaxRetries=0."""
    refused = (
        "InvalidInputException: Job run queuing is not supported for jobs with Max Retries "
        "greater than 0"
    )
    asked = ask(operation, JobRunQueuingEnabled=True, MaxRetries=retries)
    assert asked == (refused if retries else "")


def test_run_of_a_job_with_retries_does_not_queue(client: Any, make_job: MakeJob) -> None:
    """StartJobRun may not ask for what its job may not have."""
    make_job(MaxRetries=1)
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.start_job_run(JobName="nightly", JobRunQueuingEnabled=True)
    assert error.value.response["Error"]["Message"] == (
        "Job run queuing is not supported for jobs with Max Retries greater than 0"
    )


def test_thousands_of_runs_queue_in_order(
    glue_runs: GlueRuns, start: Any, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3,000 runs start one after another, and each end looks at one run of those that wait."""
    looks = 0
    obstacle = CapacityPool.obstacle

    def counted(*args: Any) -> Any:
        nonlocal looks
        looks += 1
        return obstacle(*args)

    monkeypatch.setattr(CapacityPool, "obstacle", counted)
    number = 3000
    glue_runs.plan(queue, *[succeeds(startup=0, after=1)] * number)
    ids = [start() for _ in range(number)]
    glue_runs.settle()
    runs = glue_runs.runs()
    assert [run.id for run in sorted(runs, key=lambda run: run.history[-3].at)] == ids
    assert {run.state for run in runs} == {"SUCCEEDED"}
    # To start or to wait, and at each end: the one that starts, and the one that does not.
    assert looks <= 4 * number
