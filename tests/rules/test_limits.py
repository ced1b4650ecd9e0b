"""Limits of runs and jobs: who is refused what, without a queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns, hangs, succeeds

MakeJob = Callable[..., str]
NO_CAPACITY = "Exceeded maximum concurrent compute capacity"


def one_at_a_time() -> dict[str, Any]:
    """A definition with MaxConcurrentRuns=1."""
    return {"ExecutionProperty": {"MaxConcurrentRuns": 1}}


def test_job_has_one_run_at_a_time_by_default(client: Any, glue_runs: GlueRuns) -> None:
    """MaxConcurrentRuns is 1 where the job does not say otherwise."""
    glue_runs.add_job("nightly")
    client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException) as error:
        client.start_job_run(JobName="nightly")
    assert str(error.value) == (
        "An error occurred (ConcurrentRunsExceededException) when calling the StartJobRun "
        "operation: Concurrent runs exceeded for nightly"
    )


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_job_has_as_many_runs_as_it_says(client: Any, make_job: MakeJob, limit: int) -> None:
    """One more than MaxConcurrentRuns is refused."""
    make_job(ExecutionProperty={"MaxConcurrentRuns": limit})
    for _ in range(limit):
        client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_job_of_no_runs_at_all(client: Any, make_job: MakeJob) -> None:
    """MaxConcurrentRuns=0 refuses every run."""
    make_job(ExecutionProperty={"MaxConcurrentRuns": 0})
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_jobs_do_not_count_for_each_other(client: Any, make_job: MakeJob) -> None:
    """MaxConcurrentRuns is each job's own."""
    names = [make_job(name, **one_at_a_time()) for name in ("a", "b")]
    assert all(client.start_job_run(JobName=name) for name in names)


@pytest.mark.parametrize("seconds", [0, 3, 4, 63])
def test_starting_and_running_count(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob, seconds: int
) -> None:
    """A run takes its place up from its start to its end."""
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    glue_runs.tick(seconds)
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_place_is_free_when_the_run_has_ended(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """In the very moment of its end."""
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    glue_runs.tick(64)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_stopping_run_counts_until_it_is_stopped(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """STOPPING takes up a place, STOPPED does not."""
    make_job(**one_at_a_time())
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")
    glue_runs.tick(10)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_refused_run_leaves_nothing(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """There is no record of it, and it has used no plan."""
    glue_runs.plan(make_job(**one_at_a_time()), succeeds(), hangs())
    client.start_job_run(JobName="nightly")
    with pytest.raises(ClientError):
        client.start_job_run(JobName="nightly")
    glue_runs.tick(64)
    client.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "TIMEOUT"]


def test_update_job_changes_the_limit_at_once(client: Any, make_job: MakeJob) -> None:
    """A greater MaxConcurrentRuns lets the next run in."""
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    more = {"MaxConcurrentRuns": 2}
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "ExecutionProperty": more}
    client.update_job(JobName="nightly", JobUpdate=update)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_account_has_so_many_runs(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """One more than max_concurrent_runs is refused, whatever its job."""
    glue_runs.quotas.max_concurrent_runs = 2
    for name in ("a", "b"):
        client.start_job_run(JobName=make_job(name))
    with pytest.raises(client.exceptions.ResourceNumberLimitExceededException) as error:
        client.start_job_run(JobName=make_job("c"))
    assert str(error.value) == (
        "An error occurred (ResourceNumberLimitExceededException) when calling the StartJobRun "
        "operation: Maximum number of concurrent job runs exceeded for account 123456789012"
    )


def test_regions_have_runs_of_their_own(
    client: Any, glue_runs: GlueRuns, glue_in: Callable[[str], Any], make_job: MakeJob
) -> None:
    """A quota is an account's in one region."""
    glue_runs.quotas.max_concurrent_runs = 1
    client.start_job_run(JobName=make_job())
    make_job(region="eu-west-1")
    assert glue_in("eu-west-1").start_job_run(JobName="nightly")["JobRunId"]


def test_account_limits_the_runs_of_a_job(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """max_concurrent_runs_per_job holds for jobs that would have more."""
    glue_runs.quotas.max_concurrent_runs_per_job = 1
    client.start_job_run(JobName=make_job())
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_limit_of_the_job_is_told_before_that_of_the_account(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """Where both are reached, the nearer one is named."""
    glue_runs.quotas.max_concurrent_runs = 1
    client.start_job_run(JobName=make_job(**one_at_a_time()))
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_account_has_so_many_jobs(client: Any, glue_runs: GlueRuns) -> None:
    """One more than max_jobs is refused, until one is deleted."""
    glue_runs.quotas.max_jobs = 1
    job = {"Role": "r", "Command": {"Name": "glueetl"}}
    client.create_job(Name="a", **job)
    with pytest.raises(client.exceptions.ResourceNumberLimitExceededException) as error:
        client.create_job(Name="b", **job)
    assert error.value.response["Error"]["Message"] == (
        "Maximum number of jobs exceeded for account 123456789012"
    )
    client.delete_job(JobName="a")
    assert client.create_job(Name="b", **job)["Name"] == "b"


def test_run_without_capacity_fails(
    client: Any, glue_runs: GlueRuns, noon: datetime, make_job: MakeJob
) -> None:
    """A run that finds no DPUs is accepted, is STARTING, and has FAILED without ever RUNNING."""
    glue_runs.quotas.max_dpus = 19
    make_job()  # ten DPUs for each run
    client.start_job_run(JobName="nightly")
    run = glue_runs.run(client.start_job_run(JobName="nightly")["JobRunId"])
    glue_runs.settle()
    shown = client.get_job_run(JobName="nightly", RunId=run.id)["JobRun"]
    assert (shown["JobRunState"], shown["ExecutionTime"], shown["ErrorMessage"]) == (
        "FAILED",
        0,
        NO_CAPACITY,
    )
    assert [(step.at, step.state) for step in run.history] == [
        (noon, "STARTING"),
        (noon + timedelta(seconds=4), "FAILED"),
    ]


def test_run_without_capacity_takes_no_dpus(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """While it is STARTING, a smaller one finds the DPUs that it did not."""
    glue_runs.quotas.max_dpus = 19
    make_job()
    for _ in range(2):
        client.start_job_run(JobName="nightly")
    client.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=9)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]


def test_run_without_capacity_counts_as_a_run(client: Any, glue_runs: GlueRuns) -> None:
    """While it is STARTING, its job has a run."""
    glue_runs.quotas.max_dpus = 1
    glue_runs.add_job("nightly")
    client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_exactly_enough_is_enough(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """Runs may take all the DPUs there are."""
    glue_runs.quotas.max_dpus = 20
    make_job()
    for _ in range(2):
        client.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED"] * 2


def test_part_of_a_dpu_counts(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """Two runs of Python shell take up an eighth of a DPU."""
    glue_runs.quotas.max_dpus = 0.125
    make_job(command="pythonshell")
    for _ in range(3):
        client.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "SUCCEEDED", "FAILED"]


@pytest.mark.parametrize(
    ("quota", "command", "members"),
    [
        ("max_dpus", "glueetl", {}),
        ("max_dpus", "gluestreaming", {}),
        ("max_dpus", "pythonshell", {}),
        ("max_flex_dpus", "glueetl", {"ExecutionClass": "FLEX"}),
        ("max_ray_dpus", "glueray", {}),
    ],
)
def test_each_kind_of_run_has_its_own_dpus(
    client: Any,
    glue_runs: GlueRuns,
    make_job: MakeJob,
    quota: str,
    command: str,
    members: dict[str, str],
) -> None:
    """A run needs DPUs of its kind, and of no other."""
    for name in ("max_dpus", "max_flex_dpus", "max_ray_dpus"):
        setattr(glue_runs.quotas, name, 10 if name == quota else 0)
    make_job(command=command, **members)
    client.start_job_run(JobName="nightly")
    glue_runs.tick(5)
    assert [run.state for run in glue_runs.runs()] == ["RUNNING"]


@pytest.mark.parametrize(
    ("region", "workers"),
    [
        ("us-east-1", 1000),
        ("us-east-2", 1000),
        ("us-west-2", 1000),
        ("ap-northeast-1", 1000),
        ("ap-southeast-2", 1000),
        ("eu-west-1", 1000),
        ("eu-central-1", 500),
        ("us-west-1", 500),
    ],
)
def test_dpus_of_a_region(
    glue_runs: GlueRuns,
    glue_in: Callable[[str], Any],
    make_job: MakeJob,
    region: str,
    workers: int,
) -> None:
    """Six regions have 1000 DPUs, the others 500."""
    make_job(region=region)
    glue = glue_in(region)
    for _ in range(workers // 250):
        glue.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=250)
    glue.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=2)
    glue_runs.tick(5)
    states = [run.state for run in glue_runs.runs()]
    assert states == ["RUNNING"] * (workers // 250) + ["FAILED"]


def test_accounts_have_limits_of_their_own(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """The runs of one account leave another's room alone."""
    glue_runs.quotas.max_concurrent_runs = 1
    client.start_job_run(JobName=make_job())
    role = boto3.client("sts", region_name="us-east-1").assume_role(
        RoleArn="arn:aws:iam::210987654321:role/other", RoleSessionName="other"
    )["Credentials"]
    other = boto3.client(
        "glue",
        region_name="us-east-1",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    make_job(account_id="210987654321")
    assert other.start_job_run(JobName="nightly")["JobRunId"]
