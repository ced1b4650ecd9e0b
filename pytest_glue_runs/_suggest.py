"""Suggest the valid names near a wrong one, for error messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

_MOST = 10


def did_you_mean(wrong: object, valid: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` if a valid name is near *wrong*, else an empty string."""
    from difflib import get_close_matches  # takes a millisecond, and few tests need it

    near = get_close_matches(str(wrong), list(valid), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def listed(names: Collection[str]) -> str:
    """Return the first ten *names*, separated by commas, and how many more there are."""
    more = len(names) - _MOST
    return ", ".join([*islice(names, _MOST), *([f"and {more} more"] if more > 0 else [])])
