"""The package as users install it."""

from __future__ import annotations

import os
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import pytest_glue_runs

PACKAGE = Path(pytest_glue_runs.__file__).parent
CHECKOUT = Path(__file__).parents[2]


@pytest.mark.skipif(
    PACKAGE.parent == CHECKOUT and "TOX_ENV_NAME" not in os.environ,
    reason="the package is imported from the checkout; tox installs it",
)
def test_the_installed_package_is_the_one_tested() -> None:
    assert PACKAGE.parent != CHECKOUT


@pytest.mark.skipif("GLUE_RUNS_OLDEST" not in os.environ, reason="tox's `oldest` sets it")
def test_the_oldest_environments_have_the_oldest_dependencies() -> None:
    requirements = map(Requirement, distribution("pytest-glue-runs").requires or [])
    needed = [one for one in requirements if one.marker is None or one.marker.evaluate()]
    bounds = {one.name: Version(str(one.specifier).removeprefix(">=")) for one in needed}
    assert {name: Version(version(name)) for name in bounds} == bounds


def test_type_checkers_know_that_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
