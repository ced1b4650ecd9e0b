"""The package as users install it."""

from __future__ import annotations

import os
from importlib.metadata import distribution, version
from pathlib import Path

import pytest
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
    requirements = [
        text.partition(">=")
        for text in distribution("pytest-glue-runs").requires or []
        if "extra" not in text
    ]
    installed = {name: Version(version(name.partition("[")[0])) for name, _, _ in requirements}
    assert installed == {name: Version(bound) for name, _, bound in requirements}


def test_type_checkers_know_that_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
