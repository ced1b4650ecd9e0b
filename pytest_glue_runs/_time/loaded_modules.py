"""Tell whether the loaded modules have changed, without searching them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any
from weakref import ref

Reference = Callable[[], "ModuleType | None"]


class Snapshot:
    """The modules that were loaded at one moment, and how many names each had.

    It keeps no module alive, nor what is in a module that is deleted.
    """

    def __init__(self) -> None:
        loaded = sys.modules.copy()
        members = [getattr(module, "__dict__", None) for module in loaded.values()]
        self._names = list(loaded)
        # After a test, hundreds of modules are in no cache of the processor. So what is compared
        # is found without a look at the modules themselves.
        self._addresses = list(map(id, loaded.values()))
        self._members = [one if type(one) is dict else {} for one in members]
        self._sizes = list(map(len, self._members))
        forget = self._members.clear

        def expire(_: object) -> None:
            forget()

        # The address of a deleted module is used again.
        self._references = [reference(module, expire) for module in loaded.values()]

    def is_current(self) -> bool:
        """Return whether no module has come or gone since, or has more or fewer names."""
        return (
            list(map(id, sys.modules.copy().values())) == self._addresses
            and list(sys.modules) == self._names
            and list(map(len, self._members)) == self._sizes
        )

    def imported_since(self) -> list[ModuleType]:
        """Return the modules that were not loaded then; all if one has been deleted since."""
        loaded = sys.modules.copy()
        if not self._members:  # another module may have one of the addresses
            return list(loaded.values())
        if list(map(id, loaded.values())) == self._addresses:
            return []
        before = dict(zip(self._names, self._addresses, strict=True))
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
    """Return a weak reference to *module*, or a strong one if it is something else.

    *on_end* is called when the module is deleted.
    """
    try:
        return ref(module, on_end)
    except TypeError:  # sys.modules may hold anything
        return lambda: module
