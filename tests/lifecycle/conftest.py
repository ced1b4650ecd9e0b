"""Shared by the tests of how runs start and end: a client, and a job."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns


@pytest.fixture(scope="session")
def client() -> Any:
    """A Glue client that is older than every mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """The name of a job with one run at a time."""
    return glue_runs.add_job("nightly")
