"""Job run queuing: which runs wait, for what, how long, and in which order they start."""

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
    """The name of a job with one run at a time that queues further runs."""
    return glue_runs.add_job("nightly", JobRunQueuingEnabled=True)


def states(glue_runs: GlueRuns) -> list[str]:
    """Return the states of all runs, the oldest first."""
    return [run.state for run in glue_runs.runs()]


def test_run_waits_for_its_job(start: Any, shown: Shown, queue: str) -> None:
    """A run over MaxConcurrentRuns is WAITING; StateDetail has the reason."""
    start()
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"]) == ("WAITING", FOR_JOB)


def test_run_waits_for_the_quota_of_runs_per_job(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_concurrent_runs_per_job = 0
    make_job(JobRunQueuingEnabled=True)
    assert shown(start())["StateDetail"] == FOR_JOB


def test_run_waits_for_the_account(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
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
    """A run for which too few DPUs are free is WAITING."""
    setattr(glue_runs.quotas, quota, 0)
    make_job(command=command, JobRunQueuingEnabled=True)
    run = shown(start())
    assert (run["JobRunState"], run["StateDetail"]) == ("WAITING", FOR_CAPACITY)


def test_fields_of_a_waiting_run(start: Any, shown: Shown, queue: str) -> None:
    """StartedOn is present, CompletedOn is not, and ExecutionTime is 0."""
    start()
    run = shown(start())
    assert "StartedOn" in run
    assert "CompletedOn" not in run
    assert run["ExecutionTime"] == 0


def test_state_detail_is_shown_only_while_waiting(
    glue_runs: GlueRuns, start: Any, shown: Shown, queue: str
) -> None:
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
def test_queuing_flag_of_the_run_overrides_the_jobs(
    client: Any, glue_runs: GlueRuns, job: bool | None, run: bool | None, waits: bool
) -> None:
    """Without either flag, runs are not queued."""
    definition: dict[str, Any] = {} if job is None else {"JobRunQueuingEnabled": job}
    glue_runs.add_job("nightly", **definition)
    more = {} if run is None else {"JobRunQueuingEnabled": run}
    client.start_job_run(JobName="nightly")
    with suppress(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly", **more)
    assert states(glue_runs) == ["STARTING", "WAITING"] if waits else ["STARTING"]


@pytest.mark.parametrize("value", [True, False])
def test_run_shows_its_effective_queuing_flag(
    start: Any, shown: Shown, make_job: MakeJob, value: bool
) -> None:
    make_job(JobRunQueuingEnabled=not value)
    assert shown(start(JobRunQueuingEnabled=value))["JobRunQueuingEnabled"] is value


def test_queued_run_starts_when_the_slot_is_released(
    glue_runs: GlueRuns, noon: datetime, start: Any, queue: str
) -> None:
    """A slot released at 12:00:10 is used at 12:00:10, though the first read is at 13:00."""
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


def test_started_on_is_the_time_of_acceptance(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, queue: str
) -> None:
    """The end of the wait changes LastModifiedOn, not StartedOn."""
    start()
    waited = start()
    glue_runs.tick(64)
    run = shown(waited)
    assert (run["StartedOn"], run["LastModifiedOn"]) == (noon, noon + timedelta(seconds=64))


def test_queued_runs_of_a_job_start_in_order(glue_runs: GlueRuns, start: Any, queue: str) -> None:
    ids = [start() for _ in range(5)]
    glue_runs.settle()
    ids_by_start = sorted(ids, key=lambda run_id: glue_runs.run(run_id).history[-3].at)
    assert ids_by_start == ids


def test_queued_runs_of_several_jobs_start_in_order(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """They all wait for the account's limit."""
    glue_runs.quotas.max_concurrent_runs = 1
    for name in ("a", "b"):
        make_job(name, JobRunQueuingEnabled=True)
    ids = [start(name) for name in ("a", "b", "b", "a", "b")]
    glue_runs.settle()
    ids_by_start = sorted(ids, key=lambda run_id: glue_runs.run(run_id).history[-3].at)
    assert ids_by_start == ids


def test_smaller_run_overtakes_one_that_does_not_fit(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_dpus = 10
    make_job(JobRunQueuingEnabled=True)
    start(WorkerType="G.1X", NumberOfWorkers=4)
    start(WorkerType="G.1X", NumberOfWorkers=10)
    start(WorkerType="G.1X", NumberOfWorkers=6)
    assert states(glue_runs) == ["STARTING", "WAITING", "STARTING"]


def test_run_that_does_not_fit_does_not_block_the_queue(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """Released capacity goes to a later run if the earlier one does not fit."""
    glue_runs.quotas.max_dpus = 10
    glue_runs.plan(make_job(JobRunQueuingEnabled=True), hangs(), succeeds(after="10s"))
    for number in (4, 6, 10, 5):
        start(WorkerType="G.1X", NumberOfWorkers=number)
    glue_runs.tick(14)
    assert states(glue_runs) == ["RUNNING", "SUCCEEDED", "WAITING", "STARTING"]


def test_one_end_may_start_several_runs(glue_runs: GlueRuns, start: Any, make_job: MakeJob) -> None:
    """All runs that fit into the released capacity start together."""
    glue_runs.quotas.max_dpus = 10
    glue_runs.plan(make_job(JobRunQueuingEnabled=True), succeeds(after="10s"))
    for number in (10, 5, 5, 5):
        start(WorkerType="G.1X", NumberOfWorkers=number)
    glue_runs.tick(14)
    assert states(glue_runs) == ["SUCCEEDED", "STARTING", "STARTING", "WAITING"]


def test_waiting_run_is_stopped_at_once(
    client: Any, glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, queue: str
) -> None:
    """It goes from WAITING to STOPPED without STOPPING, and never starts."""
    start()
    waited = start()
    glue_runs.tick(5)
    response = client.batch_stop_job_run(JobName=queue, JobRunIds=[waited])
    assert response["SuccessfulSubmissions"] == [{"JobName": queue, "JobRunId": waited}]
    run = shown(waited)
    assert (run["JobRunState"], run["CompletedOn"]) == ("STOPPED", noon + timedelta(seconds=5))
    glue_runs.settle()
    assert [step.state for step in glue_runs.run(waited).history] == ["WAITING", "STOPPED"]


def test_run_behind_a_stopped_run_starts_instead(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    ids = [start() for _ in range(4)]
    client.batch_stop_job_run(JobName=queue, JobRunIds=ids[1:3])
    glue_runs.tick(64)
    assert states(glue_runs) == ["SUCCEEDED", "STOPPED", "STOPPED", "STARTING"]


def test_queued_run_starts_when_another_is_stopped(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """It starts when the other is STOPPED, not while it is STOPPING."""
    first, _ = start(), start()
    client.batch_stop_job_run(JobName=queue, JobRunIds=[first])
    glue_runs.tick(9)
    assert states(glue_runs) == ["STOPPING", "WAITING"]
    glue_runs.tick(1)
    assert states(glue_runs) == ["STOPPED", "STARTING"]


def test_wait_has_no_limit(glue_runs: GlueRuns, start: Any, queue: str) -> None:
    glue_runs.plan(queue, hangs())
    start(Timeout=10_080)
    start()
    glue_runs.tick("6d")
    assert states(glue_runs) == ["RUNNING", "WAITING"]


def test_queued_runs_of_a_deleted_job_start(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    start(), start()
    client.delete_job(JobName=queue)
    glue_runs.settle()
    assert states(glue_runs) == ["SUCCEEDED", "SUCCEEDED"]


def test_higher_limit_of_the_job_starts_queued_runs(
    client: Any, glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    """UpdateJob with a higher MaxConcurrentRuns starts them at once."""
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
def test_raised_quota_starts_queued_runs(
    glue_runs: GlueRuns,
    start: Any,
    make_job: MakeJob,
    quota: str,
    low: float,
    high: float | None,
) -> None:
    """The runs that fit start when the quota is assigned."""
    setattr(glue_runs.quotas, quota, low)
    make_job(JobRunQueuingEnabled=True)
    start(), start()
    before = states(glue_runs)
    setattr(glue_runs.quotas, quota, high)
    assert (before, states(glue_runs)) == (["STARTING", "WAITING"], ["STARTING", "STARTING"])


def test_lowered_quota_does_not_stop_runs(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    """The next run waits until enough of them have ended."""
    make_job(JobRunQueuingEnabled=True)
    start(), start()
    glue_runs.quotas.max_concurrent_runs = 1
    start()
    glue_runs.tick(63)
    assert states(glue_runs) == ["RUNNING", "RUNNING", "WAITING"]
    glue_runs.tick(1)
    assert states(glue_runs) == ["SUCCEEDED", "SUCCEEDED", "STARTING"]


def test_run_without_queuing_is_rejected_while_others_wait(
    glue_runs: GlueRuns, start: Any, queue: str
) -> None:
    start(), start()
    with pytest.raises(ClientError, match="Concurrent runs exceeded for nightly"):
        start(JobRunQueuingEnabled=False)


def test_queuing_is_not_supported_for_flex(rejection: Callable[..., str], operation: str) -> None:
    """FLEX runs wait without queuing."""
    assert rejection(operation, JobRunQueuingEnabled=True, ExecutionClass="FLEX") == (
        "InvalidInputException: Job run queuing is not supported for Execution Class FLEX"
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("retries", [0, 1])
def test_queuing_is_not_supported_with_retries(
    rejection: Callable[..., str], operation: str, retries: int
) -> None:
    message = (
        "InvalidInputException: Job run queuing is not supported for jobs with Max Retries "
        "greater than 0"
    )
    error = rejection(operation, JobRunQueuingEnabled=True, MaxRetries=retries)
    assert error == (message if retries else "")


def test_run_of_a_job_with_retries_cannot_be_queued(client: Any, make_job: MakeJob) -> None:
    make_job(MaxRetries=1)
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.start_job_run(JobName="nightly", JobRunQueuingEnabled=True)
    assert error.value.response["Error"]["Message"] == (
        "Job run queuing is not supported for jobs with Max Retries greater than 0"
    )


@pytest.mark.slow
def test_thousands_of_runs_queue_in_order(
    glue_runs: GlueRuns, start: Any, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """3,000 runs start one after another, and the number of capacity checks grows linearly."""
    checks = 0
    obstacle = CapacityPool.obstacle

    def count_checks(*args: Any) -> Any:
        nonlocal checks
        checks += 1
        return obstacle(*args)

    monkeypatch.setattr(CapacityPool, "obstacle", count_checks)
    number = 3000
    glue_runs.plan(queue, *[succeeds(startup=0, after=1)] * number)
    ids = [start() for _ in range(number)]
    glue_runs.settle()
    runs = glue_runs.runs()
    assert [run.id for run in sorted(runs, key=lambda run: run.history[-3].at)] == ids
    assert {run.state for run in runs} == {"SUCCEEDED"}
    # One when a run is accepted, and at each end one for the run that starts and one for the next.
    assert checks <= 4 * number
