"""Tests of the nightly workflow: nights pass, a job fails, and the run is repaired."""

from __future__ import annotations

import orchestration
import pytest

from pytest_glue_runs import GlueRuns, fails, succeeds


@pytest.fixture(autouse=True)
def deployed(glue_runs: GlueRuns) -> None:
    """The jobs exist, and the workflow is deployed."""
    for name in orchestration.JOBS:
        glue_runs.add_job(name)
    orchestration.deploy()


@pytest.mark.glue_runs(start_at="2026-02-27 12:00")
def test_it_runs_each_night(glue_runs: GlueRuns) -> None:
    glue_runs.tick("3d")
    runs = glue_runs.workflow_runs("orders")
    assert [run.started_on.strftime("%m-%d %H:%M") for run in runs] == [
        "02-28 02:00",
        "03-01 02:00",
        "03-02 02:00",
    ]
    assert {run.statistics["SucceededActions"] for run in runs} == {3}


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_each_job_follows_the_one_before(glue_runs: GlueRuns) -> None:
    glue_runs.plan("extract-orders", succeeds(after="20m"))
    glue_runs.plan("clean-orders", succeeds(after="5m"))
    glue_runs.move_to("2026-01-01 03:00")
    extract, clean, report = glue_runs.runs()
    assert clean.started_on == extract.completed_on
    assert report.started_on == clean.completed_on
    assert report.trigger_name == "to-report-orders"


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_nothing_follows_a_failure(glue_runs: GlueRuns) -> None:
    glue_runs.plan("clean-orders", fails("Out of memory"))
    glue_runs.move_to("2026-01-01 03:00")
    (run,) = glue_runs.workflow_runs("orders")
    assert [one.state for one in run.job_runs] == ["SUCCEEDED", "FAILED"]
    assert run.status == "COMPLETED"


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_repair_resumes_from_the_failure(glue_runs: GlueRuns) -> None:
    glue_runs.plan("clean-orders", fails("Out of memory"), succeeds())
    glue_runs.move_to("2026-01-01 03:00")
    run_id = orchestration.repair()
    glue_runs.tick("1h")
    failed, repaired = glue_runs.workflow_runs("orders")
    assert (repaired.id, repaired.previous_run_id) == (run_id, failed.id)
    assert repaired.statistics["SucceededActions"] == 3
    # The first job did not run again.
    assert [run.job_name for run in glue_runs.runs()] == [
        "extract-orders",
        "clean-orders",
        "clean-orders",
        "report-orders",
    ]


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_there_is_nothing_to_repair(glue_runs: GlueRuns) -> None:
    glue_runs.move_to("2026-01-01 03:00")
    assert orchestration.repair() is None
    assert len(glue_runs.workflow_runs()) == 1


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_a_night_that_takes_too_long(glue_runs: GlueRuns) -> None:
    glue_runs.plan("extract-orders", succeeds(after="30h"))
    glue_runs.move_to("2026-01-02 03:00")
    slow, next_night = glue_runs.workflow_runs("orders")
    assert (slow.status, next_night.status) == ("RUNNING", "ERROR")
    assert next_night.error_message == "Concurrent runs exceeded for workflow: orders."
