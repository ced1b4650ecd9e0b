"""GlueVersion: a run on an invalid version is accepted, and fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("version", ["0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_spark_runs_on_every_released_version(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, command: str, version: str
) -> None:
    make_job(command=command, GlueVersion=version)
    run = glue_runs.run(start())
    glue_runs.tick(4)
    assert run.state == "RUNNING"


@pytest.mark.parametrize("version", ["0.8", "2.5", "5.2", "5.0.1", "6.0.0", "7.x", "four.0"])
def test_version_that_does_not_exist(
    glue_runs: GlueRuns, noon: datetime, start: Any, shown: Shown, make_job: MakeJob, version: str
) -> None:
    """The run fails when it would be RUNNING, with AWS's message."""
    make_job(GlueVersion=version)
    run_id = start()
    glue_runs.settle()
    run = shown(run_id)
    assert (run["JobRunState"], run["ExecutionTime"]) == ("FAILED", 0)
    assert run["CompletedOn"] == noon + timedelta(seconds=4)
    assert run["ErrorMessage"] == (
        f"JobName:nightly and JobRunId:{run_id} failed to execute with exception Given "
        f"GlueVersion [{version}] is not valid. (Service: AWSGlueJobExecutor; Status Code: 400; "
        "Error Code: InvalidInputException; Request ID: 00000000-0000-4000-8000-000000000000; "
        "Proxy: null)"
    )


@pytest.mark.parametrize("version", ["6.1", "7.0", "10.0"])
def test_version_newer_than_this_package(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, version: str
) -> None:
    """It is considered valid, because AWS may have released it."""
    make_job(GlueVersion=version)
    run = glue_runs.run(start())
    glue_runs.tick(4)
    assert run.state == "RUNNING"


@pytest.mark.glue_runs(default_glue_version="auto")
def test_version_auto(glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob) -> None:
    """The Timeout is that of Glue 5.0 and later."""
    make_job()
    run_id = start()
    glue_runs.tick(4)
    run = shown(run_id)
    assert (run["JobRunState"], run["GlueVersion"], run["Timeout"]) == ("RUNNING", "auto", 480)


@pytest.mark.parametrize(
    ("version", "state"), [("3.0", "FAILED"), ("4.0", "RUNNING"), ("5.1", "RUNNING")]
)
def test_ray_requires_glue_4(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, version: str, state: str
) -> None:
    make_job(command="glueray", GlueVersion=version)
    run = glue_runs.run(start())
    glue_runs.tick(4)
    assert run.state == state


def test_python_shell_ignores_the_version(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    make_job(command="pythonshell", GlueVersion="2.5")
    run = glue_runs.run(start())
    glue_runs.settle()
    assert run.state == "SUCCEEDED"


def test_run_on_an_invalid_version_is_retried(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob
) -> None:
    make_job(GlueVersion="2.5", MaxRetries=1)
    start()
    glue_runs.settle()
    assert [(run.attempt, run.state) for run in glue_runs.runs()] == [(0, "FAILED"), (1, "FAILED")]
