"""Limits on runs and jobs, for requests that are not queued."""

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
    """Return a definition with MaxConcurrentRuns=1."""
    return {"ExecutionProperty": {"MaxConcurrentRuns": 1}}


def test_max_concurrent_runs_defaults_to_1(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly")
    client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException) as error:
        client.start_job_run(JobName="nightly")
    assert str(error.value) == (
        "An error occurred (ConcurrentRunsExceededException) when calling the StartJobRun "
        "operation: Concurrent runs exceeded for nightly"
    )


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_runs_over_max_concurrent_runs_are_rejected(
    client: Any, make_job: MakeJob, limit: int
) -> None:
    make_job(ExecutionProperty={"MaxConcurrentRuns": limit})
    for _ in range(limit):
        client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_range_of_max_concurrent_runs(
    glue_runs: GlueRuns, rejection: Callable[..., str], operation: str
) -> None:
    """The maximum is the account's quota for one job."""
    too_few = "InvalidInputException: Max Concurrent Runs must be greater than or equal to 1."
    too_many = "InvalidInputException: Max Concurrent Runs must be less than or equal to 4000."
    expected = {-1: too_few, 0: too_few, 1: "", 4000: "", 4001: too_many}
    assert {
        number: rejection(operation, ExecutionProperty={"MaxConcurrentRuns": number})
        for number in expected
    } == expected
    glue_runs.quotas.max_concurrent_runs_per_job = 10
    assert rejection(operation, ExecutionProperty={"MaxConcurrentRuns": 11}) == too_many.replace(
        "4000", "10"
    )


def test_add_job_accepts_max_concurrent_runs_over_the_quota(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """On AWS, such jobs exist from before the quota was lowered."""
    glue_runs.quotas.max_concurrent_runs_per_job = 1
    make_job(ExecutionProperty={"MaxConcurrentRuns": 5})
    execution = client.get_job(JobName="nightly")["Job"]["ExecutionProperty"]
    assert execution == {"MaxConcurrentRuns": 5}


def test_max_concurrent_runs_applies_to_each_job(client: Any, make_job: MakeJob) -> None:
    names = [make_job(name, **one_at_a_time()) for name in ("a", "b")]
    assert all(client.start_job_run(JobName=name) for name in names)


@pytest.mark.parametrize("seconds", [0, 3, 4, 63])
def test_starting_and_running_runs_count(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob, seconds: int
) -> None:
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    glue_runs.tick(seconds)
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_ended_run_does_not_count(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """Its slot is released at the moment it ends."""
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    glue_runs.tick(64)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_stopping_run_counts_and_stopped_run_does_not(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    make_job(**one_at_a_time())
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")
    glue_runs.tick(10)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_rejected_run_leaves_no_trace(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """There is no record of it, and its plan is left for the next run."""
    glue_runs.plan(make_job(**one_at_a_time()), succeeds(), hangs())
    client.start_job_run(JobName="nightly")
    with pytest.raises(ClientError):
        client.start_job_run(JobName="nightly")
    glue_runs.tick(64)
    client.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "TIMEOUT"]


def test_update_job_applies_a_higher_limit_at_once(client: Any, make_job: MakeJob) -> None:
    make_job(**one_at_a_time())
    client.start_job_run(JobName="nightly")
    more = {"MaxConcurrentRuns": 2}
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "ExecutionProperty": more}
    client.update_job(JobName="nightly", JobUpdate=update)
    assert client.start_job_run(JobName="nightly")["JobRunId"]


def test_runs_over_the_accounts_quota_are_rejected(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    """The quota counts the runs of all jobs."""
    glue_runs.quotas.max_concurrent_runs = 2
    for name in ("a", "b"):
        client.start_job_run(JobName=make_job(name))
    with pytest.raises(client.exceptions.ResourceNumberLimitExceededException) as error:
        client.start_job_run(JobName=make_job("c"))
    assert str(error.value) == (
        "An error occurred (ResourceNumberLimitExceededException) when calling the StartJobRun "
        "operation: Maximum number of concurrent job runs exceeded for account 123456789012"
    )


def test_quota_applies_to_each_region(
    client: Any, glue_runs: GlueRuns, client_in: Callable[[str], Any], make_job: MakeJob
) -> None:
    glue_runs.quotas.max_concurrent_runs = 1
    client.start_job_run(JobName=make_job())
    make_job(region="eu-west-1")
    assert client_in("eu-west-1").start_job_run(JobName="nightly")["JobRunId"]


def test_quota_of_runs_per_job(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """It applies to jobs with a higher MaxConcurrentRuns."""
    glue_runs.quotas.max_concurrent_runs_per_job = 1
    client.start_job_run(JobName=make_job())
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_limit_of_the_job_is_checked_before_that_of_the_account(
    client: Any, glue_runs: GlueRuns, make_job: MakeJob
) -> None:
    glue_runs.quotas.max_concurrent_runs = 1
    client.start_job_run(JobName=make_job(**one_at_a_time()))
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_jobs_over_the_accounts_quota_are_rejected(client: Any, glue_runs: GlueRuns) -> None:
    """Deleting a job allows another one."""
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


def test_run_without_enough_dpus_fails(
    client: Any, glue_runs: GlueRuns, noon: datetime, make_job: MakeJob
) -> None:
    """It is accepted, is STARTING, and fails without having been RUNNING."""
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


def test_failing_run_uses_no_dpus(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """While it is STARTING, a smaller run can use the DPUs that were too few for it."""
    glue_runs.quotas.max_dpus = 19
    make_job()
    for _ in range(2):
        client.start_job_run(JobName="nightly")
    client.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=9)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]


def test_failing_run_counts_as_a_run(client: Any, glue_runs: GlueRuns) -> None:
    """While it is STARTING, it counts towards MaxConcurrentRuns."""
    glue_runs.quotas.max_dpus = 1
    glue_runs.add_job("nightly")
    client.start_job_run(JobName="nightly")
    with pytest.raises(client.exceptions.ConcurrentRunsExceededException):
        client.start_job_run(JobName="nightly")


def test_runs_may_use_all_dpus(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    glue_runs.quotas.max_dpus = 20
    make_job()
    for _ in range(2):
        client.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED"] * 2


def test_fractions_of_dpus_count(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
    """Two Python shell runs use an eighth of a DPU."""
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
def test_each_kind_of_run_has_its_own_quota_of_dpus(
    client: Any,
    glue_runs: GlueRuns,
    make_job: MakeJob,
    quota: str,
    command: str,
    members: dict[str, str],
) -> None:
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
    client_in: Callable[[str], Any],
    make_job: MakeJob,
    region: str,
    workers: int,
) -> None:
    """Six regions have 1000 DPUs, the others 500."""
    make_job(region=region)
    glue = client_in(region)
    for _ in range(workers // 250):
        glue.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=250)
    glue.start_job_run(JobName="nightly", WorkerType="G.1X", NumberOfWorkers=2)
    glue_runs.tick(5)
    states = [run.state for run in glue_runs.runs()]
    assert states == ["RUNNING"] * (workers // 250) + ["FAILED"]


def test_quota_applies_to_each_account(client: Any, glue_runs: GlueRuns, make_job: MakeJob) -> None:
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
