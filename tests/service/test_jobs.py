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
SMALLEST: dict[str, Any] = {"Role": "GlueJobRole", "Command": COMMAND}

# Glue sets them itself.
NOT_GIVEN = ("CreatedOn", "LastModifiedOn", "ProfileName", "AutoUpgradeMetadata")
GIVEN = [
    name for name in glue_request_model().members("Job") if name not in NOT_GIVEN and name != "Name"
]

# What AWS allows only together with something else.
WITH: dict[str, dict[str, Any]] = {
    "AllocatedCapacity": {"GlueVersion": "1.0"},
    "MaxCapacity": {"GlueVersion": "1.0"},
    "NumberOfWorkers": {"WorkerType": "G.1X"},
    "WorkerType": {"WorkerType": "G.1X", "NumberOfWorkers": 2},
    "Command": {"Command": {**COMMAND, "PythonVersion": "2"}},
    "MaintenanceWindow": {"Command": {**COMMAND, "Name": "gluestreaming"}},
}
TEXTS = ("text", "TEXT", "1.0", "3", "Sun:10", "arn:aws:glue:us-east-1:123456789012:job/a")
OTHERS: dict[str, Any] = {
    "boolean": True,
    "timestamp": datetime(2026, 1, 1, 12, 30, 15, 250_000, timezone.utc),
}


def sample(shape: Any, inside: tuple[str, ...] = ()) -> Any:
    """A value that the shape allows, with every member."""
    if shape.name in inside:  # a shape that holds itself
        return []
    inside = (*inside, shape.name)
    if shape.type_name == "structure":
        return {name: sample(member, inside) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member, inside)] * shape.metadata.get("min", 1)
    if shape.type_name == "map":
        return {sample(shape.key, inside): sample(shape.value, inside)}
    if shape.type_name == "string":
        texts = shape.metadata.get("enum") or TEXTS
        return next(t for t in texts if allows(shape, t))
    if shape.type_name in OTHERS:
        return OTHERS[shape.type_name]
    return max(2, shape.metadata.get("min", 0)) if shape.metadata.get("max", 2) > 1 else 1


def allows(shape: Any, text: str) -> bool:
    """Whether the shape's pattern matches the text."""
    pattern: str = shape.metadata.get("pattern") or ".*"
    return re.fullmatch(pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", ""), text) is not None


def definition_with(member: str) -> dict[str, Any]:
    """A definition that has this member, and as little else as may be."""
    value = sample(glue_request_model().members("Job")[member])
    return {**SMALLEST, member: value, **WITH.get(member, {})}


@pytest.mark.parametrize("member", GIVEN)
def test_get_job_shows_each_member_that_create_job_was_given(client: Any, member: str) -> None:
    """GetJob shows what CreateJob was given, for every member of botocore's Job."""
    definition = definition_with(member)
    client.create_job(Name="nightly", **definition)
    job = client.get_job(JobName="nightly")["Job"]
    assert {name: job[name] for name in definition} == definition


@pytest.mark.parametrize("member", GIVEN)
def test_get_job_shows_each_member_that_update_job_was_given(client: Any, member: str) -> None:
    """GetJob shows what UpdateJob was given, for every member of botocore's Job."""
    client.create_job(Name="nightly", **SMALLEST)
    definition = definition_with(member)
    client.update_job(JobName="nightly", JobUpdate=definition)
    job = client.get_job(JobName="nightly")["Job"]
    assert {name: job[name] for name in definition} == definition


def test_create_job_answers_the_name(client: Any) -> None:
    """The answer of CreateJob holds the name alone."""
    answer = client.create_job(Name="nightly", **SMALLEST)
    assert {**answer, "ResponseMetadata": None} == {"Name": "nightly", "ResponseMetadata": None}


@pytest.mark.glue_runs(start_at="2026-01-01T12:00:00Z")
def test_smallest_job_shows_glues_defaults(client: Any) -> None:
    """A Spark job that is given nothing has these members, and no others."""
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
    """A job's Timeout is what it was given, else its kind's and version's; streaming has none."""
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
    """A job shows the DPUs of its workers, or its DPUs alone; None here means absent."""
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
def test_python_version_is_shown_though_not_given(
    client: Any, command: str, glue_version: str, python_version: str
) -> None:
    """GetJob shows the PythonVersion that the command has by default."""
    workers = {"WorkerType": "Z.2X", "NumberOfWorkers": 2} if command == "glueray" else {}
    add(client, command, {"GlueVersion": glue_version, **workers})
    assert client.get_job(JobName="nightly")["Job"]["Command"]["PythonVersion"] == python_version


def add(client: Any, command: str, given: dict[str, Any]) -> None:
    """Makes a job of this kind."""
    ray = {"Runtime": "Ray2.4"} if command == "glueray" else {}
    client.create_job(
        Name="nightly",
        Role="r",
        Command={"Name": command, "ScriptLocation": "s3://a", **ray},
        **given,
    )


def assert_shown(client: Any, expected: dict[str, Any]) -> None:
    """GetJob shows these members; None stands for no member."""
    job = client.get_job(JobName="nightly")["Job"]
    assert {name: job.get(name) for name in expected} == expected


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_setting_gives_the_version_of_jobs_that_say_none(client: Any) -> None:
    """default_glue_version is the GlueVersion of a job that is made without one."""
    client.create_job(Name="nightly", **SMALLEST)
    assert client.get_job(JobName="nightly")["Job"]["GlueVersion"] == "5.0"


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_version_by_default_has_its_timeout(client: Any) -> None:
    """480 minutes since 5.0, as if the job had asked for it."""
    client.create_job(Name="nightly", **SMALLEST)
    assert client.get_job(JobName="nightly")["Job"]["Timeout"] == 480


def test_same_job_twice_already_exists(client: Any) -> None:
    """CreateJob of a job that exists just so is AlreadyExistsException."""
    client.create_job(Name="nightly", **SMALLEST)
    with pytest.raises(client.exceptions.AlreadyExistsException) as error:
        client.create_job(Name="nightly", **SMALLEST)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly already exists."


def test_same_name_for_another_job_is_a_mismatch(client: Any) -> None:
    """CreateJob with a name in use, and another definition, is IdempotentParameterMismatch."""
    client.create_job(Name="nightly", **SMALLEST)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException) as error:
        client.create_job(Name="nightly", **SMALLEST, MaxRetries=1)
    message = "Job with name 'nightly' already submitted with different configuration"
    assert error.value.response["Error"]["Message"] == message


def test_other_tags_make_another_job(client: Any) -> None:
    """CreateJob with a name in use, and other tags, is IdempotentParameterMismatch."""
    client.create_job(Name="nightly", **SMALLEST)
    with pytest.raises(client.exceptions.IdempotentParameterMismatchException):
        client.create_job(Name="nightly", **SMALLEST, Tags={"team": "data"})


def test_refused_create_job_changes_nothing(client: Any) -> None:
    """A CreateJob that is refused leaves the job as it was."""
    client.create_job(Name="nightly", **SMALLEST)
    with pytest.raises(ClientError):
        client.create_job(Name="nightly", **SMALLEST, MaxRetries=1)
    assert client.get_job(JobName="nightly")["Job"]["MaxRetries"] == 0


def test_update_job_answers_the_name(client: Any, job: str) -> None:
    """The answer of UpdateJob holds the name."""
    assert client.update_job(JobName=job, JobUpdate=SMALLEST)["JobName"] == "nightly"


def test_update_job_takes_off_what_it_does_not_say(client: Any) -> None:
    """UpdateJob overwrites the whole definition."""
    client.create_job(Name="nightly", **SMALLEST, Description="old", MaxRetries=3)
    client.update_job(JobName="nightly", JobUpdate=SMALLEST)
    assert_shown(client, {"Description": None, "MaxRetries": 0})


def test_update_job_keeps_the_glue_version(client: Any) -> None:
    """Only GlueVersion stays as it was where UpdateJob does not say it."""
    client.create_job(Name="nightly", **SMALLEST, GlueVersion="5.0")
    client.update_job(JobName="nightly", JobUpdate=SMALLEST)
    assert_shown(client, {"GlueVersion": "5.0", "Timeout": 480})


def test_update_job_changes_the_glue_version(client: Any) -> None:
    """A GlueVersion in UpdateJob holds."""
    client.create_job(Name="nightly", **SMALLEST, GlueVersion="5.0")
    client.update_job(JobName="nightly", JobUpdate={**SMALLEST, "GlueVersion": "3.0"})
    assert_shown(client, {"GlueVersion": "3.0", "Timeout": 2880})


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_update_job_keeps_the_timeout_of_a_job_without_version(client: Any) -> None:
    """A job that never said a GlueVersion has the same default Timeout before and after."""
    client.create_job(Name="nightly", **SMALLEST)
    before = client.get_job(JobName="nightly")["Job"]
    client.update_job(JobName="nightly", JobUpdate=SMALLEST)
    assert client.get_job(JobName="nightly")["Job"] == before


def test_update_job_keeps_the_tags(client: Any) -> None:
    """Tags are no part of the definition that UpdateJob overwrites."""
    client.create_job(Name="nightly", **SMALLEST, Tags={"team": "data"})
    client.update_job(JobName="nightly", JobUpdate=SMALLEST)
    arn = "arn:aws:glue:us-east-1:123456789012:job/nightly"
    assert client.get_tags(ResourceArn=arn)["Tags"] == {"team": "data"}


def test_update_job_moves_last_modified_on_alone(client: Any, glue_runs: GlueRuns) -> None:
    """UpdateJob is seen in LastModifiedOn, and CreatedOn stays."""
    client.create_job(Name="nightly", **SMALLEST)
    glue_runs.tick("1h")
    client.update_job(JobName="nightly", JobUpdate=SMALLEST)
    job = client.get_job(JobName="nightly")["Job"]
    assert job["LastModifiedOn"] - job["CreatedOn"] == timedelta(hours=1)


def test_update_job_leaves_runs_that_started_as_they_are(client: Any) -> None:
    """A run goes on with the Timeout that its job had when it started."""
    client.create_job(Name="nightly", **SMALLEST, Timeout=30)
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.update_job(JobName="nightly", JobUpdate={**SMALLEST, "Timeout": 5})
    run = client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Timeout"] == 30


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("get_job", {}),
        ("update_job", {"JobUpdate": SMALLEST}),
        ("get_job_runs", {}),
        ("get_job_run", {"RunId": "jr_1"}),
        ("get_job_bookmark", {}),
        ("reset_job_bookmark", {}),
    ],
)
def test_missing_job_is_not_found(client: Any, method: str, more: dict[str, Any]) -> None:
    """Operations on a job that does not exist are EntityNotFoundException."""
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(JobName="nightly", **more)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly not found."


def test_delete_job_answers_the_name(client: Any, job: str) -> None:
    """The answer of DeleteJob holds the name."""
    assert client.delete_job(JobName=job)["JobName"] == "nightly"


def test_deleted_job_is_gone(client: Any, job: str) -> None:
    """GetJob finds no job that was deleted."""
    client.delete_job(JobName=job)
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job(JobName=job)


def test_delete_job_of_a_missing_job_is_no_error(client: Any) -> None:
    """DeleteJob of a job that does not exist succeeds."""
    assert client.delete_job(JobName="nightly")["JobName"] == "nightly"


def test_job_made_again_has_none_of_the_old_runs(client: Any) -> None:
    """A job of the same name as a deleted one starts without runs."""
    client.create_job(Name="nightly", **SMALLEST)
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.delete_job(JobName="nightly")
    client.create_job(Name="nightly", **SMALLEST)
    assert client.get_job_runs(JobName="nightly")["JobRuns"] == []
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job_run(JobName="nightly", RunId=run_id)


def test_job_made_again_reuses_no_run_id(client: Any) -> None:
    """The runs of a job of the same name as a deleted one have ids of their own."""
    client.create_job(Name="nightly", **SMALLEST)
    first = client.start_job_run(JobName="nightly")["JobRunId"]
    client.delete_job(JobName="nightly")
    client.create_job(Name="nightly", **SMALLEST)
    assert client.start_job_run(JobName="nightly")["JobRunId"] != first


def test_runs_of_a_deleted_job_go_on(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """DeleteJob does not stop the runs."""
    client.start_job_run(JobName=job)
    client.delete_job(JobName=job)
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED"]


def test_batch_get_jobs_tells_the_missing_apart(client: Any, glue_runs: GlueRuns) -> None:
    """BatchGetJobs shows the jobs that there are, and names those that there are not."""
    glue_runs.add_job("a")
    glue_runs.add_job("b")
    answer = client.batch_get_jobs(JobNames=["b", "x", "a"])
    assert [job["Name"] for job in answer["Jobs"]] == ["b", "a"]
    assert answer["JobsNotFound"] == ["x"]


def test_batch_get_jobs_shows_what_get_job_shows(client: Any, job: str) -> None:
    """BatchGetJobs and GetJob show the same."""
    answer = client.batch_get_jobs(JobNames=[job])
    assert answer["Jobs"] == [client.get_job(JobName=job)["Job"]]


def test_batch_get_jobs_shows_a_name_given_twice_once(client: Any, job: str) -> None:
    """A name that is repeated is shown once."""
    assert len(client.batch_get_jobs(JobNames=[job, job])["Jobs"]) == 1


def test_jobs_of_another_region_are_others(client: Any, glue_runs: GlueRuns) -> None:
    """A job of one region is not there in another."""
    glue_runs.add_job("nightly", region="eu-west-1")
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job(JobName="nightly")


def test_one_name_may_be_in_two_regions(client: Any, glue_runs: GlueRuns) -> None:
    """Jobs of one name in two regions have runs of their own."""
    glue_runs.add_job("nightly", region="eu-west-1")
    glue_runs.add_job("nightly", region="us-east-1")
    client.start_job_run(JobName="nightly")
    assert [run.region for run in glue_runs.runs("nightly")] == ["us-east-1"]
