"""A call that the service has received, and the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pytest_glue_runs._service.rules.errors import GlueError


class Caller(NamedTuple):
    """The account that sent a request, and the region it went to."""

    account_id: str
    region: str


class CallRecord(NamedTuple):
    """A call that the service has received, as it remembers it."""

    at: datetime
    operation: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None
    """The response; None if it was an error."""
    error: GlueError | None
    """The error; None if there was a response."""
    caller: Caller
    response_lost: bool = False
    """Whether the client did not receive the response."""
