"""Tests of the pipeline together with the script of its job, which runs as Glue runs it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import boto3
import pytest
from pipeline import JOB, LoadError, load_orders

from pytest_glue_runs import GlueRuns, executes

DAY = date(2026, 2, 28)
SCRIPT = Path(__file__).with_name("load_orders_job.py")
RUN_THE_SCRIPT = executes(SCRIPT, after="5m")


@pytest.fixture
def lake(glue_runs: GlueRuns) -> Any:
    """Return a bucket, and create the job that works on it."""
    glue_runs.add_job(
        JOB,
        Command={"Name": "pythonshell", "PythonVersion": "3.9"},
        DefaultArguments={"--bucket": "lake"},
    )
    return boto3.resource("s3", region_name="us-east-1").create_bucket(Bucket="lake")


def test_the_orders_of_a_day_are_sorted(glue_runs: GlueRuns, lake: Any) -> None:
    lake.put_object(Key="raw/2026-02-28.csv", Body=b"id\n2\n1\n")
    glue_runs.plan(JOB, RUN_THE_SCRIPT)
    run = glue_runs.run(load_orders(DAY))
    assert run.output == "2 orders\n"
    assert lake.Object("clean/2026-02-28.csv").get()["Body"].read() == b"id\n1\n2\n"


def test_a_day_without_orders_fails_each_time(glue_runs: GlueRuns, lake: Any) -> None:
    lake.put_object(Key="raw/2026-02-28.csv", Body=b"id\n")
    glue_runs.plan(JOB, *[RUN_THE_SCRIPT] * 3)
    with pytest.raises(LoadError, match="were not loaded: ValueError: no orders on 2026-02-28"):
        load_orders(DAY)
    assert [run.state for run in glue_runs.runs(JOB)] == ["FAILED"] * 3


def test_orders_that_arrive_late(glue_runs: GlueRuns, lake: Any) -> None:
    """The first run finds no file; meanwhile it arrives, so the second one succeeds."""

    def fail_before_the_file_arrives(run: object) -> None:
        lake.put_object(Key="raw/2026-02-28.csv", Body=b"id\n1\n")
        raise FileNotFoundError("raw/2026-02-28.csv")

    glue_runs.plan(JOB, executes(fail_before_the_file_arrives), RUN_THE_SCRIPT)
    load_orders(DAY)
    assert [run.state for run in glue_runs.runs(JOB)] == ["FAILED", "SUCCEEDED"]
