"""Operations on runs of workflows: start, stop, resume, get, properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.trigger import START_TYPES
from pytest_glue_runs._service.model.workflow import Workflow, WorkflowRun
from pytest_glue_runs._service.model.workflow_graph import Graph, Node
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import newest_first
from pytest_glue_runs._service.operations.workflows import describe_workflow_run
from pytest_glue_runs._service.rules import workflow_rules as rules


def start_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Start a run: the start trigger of the workflow fires."""
    workflow = region.workflow(request["Name"])
    triggers = region.triggers_of(workflow.name)
    if not any(trigger.type in START_TYPES for trigger in triggers):
        raise rules.NO_START_TRIGGER.error(workflow=workflow.name)
    _check_limit(workflow)
    properties = request.get("RunProperties")
    workflow_run = context.workflows.start(workflow, context.now, properties=properties)
    return {"RunId": workflow_run.id}


def stop_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Stop a run and all that is under way in it."""
    workflow_run = _workflow_run(context, region, request)
    if workflow_run.status != "RUNNING":
        raise rules.NOT_RUNNING.error(run=workflow_run.id, status=workflow_run.status)
    context.workflows.stop(workflow_run, context.now)
    return {}


def resume_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Start nodes of a run again, and all that follows from them, in a new run."""
    workflow_run = _workflow_run(context, region, request)
    workflow = workflow_run.workflow
    if workflow_run.status != "COMPLETED":
        raise rules.NOT_COMPLETED.error(run=workflow_run.id, status=workflow_run.status)
    if workflow_run.previous_run_id is not None and workflow_run.resumptions > 0:
        raise rules.RESUMED_ALREADY.error(run=workflow_run.id)
    nodes = _resumable(workflow_run, request["NodeIds"])
    _check_limit(workflow)
    resumed, started = context.workflows.resume(workflow_run, nodes, context.now)
    node_ids = [node.unique_id(workflow.name) for node in started]
    return {"RunId": resumed.id, "NodeIds": node_ids}


def get_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one run."""
    workflow_run = _workflow_run(context, region, request)
    graph = request.get("IncludeGraph", False)
    return {"Run": describe_workflow_run(context, workflow_run, graph=graph)}


def get_workflow_runs(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a page of the runs of a workflow, newest first."""
    workflow_runs = region.workflow(request["Name"]).runs
    page, more = newest_first(workflow_runs, request, rules.PAGE_OF_WORKFLOW_RUNS.value)
    graph = request.get("IncludeGraph", False)
    return {"Runs": [describe_workflow_run(context, one, graph=graph) for one in page], **more}


def get_workflow_run_properties(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the properties of a run."""
    return {"RunProperties": dict(_workflow_run(context, region, request).properties)}


def put_workflow_run_properties(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Add or change properties of a run."""
    _workflow_run(context, region, request).properties.update(request["RunProperties"])
    return {}


def _workflow_run(context: Context, region: Region, request: Mapping[str, Any]) -> WorkflowRun:
    workflow, run_id = region.workflow(request["Name"]), request["RunId"]
    workflow_run = context.store.workflow_runs.get(run_id)
    if workflow_run is None or workflow_run.workflow is not workflow:
        raise rules.WORKFLOW_RUN_NOT_FOUND.error(workflow=workflow.name, run=run_id)
    return workflow_run


def _check_limit(workflow: Workflow) -> None:
    if workflow.is_full:
        raise rules.TOO_MANY_WORKFLOW_RUNS.error(workflow=workflow.name)


def _resumable(workflow_run: WorkflowRun, node_ids: list[str]) -> list[Node]:
    """Return the nodes with these ids; raise InvalidInputException for one that never ran."""
    name = workflow_run.workflow.name
    nodes = {node.unique_id(name): node for node in Graph.of(workflow_run.snapshot).nodes}
    if not node_ids:
        raise rules.NO_NODES.error()
    for node_id in node_ids:
        if node_id not in nodes or workflow_run.origin_of(nodes[node_id]) is None:
            raise rules.NOT_RESUMABLE.error(node=node_id)
    return [nodes[node_id] for node_id in dict.fromkeys(node_ids)]
