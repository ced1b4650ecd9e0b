"""pyproject.toml, tox.ini and the workflow agree on what is tested."""

from __future__ import annotations

import re
from importlib.metadata import metadata
from pathlib import Path

from packaging.version import Version

CHECKOUT = Path(__file__).parents[2]
UNSUPPORTED = "3.14"  # tested, but allowed to fail

WORKFLOW = (CHECKOUT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
TOX = (CHECKOUT / "tox.ini").read_text(encoding="utf-8")


def test_the_workflow_and_tox_run_every_declared_python() -> None:
    prefix = "Programming Language :: Python :: "
    classifiers = metadata("pytest-glue-runs").get_all("Classifier") or []
    declared = [
        text.removeprefix(prefix) for text in classifiers if re.fullmatch(prefix + r"3\.\d+", text)
    ]
    wanted = [*declared, UNSUPPORTED]
    matrix = re.search(r"^ +python: \[(.+)\]$", WORKFLOW, re.MULTILINE)
    assert matrix is not None
    assert matrix[1] == ", ".join(f'"{version}"' for version in wanted)
    factors = re.search(r"^ +py3\{([\d,]+)\}-\{oldest,newest\}$", TOX, re.MULTILINE)
    assert factors is not None
    assert [f"3.{minor}" for minor in factors[1].split(",")] == wanted


def test_only_the_unsupported_python_may_fail() -> None:
    assert re.findall("continue-on-error: (.+)", WORKFLOW) == [
        f"${{{{ matrix.python == '{UNSUPPORTED}' }}}}"
    ]


def test_lint_checks_every_file_of_the_hosting_platform() -> None:
    paths = [path.relative_to(CHECKOUT) for path in (CHECKOUT / ".github").rglob("*.yml")]
    assert paths
    assert not [path for path in paths if path.as_posix() not in TOX]


def test_the_oldest_environments_pin_the_lower_bounds() -> None:
    """Those of the package, and of aiobotocore and boto3 in its extra."""
    pyproject = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^    oldest: ([\w\[\]-]+)==([\d.]+)$", TOX, re.MULTILINE))
    bounds = dict(re.findall(r'^    "([\w\[\]-]+)>=([\d.]+)",', pyproject, re.MULTILINE))
    assert pins.keys() >= {"botocore", "freezegun", "moto[glue]", "pytest"}
    assert {name: Version(pin) for name, pin in pins.items()} == {
        name: Version(bounds[name]) for name in pins
    }
