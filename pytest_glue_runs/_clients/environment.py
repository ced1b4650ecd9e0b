"""The environment variables that a mocked AWS needs, as moto sets them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_REGION = "AWS_DEFAULT_REGION"
_FALLBACK_REGION = "us-east-1"

# moto's own, so that a user's `mock_aws` and ours see the same caller.
_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "FOOBARKEY",
    "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
    "AWS_SESSION_TOKEN": "FOOBARTOKEN",
}


def region() -> str:
    """The region of a client that is not told any."""
    return os.environ.get(_REGION, _FALLBACK_REGION)


# What was ours and what was before, until it is sure that nobody brings ours back.
_left: dict[str, tuple[str, str | None]] = {}


@contextmanager
def mocked() -> Iterator[None]:
    """While active, there are credentials that are nobody's, and some region."""
    ours = {**_CREDENTIALS, _REGION: region()}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            _put_back(name, value)
            _left[name] = ours[name], value
        _forget_credentials()


def clear_away() -> None:
    """Takes ours away again where somebody's change, undone after the mock, brought it back."""
    for name, (ours, before) in _left.items():
        if os.environ.get(name) == ours:
            _put_back(name, before)
    _left.clear()


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _forget_credentials() -> None:
    # boto3's default session, once it has looked for credentials, would use ours for good.
    session: Any = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    found = session and session._session._credentials
    if found and found.method == "env" and found.access_key == _CREDENTIALS["AWS_ACCESS_KEY_ID"]:
        session._session._credentials = None
