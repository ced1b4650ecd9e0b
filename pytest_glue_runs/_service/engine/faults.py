"""Calls that are to fail, whatever they ask for."""

from __future__ import annotations

from collections import deque

from pytest_glue_runs._service.protocol.errors import GlueError


class Faults:
    """The errors that wait for the next calls of each operation, in order."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[GlueError]] = {}

    def add(self, operation: str, error: GlueError, times: int) -> None:
        """Lets the next *times* calls of the operation end in *error*."""
        self.waiting.setdefault(operation, deque()).extend([error] * times)

    def check(self, operation: str) -> None:
        """Raises the error that waits for this call of the operation, if one does."""
        waiting = self.waiting.get(operation)
        if waiting:
            error = waiting.popleft()
            raise GlueError(error.code, error.message)

    def unused(self) -> list[tuple[str, GlueError]]:
        """The errors that no call has met, operation by operation."""
        return [(operation, error) for operation, row in self.waiting.items() for error in row]
