"""Clients of aiobotocore: what differs from botocore's."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable
from copy import copy
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._clients import transport
from pytest_glue_runs._service.engine.faults import TransportError

if TYPE_CHECKING:
    from aiobotocore.awsrequest import AioAWSResponse
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_glue_runs._service.protocol.wire import Response


def is_client(client: object) -> bool:
    """Whether *client* is one of aiobotocore's."""
    module: Any = sys.modules.get("aiobotocore.client")
    return module is not None and isinstance(client, module.AioBaseClient)


def is_signer(signer: object) -> bool:
    """Whether *signer* belongs to one of aiobotocore's clients."""
    module: Any = sys.modules.get("aiobotocore.signers")
    return module is not None and isinstance(signer, module.AioRequestSigner)


def credentials_class() -> Any:
    """Return the class of credentials that aiobotocore's clients sign with."""
    from aiobotocore.credentials import AioCredentials

    return AioCredentials


class _Body:
    """The raw body of a response; streaming bodies read its `content`."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)
        self.content = self

    async def read(self, size: int = -1) -> bytes:
        """Return at most *size* bytes; all that are left if it is negative."""
        return self._body.read(size)

    def at_eof(self) -> bool:
        """Whether everything has been read."""
        return self._body.tell() == len(self._body.getvalue())

    def close(self) -> None:
        """Do nothing: nothing is open."""

    async def __aenter__(self) -> _Body:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing: nothing is open."""


def before_send(
    respond: Callable[[AWSPreparedRequest, str], Response | None], config: Any
) -> Callable[..., Any]:
    """Return a handler of `before-send` that returns what *respond* does, as aiobotocore has it.

    *config* is the client's.
    """

    async def handler(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
        whole = request
        if iscoroutinefunction(getattr(request.body, "read", None)):
            whole = copy(request)
            whole.body = await request.body.read()
        try:
            response = respond(whole, event_name)
        except TransportError as error:
            seconds, exception = transport.failure(error, request, config)
            await asyncio.sleep(seconds)
            raise exception from None
        if response is not None:
            if response.latency:
                seconds, late = transport.late(response.latency, request, config)
                await asyncio.sleep(seconds)
                if late is not None:
                    raise late
            return as_response(request.url, response)
        if whole is not request:
            request.reset_stream()
        return None

    return handler


def as_response(url: str, response: Response) -> AioAWSResponse:
    """Return *response* in the form that aiobotocore expects."""
    from aiobotocore.awsrequest import AioAWSResponse

    return AioAWSResponse(url, response.status, response.headers, _Body(response.body))
