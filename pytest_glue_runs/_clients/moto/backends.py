"""moto's backends, where the state of its services is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any


def backends(service: str) -> Iterator[Any]:
    """Yield the backend of a service for each account and region in which it is in use."""
    models = sys.modules.get(f"moto.{service}.models")
    if models is not None:
        for regions in list(getattr(models, f"{service}_backends").values()):
            yield from list(regions.values())
