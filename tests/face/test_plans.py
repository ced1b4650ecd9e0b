"""Plans: how a run will go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds


@pytest.mark.parametrize(
    ("plan", "text"),
    [
        (succeeds(), "succeeds()"),
        (succeeds(after="90s", startup=0), "succeeds(after='1m30s', startup='0s')"),
        (fails(), "fails()"),
        (fails("Out of memory"), "fails('Out of memory')"),
        (fails("", after=timedelta(hours=1)), "fails('', after='1h')"),
        (hangs(), "hangs()"),
        (hangs(startup="10s"), "hangs(startup='10s')"),
    ],
)
def test_the_repr_of_a_plan_is_the_call_that_makes_it(plan: Plan, text: str) -> None:
    assert (repr(plan), str(plan)) == (text, text)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: succeeds(after="soon"), "succeeds(after=...): 'soon' is not a duration."),
        (lambda: succeeds(startup="soon"), "succeeds(startup=...): 'soon' is not a duration."),
        (lambda: fails(after="soon"), "fails(after=...): 'soon' is not a duration."),
        (lambda: fails(startup="soon"), "fails(startup=...): 'soon' is not a duration."),
        (lambda: hangs(startup="soon"), "hangs(startup=...): 'soon' is not a duration."),
    ],
)
def test_an_invalid_duration_is_an_error(make: Any, message: str) -> None:
    """The message names the function and the keyword."""
    with pytest.raises(ValueError, match="is not a duration") as caught:
        make()
    assert str(caught.value) == (
        f"{message} Valid: a timedelta, a number of seconds, "
        'or text such as "90s", "5m", "1h30m", "2d".'
    )


def test_a_negative_duration_is_an_error() -> None:
    with pytest.raises(ValueError, match="below zero") as caught:
        hangs(startup=-1)
    assert str(caught.value) == (
        "hangs(startup=...): -1 is below zero. A duration is zero or more."
    )


@pytest.mark.parametrize("error", [5, b"text", ValueError("text")])
def test_the_error_is_text(error: Any) -> None:
    with pytest.raises(TypeError) as caught:
        fails(error)
    assert str(caught.value) == (
        f"fails(error={error!r}): the error is text, as ErrorMessage shows it."
    )


@pytest.mark.glue_runs(startup="10s", duration="2m")
def test_durations_default_to_the_settings(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), succeeds())
    glue.start_job_run(JobName="nightly")
    (run,) = glue_runs.settle()
    begin, running, end = (step.at for step in run.history)
    assert (running - begin, end - running) == (timedelta(seconds=10), timedelta(minutes=2))


def test_a_plan_overrides_the_settings(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), fails("no", after="5m", startup="20s"))
    glue.start_job_run(JobName="nightly")
    (run,) = glue_runs.settle()
    begin, running, end = (step.at for step in run.history)
    assert (running - begin, end - running) == (timedelta(seconds=20), timedelta(minutes=5))
    assert (run.state, run.error_message) == ("FAILED", "no")


def test_plans_are_used_in_order(glue_runs: GlueRuns, glue: Any) -> None:
    """A run without a plan succeeds."""
    glue_runs.add_job("nightly", Timeout=60)
    glue_runs.plan("nightly", fails("first"), hangs())
    glue_runs.plan("nightly", fails())
    for _ in range(4):
        glue.start_job_run(JobName="nightly")
        glue_runs.settle()
    ends = [(run.state, run.error_message) for run in glue_runs.runs()]
    assert ends == [("FAILED", "first"), ("TIMEOUT", None), ("FAILED", None), ("SUCCEEDED", None)]


def test_a_plan_is_for_one_job(glue_runs: GlueRuns, glue: Any) -> None:
    """The job need not exist yet."""
    glue_runs.plan("nightly", fails())
    for name in (glue_runs.add_job("hourly"), glue_runs.add_job("nightly")):
        glue.start_job_run(JobName=name)
    assert {run.job_name: run.state for run in glue_runs.settle()} == {
        "hourly": "SUCCEEDED",
        "nightly": "FAILED",
    }


def test_a_retry_uses_the_next_plan(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", MaxRetries=1)
    glue_runs.plan("nightly", fails("first"), fails("second"))
    glue.start_job_run(JobName="nightly")
    assert [run.error_message for run in glue_runs.settle()] == ["first", "second"]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("fails", ""),
        (None, ""),
        (succeeds, " Call it: succeeds()."),
        (hangs, " Call it: hangs()."),
        ([fails(), hangs()], " Pass each plan by itself, or unpack them with *."),
        ((), " Pass each plan by itself, or unpack them with *."),
    ],
)
def test_an_argument_that_is_not_a_plan_is_an_error(
    glue_runs: GlueRuns, wrong: Any, meant: str
) -> None:
    """The message has a hint where the mistake can be guessed."""
    with pytest.raises(TypeError) as caught:
        glue_runs.plan("nightly", succeeds(), wrong)
    assert str(caught.value) == (
        f"plan('nightly'): {wrong!r} is not a plan.{meant} "
        "Valid: succeeds(...), fails(...), fails_to_launch(...), hangs(...), executes(...)."
    )


def test_a_rejected_call_of_plan_adds_no_plan(glue_runs: GlueRuns, glue: Any) -> None:
    wrong: Any = "fails"
    with pytest.raises(TypeError):
        glue_runs.plan(glue_runs.add_job("nightly"), fails(), wrong)
    glue.start_job_run(JobName="nightly")
    assert [run.state for run in glue_runs.settle()] == ["SUCCEEDED"]


@pytest.mark.parametrize("method", ["plan", "plan_crawler"])
def test_no_plan_is_an_error(glue_runs: GlueRuns, method: str) -> None:
    with pytest.raises(TypeError) as caught:
        getattr(glue_runs, method)("nightly")
    valid = "succeeds(...), fails(...), fails_to_launch(...), hangs(...), executes(...)"
    if method == "plan_crawler":
        valid = "succeeds(...), fails(...), hangs()"
    assert str(caught.value) == f"{method}('nightly'): no plan is given. Valid: {valid}."


def test_the_first_argument_of_plan_is_a_name(glue_runs: GlueRuns) -> None:
    forgotten: Any = fails("no")
    with pytest.raises(TypeError) as caught:
        glue_runs.plan(forgotten)
    assert str(caught.value) == f"plan({forgotten!r}): the name of a job is text."
