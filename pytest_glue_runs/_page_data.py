"""What the page of a session shows of one test, as JSON that travels from a worker of xdist."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from pytest_glue_runs._describe import format_time, short_id
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._report import Executions, Report
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.service import GlueService

# Of more runs of one test only the number is shown, to keep the page small.
_MOST_RUNS = 2_000

_MILLISECOND = timedelta(milliseconds=1)


def collect(glue: GlueService, masker: Masker, executions: Executions, *, frozen: bool) -> str:
    """Return everything that *glue* received and did, without secrets.

    An object with the time ("now"), the sentence about it ("time"), lists of lines under their
    titles ("before" and "after" the runs), the number of runs that are "left_out", and "runs":
    job, id, beginning, arguments and steps, each with its milliseconds since the beginning.
    """
    with glue.lock:
        report = Report(glue, masker, executions, frozen=frozen)
        runs = list(glue.store.runs.values())
        begin = min((run.started_on for run in runs), default=report.now)
        page: dict[str, Any] = {
            "time": report.time,
            "begin": format_time(begin),
            "epoch": _milliseconds(begin, datetime.fromtimestamp(0, begin.tzinfo)),
            "now": _milliseconds(report.now, begin),
            "before": [section for section in report.calls() if section[1]],
            "after": [s for s in [*report.orchestration(), *report.outlook()] if s[1]],
            "left_out": max(0, len(runs) - _MOST_RUNS),
            "runs": [_run(run, report, masker, begin) for run in runs[:_MOST_RUNS]],
        }
    return json.dumps(page, separators=(",", ":"))


def _run(run: Run, report: Report, masker: Masker, begin: datetime) -> list[Any]:
    steps = [
        [_milliseconds(at, run.started_on), state, *([detail] if detail else [])]
        for at, state, detail in report.groups.steps(run)
    ]
    return [
        masker.line(run.job.name, limit=80),
        short_id(run.id),
        _milliseconds(run.started_on, begin),
        report.groups.arguments(run),
        steps,
    ]


def _milliseconds(moment: datetime, begin: datetime) -> int:
    return (moment - begin) // _MILLISECOND
