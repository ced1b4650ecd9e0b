"""What the tests of waiting share."""

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
def _remove_what_freezegun_leaves() -> Iterator[None]:
    """freezegun leaves a `time.clock` of None behind, where a test freezes by itself."""
    yield
    vars(time).pop("clock", None)


@pytest.fixture(scope="session")
def glue() -> Any:
    """A client that was made long before any mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture
def passed(glue_runs: GlueRuns) -> Passed:
    """How many seconds have passed on the frozen clock since the test began."""
    begin = glue_runs.now
    return lambda: (glue_runs.now - begin).total_seconds()


@pytest.fixture
def together() -> Callable[..., None]:
    """Runs functions in threads of their own, until all have ended."""

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
