"""The request model: types and constraints, read from botocore's service model.

Clients check only some of them (required members, types, minima), so the service checks them
all, as AWS does: a wrong type is reported alone, broken constraints together. Members that the
model does not know are ignored; null means absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.protocol.validators import Validator, validator_for
from pytest_glue_runs._service.rules.errors import GlueError

if TYPE_CHECKING:
    from botocore.model import ServiceModel, Shape


class RequestModel:
    """The request shapes of Glue's operations."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._members: dict[str, Mapping[str, Shape]] = {}
        self._validators: dict[str, Validator] = {}

    def knows(self, operation: str) -> bool:
        """Return whether Glue has an operation of this name, implemented here or not."""
        return operation in self._model.operation_names

    def members(self, shape: str) -> Mapping[str, Shape]:
        """Return the members of a structure by name."""
        # botocore makes a new shape, and each of its members, whenever it is asked.
        if shape not in self._members:
            self._members[shape] = self._model.shape_for(shape).members
        return self._members[shape]

    def error_codes(self, operation: str | None = None) -> set[str]:
        """Return the codes of the exceptions modelled for Glue, or for one operation."""
        source = self._model if operation is None else self._model.operation_model(operation)
        return {shape.error_code for shape in source.error_shapes}

    def validate(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return a validated copy of *request*.

        Raises SerializationException for a wrong type, ValidationException for broken
        constraints: required, length, range, pattern, enum.
        """
        validator = self._validators.get(operation)
        if validator is None:
            validator = validator_for(self._model.operation_model(operation).input_shape, {})
            self._validators[operation] = validator
        problems: list[str] = []
        validated: dict[str, Any] = validator(request, (), problems)
        if problems:
            errors = "error" if len(problems) == 1 else "errors"
            raise GlueError(
                "ValidationException",
                f"{len(problems)} validation {errors} detected: {'; '.join(problems)}",
            )
        return validated
