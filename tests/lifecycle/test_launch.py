"""Runs that fail while they are STARTING."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto.glue.models import GlueBackend

from pytest_glue_runs import GlueRuns, fails, fails_to_launch

_PREFIX = "JobName:nightly and JobRunId:{run} failed to execute with exception "
_SERVICE = (
    " (Service: AWSGlueJobExecutor; Status Code: 400; Error Code: InvalidInputException; "
    "Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)"
)
MESSAGES = {
    "script": "LAUNCH ERROR | Error downloading from S3 for bucket: glue-scripts, "
    "key: nightly.py.The specified key does not exist. (Service: Amazon S3; Status Code: 404; "
    "Please refer logs for details.",
    "role": _PREFIX + "Role arn:aws:iam::123456789012:role/GlueJobRole should be given assume "
    "role permissions for Glue Service.",
    "connection": _PREFIX + "Could not find connection for the given criteria Failed to get "
    "catalog connections given names: warehouse" + _SERVICE,
    "security_configuration": _PREFIX + "Security Configuration strict not found." + _SERVICE,
    "subnet": _PREFIX + "Number of IP addresses on subnet is 0",
    "resources": "Resource unavailable",
}


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """A job that needs everything that can be missing."""
    return glue_runs.add_job(
        "nightly",
        Connections={"Connections": ["warehouse"]},
        SecurityConfiguration="strict",
    )


def _run(glue_runs: GlueRuns, client: Any, job: str) -> Any:
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.settle()
    return glue_runs.run(run_id)


@pytest.mark.parametrize(("problem", "message"), MESSAGES.items(), ids=MESSAGES)
def test_a_run_planned_to_fail_to_launch_has_glues_message(
    glue_runs: GlueRuns, client: Any, job: str, problem: Any, message: str
) -> None:
    glue_runs.plan(job, fails_to_launch(problem, startup="14s"))
    run = _run(glue_runs, client, job)
    assert [step.state for step in run.history] == ["STARTING", "FAILED"]
    assert run.error_message == message.replace("{run}", run.id)
    assert run.completed_on - run.started_on == timedelta(seconds=14)
    assert run.execution_time == 0


def test_a_launch_problem_must_be_one_of_the_list() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        fails_to_launch("scripts")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "fails_to_launch(problem='scripts'): that is not a valid problem. Did you mean 'script'? "
        "Valid: 'script', 'role', 'connection', 'security_configuration', 'subnet', 'resources'."
    )


@pytest.mark.parametrize("state", ["FAILED", "ERROR", "EXPIRED"])
def test_a_run_fails_while_it_is_starting(
    glue_runs: GlueRuns, client: Any, job: str, state: Any
) -> None:
    glue_runs.plan(job, fails("No luck", after="2s", during="STARTING", state=state))
    run = _run(glue_runs, client, job)
    assert [step.state for step in run.history] == ["STARTING", state]
    assert (run.error_message, run.as_dict()["ErrorMessage"]) == ("No luck", "No luck")
    assert run.completed_on - run.started_on == timedelta(seconds=2)


def test_a_failure_while_starting_comes_after_the_startup_by_default(
    glue_runs: GlueRuns, client: Any, job: str
) -> None:
    glue_runs.plan(job, fails(during="STARTING"))
    run = _run(glue_runs, client, job)
    assert run.completed_on - run.started_on == timedelta(seconds=4)


def test_a_run_ends_in_error_without_a_retry(glue_runs: GlueRuns, client: Any) -> None:
    glue_runs.add_job("retried", MaxRetries=2)
    glue_runs.plan("retried", fails("gone", state="ERROR"))
    client.start_job_run(JobName="retried")
    assert [run.state for run in glue_runs.settle()] == ["ERROR"]


def test_after_and_startup_contradict_each_other_while_starting() -> None:
    with pytest.raises(TypeError) as caught:
        fails(after="1s", startup="2s", during="STARTING")
    assert str(caught.value) == (
        "fails(after='1s', startup='2s', during='STARTING'): the run fails while it is STARTING, "
        "so both say when. Give one of them."
    )


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (
            {"during": "QUEUED"},
            "fails(during='QUEUED'): that is not a valid during. Valid: 'STARTING', 'RUNNING'.",
        ),
        (
            {"state": "EXPIRE"},
            (
                "fails(state='EXPIRE'): that is not a valid state. Did you mean 'EXPIRED'? "
                "Valid: 'FAILED', 'ERROR', 'EXPIRED'."
            ),
        ),
        (
            {"dpu_seconds": -1},
            "fails(dpu_seconds=-1): valid is a number from 0 on.",
        ),
        (
            {"dpu_seconds": "many"},
            "fails(dpu_seconds='many'): valid is a number from 0 on.",
        ),
    ],
)
def test_a_wrong_argument_of_fails_is_an_error(keywords: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is asserted below
        fails(**keywords)
    assert str(caught.value) == message


def test_plans_are_shown_as_they_are_written() -> None:
    plans = [
        fails("x", after=5, during="STARTING", state="ERROR", cleanup=1, dpu_seconds=2),
        fails_to_launch("role", startup="9s"),
    ]
    assert [str(plan) for plan in plans] == [
        "fails('x', after='5s', cleanup='1s', during='STARTING', state='ERROR', dpu_seconds=2.0)",
        "fails_to_launch('role', startup='9s')",
    ]


# moto 5.1.0 has neither of them.
_has_glue_parts = hasattr(GlueBackend, "create_security_configuration")


class TestCheckLaunch:
    """With check_launch, moto decides whether a run starts."""

    pytestmark = pytest.mark.glue_runs(check_launch=True)

    def _create(self, *what: str) -> None:
        made = {"region_name": "us-east-1"}
        if "script" in what:
            s3 = boto3.client("s3", **made)
            s3.create_bucket(Bucket="glue-scripts")
            s3.put_object(Bucket="glue-scripts", Key="nightly.py", Body=b"")
        if "role" in what:
            boto3.client("iam").create_role(RoleName="GlueJobRole", AssumeRolePolicyDocument="{}")
        glue = boto3.client("glue", **made)
        if "connection" in what:
            properties = {"Name": "warehouse", "ConnectionType": "NETWORK"}
            glue.create_connection(ConnectionInput={**properties, "ConnectionProperties": {}})
        if "security_configuration" in what:
            glue.create_security_configuration(Name="strict", EncryptionConfiguration={})

    @pytest.mark.parametrize(
        ("existing", "missing"),
        [
            ((), "script"),
            (("role",), "script"),
            (("script",), "role"),
            (("script", "role"), "connection"),
            pytest.param(
                ("script", "role", "connection"),
                "security_configuration",
                marks=pytest.mark.skipif(not _has_glue_parts, reason="moto is too old"),
            ),
        ],
        ids=str,
    )
    def test_the_first_thing_that_is_missing_fails_the_run(
        self, glue_runs: GlueRuns, client: Any, job: str, existing: Any, missing: str
    ) -> None:
        self._create(*existing)
        run = _run(glue_runs, client, job)
        assert run.error_message == MESSAGES[missing].replace("{run}", run.id)

    @pytest.mark.skipif(not _has_glue_parts, reason="moto is too old")
    def test_a_run_that_has_everything_succeeds(
        self, glue_runs: GlueRuns, client: Any, job: str
    ) -> None:
        self._create("script", "role", "connection", "security_configuration")
        assert _run(glue_runs, client, job).state == "SUCCEEDED"

    def test_a_bucket_without_the_script_does_not_do(
        self, glue_runs: GlueRuns, client: Any, job: str
    ) -> None:
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="glue-scripts")
        run = _run(glue_runs, client, job)
        assert run.error_message == MESSAGES["script"]

    def test_a_role_of_another_account_does_not_do(self, glue_runs: GlueRuns, client: Any) -> None:
        self._create("script", "role")
        glue_runs.add_job(
            "nightly",
            Role="arn:aws:iam::111122223333:role/GlueJobRole",
        )
        run = _run(glue_runs, client, "nightly")
        assert "should be given assume role permissions" in run.error_message

    def test_a_job_that_needs_neither_connections_nor_security_starts(
        self, glue_runs: GlueRuns, client: Any
    ) -> None:
        self._create("script", "role")
        glue_runs.add_job("nightly", Role="GlueJobRole")
        assert _run(glue_runs, client, "nightly").state == "SUCCEEDED"

    @pytest.mark.skipif(not _has_glue_parts, reason="moto is too old")
    def test_connections_of_another_region_do_not_do(self, glue_runs: GlueRuns) -> None:
        self._create("script", "role", "connection")
        glue_runs.add_job("nightly", region="eu-west-1", Connections={"Connections": ["warehouse"]})
        run = _run(glue_runs, boto3.client("glue", region_name="eu-west-1"), "nightly")
        assert run.error_message is not None
        assert "given names: warehouse" in run.error_message

    def test_a_plan_wins_over_what_is_missing(
        self, glue_runs: GlueRuns, client: Any, job: str
    ) -> None:
        glue_runs.plan(job, fails_to_launch("resources"))
        assert _run(glue_runs, client, job).error_message == "Resource unavailable"
