"""TagResource, UntagResource, GetTags for jobs, triggers and workflows.

The tags of other resources are moto's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.trigger import Trigger
from pytest_glue_runs._service.model.workflow import Workflow
from pytest_glue_runs._service.operations.context import Context

TAG_OPERATIONS = frozenset({"TagResource", "UntagResource", "GetTags"})

_ARN = re.compile(
    r"arn:[\w-]+:glue:(?P<region>[\w-]+):(?P<account>\d+):(?P<kind>job|trigger|workflow)/(?P<name>.+)"
)


def names_our_resource(request: Mapping[str, Any]) -> bool:
    """Return whether the ResourceArn in *request* is that of a job, trigger or workflow."""
    arn = request.get("ResourceArn")
    return isinstance(arn, str) and _ARN.fullmatch(arn) is not None


def tag_resource(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Add or change tags of a resource."""
    _tags(context, request).update(request["TagsToAdd"])
    return {}


def untag_resource(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Remove tags from a resource."""
    tags = _tags(context, request)
    for key in request["TagsToRemove"]:
        tags.pop(key, None)
    return {}


def get_tags(context: Context, region: Region, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tags of a resource."""
    return {"Tags": dict(_tags(context, request))}


def _tags(context: Context, request: Mapping[str, Any]) -> dict[str, str]:
    arn = _ARN.fullmatch(request["ResourceArn"])
    assert arn is not None  # the service passes on only requests that name one of ours
    region = context.store.region(Caller(arn["account"], arn["region"]))
    find: dict[str, Callable[[str], Job | Trigger | Workflow]] = {
        "job": region.job,
        "trigger": region.trigger,
        "workflow": region.workflow,
    }
    return find[arn["kind"]](arn["name"]).tags
