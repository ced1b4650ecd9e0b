"""Failures of the connection, raised where botocore's HTTP session would raise them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_glue_runs._service.engine.faults import TransportError

# The option of a client that says how long it waits before it raises the error.
_TIMEOUTS = {"ConnectTimeoutError": "connect_timeout", "ReadTimeoutError": "read_timeout"}


def failure(
    error: TransportError, request: AWSPreparedRequest, config: Any
) -> tuple[float, BaseException]:
    """Return what a client with *config* raises, and after how many seconds."""
    error.__traceback__ = None  # the service keeps the error, and so all that the stack holds
    if error.exception is not None:
        return 0, error.exception.with_traceback(None)
    timeout = _TIMEOUTS.get(error.code)
    seconds = 0 if timeout is None else getattr(config, timeout) or 0
    return seconds, _exception(error.code, request, error.message)


def late(
    latency: float, request: AWSPreparedRequest, config: Any
) -> tuple[float, BaseException | None]:
    """Return how long a client waits for a response that is *latency* seconds late.

    And what it raises if that is longer than its read timeout.
    """
    timeout = config.read_timeout
    if not timeout or latency <= timeout:
        return latency, None
    return timeout, _exception("ReadTimeoutError", request, "Read timeout")


def _exception(name: str, request: AWSPreparedRequest, message: str) -> BaseException:
    from botocore import exceptions

    kind = getattr(exceptions, name)
    found: BaseException = kind(endpoint_url=request.url, error=message, request=request)
    return found
