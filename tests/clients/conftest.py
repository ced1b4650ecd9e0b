"""Fixtures of the tests of clients: sending raises, a job, sessions of every kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
import pytest
from botocore.credentials import CredentialProvider, CredentialResolver
from botocore.httpsession import URLLib3Session

from pytest_glue_runs import GlueRuns

SessionWith = Callable[[Any, str], Any]


@pytest.fixture(autouse=True)
def _nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise for every request that botocore would send to another machine."""
    send = URLLib3Session.send

    def guarded(self: Any, request: Any) -> Any:
        if urlsplit(request.url).hostname != "127.0.0.1":
            raise AssertionError(f"sent to {request.url}")
        return send(self, request)

    monkeypatch.setattr(URLLib3Session, "send", guarded)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set credentials for clients made before a mock: botocore would ask the machine for some."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine too")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def new_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boto3 make a new default session: that of an earlier test has its credentials."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    """Add a job that may have many runs at a time, and return its name."""
    return glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})


@pytest.fixture
def client(glue_runs: GlueRuns) -> Any:
    """Return a client made while Glue is mocked."""
    return boto3.client("glue", region_name="us-east-1")


@pytest.fixture(scope="session")
def session_with() -> SessionWith:
    """Return a function that makes a session with given credentials, found by a given method."""

    def make(credentials: Any, method: str) -> Any:
        class Provider(CredentialProvider):  # type: ignore[misc]
            METHOD = CANONICAL_NAME = method

            def load(self) -> Any:
                return credentials

        session = botocore.session.Session()
        session.register_component("credential_provider", CredentialResolver([Provider()]))
        return boto3.Session(botocore_session=session)

    return make
