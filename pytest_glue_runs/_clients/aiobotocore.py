"""Clients of aiobotocore: what differs from botocore's."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from copy import copy
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiobotocore.awsrequest import AioAWSResponse
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_glue_runs._service.protocol.wire import Response


def client_class() -> type | None:
    """aiobotocore's BaseClient, if it is imported."""
    module: Any = sys.modules.get("aiobotocore.client")
    return None if module is None else module.AioBaseClient


def is_client(client: object) -> bool:
    """Whether *client* is one of aiobotocore's."""
    owner = client_class()
    return owner is not None and isinstance(client, owner)


def session_class() -> type | None:
    """aiobotocore's AioSession, if it is imported."""
    module: Any = sys.modules.get("aiobotocore.session")
    return None if module is None else module.AioSession


def bucket_class() -> type | None:
    """What its clients with adaptive retries draw their turns from, if it is imported."""
    module: Any = sys.modules.get("aiobotocore.retries.bucket")
    return None if module is None else module.AsyncTokenBucket


class _Body:
    """What aiobotocore reads an answer from; streaming bodies read its `content`."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)
        self.content = self

    async def read(self, size: int = -1) -> bytes:
        """At most *size* bytes, all that is left if it is below zero."""
        return self._body.read(size)

    def at_eof(self) -> bool:
        """Whether all has been read."""
        return self._body.tell() == len(self._body.getvalue())

    def close(self) -> None:
        """Nothing is open."""

    async def __aenter__(self) -> _Body:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing is open."""


def answering(find: Callable[[AWSPreparedRequest, str], Response | None]) -> Callable[..., Any]:
    """A handler of `before-send` that gives aiobotocore's clients the answers that *find* has."""

    async def answer(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
        whole = request
        if iscoroutinefunction(getattr(request.body, "read", None)):
            whole = copy(request)
            whole.body = await request.body.read()
        found = find(whole, event_name)
        if found is not None:
            return _response(request.url, found)
        if whole is not request:
            request.reset_stream()
        return None

    return answer


def _response(url: str, answer: Response) -> AioAWSResponse:
    from aiobotocore.awsrequest import AioAWSResponse

    return AioAWSResponse(url, answer.status, answer.headers, _Body(answer.body))
