"""CreateJob, UpdateJob, DeleteJob, GetJob, BatchGetJobs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._clients.model import glue_request_model

COMMAND = {"Name": "glueetl", "ScriptLocation": "s3://scripts/nightly.py", "PythonVersion": "3"}
MINIMAL: dict[str, Any] = {"Role": "GlueJobRole", "Command": COMMAND}

# Members of Job that are not part of the definition.
NOT_IN_DEFINITION = ("Name", "CreatedOn", "LastModifiedOn", "ProfileName", "AutoUpgradeMetadata")
DEFINITION_MEMBERS = [
    name for name in glue_request_model().members("Job") if name not in NOT_IN_DEFINITION
]

# Members that AWS accepts only together with others.
REQUIRED_WITH: dict[str, dict[str, Any]] = {
    "AllocatedCapacity": {"GlueVersion": "1.0"},
    "MaxCapacity": {"GlueVersion": "1.0"},
    "NumberOfWorkers": {"WorkerType": "G.1X"},
    "WorkerType": {"WorkerType": "G.1X", "NumberOfWorkers": 2},
    "Command": {"Command": {**COMMAND, "PythonVersion": "2"}},
    "MaintenanceWindow": {"Command": {**COMMAND, "Name": "gluestreaming"}},
}
TEXTS = ("text", "TEXT", "1.0", "3", "Sun:10", "arn:aws:glue:us-east-1:123456789012:job/a")
OTHER_TYPES: dict[str, Any] = {
    "boolean": True,
    "timestamp": datetime(2026, 1, 1, 12, 30, 15, 250_000, timezone.utc),
}


def sample(shape: Any, parents: tuple[str, ...] = ()) -> Any:
    """Return a value of the shape, with every member."""
    if shape.name in parents:  # a recursive shape
        return []
    parents = (*parents, shape.name)
    if shape.type_name == "structure":
        return {name: sample(member, parents) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, parents)] * shape.metadata.get("min", 1)
    if shape.type_name == "map":
        return {sample(shape.key, parents): sample(shape.value, parents)}
    if shape.type_name == "string":
        texts = shape.metadata.get("enum") or TEXTS
        return next(t for t in texts if allows(shape, t))
    if shape.type_name in OTHER_TYPES:
        return OTHER_TYPES[shape.type_name]
    return max(2, shape.metadata.get("min", 0)) if shape.metadata.get("max", 2) > 1 else 1


def allows(shape: Any, text: str) -> bool:
    """Return whether the shape's pattern matches the text."""
    pattern: str = shape.metadata.get("pattern") or ".*"
    return re.fullmatch(pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", ""), text) is not None


def definition_with(member: str) -> dict[str, Any]:
    """Return a minimal definition with this member."""
    value = sample(glue_request_model().members("Job")[member])
    return {**MINIMAL, member: value, **REQUIRED_WITH.get(member, {})}


@pytest.mark.slow
def test_get_job_shows_every_member_that_create_job_was_given(client: Any) -> None:
    """For every member of the definition in botocore's model."""
    definitions = {member: definition_with(member) for member in DEFINITION_MEMBERS}
    shown = {}
    for member, definition in definitions.items():
        client.create_job(Name=member, **definition)
        job = client.get_job(JobName=member)["Job"]
        shown[member] = {name: job.get(name) for name in definition}
    assert shown == definitions


@pytest.mark.slow
def test_get_job_shows_every_member_that_update_job_was_given(client: Any) -> None:
    """For every member of the definition in botocore's model."""
    definitions = {member: definition_with(member) for member in DEFINITION_MEMBERS}
    shown = {}
    for member, definition in definitions.items():
        client.create_job(Name=member, **MINIMAL)
        client.update_job(JobName=member, JobUpdate=definition)
        job = client.get_job(JobName=member)["Job"]
        shown[member] = {name: job.get(name) for name in definition}
    assert shown == definitions


def test_create_job_returns_the_name(client: Any) -> None:
    response = client.create_job(Name="nightly", **MINIMAL)
    assert {**response, "ResponseMetadata": None} == {"Name": "nightly", "ResponseMetadata": None}


@pytest.mark.glue_runs(start_at="2026-01-01T12:00:00Z")
def test_defaults_of_a_minimal_spark_job(client: Any) -> None:
    """GetJob shows exactly these members."""
    client.create_job(
        Name="nightly", Role="GlueJobRole", Command={"Name": "glueetl", "ScriptLocation": "s3://a"}
    )
    noon = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    assert client.get_job(JobName="nightly")["Job"] == {
        "Name": "nightly",
        "JobMode": "SCRIPT",
        "JobRunQueuingEnabled": False,
        "Role": "GlueJobRole",
        "CreatedOn": noon,
        "LastModifiedOn": noon,
        "ExecutionProperty": {"MaxConcurrentRuns": 1},
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://a", "PythonVersion": "3"},
        "MaxRetries": 0,
        "AllocatedCapacity": 10,
        "Timeout": 2880,
        "MaxCapacity": 10.0,
        "WorkerType": "G.1X",
        "NumberOfWorkers": 10,
        "GlueVersion": "4.0",
    }


@pytest.mark.parametrize(
    ("command", "given", "shown"),
    [
        ("glueetl", {"GlueVersion": "4.0"}, {"Timeout": 2880}),
        ("glueetl", {"GlueVersion": "5.0"}, {"Timeout": 480}),
        ("glueetl", {"GlueVersion": "5.1", "Timeout": 15}, {"Timeout": 15}),
        ("pythonshell", {}, {"Timeout": 2880}),
        ("glueray", {"WorkerType": "Z.2X", "NumberOfWorkers": 3}, {"Timeout": 480}),
        ("gluestreaming", {}, {"Timeout": None}),
        ("gluestreaming", {"Timeout": 60}, {"Timeout": 60}),
    ],
)
def test_timeout_of_a_job(
    client: Any, command: str, given: dict[str, Any], shown: dict[str, Any]
) -> None:
    """The given Timeout, or the default of the command and version; streaming has none."""
    add(client, command, given)
    assert_shown(client, shown)


@pytest.mark.parametrize(
    ("command", "given", "shown"),
    [
        (
            "glueetl",
            {"WorkerType": "G.2X", "NumberOfWorkers": 6},
            {"MaxCapacity": 12.0, "AllocatedCapacity": 12, "WorkerType": "G.2X"},
        ),
        (
            "gluestreaming",
            {"WorkerType": "G.025X", "NumberOfWorkers": 10},
            {"MaxCapacity": 2.5, "AllocatedCapacity": 2, "NumberOfWorkers": 10},
        ),
        (
            "glueetl",
            {"GlueVersion": "1.0"},
            {"MaxCapacity": 10.0, "AllocatedCapacity": 10, "WorkerType": None},
        ),
        (
            "glueetl",
            {"GlueVersion": "0.9", "MaxCapacity": 5.0},
            {"MaxCapacity": 5.0, "AllocatedCapacity": 5, "NumberOfWorkers": None},
        ),
        (
            "glueetl",
            {"GlueVersion": "1.0", "AllocatedCapacity": 4},
            {"MaxCapacity": 4.0, "AllocatedCapacity": 4},
        ),
        (
            "pythonshell",
            {},
            {"MaxCapacity": 0.0625, "AllocatedCapacity": 0, "WorkerType": None},
        ),
        (
            "pythonshell",
            {"MaxCapacity": 1.0},
            {"MaxCapacity": 1.0, "AllocatedCapacity": 1, "NumberOfWorkers": None},
        ),
        (
            "glueray",
            {"WorkerType": "Z.2X", "NumberOfWorkers": 3},
            {"MaxCapacity": 6.0, "AllocatedCapacity": 6, "NumberOfWorkers": 3},
        ),
    ],
)
def test_capacity_of_a_job(
    client: Any, command: str, given: dict[str, Any], shown: dict[str, Any]
) -> None:
    """A job shows the DPUs of its workers, or only its DPUs; None stands for an absent member."""
    add(client, command, given)
    assert_shown(client, shown)


@pytest.mark.parametrize(
    ("command", "glue_version", "python_version"),
    [
        ("glueetl", "4.0", "3"),
        ("glueetl", "1.0", "2"),
        ("pythonshell", "1.0", "3"),
        ("glueray", "4.0", "3.9"),
    ],
)
def test_default_python_version(
    client: Any, command: str, glue_version: str, python_version: str
) -> None:
    workers = {"WorkerType": "Z.2X", "NumberOfWorkers": 2} if command == "glueray" else {}
    add(client, command, {"GlueVersion": glue_version, **workers})
    assert client.get_job(JobName="nightly")["Job"]["Command"]["PythonVersion"] == python_version


def add(client: Any, command: str, given: dict[str, Any]) -> None:
    """Create a job with this command."""
    ray = {"Runtime": "Ray2.4"} if command == "glueray" else {}
    client.create_job(
        Name="nightly",
        Role="r",
        Command={"Name": command, "ScriptLocation": "s3://a", **ray},
        **given,
    )


def assert_shown(client: Any, expected: dict[str, Any]) -> None:
    """Assert that GetJob shows these members; None stands for an absent member."""
    job = client.get_job(JobName="nightly")["Job"]
    assert {name: job.get(name) for name in expected} == expected


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_default_glue_version_setting(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    assert client.get_job(JobName="nightly")["Job"]["GlueVersion"] == "5.0"


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_default_glue_version_determines_the_timeout(client: Any) -> None:
    """From 5.0 on, it is 480 minutes."""
    client.create_job(Name="nightly", **MINIMAL)
    assert client.get_job(JobName="nightly")["Job"]["Timeout"] == 480


def test_create_job_twice_with_the_same_definition(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    with pytest.raises(client.exceptions.AlreadyExistsException) as error:
        client.create_job(Name="nightly", **MINIMAL)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly already exists."


def test_create_job_twice_with_another_definition(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException) as error:
        client.create_job(Name="nightly", **MINIMAL, MaxRetries=1)
    message = "Job with name 'nightly' already submitted with different configuration"
    assert error.value.response["Error"]["Message"] == message


def test_create_job_twice_with_other_tags(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.create_job(Name="nightly", **MINIMAL, Tags={"team": "data"})


def test_rejected_create_job_changes_nothing(client: Any) -> None:
    """An existing job stays as it is."""
    client.create_job(Name="nightly", **MINIMAL)
    with pytest.raises(ClientError):
        client.create_job(Name="nightly", **MINIMAL, MaxRetries=1)
    assert client.get_job(JobName="nightly")["Job"]["MaxRetries"] == 0


def test_update_job_returns_the_name(client: Any, job: str) -> None:
    assert client.update_job(JobName=job, JobUpdate=MINIMAL)["JobName"] == "nightly"


def test_update_job_overwrites_the_whole_definition(client: Any) -> None:
    """Members that are not given are removed or reset to their defaults."""
    client.create_job(Name="nightly", **MINIMAL, Description="old", MaxRetries=3)
    client.update_job(JobName="nightly", JobUpdate=MINIMAL)
    assert_shown(client, {"Description": None, "MaxRetries": 0})


def test_update_job_keeps_the_glue_version(client: Any) -> None:
    """GlueVersion is the only member that is kept if it is not given."""
    client.create_job(Name="nightly", **MINIMAL, GlueVersion="5.0")
    client.update_job(JobName="nightly", JobUpdate=MINIMAL)
    assert_shown(client, {"GlueVersion": "5.0", "Timeout": 480})


def test_update_job_changes_the_glue_version(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL, GlueVersion="5.0")
    client.update_job(JobName="nightly", JobUpdate={**MINIMAL, "GlueVersion": "3.0"})
    assert_shown(client, {"GlueVersion": "3.0", "Timeout": 2880})


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_update_job_keeps_the_timeout_of_a_job_without_version(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    before = client.get_job(JobName="nightly")["Job"]
    client.update_job(JobName="nightly", JobUpdate=MINIMAL)
    assert client.get_job(JobName="nightly")["Job"] == before


def test_update_job_keeps_the_tags(client: Any) -> None:
    """They are not part of the definition."""
    client.create_job(Name="nightly", **MINIMAL, Tags={"team": "data"})
    client.update_job(JobName="nightly", JobUpdate=MINIMAL)
    arn = "arn:aws:glue:us-east-1:123456789012:job/nightly"
    assert client.get_tags(ResourceArn=arn)["Tags"] == {"team": "data"}


def test_update_job_changes_last_modified_on(client: Any, glue_runs: GlueRuns) -> None:
    """CreatedOn stays as it is."""
    client.create_job(Name="nightly", **MINIMAL)
    glue_runs.tick("1h")
    client.update_job(JobName="nightly", JobUpdate=MINIMAL)
    job = client.get_job(JobName="nightly")["Job"]
    assert job["LastModifiedOn"] - job["CreatedOn"] == timedelta(hours=1)


def test_update_job_does_not_change_active_runs(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL, Timeout=30)
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.update_job(JobName="nightly", JobUpdate={**MINIMAL, "Timeout": 5})
    run = client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Timeout"] == 30


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("get_job", {}),
        ("update_job", {"JobUpdate": MINIMAL}),
        ("get_job_runs", {}),
        ("get_job_run", {"RunId": "jr_1"}),
        ("get_job_bookmark", {}),
        ("reset_job_bookmark", {}),
    ],
)
def test_missing_job_is_not_found(client: Any, method: str, more: dict[str, Any]) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(JobName="nightly", **more)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly not found."


def test_delete_job_returns_the_name(client: Any, job: str) -> None:
    assert client.delete_job(JobName=job)["JobName"] == "nightly"


def test_deleted_job_is_not_found(client: Any, job: str) -> None:
    client.delete_job(JobName=job)
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job(JobName=job)


def test_delete_job_of_a_missing_job(client: Any) -> None:
    """It succeeds."""
    assert client.delete_job(JobName="nightly")["JobName"] == "nightly"


def test_recreated_job_has_no_runs(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.delete_job(JobName="nightly")
    client.create_job(Name="nightly", **MINIMAL)
    assert client.get_job_runs(JobName="nightly")["JobRuns"] == []
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job_run(JobName="nightly", RunId=run_id)


def test_recreated_job_does_not_reuse_run_ids(client: Any) -> None:
    client.create_job(Name="nightly", **MINIMAL)
    first = client.start_job_run(JobName="nightly")["JobRunId"]
    client.delete_job(JobName="nightly")
    client.create_job(Name="nightly", **MINIMAL)
    assert client.start_job_run(JobName="nightly")["JobRunId"] != first


def test_runs_of_a_deleted_job_continue(client: Any, glue_runs: GlueRuns, job: str) -> None:
    client.start_job_run(JobName=job)
    client.delete_job(JobName=job)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED"]


def test_batch_get_jobs_lists_missing_jobs(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("a")
    glue_runs.add_job("b")
    response = client.batch_get_jobs(JobNames=["b", "x", "a"])
    assert [job["Name"] for job in response["Jobs"]] == ["b", "a"]
    assert response["JobsNotFound"] == ["x"]


def test_batch_get_jobs_shows_what_get_job_shows(client: Any, job: str) -> None:
    response = client.batch_get_jobs(JobNames=[job])
    assert response["Jobs"] == [client.get_job(JobName=job)["Job"]]


def test_batch_get_jobs_shows_a_repeated_name_once(client: Any, job: str) -> None:
    assert len(client.batch_get_jobs(JobNames=[job, job])["Jobs"]) == 1


def test_job_of_another_region_is_not_found(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", region="eu-west-1")
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job(JobName="nightly")


def test_jobs_of_one_name_in_two_regions(client: Any, glue_runs: GlueRuns) -> None:
    """Each has its own runs."""
    glue_runs.add_job("nightly", region="eu-west-1")
    glue_runs.add_job("nightly", region="us-east-1")
    client.start_job_run(JobName="nightly")
    assert [run.region for run in glue_runs.runs("nightly")] == ["us-east-1"]
