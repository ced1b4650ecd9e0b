"""The public names: which they are, that they are typed, and what their use imports."""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_glue_runs
from pytest_glue_runs import Call, GlueRuns, JobRun, Plan, WorkflowRun, errors

if TYPE_CHECKING:
    import pytest

PACKAGE = Path(pytest_glue_runs.__file__).parent
TYPED = Path(__file__).parent.parent / "typing" / "api.py"

# A usage error of pytest's own, internal exceptions that the edge turns into public ones, and what
# is raised in a script: awsglue's error, and the end of one that nobody resumes.
OTHER_EXCEPTIONS = {
    "CallError",
    "End",
    "GlueArgumentError",
    "StallDetected",
    "TransportError",
    "UnknownParametersError",
    "UnreadableFileError",
    "UsageError",
}


def test_star_import_gives_exactly_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from pytest_glue_runs import *", names)
    del names["__builtins__"]
    assert sorted(names) == sorted(pytest_glue_runs.__all__)


def test_nothing_else_is_public() -> None:
    """Submodules appear once they are imported. plugin and errors have no underscore."""
    others = {*dir(pytest_glue_runs)} - {*pytest_glue_runs.__all__}
    # pytest's assertion rewriting adds names such as "@pytest_ar".
    public = {name for name in others if name.isidentifier() and not name.startswith("_")}
    assert public <= {"annotations", "TYPE_CHECKING", "errors", "plugin"}


def test_the_list_of_public_names_is_in_order() -> None:
    assert sorted(pytest_glue_runs.__all__) == pytest_glue_runs.__all__


def test_type_checkers_read_a_use_of_every_public_name() -> None:
    nodes = list(ast.walk(ast.parse(TYPED.read_text())))
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used |= {node.id for node in nodes if isinstance(node, ast.Name)}
    names = {*pytest_glue_runs.__all__}
    for owner in (Call, GlueRuns, JobRun, Plan, WorkflowRun):
        names |= {*vars(owner), *getattr(owner, "__annotations__", {})}
    assert {name for name in names if not name.startswith("_")} <= used


def test_exceptions_and_warnings_are_public() -> None:
    """Each class in errors.py is exported and drawn in the docstring of the base class."""
    defined = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert defined <= {*pytest_glue_runs.__all__}
    tree = errors.GlueRunsError.__doc__ or ""
    drawn = set(re.findall(r"\b[A-Z]\w+(?:Error|Interrupt|Warning)\b", tree))
    assert defined <= drawn


def test_every_exception_raised_is_public_or_built_in() -> None:
    """A GlueError is not raised in a test: a client receives botocore's ClientError for it."""
    raised = {
        name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise) and node.exc is not None
        if (name := _class_name(node.exc))[0].isupper()
    }
    assert raised - {*pytest_glue_runs.__all__} - {*dir(builtins)} == OTHER_EXCEPTIONS


def _class_name(exception: ast.expr) -> str:
    """Return the last name of what is raised: a class, or a variable in lower case."""
    target = exception.func if isinstance(exception, ast.Call) else exception
    return (target.attr if isinstance(target, ast.Attribute) else ast.unparse(target)).lstrip("_")


def test_the_mock_imports_neither_moto_nor_aiobotocore() -> None:
    """Importing moto takes a quarter of a second."""
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


def test_a_test_run_without_the_mock_imports_no_heavy_library(
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
