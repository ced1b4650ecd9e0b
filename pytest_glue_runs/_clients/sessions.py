"""Sessions of botocore and aiobotocore: they keep no credentials from the mock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from pytest_glue_runs._clients.seams import Method, Seam, wrap_imported, wrapped

_OWNERS = ("botocore.session:Session", "aiobotocore.session:AioSession")
_METHODS = ("create_client", "get_credentials")


@contextmanager
def unchanged() -> Iterator[None]:
    """Restore on exit the credentials of the sessions that were used while active.

    A session that has found credentials keeps them for good.
    """
    before: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    def note(method: Method) -> Method:
        @wraps(method)
        def noted(session: Any, *args: Any, **kwargs: Any) -> Any:
            before.setdefault(session, session._credentials)
            return method(session, *args, **kwargs)

        return noted

    with ExitStack() as stack:
        stack.callback(_restore, before)
        stack.enter_context(
            wrapped(
                # Every session is made here, those of a library just imported as well.
                Seam(_OWNERS[0], "__init__", _wrapping_imported),
                *(Seam(owner, name, note) for owner in _OWNERS for name in _METHODS),
            )
        )
        yield


def _wrapping_imported(init: Method) -> Method:
    @wraps(init)
    def wrapping(session: Any, *args: Any, **kwargs: Any) -> None:
        wrap_imported()
        init(session, *args, **kwargs)

    return wrapping


def _restore(before: WeakKeyDictionary[Any, Any]) -> None:
    for session, credentials in list(before.items()):
        found = session._credentials
        # Those given to the session by hand stay.
        if found is not credentials and getattr(found, "method", None) != "explicit":
            session._credentials = credentials
