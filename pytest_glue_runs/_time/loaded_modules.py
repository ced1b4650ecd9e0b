"""Tell whether the loaded modules have changed, without searching them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any
from weakref import ref

Reference = Callable[[], "ModuleType | None"]


class Snapshot:
    """The modules that were loaded at one moment, and how many names each had.

    It keeps no module alive.
    """

    def __init__(self) -> None:
        loaded = sys.modules.copy()
        self.names: list[str] = list(loaded)
        # Compared without a call of hundreds of weak references.
        self._addresses = list(map(id, loaded.values()))
        self._sizes = _sizes(loaded.values())
        # They are kept for this list: when a module is freed, its address may be used again.
        self._freed: list[Any] = []
        self._references = [reference(one, self._freed.append) for one in loaded.values()]

    def is_current(self) -> bool:
        """Return whether no module has come or gone since, or has more or fewer names."""
        loaded = sys.modules.copy()
        return (
            not self._freed
            and list(map(id, loaded.values())) == self._addresses
            and list(loaded) == self.names
            and _sizes(loaded.values()) == self._sizes
        )

    def imported_since(self) -> list[ModuleType]:
        """Return the modules that were not loaded then; all if one has been freed since."""
        loaded = sys.modules.copy()
        if self._freed:
            return list(loaded.values())
        if list(map(id, loaded.values())) == self._addresses:
            return []
        before = dict(zip(self.names, self._addresses, strict=True))
        return [module for name, module in loaded.items() if before.get(name) != id(module)]


_last: Snapshot | None = None


def current() -> Snapshot:
    """Return a snapshot of now: the same as last time if nothing has changed since."""
    global _last
    snapshot = _last
    if snapshot is None or not snapshot.is_current():
        _last = snapshot = Snapshot()
    return snapshot


def reference(module: ModuleType, on_end: Callable[[Any], None] | None = None) -> Reference:
    """Return a weak reference to *module*, or a strong one to what allows no weak ones.

    *on_end* is called with the reference when the module is freed.
    """
    try:
        return ref(module, on_end)
    except TypeError:  # sys.modules may hold anything
        return lambda: module


def _sizes(modules: Iterable[ModuleType]) -> list[int]:
    members = [getattr(module, "__dict__", None) for module in modules]
    return [len(one) if type(one) is dict else 0 for one in members]
