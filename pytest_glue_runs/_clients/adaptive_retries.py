"""Clients with adaptive retries: they limit their own rate, by what they have learned so far.

Here they learn from one test alone, and wait for their turn on the frozen clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import wraps
from threading import Condition
from typing import Any

from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs._time import clock

_BUCKETS = (
    "botocore.retries.bucket:TokenBucket",
    "aiobotocore.retries.bucket:AsyncTokenBucket",
)


def on_the_frozen_clock() -> AbstractContextManager[None]:
    """While active, a client that waits for its turn sleeps, which moves the frozen clock.

    botocore asks the clock again and again whether the turn has come: a frozen one never says so.
    """
    return wrapped(*(Seam(owner, "_sleep_amount", _sleeping) for owner in _BUCKETS))


@contextmanager
def unlearned(client: Any) -> Iterator[None]:
    """While active, the client has learned nothing yet about its rate."""
    events = client.meta.events
    handlers = getattr(events, "_emitter", events)._handlers.prefix_search("needs-retry")
    owners = [getattr(handler, "__self__", None) for handler in handlers]
    with ExitStack() as stack:
        for limiter in owners:
            if hasattr(limiter, "_token_bucket"):
                stack.callback(vars(limiter).update, vars(limiter).copy())
                vars(limiter).update(_initial_state(limiter))
        yield


def _initial_state(limiter: Any) -> dict[str, Any]:
    limiter_clock = limiter._clock
    now = limiter_clock.current_time()
    return {
        "_rate_adjustor": type(limiter._rate_adjustor)(0, start_time=now),
        "_rate_clocker": type(limiter._rate_clocker)(limiter_clock),
        "_token_bucket": type(limiter._token_bucket)(max_rate=1, clock=limiter_clock),
        "_enabled": False,
    }


def _sleeping(sleep_amount: Method) -> Method:
    """Wrap the method that returns how many seconds to wait for *amount* tokens."""

    @wraps(sleep_amount)
    def slept(bucket: Any, amount: float) -> Any:
        seconds = sleep_amount(bucket, amount)
        if seconds <= 0 or not clock.is_frozen():
            return seconds
        with _released(bucket._new_fill_rate_condition):
            time.sleep(seconds)
        bucket._refill()
        return 0.0

    return slept


@contextmanager
def _released(condition: object) -> Iterator[None]:
    # As a thread's condition does while it waits; those of event loops block no thread.
    if not isinstance(condition, Condition):
        yield
        return
    condition.release()
    try:
        yield
    finally:
        condition.acquire()
