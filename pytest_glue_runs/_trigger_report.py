"""Triggers and workflow runs in the report of a failing test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from pytest_glue_runs._describe import format_time, short_id
from pytest_glue_runs._service.engine.triggers import TriggerEvent
from pytest_glue_runs._service.model.origin import Condition
from pytest_glue_runs._service.model.trigger import Firing, Trigger
from pytest_glue_runs._service.model.workflow import WorkflowRun
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._time.duration import format_duration

# How many firings of a trigger are shown: the latest ones.
_SHOWN = 5


def trigger_lines(glue: GlueService, now: datetime) -> Iterator[str]:
    """Yield the lines on all triggers: when they fired, what they started, what comes next."""
    for region in glue.store.regions.values():
        for trigger in region.triggers.values():
            yield from _trigger(glue, trigger, now)
            missing = (trigger.jobs_started() | _watched(trigger)) - region.jobs.keys()
            if missing:
                yield f"  no such job: {', '.join(sorted(missing))}"


def workflow_lines(glue: GlueService, now: datetime) -> Iterator[str]:
    """Yield a line on each run of a workflow."""
    for workflow_run in glue.store.workflow_runs.values():
        yield _workflow_run(workflow_run, now)


def _trigger(glue: GlueService, trigger: Trigger, now: datetime) -> Iterator[str]:
    of = "" if trigger.workflow_name is None else f" of workflow {trigger.workflow_name}"
    firings = trigger.firings
    event = glue.triggers.next_event(trigger)
    if firings:
        fired = "fired once" if len(firings) == 1 else f"fired {len(firings)} times"
    else:
        fired = f"never fired: {_why_not(glue, trigger, event, now)}"
    yield f"{trigger.name}{of} ({trigger.type}, {trigger.state(now)}): {fired}"
    if len(firings) > _SHOWN:
        yield f"  … {len(firings) - _SHOWN} times before …"
    for firing in firings[-_SHOWN:]:
        yield f"  fired at {format_time(firing.at)}, started {_started(glue, firing)}"
    if event is not None:
        yield f"  next: {_by(trigger)} at {format_time(event.at)}"


def _by(trigger: Trigger) -> str:
    if trigger.type == "EVENT":
        return f"with {_events(trigger)}, when its batch window is over,"
    return str(trigger.definition.given["Schedule"])


def _why_not(glue: GlueService, trigger: Trigger, event: TriggerEvent | None, now: datetime) -> str:
    if trigger.type == "ON_DEMAND":
        return "StartTrigger fires it" + (", or StartWorkflowRun" if trigger.workflow_name else "")
    if trigger.type == "EVENT":
        return f"it has received {_events(trigger)}; glue_runs.send_events() sends them"
    if not trigger.active:
        return f"it is {trigger.state(now)}, and StartTrigger activates it"
    if trigger.type == "SCHEDULED":
        return "its time has not come" if event else "its schedule has no moment to come"
    conditions = sorted(trigger.definition.conditions)
    join = " or " if trigger.definition.any_condition else " and "
    return f"it waits for {join.join(map(_condition, conditions))}{_hint(glue, trigger)}"


def _watched(trigger: Trigger) -> set[str]:
    return {one.name for one in trigger.definition.conditions if one.kind == "JOB"}


def _events(trigger: Trigger) -> str:
    return f"{trigger.events_received} of {trigger.definition.batch_size} events"


def _condition(condition: Condition) -> str:
    what = condition.name if condition.kind == "JOB" else f"crawler {condition.name}"
    return f"{what} {condition.state}"


def _hint(glue: GlueService, trigger: Trigger) -> str:
    """Explain why runs that ended as the trigger waits for did not fire it."""
    ended = [
        run
        for run in glue.store.runs.values()
        if Condition("JOB", run.job.name, run.state) in trigger.definition.conditions
    ]
    if any(run.origin is None for run in ended):
        return "; runs of StartJobRun do not count"
    if ended and trigger.workflow_name is not None:
        return f"; only runs in workflow {trigger.workflow_name} count"
    if any(run.origin is not None and isinstance(run.origin.chain, WorkflowRun) for run in ended):
        return "; runs in a workflow do not count"
    return ""


def _started(glue: GlueService, firing: Firing) -> str:
    if not firing.started:
        return "nothing: its workflow does not exist"
    runs = glue.store.runs
    return ", ".join(
        f"{runs[one].job.name} {short_id(one)}" if one in runs else f"crawler {one}"
        for one in firing.started
    )


def _workflow_run(workflow_run: WorkflowRun, now: datetime) -> str:
    end = now if workflow_run.completed_on is None else workflow_run.completed_on
    span = format_duration(end - workflow_run.started_on)
    counts = workflow_run.statistics()
    total = counts.pop("TotalActions")
    parts = [
        f"{count} {name.removesuffix('Actions').lower()}" for name, count in counts.items() if count
    ]
    error = f": {workflow_run.error}" if workflow_run.error else ""
    resumes = (
        f", resumes {short_id(workflow_run.previous_run_id)}"
        if workflow_run.previous_run_id
        else ""
    )
    name = f"{workflow_run.workflow.name} {short_id(workflow_run.id)}"
    actions = f"{total} actions: {', '.join(parts) or 'none ran'}{resumes}"
    return f"{name}: {workflow_run.status} after {span}{error} ({actions})"
