"""DPUSeconds appear late, and a plan may give them."""

from __future__ import annotations

from typing import Any

from pytest_glue_runs import GlueRuns, succeeds


def test_dpu_seconds_appear_40_seconds_after_the_end(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("flex", ExecutionClass="FLEX")
    client.start_job_run(JobName="flex")
    (run,) = glue_runs.runs("flex")
    glue_runs.tick("1m43s")
    assert "DPUSeconds" not in run.as_dict()
    glue_runs.tick("1s")
    assert run.as_dict()["DPUSeconds"] == 600.0


def test_a_plan_gives_the_dpu_seconds(glue_runs: GlueRuns, client: Any, job: str) -> None:
    glue_runs.plan(job, succeeds(dpu_seconds=240))
    client.start_job_run(JobName=job)
    glue_runs.tick("10m")
    (run,) = glue_runs.runs(job)
    assert run.as_dict()["DPUSeconds"] == 240.0
