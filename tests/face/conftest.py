"""Fixtures of these tests: pytest inside pytest, and a client that is older than any mock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol

# An inner pytest forgets the modules that it imports; these cannot be imported twice.
import boto3
import moto.core.models  # noqa: F401
import pytest

import pytest_glue_runs._mock  # noqa: F401


class RunTests(Protocol):
    """Runs a test module in this process and returns the result."""

    def __call__(self, source: str, *options: str) -> pytest.RunResult: ...


@pytest.fixture
def run_tests(pytester: pytest.Pytester) -> RunTests:
    """Run pytest on one test module."""

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "no:asyncio", *options)

    return run


@pytest.fixture(scope="session")
def glue() -> Any:
    """A client that was created before any mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture(autouse=True)
def _remove_what_freezegun_leaves() -> Iterator[None]:
    """Remove the `time.clock` of None that freezegun leaves when a test freezes by itself."""
    yield
    vars(time).pop("clock", None)


@pytest.fixture(scope="module", autouse=True)
def _a_default_session_of_their_own() -> Iterator[None]:
    """boto3's global session remembers credentials that it found, or did not find."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield
