"""The log lines of all runs, to be delivered to CloudWatch Logs."""

from __future__ import annotations

from datetime import datetime

from pytest_glue_runs._service.model.log_line import LogLine
from pytest_glue_runs._service.model.run import Run


class LogFeed:
    """The lines that have not been taken yet.

    Lines are computed when they are taken: most tests read no logs.
    """

    def __init__(self) -> None:
        self._new: list[Run] = []
        self._taken: dict[str, int] = {}
        self._open: list[Run] = []

    def add(self, run: Run) -> None:
        """Record that *run* has log streams from now on."""
        self._new.append(run)

    def take(self, now: datetime) -> list[tuple[Run, list[LogLine]]]:
        """Return the lines written by *now* that were not returned before, for each run.

        A run without lines is returned once, when its log streams appear.
        """
        appeared = {run.id for run in self._new}
        runs = [*self._open, *self._new]
        self._open, self._new = [run for run in runs if not run.ended], []
        taken = [(run, self._lines(run, now)) for run in runs]
        return [(run, lines) for run, lines in taken if lines or run.id in appeared]

    def _lines(self, run: Run, now: datetime) -> list[LogLine]:
        lines = run.log_lines(now)
        before = self._taken.get(run.id, 0)
        self._taken[run.id] = len(lines)
        return lines[before:]
