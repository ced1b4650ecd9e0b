"""Plans and faults as values, for settings: in a marker, a conftest.py, or mock_glue_runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.plan import Plan
from pytest_glue_runs._time.duration import Duration


@dataclass(frozen=True, repr=False, eq=True)
class Prepared:
    """A call of a method of GlueRuns that is made when the mock begins.

    Made by the functions of the same names: `plan`, `fail_next`, `lose_next_response`,
    `delay_next_response` and `hide_next_run`.
    """

    method: str
    """The name of the method."""
    args: tuple[Any, ...]
    """The positional arguments."""
    kwargs: Mapping[str, Any]
    """The keyword arguments that were given."""

    def __repr__(self) -> str:
        """Return the call, without secrets."""
        show = Masker().show
        parts = [show(one) for one in self.args]
        parts += [f"{name}={show(value)}" for name, value in self.kwargs.items()]
        return f"{self.method}({', '.join(parts)})"


def _given(**kwargs: Any) -> dict[str, Any]:
    defaults = {"message": None, "when": None, "times": 1, "after": 0, "optional": False}
    return {name: value for name, value in kwargs.items() if value != defaults[name]}


def plan(
    job_name: str,
    *plans: Plan,
    when: Mapping[str, str] | Callable[[Any], bool] | None = None,
    times: int | Literal["always"] = 1,
    optional: bool = False,
) -> Prepared:
    """Return `GlueRuns.plan` with these arguments, for the setting ``plans``."""
    return Prepared("plan", (job_name, *plans), _given(when=when, times=times, optional=optional))


def fail_next(
    operation: str,
    error: str | BaseException,
    message: str | None = None,
    *,
    times: int | Literal["always"] = 1,
    after: int = 0,
    optional: bool = False,
) -> Prepared:
    """Return `GlueRuns.fail_next` with these arguments, for the setting ``faults``."""
    given = _given(message=message, times=times, after=after, optional=optional)
    return Prepared("fail_next", (operation, error), given)


def lose_next_response(
    operation: str,
    *,
    times: int | Literal["always"] = 1,
    after: int = 0,
    optional: bool = False,
) -> Prepared:
    """Return `GlueRuns.lose_next_response` with these arguments, for the setting ``faults``."""
    given = _given(times=times, after=after, optional=optional)
    return Prepared("lose_next_response", (operation,), given)


def delay_next_response(
    operation: str,
    latency: Duration,
    *,
    times: int | Literal["always"] = 1,
    after: int = 0,
    optional: bool = False,
) -> Prepared:
    """Return `GlueRuns.delay_next_response` with these arguments, for the setting ``faults``."""
    given = _given(times=times, after=after, optional=optional)
    return Prepared("delay_next_response", (operation, latency), given)


def hide_next_run(
    duration: Duration,
    *,
    times: int | Literal["always"] = 1,
    after: int = 0,
    optional: bool = False,
) -> Prepared:
    """Return `GlueRuns.hide_next_run` with these arguments, for the setting ``faults``."""
    given = _given(times=times, after=after, optional=optional)
    return Prepared("hide_next_run", (duration,), given)


FAULTS = ("fail_next", "lose_next_response", "delay_next_response", "hide_next_run")
"""The functions whose results the setting ``faults`` takes."""
