"""Faults: errors planned for the next calls of an operation."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from pytest_glue_runs._service.rules.error_catalog import usual_error
from pytest_glue_runs._service.rules.errors import GlueError


@dataclass
class Fault:
    """An error planned for a number of calls of one operation."""

    operation: str
    code: str
    message: str | None
    """None: AWS's wording for the operation and its job."""
    times: int
    left: int
    """How many calls will still receive it."""

    def error(self, **details: object) -> GlueError:
        """Return the error for a call with these *details*."""
        if self.message is None:
            return usual_error(self.operation, self.code, **details)
        return GlueError(self.code, self.message)


class Faults:
    """The faults planned for each operation, in order."""

    def __init__(self) -> None:
        self.planned: dict[str, deque[Fault]] = {}

    def add(self, operation: str, code: str, message: str | None, times: int) -> None:
        """Plan an error for the next *times* calls of the operation."""
        fault = Fault(operation, code, message, times, left=times)
        self.planned.setdefault(operation, deque()).append(fault)

    def check(self, operation: str, **details: object) -> None:
        """Raise the next error planned for the operation, if there is one.

        *details* of the call, such as its job, complete AWS's wording.
        """
        planned = self.planned.get(operation)
        if planned:
            fault = planned[0]
            fault.left -= 1
            if fault.left == 0:
                planned.popleft()
            raise fault.error(**details)

    def unused(self) -> list[Fault]:
        """Return the faults that fewer calls have received than planned."""
        return [fault for faults in self.planned.values() for fault in faults]
