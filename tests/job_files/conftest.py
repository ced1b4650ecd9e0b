"""Shared by the tests of job definitions in files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns

WriteFile = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    """Writes a file: text as it is, anything else as JSON."""

    def write_file(content: Any, name: str = "pipeline.json") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write_file


@pytest.fixture(scope="session")
def client() -> Any:
    """A Glue client that is older than every mock."""
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


@pytest.fixture
def definition(glue_runs: GlueRuns, client: Any) -> Callable[[str], dict[str, Any]]:
    """What GetJob shows of a job, without its times."""

    def get(name: str) -> dict[str, Any]:
        job: dict[str, Any] = client.get_job(JobName=name)["Job"]
        return {k: v for k, v in job.items() if k not in ("CreatedOn", "LastModifiedOn")}

    return get
