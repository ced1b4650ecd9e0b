"""Long polls of moto's SQS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from pytest_glue_runs._patching import replaced


@contextmanager
def on_time() -> Iterator[None]:
    """While active, a long poll ends when its time is over on the frozen clock."""
    from moto.sqs.models import SQSBackend

    receive = _waiting_exactly(SQSBackend.receive_message)
    with replaced(SQSBackend, "receive_message", receive):
        yield


def _waiting_exactly(receive_message: Any) -> Any:
    """Wrap SQS's long poll, which lasts until the clock is *past* its end.

    A real clock is past it at once. A frozen one is there exactly, and moto would wait on.
    """

    @wraps(receive_message)
    def received(
        backend: Any,
        queue_name: str,
        count: int,
        wait_seconds_timeout: float,
        *rest: Any,
        **more: Any,
    ) -> Any:
        seconds = wait_seconds_timeout and wait_seconds_timeout - 0.001
        return receive_message(backend, queue_name, count, seconds, *rest, **more)

    return received
