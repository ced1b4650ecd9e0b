"""glue_runs.quotas: AWS's defaults, and the values that a test may set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

QUOTAS = (
    "max_concurrent_runs, max_concurrent_runs_per_job, max_jobs, max_dpus, max_flex_dpus, "
    "max_ray_dpus, max_triggers, max_jobs_per_trigger, max_workflows"
)


def test_defaults(glue_runs: GlueRuns) -> None:
    """AWS publishes them; None stands for the default of the region."""
    quotas = [getattr(glue_runs.quotas, name) for name in QUOTAS.split(", ")]
    assert quotas == [2000, 4000, 2000, None, 4000, 50, 1000, 50, 1000]


def test_repr(glue_runs: GlueRuns) -> None:
    """A failing assertion shows every quota."""
    assert repr(glue_runs.quotas) == (
        "Quotas(max_concurrent_runs=2000, max_concurrent_runs_per_job=4000, max_jobs=2000, "
        "max_dpus=None, max_flex_dpus=4000, max_ray_dpus=50, max_triggers=1000, "
        "max_jobs_per_trigger=50, max_workflows=1000)"
    )


@pytest.mark.parametrize("name", ["max_dpus", "max_flex_dpus", "max_ray_dpus"])
@pytest.mark.parametrize("value", [0, 2, 2.5])
def test_quota_of_dpus_may_be_fractional(glue_runs: GlueRuns, name: str, value: float) -> None:
    setattr(glue_runs.quotas, name, value)
    assert getattr(glue_runs.quotas, name) == value


@pytest.mark.parametrize("name", QUOTAS.split(", "))
@pytest.mark.parametrize("value", [-1, True, "10", float("nan")], ids=repr)
def test_value_that_is_not_a_number_from_0_on(glue_runs: GlueRuns, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"number from 0 on") as error:
        setattr(glue_runs.quotas, name, value)
    kind = "number" if name.endswith("_dpus") else "whole number"
    assert str(error.value) == f"quotas.{name} = {value!r}: this quota is a {kind} from 0 on."


@pytest.mark.parametrize("name", ["max_concurrent_runs", "max_concurrent_runs_per_job", "max_jobs"])
@pytest.mark.parametrize("value", [1.5, None], ids=repr)
def test_quota_of_runs_or_jobs_is_a_whole_number(
    glue_runs: GlueRuns, name: str, value: Any
) -> None:
    with pytest.raises(ValueError, match="this quota is a whole number from 0 on"):
        setattr(glue_runs.quotas, name, value)


def test_rejected_value_changes_nothing(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="max_jobs"):
        glue_runs.quotas.max_jobs = -1
    assert glue_runs.quotas.max_jobs == 2000


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("max_dpu", " Did you mean 'max_dpus'?"), ("runs", "")],
)
def test_unknown_quota(glue_runs: GlueRuns, name: str, suggestion: str) -> None:
    """The message suggests a similar name and lists all quotas."""
    with pytest.raises(AttributeError) as error:
        setattr(glue_runs.quotas, name, 1)
    assert str(error.value) == f"There is no quota '{name}'.{suggestion} Valid: {QUOTAS}."


def test_reset_restores_the_defaults(glue_runs: GlueRuns) -> None:
    glue_runs.quotas.max_jobs = 1
    glue_runs.reset()
    assert glue_runs.quotas.max_jobs == 2000


def test_quota_set_after_reset_applies(
    client: Any, glue_runs: GlueRuns, make_job: Callable[..., str]
) -> None:
    glue_runs.reset()
    glue_runs.quotas.max_concurrent_runs = 0
    with pytest.raises(client.exceptions.ResourceNumberLimitExceededException):
        client.start_job_run(JobName=make_job())


@pytest.mark.parametrize("number", [0, 2])
def test_quota_does_not_apply_retroactively(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str], number: int
) -> None:
    """Events that were due before are processed under the old quota."""
    glue_runs.quotas.max_concurrent_runs = 1
    make_job(JobRunQueuingEnabled=True)
    start(), start(), start()
    glue_runs.tick(65)
    glue_runs.quotas.max_concurrent_runs = number
    first, second, third = glue_runs.runs()
    assert second.history[1].at == first.completed_on
    assert third.state == ("STARTING" if number else "WAITING")
