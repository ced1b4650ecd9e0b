"""Standard output and error of a script."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, TextIO


def line_stream(write_line: Callable[[str], None]) -> TextIO:
    """Return a text stream that calls *write_line* for each line as soon as it is complete.

    Lines are passed without their end. Closing the stream writes an incomplete last line.
    """
    raw: Any = _Lines(write_line)  # unbuffered, as with `python -u`
    return io.TextIOWrapper(raw, "utf-8", "backslashreplace", newline="\n", write_through=True)


class _Lines(io.RawIOBase):
    def __init__(self, write_line: Callable[[str], None]) -> None:
        self._write_line = write_line
        self._rest = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        written = bytes(data)
        *lines, self._rest = (self._rest + written).split(b"\n")
        for line in lines:
            self._write(line)
        return len(written)

    def close(self) -> None:
        if not self.closed and self._rest:
            self._write(self._rest)
        super().close()

    def _write(self, line: bytes) -> None:
        self._write_line(line.decode("utf-8", "backslashreplace").removesuffix("\r"))
