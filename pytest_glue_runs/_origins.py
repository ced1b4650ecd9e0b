"""Tell the code under test from Python's, libraries' and this package's own."""

from __future__ import annotations

import os
import site
import sysconfig
from enum import Enum
from functools import cache
from pathlib import Path


class Origin(Enum):
    """Who a file of code belongs to."""

    OURS = "this package"
    LIBRARY = "an installed package"
    PYTHON = "Python's standard library"
    USER = "anything else: the tests, and the code under test"


@cache
def origin_of(filename: str) -> Origin:
    """Return who the file of this name belongs to."""
    if filename.startswith("<frozen "):
        return Origin.PYTHON
    path = os.path.normcase(filename)
    return next(
        (origin for origin, folders in _folders().items() if path.startswith(folders)), Origin.USER
    )


@cache
def _folders() -> dict[Origin, tuple[str, ...]]:
    paths = sysconfig.get_paths()
    # Libraries first: their folder is inside of Python's.
    folders = {
        Origin.OURS: [str(Path(__file__).parent)],
        Origin.LIBRARY: [
            paths["purelib"],
            paths["platlib"],
            *site.getsitepackages(),
            site.getusersitepackages(),
        ],
        Origin.PYTHON: [paths["stdlib"], paths["platstdlib"]],
    }
    return {
        origin: tuple(os.path.normcase(folder) + os.sep for folder in of_origin)
        for origin, of_origin in folders.items()
    }
