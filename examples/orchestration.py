"""Deploys a nightly workflow of three jobs, and repairs its last run.

Nothing here knows that it is tested: plain boto3.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import boto3

WORKFLOW = "orders"
JOBS = ("extract-orders", "clean-orders", "report-orders")

glue = boto3.client("glue", region_name="us-east-1")


def deploy() -> None:
    """Create the workflow: each night at two, each job follows the success of the one before."""
    glue.create_workflow(Name=WORKFLOW, MaxConcurrentRuns=1)
    glue.create_trigger(
        Name="orders-nightly",
        WorkflowName=WORKFLOW,
        Type="SCHEDULED",
        Schedule="cron(0 2 * * ? *)",
        Actions=[{"JobName": JOBS[0]}],
        StartOnCreation=True,
    )
    for before, after in pairwise(JOBS):
        succeeded = {"LogicalOperator": "EQUALS", "JobName": before, "State": "SUCCEEDED"}
        glue.create_trigger(
            Name=f"to-{after}",
            WorkflowName=WORKFLOW,
            Type="CONDITIONAL",
            Predicate={"Conditions": [succeeded]},
            Actions=[{"JobName": after}],
            StartOnCreation=True,  # without it, the trigger would never fire
        )


def failed_jobs(run: dict[str, Any]) -> dict[str, str]:
    """Return the jobs of a workflow run whose last run failed, with the ids of their nodes.

    The status of the workflow run does not tell: it is COMPLETED all the same.
    """
    failed = {}
    for node in run["Graph"]["Nodes"]:
        runs = node.get("JobDetails", {}).get("JobRuns", [])
        if runs and runs[-1]["JobRunState"] == "FAILED":
            failed[node["Name"]] = node["UniqueId"]
    return failed


def repair() -> str | None:
    """Resume the last run from the jobs that failed; return the id of the new run, if any."""
    workflow = glue.get_workflow(Name=WORKFLOW, IncludeGraph=True)["Workflow"]
    last = workflow["LastRun"]
    failed = failed_jobs(last)
    if not failed:
        return None
    response = glue.resume_workflow_run(
        Name=WORKFLOW, RunId=last["WorkflowRunId"], NodeIds=list(failed.values())
    )
    return str(response["RunId"])
