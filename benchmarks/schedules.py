"""What triggers cost: a long jump of the clock over many firings."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from time import process_time

import boto3

from benchmarks._rounds import Scale
from benchmarks._table import Row
from pytest_glue_runs import mock_glue_runs

# Each firing starts a run that is RUNNING, ends, and no longer counts against the limits.
_EVENTS_PER_FIRING = 4
_TURNS = 5


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the cost of a due event when the clock jumps over a year of an hourly trigger."""
    hours = min(365 * 24, 120 * scale.rounds * scale.calls)
    turns = range(min(_TURNS, scale.rounds))
    yield Row(
        f"jump over {hours:,} firings of an hourly trigger, each due event",
        unit="us",
        goal=20.0,
        ours=median(_jump(hours) for _ in turns) * 1e6,
    )


def _jump(hours: int) -> float:
    """Return the seconds for each due event."""
    with mock_glue_runs(start_at="2026-01-01 00:30") as glue_runs:
        client = boto3.client("glue", region_name="us-east-1")
        glue_runs.add_job("load", region="us-east-1")
        client.create_trigger(
            Name="hourly",
            Type="SCHEDULED",
            Schedule="cron(0 * * * ? *)",
            Actions=[{"JobName": "load"}],
            StartOnCreation=True,
        )
        begin = process_time()
        glue_runs.tick(hours * 3600)
        assert len(glue_runs.runs()) == hours
        return (process_time() - begin) / (hours * _EVENTS_PER_FIRING)
