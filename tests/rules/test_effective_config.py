"""What holds for a run from its start on, and what is decided at one moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

MakeJob = Callable[..., str]
COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://scripts/a.py"}
BOOKMARK = {"--job-bookmark-option": "job-bookmark-enable", "--enable-auto-scaling": "true"}


def test_an_updated_job_leaves_its_runs_as_they_were(
    glue_runs: GlueRuns, client: Any, make_job: MakeJob, start: Any
) -> None:
    """Arguments, DPUSeconds and bookmark are those of the definition they were started with."""
    make_job(DefaultArguments=BOOKMARK)
    run = glue_runs.run(start())
    glue_runs.settle()
    glue_runs.tick(40)

    def told() -> list[Any]:
        bookmark = client.get_job_bookmark(JobName="nightly")["JobBookmarkEntry"]
        return [run.resolved_arguments, run.as_dict(), bookmark]

    before = told()
    assert (before[0], before[1]["DPUSeconds"]) == (BOOKMARK, 240.0)
    client.update_job(JobName="nightly", JobUpdate={"Role": "r", "Command": COMMAND})
    assert told() == before


@pytest.mark.parametrize(("before", "after", "tries"), [(1, 0, 2), (0, 1, 1)])
def test_a_run_is_retried_as_it_was_started(
    glue_runs: GlueRuns,
    client: Any,
    make_job: MakeJob,
    start: Any,
    before: int,
    after: int,
    tries: int,
) -> None:
    """MaxRetries of later is for later runs."""
    make_job(MaxRetries=before)
    glue_runs.plan("nightly", fails())
    start()
    update = {"Role": "r", "Command": COMMAND, "MaxRetries": after}
    client.update_job(JobName="nightly", JobUpdate=update)
    glue_runs.settle()
    assert len(glue_runs.runs()) == tries


def test_a_retry_finds_the_room_that_a_run_leaves_in_that_moment(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any
) -> None:
    """What ends comes first, whatever was known first."""
    make_job(MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 1})
    glue_runs.plan("nightly", fails(), succeeds(after="26s"), succeeds())
    start()
    glue_runs.tick("64s")
    start()  # ends at 94 s, when the retry is due
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "SUCCEEDED", "SUCCEEDED"]


def test_a_flex_run_finds_the_room_of_its_last_moment(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any
) -> None:
    """It waits for 20 minutes, and the twentieth is one of them."""
    glue_runs.quotas.max_flex_dpus = 10
    make_job(ExecutionClass="FLEX")
    glue_runs.plan("nightly", succeeds(after="19m56s"), succeeds())
    start(), start()
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "SUCCEEDED"]


def test_a_run_that_waits_says_what_it_waits_for_now(
    glue_runs: GlueRuns, make_job: MakeJob, start: Any, shown: Any
) -> None:
    """First for its job's other run, then for DPUs that another job's run has."""
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
def test_allocated_capacity_is_counted_in_the_jobs_workers(
    make_job: MakeJob, start: Any, shown: Any, job: dict[str, Any], dpus: int, workers: Any
) -> None:
    """A run has no other type of worker by the way."""
    make_job(**job)
    run = shown(start(AllocatedCapacity=dpus))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == workers


@pytest.mark.parametrize(("worker_type", "dpus"), [("G.99X", 198.0), ("Standard.New", 2.0)])
def test_a_type_of_worker_that_is_new_to_us_counts_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
    make_job: MakeJob,
    start: Any,
    shown: Any,
    worker_type: str,
    dpus: float,
) -> None:
    """A newer botocore lets it through."""
    from pytest_glue_runs._clients.model import glue_request_model
    from pytest_glue_runs._service.protocol.validators import NEWER_VALUES

    # Readers are made once for the process.
    monkeypatch.setitem(NEWER_VALUES, "WorkerType", (worker_type,))
    monkeypatch.setattr(glue_request_model(), "_validators", {})
    make_job()
    run = shown(start(WorkerType=worker_type, NumberOfWorkers=2))
    assert run["MaxCapacity"] == dpus


@pytest.mark.parametrize("action", ["Action", "NotAction"])
def test_a_policy_whose_action_is_null_is_malformed(ask: Any, action: str) -> None:
    """moto's validator trips over it."""
    statement = f'{{"Effect":"Allow","{action}":[null],"Resource":"*"}}'
    policy = f'{{"Version":"2012-10-17","Statement":[{statement}]}}'
    refusal = ask("StartJobRun", ExecutionRoleSessionPolicy=policy)
    assert refusal.startswith("InvalidInputException: ")


def test_half_of_a_surrogate_pair_is_an_argument(glue_runs: GlueRuns, ask: Any) -> None:
    """JSON can hold it."""
    assert ask("StartJobRun", Arguments={"--a": "\ud800"}) == ""
    assert glue_runs.runs()[0].arguments == {"--a": "\ud800"}


def test_each_value_of_an_enum_is_listed_once(ask: Any) -> None:
    """Those of botocore's model, and those that older releases lack."""
    listed = ask("StartJobRun", WorkerType="G.3X").partition("enum value set: [")[2]
    values = listed.removesuffix("]").split(", ")
    assert {"G.1X", "R.8X"} < {*values}
    assert sorted({*values}) == sorted(values)
