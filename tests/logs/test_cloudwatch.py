"""The lines in moto's CloudWatch Logs: the groups and streams of Glue, at their own times."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from pytest_glue_runs import GlueRuns, JobRun, executes, fails, mock_glue_runs, succeeds

Read = Callable[[str, str], list[str]]

_SPARK = {"Name": "glueetl", "ScriptLocation": "s3://scripts/orders.py"}
_SHELL = {"Name": "pythonshell", "PythonVersion": "3.9"}
_CONTINUOUS = {"--enable-continuous-cloudwatch-log": "true"}


def run_job(glue_runs: GlueRuns, glue: Any, **definition: Any) -> JobRun:
    """Run a job that writes a line, and fails."""
    glue_runs.add_job("orders", **definition)
    glue_runs.plan("orders", fails("no disk", logs=["begin"]))
    run_id = glue.start_job_run(JobName="orders")["JobRunId"]
    glue_runs.settle()
    return glue_runs.run(run_id)


def groups_of(logs: Any) -> list[str]:
    """Return the names of all log groups."""
    return [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]


class TestPlaces:
    """Log groups and log streams."""

    def test_a_spark_job(self, glue_runs: GlueRuns, glue: Any, logs: Any, read: Read) -> None:
        run = run_job(glue_runs, glue, Command=_SPARK)
        group = run.as_dict()["LogGroupName"]
        assert group == "/aws-glue/jobs"
        assert read(f"{group}/output", run.id) == ["begin\n"]
        assert read(f"{group}/error", run.id) == ["no disk\n"]
        assert groups_of(logs) == [f"{group}/error", f"{group}/output"]

    def test_a_python_shell_job(self, glue_runs: GlueRuns, glue: Any, read: Read) -> None:
        run = run_job(glue_runs, glue, Command=_SHELL, DefaultArguments=_CONTINUOUS)
        assert read("/aws-glue/python-jobs/output", run.id) == ["begin\n"]
        assert read("/aws-glue/python-jobs/error", run.id) == ["no disk\n"]

    def test_a_security_configuration(self, glue_runs: GlueRuns, glue: Any, read: Read) -> None:
        run = run_job(glue_runs, glue, SecurityConfiguration="strict", Role="arn:aws:iam::1:role/r")
        assert read("/aws-glue/jobs-r-strict/output", run.id) == ["begin\n"]

    def test_continuous_logging(
        self, glue_runs: GlueRuns, glue: Any, logs: Any, read: Read
    ) -> None:
        run = run_job(glue_runs, glue, Command=_SPARK, DefaultArguments=_CONTINUOUS)
        assert read("/aws-glue/jobs/logs-v2", f"{run.id}-driver") == ["begin\n", "no disk\n"]
        assert read("/aws-glue/jobs/output", run.id) == ["begin\n"]

    def test_continuous_logging_with_names(
        self, glue_runs: GlueRuns, glue: Any, read: Read
    ) -> None:
        arguments = {
            **_CONTINUOUS,
            "--continuous-log-logGroup": "/data/orders",
            "--continuous-log-logStreamPrefix": "nightly",
        }
        run_job(glue_runs, glue, DefaultArguments=arguments, SecurityConfiguration="strict")
        assert read("/data/orders-strict", "nightly-driver") == ["begin\n", "no disk\n"]

    @pytest.mark.parametrize("version", ["5.0", "5.1"])
    def test_glue_5_has_no_continuous_logging(
        self, glue_runs: GlueRuns, glue: Any, logs: Any, version: str
    ) -> None:
        run_job(glue_runs, glue, GlueVersion=version, DefaultArguments=_CONTINUOUS)
        assert groups_of(logs) == ["/aws-glue/jobs/error", "/aws-glue/jobs/output"]

    def test_custom_names_of_glue_5(self, glue_runs: GlueRuns, glue: Any, read: Read) -> None:
        arguments = {"--custom-logGroup-prefix": "/data", "--custom-logStream-prefix": "nightly"}
        run_job(glue_runs, glue, GlueVersion="5.0", DefaultArguments=arguments)
        assert read("/data/output", "nightly-driver") == ["begin\n"]
        assert read("/data/error", "nightly-driver") == ["no disk\n"]

    def test_another_region_and_account(self, glue_runs: GlueRuns) -> None:
        glue_runs.add_job("orders", region="eu-west-1")
        glue_runs.plan("orders", succeeds(logs=["begin"]))
        glue = boto3.client("glue", region_name="eu-west-1")
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        glue_runs.settle()
        found = [
            boto3.client("logs", region_name=region).describe_log_groups()["logGroups"]
            for region in ("us-east-1", "eu-west-1")
        ]
        assert [len(groups) for groups in found] == [0, 2]
        (event,) = boto3.client("logs", region_name="eu-west-1").filter_log_events(
            logGroupName="/aws-glue/jobs/output"
        )["events"]
        assert (event["logStreamName"], event["message"]) == (run_id, "begin\n")


class TestTimes:
    """When streams and lines appear."""

    def test_streams_appear_with_running(
        self, glue_runs: GlueRuns, glue: Any, logs: Any, read: Read
    ) -> None:
        glue_runs.add_job("orders")
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            read("/aws-glue/jobs/output", run_id)
        time.sleep(4)
        assert read("/aws-glue/jobs/output", run_id) == []
        assert read("/aws-glue/jobs/error", run_id) == []

    def test_a_line_has_the_time_at_which_it_was_written(
        self, glue_runs: GlueRuns, glue: Any, logs: Any
    ) -> None:
        glue_runs.add_job("orders")
        glue_runs.plan("orders", succeeds(logs=[("10.5s", "line")]))
        run = glue_runs.run(glue.start_job_run(JobName="orders")["JobRunId"])
        time.sleep(30 * 86_400)  # CloudWatch would not take a line as old as this
        (event,) = logs.get_log_events(logGroupName="/aws-glue/jobs/output", logStreamName=run.id)[
            "events"
        ]
        assert event["timestamp"] == (run.started_on.timestamp() + 4 + 10.5) * 1000

    def test_a_group_of_the_test_is_used(
        self, glue_runs: GlueRuns, glue: Any, logs: Any, read: Read
    ) -> None:
        logs.create_log_group(logGroupName="/aws-glue/jobs/output", tags={"team": "data"})
        run = run_job(glue_runs, glue)
        assert read("/aws-glue/jobs/output", run.id) == ["begin\n"]

    def test_a_line_is_written_once(self, glue_runs: GlueRuns, glue: Any, read: Read) -> None:
        run = run_job(glue_runs, glue)
        for _ in range(2):
            assert read("/aws-glue/jobs/output", run.id) == ["begin\n"]

    def test_another_service_gets_the_lines_in_time(
        self, glue_runs: GlueRuns, glue: Any, logs: Any
    ) -> None:
        """A subscription filter delivers the lines, although the test has not read the log."""
        kinesis = boto3.client("kinesis", region_name="us-east-1")
        kinesis.create_stream(StreamName="lines", ShardCount=1)
        summary = kinesis.describe_stream_summary(StreamName="lines")
        logs.create_log_group(logGroupName="/aws-glue/jobs/error")
        logs.put_subscription_filter(
            logGroupName="/aws-glue/jobs/error",
            filterName="all",
            filterPattern="",
            destinationArn=summary["StreamDescriptionSummary"]["StreamARN"],
        )
        run_job(glue_runs, glue)
        shard = kinesis.list_shards(StreamName="lines")["Shards"][0]["ShardId"]
        iterator = kinesis.get_shard_iterator(
            StreamName="lines", ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        assert len(kinesis.get_records(ShardIterator=iterator)["Records"]) == 1

    def test_a_script_reads_its_own_log(self, glue_runs: GlueRuns, glue: Any, read: Read) -> None:
        def work(run: JobRun) -> None:
            print("begin")  # noqa: T201
            print(read("/aws-glue/jobs/output", run.id))  # noqa: T201

        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(work))
        glue.start_job_run(JobName="orders")
        (run,) = glue_runs.settle()
        assert run.output == "begin\n['begin\\n']\n"


class TestTailing:
    """Clients that follow a log while the run is active."""

    def test_as_airflow_does(self, glue_runs: GlueRuns, glue: Any, logs: Any) -> None:
        """GlueJobHook.print_job_logs reads both groups at each poll, from StartedOn on."""
        glue_runs.add_job("orders")
        glue_runs.plan("orders", fails("no", after="20s", logs=["a", ("8s", "b"), ("14s", "c")]))
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        seen: list[list[str]] = []
        state = ""
        while state != "FAILED":
            job_run = glue.get_job_run(JobName="orders", RunId=run_id)["JobRun"]
            state, lines = job_run["JobRunState"], []
            for suffix in ("output", "error"):
                try:
                    pages = logs.get_paginator("filter_log_events").paginate(
                        logGroupName=f"{job_run['LogGroupName']}/{suffix}",
                        logStreamNames=[run_id],
                        startTime=int(job_run["StartedOn"].timestamp() * 1000),
                    )
                    lines += [event["message"] for page in pages for event in page["events"]]
                except logs.exceptions.ResourceNotFoundException:
                    lines.append("not yet")
            seen.append(lines)
            time.sleep(6)
        output = ["a\n", "b\n", "c\n"]
        assert seen == [["not yet", "not yet"], output[:1], output[:2], output, [*output, "no\n"]]

    def test_as_dagster_does(self, glue_runs: GlueRuns, glue: Any, logs: Any) -> None:
        """PipesCloudWatchMessageReader follows the forward token of the output."""
        glue_runs.add_job("orders")
        glue_runs.plan("orders", succeeds(after="20s", logs=["a", ("8s", "b"), ("14s", "c")]))
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        time.sleep(5)
        seen: list[list[str]] = []
        cursor: dict[str, str] = {}
        for _ in range(5):
            response = logs.get_log_events(
                logGroupName="/aws-glue/jobs/output",
                logStreamName=run_id,
                startTime=0,
                startFromHead=True,
                **cursor,
            )
            cursor = {"nextToken": response["nextForwardToken"]}
            seen.append([event["message"] for event in response["events"]])
            time.sleep(5)
        assert seen == [["a\n"], [], ["b\n"], ["c\n"], []]


class TestLaziness:
    """moto's CloudWatch Logs are loaded only when they are used."""

    @pytest.mark.slow
    def test_runs_and_other_services_do_not_load_them(self, python: Callable[[str], str]) -> None:
        python(
            """
import sys, boto3
from pytest_glue_runs import fails, mock_glue_runs

with mock_glue_runs as glue_runs:
    glue_runs.add_job("orders")
    glue_runs.plan("orders", fails("no disk", logs=["begin"]))
    boto3.client("glue", region_name="us-east-1").start_job_run(JobName="orders")
    (run,) = glue_runs.settle()
    assert len(run.logs) == 2
    assert "moto" not in sys.modules
    boto3.client("sts", region_name="us-east-1").get_caller_identity()
    assert "moto" in sys.modules
    assert "moto.logs.models" not in sys.modules
"""
        )

    def test_a_mock_of_the_test_gets_the_lines(self, glue: Any, logs: Any, read: Read) -> None:
        with mock_aws(), mock_glue_runs(other_services="pass") as glue_runs:
            run = run_job(glue_runs, glue)
            assert read("/aws-glue/jobs/output", run.id) == ["begin\n"]

    def test_no_moto_at_all(self, glue: Any) -> None:
        """The lines are kept until moto is active."""
        with mock_glue_runs(other_services="pass") as glue_runs:
            run = run_job(glue_runs, glue)
            local = boto3.client("logs", region_name="us-east-1", endpoint_url="http://localhost:1")
            with pytest.raises(EndpointConnectionError):
                local.describe_log_groups()
            with mock_aws():
                logs = boto3.client("logs", region_name="us-east-1")
                events = logs.filter_log_events(
                    logGroupName="/aws-glue/jobs/output", logStreamNames=[run.id]
                )["events"]
                assert [event["message"] for event in events] == ["begin\n"]
