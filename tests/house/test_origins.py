"""Whose code a file is."""

from __future__ import annotations

import json
import sysconfig
from pathlib import Path

import botocore
import pytest

import pytest_glue_runs
from pytest_glue_runs._origins import Origin, origin_of


@pytest.mark.parametrize(
    ("file", "origin"),
    [
        (pytest_glue_runs.__file__, Origin.OURS),
        (botocore.__file__, Origin.LIBRARY),
        (str(Path(sysconfig.get_path("platlib"), "a_library", "module.py")), Origin.LIBRARY),
        (json.__file__, Origin.PYTHON),
        ("<frozen importlib._bootstrap>", Origin.PYTHON),
        (__file__, Origin.USER),
        ("<string>", Origin.USER),
        (f"{sysconfig.get_path('stdlib')}_of_mine/module.py", Origin.USER),
    ],
)
def test_a_file_has_an_origin(file: str, origin: Origin) -> None:
    assert origin_of(file) is origin
