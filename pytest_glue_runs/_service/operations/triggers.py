"""Operations on triggers: create, update, delete, get, list, start, stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.schedule import Schedule
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.trigger import START_TYPES, Trigger, TriggerDefinition
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import oldest_first
from pytest_glue_runs._service.rules import trigger_rules as rules
from pytest_glue_runs._service.rules.requests import check, effective_request
from pytest_glue_runs._service.rules.rule_types import Proposal
from pytest_glue_runs._service.rules.trigger_rules import TriggerProposal, check_trigger
from pytest_glue_runs._service.rules.workflow_rules import (
    SECOND_START_TRIGGER,
    TOO_MANY_WORKFLOW_RUNS,
)

# Members of CreateTrigger and TriggerUpdate that are not part of the definition.
_IDENTITY = ("Name", "Type", "WorkflowName", "StartOnCreation", "Tags")


def create_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Create a trigger, and activate it if StartOnCreation says so."""
    name, tags = request["Name"], request.get("Tags", {})
    given = _given(request)
    known = region.triggers.get(name)
    if known is not None:
        same = (known.type, known.workflow_name, known.definition.given, known.tags) == (
            request["Type"],
            request.get("WorkflowName"),
            given,
            tags,
        )
        raise (rules.TRIGGER_EXISTS_ALREADY if same else rules.TRIGGER_EXISTS).error(trigger=name)
    workflow_name = request.get("WorkflowName")
    if workflow_name is not None:
        _check_workflow(region, workflow_name, request["Type"])
    proposal = TriggerProposal("CreateTrigger", request["Type"], request)
    schedule = _check(context, region, name, proposal)
    if len(region.triggers) >= context.store.quotas.max_triggers:
        raise rules.TOO_MANY_TRIGGERS.error(account=region.account_id)
    trigger = Trigger(
        name=name,
        account_id=region.account_id,
        region=region.name,
        type=request["Type"],
        definition=TriggerDefinition.of(given, schedule),
        workflow_name=workflow_name,
        tags=dict(tags),
    )
    region.triggers[name] = trigger
    region.triggers_changed()
    if workflow_name is not None:
        region.workflows[workflow_name].modified_on = context.now
    if request.get("StartOnCreation"):
        context.triggers.activate(trigger, context.now)
    return {"Name": name}


def update_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Replace a trigger's definition. Its state stays as it is."""
    trigger = region.trigger(request["Name"])
    update = request["TriggerUpdate"]
    proposal = TriggerProposal("UpdateTrigger", trigger.type, update)
    schedule = _check(context, region, trigger.name, proposal)
    trigger.definition = TriggerDefinition.of(_given(update), schedule)
    region.triggers_changed()
    context.triggers.reschedule(trigger, context.now)
    return {"Trigger": trigger.describe(context.now)}


def delete_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a trigger, if it exists. The runs it started continue."""
    trigger = region.triggers.pop(request["Name"], None)
    if trigger is not None:
        region.triggers_changed()
        context.triggers.deactivate(trigger, context.now)
    return {"Name": request["Name"]}


def get_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return one trigger."""
    return {"Trigger": region.trigger(request["Name"]).describe(context.now)}


def get_triggers(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the triggers that start a job, or of all."""
    page, more = oldest_first(_dependent(region, request), request, rules.PAGE_OF_TRIGGERS.value)
    return {"Triggers": [trigger.describe(context.now) for trigger in page], **more}


def list_triggers(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the names of triggers, optionally only of those with all given tags."""
    tags = (request.get("Tags") or {}).items()
    triggers = _dependent(region, request)
    names = [trigger.name for trigger in triggers if tags <= trigger.tags.items()]
    page, more = oldest_first(names, request, rules.PAGE_OF_TRIGGERS.value)
    return {"TriggerNames": list(page), **more}


def batch_get_triggers(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the triggers of these names, and the names that do not exist."""
    names = dict.fromkeys(request["TriggerNames"])
    known = [region.triggers[name] for name in names if name in region.triggers]
    return {
        "Triggers": [trigger.describe(context.now) for trigger in known],
        "TriggersNotFound": [name for name in names if name not in region.triggers],
    }


def start_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Activate a trigger; one of type ON_DEMAND fires instead."""
    trigger = region.trigger(request["Name"])
    if trigger.type == "EVENT":
        raise rules.EVENT_CANNOT_BE_STARTED.error()
    if trigger.type == "ON_DEMAND":
        if trigger.workflow_name is not None:
            workflow = region.workflow(trigger.workflow_name)
            if workflow.is_full:
                raise TOO_MANY_WORKFLOW_RUNS.error(workflow=workflow.name)
        elif not trigger.jobs_started() <= region.jobs.keys():
            raise rules.JOB_OF_TRIGGER_NOT_FOUND.error()
        context.triggers.fire(trigger, context.now)
    elif trigger.active:
        raise rules.NOT_ALLOWED_IN_STATE.error(state=trigger.state(context.now))
    else:
        context.triggers.activate(trigger, context.now)
    return {"Name": trigger.name}


def stop_trigger(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Deactivate a trigger that is active."""
    trigger = region.trigger(request["Name"])
    if not trigger.active:
        raise rules.NOT_ALLOWED_IN_STATE.error(state=trigger.state(context.now))
    context.triggers.deactivate(trigger, context.now)
    return {"Name": trigger.name}


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in request.items() if name not in _IDENTITY}
    predicate = given.get("Predicate") or {}
    if predicate.get("Conditions"):
        conditions = [_condition(one) for one in predicate["Conditions"]]
        given["Predicate"] = {**predicate, "Conditions": conditions}
    return given


def _condition(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition without its crawler if it names a job."""
    dropped = ("CrawlerName", "CrawlState") if "JobName" in given else ()
    return {name: value for name, value in given.items() if name not in dropped}


def _dependent(region: Region, request: Mapping[str, Any]) -> list[Trigger]:
    """Return the triggers that start DependentJobName; all if there are none, or no such name."""
    job = request.get("DependentJobName")
    every = list(region.triggers.values())
    return [trigger for trigger in every if job in trigger.jobs_started()] or every


def _check(
    context: Context, region: Region, name: str, proposal: TriggerProposal
) -> Schedule | None:
    """Check a proposal for the trigger of this name; return its schedule, if it has one."""
    check_trigger(proposal)
    if len(proposal.jobs_started()) > context.store.quotas.max_jobs_per_trigger:
        raise rules.TOO_MANY_JOBS_OF_TRIGGER.error(trigger=name)
    for action in proposal.actions:
        job = region.jobs.get(action.get("JobName", ""))
        if job is not None:
            effective = effective_request(action, job.definition)
            version = job.definition["GlueVersion"]
            check("StartJobRun", Proposal(action, effective, version, region.name))
    return _parse(context, proposal.given["Schedule"]) if proposal.type == "SCHEDULED" else None


def _check_workflow(region: Region, name: str, trigger_type: str) -> None:
    """Raise an error unless a trigger of this type can be added to the workflow."""
    region.workflow(name)
    types = [trigger.type for trigger in region.triggers_of(name)]
    if trigger_type in START_TYPES and any(one in START_TYPES for one in types):
        raise SECOND_START_TRIGGER.error(workflow=name)


def _parse(context: Context, expression: str) -> Schedule:
    try:
        schedule = context.parse_schedule(expression)
    except ValueError:
        raise rules.INVALID_SCHEDULE.error(schedule=expression) from None
    if schedule.shortest_interval < rules.FASTEST_RATE.value:
        raise rules.SCHEDULE_TOO_FAST.error(schedule=expression)
    return schedule
