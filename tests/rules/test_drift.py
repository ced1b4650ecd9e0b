"""Members that a newer botocore adds are noticed, and passed on unchanged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from pytest_glue_runs import mock_glue_runs
from pytest_glue_runs._clients.model import glue_request_model
from pytest_glue_runs._service.protocol.request_model import RequestModel

_DEFINITION = {
    "JobMode", "JobRunQueuingEnabled", "Description", "LogUri", "Role", "ExecutionProperty",
    "Command", "DefaultArguments", "NonOverridableArguments", "Connections", "MaxRetries",
    "AllocatedCapacity", "Timeout", "MaxCapacity", "WorkerType", "NumberOfWorkers",
    "SecurityConfiguration", "NotificationProperty", "GlueVersion", "CodeGenConfigurationNodes",
    "ExecutionClass", "SourceControlDetails", "MaintenanceWindow",
}  # fmt: skip

_TRIGGER = {"Description", "Schedule", "Actions", "Predicate", "EventBatchingCondition"}
_WORKFLOW = {"Description", "DefaultRunProperties", "MaxConcurrentRuns"}

# The members that have been reviewed. An older botocore may lack some of them.
REVIEWED = {
    "StartJobRunRequest": {
        "JobName", "JobRunQueuingEnabled", "JobRunId", "Arguments", "AllocatedCapacity",
        "Timeout", "MaxCapacity", "SecurityConfiguration", "NotificationProperty", "WorkerType",
        "NumberOfWorkers", "ExecutionClass", "ExecutionRoleSessionPolicy",
    },
    "JobRun": {
        "Id", "Attempt", "PreviousRunId", "TriggerName", "JobName", "JobMode",
        "JobRunQueuingEnabled", "StartedOn", "LastModifiedOn", "CompletedOn", "JobRunState",
        "Arguments", "ErrorMessage", "PredecessorRuns", "AllocatedCapacity", "ExecutionTime",
        "Timeout", "MaxCapacity", "WorkerType", "NumberOfWorkers", "SecurityConfiguration",
        "LogGroupName", "NotificationProperty", "GlueVersion", "DPUSeconds", "ExecutionClass",
        "MaintenanceWindow", "ProfileName", "StateDetail", "ExecutionRoleSessionPolicy",
    },
    "Job": {
        *_DEFINITION, "Name", "CreatedOn", "LastModifiedOn", "ProfileName",
        "AutoUpgradeMetadata",  # not shown: jobs are never upgraded
    },
    "CreateJobRequest": {*_DEFINITION, "Name", "Tags"},
    "JobUpdate": _DEFINITION,
    "CreateTriggerRequest": {
        *_TRIGGER, "Name", "WorkflowName", "Type", "StartOnCreation", "Tags",
    },
    "TriggerUpdate": {*_TRIGGER, "Name"},
    "Trigger": {*_TRIGGER, "Name", "WorkflowName", "Id", "Type", "State"},
    "Action": {
        "JobName", "Arguments", "Timeout", "SecurityConfiguration", "NotificationProperty",
        "CrawlerName",
    },
    "Predicate": {"Logical", "Conditions"},
    "CreateWorkflowRequest": {*_WORKFLOW, "Name", "Tags"},
    "UpdateWorkflowRequest": {*_WORKFLOW, "Name"},
    "Workflow": {
        *_WORKFLOW, "Name", "CreatedOn", "LastModifiedOn", "LastRun", "Graph",
        "BlueprintDetails",  # not shown: there are no blueprints here
    },
    "WorkflowRun": {
        "Name", "WorkflowRunId", "PreviousRunId", "WorkflowRunProperties", "StartedOn",
        "CompletedOn", "Status", "ErrorMessage", "Statistics", "Graph",
        "StartingEventBatchCondition",
    },
    "WorkflowRunStatistics": {
        "TotalActions", "TimeoutActions", "FailedActions", "StoppedActions", "SucceededActions",
        "RunningActions", "ErroredActions", "WaitingActions",
    },
    "Node": {"Type", "Name", "UniqueId", "TriggerDetails", "JobDetails", "CrawlerDetails"},
    "Condition": {"LogicalOperator", "JobName", "State", "CrawlerName", "CrawlState"},
}  # fmt: skip


def unreviewed(request_model: RequestModel, shape: str) -> list[str]:
    """Return a message for each member of *shape* that has not been reviewed."""
    return [
        (
            f"botocore's {shape} has a new member {name}: read its documentation, implement it "
            "in the service, and add it to REVIEWED."
        )
        for name in request_model.members(shape)
        if name not in REVIEWED[shape]
    ]


def model_with(member: str) -> dict[str, Any]:
    """Return Glue's model with an additional string *member* in each of the shapes."""
    model: dict[str, Any] = Loader().load_service_model("glue", "service-2")
    extended = {
        shape: {
            **model["shapes"][shape],
            "members": {**model["shapes"][shape]["members"], member: {"shape": "NameString"}},
        }
        for shape in REVIEWED
    }
    return {**model, "shapes": {**model["shapes"], **extended}}


@pytest.fixture(scope="module")
def newer_model() -> dict[str, Any]:
    """The model of a future botocore release."""
    return model_with("Colour")


@pytest.fixture
def newer_client(
    newer_model: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A client that uses the newer model, as does the service."""
    request_model = RequestModel(ServiceModel(newer_model, "glue"))
    monkeypatch.setattr("pytest_glue_runs._mock.glue_request_model", lambda: request_model)
    folder = tmp_path / "glue" / "2017-03-31"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(newer_model), encoding="utf-8")
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths.insert(0, str(tmp_path))
    credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with mock_glue_runs:
        yield boto3.Session(
            botocore_session=session, region_name="us-east-1", **credentials
        ).client("glue")


def test_installed_botocore_has_only_reviewed_members() -> None:
    model = glue_request_model()
    assert [message for shape in REVIEWED for message in unreviewed(model, shape)] == []


def test_unreviewed_members_are_reported(newer_model: dict[str, Any]) -> None:
    model = RequestModel(ServiceModel(newer_model, "glue"))
    assert [message for shape in REVIEWED for message in unreviewed(model, shape)] == [
        f"botocore's {shape} has a new member Colour: read its documentation, implement it in the "
        "service, and add it to REVIEWED."
        for shape in REVIEWED
    ]


def test_new_member_of_a_run_is_shown(newer_client: Any) -> None:
    """GetJobRun shows members of StartJobRun that are not in REVIEWED."""
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    run_id = newer_client.start_job_run(JobName="nightly", Colour="red")["JobRunId"]
    run = newer_client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Colour"] == "red"


def test_new_member_of_a_job_is_shown(newer_client: Any) -> None:
    """GetJob shows members of CreateJob that are not in REVIEWED."""
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"}, Colour="red")
    assert newer_client.get_job(JobName="nightly")["Job"]["Colour"] == "red"


def test_new_member_of_an_update_is_shown(newer_client: Any) -> None:
    """GetJob shows members of UpdateJob that are not in REVIEWED."""
    job = {"Role": "r", "Command": {"Name": "glueetl"}}
    newer_client.create_job(Name="nightly", **job)
    newer_client.update_job(JobName="nightly", JobUpdate={**job, "Colour": "red"})
    assert newer_client.get_job(JobName="nightly")["Job"]["Colour"] == "red"


def test_constraints_of_a_new_member_are_checked(newer_client: Any) -> None:
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    with pytest.raises(newer_client.exceptions.ClientError, match="at 'colour' failed to satisfy"):
        newer_client.start_job_run(JobName="nightly", Colour="x" * 256)
