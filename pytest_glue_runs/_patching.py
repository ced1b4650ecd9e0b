"""Attributes replaced for a while, and put back whoever replaces them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_MISSING: Any = object()

# Where somebody else's stood in the place of ours when ours was to go: owner, name, ours,
# and what was before.
_covered: list[tuple[Any, str, Any, Any]] = []


@contextmanager
def replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """While active, the attribute is *new*, unless somebody puts another in its place."""
    before = vars(owner).get(name, _MISSING)
    setattr(owner, name, new)
    try:
        yield
    finally:
        put_back(owner, name, new, before)


def put_back(owner: Any, name: str, new: Any, before: Any) -> None:
    """Makes the attribute what it was *before*, if it is *new* still."""
    if vars(owner).get(name, _MISSING) is not new:
        _covered.append((owner, name, new, before))
    elif before is _MISSING:
        delattr(owner, name)
    else:
        setattr(owner, name, before)


def clear_away() -> None:
    """Puts back what was covered, where the cover was taken off since and ours came back."""
    covered = _covered[:]
    _covered.clear()
    for owner, name, new, before in covered:
        put_back(owner, name, new, before)
    _covered.clear()
