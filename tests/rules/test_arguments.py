"""Arguments: how large they may be, what the script sees, and what a run shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_glue_runs import GlueRuns

Ask = Callable[..., str]

LIMIT = 260 * 1024
TOO_LARGE = "InvalidInputException: Request size limit exceeded"
MAPS = [
    ("CreateJob", "DefaultArguments"),
    ("CreateJob", "NonOverridableArguments"),
    ("UpdateJob", "DefaultArguments"),
    ("UpdateJob", "NonOverridableArguments"),
    ("StartJobRun", "Arguments"),
]


@pytest.mark.parametrize(("operation", "member"), MAPS)
def test_size_of_arguments(ask: Ask, operation: str, member: str) -> None:
    """Names and values of one map are 260 KB at most."""
    expected = {LIMIT - 1: "", LIMIT: "", LIMIT + 1: TOO_LARGE}
    asked = {
        size: ask(operation, **{member: {"--a": "x" * (size - 100 - 3), "--b": "x" * 97}})
        for size in expected
    }
    assert asked == expected


@pytest.mark.parametrize(("extra", "answer"), [(0, ""), (1, TOO_LARGE)])
def test_size_is_counted_in_bytes(ask: Ask, extra: int, answer: str) -> None:
    """A letter of two bytes counts twice."""
    value = "é" * (LIMIT // 2 - 2)
    assert ask("StartJobRun", Arguments={"--a" + "x" * (1 + extra): value}) == answer


def test_maps_are_counted_apart(ask: Ask) -> None:
    """Two maps may have 260 KB each."""
    full = {"--a": "x" * (LIMIT - 3)}
    assert ask("CreateJob", DefaultArguments=full, NonOverridableArguments=full) == ""


def test_arguments_of_a_job_do_not_count_for_its_run(
    client: Any, make_job: Callable[..., str]
) -> None:
    """The limit is the request's."""
    full = {"--a": "x" * (LIMIT - 3)}
    make_job(DefaultArguments=full)
    assert client.start_job_run(JobName="nightly", Arguments=full)["JobRunId"]


def test_script_sees_job_then_run_then_what_cannot_be_overridden(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    """The run's arguments replace the defaults name by name, and the job's last word stays."""
    make_job(
        DefaultArguments={"--a": "job", "--b": "job", "--c": "job"},
        NonOverridableArguments={"--c": "fixed"},
    )
    run = glue_runs.run(start(Arguments={"--b": "run", "--c": "run", "--d": "run"}))
    assert run.resolved_arguments == {"--a": "job", "--b": "run", "--c": "fixed", "--d": "run"}


def test_run_shows_its_arguments_as_sent(
    start: Any, shown: Callable[..., dict[str, Any]], make_job: Callable[..., str]
) -> None:
    """The job's are not among them, and none is left out that the script will not see."""
    make_job(DefaultArguments={"--a": "job"}, NonOverridableArguments={"--c": "fixed"})
    arguments = {"--c": "run", "no dashes": "", "": "empty", "--é": "ü"}
    assert shown(start(Arguments=arguments))["Arguments"] == arguments


def test_arguments_hold_for_one_run(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    """The next run has the defaults of the job again."""
    make_job(DefaultArguments={"--a": "job"})
    first, second = (glue_runs.run(start(**more)) for more in ({"Arguments": {"--a": "1"}}, {}))
    assert (first.resolved_arguments, second.resolved_arguments) == ({"--a": "1"}, {"--a": "job"})


def test_values_are_text(client: Any, make_job: Callable[..., str]) -> None:
    """The client itself refuses a number."""
    with pytest.raises(ParamValidationError, match=r"Invalid type for parameter Arguments\.--a"):
        client.start_job_run(JobName=make_job(), Arguments={"--a": 1})
