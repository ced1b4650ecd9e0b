"""A new botocore may know members that we do not: it is noticed, and nothing is dropped."""

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

# The members whose meaning somebody has thought about. An older botocore may lack some.
OURS = {
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
        "AutoUpgradeMetadata",  # not shown: nothing is upgraded here
    },
    "CreateJobRequest": {*_DEFINITION, "Name", "Tags"},
    "JobUpdate": _DEFINITION,
}  # fmt: skip


def news(request_model: RequestModel, shape: str) -> list[str]:
    """The members of a shape that nobody has thought about."""
    return [
        (
            f"botocore's {shape} has a new member {name}: read what it does, let the service do "
            "it, and add it here."
        )
        for name in request_model.members(shape)
        if name not in OURS[shape]
    ]


def model_with(member: str) -> dict[str, Any]:
    """Glue's model, with one more *member*, a text, in each of the request_model."""
    model: dict[str, Any] = Loader().load_service_model("glue", "service-2")
    more = {
        shape: {
            **model["shapes"][shape],
            "members": {**model["shapes"][shape]["members"], member: {"shape": "NameString"}},
        }
        for shape in OURS
    }
    return {**model, "shapes": {**model["shapes"], **more}}


@pytest.fixture(scope="module")
def newer_model() -> dict[str, Any]:
    """The model of a botocore that does not exist yet."""
    return model_with("Colour")


@pytest.fixture
def newer_client(
    newer_model: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A client of that botocore; the service has its model too."""
    shapes = RequestModel(ServiceModel(newer_model, "glue"))
    monkeypatch.setattr("pytest_glue_runs._mock.glue_request_model", lambda: shapes)
    folder = tmp_path / "glue" / "2017-03-31"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(newer_model), encoding="utf-8")
    session = botocore.session.Session()
    session.get_component("data_loader").search_paths.insert(0, str(tmp_path))
    nobodys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with mock_glue_runs:
        yield boto3.Session(botocore_session=session, region_name="us-east-1", **nobodys).client(
            "glue"
        )


@pytest.mark.parametrize("shape", OURS)
def test_botocore_has_no_member_that_is_new_to_us(shape: str) -> None:
    """Each member of the installed botocore is one that is ours."""
    assert news(glue_request_model(), shape) == []


@pytest.mark.parametrize("shape", OURS)
def test_new_member_would_be_told(newer_model: dict[str, Any], shape: str) -> None:
    """The test above fails in clear words for a botocore that has more."""
    assert news(RequestModel(ServiceModel(newer_model, "glue")), shape) == [
        (
            f"botocore's {shape} has a new member Colour: read what it does, let the service do "
            "it, and add it here."
        )
    ]


def test_new_member_of_a_run_is_shown(newer_client: Any) -> None:
    """What StartJobRun is given beyond our members, GetJobRun shows."""
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    run_id = newer_client.start_job_run(JobName="nightly", Colour="red")["JobRunId"]
    run = newer_client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Colour"] == "red"


def test_new_member_of_a_job_is_shown(newer_client: Any) -> None:
    """What CreateJob is given beyond our members, GetJob shows."""
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"}, Colour="red")
    assert newer_client.get_job(JobName="nightly")["Job"]["Colour"] == "red"


def test_new_member_of_an_update_is_shown(newer_client: Any) -> None:
    """What UpdateJob is given beyond our members, GetJob shows."""
    job = {"Role": "r", "Command": {"Name": "glueetl"}}
    newer_client.create_job(Name="nightly", **job)
    newer_client.update_job(JobName="nightly", JobUpdate={**job, "Colour": "red"})
    assert newer_client.get_job(JobName="nightly")["Job"]["Colour"] == "red"


def test_constraints_of_a_new_member_hold(newer_client: Any) -> None:
    """Its length is checked as that of any other."""
    newer_client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    with pytest.raises(newer_client.exceptions.ClientError, match="at 'colour' failed to satisfy"):
        newer_client.start_job_run(JobName="nightly", Colour="x" * 256)
