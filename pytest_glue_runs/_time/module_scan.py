"""Freeze time without searching unchanged modules again.

freezegun replaces names such as `datetime` in every loaded module. It caches the names that it
finds in a module, under a hash of `dir(module)`. Computing this hash for each of many hundred
modules takes nearly all the time of a freeze.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from operator import is_
from types import ModuleType
from typing import Any

from pytest_glue_runs._patching import replaced

CHECKED_VERSIONS = ("1.5.2", "1.5.3", "1.5.4", "1.5.5")
"""The versions of freezegun whose hash depends on a module's address and names only."""

_SEARCH = "_get_cached_module_attributes"

_Found = list[tuple[str, Any]]
_Cached = tuple[str, _Found]

# By the address of a module: its names at the last freeze, in their order, and what freezegun has
# cached of it. A new module at the address of a deleted one has the same hash if it has the same
# names.
_known: dict[int, tuple[list[str], _Cached]] = {}
# All of freezegun's cache at that time: it changes when freezegun searches a module by itself.
_cached: list[_Cached] = []


@contextmanager
def remembered(freezegun: Any) -> Iterator[None]:
    """While active, freezegun finds in modules whose names are unchanged what it found before.

    It would find the same in its cache. Does nothing for a version of *freezegun* that is not in
    `CHECKED_VERSIONS`.
    """
    global _known, _cached
    if freezegun.__version__ not in CHECKED_VERSIONS:
        yield
        return
    search = getattr(freezegun.api, _SEARCH)
    cache: dict[str, _Cached] = freezegun.api._GLOBAL_MODULES_CACHE
    is_same = len(cache) == len(_cached) and all(map(is_, cache.values(), _cached))
    seen = {
        address: known
        for module in list(sys.modules.values())
        if type(module) is ModuleType
        and (known := _known.get(address := id(module))) is not None
        and known[0] == list(vars(module))
        and (is_same or cache.get(module.__name__) is known[1])
    }

    def search_changed(module: Any) -> _Found:
        known = seen.get(id(module))
        if known is not None:
            return known[1][1]
        found: _Found = search(module)
        # Any other object may have a `dir` that does not depend on its names alone.
        if type(module) is ModuleType and "__dir__" not in vars(module):
            seen[id(module)] = list(vars(module)), cache[module.__name__]
        return found

    with replaced(freezegun.api, _SEARCH, search_changed):
        yield
    _known, _cached = seen, list(cache.values())  # without the modules that are gone
