"""Freeze time without searching unchanged modules again.

freezegun replaces names such as `datetime` in every loaded module. It caches the names that it
finds in a module, under a hash of `dir(module)`. Computing this hash for each of many hundred
modules takes nearly all the time of a freeze.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from pytest_glue_runs._patching import replaced

CHECKED_VERSIONS = ("1.5.2", "1.5.3", "1.5.4", "1.5.5")
"""The versions of freezegun whose hash depends on a module's address and names only."""

_HASH = "_get_module_attributes_hash"

# By the address of a module: its names at the last freeze, in their order, and their hash. A new
# module at the address of a deleted one has the same hash if it has the same names.
_known: dict[int, tuple[list[str], str]] = {}


@contextmanager
def remembered(freezegun: Any) -> Iterator[None]:
    """While active, freezegun does not compute the hash of a module whose names are unchanged.

    The hash is the one that freezegun computes. Does nothing for a version of *freezegun* that is
    not in `CHECKED_VERSIONS`.
    """
    global _known
    if freezegun.__version__ not in CHECKED_VERSIONS:
        yield
        return
    compute = getattr(freezegun.api, _HASH)
    before, seen = _known, {}

    def remember(module: Any) -> str:
        # Any other object may have a `dir` that does not depend on its names alone.
        if type(module) is not ModuleType or "__dir__" in vars(module):
            computed: str = compute(module)
            return computed
        names = list(vars(module))
        known = before.get(id(module))
        if known is None or known[0] != names:
            known = names, compute(module)
        seen[id(module)] = known
        return known[1]

    with replaced(freezegun.api, _HASH, remember):
        yield
    _known = seen  # without the modules that are gone
