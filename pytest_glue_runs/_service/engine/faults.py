"""Faults: errors planned for the next calls of an operation."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pytest_glue_runs._service.rules.errors import GlueError


@dataclass
class Fault:
    """An error planned for a number of calls of one operation."""

    operation: str
    error: GlueError
    times: int
    left: int
    """How many calls will still receive it."""


class Faults:
    """The faults planned for each operation, in order."""

    def __init__(self) -> None:
        self.planned: dict[str, deque[Fault]] = {}

    def add(self, operation: str, error: GlueError, times: int) -> None:
        """Plan *error* for the next *times* calls of the operation."""
        fault = Fault(operation, error, times, left=times)
        self.planned.setdefault(operation, deque()).append(fault)

    def check(self, operation: str) -> None:
        """Raise the next error planned for the operation, if there is one."""
        planned = self.planned.get(operation)
        if planned:
            fault = planned[0]
            fault.left -= 1
            if fault.left == 0:
                planned.popleft()
            raise GlueError(fault.error.code, fault.error.message)

    def unused(self) -> list[Fault]:
        """Return the faults that fewer calls have received than planned."""
        return [fault for faults in self.planned.values() for fault in faults]
