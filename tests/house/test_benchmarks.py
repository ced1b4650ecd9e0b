"""The benchmarks run. What they measure is not tested: that would depend on the machine."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The package beside the tests, without the checkout on sys.path: the installed plugin
    is what it measures."""
    path = CHECKOUT / "benchmarks" / "__init__.py"
    spec = importlib.util.spec_from_file_location("benchmarks", path)
    assert spec is not None
    package = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmarks", package)
    # freezegun by itself, with which ours is compared, leaves this name behind.
    monkeypatch.setattr(time, "clock", None, raising=False)
    yield package
    for name in [name for name in sys.modules if name.startswith("benchmarks.")]:
        del sys.modules[name]


def test_the_table_has_every_row(
    benchmarks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    status = import_module("benchmarks.__main__").main(["--quick"])
    assert status in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        "what",
        "StartJobRun through boto3, times the canned answer",
        "GetJobRun through boto3, times the canned answer",
        "StartJobRun with 200 runs, times that with 10",
        "GetJobRuns of 50 with 200 runs, times that with 500",
        "memory for one run",
        "import of the plugin after pytest",
        "modules that it imports",
        "modules of botocore among them",
        "set-up and tear-down, warm, no freeze",
        "set-up and tear-down, times freeze_time's",
        "set-up and tear-down with 2,000 modules more, times freeze_time's",
        "40 polls with time.sleep, times those without",
        "jump over 2,000 due events, each",
        "... times each of a tenth of them",
    ]
    assert lines[0].split()[1:] == ["goal", "ours", "moto", "moto/ours", "ok?"]


def test_a_goal_that_is_missed_is_said(benchmarks: ModuleType) -> None:
    module = import_module("benchmarks._table")
    rows = [
        module.Row("call", unit="x", goal=1.1, ours=1.25, moto=5.0),
        module.Row("botocore", unit="", goal=0, ours=0),
    ]
    assert list(module.table(rows)) == [
        "what           goal    ours    moto  moto/ours  ok?",
        "call      <= 1.10 x  1.25 x  5.00 x        4.0   NO",
        "botocore       <= 0       0       -          -   ok",
    ]


def test_a_ratio_is_the_median_of_the_rounds(benchmarks: ModuleType) -> None:
    module = import_module("benchmarks._rounds")
    assert module.ratio([1.0, 2.0, 90.0], [1.0, 1.0, 1.0]) == 2.0
