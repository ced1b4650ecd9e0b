"""The handler that moto adds to clients: it answers their requests while a mock is active."""

from __future__ import annotations

import sys
from typing import Any


def stubber() -> Any:
    """Return the handler that moto adds to every client made after its import; None before."""
    # While another thread is importing the module, the handler is not there yet.
    return getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)


def is_active() -> bool:
    """Return whether a `mock_aws` is active, a user's own or ours."""
    handler = stubber()
    return handler is not None and bool(handler.enabled)
