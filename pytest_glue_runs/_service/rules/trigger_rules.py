"""What Glue rejects, fills in and does for triggers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pytest_glue_runs._service.rules.error_catalog import NOT_FOUND
from pytest_glue_runs._service.rules.rule_types import DEPLOYED, Behavior, Rejection

JOB_STATES = ("SUCCEEDED", "STOPPED", "FAILED", "TIMEOUT")
CRAWL_STATES = ("SUCCEEDED", "FAILED", "CANCELLED")
MAX_CRAWLERS = 2

_TRIGGERS = "developer guide, about-triggers"
_SCHEDULES = "developer guide, monitor-data-warehouse-schedule"
_MODEL = "botocore's model, CreateTrigger"
_DEPLOYED = f"{DEPLOYED}-trigger"
_MOTO = "moto's CreateTrigger; its other messages are those of AWS"


@dataclass(frozen=True)
class TriggerProposal:
    """A trigger as a request wants it."""

    operation: str
    type: str
    given: Mapping[str, Any]
    """The members of CreateTrigger or of TriggerUpdate."""

    @property
    def actions(self) -> list[Mapping[str, Any]]:
        """Its actions."""
        return self.given.get("Actions") or []

    @property
    def conditions(self) -> list[Mapping[str, Any]]:
        """The conditions of its predicate."""
        return self._predicate.get("Conditions") or []

    @property
    def logical(self) -> str | None:
        """How its conditions are combined."""
        return self._predicate.get("Logical")

    def jobs_started(self) -> list[str]:
        """Return the names of the jobs that it starts."""
        return [action["JobName"] for action in self.actions if "JobName" in action]

    def jobs_watched(self) -> list[str]:
        """Return the names of the jobs that it watches."""
        return [one["JobName"] for one in self.conditions if "JobName" in one]

    @property
    def _predicate(self) -> Mapping[str, Any]:
        return self.given.get("Predicate") or {}


@dataclass(frozen=True, kw_only=True)
class TriggerRule(Rejection):
    """A rejection that depends only on the request and the trigger's type."""

    rejects: Callable[[TriggerProposal], bool]
    operations: tuple[str, ...] = ("CreateTrigger", "UpdateTrigger")


def _names_nothing(one: Mapping[str, Any]) -> bool:
    return "JobName" not in one and "CrawlerName" not in one


def _is_of_crawler(condition: Mapping[str, Any]) -> bool:
    return "JobName" not in condition


def _starts_what_it_watches(proposal: TriggerProposal) -> bool:
    if proposal.operation == "CreateTrigger" and proposal.type != "CONDITIONAL":
        return False
    return not set(proposal.jobs_started()).isdisjoint(proposal.jobs_watched())


# Checked in this order, so that each may rely on those before it.
RULES = (
    TriggerRule(
        about="Actions",
        when="none is given",
        message="Actions cannot be null or empty",
        rejects=lambda proposal: not proposal.actions,
        certainty="assumed",
        wording="assumed",
        source=f"{_MODEL}: Actions is required; the wording is that for other missing members",
    ),
    TriggerRule(
        about="Actions",
        when="one has neither JobName nor CrawlerName",
        message="JobName or CrawlerName in action cannot be null or empty",
        rejects=lambda proposal: any(map(_names_nothing, proposal.actions)),
        certainty="assumed",
        wording="assumed",
        source="the wording is that for conditions",
    ),
    TriggerRule(
        about="Actions",
        when="one has both JobName and CrawlerName",
        message="Both JobName or CrawlerName cannot be set together in an action",
        rejects=lambda proposal: any(
            "JobName" in one and "CrawlerName" in one for one in proposal.actions
        ),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-action-job-or-crawler",
    ),
    TriggerRule(
        about="Actions",
        when="more than two have a CrawlerName",
        message="Actions cannot contain more than two crawlers",
        rejects=lambda proposal: (
            len(proposal.actions) - len(proposal.jobs_started()) > MAX_CRAWLERS
        ),
        certainty="observed",
        wording="observed",
        source=f"awslabs/aws-glue-blueprint-libs#4; {_TRIGGERS}; the code is assumed",
    ),
    TriggerRule(
        about="Schedule",
        when="a trigger of type SCHEDULED has none",
        message="Schedule cannot be null or empty",
        rejects=lambda proposal: (
            proposal.type == "SCHEDULED" and not proposal.given.get("Schedule")
        ),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-scheduled-requires-schedule",
    ),
    TriggerRule(
        about="Predicate",
        when="a trigger of type CONDITIONAL has none, or one without Conditions",
        message="Predicate cannot be null or empty",
        rejects=lambda proposal: proposal.type == "CONDITIONAL" and not proposal.conditions,
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-conditional-requires-predicate; assumed for one without Conditions",
    ),
    TriggerRule(
        about="Predicate",
        when="Logical is not given for several Conditions",
        message="Logical operator cannot be null or empty when more than one condition is present.",
        rejects=lambda proposal: len(proposal.conditions) > 1 and proposal.logical is None,
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-predicate-logical-required",
    ),
    TriggerRule(
        about="Predicate",
        when="a condition has neither JobName nor CrawlerName",
        message="JobName or CrawlerName in condition cannot be null or empty",
        rejects=lambda proposal: any(map(_names_nothing, proposal.conditions)),
        certainty="second-hand",
        wording="second-hand",
        source=_MOTO,
    ),
    TriggerRule(
        about="Predicate",
        when="a condition on a job has no State",
        message="State cannot be null or empty, choose from one of the following job state: "
        f"[{', '.join(JOB_STATES)}]",
        rejects=lambda proposal: any(
            "State" not in one for one in proposal.conditions if not _is_of_crawler(one)
        ),
        certainty="second-hand",
        wording="second-hand",
        source=_MOTO,
    ),
    TriggerRule(
        about="Predicate",
        when="a condition on a crawler has no CrawlState",
        message="State cannot be null or empty, choose from one of the following crawler state: "
        f"[{', '.join(CRAWL_STATES)}]",
        rejects=lambda proposal: any(
            "CrawlState" not in one for one in proposal.conditions if _is_of_crawler(one)
        ),
        certainty="observed",
        wording="observed",
        source="aws/aws-cdk#24575",
    ),
    TriggerRule(
        about="Predicate",
        when="a condition has no LogicalOperator",
        message="Logical operator cannot be null or empty",
        rejects=lambda proposal: any("LogicalOperator" not in one for one in proposal.conditions),
        certainty="observed",
        wording="observed",
        source="aws/aws-cdk#34652",
    ),
    TriggerRule(
        about="Predicate",
        when=f"the State of a condition is none of {', '.join(JOB_STATES)}",
        message=f"JobRunState should be any of: [{', '.join(JOB_STATES)}]",
        rejects=lambda proposal: any(
            one["State"] not in JOB_STATES for one in proposal.conditions if not _is_of_crawler(one)
        ),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-condition-job-state",
    ),
    TriggerRule(
        about="Predicate",
        when=f"the CrawlState of a condition is none of {', '.join(CRAWL_STATES)}",
        message=f"CrawlerState should be any of: [{', '.join(CRAWL_STATES)}]",
        rejects=lambda proposal: any(
            one["CrawlState"] not in CRAWL_STATES
            for one in proposal.conditions
            if _is_of_crawler(one)
        ),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-condition-crawl-state",
    ),
    TriggerRule(
        about="Predicate, Actions",
        when="a trigger starts a job that it watches (CreateTrigger rejects it for CONDITIONAL "
        "only)",
        message="Job cannot be a Predicate and Action for Conditional Trigger.",
        rejects=_starts_what_it_watches,
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-predicate-job-not-action-job; hashicorp/terraform-provider-aws#39571, "
        "where UpdateTrigger rejected a SCHEDULED trigger that CreateTrigger had accepted",
    ),
    TriggerRule(
        about="StartOnCreation",
        when="it is true for a trigger of type ON_DEMAND or EVENT",
        message="Starting trigger on create is not supported for {type} trigger type.",
        rejects=lambda proposal: (
            proposal.type in ("ON_DEMAND", "EVENT")
            and proposal.given.get("StartOnCreation") is True
        ),
        operations=("CreateTrigger",),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-ondemand-start-on-creation; assumed for EVENT",
    ),
    TriggerRule(
        about="WorkflowName",
        when="a trigger of type EVENT has none",
        message="Workflow name cannot be null or empty",
        rejects=lambda proposal: (
            proposal.type == "EVENT" and not proposal.given.get("WorkflowName")
        ),
        operations=("CreateTrigger",),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-event-requires-workflow",
    ),
)

TRIGGER_NOT_FOUND = Rejection(
    about="Name",
    when="no trigger has this name, or the ARN of a tag operation names none",
    code=NOT_FOUND,
    message="Trigger with name: {trigger} not found.",
    operations=(
        "GetTrigger",
        "UpdateTrigger",
        "StartTrigger",
        "StopTrigger",
        "TagResource",
        "UntagResource",
        "GetTags",
    ),
    certainty="assumed",
    wording="assumed",
    source="the code is in botocore's model of each; the wording is that for jobs",
)
JOB_OF_TRIGGER_NOT_FOUND = Rejection(
    about="Actions",
    when="the trigger is of type ON_DEMAND, and one of its jobs does not exist",
    code=NOT_FOUND,
    message="Failed to start job run due to missing metadata",
    operations=("StartTrigger",),
    certainty="second-hand",
    wording="assumed",
    source="hashicorp/terraform-provider-aws#23070 met the code; the wording is that of "
    "StartJobRun",
)
TRIGGER_EXISTS = Rejection(
    about="Name",
    when="a trigger has this name already, with another definition",
    code="IdempotentParameterMismatchException",
    message="Trigger with name '{trigger}' already submitted with different configuration",
    operations=("CreateTrigger",),
    certainty="documented",
    wording="documented",
    source="developer guide, troubleshooting blueprint errors",
)
TRIGGER_EXISTS_ALREADY = Rejection(
    about="Name",
    when="a trigger has this name already, with the same definition",
    code="AlreadyExistsException",
    message="Trigger with name: {trigger} already exists.",
    operations=("CreateTrigger",),
    certainty="assumed",
    wording="assumed",
    source=_MODEL,
)
TOO_MANY_TRIGGERS = Rejection(
    about="max_triggers",
    when="the account has that many triggers in the region",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of triggers exceeded for account {account}",
    operations=("CreateTrigger",),
    certainty="documented",
    wording="assumed",
    source="AWS general reference, Glue quotas",
)
TOO_MANY_JOBS_OF_TRIGGER = Rejection(
    about="max_jobs_per_trigger",
    when="more Actions than that have a JobName",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of jobs exceeded for trigger {trigger}",
    operations=("CreateTrigger", "UpdateTrigger"),
    certainty="documented",
    wording="assumed",
    source="AWS general reference, Glue quotas; the code is assumed",
)
INVALID_SCHEDULE = Rejection(
    about="Schedule",
    when="it is not `cron(...)` with AWS's six fields. L, W and # stand alone in their field; LW, "
    "and steps in the day of the week and the year, are rejected too",
    message="The schedule {schedule} is invalid.",
    operations=("CreateTrigger", "UpdateTrigger"),
    certainty="observed",
    wording="observed",
    source=f"{_DEPLOYED}-schedule-day-of-month-or-week; {_SCHEDULES}; LW and the steps are limits "
    "of the library",
)
SCHEDULE_TOO_FAST = Rejection(
    about="Schedule",
    when="two of its moments are less than 5 minutes apart",
    message="The schedule {schedule} is invalid.",
    operations=("CreateTrigger", "UpdateTrigger"),
    certainty="documented",
    wording="assumed",
    source=f"{_SCHEDULES}; the wording is that for other invalid schedules",
)
EVENT_CANNOT_BE_STARTED = Rejection(
    about="Type",
    when="it is EVENT",
    message="Trigger Type EVENT cannot be started",
    operations=("StartTrigger",),
    certainty="observed",
    wording="observed",
    source="hashicorp/terraform-provider-aws#49407",
)
NOT_ALLOWED_IN_STATE = Rejection(
    about="State",
    when="StartTrigger finds the trigger ACTIVATED or ACTIVATING, or StopTrigger finds it in any "
    "other state; triggers of type ON_DEMAND and EVENT are always CREATED",
    message="The operation is not allowed when trigger is in state: {state}",
    operations=("StartTrigger", "StopTrigger"),
    certainty="observed",
    wording="observed",
    source="hashicorp/terraform-provider-aws#49407, for StopTrigger and CREATED",
)
ERRORS = (
    TRIGGER_NOT_FOUND,
    JOB_OF_TRIGGER_NOT_FOUND,
    TRIGGER_EXISTS,
    TRIGGER_EXISTS_ALREADY,
    TOO_MANY_TRIGGERS,
    TOO_MANY_JOBS_OF_TRIGGER,
    INVALID_SCHEDULE,
    SCHEDULE_TOO_FAST,
    EVENT_CANNOT_BE_STARTED,
    NOT_ALLOWED_IN_STATE,
)

MISSING_JOBS = Behavior(
    about="Actions, Predicate",
    when="a job or crawler does not exist",
    does="CreateTrigger and UpdateTrigger accept its name",
    certainty="observed",
    source=f"{_DEPLOYED}-predicate-job-not-action-job, for jobs and CreateTrigger",
)
BOTH_IN_CONDITION = Behavior(
    about="Predicate",
    when="a condition has both JobName and CrawlerName",
    does="the condition is one on the job; CrawlerName and CrawlState are dropped",
    certainty="second-hand",
    source=_MOTO,
)
FASTEST_RATE = Behavior(
    about="Schedule",
    when="it is checked",
    does="5 minutes at least between two moments",
    value=timedelta(minutes=5),
    certainty="documented",
    source=_SCHEDULES,
)
SCHEDULED = Behavior(
    about="Type SCHEDULED",
    when="the trigger is active",
    does="fires at each moment of its Schedule, in UTC, on the second",
    certainty="documented",
    source=f"{_SCHEDULES}; that it is on the second is assumed",
)
ON_DEMAND = Behavior(
    about="Type ON_DEMAND",
    when="StartTrigger is called",
    does="fires at once, and stays CREATED",
    certainty="documented",
    source=_TRIGGERS,
)
CONDITIONAL = Behavior(
    about="Type CONDITIONAL",
    when="a run that a trigger started ends in a state that the trigger watches for; for AND once "
    "all its conditions are met by runs of one chain, for ANY with each moment that meets one",
    does="fires at that moment. A chain is all that descends from one firing of a trigger of "
    "another type. Runs of StartJobRun meet no condition",
    certainty="documented",
    source=f"{_TRIGGERS}; that it takes no time is assumed",
)
CONDITIONS_RESET = Behavior(
    about="Type CONDITIONAL",
    when="it has fired",
    does="its conditions count anew in that chain, so it may fire again: a second later at the "
    "earliest",
    value=timedelta(seconds=1),
    certainty="assumed",
    source="nothing found",
)
RETRIED_RUNS = Behavior(
    about="Type CONDITIONAL",
    when="a run FAILED and is retried by MaxRetries",
    does="its end meets no condition; that of its last attempt does. Attempts keep TriggerName",
    certainty="assumed",
    source="nothing found",
)
EVENT = Behavior(
    about="Type EVENT",
    when="BatchSize events have arrived, or BatchWindow seconds after the first",
    does="fires, and stays CREATED; glue_runs.send_events() is what sends events",
    certainty="documented",
    source="developer guide, workflows_overview; hashicorp/terraform-provider-aws#49407",
)
BATCH_SIZE = Behavior(
    about="EventBatchingCondition",
    when="none is given",
    does="BatchSize 1",
    value=1,
    certainty="documented",
    source="developer guide, workflows_overview",
)
BATCH_WINDOW = Behavior(
    about="EventBatchingCondition",
    when="BatchWindow is not given",
    does="900 seconds",
    value=900,
    certainty="documented",
    source="developer guide, starting-workflow-eventbridge",
)
TRANSITION_TIME = Behavior(
    about="State",
    when="a trigger is activated or deactivated",
    does="ACTIVATING or DEACTIVATING for a second, in which it fires as if that were over. "
    "CREATING, UPDATING and DELETING end with their request",
    value=timedelta(seconds=1),
    certainty="assumed",
    source=f"the states are documented, {_TRIGGERS}; nothing found of how long they last",
)
TRIGGERED_RUN = Behavior(
    about="Actions",
    when="a trigger fires",
    does="starts a run of each job, with the Arguments, Timeout, SecurityConfiguration and "
    "NotificationProperty of its action. GetJobRun shows TriggerName",
    certainty="documented",
    source=f"{_TRIGGERS}; botocore's model, JobRun, has TriggerName",
)
TRIGGERED_OVER_LIMIT = Behavior(
    about="Actions",
    when="the run would exceed MaxConcurrentRuns or a quota of runs, and does not queue",
    does="a run that is FAILED at once, with ErrorMessage `Max concurrent runs exceeded`",
    certainty="observed",
    source="aws-samples/build-a-360-degree-customer-view-with-aws#1, for a run of a workflow; "
    "developer guide, job-run-statuses",
)
TRIGGERED_MISSING_JOB = Behavior(
    about="Actions",
    when="the job does not exist",
    does="a run that is in ERROR at once, unless StartTrigger is rejected",
    certainty="documented",
    source="developer guide, job-run-statuses, for a job that was deleted",
)
CRAWLS = Behavior(
    about="CrawlerName",
    when="a trigger starts a crawler",
    does="a crawl that is RUNNING for the setting duration, or as glue_runs.plan_crawler() says, "
    "and then SUCCEEDED or FAILED. Nothing is crawled, and moto's crawler knows nothing of it",
    certainty="assumed",
    source="crawls are out of scope; their states are botocore's, CrawlState",
)
CRAWLER_BUSY = Behavior(
    about="CrawlerName",
    when="a trigger starts a crawler that a trigger's crawl is using",
    does="a crawl that is in ERROR at once, with this ErrorMessage",
    value="Crawler with name {crawler} has already started",
    certainty="assumed",
    wording="assumed",
    source="the wording is StartCrawler's CrawlerRunningException",
)
PAGE_OF_TRIGGERS = Behavior(
    about="GetTriggers, ListTriggers",
    when="MaxResults is not given",
    does="pages of 200, the most that can be asked for",
    value=200,
    certainty="assumed",
    source="nothing found",
)
BEHAVIORS = tuple(fact for fact in list(globals().values()) if isinstance(fact, Behavior))


def check_trigger(proposal: TriggerProposal) -> None:
    """Raise the error of the first rule that rejects *proposal*."""
    for rule in RULES:
        if proposal.operation in rule.operations and rule.rejects(proposal):
            raise rule.error(type=proposal.type)
