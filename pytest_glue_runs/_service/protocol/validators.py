"""Validators for the shapes of a service model. Each checks a value and returns a copy."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.rules.errors import GlueError

if TYPE_CHECKING:
    from botocore.model import Shape

# Older releases of botocore lack these.
# Source: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
NEWER_VALUES = {
    "WorkerType": ("G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"),
}

# A validator takes a value, its path, and a list that it appends problems to. It returns a copy,
# so that later changes to the request do not change what the service remembers.
Path = tuple[str, ...]
Validator = Callable[[Any, Path, list[str]], Any]

_UNLIMITED = sys.maxsize
_FRACTION = re.compile(r"(?<=:\d\d)\.\d{1,9}")
_LARGEST: dict[str, float] = {
    "integer": 2**31 - 1,
    "long": 2**63 - 1,
    "double": sys.float_info.max,
    "float": sys.float_info.max,
}


def validator_for(shape: Shape, known: dict[str, Validator]) -> Validator:
    """Return the validator for *shape*. *known* makes recursive shapes possible."""
    if shape.name not in known:
        known[shape.name] = lambda value, path, problems: known[shape.name](value, path, problems)
        known[shape.name] = _MAKERS[shape.type_name](shape, known)
    return known[shape.name]


def _string(shape: Shape, known: dict[str, Validator]) -> Validator:
    limits = shape.metadata
    low, high = limits.get("min", 0), limits.get("max", _UNLIMITED)
    valid = tuple(dict.fromkeys((*limits.get("enum", ()), *NEWER_VALUES.get(shape.name, ()))))
    pattern = limits.get("pattern", "")
    matches = _matcher(pattern)

    @lru_cache(maxsize=256)  # names and ids repeat
    def broken(value: str) -> list[str]:
        constraints = []
        if not low <= len(value) <= high:
            constraints.append(_length(len(value), low, high))
        if valid and value not in valid:
            constraints.append(f"Member must satisfy enum value set: [{', '.join(valid)}]")
        if not matches(value):
            constraints.append(f"Member must satisfy regular expression pattern: {pattern}")
        return constraints

    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not str:
            raise _wrong_type(value, "String")
        for constraint in broken(value):
            problems.append(_violation(value, path, constraint))
        return value

    return validate


def _number(shape: Shape, known: dict[str, Validator]) -> Validator:
    kind = shape.type_name
    largest = _LARGEST[kind]
    types = (int,) if kind in ("integer", "long") else (int, float)
    low = shape.metadata.get("min", -largest)
    high = shape.metadata.get("max", largest)

    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) not in types or abs(value) > largest:
            raise _wrong_type(value, kind.capitalize())
        if value < low:
            wanted = f"Member must have value greater than or equal to {low}"
            problems.append(_violation(value, path, wanted))
        if value > high:
            wanted = f"Member must have value less than or equal to {high}"
            problems.append(_violation(value, path, wanted))
        return value

    return validate


def _boolean(shape: Shape, known: dict[str, Validator]) -> Validator:
    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not bool:
            raise _wrong_type(value, "Boolean")
        return value

    return validate


def _timestamp(shape: Shape, known: dict[str, Validator]) -> Validator:
    # The only timestamp in a request is that of a Kinesis source. It is text, and returned as sent.
    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not str:
            raise _wrong_type(value, "Timestamp")
        try:
            datetime.strptime(_FRACTION.sub("", value), "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            raise _wrong_type(value, "Timestamp") from None
        return value

    return validate


def _structure(shape: Shape, known: dict[str, Validator]) -> Validator:
    @cache  # made at the first use: a job has hundreds of shapes, and most jobs use few of them
    def members() -> dict[str, tuple[str, str, Validator]]:
        # The model's own string is the key, so that thousands of requests share it.
        return {
            name: (name, _in_path(name), validator_for(member, known))
            for name, member in shape.members.items()
        }

    required = tuple(shape.required_members)

    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not dict:
            raise _wrong_type(value, None)
        for name in required:
            if value.get(name) is None:
                problems.append(
                    _violation(None, (*path, _in_path(name)), "Member must not be null")
                )
        found: dict[str, Any] = {}
        known_members = members()
        for name, inner in value.items():
            if inner is not None and name in known_members:
                member, label, validate_member = known_members[name]
                found[member] = validate_member(inner, (*path, label), problems)
        return found

    return validate


def _map(shape: Shape, known: dict[str, Validator]) -> Validator:
    validate_key, validate_value = (
        validator_for(shape.key, known),
        validator_for(shape.value, known),
    )
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", _UNLIMITED)

    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not dict:
            raise _wrong_type(value, None)
        found = {
            validate_key(key, path, problems): validate_value(
                inner, (*path, key, "member"), problems
            )
            for key, inner in value.items()
            if inner is not None
        }
        if not low <= len(found) <= high:
            problems.append(_violation(found, path, _length(len(found), low, high)))
        return found

    return validate


def _list(shape: Shape, known: dict[str, Validator]) -> Validator:
    validate_member = validator_for(shape.member, known)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", _UNLIMITED)

    def validate(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not list:
            raise _wrong_type(value, None)
        found = [
            validate_member(inner, (*path, str(number), "member"), problems)
            for number, inner in enumerate(value, 1)
            if inner is not None
        ]
        if not low <= len(found) <= high:
            problems.append(_violation(found, path, _length(len(found), low, high)))
        return found

    return validate


_MAKERS: dict[str, Callable[[Shape, dict[str, Validator]], Validator]] = {
    "string": _string,
    "integer": _number,
    "long": _number,
    "double": _number,
    "float": _number,
    "timestamp": _timestamp,
    "boolean": _boolean,
    "structure": _structure,
    "map": _map,
    "list": _list,
}


def _matcher(pattern: str) -> Callable[[str], object]:
    # The models are written for UTF-16, with surrogate pairs for what is beyond the BMP.
    text = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    try:
        return re.compile(text or "(?s:.*)", re.ASCII).fullmatch  # \w and \s as in Java
    except re.error:  # valid in Java only: not checked
        return re.compile("(?s:.*)").fullmatch


def _length(size: int, low: int, high: int) -> str:
    if size < low:
        return f"Member must have length greater than or equal to {low}"
    return f"Member must have length less than or equal to {high}"


def _violation(value: object, path: Path, constraint: str) -> str:
    shown = "null" if value is None else f"'{_as_java(value)}'"
    return f"Value {shown} at '{'.'.join(path)}' failed to satisfy constraint: {constraint}"


def _in_path(name: str) -> str:
    return name[:1].lower() + name[1:]


def _as_java(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}={_as_java(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_java, value))}]"
    return str(value)


def _wrong_type(value: object, wanted: str | None) -> GlueError:
    """Return the error of AWS's JSON parser for a value that is not of the *wanted* type.

    None stands for a structure, map or list.
    """
    if isinstance(value, dict):
        message = "Start of structure or map found where not expected."
    elif isinstance(value, list):
        message = "Start of list found where not expected"
    elif wanted is None:
        message = "Unexpected field type"
    else:
        name = {bool: f"{value}_VALUE".upper(), str: "STRING_VALUE"}.get(
            type(value), "NUMBER_VALUE"
        )
        message = f"{name} cannot be converted to {wanted}"
    return GlueError("SerializationException", message)
