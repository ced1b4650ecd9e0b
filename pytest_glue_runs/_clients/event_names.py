"""The names of botocore's events: looked up once for all clients.

For each event that a client registers or emits, botocore compares its name with a table of older
names of services. It caches the result for one client only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

from pytest_glue_runs._clients.seams import Method, Seam, wrapped

# The name to use for each name of an event, by the table of `_table`.
_names: dict[str, str] = {}


@contextmanager
def looked_up_once() -> Iterator[None]:
    """While active, new clients share what they find in botocore's table of names."""
    # Each client has a copy of its session's events.
    with wrapped(Seam("botocore.hooks:EventAliaser", "__copy__", _sharing)):
        yield


def _sharing(copy: Method) -> Method:
    @wraps(copy)
    def copied(events: Any) -> Any:
        new = copy(events)
        if new._event_aliases == _table():
            new._alias_name_cache = _names
        return new

    return copied


@cache
def _table() -> dict[str, str]:
    """Return botocore's table as it is at first: a test may change it for a while."""
    from botocore.utils import EVENT_ALIASES

    return dict(EVENT_ALIASES)
