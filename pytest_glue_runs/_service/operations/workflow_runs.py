"""Operations on runs of workflows: start, stop, resume, get, properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.trigger import START_TYPES
from pytest_glue_runs._service.model.workflow import Execution, Workflow
from pytest_glue_runs._service.model.workflow_graph import Graph, Node
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import newest_first
from pytest_glue_runs._service.operations.workflows import describe_execution
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
    execution = context.workflows.start(workflow, context.now, properties=properties)
    return {"RunId": execution.id}


def stop_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Stop a run and all that is under way in it."""
    execution = _execution(context, region, request)
    if execution.status != "RUNNING":
        raise rules.NOT_RUNNING.error(run=execution.id, status=execution.status)
    context.workflows.stop(execution, context.now)
    return {}


def resume_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Start nodes of a run again, and all that follows from them, in a new run."""
    execution = _execution(context, region, request)
    workflow = execution.workflow
    if execution.status != "COMPLETED":
        raise rules.NOT_COMPLETED.error(run=execution.id, status=execution.status)
    if execution.previous_run_id is not None and execution.resumptions > 0:
        raise rules.RESUMED_ALREADY.error(run=execution.id)
    nodes = _resumable(execution, request["NodeIds"])
    _check_limit(workflow)
    resumed, started = context.workflows.resume(execution, nodes, context.now)
    node_ids = [node.unique_id(workflow.name) for node in started]
    return {"RunId": resumed.id, "NodeIds": node_ids}


def get_workflow_run(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one run."""
    execution = _execution(context, region, request)
    graph = request.get("IncludeGraph", False)
    return {"Run": describe_execution(context, execution, graph=graph)}


def get_workflow_runs(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a page of the runs of a workflow, newest first."""
    executions = region.workflow(request["Name"]).executions
    page, more = newest_first(executions, request, rules.PAGE_OF_WORKFLOW_RUNS.value)
    graph = request.get("IncludeGraph", False)
    return {"Runs": [describe_execution(context, one, graph=graph) for one in page], **more}


def get_workflow_run_properties(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the properties of a run."""
    return {"RunProperties": dict(_execution(context, region, request).properties)}


def put_workflow_run_properties(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Add or change properties of a run."""
    _execution(context, region, request).properties.update(request["RunProperties"])
    return {}


def _execution(context: Context, region: Region, request: Mapping[str, Any]) -> Execution:
    workflow, run_id = region.workflow(request["Name"]), request["RunId"]
    execution = context.store.executions.get(run_id)
    if execution is None or execution.workflow is not workflow:
        raise rules.WORKFLOW_RUN_NOT_FOUND.error(workflow=workflow.name, run=run_id)
    return execution


def _check_limit(workflow: Workflow) -> None:
    if workflow.is_full:
        raise rules.TOO_MANY_WORKFLOW_RUNS.error(workflow=workflow.name)


def _resumable(execution: Execution, node_ids: list[str]) -> list[Node]:
    """Return the nodes with these ids; raise InvalidInputException for one that never ran."""
    name = execution.workflow.name
    nodes = {node.unique_id(name): node for node in Graph.of(execution.snapshot).nodes}
    if not node_ids:
        raise rules.NO_NODES.error()
    for node_id in node_ids:
        if node_id not in nodes or execution.origin_of(nodes[node_id]) is None:
            raise rules.NOT_RESUMABLE.error(node=node_id)
    return [nodes[node_id] for node_id in dict.fromkeys(node_ids)]
