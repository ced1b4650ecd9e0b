"""Replace attributes for a while, and restore them even if other code replaces them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MISSING: Any = object()

# Attributes that held another value when ours was to be removed: owner, name, our value, and the
# value before ours. A patch by other code that is undone later may bring ours back.
_covered: list[tuple[Any, str, Any, Any]] = []


@contextmanager
def replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """Set the attribute to *new*, and restore it on exit unless other code has set it since."""
    before = vars(owner).get(name, _MISSING)
    setattr(owner, name, new)
    try:
        yield
    finally:
        restore(owner, name, new, before)


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
