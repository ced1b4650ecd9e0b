"""The house has rooms; imports go down the list of them only."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import pytest_glue_runs

PACKAGE = Path(pytest_glue_runs.__file__).parent

# From the top down. The package itself is the public names: nobody below imports them.
ROOMS = [
    "plugin",
    "__init__",
    "_mock",
    "_decorate",
    "_control",
    "_job_run",
    "_checks",
    "_messages",
    "_report",
    "_settings",
    "_clients",
    "_service",
    "_suggest",
    "_time",
    "_patching",
    "errors",
]

# The only places that may import a third party at run time, or look for it among the loaded
# modules.
DOORS = {
    "aiobotocore": ["_clients/aiobotocore.py"],
    "boto3": ["_clients/"],
    "botocore": ["_clients/"],
    "freezegun": ["_time/clock.py"],
    "moto": ["_clients/moto.py"],
    "pytest": ["plugin.py"],
    "_pytest": [],
    "time_machine": ["_time/clock.py"],
}


class Import(NamedTuple):
    """A module that is imported, or looked for among those that are."""

    name: str
    """The module with all its parents: ``botocore.client``."""
    line: int
    runs: bool
    """Whether it is there at run time, and not for type checkers only."""


def _modules() -> list[str]:
    return sorted(str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*.py"))


def _imports(module: str) -> Iterator[Import]:
    tree = ast.parse((PACKAGE / module).read_text())
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        runs = node not in for_types
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, runs) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(f"{node.module}.{alias.name}", node.lineno, runs)
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "sys.modules.get"
            and isinstance(node.args[0], ast.Constant)  # else it goes through all that is loaded
        ):
            yield Import(ast.literal_eval(node.args[0]), node.lineno, runs)


def _room(path: str) -> int:
    return ROOMS.index(path.removesuffix(".py").partition("/")[0])


def _target(name: str) -> str:
    """The room that an import of ours leads to."""
    room = name.split(".")[1]
    return room if room in ROOMS else "__init__"


@pytest.mark.parametrize("module", _modules())
def test_imports_go_down_the_list_of_rooms(module: str) -> None:
    upward = [
        f"line {one.line}: {one.name}"
        for one in _imports(module)
        if one.name.startswith("pytest_glue_runs.")
        and ROOMS.index(_target(one.name)) < _room(module)
    ]
    assert not upward


@pytest.mark.parametrize("module", _modules())
def test_third_parties_come_in_by_their_doors(module: str) -> None:
    elsewhere = [
        f"line {one.line}: {one.name}"
        for one in _imports(module)
        if one.runs and not module.startswith(tuple(DOORS.get(one.name.split(".")[0], [module])))
    ]
    assert not elsewhere


@pytest.mark.parametrize("module", [name for name in _modules() if name.startswith("_service/")])
def test_the_service_imports_only_the_standard_library_and_ours(module: str) -> None:
    foreign = [
        f"line {one.line}: {one.name}"
        for one in _imports(module)
        if one.runs and one.name.split(".")[0] not in {*sys.stdlib_module_names, "pytest_glue_runs"}
    ]
    assert not foreign
