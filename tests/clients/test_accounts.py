"""The account and the region of a call are those of its signature."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config

from pytest_glue_runs import GlueRuns

OTHER = "111122223333"


def assumed_session() -> Any:
    """Return a session that has assumed a role of the other account."""
    sts = boto3.client("sts", region_name="us-east-1")
    arn = f"arn:aws:iam::{OTHER}:role/Loader"
    given = sts.assume_role(RoleArn=arn, RoleSessionName="loader")["Credentials"]
    return boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], "us-east-1"
    )


def test_a_run_lands_in_the_region_of_its_client(glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", region="eu-west-1")
    here, there = (boto3.client("glue", region_name=name) for name in ("us-east-1", "eu-west-1"))
    there.start_job_run(JobName="nightly")
    with pytest.raises(here.exceptions.EntityNotFoundException):
        here.get_job_runs(JobName="nightly")


def test_a_run_lands_in_the_account_of_an_assumed_role(glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", account_id=OTHER)
    assumed_session().client("glue").start_job_run(JobName="nightly")
    assert glue_runs.calls[0].caller == (OTHER, "us-east-1")


def test_a_run_lands_in_the_account_of_an_access_key(glue_runs: GlueRuns) -> None:
    iam = assumed_session().client("iam")
    iam.create_user(UserName="loader")
    key = iam.create_access_key(UserName="loader")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    glue_runs.add_job("nightly", account_id=OTHER)
    session.client("glue").start_job_run(JobName="nightly")
    assert glue_runs.calls[0].caller == (OTHER, "us-east-1")


def test_an_unknown_access_key_is_of_the_account_of_the_settings(glue_runs: GlueRuns) -> None:
    assumed_session()
    session = boto3.Session("AKIAUNKNOWN", "secret", region_name="us-east-1")
    session.client("glue").start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.calls[0].caller == ("123456789012", "us-east-1")


def test_an_access_key_of_a_moto_that_has_stopped_is_unknown(glue_runs: GlueRuns) -> None:
    from moto import mock_aws

    with mock_aws():
        session = assumed_session()
    glue = session.client("glue")
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.calls[0].caller == ("123456789012", "us-east-1")


@pytest.mark.glue_runs(account_id=OTHER)
def test_moto_has_the_account_of_the_settings(glue_runs: GlueRuns) -> None:
    assert boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"] == OTHER


@pytest.mark.glue_runs(account_id=OTHER)
def test_the_account_of_the_settings_is_that_of_the_jobs(glue_runs: GlueRuns, job: str) -> None:
    boto3.client("glue", region_name="us-east-1").start_job_run(JobName=job)
    assert glue_runs.calls[0].caller.account_id == OTHER


@pytest.mark.parametrize(
    ("region", "config", "host"),
    [
        ("us-east-1", {}, "glue.us-east-1.amazonaws.com"),
        ("cn-north-1", {}, "glue.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", {}, "glue.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", {}, "glue.us-iso-east-1.c2s.ic.gov"),
        ("us-east-1", {"use_fips_endpoint": True}, "glue-fips.us-east-1.amazonaws.com"),
        ("us-east-1", {"use_dualstack_endpoint": True}, "glue.us-east-1.api.aws"),
        (
            "cn-north-1",
            {"use_dualstack_endpoint": True},
            "glue.cn-north-1.api.amazonwebservices.com.cn",
        ),
    ],
)
def test_every_kind_of_endpoint_reaches_the_service(
    glue_runs: GlueRuns, region: str, config: dict[str, bool], host: str
) -> None:
    client = boto3.client("glue", region_name=region, config=Config(**config))
    assert client.meta.endpoint_url == f"https://{host}"
    client.start_job_run(JobName=glue_runs.add_job("nightly", region=region))
    assert glue_runs.calls[0].caller == ("123456789012", region)


def test_a_private_endpoint_of_aws_reaches_the_service(glue_runs: GlueRuns, job: str) -> None:
    endpoint = "https://vpce-0123.glue.us-east-1.vpce.amazonaws.com"
    client = boto3.client("glue", region_name="us-east-1", endpoint_url=endpoint)
    client.start_job_run(JobName=job)
    assert len(glue_runs.runs(job)) == 1
