"""botocore's backoff between retries: as long as in production, but the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any

from pytest_glue_runs._replacing import replaced


@contextmanager
def repeatable() -> Iterator[None]:
    """While active, botocore draws the length of its backoff from a row that never differs.

    It moves the frozen clock; with chance in it, no test would tell the same story twice.
    """
    from botocore import retryhandler
    from botocore.retries import standard

    chance = Random(0)
    original = standard.ExponentialBackoff.delay_amount

    def delay_amount(self: Any, context: Any) -> Any:
        with replaced(self, "_random", chance.random):
            return original(self, context)

    with ExitStack() as stack:
        stack.enter_context(replaced(retryhandler, "random", chance))
        stack.enter_context(replaced(standard.ExponentialBackoff, "delay_amount", delay_amount))
        yield
