"""What a test holds in variables is freed when it ends, without the garbage collector."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from weakref import ref

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from pytest_glue_runs import GlueRuns, TooManySleepsError, mock_glue_runs


class Held:
    """Something that a test holds."""


def sleep() -> None:
    with mock_glue_runs:
        time.sleep(1)


@mock_glue_runs
def sleep_decorated() -> None:
    time.sleep(1)


def call(job: str = "nightly", **request: Any) -> None:
    client = boto3.client("glue", region_name="us-east-1")
    client.start_job_run(JobName=job, **request)


def start_run() -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
        call()


def get_an_error() -> None:
    with mock_glue_runs, pytest.raises(ClientError, match="EntityNotFoundException"):
        call("missing")


def get_a_validation_error() -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
        with pytest.raises(ClientError, match="Request size limit"):
            call(Arguments={"--a": "b" * 300_000})


def raise_in_the_mock() -> None:
    with suppress(ValueError), mock_glue_runs:
        raise ValueError


def sleep_too_often() -> None:
    with mock_glue_runs(max_sleeps=2):
        time.sleep(30)
        time.sleep(30)
        with pytest.raises(TooManySleepsError):
            time.sleep(30)


def start_a_thread() -> None:
    with mock_glue_runs:
        thread = threading.Thread(target=time.sleep, args=(5,))
        thread.start()
        thread.join()


def run_a_loop() -> None:
    async def main() -> None:
        async with mock_glue_runs:
            await asyncio.sleep(3)

    asyncio.run(main())


@pytest.mark.parametrize(
    "use",
    [
        sleep,
        sleep_decorated,
        start_run,
        get_an_error,
        get_a_validation_error,
        raise_in_the_mock,
        sleep_too_often,
        start_a_thread,
        run_a_loop,
    ],
    ids=lambda use: use.__name__,
)
def test_what_the_caller_of_a_mock_holds_is_freed(use: Callable[[], None]) -> None:
    def caller() -> ref[Held]:
        held = Held()
        use()
        return ref(held)

    caller()  # imports what it needs
    gc.collect()
    gc.disable()
    try:
        assert caller()() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("plan", "job", "error"),
    [
        (lambda glue_runs: None, "missing", ClientError),
        (
            lambda glue_runs: glue_runs.lose_next_response("StartJobRun"),
            "missing",
            ConnectionClosedError,
        ),
        (
            lambda glue_runs: glue_runs.fail_next("StartJobRun", "ThrottlingException"),
            "nightly",
            ClientError,
        ),
        (
            lambda glue_runs: glue_runs.fail_next("StartJobRun", "ReadTimeoutError"),
            "nightly",
            ReadTimeoutError,
        ),
    ],
    ids=["rejected", "rejected and lost", "failed", "not sent"],
)
def test_the_error_of_a_call_does_not_keep_what_its_caller_holds(
    glue_runs: GlueRuns,
    plan: Callable[[GlueRuns], None],
    job: str,
    error: type[Exception],
) -> None:
    """botocore keeps the error of a connection in a cycle of its own: it takes a collection."""

    def caller() -> ref[Held]:
        held = Held()
        client = boto3.client(
            "glue", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )
        with pytest.raises(error):
            client.start_job_run(JobName=job)
        return ref(held)

    glue_runs.add_job("nightly")
    plan(glue_runs)
    held = caller()
    gc.collect()
    assert held() is None
