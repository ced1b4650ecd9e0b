"""What the tests of the clock share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest


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


@pytest.fixture(scope="module", autouse=True)
def _a_default_session_of_their_own() -> Iterator[None]:
    """boto3 keeps one for all, which remembers where it has looked for credentials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@pytest.fixture(scope="session")
def glue_runs_settings() -> dict[str, Any]:
    """An ended run releases its slot at once."""
    return {"cleanup": 0}
