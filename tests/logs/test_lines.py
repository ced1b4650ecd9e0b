"""The lines in the logs of a run, as the test reads them from the run."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import (
    GlueRuns,
    JobRun,
    LogLine,
    Plan,
    fails,
    fails_to_launch,
    hangs,
    succeeds,
)

_LINES: list[str | tuple[str, str]] = [
    "begin",
    ("10s", "a third"),
    ("20s", "two\nthirds"),
    ("5s", "early"),
]


def start(glue_runs: GlueRuns, glue: Any, plan: Plan, **definition: Any) -> JobRun:
    """Start a run that goes as planned."""
    glue_runs.add_job("orders", **definition)
    glue_runs.plan("orders", plan)
    return glue_runs.run(glue.start_job_run(JobName="orders")["JobRunId"])


def messages(run: JobRun) -> list[str]:
    """Return the lines without their times."""
    return [line.message for line in run.logs]


def test_lines_appear_at_their_own_times(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, succeeds(after="30s", startup="4s", logs=_LINES))
    assert messages(run) == []
    glue_runs.tick("4s")
    assert messages(run) == ["begin"]
    glue_runs.tick("9.9s")
    assert messages(run) == ["begin", "early"]
    glue_runs.tick("1h")
    begin = run.history[1].at
    assert run.logs == (
        LogLine(begin, "output", "begin"),
        LogLine(begin + timedelta(seconds=5), "output", "early"),
        LogLine(begin + timedelta(seconds=10), "output", "a third"),
        LogLine(begin + timedelta(seconds=20), "output", "two"),
        LogLine(begin + timedelta(seconds=20), "output", "thirds"),
    )
    assert run.output == "begin\nearly\na third\ntwo\nthirds\n"


def test_an_empty_line(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, succeeds(logs=["", ("0s", "a\n\nb")]))
    glue_runs.settle()
    assert messages(run) == ["", "a", "", "b"]


def test_the_error_of_a_run_that_failed(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, fails("no disk\nleft", after="1m", logs=_LINES[:1]))
    glue_runs.settle()
    assert [(line.stream, line.message) for line in run.logs] == [
        ("output", "begin"),
        ("error", "no disk"),
        ("error", "left"),
    ]
    assert run.logs[1].at == run.completed_on
    assert run.output == "begin\n"


def test_a_run_that_failed_without_an_error(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, fails())
    glue_runs.settle()
    assert run.logs == ()


def test_a_run_that_failed_to_launch(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, fails_to_launch("resources"))
    glue_runs.settle()
    assert messages(run) == ["Resource unavailable"]


@pytest.mark.parametrize("plan", [succeeds(logs=_LINES), hangs(logs=_LINES)], ids=str)
def test_a_run_that_is_stopped_writes_no_more(glue_runs: GlueRuns, glue: Any, plan: Plan) -> None:
    run = start(glue_runs, glue, plan)
    time.sleep(4 + 6)
    glue.batch_stop_job_run(JobName="orders", JobRunIds=[run.id])
    glue_runs.settle()
    assert run.state == "STOPPED"
    assert "two" not in messages(run)


def test_lines_after_the_end_are_not_written(glue_runs: GlueRuns, glue: Any) -> None:
    """The setting decides when the run ends, so the plan could not be rejected."""
    run = start(glue_runs, glue, succeeds(logs=[("2m", "late"), ("1m", "last")]))
    glue_runs.settle()
    glue_runs.tick("1h")
    assert messages(run) == ["last"]


@pytest.mark.parametrize("plan", [succeeds, hangs])
def test_a_streaming_run_that_is_restarted_writes_the_rest(
    glue_runs: GlueRuns, glue: Any, plan: Any
) -> None:
    command = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/orders.py"}
    ending = {"after": "20d"} if plan is succeeds else {}
    start(
        glue_runs,
        glue,
        plan(logs=[("1d", "one"), ("8d", "eight"), ("15d", "fifteen")], **ending),
        Command=command,
    )
    time.sleep(16 * 86_400)
    first, second, third = glue_runs.runs()
    assert [messages(run) for run in (first, second, third)] == [["one"], ["eight"], ["fifteen"]]


def test_a_retry_has_lines_of_its_own(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("orders", MaxRetries=1)
    glue_runs.plan("orders", fails("no disk", logs=["first"]), succeeds(logs=["second"]))
    glue.start_job_run(JobName="orders")
    first, second = glue_runs.settle()
    assert (messages(first), messages(second)) == (["first", "no disk"], ["second"])


def test_the_repr_of_a_line_shows_no_secret(glue_runs: GlueRuns, glue: Any) -> None:
    run = start(glue_runs, glue, succeeds(logs=["password=12345"]))
    glue_runs.settle()
    at = run.history[1].at
    assert repr(run.logs[0]) == f"LogLine(at={at!r}, stream='output', message='password=***')"
    assert run.logs[0].message == "password=12345"
