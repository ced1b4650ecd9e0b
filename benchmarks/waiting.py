"""The cost of time: freezing it, sleeping on it, and advancing it past due events."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from time import process_time
from types import ModuleType
from unittest import mock

import boto3
import freezegun

from benchmarks._rounds import Scale, Side, in_turns, ratio
from benchmarks._table import Row
from pytest_glue_runs import hangs, mock_glue_runs
from pytest_glue_runs._service.model.call import Caller

_MODULES = 2_000
_NAMES_IN_EACH = 30
# The highest MaxConcurrentRuns that AWS accepts.
_RUNS_OF_A_JOB = 1_000
_ACCOUNT = "123456789012"
_REGION = "us-east-1"


def rows(scale: Scale) -> Iterator[Row]:
    """Yield freezing, a polling loop, and a long jump of the clock."""
    yield from _freezing(scale)
    yield _polling(scale)
    yield from _jumping(scale)


def _freezing(scale: Scale) -> Iterator[Row]:
    """Yield set-up and tear-down, warm, relative to freezing alone."""

    def bare() -> AbstractContextManager[object]:
        return freezegun.freeze_time(datetime(2026, 1, 1, tzinfo=timezone.utc))

    for modules in (0, _MODULES):
        with _loaded(modules):
            seconds = in_turns(scale, ours=_entering(lambda: mock_glue_runs), bare=_entering(bare))
        more = f" with {modules:,} more modules" if modules else ""
        yield Row(
            f"set-up and tear-down{more}, relative to freeze_time",
            unit="x",
            goal=0.6,
            ours=ratio(seconds["ours"], seconds["bare"]),
        )


@contextmanager
def _loaded(count: int) -> Iterator[None]:
    """Add *count* modules to the loaded ones while active."""
    modules = {f"_loaded_{number}": ModuleType(f"_loaded_{number}") for number in range(count)}
    for module in modules.values():
        vars(module).update((f"name_{number}", object()) for number in range(_NAMES_IN_EACH))
    with mock.patch.dict(sys.modules, modules):
        yield


def _entering(make: Callable[[], AbstractContextManager[object]]) -> Side:
    def enter() -> None:
        with make():
            pass

    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        yield enter

    return side


def _polling(scale: Scale) -> Row:
    """Measure a polling loop. Each call of a side is a whole loop, so fewer calls are made."""
    polls = 20 * scale.calls
    seconds = in_turns(
        replace(scale, rounds=max(2, scale.rounds // 8), calls=1),
        sleeping=_polls(polls, lambda: time.sleep(30)),
        bare=_polls(polls, lambda: None),
    )
    return Row(
        f"{polls:,} polls with time.sleep, relative to those without",
        unit="x",
        goal=1.3,
        ours=ratio(seconds["sleeping"], seconds["bare"]),
    )


def _polls(number: int, wait: Callable[[], object]) -> Side:
    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        with mock_glue_runs() as glue_runs:
            glue_runs.plan(glue_runs.add_job("nightly", Timeout=7 * 24 * 60), hangs())
            client = boto3.client("glue", region_name=_REGION)
            run_id = client.start_job_run(JobName="nightly")["JobRunId"]

            def poll() -> None:
                for _ in range(number):
                    client.get_job_run(JobName="nightly", RunId=run_id)
                    wait()

            yield poll

    return side


def _jumping(scale: Scale) -> Iterator[Row]:
    most = 250 * scale.rounds * scale.calls
    few, many = (_microseconds_of_an_event(runs) for runs in (most // 10, most))
    events = 2 * most
    yield Row(f"jump past {events:,} due events, each", unit="us", goal=15.0, ours=many)
    yield Row("... relative to a tenth of them", unit="x", goal=1.5, ours=many / few)


def _microseconds_of_an_event(runs: int) -> float:
    """Return the time for one event. Each run has two: it becomes RUNNING, and it ends."""
    with mock_glue_runs(account_id=_ACCOUNT) as glue_runs:
        glue_runs.quotas.max_concurrent_runs = runs
        glue_runs.quotas.max_dpus = 10 * runs
        for first in range(0, runs, _RUNS_OF_A_JOB):
            limit = {"MaxConcurrentRuns": _RUNS_OF_A_JOB}
            job = glue_runs.add_job(f"job-{first}", region=_REGION, ExecutionProperty=limit)
            body = json.dumps({"JobName": job}).encode()
            for _ in range(min(_RUNS_OF_A_JOB, runs - first)):
                # The body that a client would send; a million calls of botocore would take minutes.
                glue_runs._glue.handle(Caller(_ACCOUNT, _REGION), "StartJobRun", body)
        last = glue_runs.runs(job)[-1]
        gc.collect()
        glue_runs.tick("1h")
        begin = process_time()
        assert last.state == "SUCCEEDED"
        return (process_time() - begin) / (2 * runs) * 1e6
