"""What may be in a request: types and constraints, read from botocore's service model.

The client checks few of them itself (required members, types, minima), so the service
checks them all, as AWS does: a wrong type ends it, broken constraints are told together.
Members that the model does not know are ignored, and null is the same as nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.protocol.errors import GlueError
from pytest_glue_runs._service.protocol.validators import Validator, validator_for
from pytest_glue_runs._service.rules.error_catalog import UNREADABLE

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape


class Sent:
    """A request as it was sent, parsed. A loop that polls sends the same again and again: those
    that are alike share one, and are checked once."""

    __slots__ = ("checked", "content")

    def __init__(self, content: dict[str, Any]) -> None:
        self.content: dict[str, Any] = content
        self.checked: dict[tuple[RequestModel, str], dict[str, Any]] = {}
        """What operations read of it, where no value in it can be changed."""


class RequestModel:
    """The request shapes of Glue's operations."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._readers: dict[str, Validator] = {}

    def knows(self, operation: str) -> bool:
        """Whether Glue has an operation of this name, ours or not."""
        return operation in self._model.operation_names

    def members(self, shape: str) -> Mapping[str, Shape]:
        """The members of a structure by their names."""
        members: Mapping[str, Shape] = self._model.shape_for(shape).members
        return members

    def error_codes(self, operation: str | None = None) -> set[str]:
        """The codes of the exceptions in Glue's model, of all of it or of one operation."""
        source = self._model if operation is None else self._model.operation_model(operation)
        return {shape.error_code for shape in source.error_shapes}

    def read_sent(self, operation: str, sent: Sent) -> dict[str, Any]:
        """As `read`, of what a client sent: a copy of its own for each call."""
        checked = sent.checked.get((self, operation))
        if checked is not None:
            return checked.copy()
        read = self.read(operation, sent.content)
        if not any(isinstance(value, (dict, list)) for value in read.values()):
            sent.checked[self, operation] = read.copy()
        return read

    def read(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The request as Glue reads it; raises what AWS answers to one that cannot be.

        SerializationException for a wrong type, ValidationException for broken
        constraints: required, length, range, pattern, enum.
        """
        reader = self._readers.get(operation)
        if reader is None:
            reader = validator_for(self._model.operation_model(operation).input_shape, {})
            self._readers[operation] = reader
        problems: list[str] = []
        try:
            read: dict[str, Any] = reader(request, (), problems)
        except RecursionError:  # shapes that hold themselves, nested without measure
            raise UNREADABLE.error() from None
        if problems:
            errors = "error" if len(problems) == 1 else "errors"
            raise GlueError(
                "ValidationException",
                f"{len(problems)} validation {errors} detected: {'; '.join(problems)}",
            )
        return read
