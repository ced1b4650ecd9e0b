"""Words for errors: which valid name is near to a wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(wrong: object, valid: Iterable[str]) -> str:
    """`` Did you mean 'x'?`` where a valid name is near to *wrong*, else nothing."""
    near = get_close_matches(str(wrong), list(valid), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
