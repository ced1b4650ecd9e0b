"""Replace attributes for a while, and restore them even if other code replaces them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MISSING: Any = object()

# Attributes that held another value when ours was to be removed: owner, name, our value, and the
# value before ours. A patch by other code that is undone later may bring ours back.
_covered: list[tuple[Any, str, Any, Any]] = []


class Replacements:
    """Attributes that are replaced one by one, and restored together on exit.

    An attribute that other code has set since is not restored.
    """

    def __init__(self) -> None:
        # Owner, name, our value, and the value before. One context manager for all: a mock
        # replaces some forty attributes, and each generator means eight objects to collect.
        self._made: list[tuple[Any, str, Any, Any]] = []

    def replace(self, owner: Any, name: str, new: Any) -> None:
        """Set the attribute to *new*."""
        before = vars(owner).get(name, _MISSING)
        setattr(owner, name, new)
        self._made.append((owner, name, new, before))

    def restore(self) -> None:
        """Restore the attributes, the latest first; all of them, even if one raises."""
        try:
            while self._made:
                restore(*self._made.pop())
        finally:
            if self._made:
                self.restore()

    def __enter__(self) -> Replacements:
        return self

    def __exit__(self, *exception: object) -> None:
        self.restore()


@contextmanager
def replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Set the attribute to *new*, and restore it on exit unless other code has set it since."""
    with Replacements() as replacements:
        replacements.replace(owner, name, new)
        yield


def restore(owner: Any, name: str, new: Any, before: Any) -> None:
    """Set the attribute to *before* if it is still *new*; otherwise remember it for later."""
    if vars(owner).get(name, _MISSING) is not new:
        _covered.append((owner, name, new, before))
    elif before is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, before)


def restore_uncovered() -> None:
    """Restore the attributes where undoing another patch has brought our value back since."""
    covered = _covered[:]
    _covered.clear()
    for owner, name, new, before in covered:
        restore(owner, name, new, before)
