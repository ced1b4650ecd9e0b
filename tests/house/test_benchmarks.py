"""The benchmarks run. Their results are not tested: they depend on the machine."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the package beside the tests. The checkout is not on sys.path: the benchmarks
    measure the installed plugin."""
    path = CHECKOUT / "benchmarks" / "__init__.py"
    spec = importlib.util.spec_from_file_location("benchmarks", path)
    assert spec is not None
    package = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmarks", package)
    # freezegun alone, with which the plugin is compared, does not remove this name.
    monkeypatch.setattr(time, "clock", None, raising=False)
    yield package
    for name in [name for name in sys.modules if name.startswith("benchmarks.")]:
        del sys.modules[name]


@pytest.mark.slow
def test_the_table_has_every_row(
    benchmarks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    status = import_module("benchmarks.__main__").main(["--quick"])
    assert status in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition("  ")[0] for line in lines] == [
        "what",
        "StartJobRun through boto3, relative to a canned response",
        "GetJobRun through boto3, relative to a canned response",
        "StartJobRun with 200 runs, relative to 10",
        "GetJobRuns of 50 with 200 runs, relative to 500",
        "memory for one run",
        "import of the plugin after pytest",
        "modules that it imports",
        "modules of botocore among them",
        "empty session with the plugin, difference to one without",
        "a test that does not use the plugin, difference to one without",
        "first test of a session, difference to the second",
        "a test with a client, a run and 8 polls, relative to its client",
        "set-up and tear-down, warm, no freeze",
        "set-up and tear-down, relative to freeze_time",
        "set-up and tear-down with 2,000 more modules, relative to freeze_time",
        "40 polls with time.sleep, relative to those without",
        "jump past 2,000 due events, each",
        "... relative to a tenth of them",
        "jump over 480 firings of an hourly trigger, each due event",
        "page of 1,000 tests with 10,000 runs",
        "... written in",
    ]
    assert lines[0].split()[1:] == ["goal", "ours", "moto", "moto/ours", "ok?"]


def test_the_table_marks_a_missed_goal(benchmarks: ModuleType) -> None:
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
