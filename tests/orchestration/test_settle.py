"""settle() where triggers may start runs without end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, UnsettledError, _settling

Create = Callable[..., str]
NIGHTLY = {"kind": "SCHEDULED", "Schedule": "cron(0 2 * * ? *)", "StartOnCreation": True}


def test_settle_does_not_begin_while_a_schedule_never_ends(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    begin = glue_runs.now
    create("nightly", **NIGHTLY)
    create("hourly", **{**NIGHTLY, "Schedule": "cron(0 * * * ? *)"})
    client.start_job_run(JobName="a")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    assert str(error.value) == (
        "settle() would never end: there are schedules without an end.\n"
        "  trigger hourly: next at 2026-01-01 01:00:00 UTC\n"
        "  trigger nightly: next at 2026-01-01 02:00:00 UTC\n"
        "Move the clock as far as the test needs it, with glue_runs.tick() or "
        "glue_runs.move_to(), or stop the trigger with StopTrigger."
    )
    assert glue_runs.now == begin


def test_settle_after_the_trigger_was_stopped(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    create("nightly", **NIGHTLY)
    glue_runs.move_to("2026-01-01 02:00")
    client.stop_trigger(Name="nightly")
    assert [run.state for run in glue_runs.settle()] == ["SUCCEEDED"]


def test_settle_goes_through_a_schedule_that_ends(glue_runs: GlueRuns, create: Create) -> None:
    create("monthly", **{**NIGHTLY, "Schedule": "cron(0 2 1 * ? 2026)"})
    assert len(glue_runs.settle()) == 12
    assert glue_runs.now.isoformat() == "2026-12-01T02:01:04+00:00"


def test_settle_of_jobs_that_start_one_another(
    client: Any,
    glue_runs: GlueRuns,
    create: Create,
    on_end: Create,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_settling, "_MOST_STEPS", 10)
    create()
    on_end("b", a="SUCCEEDED")
    on_end("a", b="SUCCEEDED")
    client.start_trigger(Name="t")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    first, *_, last, remedy = str(error.value).splitlines()
    assert first == (
        "settle() moved the clock 10 times, to 2026-01-01 00:05:20 UTC, and runs still start:"
    )
    assert last.endswith(" is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it")
    assert remedy == (
        "Do runs start one another in a circle, through triggers or functions of plans? Move the "
        "clock as far as the test needs it, with glue_runs.tick()."
    )
