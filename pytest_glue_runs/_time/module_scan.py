"""Freeze time without searching unchanged modules again.

freezegun replaces names such as `datetime` in every loaded module. It caches the names that it
finds in a module, under a hash of `dir(module)`. Computing this hash for each of many hundred
modules takes nearly all the time of a freeze.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from operator import is_
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple
from weakref import ref

from pytest_glue_runs._origins import Origin, origin_of
from pytest_glue_runs._patching import Replacements
from pytest_glue_runs._time import loaded_modules
from pytest_glue_runs._time.loaded_modules import Snapshot

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


class _Freeze(NamedTuple):
    """What is known since the last freeze."""

    loaded: Snapshot | None
    """The modules at that time; None before the first freeze."""
    known: dict[int, _Known]
    """By the address of a module."""
    to_check: list[str]
    """The names of the modules to look at even while each has as many names: all but those of
    Python and of installed packages in which freezegun replaces nothing."""
    cached: list[_Cached]
    """All of freezegun's cache: it changes when freezegun searches a module by itself."""


_last = _Freeze(None, {}, [], [])


def start(freezegun: Any, freezer: Any) -> None:
    """Start *freezer*, a freeze of *freezegun*, with what it found before in unchanged modules.

    A module of the user's is unchanged while it has the same names, any other while it has as
    many, and the same values where freezegun replaces them. freezegun goes through the modules
    that have changed or hold what it replaces. For a version of it that is not in
    `CHECKED_VERSIONS` this is ``freezer.start()``.
    """
    global _last
    if freezegun.__version__ not in CHECKED_VERSIONS:
        freezer.start()
        return
    search = _Search(freezegun.api, _last)
    # freezegun asks for all names, to tell later which modules are new, then for those to search.
    modules = SimpleNamespace(keys=sys.modules.keys, items=search.modules)
    with Replacements() as replacements:
        replacements.replace(freezegun.api, "_get_cached_module_attributes", search.find_in)
        replacements.replace(freezegun.api, "sys", SimpleNamespace(modules=modules))
        freezer.start()
    _last = search.result()


class _Search:
    """One search of freezegun's, in what has changed since the last."""

    def __init__(self, api: Any, last: _Freeze) -> None:
        self._freezegun_finds: Callable[[Any], _Found] = api._get_cached_module_attributes
        self._cache: dict[str, _Cached] = api._GLOBAL_MODULES_CACHE
        self._is_same_cache = _is_same(self._cache, last.cached)
        self._last = last
        self._loaded: Snapshot | None = None
        self._known: dict[int, _Known] = {}
        self._is_partial = False

    def modules(self) -> Iterator[tuple[str, Any]]:
        """Yield the modules that have changed or hold what freezegun replaces, by their names."""
        # First, as freezegun does: a look at a lazy module may import others, which then have
        # fakes already.
        names = list(sys.modules)
        self._loaded = loaded_modules.current()
        self._is_partial = self._is_same_cache and self._loaded is self._last.loaded
        if self._is_partial:
            self._known = self._last.known.copy()
        for name in self._last.to_check if self._is_partial else names:
            module = sys.modules.get(name)
            known = self._last.known.get(id(module))
            if known is None or not self._is_unchanged(module, known):
                self._known.pop(id(module), None)
            else:
                self._known[id(module)] = known
                if not known.cached[1]:
                    continue
            yield name, module

    def _is_unchanged(self, module: Any, known: _Known) -> bool:
        return (
            known.reference() is module
            and len(members := vars(module)) == known.size
            and (known.names is None or known.names == list(members))
            and all(members.get(clock) is value for clock, value in known.cached[1])
            and (
                self._is_same_cache or self._cache.get(members.get("__name__", "")) is known.cached
            )
        )

    def find_in(self, module: Any) -> _Found:
        """Return what freezegun replaces in *module*: the names and their values."""
        known = self._known.get(id(module))
        if known is not None:
            return known.cached[1]
        found = self._freezegun_finds(module)
        # Any other object may have a `dir` that does not depend on its names alone.
        if type(module) is ModuleType and "__dir__" not in vars(module):
            self._known[id(module)] = _known_from(module, self._cache[module.__name__])
        return found

    def result(self) -> _Freeze:
        """Return what is known after the search, without the modules that are gone."""
        to_check = self._last.to_check if self._is_partial else self._to_check()
        return _Freeze(self._loaded, self._known, to_check, list(self._cache.values()))

    def _to_check(self) -> list[str]:
        # All of the snapshot: it may have modules that came after the names that were searched.
        names = [] if self._loaded is None else self._loaded.names
        return [
            name
            for name in names
            if (known := self._known.get(id(sys.modules.get(name)))) is None
            or known.names is not None
            or known.cached[1]
        ]


def _is_same(cache: dict[str, _Cached], last: list[_Cached]) -> bool:
    return len(cache) == len(last) and all(map(is_, cache.values(), last))


def _known_from(module: ModuleType, cached: _Cached) -> _Known:
    names, file = list(vars(module)), vars(module).get("__file__")
    is_installed = isinstance(file, str) and origin_of(file) is not Origin.USER
    return _Known(ref(module), len(names), None if is_installed else names, cached)
