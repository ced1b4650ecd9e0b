"""Faults: what goes wrong with the next calls of an operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pytest_glue_runs._service.rules.error_catalog import usual_error
from pytest_glue_runs._service.rules.errors import GlueError
from pytest_glue_runs._time.duration import format_duration

CONNECTION_ERRORS: Mapping[str, str] = {
    "EndpointConnectionError": "Could not connect to the endpoint: connection refused",
    "ConnectTimeoutError": "Connect timeout",
    "ReadTimeoutError": "Read timeout",
    "ConnectionClosedError": "Connection was closed before a response was received",
}
"""The names that botocore gives to failures of the connection, and what each means."""

LOST = "ConnectionClosedError"


class TransportError(GlueError):
    """A request that did not arrive, or whose response did not: the client gets no response.

    *exception* is what the client raises; None: botocore's exception with the name *code*.
    """

    def __init__(self, code: str, message: str, exception: BaseException | None = None) -> None:
        super().__init__(code, message)
        self.exception = exception


@dataclass(frozen=True)
class ErrorResponse:
    """Glue returns an error."""

    code: str
    message: str | None
    """None: AWS's wording for the operation and its job."""

    def error(self, operation: str, **details: object) -> GlueError:
        """Return the error for a call with these *details*."""
        if self.message is None:
            return usual_error(operation, self.code, **details)
        return GlueError(self.code, self.message)

    def text(self, operation: str) -> str:
        """Return the error as a report shows it."""
        return str(self.error(operation))


@dataclass(frozen=True)
class Unreachable:
    """The request does not arrive."""

    error: str | BaseException
    """A name in `CONNECTION_ERRORS`, or the exception that the client raises."""

    def exception(self) -> TransportError:
        """Return the error of the call."""
        if isinstance(self.error, str):
            return TransportError(self.error, CONNECTION_ERRORS[self.error])
        return TransportError(type(self.error).__name__, str(self.error), self.error)

    def text(self, operation: str) -> str:
        """Return the failure as a report shows it."""
        return str(self.exception())


@dataclass(frozen=True)
class LostResponse:
    """The request is carried out, and its response is lost."""

    def text(self, operation: str) -> str:
        """Return the fault as a report shows it."""
        return "the response is lost"


@dataclass(frozen=True)
class Latency:
    """The response arrives late."""

    duration: timedelta

    def text(self, operation: str) -> str:
        """Return the fault as a report shows it."""
        return f"the response is {format_duration(self.duration)} late"


@dataclass(frozen=True)
class HiddenRun:
    """The run is started, and reads do not find it for some time."""

    duration: timedelta

    def text(self, operation: str) -> str:
        """Return the fault as a report shows it."""
        return f"reads do not find the run for {format_duration(self.duration)}"


Effect = ErrorResponse | Unreachable | LostResponse | Latency | HiddenRun


@dataclass(slots=True, eq=False)
class Fault:
    """What happens to a number of calls of one operation."""

    operation: str
    effect: Effect
    times: int | None = 1
    """How many calls have it; None: every call from then on."""
    after: int = 0
    """How many calls still pass before the first one has it."""
    optional: bool = False
    """Whether the test may end without using it."""
    used: int = 0

    @property
    def exhausted(self) -> bool:
        """Whether no call will have it any more."""
        return self.times is not None and self.used >= self.times


class Faults:
    """The faults of each operation, in the order in which they were planned."""

    def __init__(self) -> None:
        self.planned: dict[str, list[Fault]] = {}

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        self.planned.setdefault(fault.operation, []).append(fault)

    def take(self, operation: str) -> Effect | None:
        """Return what happens to a call of the operation that arrives now; None: nothing.

        A call has the first fault that is due. It is one of those that the others let pass.
        """
        faults = self.planned.get(operation, [])
        due = next((fault for fault in faults if fault.after == 0), None)
        for fault in faults:
            if fault.after > 0:
                fault.after -= 1
        if due is None:
            return None
        due.used += 1
        if due.exhausted:
            faults.remove(due)
            if not faults:
                del self.planned[operation]
        return due.effect

    def unused(self) -> list[Fault]:
        """Return the faults that fewer calls have had than planned."""
        return [
            fault
            for faults in self.planned.values()
            for fault in faults
            if not fault.optional and not (fault.times is None and fault.used)
        ]
