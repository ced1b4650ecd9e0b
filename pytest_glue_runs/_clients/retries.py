"""botocore's retries: as in production, but repeatable, and independent of earlier tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from random import Random
from typing import Any

from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs._patching import replaced


@contextmanager
def repeatable() -> Iterator[None]:
    """While active, backoff is drawn from a fixed seed, and clients have their full retry quota.

    Backoff moves the frozen clock: drawn at random, it would end each test at another time. A
    client that lives longer than a test would otherwise retry less from test to test.
    """
    from botocore import retryhandler

    random = Random(0)
    quotas = _Quotas()

    def seeded(delay_amount: Method) -> Method:
        @wraps(delay_amount)
        def drawn(backoff: Any, context: Any) -> Any:
            with replaced(backoff, "_random", random.random):
                return delay_amount(backoff, context)

        return drawn

    with ExitStack() as stack:
        stack.callback(quotas.restore)
        stack.enter_context(replaced(retryhandler, "random", random))
        stack.enter_context(
            wrapped(
                Seam("botocore.retries.standard:ExponentialBackoff", "delay_amount", seeded),
                Seam("botocore.retries.quota:RetryQuota", "acquire", quotas.filled),
            )
        )
        yield


class _Quotas:
    """The retry quotas that were used while active."""

    def __init__(self) -> None:
        self._before: dict[Any, int] = {}

    def filled(self, acquire: Method) -> Method:
        """Wrap a quota's `acquire`, to fill the quota when it is used first."""

        @wraps(acquire)
        def acquired(quota: Any, amount: Any) -> Any:
            with quota._lock:
                if quota not in self._before:
                    self._before[quota] = quota._available_capacity
                    quota._available_capacity = quota._max_capacity
            return acquire(quota, amount)

        return acquired

    def restore(self) -> None:
        """Give every quota the capacity that it had."""
        for quota, available in self._before.items():
            quota._available_capacity = available
