"""Faults: errors planned for the next calls of an operation."""

from __future__ import annotations

from collections import deque

from pytest_glue_runs._service.rules.errors import GlueError


class Faults:
    """The errors planned for each operation, in order."""

    def __init__(self) -> None:
        self.planned: dict[str, deque[GlueError]] = {}

    def add(self, operation: str, error: GlueError, times: int) -> None:
        """Plan *error* for the next *times* calls of the operation."""
        self.planned.setdefault(operation, deque()).extend([error] * times)

    def check(self, operation: str) -> None:
        """Raise the next error planned for the operation, if there is one."""
        planned = self.planned.get(operation)
        if planned:
            error = planned.popleft()
            raise GlueError(error.code, error.message)

    def unused(self) -> list[tuple[str, GlueError]]:
        """Return the operations and errors that no call has met."""
        return [(operation, error) for operation, row in self.planned.items() for error in row]
