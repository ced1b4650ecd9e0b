"""What Glue rejects of triggers, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

Create = Callable[..., str]
Rejection = Callable[..., str]

INVALID = "InvalidInputException: "
MISSING = "EntityNotFoundException: "
NIGHTLY = "cron(0 2 * * ? *)"
EQUALS = {"LogicalOperator": "EQUALS"}
B_SUCCEEDED = {**EQUALS, "JobName": "b", "State": "SUCCEEDED"}
A_SUCCEEDED = {**B_SUCCEEDED, "JobName": "a"}

CHOOSE = "State cannot be null or empty, choose from one of the following "
MISMATCH = (
    "IdempotentParameterMismatchException: Trigger with name 't' already submitted with "
    "different configuration"
)
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("ON_DEMAND", {"Actions": []}, "Actions cannot be null or empty"),
    (
        "ON_DEMAND",
        {"Actions": [{"JobName": "a"}, {"Timeout": 5}]},
        "JobName or CrawlerName in action cannot be null or empty",
    ),
    (
        "ON_DEMAND",
        {"Actions": [{"JobName": "a", "CrawlerName": "c"}]},
        "Both JobName or CrawlerName cannot be set together in an action",
    ),
    (
        "ON_DEMAND",
        {"Actions": [{"CrawlerName": name} for name in "xyz"]},
        "Actions cannot contain more than two crawlers",
    ),
    (
        "ON_DEMAND",
        {"Actions": [{"JobName": "a", "Timeout": 10081}]},
        "Timeout should be less than or equal to 10080 minutes.",
    ),
    (
        "ON_DEMAND",
        {"Actions": [{"JobName": "a", "Arguments": {"--x": "x" * 270_000}}]},
        "Request size limit exceeded",
    ),
    ("SCHEDULED", {}, "Schedule cannot be null or empty"),
    ("SCHEDULED", {"Schedule": ""}, "Schedule cannot be null or empty"),
    (
        "SCHEDULED",
        {"Schedule": "cron(0 0 * * * *)"},
        "The schedule cron(0 0 * * * *) is invalid.",
    ),
    ("SCHEDULED", {"Schedule": "0 2 * * ? *"}, "The schedule 0 2 * * ? * is invalid."),
    (
        "SCHEDULED",
        {"Schedule": "cron(0/4 * * * ? *)"},
        "The schedule cron(0/4 * * * ? *) is invalid.",
    ),
    ("CONDITIONAL", {}, "Predicate cannot be null or empty"),
    ("CONDITIONAL", {"Predicate": {"Conditions": []}}, "Predicate cannot be null or empty"),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [B_SUCCEEDED, {**B_SUCCEEDED, "JobName": "c"}]}},
        "Logical operator cannot be null or empty when more than one condition is present.",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{**EQUALS, "State": "SUCCEEDED"}]}},
        "JobName or CrawlerName in condition cannot be null or empty",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{"JobName": "b", "State": "SUCCEEDED"}]}},
        "Logical operator cannot be null or empty",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{**EQUALS, "JobName": "b"}]}},
        f"{CHOOSE}job state: [SUCCEEDED, STOPPED, FAILED, TIMEOUT]",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{**EQUALS, "CrawlerName": "c", "State": "SUCCEEDED"}]}},
        f"{CHOOSE}crawler state: [SUCCEEDED, FAILED, CANCELLED]",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{**B_SUCCEEDED, "State": "RUNNING"}]}},
        "JobRunState should be any of: [SUCCEEDED, STOPPED, FAILED, TIMEOUT]",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [{**EQUALS, "CrawlerName": "c", "CrawlState": "ERROR"}]}},
        "CrawlerState should be any of: [SUCCEEDED, FAILED, CANCELLED]",
    ),
    (
        "CONDITIONAL",
        {"Predicate": {"Conditions": [A_SUCCEEDED]}},
        "Job cannot be a Predicate and Action for Conditional Trigger.",
    ),
    (
        "ON_DEMAND",
        {"StartOnCreation": True},
        "Starting trigger on create is not supported for ON_DEMAND trigger type.",
    ),
    (
        "EVENT",
        {"StartOnCreation": True},
        "Starting trigger on create is not supported for EVENT trigger type.",
    ),
    ("EVENT", {}, "Workflow name cannot be null or empty"),
]
OF_EACH_TYPE: dict[str, dict[str, Any]] = {
    "ON_DEMAND": {},
    "EVENT": {},
    "SCHEDULED": {"Schedule": NIGHTLY},
    "CONDITIONAL": {"Predicate": {"Conditions": [B_SUCCEEDED]}},
}


@pytest.mark.parametrize(("kind", "members", "message"), CASES)
def test_create_trigger_rejects(
    rejection: Rejection, jobs: Any, kind: str, members: dict[str, Any], message: str
) -> None:
    request = {"Name": "t", "Type": kind, "Actions": [{"JobName": "a"}], **members}
    assert rejection("create_trigger", **request) == INVALID + message


@pytest.mark.parametrize(
    ("kind", "members", "message"),
    [case for case in CASES if "StartOnCreation" not in case[1] and case[0] != "EVENT"],
)
def test_update_trigger_rejects(
    rejection: Rejection, create: Create, kind: str, members: dict[str, Any], message: str
) -> None:
    create(kind=kind, **OF_EACH_TYPE[kind])
    update = {"Actions": [{"JobName": "a"}], **members}
    assert rejection("update_trigger", Name="t", TriggerUpdate=update) == INVALID + message


def test_update_rejects_a_scheduled_trigger_that_create_accepts(
    rejection: Rejection, create: Create
) -> None:
    watches_itself = {"Schedule": NIGHTLY, "Predicate": {"Conditions": [A_SUCCEEDED]}}
    create(kind="SCHEDULED", **watches_itself)
    update = {"Actions": [{"JobName": "a"}], **watches_itself}
    assert rejection("update_trigger", Name="t", TriggerUpdate=update) == (
        f"{INVALID}Job cannot be a Predicate and Action for Conditional Trigger."
    )


def test_members_that_only_other_types_need_are_accepted(create: Create) -> None:
    create(Schedule="not checked")


@pytest.mark.parametrize("operation", ["get_trigger", "start_trigger", "stop_trigger"])
def test_unknown_trigger(rejection: Rejection, operation: str) -> None:
    assert rejection(operation, Name="t") == f"{MISSING}Trigger with name: t not found."


def test_update_of_an_unknown_trigger(rejection: Rejection) -> None:
    message = rejection("update_trigger", Name="t", TriggerUpdate={})
    assert message == f"{MISSING}Trigger with name: t not found."


def test_tags_of_an_unknown_trigger(rejection: Rejection) -> None:
    arn = "arn:aws:glue:us-east-1:123456789012:trigger/t"
    message = rejection("get_tags", ResourceArn=arn)
    assert message == f"{MISSING}Trigger with name: t not found."


def test_start_of_a_trigger_whose_job_does_not_exist(
    rejection: Rejection, glue_runs: GlueRuns, create: Create
) -> None:
    """CreateTrigger accepts it. StartTrigger starts none of its jobs."""
    create(Actions=[{"JobName": "a"}, {"JobName": "x"}])
    message = rejection("start_trigger", Name="t")
    assert message == f"{MISSING}Failed to start job run due to missing metadata"
    assert glue_runs.runs() == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "AlreadyExistsException: Trigger with name: t already exists."),
        (
            {"Actions": [{"JobName": "b"}]},
            MISMATCH,
        ),
        (
            {"Tags": {"x": "y"}},
            MISMATCH,
        ),
        (
            {"Type": "EVENT"},
            MISMATCH,
        ),
    ],
)
def test_name_that_is_taken(
    rejection: Rejection, create: Create, members: dict[str, Any], message: str
) -> None:
    create()
    request = {"Name": "t", "Type": "ON_DEMAND", "Actions": [{"JobName": "a"}], **members}
    assert rejection("create_trigger", **request) == message


def test_too_many_triggers(rejection: Rejection, glue_runs: GlueRuns, create: Create) -> None:
    glue_runs.quotas.max_triggers = 1
    create()
    message = rejection("create_trigger", Name="u", Type="ON_DEMAND", Actions=[{"JobName": "a"}])
    assert message == (
        "ResourceNumberLimitExceededException: Maximum number of triggers exceeded for account "
        "123456789012"
    )


def test_too_many_jobs_of_a_trigger(
    rejection: Rejection, glue_runs: GlueRuns, create: Create
) -> None:
    create("fifty", Actions=[{"JobName": "a"}] * 50)
    message = rejection(
        "create_trigger", Name="t", Type="ON_DEMAND", Actions=[{"JobName": "a"}] * 51
    )
    assert message == (
        "ResourceNumberLimitExceededException: Maximum number of jobs exceeded for trigger t"
    )


@pytest.mark.parametrize("kind", ["ON_DEMAND", "EVENT", "SCHEDULED"])
def test_stop_of_a_trigger_that_is_created(rejection: Rejection, create: Create, kind: str) -> None:
    create(kind=kind, **OF_EACH_TYPE[kind])
    assert rejection("stop_trigger", Name="t") == (
        f"{INVALID}The operation is not allowed when trigger is in state: CREATED"
    )


def test_stop_of_a_trigger_that_is_stopped(
    client: Any, rejection: Rejection, glue_runs: GlueRuns, create: Create
) -> None:
    create(kind="SCHEDULED", Schedule=NIGHTLY, StartOnCreation=True)
    client.stop_trigger(Name="t")
    message = f"{INVALID}The operation is not allowed when trigger is in state: "
    assert rejection("stop_trigger", Name="t") == f"{message}DEACTIVATING"
    glue_runs.tick("1s")
    assert rejection("stop_trigger", Name="t") == f"{message}DEACTIVATED"


def test_start_of_a_trigger_that_is_active(
    rejection: Rejection, glue_runs: GlueRuns, create: Create
) -> None:
    create(kind="SCHEDULED", Schedule=NIGHTLY, StartOnCreation=True)
    glue_runs.tick("1s")
    assert rejection("start_trigger", Name="t") == (
        f"{INVALID}The operation is not allowed when trigger is in state: ACTIVATED"
    )


def test_start_of_a_trigger_of_type_event(rejection: Rejection, create: Create) -> None:
    create(kind="EVENT")
    message = rejection("start_trigger", Name="t")
    assert message == f"{INVALID}Trigger Type EVENT cannot be started"


def test_constraints_of_the_model_are_checked(rejection: Rejection, jobs: Any) -> None:
    message = rejection(
        "create_trigger",
        Name="t",
        Type="SOMETIMES",
        Actions=[{"JobName": "a"}],
        EventBatchingCondition={"BatchSize": 101},
    )
    assert message == (
        "ValidationException: 2 validation errors detected: Value 'SOMETIMES' at 'type' failed to "
        "satisfy constraint: Member must satisfy enum value set: [SCHEDULED, CONDITIONAL, "
        "ON_DEMAND, EVENT]; Value '101' at 'eventBatchingCondition.batchSize' failed to satisfy "
        "constraint: Member must have value less than or equal to 100"
    )
