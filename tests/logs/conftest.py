"""Fixtures for the tests of logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

Read = Callable[[str, str], list[str]]


@pytest.fixture(scope="session")
def glue() -> Any:
    """Return a client that is older than every mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture(scope="session")
def logs() -> Any:
    """Return a client of CloudWatch Logs that is older than every mock."""
    return boto3.client(
        "logs", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


@pytest.fixture
def read(logs: Any) -> Read:
    """Return a function for the messages in a log group and stream."""

    def messages(group: str, stream: str) -> list[str]:
        response = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
        return [event["message"] for event in response["events"]]

    return messages
