"""What a report needs to know about the terminal that shows it."""

from __future__ import annotations

from typing import NamedTuple

# Replaced where the terminal's encoding does not have it, before everything else is escaped.
_ELLIPSIS = "…"


class Terminal(NamedTuple):
    """The terminal of the session. Workers of xdist are passed the controller's."""

    width: int = 80
    encoding: str = "utf-8"
    color: bool = False

    def can_print(self, text: str) -> bool:
        """Return whether the encoding has all characters of *text*."""
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def printable(self, text: str) -> str:
        """Return *text*, with the characters escaped that the encoding does not have."""
        if self.can_print(text):
            return text
        text = text.replace(_ELLIPSIS, "...")
        return text.encode("ascii", "backslashreplace").decode("ascii")


DEFAULT = Terminal()
"""A terminal of which nothing is known; it also serves for files."""
