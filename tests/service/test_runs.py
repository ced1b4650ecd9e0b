"""StartJobRun, GetJobRun, GetJobRuns: the members of a run, and when they change."""

from __future__ import annotations

import hashlib
import re
import threading
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
)


def start(client: Any, job: str = "nightly", **request: Any) -> str:
    """Start a run and return its id."""
    run_id: str = client.start_job_run(JobName=job, **request)["JobRunId"]
    return run_id


def shown(client: Any, run_id: str) -> dict[str, Any]:
    """Return what GetJobRun shows of a run."""
    run: dict[str, Any] = client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    return run


def test_id_has_the_form_of_glues(client: Any, job: str) -> None:
    """jr_ and 64 lowercase hexadecimal digits."""
    assert re.fullmatch("jr_[0-9a-f]{64}", start(client))


def test_start_job_run_returns_only_the_id(client: Any, job: str) -> None:
    assert set(client.start_job_run(JobName=job)) == {"JobRunId", "ResponseMetadata"}


def test_ids_are_reproducible(client: Any, job: str) -> None:
    """They depend on account, region, job and number of the run."""
    key = b"123456789012/us-east-1/nightly/1"
    assert start(client) == f"jr_{hashlib.sha256(key).hexdigest()}"


def test_ids_are_unique(client: Any, job: str) -> None:
    assert len({start(client) for _ in range(50)}) == 50


def test_ids_differ_between_regions(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.add_job(job, region="eu-west-1")
    elsewhere = boto3.client("glue", region_name="eu-west-1")
    assert start(client) != start(elsewhere)


def test_ids_start_again_after_reset(client: Any, glue_runs: GlueRuns, job: str) -> None:
    first = start(client)
    glue_runs.reset()
    glue_runs.add_job(job)
    assert start(client) == first


def test_start_job_run_of_a_missing_job(client: Any) -> None:
    """Its message differs from that of other operations."""
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        start(client)
    message = "Failed to start job run due to missing metadata"
    assert error.value.response["Error"]["Message"] == message


def test_missing_run_is_not_found(client: Any, job: str) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        shown(client, "jr_1")
    message = "Job Run with id: jr_1 not found for job: nightly."
    assert error.value.response["Error"]["Message"] == message


def test_run_of_another_job_is_not_found(client: Any, glue_runs: GlueRuns, job: str) -> None:
    run_id = start(client, glue_runs.add_job("other"))
    with pytest.raises(client.exceptions.EntityNotFoundException):
        shown(client, run_id)


def test_states_of_a_run_without_a_plan(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """STARTING for 4 s, RUNNING for a minute, then SUCCEEDED."""
    run_id = start(client)
    observed = []
    for seconds in (0, 3.9, 0.1, 59.9, 0.1):
        glue_runs.tick(seconds)
        observed.append(shown(client, run_id)["JobRunState"])
    assert observed == ["STARTING", "STARTING", "RUNNING", "RUNNING", "SUCCEEDED"]


@pytest.mark.glue_runs(startup="10s", duration="2m")
def test_startup_and_duration_settings(client: Any, glue_runs: GlueRuns, job: str) -> None:
    start(client)
    (run,) = glue_runs.settle()
    offsets = [step.at - run.started_on for step in run.history]
    assert offsets == [timedelta(), timedelta(seconds=10), timedelta(seconds=130)]


def test_plans_are_used_in_order(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run without a plan succeeds."""
    glue_runs.plan(job, fails(), hangs())
    glue_runs.plan(job, succeeds(after="2m"))
    for _ in range(4):
        start(client)
    glue_runs.settle()
    states = [(run.state, run.execution_time) for run in glue_runs.runs()]
    assert states == [("FAILED", 60), ("TIMEOUT", 2880 * 60), ("SUCCEEDED", 120), ("SUCCEEDED", 60)]


def test_startup_of_a_plan_overrides_the_setting(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    glue_runs.plan(job, succeeds(startup="20s"))
    run_id = start(client)
    glue_runs.tick("19s")
    assert shown(client, run_id)["JobRunState"] == "STARTING"


def test_plan_without_duration_ends_at_once(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.plan(job, succeeds(startup=0, after=0))
    assert shown(client, start(client))["JobRunState"] == "SUCCEEDED"


def test_error_message_of_a_failed_run(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """It is the error of the plan."""
    glue_runs.plan(job, fails("Out of memory", after="5m"))
    run_id = start(client)
    glue_runs.tick("10m")
    run = shown(client, run_id)
    assert (run["JobRunState"], run["ErrorMessage"]) == ("FAILED", "Out of memory")


def test_failed_run_without_an_error(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """ErrorMessage is absent."""
    glue_runs.plan(job, fails())
    run_id = start(client)
    glue_runs.settle()
    assert "ErrorMessage" not in shown(client, run_id)


def test_run_times_out(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Its Timeout starts at RUNNING."""
    glue_runs.plan(job, hangs())
    run_id = start(client, Timeout=5)
    glue_runs.tick("5m3s")
    before = shown(client, run_id)["JobRunState"]
    glue_runs.tick("1s")
    assert (before, shown(client, run_id)["JobRunState"]) == ("RUNNING", "TIMEOUT")


def test_timeout_has_no_error_message(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.plan(job, hangs())
    run_id = start(client, Timeout=1)
    glue_runs.settle()
    run = shown(client, run_id)
    assert run["JobRunState"] == "TIMEOUT"
    assert "ErrorMessage" not in run


def test_run_that_ends_at_its_timeout(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """It ends as planned."""
    glue_runs.plan(job, succeeds(after="5m"))
    start(client, Timeout=5)
    (run,) = glue_runs.settle()
    assert run.state == "SUCCEEDED"


def test_timeout_before_a_planned_failure(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.plan(job, fails("too late", after="6m"))
    start(client, Timeout=5)
    (run,) = glue_runs.settle()
    assert (run.state, run.error_message) == ("TIMEOUT", None)


def test_streaming_run_has_no_timeout(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", Command={"Name": "gluestreaming"})
    glue_runs.plan("nightly", hangs())
    run_id = start(client)
    glue_runs.tick("4d")
    run = shown(client, run_id)
    assert run["JobRunState"] == "RUNNING"
    assert "Timeout" not in run


def test_duration_beyond_the_latest_date(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The run times out."""
    glue_runs.plan(job, succeeds(after=timedelta.max))
    run_id = start(client)
    glue_runs.tick("3d")
    assert shown(client, run_id)["JobRunState"] == "TIMEOUT"


def test_startup_beyond_the_latest_date(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The run stays STARTING."""
    glue_runs.plan(job, succeeds(startup=timedelta.max))
    run_id = start(client)
    glue_runs.tick("3d")
    assert shown(client, run_id)["JobRunState"] == "STARTING"


@pytest.mark.glue_runs(start_at="2026-06-18T06:27:08.401Z", startup="3.386s")
def test_running_spark_run_equals_a_record_of_aws(client: Any, glue_runs: GlueRuns) -> None:
    """The record is from 2026-06-18."""
    client.create_job(
        Name="nightly",
        Role="r",
        Command={"Name": "glueetl", "ScriptLocation": "s3://a"},
        GlueVersion="5.0",
        WorkerType="G.1X",
        NumberOfWorkers=2,
        Timeout=15,
    )
    run_id = start(client)
    glue_runs.tick(3.386)
    started = datetime(2026, 6, 18, 6, 27, 8, 401_000, timezone.utc)
    assert shown(client, run_id) == {
        "Id": run_id,
        "Attempt": 0,
        "JobName": "nightly",
        "JobMode": "SCRIPT",
        "JobRunQueuingEnabled": False,
        "StartedOn": started,
        "LastModifiedOn": started + timedelta(seconds=3.386),
        "JobRunState": "RUNNING",
        "PredecessorRuns": [],
        "AllocatedCapacity": 2,
        "ExecutionTime": 0,
        "Timeout": 15,
        "MaxCapacity": 2.0,
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "LogGroupName": "/aws-glue/jobs",
        "GlueVersion": "5.0",
    }


@pytest.mark.glue_runs(start_at="2024-08-27T12:27:10.165Z", startup="5.978s")
def test_succeeded_spark_run_equals_a_record_of_aws(client: Any, glue_runs: GlueRuns) -> None:
    """The record is from August 2024; JobRunQueuingEnabled was added later."""
    client.create_job(
        Name="nightly",
        Role="r",
        Command={"Name": "glueetl", "ScriptLocation": "s3://a"},
        GlueVersion="2.0",
        WorkerType="G.1X",
        NumberOfWorkers=10,
        ExecutionClass="STANDARD",
    )
    glue_runs.plan("nightly", succeeds(after="63s"))
    run_id = start(client)
    glue_runs.settle()
    ended = datetime(2024, 8, 27, 12, 28, 19, 143_000, timezone.utc)
    assert shown(client, run_id) == {
        "AllocatedCapacity": 10,
        "Attempt": 0,
        "CompletedOn": ended,
        "ExecutionClass": "STANDARD",
        "ExecutionTime": 63,
        "GlueVersion": "2.0",
        "Id": run_id,
        "JobMode": "SCRIPT",
        "JobName": "nightly",
        "JobRunQueuingEnabled": False,
        "JobRunState": "SUCCEEDED",
        "LastModifiedOn": ended,
        "LogGroupName": "/aws-glue/jobs",
        "MaxCapacity": 10.0,
        "NumberOfWorkers": 10,
        "PredecessorRuns": [],
        "StartedOn": datetime(2024, 8, 27, 12, 27, 10, 165_000, timezone.utc),
        "Timeout": 2880,
        "WorkerType": "G.1X",
    }


def test_running_python_shell_run_equals_a_record_of_aws(client: Any, glue_runs: GlueRuns) -> None:
    """The record is from November 2021."""
    client.create_job(
        Name="nightly",
        Role="r",
        Command={"Name": "pythonshell", "ScriptLocation": "s3://a"},
        Timeout=6,
        NotificationProperty={"NotifyDelayAfter": 6},
    )
    run_id = start(client, Arguments={"--message": "Hello from sfn glue step"})
    glue_runs.tick("49s")
    run = shown(client, run_id)
    for name in ("Id", "Attempt", "JobName", "StartedOn", "LastModifiedOn"):
        del run[name]
    assert run == {
        "Arguments": {"--message": "Hello from sfn glue step"},
        "JobRunState": "RUNNING",
        "PredecessorRuns": [],
        "AllocatedCapacity": 0,
        "ExecutionTime": 45,
        "Timeout": 6,
        "MaxCapacity": 0.0625,
        "LogGroupName": "/aws-glue/python-jobs",
        "NotificationProperty": {"NotifyDelayAfter": 6},
        # Newer than the record:
        "GlueVersion": "4.0",
        "JobMode": "SCRIPT",
        "JobRunQueuingEnabled": False,
    }


def test_completed_on_is_absent_until_the_end(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Clients poll for its presence."""
    run_id = start(client)
    observed = []
    for seconds in (0, 10, 60):
        glue_runs.tick(seconds)
        observed.append("CompletedOn" in shown(client, run_id))
    assert observed == [False, False, True]


def test_completed_on_is_the_time_of_the_end(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The first read is an hour later."""
    run_id = start(client)
    glue_runs.tick("1h")
    run = shown(client, run_id)
    assert run["CompletedOn"] - run["StartedOn"] == timedelta(seconds=64)


def test_execution_time_grows_while_running(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Whole seconds since RUNNING; it stops at the end."""
    run_id = start(client)
    observed = []
    for seconds in (0, 5, 1.9, 0.1, 57, 3600):
        glue_runs.tick(seconds)
        observed.append(shown(client, run_id)["ExecutionTime"])
    assert observed == [0, 1, 2, 3, 60, 60]


def test_last_modified_on_is_the_last_change_of_state(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    """Reads do not change it."""
    run_id = start(client)
    glue_runs.tick("30s")
    run = shown(client, run_id)
    assert run["LastModifiedOn"] - run["StartedOn"] == timedelta(seconds=4)


def test_arguments_are_absent_if_none_were_given(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    """The job's DefaultArguments are not shown either."""
    glue_runs.add_job("other", DefaultArguments={"--day": "today"})
    run_id = start(client, "other")
    run = client.get_job_run(JobName="other", RunId=run_id)["JobRun"]
    assert "Arguments" not in run


def test_arguments_are_absent_if_an_empty_map_was_given(client: Any, job: str) -> None:
    assert "Arguments" not in shown(client, start(client, Arguments={}))


def test_arguments_are_not_merged_with_the_jobs(client: Any, glue_runs: GlueRuns) -> None:
    """resolved_arguments, which the script sees, are."""
    glue_runs.add_job(
        "nightly",
        DefaultArguments={"--day": "today", "--mode": "fast"},
        NonOverridableArguments={"--env": "prod"},
    )
    run_id = start(client, Arguments={"--day": "monday", "--env": "dev"})
    assert shown(client, run_id)["Arguments"] == {"--day": "monday", "--env": "dev"}
    resolved = glue_runs.run(run_id).resolved_arguments
    assert resolved == {"--day": "monday", "--mode": "fast", "--env": "prod"}


def test_predecessors_included_has_no_effect(client: Any, job: str) -> None:
    """No workflow started the run."""
    run_id = start(client)
    response = client.get_job_run(JobName=job, RunId=run_id, PredecessorsIncluded=True)
    assert response["JobRun"]["PredecessorRuns"] == []


def test_first_run_has_no_previous_run_id(client: Any, job: str) -> None:
    assert "PreviousRunId" not in shown(client, start(client))


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"Timeout": 7}, {"Timeout": 7}),
        ({"SecurityConfiguration": "kms"}, {"SecurityConfiguration": "kms"}),
        (
            {"NotificationProperty": {"NotifyDelayAfter": 3}},
            {"NotificationProperty": {"NotifyDelayAfter": 3}},
        ),
        ({"ExecutionClass": "FLEX"}, {"ExecutionClass": "FLEX"}),
        ({"ExecutionRoleSessionPolicy": POLICY}, {"ExecutionRoleSessionPolicy": POLICY}),
        (
            {"WorkerType": "G.2X", "NumberOfWorkers": 3},
            {"WorkerType": "G.2X", "NumberOfWorkers": 3, "MaxCapacity": 6.0},
        ),
        ({"WorkerType": "G.1X", "NumberOfWorkers": 4}, {"AllocatedCapacity": 4}),
    ],
)
def test_run_shows_what_start_job_run_was_given(
    client: Any, job: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    """It overrides the job's value."""
    run = shown(client, start(client, **request_))
    assert {name: run[name] for name in expected} == expected


def test_request_applies_to_one_run(client: Any, job: str) -> None:
    start(client, Timeout=7)
    assert shown(client, start(client))["Timeout"] == 2880


def test_run_inherits_from_its_job(client: Any, glue_runs: GlueRuns) -> None:
    inherited: dict[str, Any] = {
        "JobMode": "NOTEBOOK",
        "SecurityConfiguration": "kms",
        "NotificationProperty": {"NotifyDelayAfter": 9},
        "GlueVersion": "3.0",
        "ExecutionClass": "FLEX",
        "Timeout": 99,
        "WorkerType": "G.2X",
        "NumberOfWorkers": 4,
    }
    glue_runs.add_job("nightly", **inherited)
    run = shown(client, start(client))
    assert {name: run[name] for name in inherited} == inherited


def test_run_inherits_the_maintenance_window(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", Command={"Name": "gluestreaming"}, MaintenanceWindow="Sun:10")
    assert shown(client, start(client))["MaintenanceWindow"] == "Sun:10"


def test_python_shell_run_may_override_the_capacity(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", Command={"Name": "pythonshell"})
    run = shown(client, start(client, MaxCapacity=1.0))
    assert (run["MaxCapacity"], run["AllocatedCapacity"]) == (1.0, 1)


@pytest.mark.parametrize(
    ("definition", "group"),
    [
        ({}, "/aws-glue/jobs"),
        ({"Command": {"Name": "pythonshell"}}, "/aws-glue/python-jobs"),
        (
            {"SecurityConfiguration": "kms", "Role": "arn:aws:iam::123456789012:role/path/etl"},
            "/aws-glue/jobs-etl-kms",
        ),
        ({"SecurityConfiguration": "kms", "Role": "etl"}, "/aws-glue/jobs-etl-kms"),
    ],
)
def test_log_group_name(
    client: Any, glue_runs: GlueRuns, definition: dict[str, Any], group: str
) -> None:
    """It depends on the command and the security configuration, and has no trailing slash."""
    glue_runs.add_job("nightly", **definition)
    assert shown(client, start(client))["LogGroupName"] == group


def test_get_job_runs_shows_what_get_job_run_shows(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    run_id = start(client)
    glue_runs.tick("30s")
    assert client.get_job_runs(JobName=job)["JobRuns"] == [shown(client, run_id)]


def test_times_have_millisecond_precision(client: Any, glue_runs: GlueRuns, job: str) -> None:
    glue_runs.move_to(datetime(2030, 1, 1, 12, 0, 0, 123_456, timezone.utc))
    run = shown(client, start(client))
    assert run["StartedOn"] == datetime(2030, 1, 1, 12, 0, 0, 123_000, timezone.utc)


def test_concurrent_threads_start_distinct_runs(client: Any, glue_runs: GlueRuns) -> None:
    """Eight threads start 25 runs each."""
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 1000})
    ids: list[str] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        ids.extend(start(client) for _ in range(25))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 200
    assert {run.id for run in glue_runs.runs("nightly")} == set(ids)
