"""Writes the log lines of runs to moto's CloudWatch Logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

from pytest_glue_runs._clients.moto.handler import is_active
from pytest_glue_runs._service.model.log_groups import LogPlace, places
from pytest_glue_runs._service.model.log_line import LogLine, LogStream
from pytest_glue_runs._service.model.run import Run

# As botocore's events name it.
_SERVICE = "cloudwatch-logs"

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def deliver(take_lines: Callable[[], Iterable[tuple[Run, list[LogLine]]]], service: str) -> None:
    """Write the lines of *take_lines* before moto gets a request for *service*.

    They are written to the groups and streams that Glue uses, which exist even for a run without
    lines. Does nothing while moto's CloudWatch Logs are not in use.
    """
    if not is_active() or (service != _SERVICE and "moto.logs.models" not in sys.modules):
        return
    from moto.logs.models import logs_backends

    for run, lines in take_lines():
        backend = logs_backends[run.job.account_id][run.job.region]
        of_place: dict[LogPlace, list[LogLine]] = {
            place: [] for stream in get_args(LogStream) for place in places(run, stream)
        }
        for line in lines:
            for place in places(run, line.stream):
                of_place[place].append(line)
        for place, written in of_place.items():
            _write(backend, place, written)


def _write(backend: Any, place: LogPlace, lines: list[LogLine]) -> None:
    backend.ensure_log_group(place.group)
    backend.ensure_log_stream(place.group, place.stream)
    if lines:
        # Not by the method of the backend: it rejects lines older than two weeks, which Glue
        # would have written in time.
        backend.groups[place.group].put_log_events(
            place.stream,
            [
                {"timestamp": _milliseconds(line.at), "message": f"{line.message}\n"}
                for line in lines
            ],
        )


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)
