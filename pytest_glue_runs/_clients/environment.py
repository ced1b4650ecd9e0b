"""The environment variables of a mocked AWS: those of this process, and of its children."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_glue_runs._clients.credentials import ACCESS_KEY, SECRET_KEY, TOKEN
from pytest_glue_runs._clients.moto.handler import is_active

_REGION = "AWS_DEFAULT_REGION"
FALLBACK_REGION = "us-east-1"

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_SESSION_TOKEN": TOKEN,
}
NAMES = (*_CREDENTIALS, _REGION)


def region() -> str:
    """Return the region of a client that is given none."""
    return os.environ.get(_REGION, FALLBACK_REGION)


# Our value and the one before it, of variables where undoing another change may bring ours back.
_covered: dict[str, tuple[str, str | None]] = {}


@contextmanager
def mocked() -> Iterator[None]:
    """Set mocked credentials and a region while active."""
    ours = {**_CREDENTIALS, _REGION: region()}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            # moto sets the same values, so its changes cannot be told from ours.
            covered = os.environ.get(name) != ours[name]
            if covered or (name in _CREDENTIALS and is_active()):
                _covered[name] = ours[name], value
            _restore(name, value)


def restore_uncovered() -> None:
    """Restore the variables where undoing another change has brought our value back."""
    if is_active():  # they are moto's own now
        return
    for name, (ours, before) in _covered.items():
        if os.environ.get(name) == ours:
            _restore(name, before)
    _covered.clear()


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
