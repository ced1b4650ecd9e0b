"""Data that ships with botocore: Glue's service model, the names of AWS's hosts and regions."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytest_glue_runs._service.protocol.request_model import RequestModel


@cache
def glue_request_model() -> RequestModel:
    """Return the shapes of Glue's requests, loaded once for the process."""
    from botocore.model import ServiceModel

    # Not load_service_model(), which looks for all services first, in 400 folders.
    loader = _loader()
    version = loader.determine_latest_version("glue", "service-2")
    return RequestModel(ServiceModel(loader.load_data(f"glue/{version}/service-2"), "glue"))


@cache
def aws_host_suffixes() -> tuple[str, ...]:
    """Return how the names of AWS's hosts end, for every partition."""
    names = {
        partition["outputs"][name]
        for partition in _partitions()
        for name in ("dnsSuffix", "dualStackDnsSuffix")
    }
    return tuple(sorted(f".{name}" for name in names))


@cache
def region_names() -> tuple[str, ...]:
    """The names of AWS's regions, in every partition."""
    return tuple(name for partition in _partitions() for name in partition["regions"])


def _partitions() -> Any:
    return _loader().load_data("partitions")["partitions"]


def _loader() -> Any:
    from botocore.loaders import Loader

    # Only what botocore ships: the user's folder of models may override or break it.
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
