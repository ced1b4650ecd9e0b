"""The public face: what is in it, what type checkers read of it, and what its use imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_glue_runs
from pytest_glue_runs import Call, GlueRuns, JobRun, Plan

TYPED = Path(__file__).parent.parent / "typing" / "api.py"


def test_star_import_gives_exactly_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from pytest_glue_runs import *", names)
    del names["__builtins__"]
    assert sorted(names) == sorted(pytest_glue_runs.__all__)


def test_nothing_else_is_public() -> None:
    """Submodules appear once they are imported; the plugin is the only one without underscore."""
    others = {*dir(pytest_glue_runs)} - {*pytest_glue_runs.__all__}
    # pytest's rewriting of assertions adds names such as "@pytest_ar".
    public = {name for name in others if name.isidentifier() and not name.startswith("_")}
    assert public <= {"annotations", "TYPE_CHECKING", "errors", "plugin"}


def test_the_list_of_public_names_is_in_order() -> None:
    assert sorted(pytest_glue_runs.__all__) == pytest_glue_runs.__all__


@pytest.mark.parametrize("owner", [Call, GlueRuns, JobRun, Plan])
def test_type_checkers_read_a_use_of_every_public_name(owner: type) -> None:
    tree = ast.walk(ast.parse(TYPED.read_text()))
    used = {node.attr for node in tree if isinstance(node, ast.Attribute)}
    names = {*vars(owner), *getattr(owner, "__annotations__", {})}
    public = {name for name in names if not name.startswith("_")}
    assert public
    assert public <= used


def test_the_mock_brings_neither_moto_nor_aiobotocore() -> None:
    """moto alone would cost each test run a quarter of a second."""
    statement = "import boto3, pytest_glue_runs as p\nwith p.mock_glue_runs(): boto3.client('glue')"
    imported = _imported_by(statement)
    assert "pytest_glue_runs._mock" in imported
    assert not imported & {"aiobotocore", "moto"}


def _imported_by(statement: str) -> set[str]:
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    command = [sys.executable, "-c", script]
    return set(
        subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    )


def test_a_test_run_that_does_not_use_it_pays_for_no_heavy_library(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            heavy = {"aiobotocore", "boto3", "botocore", "freezegun", "moto"}
            assert not heavy & {*sys.modules}
        """
    )
    # pytest-freezer imports freezegun for everybody.
    result = pytester.runpytest_subprocess("-p", "no:freezer")
    result.assert_outcomes(passed=1)
