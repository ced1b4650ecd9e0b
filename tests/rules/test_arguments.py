"""Arguments: their size limit, what the script sees, and what a run shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_glue_runs import GlueRuns

GetRejection = Callable[..., str]

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
def test_size_of_arguments(rejection: GetRejection, operation: str, member: str) -> None:
    """The names and values of one map may have 260 KB together."""
    expected = {LIMIT - 1: "", LIMIT: "", LIMIT + 1: TOO_LARGE}
    rejections = {
        size: rejection(operation, **{member: {"--a": "x" * (size - 100 - 3), "--b": "x" * 97}})
        for size in expected
    }
    assert rejections == expected


@pytest.mark.parametrize(("extra", "expected"), [(0, ""), (1, TOO_LARGE)])
def test_size_is_counted_in_bytes(rejection: GetRejection, extra: int, expected: str) -> None:
    """A character of two bytes counts twice."""
    value = "é" * (LIMIT // 2 - 2)
    assert rejection("StartJobRun", Arguments={"--a" + "x" * (1 + extra): value}) == expected


def test_size_limit_applies_to_each_map(rejection: GetRejection) -> None:
    full = {"--a": "x" * (LIMIT - 3)}
    assert rejection("CreateJob", DefaultArguments=full, NonOverridableArguments=full) == ""


def test_size_limit_applies_to_the_request(client: Any, make_job: Callable[..., str]) -> None:
    """The job's DefaultArguments do not count towards the limit of a run."""
    full = {"--a": "x" * (LIMIT - 3)}
    make_job(DefaultArguments=full)
    assert client.start_job_run(JobName="nightly", Arguments=full)["JobRunId"]


def test_script_sees_merged_arguments(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    """The run's arguments override DefaultArguments; NonOverridableArguments override both."""
    make_job(
        DefaultArguments={"--a": "job", "--b": "job", "--c": "job"},
        NonOverridableArguments={"--c": "fixed"},
    )
    run = glue_runs.run(start(Arguments={"--b": "run", "--c": "run", "--d": "run"}))
    assert run.resolved_arguments == {"--a": "job", "--b": "run", "--c": "fixed", "--d": "run"}


def test_run_shows_its_arguments_as_sent(
    start: Any, shown: Callable[..., dict[str, Any]], make_job: Callable[..., str]
) -> None:
    """The job's arguments are not merged into them."""
    make_job(DefaultArguments={"--a": "job"}, NonOverridableArguments={"--c": "fixed"})
    arguments = {"--c": "run", "no dashes": "", "": "empty", "--é": "ü"}
    assert shown(start(Arguments=arguments))["Arguments"] == arguments


def test_arguments_apply_to_one_run(
    glue_runs: GlueRuns, start: Any, make_job: Callable[..., str]
) -> None:
    make_job(DefaultArguments={"--a": "job"})
    first, second = (glue_runs.run(start(**more)) for more in ({"Arguments": {"--a": "1"}}, {}))
    assert (first.resolved_arguments, second.resolved_arguments) == ({"--a": "1"}, {"--a": "job"})


def test_client_rejects_values_that_are_not_strings(
    client: Any, make_job: Callable[..., str]
) -> None:
    with pytest.raises(ParamValidationError, match=r"Invalid type for parameter Arguments\.--a"):
        client.start_job_run(JobName=make_job(), Arguments={"--a": 1})
