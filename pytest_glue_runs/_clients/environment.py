"""The environment variables that a mocked AWS needs, as moto sets them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_glue_runs._clients import moto
from pytest_glue_runs._clients.sessions import forgetful

_REGION = "AWS_DEFAULT_REGION"
FALLBACK_REGION = "us-east-1"

# moto's own, so that a user's `mock_aws` and ours see the same caller.
_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "FOOBARKEY",
    "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET",
    "AWS_SESSION_TOKEN": "FOOBARTOKEN",
}


def region() -> str:
    """The region of a client that is not told any."""
    return os.environ.get(_REGION, FALLBACK_REGION)


# What was ours and what was before, where somebody's change may bring ours back.
_left: dict[str, tuple[str, str | None]] = {}


@contextmanager
def mocked() -> Iterator[None]:
    """While active, there are credentials that are nobody's, and some region."""
    ours = {**_CREDENTIALS, _REGION: region()}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        with forgetful(_CREDENTIALS["AWS_ACCESS_KEY_ID"]):
            yield
    finally:
        for name, value in before.items():
            # moto's are the same, so it does not show whether it has changed them.
            covered = os.environ.get(name) != ours[name]
            if covered or (name in _CREDENTIALS and moto.is_active()):
                _left[name] = ours[name], value
            _put_back(name, value)


def clear_away() -> None:
    """Takes ours away again where somebody's change, undone after the mock, brought it back."""
    if moto.is_active():  # they are its own now
        return
    for name, (ours, before) in _left.items():
        if os.environ.get(name) == ours:
            _put_back(name, before)
    _left.clear()


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
