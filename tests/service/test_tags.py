"""Tags of jobs: CreateJob, TagResource, UntagResource, GetTags, ListJobs."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns

ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"


def tags(client: Any, arn: str = ARN) -> dict[str, str]:
    """What GetTags shows."""
    found: dict[str, str] = client.get_tags(ResourceArn=arn)["Tags"]
    return found


def test_create_job_sets_tags(client: Any, glue_runs: GlueRuns) -> None:
    """GetTags shows the Tags that CreateJob was given."""
    glue_runs.add_job("nightly", Tags={"team": "data"})
    assert tags(client) == {"team": "data"}


def test_job_without_tags_has_an_empty_map(client: Any, job: str) -> None:
    """GetTags of a job without tags is an empty map, not an absent one."""
    assert tags(client) == {}


def test_get_job_shows_no_tags(client: Any, glue_runs: GlueRuns) -> None:
    """Tags are no member of a Job."""
    glue_runs.add_job("nightly", Tags={"team": "data"})
    assert "Tags" not in client.get_job(JobName="nightly")["Job"]


def test_tag_resource_adds_and_changes(client: Any, glue_runs: GlueRuns) -> None:
    """TagResource adds new keys, changes known ones, and leaves the others."""
    glue_runs.add_job("nightly", Tags={"team": "data", "env": "dev"})
    client.tag_resource(ResourceArn=ARN, TagsToAdd={"env": "prod", "cost": "7"})
    assert tags(client) == {"team": "data", "env": "prod", "cost": "7"}


def test_untag_resource_takes_off(client: Any, glue_runs: GlueRuns) -> None:
    """UntagResource takes keys off; those that are not there are no error."""
    glue_runs.add_job("nightly", Tags={"team": "data", "env": "dev"})
    client.untag_resource(ResourceArn=ARN, TagsToRemove=["env", "missing"])
    assert tags(client) == {"team": "data"}


def test_tags_go_with_their_job(client: Any, glue_runs: GlueRuns) -> None:
    """A job that is made again has none of the old tags."""
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
    """Tag operations on a job that does not exist are EntityNotFoundException."""
    with pytest.raises(client.exceptions.EntityNotFoundException) as error:
        getattr(client, method)(ResourceArn=ARN, **more)
    assert error.value.response["Error"]["Message"] == "Job with name: nightly not found."


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"team": "data"}, ["a", "b"]),
        ({"team": "data", "env": "dev"}, ["b"]),
        ({"team": "web"}, []),
        ({"team": ""}, []),
        ({}, ["a", "b", "c"]),
    ],
)
def test_list_jobs_by_tags(
    client: Any, glue_runs: GlueRuns, asked: dict[str, str], found: list[str]
) -> None:
    """ListJobs with Tags names the jobs that have all of them."""
    glue_runs.add_job("a", Tags={"team": "data"})
    glue_runs.add_job("b", Tags={"team": "data", "env": "dev"})
    glue_runs.add_job("c")
    assert client.list_jobs(Tags=asked)["JobNames"] == found


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
    ],
)
def test_arn_has_region_and_partition(glue_runs: GlueRuns, region: str, partition: str) -> None:
    """A job's tags go by an ARN with the region's partition."""
    glue_runs.add_job("nightly", region=region, Tags={"team": "data"})
    client = boto3.client("glue", region_name=region)
    arn = f"arn:{partition}:glue:{region}:123456789012:job/nightly"
    assert tags(client, arn) == {"team": "data"}


def test_tags_of_another_account_are_others(client: Any, glue_runs: GlueRuns) -> None:
    """Jobs of one name in two accounts have tags of their own."""
    glue_runs.add_job("nightly", Tags={"team": "data"})
    glue_runs.add_job("nightly", account_id="111111111111", Tags={"team": "web"})
    other = ARN.replace("123456789012", "111111111111")
    assert [tags(client), tags(client, other)] == [{"team": "data"}, {"team": "web"}]
