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
from botocore.exceptions import ClientError

from pytest_glue_runs import TooManySleepsError, mock_glue_runs


class Held:
    """Something that a test holds."""


def sleep() -> None:
    with mock_glue_runs:
        time.sleep(1)


@mock_glue_runs
def sleep_decorated() -> None:
    time.sleep(1)


def call(**request: Any) -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
        client = boto3.client("glue", region_name="us-east-1")
        with suppress(ClientError):
            client.start_job_run(**request)


def start_run() -> None:
    call(JobName="nightly")


def get_an_error() -> None:
    call(JobName="missing")


def get_a_validation_error() -> None:
    call(JobName="nightly", Arguments={"--a": "b" * 300_000})


def get_a_planned_error() -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.fail_next("StartJobRun", "InternalServiceException")
        start_run()


def raise_in_the_mock() -> None:
    with suppress(ValueError), mock_glue_runs:
        raise ValueError


def sleep_too_often() -> None:
    with suppress(TooManySleepsError), mock_glue_runs(max_sleeps=2):
        while True:
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
        get_a_planned_error,
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
