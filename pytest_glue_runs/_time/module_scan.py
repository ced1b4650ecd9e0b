"""Freeze time without searching unchanged modules again.

freezegun replaces names such as `datetime` in every loaded module. It caches the names that it
finds in a module, under a hash of `dir(module)`. Computing this hash for each of many hundred
modules takes nearly all the time of a freeze.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from operator import is_
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from weakref import ref

from pytest_glue_runs._origins import Origin, origin_of
from pytest_glue_runs._patching import Replacements

CHECKED_VERSIONS = ("1.5.2", "1.5.3", "1.5.4", "1.5.5")
"""The versions of freezegun whose hash depends on a module's address and names only, and which use
`sys` for nothing but `sys.modules`."""

_Found = list[tuple[str, Any]]
_Cached = tuple[str, _Found]


class _Known(NamedTuple):
    """A module at the last freeze."""

    reference: ref[ModuleType]
    """The module: an address is used again when its object is gone."""
    size: int
    """How many names it has."""
    names: list[str] | None
    """Its names in their order; None for a module of Python or of an installed package."""
    cached: _Cached
    """What freezegun has cached of it: what it replaces."""


# By the address of a module.
_known: dict[int, _Known] = {}
# All of freezegun's cache at that time: it changes when freezegun searches a module by itself.
_cached: list[_Cached] = []


def start(freezegun: Any, freezer: Any) -> None:
    """Start *freezer*, a freeze of *freezegun*, with what it found before in unchanged modules.

    A module of the user's is unchanged while it has the same names, any other while it has as
    many, and the same values where freezegun replaces them. freezegun goes through the modules
    that have changed or hold what it replaces. For a version of it that is not in
    `CHECKED_VERSIONS` this is ``freezer.start()``.
    """
    global _known, _cached
    if freezegun.__version__ not in CHECKED_VERSIONS:
        freezer.start()
        return
    search = freezegun.api._get_cached_module_attributes
    cache: dict[str, _Cached] = freezegun.api._GLOBAL_MODULES_CACHE
    is_same = len(cache) == len(_cached) and all(map(is_, cache.values(), _cached))
    now: dict[int, _Known] = {}

    def modules_to_search() -> Iterator[tuple[str, Any]]:
        for name, module in list(sys.modules.items()):
            known = _known.get(id(module))
            if (
                known is not None
                and known.reference() is module
                and len(members := vars(module)) == known.size
                and (known.names is None or known.names == list(members))
                and (is_same or cache.get(members.get("__name__", "")) is known.cached)
            ):
                found = known.cached[1]
                if not found:
                    now[id(module)] = known
                    continue
                if all(members.get(clock) is value for clock, value in found):
                    now[id(module)] = known
            yield name, module

    def search_changed(module: Any) -> _Found:
        known = now.get(id(module))
        if known is not None:
            return known.cached[1]
        found: _Found = search(module)
        # Any other object may have a `dir` that does not depend on its names alone.
        if type(module) is ModuleType and "__dir__" not in vars(module):
            now[id(module)] = _known_from(module, cache[module.__name__])
        return found

    # freezegun asks for all names, to tell later which modules are new, then for those to search.
    modules = SimpleNamespace(keys=sys.modules.keys, items=modules_to_search)
    with Replacements() as replacements:
        replacements.replace(freezegun.api, "_get_cached_module_attributes", search_changed)
        replacements.replace(freezegun.api, "sys", SimpleNamespace(modules=modules))
        freezer.start()
    _known, _cached = now, list(cache.values())  # without the modules that are gone


def _known_from(module: ModuleType, cached: _Cached) -> _Known:
    names, file = list(vars(module)), vars(module).get("__file__")
    is_installed = isinstance(file, str) and origin_of(file) is not Origin.USER
    return _Known(ref(module), len(names), None if is_installed else names, cached)
