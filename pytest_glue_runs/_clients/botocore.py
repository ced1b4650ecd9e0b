"""Clients of botocore: taking them over, and handing them back.

While active, a client is taken over when it is made or at its first request, so that those
made at import time work too. Its requests are answered on `before-send`: everything before
and after (validation, signing, retries, parsing) stays botocore's own.

First requests are noticed in `_make_request`: people patch `_make_api_call`, and call an
original that they kept.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._clients import adaptive_retries, aiobotocore, environment
from pytest_glue_runs._clients.routing import is_aws
from pytest_glue_runs._patching import replaced
from pytest_glue_runs._service.protocol.wire import Response

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from pytest_glue_runs._clients.routing import Router

_BEFORE_SEND = "before-send"

# How botocore names credentials that it would fetch from the machine around to sign with.
_FETCHED = frozenset({"container-role", "custom-process", "iam-role", "login", "sso"})


@contextmanager
def intercepted(router: Router) -> Iterator[None]:
    """While active, the requests of every client go to the *router*."""
    from botocore.client import BaseClient

    takeover = _Takeover(router)
    with ExitStack() as stack:
        stack.callback(takeover.hand_back)
        stack.enter_context(_wrapped(BaseClient, "__init__", takeover.after))
        stack.enter_context(_wrapped(BaseClient, "_make_request", takeover.before))
        aio_client = aiobotocore.client_class()
        if aio_client is not None:
            stack.enter_context(_wrapped(aio_client, "_make_request", takeover.before))
        for bucket in adaptive_retries.buckets():
            stack.enter_context(_wrapped(bucket, "_sleep_amount", adaptive_retries.sleeping))
        yield


class _Takeover:
    """The clients taken over, and how each is handed back."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._lock = RLock()
        self._active = True
        # The clients themselves are kept too: an id is used again when its object is gone.
        self._taken: dict[int, tuple[Any, ExitStack]] = {}

    def before(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """*method*, after its client was taken over."""

        @wraps(method)
        def call(client: Any, *args: Any, **kwargs: Any) -> Any:
            if id(client) not in self._taken:
                self._take(client, made_before=True)
            return method(client, *args, **kwargs)

        return call

    def after(self, method: Callable[..., Any]) -> Callable[..., Any]:
        """*method*, and then its client is taken over."""

        @wraps(method)
        def init(client: Any, *args: Any, **kwargs: Any) -> None:
            method(client, *args, **kwargs)
            self._take(client, made_before=False)

        return init

    def hand_back(self) -> None:
        """Makes every client what it was."""
        with self._lock:
            self._active = False
            for _, undo in self._taken.values():
                undo.close()
            self._taken.clear()

    def _take(self, client: Any, made_before: bool) -> None:
        with self._lock:
            if self._active and id(client) not in self._taken:
                undo = ExitStack()
                events = client.meta.events
                _register(events, _BEFORE_SEND, self._answering(client), undo)
                undo.enter_context(adaptive_retries.unlearned(client))
                if is_aws(client.meta.endpoint_url) and _cannot_sign(client, made_before):
                    _register(events, "choose-signer", _unsigned, undo)
                # Last: another thread may look meanwhile, and send at once.
                self._taken[id(client)] = client, undo

    def _answering(self, client: Any) -> Callable[..., Any]:
        from botocore.awsrequest import AWSResponse

        service = client.meta.service_model.service_id.hyphenize()
        region = client.meta.region_name or environment.FALLBACK_REGION

        ask = self._router.answer

        def find(request: AWSPreparedRequest, event_name: str) -> Response | None:
            return ask(request, service, event_name.rpartition(".")[2], region)

        def answer(request: AWSPreparedRequest, event_name: str, **_: Any) -> Any:
            found = ask(request, service, event_name.rpartition(".")[2], region)
            if found is None:
                return None
            response = AWSResponse(request.url, found.status, found.headers, _Body(found.body))
            response._content = found.body  # all of it is there: nobody needs to read it
            return response

        return aiobotocore.answering(find) if aiobotocore.is_client(client) else answer


def _wrapped(
    owner: type, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> AbstractContextManager[None]:
    return replaced(owner, name, wrap(getattr(owner, name)))


def _register(events: Any, event: str, handler: Callable[..., Any], undo: ExitStack) -> None:
    events.register_first(event, handler)
    undo.callback(events.unregister, event, handler)


def _cannot_sign(client: Any, made_before: bool) -> bool:
    credentials = client._request_signer._credentials
    if credentials is None or credentials.method in _FETCHED:
        return True
    # A role of the user's own machine, not yet assumed: it may ask for an MFA code. A role
    # that is assumed while Glue is mocked comes from moto's STS.
    assumed: bool = credentials.method.startswith("assume-role")
    return made_before and assumed and credentials._frozen_credentials is None


def _unsigned(**_: Any) -> Any:
    from botocore import UNSIGNED

    return UNSIGNED


class _Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """All of it at once."""
        yield self.read()
