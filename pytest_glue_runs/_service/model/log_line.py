"""Lines that a run writes to its logs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from pytest_glue_runs._masking import Masker

LogStream = Literal["output", "error"]
"""The log group of a line: ``/aws-glue/jobs/output`` or ``/aws-glue/jobs/error``, for example."""


class LogLine(NamedTuple):
    """A line in the logs of a run."""

    at: datetime
    stream: LogStream
    message: str
    """The line without its end."""

    def __repr__(self) -> str:
        """Return the usual repr, without secrets in the message."""
        message = Masker().show(self.message)
        return f"LogLine(at={self.at!r}, stream={self.stream!r}, message={message})"


class PlannedLine(NamedTuple):
    """A line of output that a plan has for its run."""

    after: timedelta
    """How long the run is RUNNING before it writes the line."""
    message: str
