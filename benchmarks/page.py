"""The page of a large session: `--glue-runs-html`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import boto3
import pytest

from benchmarks._rounds import Scale
from benchmarks._table import Row
from pytest_glue_runs import fails, mock_glue_runs
from pytest_glue_runs._html.collector import Collector
from pytest_glue_runs._mock import latest
from pytest_glue_runs._options import PAGE_DATA

_TESTS, _RUNS = 1_000, 10


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the size of the page, and the time that it takes to write it."""
    data = _data()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        seconds = [_written(path, data) for _ in range(min(scale.rounds, 5))]
        size = path.stat().st_size
    yield Row("page of 1,000 tests with 10,000 runs", unit="MB", goal=5.0, ours=size / 1e6)
    yield Row("... written in", unit="s", goal=2.0, ours=median(seconds))


def _data() -> str:
    """Return what a test brings along that starts ten runs and polls them three times."""
    with mock_glue_runs() as glue_runs:
        glue = boto3.client("glue", region_name="us-east-1")
        glue_runs.add_job("nightly-load", ExecutionProperty={"MaxConcurrentRuns": _RUNS})
        for minute in range(_RUNS):
            glue_runs.plan("nightly-load", fails("Out of memory", after=f"{minute}m"))
            arguments = {"--day": f"2026-01-{minute:02}", "--env": "production"}
            glue.start_job_run(JobName="nightly-load", Arguments=arguments)
        for _ in range(3):
            for run in glue_runs.runs():
                glue.get_job_run(JobName="nightly-load", RunId=run.id)
            glue_runs.tick("4m")
        mocked = latest()
        assert mocked is not None
        return mocked.page_data()


def _written(path: Path, data: str) -> float:
    collector = Collector(path)
    for number in range(_TESTS):
        report = pytest.TestReport(
            f"tests/loads/test_nightly.py::test_load_of_the_day[{number}]",
            location=("", None, ""),
            keywords={},
            outcome="passed",
            longrepr=None,
            when="teardown",
        )
        setattr(report, PAGE_DATA, data)
        collector.pytest_runtest_logreport(report)
    begin = perf_counter()
    collector.pytest_sessionfinish()
    return perf_counter() - begin
