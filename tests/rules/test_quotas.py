"""glue_runs.quotas: AWS's defaults, and what a test may set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

QUOTAS = (
    "max_concurrent_runs, max_concurrent_runs_per_job, max_jobs, max_dpus, max_flex_dpus, "
    "max_ray_dpus"
)


def test_defaults_are_those_of_aws(glue_runs: GlueRuns) -> None:
    """AWS publishes these; None stands for the region's."""
    names = QUOTAS.split(", ")
    assert [getattr(glue_runs.quotas, name) for name in names] == [2000, 4000, 2000, None, 4000, 50]


def test_quotas_are_shown(glue_runs: GlueRuns) -> None:
    """A failing assertion shows all of them."""
    assert repr(glue_runs.quotas) == (
        "Quotas(max_concurrent_runs=2000, max_concurrent_runs_per_job=4000, max_jobs=2000, "
        "max_dpus=None, max_flex_dpus=4000, max_ray_dpus=50)"
    )


@pytest.mark.parametrize("name", ["max_dpus", "max_flex_dpus", "max_ray_dpus"])
@pytest.mark.parametrize("value", [0, 2, 2.5])
def test_dpus_are_any_number(glue_runs: GlueRuns, name: str, value: float) -> None:
    """From 0 on, fractions too."""
    setattr(glue_runs.quotas, name, value)
    assert getattr(glue_runs.quotas, name) == value


@pytest.mark.parametrize("name", QUOTAS.split(", "))
@pytest.mark.parametrize("value", [-1, True, "10", float("nan")], ids=repr)
def test_what_is_no_number_is_refused(glue_runs: GlueRuns, name: str, value: Any) -> None:
    """Negative numbers, texts and truths are no quotas."""
    with pytest.raises(ValueError, match=r"number from 0 on") as error:
        setattr(glue_runs.quotas, name, value)
    kind = "number" if name.endswith("_dpus") else "whole number"
    assert str(error.value) == f"quotas.{name} = {value!r}: this quota is a {kind} from 0 on."


@pytest.mark.parametrize("name", ["max_concurrent_runs", "max_concurrent_runs_per_job", "max_jobs"])
@pytest.mark.parametrize("value", [1.5, None], ids=repr)
def test_numbers_of_runs_and_jobs_are_whole(glue_runs: GlueRuns, name: str, value: Any) -> None:
    """There is no half a run."""
    with pytest.raises(ValueError, match="this quota is a whole number from 0 on"):
        setattr(glue_runs.quotas, name, value)


def test_refused_value_changes_nothing(glue_runs: GlueRuns) -> None:
    """The quota stays what it was."""
    with pytest.raises(ValueError, match="max_jobs"):
        glue_runs.quotas.max_jobs = -1
    assert glue_runs.quotas.max_jobs == 2000


@pytest.mark.parametrize(
    ("name", "near"),
    [("max_dpu", " Did you mean 'max_dpus'?"), ("runs", "")],
)
def test_unknown_quota_is_refused(glue_runs: GlueRuns, name: str, near: str) -> None:
    """With the near one, and all of them."""
    with pytest.raises(AttributeError) as error:
        setattr(glue_runs.quotas, name, 1)
    assert str(error.value) == f"There is no quota '{name}'.{near} Valid: {QUOTAS}."


def test_reset_brings_the_defaults_back(glue_runs: GlueRuns) -> None:
    """A reset Glue is as new."""
    glue_runs.quotas.max_jobs = 1
    glue_runs.reset()
    assert glue_runs.quotas.max_jobs == 2000


def test_quota_takes_effect_after_reset(
    client: Any, glue_runs: GlueRuns, make_job: Callable[..., str]
) -> None:
    """The quotas that a test gets after reset() are those that hold."""
    glue_runs.reset()
    glue_runs.quotas.max_concurrent_runs = 0
    with pytest.raises(client.exceptions.ResourceNumberLimitExceededException):
        client.start_job_run(JobName=make_job())


@pytest.mark.parametrize("number", [0, 2])
def test_quota_holds_from_now_on(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str], number: int
) -> None:
    """What was due before has happened under the old quota, though nobody has looked."""
    glue_runs.quotas.max_concurrent_runs = 1
    make_job(JobRunQueuingEnabled=True)
    start(), start(), start()
    glue_runs.tick(65)
    glue_runs.quotas.max_concurrent_runs = number
    first, second, third = glue_runs.runs()
    assert second.history[1].at == first.completed_on
    assert third.state == ("STARTING" if number else "WAITING")
