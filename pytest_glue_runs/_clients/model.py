"""Data that ships with botocore: Glue's service model, the names of AWS's hosts and regions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
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
    return Loader([Loader.BUILTIN_DATA_PATH], _PlainFiles(), include_default_search_paths=False)


class _PlainFiles:
    """A loader of files for botocore's `Loader` that reads JSON into dicts, not OrderedDicts.

    Reading takes half the time, and a third of the objects are left to the garbage collector.
    """

    def exists(self, path: str) -> bool:
        """Return whether there is a file of this *path*, which has no ending."""
        return any(_files(path))

    def load_file(self, path: str) -> Any:
        """Return what the file contains, or None if there is none."""
        return next(map(_read, _files(path)), None)


def _files(path: str) -> Iterator[Path]:
    return (file for ending in (".json", ".json.gz") if (file := Path(path + ending)).is_file())


def _read(file: Path) -> Any:
    content = file.read_bytes()
    return json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
