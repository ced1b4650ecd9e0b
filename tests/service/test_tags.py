"""Tags of jobs: CreateJob, TagResource, UntagResource, GetTags, ListJobs."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns

ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"


def tags(client: Any, arn: str = ARN) -> dict[str, str]:
    """Return what GetTags shows."""
    found: dict[str, str] = client.get_tags(ResourceArn=arn)["Tags"]
    return found


def test_create_job_sets_tags(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", Tags={"team": "data"})
    assert tags(client) == {"team": "data"}


def test_tags_of_a_job_without_tags(client: Any, job: str) -> None:
    """An empty map, not an absent one."""
    assert tags(client) == {}


def test_get_job_shows_no_tags(client: Any, glue_runs: GlueRuns) -> None:
    """Job has no member Tags."""
    glue_runs.add_job("nightly", Tags={"team": "data"})
    assert "Tags" not in client.get_job(JobName="nightly")["Job"]


def test_tag_resource_adds_and_replaces(client: Any, glue_runs: GlueRuns) -> None:
    """Other tags stay."""
    glue_runs.add_job("nightly", Tags={"team": "data", "env": "dev"})
    client.tag_resource(ResourceArn=ARN, TagsToAdd={"env": "prod", "cost": "7"})
    assert tags(client) == {"team": "data", "env": "prod", "cost": "7"}


def test_untag_resource_removes(client: Any, glue_runs: GlueRuns) -> None:
    """Unknown keys are ignored."""
    glue_runs.add_job("nightly", Tags={"team": "data", "env": "dev"})
    client.untag_resource(ResourceArn=ARN, TagsToRemove=["env", "missing"])
    assert tags(client) == {"team": "data"}


def test_recreated_job_has_no_old_tags(client: Any, glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly", Tags={"team": "data"})
    client.delete_job(JobName="nightly")
    glue_runs.add_job("nightly")
    assert tags(client) == {}


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("get_tags", {}),
        ("tag_resource", {"TagsToAdd": {"a": "b"}}),
        ("untag_resource", {"TagsToRemove": ["a"]}),
    ],
)
def test_tags_of_a_missing_job_are_not_found(
    client: Any, method: str, more: dict[str, Any]
) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(ResourceArn=ARN, **more)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly not found."


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"team": "data"}, ["a", "b"]),
        ({"team": "data", "env": "dev"}, ["b"]),
        ({"team": "web"}, []),
        ({"team": ""}, []),
        ({}, ["a", "b", "c"]),
    ],
)
def test_list_jobs_by_tags(
    client: Any, glue_runs: GlueRuns, wanted: dict[str, str], found: list[str]
) -> None:
    """A job must have all of the tags."""
    glue_runs.add_job("a", Tags={"team": "data"})
    glue_runs.add_job("b", Tags={"team": "data", "env": "dev"})
    glue_runs.add_job("c")
    assert client.list_jobs(Tags=wanted)["JobNames"] == found


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ],
)
def test_arn_has_region_and_partition(glue_runs: GlueRuns, region: str, partition: str) -> None:
    """The partition is that of the region."""
    glue_runs.add_job("nightly", region=region, Tags={"team": "data"})
    client = boto3.client("glue", region_name=region)
    arn = f"arn:{partition}:glue:{region}:123456789012:job/nightly"
    assert tags(client, arn) == {"team": "data"}


def test_tags_of_two_accounts_are_separate(client: Any, glue_runs: GlueRuns) -> None:
    """The two jobs have the same name."""
    glue_runs.add_job("nightly", Tags={"team": "data"})
    glue_runs.add_job("nightly", account_id="111111111111", Tags={"team": "web"})
    other = ARN.replace("123456789012", "111111111111")
    assert [tags(client), tags(client, other)] == [{"team": "data"}, {"team": "web"}]
