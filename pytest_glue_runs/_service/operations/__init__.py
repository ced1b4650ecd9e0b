"""Glue's operations: one function each, from request to response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.operations import (
    bookmarks,
    jobs,
    runs,
    tags,
    triggers,
    workflow_runs,
    workflows,
)
from pytest_glue_runs._service.operations.context import Context

Operation = Callable[[Context, Region, Mapping[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "CreateJob": jobs.create_job,
    "UpdateJob": jobs.update_job,
    "DeleteJob": jobs.delete_job,
    "GetJob": jobs.get_job,
    "GetJobs": jobs.get_jobs,
    "ListJobs": jobs.list_jobs,
    "BatchGetJobs": jobs.batch_get_jobs,
    "StartJobRun": runs.start_job_run,
    "GetJobRun": runs.get_job_run,
    "GetJobRuns": runs.get_job_runs,
    "BatchStopJobRun": runs.batch_stop_job_run,
    "GetJobBookmark": bookmarks.get_job_bookmark,
    "ResetJobBookmark": bookmarks.reset_job_bookmark,
    "CreateTrigger": triggers.create_trigger,
    "UpdateTrigger": triggers.update_trigger,
    "DeleteTrigger": triggers.delete_trigger,
    "GetTrigger": triggers.get_trigger,
    "GetTriggers": triggers.get_triggers,
    "ListTriggers": triggers.list_triggers,
    "BatchGetTriggers": triggers.batch_get_triggers,
    "StartTrigger": triggers.start_trigger,
    "StopTrigger": triggers.stop_trigger,
    "CreateWorkflow": workflows.create_workflow,
    "UpdateWorkflow": workflows.update_workflow,
    "DeleteWorkflow": workflows.delete_workflow,
    "GetWorkflow": workflows.get_workflow,
    "ListWorkflows": workflows.list_workflows,
    "BatchGetWorkflows": workflows.batch_get_workflows,
    "StartWorkflowRun": workflow_runs.start_workflow_run,
    "StopWorkflowRun": workflow_runs.stop_workflow_run,
    "ResumeWorkflowRun": workflow_runs.resume_workflow_run,
    "GetWorkflowRun": workflow_runs.get_workflow_run,
    "GetWorkflowRuns": workflow_runs.get_workflow_runs,
    "GetWorkflowRunProperties": workflow_runs.get_workflow_run_properties,
    "PutWorkflowRunProperties": workflow_runs.put_workflow_run_properties,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "GetTags": tags.get_tags,
}
