"""Plans: how the test wants a run to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import isfinite
from pathlib import Path
from typing import Literal, get_args

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.log_line import PlannedLine
from pytest_glue_runs._service.model.plan_parts import (
    LogLines,
    RunFunction,
    Script,
    check_function,
    parse_lines,
    show_script,
)
from pytest_glue_runs._service.rules.launch_errors import LAUNCH_PROBLEMS, LaunchProblem
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time.duration import Duration, format_duration, parse_duration

FailedState = Literal["FAILED", "ERROR", "EXPIRED"]
"""The states in which `fails` may end a run."""
Ending = Literal["SUCCEEDED", "FAILED", "ERROR", "EXPIRED"]
Phase = Literal["STARTING", "RUNNING"]
"""The state in which `fails` may let a run fail."""


@dataclass(frozen=True, repr=False)
class Plan:
    """How one run will go.

    Made by `succeeds`, `fails`, `fails_to_launch`, `hangs` and `executes`.
    """

    ending: Ending | None
    """The state in which the run ends; None: it never ends, or its script decides."""
    after: timedelta | None = None
    """How long the run is in `during` before it ends; None: the settings decide."""
    startup: timedelta | None = None
    """How long the run is STARTING; None: the setting ``startup``."""
    error: str | None = None
    """The ErrorMessage of a run that failed; None: the field is absent."""
    during: Phase = "RUNNING"
    """The state that the run ends in the middle of."""
    launch_problem: LaunchProblem | None = None
    """What keeps the run from starting; it decides the ErrorMessage."""
    cleanup: timedelta | None = None
    """How long the ended run still counts against limits; None: the setting ``cleanup``."""
    dpu_seconds: float | None = None
    """The DPUSeconds of the run; None: computed as Glue does."""
    script: Script | None = None
    """What the run executes."""
    then: RunFunction | None = None
    """What is called at the end of a run that was neither stopped nor timed out."""
    logs: tuple[PlannedLine, ...] = ()
    """The lines that the run writes to its output."""

    @property
    def has_script(self) -> bool:
        """Whether the run calls a function or executes a script."""
        return self.script is not None or self.then is not None

    def __repr__(self) -> str:
        """Return the call that makes this plan, without secrets."""
        problem = self.launch_problem
        parts = [Masker().show(self.error)] if self.error is not None else []
        parts += [repr(problem)] if problem is not None else []
        if self.script is not None:
            parts.append(show_script(self.script))
        for name in ("after", "startup", "cleanup"):
            span: timedelta | None = getattr(self, name)
            if span is not None:
                parts.append(f"{name}={format_duration(span)!r}")
        if self.during != "RUNNING" and problem is None:
            parts.append(f"during={self.during!r}")
        if self.ending in ("ERROR", "EXPIRED"):
            parts.append(f"state={self.ending!r}")
        if self.dpu_seconds is not None:
            parts.append(f"dpu_seconds={self.dpu_seconds!r}")
        if self.then is not None:
            parts.append(f"then={show_script(self.then)}")
        if self.logs:
            parts.append("logs=[...]")
        name = "fails_to_launch" if problem is not None else _NAMES[self.ending]
        return f"{'executes' if self.script is not None else name}({', '.join(parts)})"


_NAMES = {
    "SUCCEEDED": "succeeds",
    "FAILED": "fails",
    "ERROR": "fails",
    "EXPIRED": "fails",
    None: "hangs",
}


def succeeds(
    *,
    after: Duration | None = None,
    startup: Duration | None = None,
    cleanup: Duration | None = None,
    dpu_seconds: float | None = None,
    then: RunFunction | None = None,
    logs: LogLines = (),
) -> Plan:
    """Plan a run that ends SUCCEEDED, *after* this long in RUNNING.

    Durations default to the settings ``duration``, ``startup`` and ``cleanup``. *dpu_seconds* is
    the DPUSeconds that GetJobRun shows. *then* is a function: it is called with the `JobRun` at
    the end, as the last thing that the run does. *logs* are lines of output, such as
    ``["begin", ("10s", "half done")]``. Raises ValueError for an invalid value, TypeError for one
    of a wrong type.
    """
    __tracebackhide__ = True
    span = _span("succeeds", after=after)
    return Plan(
        "SUCCEEDED",
        span,
        _span("succeeds", startup=startup),
        cleanup=_span("succeeds", cleanup=cleanup),
        dpu_seconds=_dpu_seconds("succeeds", dpu_seconds),
        then=_then("succeeds", then),
        logs=parse_lines("succeeds", logs, span),
    )


def fails(
    error: str | None = None,
    *,
    after: Duration | None = None,
    startup: Duration | None = None,
    during: Phase = "RUNNING",
    state: FailedState = "FAILED",
    cleanup: Duration | None = None,
    dpu_seconds: float | None = None,
    then: RunFunction | None = None,
    logs: LogLines = (),
) -> Plan:
    """Plan a run that fails with *error* as its ErrorMessage, *after* this long in RUNNING.

    With ``during="STARTING"`` the run fails before it is RUNNING. *state* is the final state.
    Without *error* the run has no ErrorMessage, as some runs in AWS have none. Durations default
    to the settings ``duration``, ``startup`` and ``cleanup``. *then* and *logs* are those of
    `succeeds`. Raises ValueError for an invalid value, TypeError for one of a wrong type, and with
    ``during="STARTING"`` for both *after* and *startup*, for *then* and for *logs*.
    """
    __tracebackhide__ = True
    if error is not None and not isinstance(error, str):
        shown = Masker().show(error)
        raise TypeError(f"fails(error={shown}): the error is text, as ErrorMessage shows it.")
    _check_choice("fails", "during", during, get_args(Phase))
    _check_choice("fails", "state", state, get_args(FailedState))
    if during == "STARTING" and after is not None and startup is not None:
        raise TypeError(
            f"fails(after={after!r}, startup={startup!r}, during='STARTING'): the run fails while "
            "it is STARTING, so both say when. Give one of them."
        )
    span = _span("fails", after=after)
    plan = Plan(
        state,
        span,
        _span("fails", startup=startup),
        error,
        during,
        cleanup=_span("fails", cleanup=cleanup),
        dpu_seconds=_dpu_seconds("fails", dpu_seconds),
        then=_then("fails", then),
        logs=parse_lines("fails", logs, span),
    )
    if during == "STARTING" and (plan.then is not None or plan.logs):
        raise TypeError(
            f"{plan}: the run fails while it is STARTING, so it has no script that could call a "
            "function or write a line. Leave out then and logs, or during."
        )
    return plan


def fails_to_launch(
    problem: LaunchProblem, *, startup: Duration | None = None, cleanup: Duration | None = None
) -> Plan:
    """Plan a run that fails while it is STARTING, with Glue's ErrorMessage for the *problem*.

    *problem* is what is missing: ``"script"`` in S3, ``"role"``, ``"connection"``,
    ``"security_configuration"``, ``"subnet"`` (no free address) or ``"resources"``. Raises
    ValueError for an invalid value.
    """
    __tracebackhide__ = True
    _check_choice("fails_to_launch", "problem", problem, LAUNCH_PROBLEMS)
    return Plan(
        "FAILED",
        startup=_span("fails_to_launch", startup=startup),
        during="STARTING",
        launch_problem=problem,
        cleanup=_span("fails_to_launch", cleanup=cleanup),
    )


def hangs(
    *,
    startup: Duration | None = None,
    cleanup: Duration | None = None,
    logs: LogLines = (),
) -> Plan:
    """Plan a run that stays RUNNING until its timeout, or until it is stopped.

    *logs* are those of `succeeds`. Raises ValueError for an invalid value, TypeError for one of a
    wrong type.
    """
    __tracebackhide__ = True
    return Plan(
        None,
        startup=_span("hangs", startup=startup),
        cleanup=_span("hangs", cleanup=cleanup),
        logs=parse_lines("hangs", logs, None),
    )


def executing_plan(
    script: Script,
    *,
    after: Duration | None,
    startup: Duration | None,
    cleanup: Duration | None,
    dpu_seconds: float | None,
) -> Plan:
    """Return the plan of `executes`, which has found the file if *script* is one."""
    __tracebackhide__ = True
    if not isinstance(script, Path):
        check_function(f"executes({show_script(script)})", script)
    return Plan(
        None,
        _span("executes", after=after),
        _span("executes", startup=startup),
        cleanup=_span("executes", cleanup=cleanup),
        dpu_seconds=_dpu_seconds("executes", dpu_seconds),
        script=script,
    )


def _span(function: str, **named: Duration | None) -> timedelta | None:
    __tracebackhide__ = True
    ((name, value),) = named.items()
    if value is None:
        return None
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"{function}({name}=...): {error}") from None


def _dpu_seconds(function: str, value: object) -> float | None:
    __tracebackhide__ = True
    if value is None:
        return None
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and isfinite(value) and value >= 0:  # type: ignore[arg-type, operator]
        return float(value)  # type: ignore[arg-type]
    raise ValueError(f"{function}(dpu_seconds={value!r}): valid is a number from 0 on.")


def _then(planner: str, function: RunFunction | None) -> RunFunction | None:
    __tracebackhide__ = True
    if function is not None:
        check_function(f"{planner}(then={show_script(function)})", function)
    return function


def _check_choice(function: str, name: str, value: object, valid: tuple[str, ...]) -> None:
    __tracebackhide__ = True
    if value not in valid:
        listed = ", ".join(repr(one) for one in valid)
        raise ValueError(
            f"{function}({name}={value!r}): that is not a valid {name}."
            f"{did_you_mean(value, valid)} Valid: {listed}."
        )


# The functions that make plans.
PLANNERS = (succeeds, fails, fails_to_launch, hangs)

SUCCEEDS = Plan("SUCCEEDED")
"""The plan of a run without a plan."""
NEVER_ENDS = Plan(None)
"""The plan of a streaming run without a plan."""
