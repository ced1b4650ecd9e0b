"""A job found in a file."""

from __future__ import annotations

from typing import Any, NamedTuple

from pytest_glue_runs._job_files.unresolved import Path


class FileJob(NamedTuple):
    """A job as a file defines it."""

    path: Path
    """Where its definition stands in the file."""
    request: dict[str, Any]
    """The CreateJob request; it may contain `Unresolved` values."""
