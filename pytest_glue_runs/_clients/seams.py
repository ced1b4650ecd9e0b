"""Methods of other code, above all of botocore and aiobotocore, that are wrapped for a while.

docs/internals.md lists the private ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import RLock
from typing import Any, NamedTuple

from pytest_glue_runs._patching import Replacements

Method = Callable[..., Any]

# Not imported by this package: patched once the code under test has imported it.
_OPTIONAL = "aiobotocore."


class Seam(NamedTuple):
    """A method to wrap: ``Seam("botocore.client:BaseClient", "_make_request", wrap)``."""

    owner: str
    """The module, and after a colon the class."""
    name: str
    wrap: Callable[[Method], Method]
    """Takes the original method, and returns the one to use in its place."""

    def find_owner(self) -> Any:
        """Return the class; None while its optional library is not imported."""
        module, _, name = self.owner.partition(":")
        if not module.startswith(_OPTIONAL):
            return getattr(import_module(module), name)
        # Another thread may be importing it: then the class is not there yet.
        return getattr(sys.modules.get(module), name, None)


@contextmanager
def wrapped(*seams: Seam) -> Iterator[None]:
    """Wrap methods while active; those of a library imported later, see `wrap_imported`."""
    with Replacements() as replacements:
        context = _Context(seams, replacements)
        _active.append(context)
        try:
            context.wrap_imported()
            yield
        finally:
            _active.remove(context)
            context.close()


def wrap_imported() -> None:
    """Wrap the methods of libraries that were imported while the contexts were active."""
    for context in _active[:]:
        context.wrap_imported()


class _Context:
    def __init__(self, seams: tuple[Seam, ...], replacements: Replacements) -> None:
        self._waiting = list(seams)
        self._replacements = replacements
        self._lock = RLock()

    def wrap_imported(self) -> None:
        with self._lock:
            seams, self._waiting = self._waiting, []
            for seam in seams:
                owner = seam.find_owner()
                if owner is None:
                    self._waiting.append(seam)
                else:
                    method = seam.wrap(getattr(owner, seam.name))
                    self._replacements.replace(owner, seam.name, method)

    def close(self) -> None:
        """Wrap no more: another thread may have begun to look for what was imported."""
        with self._lock:
            self._waiting = []


_active: list[_Context] = []
