"""botocore's retries: as in production, but the same in each test, whatever was before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from pytest_glue_runs._patching import replaced


@contextmanager
def repeatable() -> Iterator[None]:
    """While active, botocore draws the length of its backoff from a row that never differs,
    and clients begin with their whole quota of retries.

    The backoff moves the frozen clock; with chance in it, no test would tell the same story
    twice. And a client that lives longer than a test would retry less from test to test.
    """
    from botocore import retryhandler
    from botocore.retries import quota, standard

    chance = Random(0)
    original = standard.ExponentialBackoff.delay_amount

    def delay_amount(self: Any, context: Any) -> Any:
        with replaced(self, "_random", chance.random):
            return original(self, context)

    spent: dict[Any, int] = {}
    original_acquire = quota.RetryQuota.acquire

    def acquire(self: Any, capacity_amount: Any) -> Any:
        with self._lock:
            if self not in spent:
                spent[self] = self._available_capacity
                self._available_capacity = self._max_capacity
        return original_acquire(self, capacity_amount)

    with ExitStack() as stack:
        stack.callback(_give_back, spent)
        stack.enter_context(replaced(quota.RetryQuota, "acquire", acquire))
        stack.enter_context(replaced(retryhandler, "random", chance))
        stack.enter_context(replaced(standard.ExponentialBackoff, "delay_amount", delay_amount))
        yield


def _give_back(spent: dict[Any, int]) -> None:
    for quota, available in spent.items():
        quota._available_capacity = available
