"""Fixtures for the tests of waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns

Passed = Callable[[], float]


@pytest.fixture(autouse=True)
def _remove_freezeguns_time_clock() -> Iterator[None]:
    """Remove the `time.clock` of None that freezegun leaves behind."""
    yield
    vars(time).pop("clock", None)


@pytest.fixture(scope="session")
def glue() -> Any:
    """Return a client that is older than every mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture
def passed(glue_runs: GlueRuns) -> Passed:
    """Return a function for the seconds that have passed on the frozen clock."""
    begin = glue_runs.now
    return lambda: (glue_runs.now - begin).total_seconds()


@pytest.fixture
def together() -> Callable[..., None]:
    """Return a function that runs others in threads, until all have ended."""

    def run(*functions: Callable[[], object]) -> None:
        threads = [Thread(target=function) for function in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return run


@pytest.fixture(scope="session")
def glue_runs_settings() -> dict[str, Any]:
    """An ended run releases its slot at once."""
    return {"cleanup": 0}
