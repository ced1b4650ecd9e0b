"""The terminal of a session, and the reports that pytest does not show."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pytest_glue_runs._options import REPORT_TITLE
from pytest_glue_runs._terminal import DEFAULT, Terminal

if TYPE_CHECKING:
    import pytest

WORKER_INPUT = "glue_runs_terminal"
"""Where a worker of xdist finds the controller's terminal."""


def terminal(config: pytest.Config) -> Terminal:
    """Return the terminal that shows the results."""
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        return Terminal(*worker_input.get(WORKER_INPUT, DEFAULT))
    if not config.pluginmanager.has_plugin("terminalreporter"):
        return DEFAULT
    writer = config.get_terminal_writer()
    # While pytest captures output, sys.stdout is its own file.
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"
    return Terminal(writer.fullwidth, encoding, writer.hasmarkup)


def show_reports(reporter: pytest.TerminalReporter) -> None:
    """Print the reports of failing tests, which pytest leaves out with their tracebacks."""
    sections = [
        (report, text)
        for outcome in ("failed", "error")
        for report in reporter.getreports(outcome)
        for title, text in report.sections
        if title == REPORT_TITLE
    ]
    if sections:
        reporter.write_sep("=", REPORT_TITLE)
    for report, text in sections:
        reporter.write_sep("_", report.nodeid)
        reporter.write_line(text)
