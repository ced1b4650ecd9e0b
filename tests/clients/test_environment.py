"""The environment variables of a mocked AWS, and the sessions that read them."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import aiobotocore.session
import boto3
import pytest
from botocore.session import get_session
from moto import mock_aws

from pytest_glue_runs import mock_glue_runs

pytestmark = pytest.mark.usefixtures("new_default_session")

NAMES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_DEFAULT_REGION",
)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Remove the variables that a mock sets."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_credentials_are_those_of_moto(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        assert [os.environ[name] for name in NAMES[:3]] == [
            "FOOBARKEY",
            "FOOBARSECRET",
            "FOOBARTOKEN",
        ]


def test_a_region_is_set_if_there_is_none(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"


def test_a_region_that_is_set_stays(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_glue_runs:
        assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_clients_and_jobs_without_a_region_are_in_the_same_one(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_glue_runs as glue_runs:
        boto3.client("glue").start_job_run(JobName=glue_runs.add_job("nightly"))
        assert glue_runs.calls[0].caller.region == "eu-west-1"


def test_variables_that_were_not_set_are_not_set_afterwards(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        pass
    assert [name for name in NAMES if name in os.environ] == []


def test_variables_that_were_set_are_restored(bare: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        bare.setenv(name, f"my {name}")
    with mock_glue_runs:
        pass
    assert [os.environ[name] for name in NAMES] == [f"my {name}" for name in NAMES]


def test_variables_that_a_test_deleted_are_restored(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("AWS_ACCESS_KEY_ID", "mine")
    with mock_glue_runs:
        del os.environ["AWS_ACCESS_KEY_ID"]
        del os.environ["AWS_SESSION_TOKEN"]
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"


def test_moto_leaves_the_credentials_as_they_are(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        os.environ["AWS_ACCESS_KEY_ID"] = "mine"
        boto3.client("s3").list_buckets()
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"


def test_moto_leaves_the_default_session_as_it_is(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        boto3.client("s3").list_buckets()
        before = boto3.DEFAULT_SESSION
        boto3.client("s3").list_buckets()
        assert boto3.DEFAULT_SESSION is before is not None


def test_the_default_session_forgets_the_mocked_credentials(bare: pytest.MonkeyPatch) -> None:
    with mock_glue_runs:
        boto3.client("glue")
    bare.setenv("AWS_ACCESS_KEY_ID", "mine")
    bare.setenv("AWS_SECRET_ACCESS_KEY", "mine too")
    credentials = boto3.DEFAULT_SESSION.get_credentials()
    assert credentials.access_key == "mine"


def test_the_default_session_keeps_credentials_of_its_own(bare: pytest.MonkeyPatch) -> None:
    boto3.setup_default_session(aws_access_key_id="mine", aws_secret_access_key="mine too")
    with mock_glue_runs:
        boto3.client("glue")
    assert boto3.DEFAULT_SESSION.get_credentials().access_key == "mine"


def test_a_change_by_monkeypatch_is_undone_with_ours(pytester: pytest.Pytester) -> None:
    """The test may request the two fixtures in any order."""
    pytester.makepyfile(
        """
        import os

        BEFORE = dict(os.environ)

        def test_first(monkeypatch, glue_runs):
            monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
            assert glue_runs.add_job("nightly")

        def test_second(glue_runs, monkeypatch):
            monkeypatch.delenv("AWS_ACCESS_KEY_ID")

        def test_afterwards():
            names = {*BEFORE, *os.environ} - {"PYTEST_CURRENT_TEST"}
            assert [n for n in names if os.environ.get(n) != BEFORE.get(n)] == []
        """
    )
    pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:asyncio").assert_outcomes(passed=3)


def test_a_users_mock_after_ours_keeps_its_credentials(bare: pytest.MonkeyPatch) -> None:
    """They have the same values as ours, which must not be removed now."""
    with mock_glue_runs:
        pass
    with mock_aws():
        with mock_glue_runs:
            pass
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    assert [name for name in NAMES if name in os.environ] == []


def test_the_credentials_of_a_users_mock_that_outlasts_ours_are_removed(
    bare: pytest.MonkeyPatch,
) -> None:
    """It restores ours when it ends; the next mock removes them."""
    moto = mock_aws()
    with mock_glue_runs:
        moto.start()
    with mock_glue_runs:
        pass
    moto.stop()
    with mock_glue_runs:
        pass
    assert [name for name in NAMES if name in os.environ] == []


def test_a_region_that_was_set_between_two_mocks_stays(bare: pytest.MonkeyPatch) -> None:
    """Even if a mock would set the same one."""
    with mock_glue_runs:
        pass
    bare.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_glue_runs:
        pass
    assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"


@pytest.mark.parametrize("made_inside", [True, False])
def test_every_kind_of_session_forgets_the_mocked_credentials(
    bare: pytest.MonkeyPatch, made_inside: bool
) -> None:
    async def use(session: Any) -> Any:
        async with session.create_client("glue", region_name="us-east-1"):
            return (await session.get_credentials()).access_key

    makers = (boto3.Session, get_session, aiobotocore.session.get_session)
    made = [] if made_inside else [make() for make in makers]
    with mock_glue_runs:
        boto3s, botocores, aios = made or [make() for make in makers]
        boto3s.client("glue", region_name="us-east-1")
        assert botocores.get_credentials().access_key == "FOOBARKEY"
        assert asyncio.run(use(aios)) == "FOOBARKEY"
    for name in NAMES[:2]:
        bare.setenv(name, "mine")
    found = [boto3s.get_credentials(), botocores.get_credentials()]
    found.append(asyncio.run(aios.get_credentials()))
    assert [one.access_key for one in found] == ["mine"] * 3
