"""Fixtures for the tests of the clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest


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


@pytest.fixture(scope="module", autouse=True)
def _own_default_session() -> Iterator[None]:
    """Restore boto3's default session, which remembers where it looked for credentials."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield


@pytest.fixture(scope="session")
def glue_runs_settings() -> dict[str, Any]:
    """An ended run releases its slot at once."""
    return {"cleanup": 0}
