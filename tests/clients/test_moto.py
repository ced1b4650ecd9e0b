"""moto responds to everything but jobs and runs; a user's own `mock_aws` works as ever."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.config import default_user_config
from moto.core.exceptions import ServiceNotWhitelisted
from moto.core.models import MockAWS, botocore_stubber, patch_client
from moto.glue.models import glue_backends

from pytest_glue_runs import GlueRuns, IgnoredTransitionWarning, mock_glue_runs

_HANDLER = vars(BotocoreStubber)["__call__"]


def make_client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def jobs_of_moto() -> list[str]:
    return list(glue_backends["123456789012"]["us-east-1"].jobs)


def test_moto_is_not_imported_for_jobs_and_runs(python: Callable[[str], str]) -> None:
    printed = python(
        """
import sys, boto3
from pytest_glue_runs import mock_glue_runs

with mock_glue_runs as glue_runs:
    client = boto3.client("glue", region_name="us-east-1")
    client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    client.get_job_run(JobName="nightly", RunId=run_id)
    glue_runs.settle()
print("moto" in sys.modules)
"""
    )
    assert printed == "False"


def test_moto_is_imported_and_started_for_anything_else(python: Callable[[str], str]) -> None:
    printed = python(
        """
import sys, boto3
from pytest_glue_runs import mock_glue_runs

with mock_glue_runs:
    glue = boto3.client("glue", region_name="us-east-1")
    glue.create_database(DatabaseInput={"Name": "sales"})
    print(len(glue.get_databases()["DatabaseList"]), "moto" in sys.modules)
"""
    )
    assert printed == "1 True"


def test_moto_is_not_started_for_jobs_and_runs(client: Any, job: str) -> None:
    client.start_job_run(JobName=job)
    assert not botocore_stubber.enabled


@pytest.mark.parametrize("service", ["glue", "s3", "iam", "sts"])
def test_a_client_made_before_is_answered_by_moto(service: str) -> None:
    client = make_client(service)
    with mock_glue_runs:
        is_answered = {
            "glue": lambda: client.get_databases()["DatabaseList"] == [],
            "s3": lambda: client.list_buckets()["Buckets"] == [],
            "iam": lambda: client.list_users()["Users"] == [],
            "sts": lambda: client.get_caller_identity()["Account"] == "123456789012",
        }
        assert is_answered[service]()


def test_a_resource_is_answered_by_moto(glue_runs: GlueRuns) -> None:
    s3 = boto3.resource("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="scripts").put_object(Key="nightly.py", Body=b"pass")
    assert s3.Object("scripts", "nightly.py").get()["Body"].read() == b"pass"


def test_a_response_of_moto_that_is_a_stream_of_events_is_read_event_by_event(
    glue_runs: GlueRuns,
) -> None:
    s3 = make_client("s3")
    s3.create_bucket(Bucket="tables")
    s3.put_object(Bucket="tables", Key="sales.json", Body=b'{"sold":1}\n{"sold":2}\n')
    response = s3.select_object_content(
        Bucket="tables",
        Key="sales.json",
        ExpressionType="SQL",
        Expression="SELECT * FROM s3object",
        InputSerialization={"JSON": {"Type": "LINES"}},
        OutputSerialization={"JSON": {}},
    )
    records, *others = response["Payload"]
    assert records == {"Records": {"Payload": b'{"sold":1}\n{"sold":2}\n'}}
    assert [*others[-1]] == ["End"]


def test_an_error_of_moto_is_the_modeled_exception(client: Any) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_database(Name="sales")


def test_moto_is_empty_in_the_next_mock() -> None:
    s3 = make_client("s3")
    with mock_glue_runs:
        s3.create_bucket(Bucket="scripts")
    with mock_glue_runs:
        assert s3.list_buckets()["Buckets"] == []


def compose(glue_runs: GlueRuns) -> None:
    """Use moto and the service in turn, with clients made now."""
    glue, s3 = make_client("glue"), make_client("s3")
    s3.create_bucket(Bucket="scripts")
    make_client("iam").create_user(UserName="loader")
    make_client("sts").get_caller_identity()
    glue.create_database(DatabaseInput={"Name": "sales"})
    glue.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
    glue.start_job_run(JobName="nightly")
    assert len(s3.list_buckets()["Buckets"]) == 1
    assert len(glue.get_databases()["DatabaseList"]) == 1
    assert [run.job_name for run in glue_runs.runs()] == ["nightly"]


def test_mock_aws_around_composes() -> None:
    with mock_aws(), mock_glue_runs as glue_runs:
        compose(glue_runs)


def test_mock_aws_inside_composes() -> None:
    with mock_glue_runs as glue_runs, mock_aws():
        compose(glue_runs)


def test_mock_aws_before_composes() -> None:
    with mock_aws():
        make_client("s3").create_bucket(Bucket="earlier")
    with mock_glue_runs as glue_runs:
        compose(glue_runs)


@mock_aws
def test_mock_aws_as_a_decorator_composes_with_the_fixture(glue_runs: GlueRuns) -> None:
    compose(glue_runs)


def test_mock_aws_inside_after_our_own_shares_its_state(glue_runs: GlueRuns) -> None:
    s3 = make_client("s3")
    s3.create_bucket(Bucket="scripts")
    with mock_aws():
        assert len(s3.list_buckets()["Buckets"]) == 1
    assert len(s3.list_buckets()["Buckets"]) == 1


def test_mock_aws_around_keeps_its_state_when_ours_ends() -> None:
    s3 = make_client("s3")
    with mock_aws():
        patch_client(s3)
        with mock_glue_runs:
            s3.create_bucket(Bucket="scripts")
        assert len(s3.list_buckets()["Buckets"]) == 1


def test_mock_aws_around_stays_active_when_ours_ends() -> None:
    with mock_aws():
        with mock_glue_runs:
            make_client("s3").list_buckets()
        assert (botocore_stubber.enabled, MockAWS._nested_count) == (True, 1)


def test_a_job_is_not_made_in_moto_too() -> None:
    with mock_aws(), mock_glue_runs:
        client = make_client("glue")
        client.create_job(Name="nightly", Role="r", Command={"Name": "glueetl"})
        assert jobs_of_moto() == []


@pytest.mark.parametrize("patched", [True, False])
def test_moto_executes_a_request_once(glue_runs: GlueRuns, patched: bool) -> None:
    sqs = make_client("sqs")
    with mock_aws():
        if patched:
            patch_client(sqs)
        url = sqs.create_queue(QueueName="runs")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="started")
        asked = {"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]}
        counted = sqs.get_queue_attributes(**asked)["Attributes"]
    assert counted == {"ApproximateNumberOfMessages": "1"}


def test_a_client_of_mock_aws_goes_back_to_moto_when_ours_ends() -> None:
    with mock_aws():
        client = make_client("glue")
        client.create_job(Name="motos", Role="r", Command={"Name": "glueetl"})
        with mock_glue_runs as glue_runs:
            client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert client.list_jobs()["JobNames"] == ["motos"]


def test_the_handler_of_moto_is_restored_when_ours_ends() -> None:
    with mock_aws(), mock_glue_runs:
        make_client("s3").list_buckets()
    assert vars(BotocoreStubber)["__call__"] is _HANDLER


def test_the_handler_of_moto_is_there_until_the_first_request(glue_runs: GlueRuns) -> None:
    assert vars(BotocoreStubber)["__call__"] is _HANDLER


def configuration() -> Any:
    return deepcopy(default_user_config)


def use_moto() -> None:
    make_client("s3").list_buckets()


def test_the_configuration_of_moto_is_not_changed(glue_runs: GlueRuns) -> None:
    before = configuration()
    use_moto()
    assert configuration() == before


def test_a_change_of_the_configuration_that_is_undone_while_mocked_stays_undone() -> None:
    """Although it was there when moto was started."""
    before = configuration()
    with mock_glue_runs:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(default_user_config, "iam", {"load_aws_managed_policies": True})
            use_moto()
        assert configuration() == before
    assert configuration() == before


def test_a_change_of_the_configuration_outlasts_the_mock_until_it_is_undone() -> None:
    before = configuration()
    with pytest.MonkeyPatch.context() as patch:
        with mock_glue_runs:
            use_moto()
            patch.setitem(default_user_config, "core", {"mock_credentials": False})
        assert default_user_config["core"] == {"mock_credentials": False}
    assert configuration() == before


def test_the_configuration_of_an_inner_mock_aws_ends_with_it() -> None:
    """moto itself leaves that to the outermost one."""
    before = configuration()
    with mock_glue_runs:
        use_moto()
        with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
            assert default_user_config["iam"] == {"load_aws_managed_policies": True}
        assert configuration() == before
    assert configuration() == before


def test_the_configuration_of_the_user_applies(glue_runs: GlueRuns) -> None:
    core = {**default_user_config["core"], "service_whitelist": ["sqs"]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(default_user_config, "core", core)
        with pytest.raises(ServiceNotWhitelisted):
            use_moto()


@pytest.mark.parametrize("seconds", [1, 20])
@pytest.mark.parametrize("own", [True, False])
def test_a_long_poll_of_sqs_moves_the_clock_by_its_time(seconds: int, own: bool) -> None:
    with mock_aws() if own else nullcontext(), mock_glue_runs as glue_runs:
        sqs = make_client("sqs")
        url = sqs.create_queue(QueueName="runs")["QueueUrl"]
        begin = glue_runs.now
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=seconds)
        assert (glue_runs.now - begin).total_seconds() == seconds
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)
        assert (glue_runs.now - begin).total_seconds() == seconds


def test_a_long_poll_of_sqs_ends_with_a_message(glue_runs: GlueRuns) -> None:
    sqs = make_client("sqs")
    url = sqs.create_queue(QueueName="runs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="started", DelaySeconds=3)
    begin = glue_runs.now
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "started"
    assert (glue_runs.now - begin).total_seconds() <= 4


def test_a_transition_of_moto_for_job_runs_is_pointed_out(glue_runs: GlueRuns) -> None:
    from moto.moto_api import state_manager

    client = make_client("glue")
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 9})
    state_manager.set_transition("glue::job_run", {"progression": "manual", "times": 3})
    try:
        with pytest.warns(IgnoredTransitionWarning) as caught:
            client.start_job_run(JobName="nightly")
        client.start_job_run(JobName="nightly")  # once is enough
    finally:
        state_manager.unset_transition("glue::job_run")
    (warning,) = caught
    assert str(warning.message) == (
        "moto's state manager has a transition for 'glue::job_run', which has no effect on the "
        "runs of pytest-glue-runs: they depend on the clock, not on how often they are read. Plan "
        "how they go with glue_runs.plan(job, succeeds(after=...)), or with the settings startup "
        "and duration."
    )
