"""Operations on workflows: create, update, delete, get, list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.workflow import SnapshotTrigger, Workflow, WorkflowRun
from pytest_glue_runs._service.model.workflow_graph import Graph, Node
from pytest_glue_runs._service.operations.context import Context
from pytest_glue_runs._service.operations.paging import oldest_first
from pytest_glue_runs._service.operations.runs import describe_run
from pytest_glue_runs._service.rules import workflow_rules as rules


def create_workflow(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Create a workflow."""
    name = request["Name"]
    if name in region.workflows:
        raise rules.WORKFLOW_EXISTS.error(workflow=name)
    given = _given(request)
    if len(region.workflows) >= context.store.quotas.max_workflows:
        raise rules.TOO_MANY_WORKFLOWS.error(account=region.account_id)
    region.workflows[name] = Workflow(
        name=name,
        account_id=region.account_id,
        region=region.name,
        given=given,
        created_on=context.now,
        modified_on=context.now,
        tags=dict(request.get("Tags", {})),
    )
    return {"Name": name}


def update_workflow(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Replace what CreateWorkflow set."""
    workflow = region.workflow(request["Name"])
    workflow.given = _given(request)
    workflow.modified_on = context.now
    return {"Name": workflow.name}


def delete_workflow(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a workflow, if it exists. Its triggers stay, and its runs continue."""
    region.workflows.pop(request["Name"], None)
    return {"Name": request["Name"]}


def get_workflow(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return one workflow."""
    workflow = region.workflow(request["Name"])
    return {"Workflow": _describe(context, workflow, request)}


def list_workflows(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the names of workflows."""
    page, more = oldest_first(list(region.workflows), request, rules.PAGE_OF_WORKFLOWS.value)
    return {"Workflows": list(page), **more}


def batch_get_workflows(
    context: Context, region: Region, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the workflows of these names, and the names that do not exist."""
    names = dict.fromkeys(request["Names"])
    known = [region.workflows[name] for name in names if name in region.workflows]
    return {
        "Workflows": [_describe(context, workflow, request) for workflow in known],
        "MissingWorkflows": [name for name in names if name not in region.workflows],
    }


def describe_workflow_run(
    context: Context, workflow_run: WorkflowRun, *, graph: bool = False
) -> dict[str, Any]:
    """Return what GetWorkflowRun shows of a run."""
    shown = workflow_run.describe()
    if graph:
        snapshot = workflow_run.snapshot
        shown["Graph"] = _graph(context, workflow_run.workflow, snapshot, workflow_run)
    return shown


def _describe(context: Context, workflow: Workflow, request: Mapping[str, Any]) -> dict[str, Any]:
    graph = request.get("IncludeGraph", False)
    shown = workflow.describe()
    if workflow.runs:
        shown["LastRun"] = describe_workflow_run(context, workflow.runs[-1], graph=graph)
    if graph:
        snapshot = context.workflows.snapshot(workflow, context.now)
        shown["Graph"] = _graph(context, workflow, snapshot, None)
    return shown


def _graph(
    context: Context,
    workflow: Workflow,
    triggers: Sequence[SnapshotTrigger],
    workflow_run: WorkflowRun | None,
) -> dict[str, Any]:
    graph = Graph.of(triggers)
    by_name = {trigger.name: trigger for trigger in triggers}
    nodes = []
    for node in graph.nodes:
        shown: dict[str, Any] = {
            "Type": node.kind,
            "Name": node.name,
            "UniqueId": node.unique_id(workflow.name),
        }
        if node.kind == "TRIGGER":
            shown["TriggerDetails"] = {"Trigger": by_name[node.name].describe()}
        elif node.kind == "JOB":
            runs = workflow_run.runs.get(node.name, []) if workflow_run else []
            details = {"JobRuns": [describe_run(context, run) for run in runs]}
            shown["JobDetails"] = details if runs else {}
        else:
            crawls = workflow_run.crawls.get(node.name, []) if workflow_run else []
            details = {"Crawls": [crawl.describe() for crawl in crawls]}
            shown["CrawlerDetails"] = details if crawls else {}
        nodes.append(shown)
    return {"Nodes": nodes, "Edges": [_edge(workflow, *edge) for edge in graph.edges]}


def _edge(workflow: Workflow, source: Node, destination: Node) -> dict[str, str]:
    return {
        "SourceId": source.unique_id(workflow.name),
        "DestinationId": destination.unique_id(workflow.name),
    }


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in request.items() if name not in ("Name", "Tags")}
    if given.get("MaxConcurrentRuns", 1) < 1:
        raise rules.TOO_FEW_CONCURRENT_RUNS.error()
    return given
