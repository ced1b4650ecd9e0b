"""Invalid arguments of plans with functions, scripts and logs, and their messages."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobRun, executes, fails, hangs, succeeds


def no_parameter() -> None:
    """Take nothing."""


def two_parameters(run: JobRun, other: int) -> None:
    """Take too much."""


async def coroutine_function(run: JobRun) -> None:
    """Do nothing."""


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (
            no_parameter,
            (
                "the function is called with one argument, the run, but its parameters are "
                "() -> 'None'."
            ),
        ),
        (
            two_parameters,
            (
                "the function is called with one argument, the run, but its parameters are "
                "(run: 'JobRun', other: 'int') -> 'None'."
            ),
        ),
        (
            coroutine_function,
            "nothing awaits a coroutine function. Pass a function that calls asyncio.run().",
        ),
    ],
    ids=["no parameter", "two parameters", "coroutine function"],
)
def test_a_function_that_cannot_be_called(function: Any, message: str) -> None:
    plans: dict[str, Callable[[], object]] = {
        f"executes({function.__name__})": lambda: executes(function),
        f"succeeds(then={function.__name__})": lambda: succeeds(then=function),
        f"fails(then={function.__name__})": lambda: fails(then=function),
    }
    for call, plan in plans.items():
        with pytest.raises(TypeError) as caught:
            plan()
        assert str(caught.value) == f"{call}: {message}"


@pytest.mark.parametrize(
    "function",
    [print, dict, functools.partial(two_parameters, other=1), lambda run, *others: None],
    ids=["builtin", "class", "partial", "lambda"],
)
def test_a_function_that_can_be_called(function: Any) -> None:
    plans = executes(function), succeeds(then=function)
    assert (plans[0].script, plans[1].then) == (function, function)


def test_then_that_is_not_a_function() -> None:
    with pytest.raises(TypeError) as caught:
        succeeds(then="publish")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "succeeds(then='publish'): that is not a function. It is called with the run."
    )


def test_executes_takes_neither_a_function_nor_a_path() -> None:
    with pytest.raises(TypeError) as caught:
        executes(3)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "executes(3): that is neither a function nor the path of a script."
    )


@pytest.mark.parametrize("name", ["job.py", "scripts/job.py"])
def test_a_script_that_is_missing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jobs.py").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError) as caught:
        executes(name)
    hint = " Did you mean 'jobs.py'?" if name == "job.py" else ""
    assert str(caught.value) == (
        f"executes({name!r}): there is no file {tmp_path / name}.{hint} "
        "A path is relative to the current working directory: "
        "Path(__file__).parent is the folder of the test."
    )


def test_a_script_in_s3() -> None:
    with pytest.raises(FileNotFoundError) as caught:
        executes("s3://scripts/job.py")
    assert str(caught.value) == (
        "executes('s3://scripts/job.py'): that is a location in S3. Give the path of the file "
        "that is uploaded there, in this project."
    )


def test_a_folder_instead_of_a_script(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        executes(tmp_path)
    assert str(caught.value) == (
        f"executes({str(tmp_path)!r}): {tmp_path} is a folder, not a script."
    )


@pytest.mark.parametrize("keyword", ["after", "startup", "cleanup"])
def test_an_invalid_duration(keyword: str) -> None:
    durations: dict[str, Any] = {keyword: "soon"}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        executes(print, **durations)
    assert str(caught.value) == (
        f"executes({keyword}=...): 'soon' is not a duration. Valid: a timedelta, a number of "
        'seconds, or text such as "90s", "5m", "1h30m", "2d".'
    )


def test_dpu_seconds_below_zero() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        executes(print, dpu_seconds=-1)
    assert str(caught.value) == "executes(dpu_seconds=-1): valid is a number from 0 on."


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("begin", "logs is a list of lines."),
        (3, "logs is a list of lines."),
    ],
)
def test_logs_that_are_not_a_list(lines: Any, message: str) -> None:
    for plan in (succeeds, fails, hangs):
        with pytest.raises(TypeError) as caught:
            plan(logs=lines)
        assert str(caught.value) == f"{plan.__name__}(logs={lines!r}): {message}"


@pytest.mark.parametrize("line", [3, ("10s",), ("10s", 3), ["10s", "begin"], None], ids=str)
def test_logs_with_an_item_that_is_not_a_line(line: Any) -> None:
    with pytest.raises(TypeError) as caught:
        succeeds(logs=[line])
    assert str(caught.value) == (
        f"succeeds(logs=[{line!r}]): that is not a line. "
        'Valid: text, or a duration and text, such as ("10s", "half done").'
    )


def test_a_line_at_an_invalid_time() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        hangs(logs=[("soon", "begin")])
    assert str(caught.value) == (
        "hangs(logs=[('soon', 'begin')]): 'soon' is not a duration. Valid: a timedelta, a number "
        'of seconds, or text such as "90s", "5m", "1h30m", "2d".'
    )


def test_a_line_after_the_end() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        fails("no disk", after="1m", logs=["begin", ("1m", "end"), ("2m", "late")])
    assert str(caught.value) == (
        "fails(after='1m', logs=[('2m', 'late')]): the run has ended before this line."
    )


@pytest.mark.parametrize("keywords", [{"then": print}, {"logs": ["begin"]}], ids=["then", "logs"])
def test_a_run_that_fails_while_it_is_starting_has_no_script(keywords: Any) -> None:
    with pytest.raises(TypeError) as caught:
        fails("no", during="STARTING", **keywords)
    shown = "then=print" if "then" in keywords else "logs=[...]"
    assert str(caught.value) == (
        f"fails('no', during='STARTING', {shown}): the run fails while it is STARTING, so it has "
        "no script that could call a function or write a line. Leave out then and logs, or during."
    )


def test_a_function_instead_of_a_plan(glue_runs: GlueRuns) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.plan("orders", print)  # type: ignore[arg-type]
    assert str(caught.value) == (
        "plan('orders'): <built-in function print> is not a plan. Did you mean executes(print)? "
        "Valid: succeeds(...), fails(...), fails_to_launch(...), hangs(...), executes(...)."
    )
    with pytest.raises(TypeError) as caught:
        glue_runs.plan("orders", executes)  # type: ignore[arg-type]
    assert str(caught.value).endswith(
        "is not a plan. Call it: executes(). "
        "Valid: succeeds(...), fails(...), fails_to_launch(...), hangs(...), executes(...)."
    )


def test_earlier_plans_are_kept(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("orders")
    glue_runs.plan("orders", fails("no disk"))
    with pytest.raises(TypeError):
        glue_runs.plan("orders", succeeds(), executes(no_parameter))  # type: ignore[arg-type]
    glue.start_job_run(JobName="orders")
    assert [run.error_message for run in glue_runs.settle()] == ["no disk"]


def test_plans_are_shown_as_they_are_written(tmp_path: Path) -> None:
    script = tmp_path / "job.py"
    script.touch()

    def publish(run: JobRun) -> None:
        """Do nothing."""

    plans = [
        executes(publish, after="5m"),
        executes(script, startup=timedelta(seconds=3)),
        succeeds(then=publish, logs=["begin"]),
        fails("no", then=functools.partial(two_parameters, other=1)),
    ]
    assert [str(plan) for plan in plans[:3]] == [
        "executes(publish, after='5m')",
        f"executes({str(script)!r}, startup='3s')",
        "succeeds(then=publish, logs=[...])",
    ]
    assert str(plans[3]).startswith("fails('no', then=functools.partial(<function two_parameters")
