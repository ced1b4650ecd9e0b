"""The HTTP sessions under the clients: what clients and credentials send passes here last.

Requests that are answered never come this far. What does is for hosts that are left alone, or
does not come from a client: look-ups of credentials, and code that uses these sessions directly.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._clients import aiobotocore, hosts, metadata
from pytest_glue_runs._clients.hosts import Host
from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs.errors import UnansweredRequestError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

    from pytest_glue_runs._service.protocol.wire import Response

SYNC = ("botocore.httpsession:URLLib3Session",)
ASYNC = ("aiobotocore.httpsession:AIOHTTPSession", "aiobotocore.httpxsession:HttpxSession")


def guarded(aws_allowed: bool) -> AbstractContextManager[None]:
    """While active, answer requests for metadata, and reject others to AWS unless *aws_allowed*."""

    def respond(request: Any) -> Response | None:
        response = metadata.respond(request.method, request.url)
        if response is None and not aws_allowed and hosts.kind_of(request.url) is Host.AWS:
            raise UnansweredRequestError(
                f"{request.method} {hosts.shown(request.url)} was about to be sent, not by a "
                "client. Nothing may reach AWS while Glue is mocked; other_services='pass' would "
                "let it."
            )
        return response

    return wrapped(
        *(Seam(owner, "send", _sync(respond)) for owner in SYNC),
        *(Seam(owner, "send", _async(respond)) for owner in ASYNC),
    )


def _sync(respond: Callable[[Any], Response | None]) -> Callable[[Method], Method]:
    def wrap(send: Method) -> Method:
        @wraps(send)
        def guarded_send(session: Any, request: Any) -> Any:
            response = respond(request)
            if response is None:
                return send(session, request)
            return as_response(request.url, response)

        return guarded_send

    return wrap


def _async(respond: Callable[[Any], Response | None]) -> Callable[[Method], Method]:
    def wrap(send: Method) -> Method:
        @wraps(send)
        async def guarded_send(session: Any, request: Any) -> Any:
            response = respond(request)
            if response is None:
                return await send(session, request)
            return aiobotocore.as_response(request.url, response)

        return guarded_send

    return wrap


def as_response(url: str, response: Response) -> AWSResponse:
    """Return *response* in the form that botocore expects."""
    found: AWSResponse = _response_class()(
        url, response.status, response.headers, _Body(response.body)
    )
    found._content = response.body  # nothing needs to be read any more
    return found


@cache
def _response_class() -> Any:
    from botocore.awsrequest import AWSResponse

    return AWSResponse


class _Body(io.BytesIO):
    """The raw body of a response."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield the body in one piece."""
        yield self.read()
