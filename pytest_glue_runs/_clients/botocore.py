"""Clients of botocore and aiobotocore: attach each to the service, and detach it again.

A client is attached when it is made, or at its first request if it was made earlier, at import
time for example. Its requests are answered on `before-send`: everything before and after
(validation, signing, retries, parsing) remains botocore's own.

First requests are noticed in `_make_request`, since tests patch `_make_api_call`, and code calls
an original `_make_api_call` that it kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._clients import (
    adaptive_retries,
    aiobotocore,
    environment,
    leftovers,
    transport,
)
from pytest_glue_runs._clients.http_sessions import as_response
from pytest_glue_runs._clients.seams import Method, Seam, wrapped
from pytest_glue_runs._service.engine.faults import TransportError
from pytest_glue_runs._service.protocol.wire import Response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_glue_runs._clients.routing import Router

_BEFORE_SEND = "before-send"


@contextmanager
def attached(router: Router) -> Iterator[None]:
    """While active, the requests of every client go to the *router*."""
    clients = _Clients(router)
    with ExitStack() as stack:
        stack.callback(clients.detach_all)
        stack.enter_context(adaptive_retries.on_the_frozen_clock())
        stack.enter_context(
            wrapped(
                Seam("botocore.client:BaseClient", "__init__", clients.attach_after),
                Seam("botocore.client:BaseClient", "_make_request", clients.attach_before),
                Seam("aiobotocore.client:AioBaseClient", "_make_request", clients.attach_before),
            )
        )
        yield


class _Clients:
    """The clients that are attached, and how to detach each."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lock = RLock()
        self._active = True
        # The clients are kept too: an id is used again when its object is gone.
        self._attached: dict[int, tuple[Any, ExitStack]] = {}

    def attach_before(self, method: Method) -> Method:
        """Wrap a client's *method* to attach the client before it is called."""

        @wraps(method)
        def call(client: Any, *args: Any, **kwargs: Any) -> Any:
            if id(client) not in self._attached:
                self._attach(client)
            return method(client, *args, **kwargs)

        return call

    def attach_after(self, init: Method) -> Method:
        """Wrap a client's constructor to attach the client once it is made."""

        @wraps(init)
        def call(client: Any, *args: Any, **kwargs: Any) -> None:
            init(client, *args, **kwargs)
            self._attach(client)

        return call

    def detach_all(self) -> None:
        """Restore every client as it was, and attach no more."""
        with self._lock:
            self._active = False
            with ExitStack() as stack:
                for _, undo in self._attached.values():
                    stack.push(undo)
            self._attached.clear()

    def _attach(self, client: Any) -> None:
        with self._lock:
            if not self._active or id(client) in self._attached:
                return
            with ExitStack() as stack:
                events, handler = client.meta.events, self._handler(client)
                events.register_first(_BEFORE_SEND, handler)
                stack.callback(events.unregister, _BEFORE_SEND, handler)
                stack.enter_context(adaptive_retries.unlearned(client))
                # Last: other threads check this without the lock, and then send at once.
                self._attached[id(client)] = client, stack.pop_all()

    def _handler(self, client: Any) -> Callable[..., Any]:
        service = client.meta.service_model.service_id.hyphenize()
        region = client.meta.region_name or environment.FALLBACK_REGION
        config = client.meta.config
        ask = self._router.respond

        def respond(request: AWSPreparedRequest, event_name: str) -> Response | None:
            operation = event_name.rpartition(".")[2]
            leftovers.check(request.url, service, operation)
            return ask(request, service, operation, region)

        def handler(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
            try:
                response = respond(request, event_name)
            except TransportError as error:
                seconds, exception = transport.failure(error, request, config)
                time.sleep(seconds)
                raise exception from None
            if response is None:
                return None
            if response.latency:
                seconds, late = transport.late(response.latency, request, config)
                time.sleep(seconds)
                if late is not None:
                    raise late
            return as_response(request.url, response)

        return (
            aiobotocore.before_send(respond, config) if aiobotocore.is_client(client) else handler
        )
