"""What CreateJob and UpdateJob refuse of a job's command, and the other members of StartJobRun."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._service.rules.rule_types import version_key

Ask = Callable[..., str]
MakeJob = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

SPARK = {"WorkerType": "G.2X", "NumberOfWorkers": 3}
definitions = pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])


@definitions
@pytest.mark.parametrize("name", ["glueetl", "gluestreaming", "pythonshell"])
def test_commands_of_glue(ask: Ask, operation: str, name: str) -> None:
    """Three commands need no more than their name; Ray needs more."""
    assert ask(operation, Command={"Name": name}) == ""


@definitions
@pytest.mark.parametrize("name", ["spark", "GlueETL", ""])
def test_unknown_command_is_refused(ask: Ask, operation: str, name: str) -> None:
    """The refusal names the four that there are."""
    assert ask(operation, Command={"Name": name}) == (
        "InvalidInputException: Job Command name is not valid. Valid values: glueetl, "
        "gluestreaming, pythonshell, glueray"
    )


@definitions
def test_ray_needs_a_runtime(ask: Ask, operation: str) -> None:
    """A Ray job says on which Ray it runs."""
    assert ask(operation, "glueray", Command={"Name": "glueray"}) == (
        "InvalidInputException: Runtime parameter is required for GlueRay command"
    )


@definitions
def test_ray_with_a_runtime(ask: Ask, operation: str) -> None:
    """With it, and Z.2X, it is a job."""
    assert ask(operation, "glueray") == ""


def test_refused_job_is_not_made(ask: Ask, client: Any) -> None:
    """CreateJob that is refused leaves no job behind."""
    assert ask("CreateJob", Timeout=10_081)
    assert client.get_jobs()["Jobs"] == []


def test_refused_update_changes_nothing(ask: Ask, client: Any) -> None:
    """UpdateJob that is refused leaves the job as it was."""
    assert ask("UpdateJob", Timeout=10_081, Description="new")
    (job,) = client.get_jobs()["Jobs"]
    assert (job["Timeout"], "Description" in job) == (2880, False)


def test_refused_run_is_not_made(ask: Ask, glue_runs: GlueRuns) -> None:
    """StartJobRun that is refused leaves no run behind."""
    assert ask("StartJobRun", Timeout=10_081)
    assert glue_runs.runs() == []


def test_job_name_is_required(client: Any) -> None:
    """The client itself refuses a run of nothing."""
    with pytest.raises(ParamValidationError, match=r'Missing required parameter.*: "JobName"'):
        client.start_job_run()


def test_notice_is_after_a_minute_at_least(client: Any, make_job: MakeJob) -> None:
    """The client itself refuses NotifyDelayAfter=0."""
    with pytest.raises(ParamValidationError, match="value: 0, valid min value: 1"):
        client.start_job_run(JobName=make_job(), NotificationProperty={"NotifyDelayAfter": 0})


def test_timeout_is_a_minute_at_least(client: Any, make_job: MakeJob) -> None:
    """The client itself refuses Timeout=0."""
    with pytest.raises(ParamValidationError, match="value: 0, valid min value: 1"):
        client.start_job_run(JobName=make_job(), Timeout=0)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("JobName", "nightly"),
        ("JobRunQueuingEnabled", True),
        ("Arguments", {"--a": "b"}),
        ("Timeout", 7),
        ("SecurityConfiguration", "there is none of this name"),
        ("NotificationProperty", {"NotifyDelayAfter": 5}),
        ("ExecutionClass", "FLEX"),
        ("ExecutionClass", "STANDARD"),
        (
            "ExecutionRoleSessionPolicy",
            '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
        ),
    ],
)
def test_run_shows_the_member(
    start: Any, shown: Shown, make_job: MakeJob, member: str, value: Any
) -> None:
    """What StartJobRun is given, GetJobRun shows."""
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
def test_run_shows_its_capacity(
    start: Any, shown: Shown, make_job: MakeJob, version: str, given: dict[str, Any]
) -> None:
    """Workers and DPUs that StartJobRun is given, GetJobRun shows."""
    make_job(GlueVersion=version)
    run = shown(start(**given))
    assert {name: run[name] for name in given} == given


def test_security_configuration_of_the_run_holds(
    start: Any, shown: Shown, make_job: MakeJob
) -> None:
    """The run's takes the place of the job's, in its name and in its log group."""
    make_job(SecurityConfiguration="job's", Role="arn:aws:iam::123456789012:role/service/Glue")
    runs = [shown(start(**more)) for more in ({}, {"SecurityConfiguration": "mine"})]
    assert [(run["SecurityConfiguration"], run["LogGroupName"]) for run in runs] == [
        ("job's", "/aws-glue/jobs-Glue-job's"),
        ("mine", "/aws-glue/jobs-Glue-mine"),
    ]


def test_automatic_version_is_later_than_every_other() -> None:
    """botocore knows the GlueVersion "auto" since 1.44."""
    assert max(["0.9", "auto", "5.1", "10.0"], key=version_key) == "auto"
