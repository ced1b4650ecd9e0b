"""Clients with adaptive retries: they wait for their turn on the clock, and a frozen one stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
