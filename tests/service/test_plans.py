"""Which plan a run gets."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import fails, hangs, succeeds
from pytest_glue_runs._service.model.plans import ALL_JOBS, PlanCondition, PlanGroup


def _start(bench: Any, **arguments: str) -> Any:
    given = {f"--{name}": value for name, value in arguments.items()}
    bench.call("StartJobRun", JobName="nightly", Arguments=given)
    return [*bench.glue.store.runs.values()][-1].plan


@pytest.fixture
def plans(bench: Any) -> Any:
    bench.add_job("nightly")
    return bench.glue.plans


ON_MONDAY = PlanCondition(lambda run: run.script_arguments().get("--day") == "monday", "monday")


def test_a_conditional_plan_is_for_the_runs_that_match(bench: Any, plans: Any) -> None:
    plans.add(PlanGroup("nightly", (hangs(),)))
    plans.add(PlanGroup("nightly", (fails("monday"),), when=ON_MONDAY))
    assert _start(bench, day="monday") == fails("monday")
    assert _start(bench, day="monday") == hangs()
    assert _start(bench) == succeeds()


def test_plans_are_repeated_together(bench: Any, plans: Any) -> None:
    plans.add(PlanGroup("nightly", (fails("a"), fails("b")), times=2))
    assert [_start(bench).error for _ in range(3)] == ["a", "b", "a"]
    assert plans.unused() == [("nightly", fails("b"))]


def test_the_newest_plan_for_every_run_holds(bench: Any, plans: Any) -> None:
    for error in "ab":
        plans.add(PlanGroup("nightly", (fails(error),), times=None))
    plans.add(PlanGroup("nightly", (fails("c"),), times=None, when=ON_MONDAY))
    assert [_start(bench).error for _ in range(2)] == ["b", "b"]
    assert _start(bench, day="monday").error == "c"
    assert plans.unused() == [("nightly", fails("a"))]


def test_plans_for_all_jobs_come_last(bench: Any, plans: Any) -> None:
    plans.add(PlanGroup(ALL_JOBS, (hangs(),)))
    plans.add(PlanGroup("nightly", (fails("a"),)))
    assert [_start(bench) for _ in range(3)] == [fails("a"), hangs(), succeeds()]


def test_optional_and_empty_groups_are_never_unused(plans: Any) -> None:
    plans.add(PlanGroup("nightly", ()))
    plans.add(PlanGroup("nightly", (hangs(),), optional=True))
    assert plans.unused() == []
