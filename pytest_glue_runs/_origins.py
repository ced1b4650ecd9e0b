"""Whose code a file is."""

from __future__ import annotations

import os
import site
from enum import Enum
from functools import cache
from pathlib import Path


class Origin(Enum):
    """Whose code a file is."""

    OURS = "this package"
    LIBRARY = "an installed package"
    PYTHON = "Python's standard library"
    USER = "anything else: the tests, and the code under test"


@cache
def origin_of(filename: str) -> Origin:
    """Return whose code the file of this name is."""
    if filename.startswith("<frozen "):
        return Origin.PYTHON
    path = os.path.normcase(filename)
    return next(
        (origin for origin, folders in _folders().items() if path.startswith(folders)), Origin.USER
    )


@cache
def _folders() -> dict[Origin, tuple[str, ...]]:
    # Not from sysconfig, which takes milliseconds to load. Libraries first: their folder is inside
    # of Python's.
    folders = {
        Origin.OURS: [str(Path(__file__).parent)],
        Origin.LIBRARY: [*site.getsitepackages(), site.getusersitepackages()],
        Origin.PYTHON: [str(Path(os.__file__).parent)],
    }
    return {
        origin: tuple(os.path.normcase(folder) + os.sep for folder in of_origin)
        for origin, of_origin in folders.items()
    }
