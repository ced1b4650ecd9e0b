"""Rules for the command of a job, and the other members of StartJobRun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._service.rules.rule_types import version_key

GetRejection = Callable[..., str]
MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

SPARK = {"WorkerType": "G.2X", "NumberOfWorkers": 3}
definitions = pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])


@definitions
@pytest.mark.parametrize("name", ["glueetl", "gluestreaming", "pythonshell"])
def test_commands_of_glue(rejection: GetRejection, operation: str, name: str) -> None:
    """These three commands need nothing but a name; Ray needs more."""
    assert rejection(operation, Command={"Name": name}) == ""


@definitions
@pytest.mark.parametrize("name", ["spark", "GlueETL"])
def test_unknown_command_is_rejected(rejection: GetRejection, operation: str, name: str) -> None:
    assert rejection(operation, Command={"Name": name}) == (
        "InvalidInputException: Job Command name is not valid. Valid values: glueetl, "
        "gluestreaming, pythonshell, glueray"
    )


@definitions
@pytest.mark.parametrize("command", [{}, {"Name": ""}, {"ScriptLocation": "s3://scripts/a.py"}])
def test_command_requires_a_name(
    rejection: GetRejection, operation: str, command: dict[str, str]
) -> None:
    assert rejection(operation, Command=command) == (
        "InvalidInputException: Command name should not be null or empty"
    )


def test_update_job_requires_a_command(rejection: GetRejection) -> None:
    """botocore's model requires it for CreateJob only."""
    assert rejection("UpdateJob", Command=None) == (
        "InvalidInputException: Command name should not be null or empty"
    )


@definitions
def test_role_must_not_be_empty(rejection: GetRejection, operation: str) -> None:
    error = rejection(operation, Role="")
    assert error == "InvalidInputException: Role should not be null or empty"


def test_update_job_requires_a_role(rejection: GetRejection) -> None:
    """botocore's model requires it for CreateJob only."""
    error = rejection("UpdateJob", Role=None)
    assert error == "InvalidInputException: Role should not be null or empty"


@pytest.mark.parametrize("member", ["Role", "Command"])
def test_client_requires_role_and_command_of_create_job(client: Any, member: str) -> None:
    definition = {"Name": "nightly", "Role": "r", "Command": {"Name": "glueetl"}}
    del definition[member]
    with pytest.raises(ParamValidationError, match=f'Missing required parameter.*: "{member}"'):
        client.create_job(**definition)


@definitions
def test_ray_needs_a_runtime(rejection: GetRejection, operation: str) -> None:
    assert rejection(operation, "glueray", Command={"Name": "glueray"}) == (
        "InvalidInputException: Runtime parameter is required for GlueRay command"
    )


@definitions
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming", "pythonshell"])
def test_runtime_is_for_ray(rejection: Callable[..., str], operation: str, command: str) -> None:
    with_runtime = {"Name": command, "ScriptLocation": "s3://b/s.py", "Runtime": "Ray2.4"}
    assert rejection(operation, command, Command=with_runtime) == (
        f"InvalidInputException: Runtime field is not supported for {command} command type"
    )


@definitions
def test_ray_with_a_runtime(rejection: GetRejection, operation: str) -> None:
    assert rejection(operation, "glueray") == ""


def test_rejected_job_is_not_created(rejection: GetRejection, client: Any) -> None:
    assert rejection("CreateJob", Timeout=10_081)
    assert client.get_jobs()["Jobs"] == []


def test_rejected_update_changes_nothing(rejection: GetRejection, client: Any) -> None:
    assert rejection("UpdateJob", Timeout=10_081, Description="new")
    (job,) = client.get_jobs()["Jobs"]
    assert (job["Timeout"], "Description" in job) == (2880, False)


def test_rejected_run_is_not_created(rejection: GetRejection, glue_runs: GlueRuns) -> None:
    assert rejection("StartJobRun", Timeout=10_081)
    assert glue_runs.runs() == []


def test_client_requires_a_job_name(client: Any) -> None:
    with pytest.raises(ParamValidationError, match=r'Missing required parameter.*: "JobName"'):
        client.start_job_run()


def test_client_rejects_notify_delay_after_0(client: Any, make_job: MakeJob) -> None:
    with pytest.raises(ParamValidationError, match="value: 0, valid min value: 1"):
        client.start_job_run(JobName=make_job(), NotificationProperty={"NotifyDelayAfter": 0})


def test_client_rejects_timeout_0(client: Any, make_job: MakeJob) -> None:
    with pytest.raises(ParamValidationError, match="value: 0, valid min value: 1"):
        client.start_job_run(JobName=make_job(), Timeout=0)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("JobName", "nightly"),
        ("JobRunQueuingEnabled", True),
        ("Arguments", {"--a": "b"}),
        ("Timeout", 7),
        ("SecurityConfiguration", "a name that does not exist"),
        ("NotificationProperty", {"NotifyDelayAfter": 5}),
        ("ExecutionClass", "FLEX"),
        ("ExecutionClass", "STANDARD"),
        (
            "ExecutionRoleSessionPolicy",
            '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
        ),
    ],
)
def test_run_shows_what_it_was_given(
    start: Any, shown: Shown, make_job: MakeJob, member: str, value: Any
) -> None:
    make_job()
    assert shown(start(**{member: value} if member != "JobName" else {}))[member] == value


@pytest.mark.parametrize(
    ("version", "given"),
    [
        ("4.0", SPARK),
        ("1.0", {"MaxCapacity": 7.0}),
        ("1.0", {"AllocatedCapacity": 7}),
    ],
)
def test_run_shows_the_capacity_it_was_given(
    start: Any, shown: Shown, make_job: MakeJob, version: str, given: dict[str, Any]
) -> None:
    make_job(GlueVersion=version)
    run = shown(start(**given))
    assert {name: run[name] for name in given} == given


def test_security_configuration_of_the_run_overrides_the_jobs(
    start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """The log group is named after it."""
    make_job(SecurityConfiguration="job's", Role="arn:aws:iam::123456789012:role/service/Glue")
    runs = [shown(start(**more)) for more in ({}, {"SecurityConfiguration": "mine"})]
    assert [(run["SecurityConfiguration"], run["LogGroupName"]) for run in runs] == [
        ("job's", "/aws-glue/jobs-Glue-job's"),
        ("mine", "/aws-glue/jobs-Glue-mine"),
    ]


def test_version_auto_sorts_last() -> None:
    """botocore has known the GlueVersion "auto" since 1.44."""
    assert max(["0.9", "auto", "5.1", "10.0"], key=version_key) == "auto"
