"""Sessions of botocore: those that were used meanwhile forget the mocked credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from weakref import WeakSet

from pytest_glue_runs._clients import aiobotocore
from pytest_glue_runs._patching import replaced


@contextmanager
def forgetful(access_key: str) -> Iterator[None]:
    """While active, notes who uses a session; after it, none of them has this *access_key*.

    A session that has looked for credentials keeps them for good.
    """
    from botocore.session import Session

    used: WeakSet[Any] = WeakSet()
    aio_session = aiobotocore.session_class()
    owners = [Session] if aio_session is None else [Session, aio_session]
    with ExitStack() as stack:
        stack.callback(_forget, used, access_key)
        for owner in owners:
            for name in ("create_client", "get_credentials"):
                method = _noting(getattr(owner, name), used)
                stack.enter_context(replaced(owner, name, method))
        yield


def _noting(method: Callable[..., Any], used: WeakSet[Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(session: Any, *args: Any, **kwargs: Any) -> Any:
        used.add(session)
        return method(session, *args, **kwargs)

    return call


def _forget(used: WeakSet[Any], access_key: str) -> None:
    for session in used:
        found = session._credentials
        if found and found.method == "env" and found.access_key == access_key:
            session._credentials = None
