"""The data that ships with botocore: read once for all sessions.

Each session reads its own copy: folders of 400 services, endpoints, and the models of the services
that it makes clients for. For Glue that takes longer than all else in a test.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache, wraps
from pathlib import Path
from typing import Any

from pytest_glue_runs._clients.seams import Method, Seam, wrapped

_LOADER = "botocore.loaders:Loader"

# By the name of the loader's method, its arguments, and the folders that it looks in.
_read: dict[tuple[str, tuple[Any, ...], tuple[str, ...]], Any] = {}


@contextmanager
def read_once() -> Iterator[None]:
    """While active, sessions share the data that is installed with botocore.

    As the clients of one session always do. Data of the user's own is read by each session.
    """
    with wrapped(
        Seam(_LOADER, "load_data_with_path", _once),
        Seam(_LOADER, "list_available_services", _once),
    ):
        yield


def _once(read: Method) -> Method:
    @wraps(read)
    def shared(loader: Any, *args: Any, **kwargs: Any) -> Any:
        folders = tuple(filter(os.path.isdir, loader.search_paths))
        if kwargs or not _reads_installed_files(loader) or not _are_installed(folders):
            return read(loader, *args, **kwargs)
        key = read.__name__, args, folders
        if key not in _read:
            _read[key] = read(loader, *args)
        return copy(_read[key])  # a list, or a tuple with the data

    return shared


def _reads_installed_files(loader: Any) -> bool:
    """Return whether *loader* is neither a user's own, nor one that reads files in its own way."""
    from botocore.loaders import JSONFileLoader, Loader

    return type(loader) is Loader and type(loader.file_loader) is JSONFileLoader


@cache
def _are_installed(folders: tuple[str, ...]) -> bool:
    """Return whether all *folders* are those of packages beside botocore: boto3 has one."""
    import botocore

    packages = Path(botocore.__file__).parents[1]
    return all(packages in Path(folder).parents for folder in folders)
