"""Collect what tests report, from all workers of xdist, and write the page at the end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs._html.page import render
from pytest_glue_runs._options import HTML_FLAG, PAGE_DATA, REPORT_TITLE


class Collector:
    """A plugin of the process that shows the results."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outcomes: dict[str, str] = {}
        self._data: dict[str, str] = {}
        self._problem = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome of a test, and the data for the page from its last report."""
        if report.when == "setup":
            self._outcomes.pop(report.nodeid, None)  # another plugin runs the test again
        outcome = _outcome(report)
        if outcome is not None:
            self._outcomes[report.nodeid] = outcome
        data = getattr(report, PAGE_DATA, None)
        if data is not None:
            self._data[report.nodeid] = data

    def tests(self) -> list[dict[str, Any]]:
        """Return what the page shows of each test, in the order in which they ended."""
        return [
            {"name": name, "outcome": self._outcomes.get(name, "passed"), **json.loads(data)}
            for name, data in self._data.items()
        ]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            page = render(self.tests())
            # The name of a file may have lone surrogates: in JSON, their escapes mean the same.
            self._path.write_text(page, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            self._problem = f"{HTML_FLAG}: the page could not be written: {error}"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the page is, or why there is none."""
        if self._problem:
            terminalreporter.write_line(self._problem, red=True)
        else:
            terminalreporter.write_sep("-", f"{REPORT_TITLE}: {self._path}")


def _outcome(report: pytest.TestReport) -> str | None:
    """Return the outcome of the test as far as this phase decides it."""
    if report.failed:
        return "failed" if report.when == "call" else "error"
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.skipped:
        return "skipped"
    return "passed" if report.when == "call" else None
