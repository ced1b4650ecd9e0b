"""What Glue rejects, fills in and does for workflows."""

from __future__ import annotations

from pytest_glue_runs._service.rules.error_catalog import NOT_FOUND
from pytest_glue_runs._service.rules.rule_types import DEPLOYED, Behavior, Rejection

_OVERVIEW = "developer guide, workflows_overview"
_RESUMING = "developer guide, resuming-workflow"
_RESTRICTIONS = "developer guide of 2021, blueprint_workflow_restrictions"
_TROUBLES = "developer guide, troubleshooting blueprint errors"
_SAMPLE = "open-metadata/OpenMetadata, a GetWorkflow response in its tests"

WORKFLOW_NOT_FOUND = Rejection(
    about="Name, WorkflowName",
    when="no workflow has this name, or the ARN of a tag operation names none",
    code=NOT_FOUND,
    message="Entity not found",
    operations=(
        "GetWorkflow",
        "UpdateWorkflow",
        "StartWorkflowRun",
        "StopWorkflowRun",
        "ResumeWorkflowRun",
        "GetWorkflowRun",
        "GetWorkflowRuns",
        "GetWorkflowRunProperties",
        "PutWorkflowRunProperties",
        "CreateTrigger",
        "StartTrigger",
        "TagResource",
        "UntagResource",
        "GetTags",
    ),
    certainty="assumed",
    wording="second-hand",
    source="the code is in botocore's model of each; wording: moto's operations on workflows",
)
WORKFLOW_RUN_NOT_FOUND = Rejection(
    about="RunId",
    when="the workflow has no such run",
    code=NOT_FOUND,
    message="Entity not found",
    operations=(
        "StopWorkflowRun",
        "ResumeWorkflowRun",
        "GetWorkflowRun",
        "GetWorkflowRunProperties",
        "PutWorkflowRunProperties",
    ),
    certainty="assumed",
    wording="second-hand",
    source="the code is in botocore's model of each; wording: moto's operations on workflows",
)
WORKFLOW_EXISTS = Rejection(
    about="Name",
    when="a workflow has this name already",
    code="AlreadyExistsException",
    message="Workflow with name: {workflow} already exists.",
    operations=("CreateWorkflow",),
    certainty="documented",
    wording="documented",
    source=f"botocore's model, CreateWorkflow; wording: {_TROUBLES}",
)
TOO_MANY_WORKFLOWS = Rejection(
    about="max_workflows",
    when="the account has that many workflows in the region",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of workflows exceeded for account {account}",
    operations=("CreateWorkflow",),
    certainty="documented",
    wording="assumed",
    source="AWS general reference, Glue quotas",
)
TOO_FEW_CONCURRENT_RUNS = Rejection(
    about="MaxConcurrentRuns",
    when="it is below 1",
    message="MaxConcurrentRuns should be greater than or equal to 1 if present.",
    operations=("CreateWorkflow", "UpdateWorkflow"),
    certainty="observed",
    wording="observed",
    source=f"{DEPLOYED}-workflow-max-concurrent-runs-min, for CreateWorkflow",
)
TOO_MANY_WORKFLOW_RUNS = Rejection(
    about="MaxConcurrentRuns",
    when="as many runs of the workflow are RUNNING or STOPPING. If its schedule or events start "
    "it, there is a run in ERROR at once, with this ErrorMessage",
    code="ConcurrentRunsExceededException",
    message="Concurrent runs exceeded for workflow: {workflow}.",
    operations=("StartWorkflowRun", "ResumeWorkflowRun", "StartTrigger"),
    certainty="documented",
    wording="documented",
    source="botocore's model, WorkflowRun, for ErrorMessage; assumed for the exception",
)
NO_START_TRIGGER = Rejection(
    about="Name",
    when="the workflow has no trigger of type ON_DEMAND, SCHEDULED or EVENT",
    message="Workflow {workflow} has no starting trigger",
    operations=("StartWorkflowRun",),
    certainty="assumed",
    wording="assumed",
    source="nothing found",
)
SECOND_START_TRIGGER = Rejection(
    about="WorkflowName",
    when="the workflow has a trigger of type ON_DEMAND, SCHEDULED or EVENT already, and this is "
    "another",
    message="Workflow {workflow} already has a starting trigger",
    operations=("CreateTrigger",),
    certainty="documented",
    wording="assumed",
    source=_RESTRICTIONS,
)
NOT_RUNNING = Rejection(
    about="RunId",
    when="the run is not RUNNING",
    code="IllegalWorkflowStateException",
    message="Workflow run {run} cannot be stopped in state: {status}",
    operations=("StopWorkflowRun",),
    certainty="documented",
    wording="assumed",
    source="botocore's model, StopWorkflowRun",
)
NOT_COMPLETED = Rejection(
    about="RunId",
    when="the run is not COMPLETED",
    code="IllegalWorkflowStateException",
    message="Workflow run {run} cannot be resumed in state: {status}",
    operations=("ResumeWorkflowRun",),
    certainty="documented",
    wording="assumed",
    source=_RESUMING,
)
RESUMED_ALREADY = Rejection(
    about="RunId",
    when="the run was itself a resumed one, and has been resumed once",
    code="IllegalWorkflowStateException",
    message="Workflow run {run} was resumed already. Resume the original run instead",
    operations=("ResumeWorkflowRun",),
    certainty="documented",
    wording="assumed",
    source=_RESUMING,
)
NO_NODES = Rejection(
    about="NodeIds",
    when="there are none",
    message="NodeIds cannot be null or empty",
    operations=("ResumeWorkflowRun",),
    certainty="assumed",
    wording="assumed",
    source="NodeIds is required; the wording is that for other missing members",
)
NOT_RESUMABLE = Rejection(
    about="NodeIds",
    when="one is not the UniqueId of a job or crawler that the run tried to start",
    message="Node {node} cannot be resumed",
    operations=("ResumeWorkflowRun",),
    certainty="documented",
    wording="assumed",
    source=_RESUMING,
)
ERRORS = (
    WORKFLOW_NOT_FOUND,
    WORKFLOW_RUN_NOT_FOUND,
    WORKFLOW_EXISTS,
    TOO_MANY_WORKFLOWS,
    TOO_FEW_CONCURRENT_RUNS,
    TOO_MANY_WORKFLOW_RUNS,
    NO_START_TRIGGER,
    SECOND_START_TRIGGER,
    NOT_RUNNING,
    NOT_COMPLETED,
    RESUMED_ALREADY,
    NO_NODES,
    NOT_RESUMABLE,
)

UPDATE = Behavior(
    about="UpdateWorkflow",
    when="a member is not given",
    does="it is removed, as UpdateTrigger and UpdateJob do",
    certainty="assumed",
    source="nothing found",
)
DELETED = Behavior(
    about="DeleteWorkflow",
    when="the workflow has triggers or runs",
    does="triggers stay and start nothing until a workflow has this name again; runs continue, and "
    "can no longer be found. A workflow that does not exist is no error",
    certainty="documented",
    source=f"{_TROUBLES}, of triggers; botocore's model, DeleteWorkflow; assumed of runs",
)
MODIFIED = Behavior(
    about="LastModifiedOn",
    when="a trigger is created for the workflow",
    does="that moment",
    certainty="assumed",
    source="aws-cloudformation/cloudformation-coverage-roadmap#2103: `Workflow my_workflow was "
    "modified while adding trigger my_trigger to it`",
)
STARTED_BY = Behavior(
    about="StartWorkflowRun, StartTrigger",
    when="the start trigger fires: StartWorkflowRun lets it, of whatever type and state; "
    "StartTrigger one of type ON_DEMAND; its schedule or events, if it is active",
    does="a run of the workflow",
    certainty="documented",
    source=f"{_OVERVIEW}; that state and type do not matter to StartWorkflowRun is assumed",
)
SNAPSHOT = Behavior(
    about="Graph",
    when="triggers are changed while the workflow runs",
    does="the run goes by the triggers, and their states, as they were at its start",
    certainty="documented",
    source=f"{_RESUMING}; assumed of states",
)
ONLY_INSIDE = Behavior(
    about="Type CONDITIONAL",
    when="the trigger has a WorkflowName",
    does="fires in runs of the workflow only; triggers without one do not fire in them. It must "
    "be active when the run starts",
    certainty="documented",
    source=_RESTRICTIONS,
)
STATUS = Behavior(
    about="Status",
    when="no run is under way or will be retried, and no trigger fires any more",
    does="COMPLETED, also if runs failed and what depends on them never ran; STOPPED after "
    "StopWorkflowRun",
    certainty="documented",
    source=f"{_RESUMING}; developer guide, workflow-stopping",
)
STOPPING = Behavior(
    about="StopWorkflowRun",
    when="runs and crawls are under way",
    does="runs are stopped as BatchStopJobRun does, retries are given up, crawls are CANCELLED at "
    "once; nothing more starts",
    certainty="documented",
    source="developer guide, workflow-stopping; how long it takes is assumed",
)
ARGUMENTS = Behavior(
    about="--WORKFLOW_NAME, --WORKFLOW_RUN_ID",
    when="a run belongs to a run of a workflow",
    does="the script sees both; JobRun.Arguments does not show them",
    certainty="observed",
    source=f"developer guide, workflow-run-properties-code; {_SAMPLE}, and in {_RESUMING}",
)
PROPERTIES = Behavior(
    about="RunProperties",
    when="a run starts",
    does="DefaultRunProperties, under those given; PutWorkflowRunProperties adds and changes, of "
    "this run only",
    certainty="documented",
    source="developer guide, workflow-run-properties-code",
)
RESUMED = Behavior(
    about="ResumeWorkflowRun",
    when="it is accepted",
    does="a new run with PreviousRunId and the properties of the old one. The nodes run again with "
    "all that is downstream of them; the others keep their runs, whose states count for "
    "conditions. NodeIds shows the nodes that are not downstream of another",
    certainty="documented",
    source=f"{_RESUMING}; assumed of properties and conditions",
)
STATISTICS = Behavior(
    about="Statistics",
    when="a run is shown",
    does="TotalActions are the actions of all its triggers. Of the runs of a job each counts that "
    "is not retried: RunningActions are STARTING, RUNNING and STOPPING",
    certainty="assumed",
    source="botocore's model, WorkflowRunStatistics, names them",
)
GRAPH = Behavior(
    about="Graph",
    when="IncludeGraph is true",
    does="a node for each trigger, job and crawler, with the same UniqueId in workflow and runs; "
    "JobDetails and CrawlerDetails are empty for what has not run",
    certainty="observed",
    source=f"{_SAMPLE}; developer guide, workflows_api_concepts",
)
PAGE_OF_WORKFLOWS = Behavior(
    about="ListWorkflows",
    when="MaxResults is not given",
    does="pages of 25, the most that can be asked for",
    value=25,
    certainty="assumed",
    source="nothing found",
)
PAGE_OF_WORKFLOW_RUNS = Behavior(
    about="GetWorkflowRuns",
    when="MaxResults is not given",
    does="pages of 1000, the most that can be asked for; the newest run first",
    value=1000,
    certainty="assumed",
    source="nothing found",
)
BEHAVIORS = tuple(fact for fact in list(globals().values()) if isinstance(fact, Behavior))
