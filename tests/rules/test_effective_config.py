"""The effective configuration of a run, and events that happen at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

MakeJob = Callable[..., str]
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://scripts/a.py"}
BOOKMARK = {"--job-bookmark-option": "job-bookmark-enable", "--enable-auto-scaling": "true"}


def test_update_job_does_not_change_existing_runs(
    glue_runs: GlueRuns, client: Any, make_job: MakeJob, start: Any
) -> None:
    """Arguments, DPUSeconds and bookmark stay those of the definition the run was started with."""
    make_job(DefaultArguments=BOOKMARK)
    run = glue_runs.run(start())
    glue_runs.settle()
    glue_runs.tick(40)

    def shown() -> list[Any]:
        bookmark = client.get_job_bookmark(JobName="nightly")["JobBookmarkEntry"]
        return [run.resolved_arguments, run.as_dict(), bookmark]

    before = shown()
    assert (before[0], before[1]["DPUSeconds"]) == (BOOKMARK, 240.0)
    client.update_job(JobName="nightly", JobUpdate={"Role": "r", "Command": COMMAND})
    assert shown() == before


@pytest.mark.parametrize(("before", "after", "attempts"), [(1, 0, 2), (0, 1, 1)])
def test_update_job_does_not_change_the_retries_of_a_run(
    glue_runs: GlueRuns,
    client: Any,
    make_job: MakeJob,
    start: Any,
    before: int,
    after: int,
    attempts: int,
) -> None:
    make_job(MaxRetries=before)
    glue_runs.plan("nightly", fails())
    start()
    update = {"Role": "r", "Command": COMMAND, "MaxRetries": after}
    client.update_job(JobName="nightly", JobUpdate=update)
    glue_runs.settle()
    assert len(glue_runs.runs()) == attempts


def test_retry_uses_capacity_released_at_the_same_moment(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any
) -> None:
    """Ends are processed before starts."""
    make_job(MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(), succeeds(after="26s"), succeeds())
    start()
    glue_runs.tick("64s")
    start()  # ends at 94 s, when the retry is due
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "SUCCEEDED", "SUCCEEDED"]


def test_flex_run_uses_capacity_released_at_its_deadline(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any
) -> None:
    """Its wait of 20 minutes includes the last moment."""
    glue_runs.quotas.max_flex_dpus = 10
    make_job(ExecutionClass="FLEX")
    glue_runs.plan("nightly", succeeds(after="19m56s"), succeeds())
    start(), start()
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "SUCCEEDED"]


def test_state_detail_is_the_current_reason(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any, shown: Any
) -> None:
    """The run waits for another run of its job first, then for DPUs."""
    glue_runs.quotas.max_dpus = 12
    one = {"MaxConcurrentRuns": 1}
    make_job(JobRunQueuingEnabled=True, ExecutionProperty=one)
    make_job("hourly", JobRunQueuingEnabled=True, WorkerType="G.1X", NumberOfWorkers=12)
    glue_runs.plan("hourly", hangs())
    start(), start("hourly")
    waiting = start()
    assert shown(waiting)["StateDetail"] == "Max concurrent job runs per job exceeded"
    glue_runs.tick("70s")
    assert shown(waiting)["StateDetail"] == "Max concurrent compute (DPU usage) exceeded"


@pytest.mark.parametrize(
    ("job", "dpus", "workers"),
    [
        ({"WorkerType": "G.8X", "NumberOfWorkers": 4}, 32, ("G.8X", 4, 32.0)),
        ({"WorkerType": "G.8X", "NumberOfWorkers": 4}, 20, ("G.8X", 2, 16.0)),
        ({}, 5, ("G.1X", 5, 5.0)),
    ],
)
def test_allocated_capacity_is_converted_to_the_jobs_worker_type(
    make_job: MakeJob, start: Any, shown: Any, job: dict[str, Any], dpus: int, workers: Any
) -> None:
    make_job(**job)
    run = shown(start(AllocatedCapacity=dpus))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == workers


@pytest.mark.parametrize(("worker_type", "dpus"), [("G.99X", 198.0), ("Standard.New", 2.0)])
def test_dpus_of_an_unknown_worker_type_are_read_from_its_name(
    monkeypatch: pytest.MonkeyPatch,
    make_job: MakeJob,
    start: Any,
    shown: Any,
    worker_type: str,
    dpus: float,
) -> None:
    """A newer botocore accepts worker types that this package does not list."""
    from pytest_glue_runs._clients.model import glue_request_model
    from pytest_glue_runs._service.protocol.validators import NEWER_VALUES

    # Validators are built once per process.
    monkeypatch.setitem(NEWER_VALUES, "WorkerType", (worker_type,))
    monkeypatch.setattr(glue_request_model(), "_validators", {})
    make_job()
    run = shown(start(WorkerType=worker_type, NumberOfWorkers=2))
    assert run["MaxCapacity"] == dpus


@pytest.mark.parametrize("action", ["Action", "NotAction"])
def test_policy_whose_action_is_null(rejection: Any, action: str) -> None:
    """moto's validator raises TypeError for it."""
    statement = f'{{"Effect":"Allow","{action}":[null],"Resource":"*"}}'
    policy = f'{{"Version":"2012-10-17","Statement":[{statement}]}}'
    error = rejection("StartJobRun", ExecutionRoleSessionPolicy=policy)
    assert error.startswith("InvalidInputException: ")


def test_argument_may_be_a_lone_surrogate(glue_runs: GlueRuns, rejection: Any) -> None:
    """JSON can contain it."""
    assert rejection("StartJobRun", Arguments={"--a": "\ud800"}) == ""
    assert glue_runs.runs()[0].arguments == {"--a": "\ud800"}


def test_each_value_of_an_enum_is_listed_once(rejection: Any) -> None:
    """The values of botocore's model and those that older releases lack."""
    listed = rejection("StartJobRun", WorkerType="G.3X").partition("enum value set: [")[2]
    values = listed.removesuffix("]").split(", ")
    assert {"G.1X", "R.8X"} < {*values}
    assert sorted({*values}) == sorted(values)
