"""DPUSeconds: which runs show them, and how many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

AUTO_SCALING = {"--enable-auto-scaling": "true"}


@pytest.mark.parametrize(
    ("definition", "run", "dpu_seconds"),
    [
        ({"ExecutionClass": "FLEX"}, {}, 600.0),
        ({}, {"ExecutionClass": "FLEX"}, 600.0),
        ({"ExecutionClass": "FLEX"}, {"ExecutionClass": "STANDARD"}, None),
        ({"DefaultArguments": AUTO_SCALING}, {}, 240.0),
        ({"NonOverridableArguments": AUTO_SCALING}, {}, 240.0),
        ({}, {"Arguments": AUTO_SCALING}, 240.0),
        (
            {"DefaultArguments": AUTO_SCALING},
            {"Arguments": {"--enable-auto-scaling": "false"}},
            None,
        ),
        ({"DefaultArguments": AUTO_SCALING, "GlueVersion": "3.0"}, {}, 240.0),
        ({"DefaultArguments": AUTO_SCALING, "GlueVersion": "2.0"}, {}, None),
        ({"DefaultArguments": AUTO_SCALING, "command": "gluestreaming"}, {}, None),
        ({"DefaultArguments": AUTO_SCALING, "command": "pythonshell"}, {}, None),
        (
            {"DefaultArguments": AUTO_SCALING},
            {"WorkerType": "G.2X", "NumberOfWorkers": 6},
            288.0,
        ),
        ({}, {}, None),
    ],
)
def test_runs_that_show_dpu_seconds(
    glue_runs: GlueRuns,
    start: Any,
    shown: Shown,
    make_job: MakeJob,
    definition: dict[str, Any],
    run: dict[str, Any],
    dpu_seconds: float | None,
) -> None:
    """ETL of Glue 3.0 or later: with FLEX the maximum, with auto scaling a part of it."""
    glue_runs.plan(make_job(**definition), succeeds(after="60s"))
    run_id = start(**run)
    glue_runs.settle()
    glue_runs.tick(40)
    assert shown(run_id).get("DPUSeconds") == dpu_seconds


def test_dpu_seconds_appear_at_the_end(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob
) -> None:
    make_job(ExecutionClass="FLEX")
    run_id = start()
    glue_runs.tick(63)
    assert "DPUSeconds" not in shown(run_id)


@pytest.mark.parametrize("plan", [fails(after="60s"), hangs()], ids=["FAILED", "TIMEOUT"])
def test_dpu_seconds_do_not_depend_on_the_outcome(
    glue_runs: GlueRuns, start: Any, shown: Shown, make_job: MakeJob, plan: Any
) -> None:
    glue_runs.plan(make_job(ExecutionClass="FLEX", Timeout=1), plan)
    run_id = start()
    glue_runs.settle()
    glue_runs.tick(40)
    assert shown(run_id)["DPUSeconds"] == 600.0
