"""The methods of clients: made once for all clients that a session makes for a service.

botocore makes a function, a model and a docstring for each of Glue's 300 operations whenever a
client is made. That is half of what a client costs, and most of what a test leaves to the garbage
collector.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from operator import is_
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from pytest_glue_runs._clients.seams import Method, Seam, wrapped

_Methods = dict[str, Any]


class _Made(NamedTuple):
    basis: tuple[Any, ...]
    """What the methods depend on."""
    methods: _Methods
    has_discovery: bool
    """Whether an operation of the service finds its endpoints."""


# By the loader of a session, and the address of a service's metadata. The methods' docstrings hold
# the session's events, which do not know the loader, but for handlers of the user's own: they keep
# a session, and so no more than the latest few are kept.
_made: WeakKeyDictionary[Any, dict[int, _Made]] = WeakKeyDictionary()
_SESSIONS = 4


@contextmanager
def made_once() -> Iterator[None]:
    """While active, the clients that a session makes for a service share their methods' functions.

    Each client has a class and a service model of its own, as always. The functions hold the name
    of their operation, and nothing of the client.
    """
    with wrapped(Seam("botocore.client:ClientCreator", "_create_methods", _once)):
        yield


def _once(create_methods: Method) -> Method:
    from botocore.loaders import Loader

    @wraps(create_methods)
    def created(creator: Any, service_model: Any) -> _Methods:
        if type(creator._loader) is not Loader:  # a user's own may have no hash
            methods: _Methods = create_methods(creator, service_model)
            return methods
        basis = (
            create_methods,
            type(creator)._create_api_method,
            creator._event_emitter,
            service_model.metadata,
            *service_model.operation_names,
        )
        of_session = _methods_of(creator._loader)
        made = of_session.get(id(service_model.metadata))
        if made is None or len(made.basis) != len(basis) or not all(map(is_, made.basis, basis)):
            methods = create_methods(creator, service_model)
            made = _Made(basis, methods, service_model.endpoint_discovery_operation is not None)
            of_session[id(service_model.metadata)] = made
        elif not made.has_discovery:
            # A cached property. botocore would make models of all operations to find this out.
            service_model.endpoint_discovery_operation = None
        return dict(made.methods)  # handlers of events may add to them

    return created


def _methods_of(loader: Any) -> dict[int, _Made]:
    """Return what was made for the session of *loader*, and forget all but the latest sessions."""
    of_session = _made.setdefault(loader, {})
    for old in list(_made)[:-_SESSIONS]:
        _made.pop(old, None)
    return of_session
