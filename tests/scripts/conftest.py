"""Fixtures for the tests of functions and scripts that runs execute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, JobRun, Plan

MakeScript = Callable[..., Path]
RunPlan = Callable[..., JobRun]


@pytest.fixture(scope="session")
def glue() -> Any:
    """Return a client that is older than every mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture(scope="session")
def s3() -> Any:
    """Return a client of S3 that is older than every mock."""
    return boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture(scope="session")
def glue_runs_settings() -> dict[str, Any]:
    """An ended run releases its slot at once."""
    return {"cleanup": 0}


@pytest.fixture
def make_script(tmp_path: Path) -> MakeScript:
    """Return a function that writes a script and returns its path."""

    def make(text: str, name: str = "job.py") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return make


@pytest.fixture
def run_plan(glue_runs: GlueRuns, glue: Any) -> RunPlan:
    """Return a function that runs a plan to its end, for a Python shell job by default."""

    def run(plan: Plan, command: str = "pythonshell", **definition: Any) -> JobRun:
        version = {"PythonVersion": "3.9"} if command == "pythonshell" else {}
        location = "s3://scripts/orders.py"
        definition["Command"] = {"Name": command, "ScriptLocation": location, **version}
        arguments = definition.pop("Arguments", {})
        glue_runs.add_job("orders", **definition)
        glue_runs.plan("orders", plan)
        run_id = glue.start_job_run(JobName="orders", Arguments=arguments)["JobRunId"]
        glue_runs.settle()
        return glue_runs.run(run_id)

    return run
