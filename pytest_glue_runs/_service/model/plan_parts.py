"""Functions and log lines in plans: checked, parsed and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from inspect import iscoroutinefunction, signature
from pathlib import Path
from typing import Any

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.log_line import PlannedLine
from pytest_glue_runs._time.duration import Duration, format_duration, parse_duration

RunFunction = Callable[[Any], object]
"""A function of the test. It is called with the `JobRun`; what it returns is ignored."""
Script = RunFunction | Path
"""What a run executes: a function, or the file of a script in Python."""
LogLines = Iterable[str | tuple[Duration, str]]
"""Lines of output: each is text, or a duration in RUNNING and text."""


def show_script(script: object) -> str:
    """Return how a function, or the path of a script, was written in the test."""
    if isinstance(script, Path):
        return repr(str(script))
    name = getattr(script, "__qualname__", None)
    return Masker().show(script) if name is None else str(name).rpartition("<locals>.")[2]


def check_function(call: str, function: object) -> None:
    """Raise TypeError if *function* cannot be called with a run. *call* begins the message."""
    __tracebackhide__ = True
    if not callable(function):
        raise TypeError(f"{call}: that is not a function. It is called with the run.")
    if iscoroutinefunction(function):
        raise TypeError(
            f"{call}: nothing awaits a coroutine function. Pass a function that calls "
            "asyncio.run()."
        )
    try:
        parameters = signature(function)
    except ValueError:  # some builtins have none
        return
    try:
        parameters.bind("run")
    except TypeError:
        raise TypeError(
            f"{call}: the function is called with one argument, the run, but its parameters are "
            f"{parameters}."
        ) from None


def parse_lines(planner: str, lines: LogLines, after: timedelta | None) -> tuple[PlannedLine, ...]:
    """Return the *lines* of a run that ends *after* this long in RUNNING, if that is known.

    Raises TypeError for what is not a list of lines, ValueError for a line at an invalid time.
    """
    __tracebackhide__ = True
    if isinstance(lines, str) or not isinstance(lines, Iterable):
        raise TypeError(f"{planner}(logs={Masker().show(lines)}): logs is a list of lines.")
    return tuple(part for line in lines for part in _parse_line(planner, line, after))


def _parse_line(planner: str, line: object, end: timedelta | None) -> list[PlannedLine]:
    __tracebackhide__ = True
    timed = ("0s", line) if isinstance(line, str) else line
    shown = f"logs=[{Masker().show(line)}]"
    if not (isinstance(timed, tuple) and len(timed) == 2 and isinstance(timed[1], str)):
        raise TypeError(
            f"{planner}({shown}): that is not a line. "
            'Valid: text, or a duration and text, such as ("10s", "half done").'
        )
    try:
        after = parse_duration(timed[0])
    except ValueError as error:
        raise ValueError(f"{planner}({shown}): {error}") from None
    if end is not None and after > end:
        raise ValueError(
            f"{planner}(after={format_duration(end)!r}, {shown}): the run has ended before this "
            "line."
        )
    return [PlannedLine(after, part) for part in timed[1].splitlines() or [""]]
