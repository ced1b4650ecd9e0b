"""The argument ``when`` of a plan: which runs may use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_glue_runs._job_run import JobRun
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._service.model.plans import PlanCondition, arguments_condition
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.service import GlueService


def plan_condition(
    glue: GlueService, messages: Messages, when: Mapping[str, str] | Callable[[JobRun], bool]
) -> PlanCondition:
    """Return the condition for *when*: arguments that a run has, or a function of the JobRun."""
    if isinstance(when, Mapping):
        return arguments_condition(dict(when))
    qualified_name = getattr(when, "__qualname__", None) or type(when).__qualname__
    name = qualified_name.rpartition("<locals>.")[2]
    deciding = False

    def matches(run: Run) -> bool:
        __tracebackhide__ = True
        nonlocal deciding
        if deciding:
            raise RecursionError(
                f"plan(when={name}): the function started a run, and would be called for that one "
                "too. It may read AWS, but not start a run that this plan could be for."
            )
        deciding = True
        try:
            return glue.decide(lambda: bool(when(JobRun(glue, messages, run))))
        finally:
            deciding = False

    return PlanCondition(matches, name)
