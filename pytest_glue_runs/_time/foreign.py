"""Finds what waits really in this process because the plugin cannot drive it."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

# Where the virtual `time.sleep` is defined.
_OWN = "pytest_glue_runs._time.sleep"


def undriven() -> str | None:
    """Return a sentence on what does not move the clock by waiting; None if all is driven."""
    for found in (_gevent(), _sleep(), _event_loop(), _trio()):
        if found is not None:
            return f"Note: {found}"
    return None


def _gevent() -> str | None:
    monkey: Any = sys.modules.get("gevent.monkey")
    modules = ("time", "threading")
    patched = [name for name in modules if monkey is not None and monkey.is_module_patched(name)]
    if not patched:
        return None
    return (
        f"gevent has patched {' and '.join(patched)}. It waits really and does not move the clock."
    )


def _sleep() -> str | None:
    module = getattr(time.sleep, "__module__", None)
    if module == _OWN:
        return None
    if module == "time":
        return "time.sleep waits really and does not move the clock: sleep='real' is set."
    name = getattr(time.sleep, "__qualname__", None)
    what = f"a {type(time.sleep).__name__}" if name is None else f"{module}.{name}"
    return f"time.sleep was replaced by {what}. Only the plugin's moves the clock."


def _event_loop() -> str | None:
    loop = asyncio._get_running_loop()
    if loop is None or isinstance(loop, asyncio.BaseEventLoop):
        return None
    name = f"{type(loop).__module__}.{type(loop).__qualname__}"
    return f"the event loop is a {name}. It waits really and does not move the clock."


def _trio() -> str | None:
    trio: Any = sys.modules.get("trio")
    if trio is None:
        return None
    try:
        trio.lowlevel.current_trio_token()
    except RuntimeError:  # this thread does not run it
        return None
    return "this is a task of trio. It waits really and does not move the clock."
