"""The package as people get it."""

from __future__ import annotations

import os
from importlib.metadata import distribution, version
from pathlib import Path

import pytest

import pytest_glue_runs

PACKAGE = Path(pytest_glue_runs.__file__).parent
CHECKOUT = Path(__file__).parent.parent.parent


@pytest.mark.skipif(
    PACKAGE.parent == CHECKOUT and "TOX_ENV_NAME" not in os.environ,
    reason="the package is imported from the checkout; tox installs it",
)
def test_the_installed_package_is_the_one_tested() -> None:
    assert PACKAGE.parent != CHECKOUT


@pytest.mark.skipif("GLUE_RUNS_OLDEST" not in os.environ, reason="tox's `oldest` sets it")
@pytest.mark.parametrize(
    "requirement",
    [text for text in distribution("pytest-glue-runs").requires or [] if "extra" not in text],
)
def test_the_oldest_environments_have_the_oldest_dependencies(requirement: str) -> None:
    name, _, floor = requirement.partition(">=")
    assert version(name.partition("[")[0]) == (floor + ".0" if floor.count(".") == 1 else floor)


def test_type_checkers_are_told_that_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_modules_say_what_they_are_for(path: Path) -> None:
    assert path.read_text().startswith('"""')
