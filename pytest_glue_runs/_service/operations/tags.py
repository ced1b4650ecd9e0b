"""TagResource, UntagResource, GetTags: for jobs only; other resources are moto's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.store import Region
    from pytest_glue_runs._service.service import Glue

TAG_OPERATIONS = frozenset({"TagResource", "UntagResource", "GetTags"})

_JOB_ARN = re.compile(r"arn:[\w-]+:glue:(?P<region>[\w-]+):(?P<account>\d+):job/(?P<job>.+)")


def job_named(request: Mapping[str, Any]) -> re.Match[str] | None:
    """The parts of the ARN in *request*, if it is a job's."""
    arn = request.get("ResourceArn")
    return _JOB_ARN.fullmatch(arn) if isinstance(arn, str) else None


def tag_resource(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Adds tags to a job, or changes them."""
    _job(glue, request).tags.update(request["TagsToAdd"])
    return {}


def untag_resource(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Takes tags off a job."""
    tags = _job(glue, request).tags
    for key in request["TagsToRemove"]:
        tags.pop(key, None)
    return {}


def get_tags(glue: Glue, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Shows the tags of a job."""
    return {"Tags": dict(_job(glue, request).tags)}


def _job(glue: Glue, request: Mapping[str, Any]) -> Job:
    arn = _JOB_ARN.fullmatch(request["ResourceArn"])
    assert arn is not None  # the wire lets only jobs in
    return glue.store.region((arn["account"], arn["region"])).job(arn["job"])
