"""TagResource, UntagResource, GetTags for jobs. Other resources are moto's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.operations.context import Context

TAG_OPERATIONS = frozenset({"TagResource", "UntagResource", "GetTags"})

_JOB_ARN = re.compile(r"arn:[\w-]+:glue:(?P<region>[\w-]+):(?P<account>\d+):job/(?P<job>.+)")


def names_a_job(request: Mapping[str, Any]) -> bool:
    """Return whether the ResourceArn in *request* is that of a job."""
    arn = request.get("ResourceArn")
    return isinstance(arn, str) and _JOB_ARN.fullmatch(arn) is not None


def tag_resource(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add or change tags of a job."""
    _job(context, request).tags.update(request["TagsToAdd"])
    return {}


def untag_resource(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Remove tags from a job."""
    tags = _job(context, request).tags
    for key in request["TagsToRemove"]:
        tags.pop(key, None)
    return {}


def get_tags(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tags of a job."""
    return {"Tags": dict(_job(context, request).tags)}


def _job(context: Context, request: Mapping[str, Any]) -> Job:
    arn = _JOB_ARN.fullmatch(request["ResourceArn"])
    assert arn is not None  # the service passes on only requests that name a job
    return context.store.region(Caller(arn["account"], arn["region"])).job(arn["job"])
