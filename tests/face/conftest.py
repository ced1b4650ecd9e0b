"""What the tests of the face share: pytest inside of pytest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol

# An inner pytest forgets the modules that it has imported; these cannot be imported twice.
import boto3
import moto.core.models  # noqa: F401
import pytest

import pytest_glue_runs._mock  # noqa: F401


class RunTests(Protocol):
    """Runs a test module in this process, and gives what pytest says."""

    def __call__(self, source: str, *options: str) -> pytest.RunResult: ...


@pytest.fixture
def run_tests(pytester: pytest.Pytester) -> RunTests:
    """pytest, over one test module."""

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "no:asyncio", *options)

    return run


@pytest.fixture(scope="session")
def glue() -> Any:
    """A client that was made long before any mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture(autouse=True)
def _remove_what_freezegun_leaves() -> Iterator[None]:
    """freezegun leaves a `time.clock` of None behind, where a test freezes by itself."""
    yield
    vars(time).pop("clock", None)


@pytest.fixture(scope="module", autouse=True)
def _a_default_session_of_their_own() -> Iterator[None]:
    """boto3 keeps one for all, which remembers where it has looked for credentials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield
