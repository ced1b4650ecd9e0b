"""botocore's own data: GlueService's service model, and the names of AWS's hosts."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytest_glue_runs._service.protocol.request_model import RequestModel


@cache
def glue_request_model() -> RequestModel:
    """The shapes of Glue's requests, loaded once for the process."""
    from botocore.model import ServiceModel

    return RequestModel(ServiceModel(_loader().load_service_model("glue", "service-2"), "glue"))


@cache
def aws_host_suffixes() -> tuple[str, ...]:
    """How the names of AWS's hosts end, in every partition."""
    partitions = _loader().load_data("partitions")["partitions"]
    names = {
        partition["outputs"][name]
        for partition in partitions
        for name in ("dnsSuffix", "dualStackDnsSuffix")
    }
    return tuple(sorted(f".{name}" for name in names))


def _loader() -> Any:
    from botocore.loaders import Loader

    # What botocore ships, and no model of the user's own folder.
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
