"""The source of moto's code: what decides whether it is as the plugin knows it."""

from __future__ import annotations

import inspect
from typing import Any


def source_of(code: Any) -> str:
    """Return the source of a function or a module; empty if it is not available."""
    try:
        return inspect.getsource(code)
    except (OSError, TypeError):
        return ""
