"""The cost of many runs: time, which should not grow with their number, and memory."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import process_time
from timeit import timeit
from typing import Any

import boto3

from benchmarks._rounds import Scale, ratio
from benchmarks._table import Row
from pytest_glue_runs import GlueRuns, mock_glue_runs
from pytest_glue_runs._service.model.call import Caller

_CALLER = Caller("123456789012", "us-east-1")
_PAGE = 50
# The turns of few and many: the speed of a machine drifts by a tenth within a minute.
_TURNS = 5


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the time of calls with many runs relative to few runs, and the memory of a run."""
    many = 50 * scale.rounds * scale.calls
    yield Row(
        f"StartJobRun with {many:,} runs, relative to 10",
        unit="x",
        goal=1.1,
        ours=_growth(_start, 10, many, scale),
    )
    yield Row(
        f"GetJobRuns of {_PAGE} with {many:,} runs, relative to {10 * _PAGE}",
        unit="x",
        goal=1.1,
        ours=_growth(_page, 10 * _PAGE, many, scale),
    )
    yield Row("memory for one run", unit="KiB", goal=2.0, ours=_memory(many // 10) / 1024)


@contextmanager
def _store(runs: int) -> Iterator[GlueRuns]:
    with mock_glue_runs(account_id=_CALLER.account_id) as glue_runs:
        quotas = glue_runs.quotas
        quotas.max_concurrent_runs = quotas.max_concurrent_runs_per_job = 10 * runs + 1_000_000
        quotas.max_dpus = 10 * quotas.max_concurrent_runs
        limit = {"MaxConcurrentRuns": quotas.max_concurrent_runs}
        glue_runs.add_job("nightly", region=_CALLER.region, ExecutionProperty=limit)
        _add(glue_runs, runs)
        yield glue_runs


def _add(glue_runs: GlueRuns, runs: int) -> None:
    # The body that a client would send; a hundred thousand calls of botocore would take a minute.
    body = json.dumps({"JobName": "nightly", "Arguments": {"--day": "2026-02-28"}}).encode()
    for _ in range(runs):
        glue_runs._glue.handle(_CALLER, "StartJobRun", body)


def _growth(seconds: Callable[[int, Scale], float], few: int, many: int, scale: Scale) -> float:
    """Return the time with *many* runs divided by the time with *few*."""
    turns = [(seconds(many, scale), seconds(few, scale)) for _ in range(_TURNS)]
    return ratio(*map(list, zip(*turns, strict=True)))


def _start(runs: int, scale: Scale) -> float:
    return _timed(runs, scale, lambda client: client.start_job_run(JobName="nightly"))


def _page(runs: int, scale: Scale) -> float:
    return _timed(
        runs, scale, lambda client: client.get_job_runs(JobName="nightly", MaxResults=_PAGE)
    )


def _timed(runs: int, scale: Scale, call: Any) -> float:
    with _store(runs):
        client = boto3.client("glue", region_name=_CALLER.region)
        call(client)
        return median(
            timeit(lambda: call(client), timer=process_time, number=scale.calls)
            for _ in range(max(scale.rounds // _TURNS, 1))
        )


def _memory(runs: int) -> float:
    """Return the bytes that a run takes, with the call that started it and its pending events."""
    with _store(1) as glue_runs:
        gc.collect()
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            _add(glue_runs, runs)
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    return (after - before) / runs
