"""Clients with adaptive retries: they wait for their turn on the clock, and a frozen one stands.

How fast they may send they learn from all that they have sent, and when: in a test, from that
test alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from threading import Condition
from typing import Any

from pytest_glue_runs._clients import aiobotocore
from pytest_glue_runs._time import clock


def buckets() -> list[Any]:
    """The classes that clients draw their turns from."""
    from botocore.retries.bucket import TokenBucket

    aio_bucket = aiobotocore.bucket_class()
    return [TokenBucket] if aio_bucket is None else [TokenBucket, aio_bucket]


@contextmanager
def unlearned(client: Any) -> Iterator[None]:
    """While active, the client knows no more than one that is made now."""
    events = client.meta.events
    handlers = getattr(events, "_emitter", events)._handlers.prefix_search("needs-retry")
    owners = [getattr(handler, "__self__", None) for handler in handlers]
    with ExitStack() as stack:
        for limiter in owners:
            if hasattr(limiter, "_token_bucket"):
                stack.callback(vars(limiter).update, vars(limiter).copy())
                vars(limiter).update(_learned_by_one_made_now(limiter))
        yield


def _learned_by_one_made_now(limiter: Any) -> dict[str, Any]:
    its_clock = limiter._clock
    return {
        "_rate_adjustor": type(limiter._rate_adjustor)(0, start_time=its_clock.current_time()),
        "_rate_clocker": type(limiter._rate_clocker)(its_clock),
        "_token_bucket": type(limiter._token_bucket)(max_rate=1, clock=its_clock),
        "_enabled": False,
    }


def sleeping(sleep_amount: Callable[[Any, float], float]) -> Callable[[Any, float], float]:
    """*sleep_amount*, which tells a client how long to wait, and then asks the clock.

    On a frozen clock that would never end: there the wait is a sleep, which moves it.
    """

    @wraps(sleep_amount)
    def slept(bucket: Any, amount: float) -> float:
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
    # As a thread's condition does it while it waits; those of event loops stop no thread.
    if not isinstance(condition, Condition):
        yield
        return
    condition.release()
    try:
        yield
    finally:
        condition.acquire()
