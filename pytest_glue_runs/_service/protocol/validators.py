"""Readers of request values, one for each of a service model's shapes: they check and copy."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.protocol.errors import GlueError

if TYPE_CHECKING:
    from botocore.model import Shape

# Older releases of botocore lack these.
# Source: https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
NEWER_VALUES = {
    "WorkerType": ("G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"),
}

# A reader gets a value, where it stands, and a list for what is wrong with it. It returns
# the value as Glue reads it, a copy: nobody changes what the service remembers.
Path = tuple[str, ...]
Validator = Callable[[Any, Path, list[str]], Any]

_ENDLESS = sys.maxsize
_FRACTION = re.compile(r"(?<=:\d\d)\.\d{1,9}")
_LARGEST: dict[str, float] = {
    "integer": 2**31 - 1,
    "long": 2**63 - 1,
    "double": sys.float_info.max,
    "float": sys.float_info.max,
}


def validator_for(shape: Shape, known: dict[str, Validator]) -> Validator:
    """What reads values of *shape*. *known* ends the circle where shapes hold themselves."""
    if shape.name not in known:
        known[shape.name] = lambda value, path, problems: known[shape.name](value, path, problems)
        known[shape.name] = _MAKERS[shape.type_name](shape, known)
    return known[shape.name]


def _string(shape: Shape, known: dict[str, Validator]) -> Validator:
    limits = shape.metadata
    low, high = limits.get("min", 0), limits.get("max", _ENDLESS)
    valid = tuple(dict.fromkeys((*limits.get("enum", ()), *NEWER_VALUES.get(shape.name, ()))))
    pattern = limits.get("pattern", "")
    matches = _matcher(pattern)

    @lru_cache(maxsize=256)  # the same names and ids come again and again
    def broken(value: str) -> list[str]:
        constraints = []
        if not low <= len(value) <= high:
            constraints.append(_length(len(value), low, high))
        if valid and value not in valid:
            constraints.append(f"Member must satisfy enum value set: [{', '.join(valid)}]")
        if not matches(value):
            constraints.append(f"Member must satisfy regular expression pattern: {pattern}")
        return constraints

    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not str:
            raise _misread(value, "String")
        for constraint in broken(value):
            problems.append(_wrong(value, path, constraint))
        return value

    return read


def _number(shape: Shape, known: dict[str, Validator]) -> Validator:
    kind = shape.type_name
    largest = _LARGEST[kind]
    types = (int,) if kind in ("integer", "long") else (int, float)
    low = shape.metadata.get("min", -largest)
    high = shape.metadata.get("max", largest)

    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) not in types or abs(value) > largest:
            raise _misread(value, kind.capitalize())
        if value < low:
            wanted = f"Member must have value greater than or equal to {low}"
            problems.append(_wrong(value, path, wanted))
        if value > high:
            wanted = f"Member must have value less than or equal to {high}"
            problems.append(_wrong(value, path, wanted))
        return value

    return read


def _boolean(shape: Shape, known: dict[str, Validator]) -> Validator:
    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not bool:
            raise _misread(value, "Boolean")
        return value

    return read


def _timestamp(shape: Shape, known: dict[str, Validator]) -> Validator:
    # The requests have but one, of a Kinesis source, and it is text; it comes back as sent.
    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not str:
            raise _misread(value, "Timestamp")
        try:
            datetime.strptime(_FRACTION.sub("", value), "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            raise _misread(value, "Timestamp") from None
        return value

    return read


def _structure(shape: Shape, known: dict[str, Validator]) -> Validator:
    # With the name itself: kept a thousand times, it is one string.
    members = {
        name: (name, _in_path(name), validator_for(member, known))
        for name, member in shape.members.items()
    }
    required = tuple(shape.required_members)

    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not dict:
            raise _misread(value, None)
        for name in required:
            if value.get(name) is None:
                problems.append(_wrong(None, (*path, _in_path(name)), "Member must not be null"))
        found: dict[str, Any] = {}
        for name, inner in value.items():
            if inner is not None and name in members:
                member, label, read_member = members[name]
                found[member] = read_member(inner, (*path, label), problems)
        return found

    return read


def _map(shape: Shape, known: dict[str, Validator]) -> Validator:
    read_key, read_value = validator_for(shape.key, known), validator_for(shape.value, known)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", _ENDLESS)

    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not dict:
            raise _misread(value, None)
        found = {
            read_key(key, path, problems): read_value(inner, (*path, key, "member"), problems)
            for key, inner in value.items()
            if inner is not None
        }
        if not low <= len(found) <= high:
            problems.append(_wrong(found, path, _length(len(found), low, high)))
        return found

    return read


def _list(shape: Shape, known: dict[str, Validator]) -> Validator:
    read_member = validator_for(shape.member, known)
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", _ENDLESS)

    def read(value: Any, path: Path, problems: list[str]) -> Any:
        if type(value) is not list:
            raise _misread(value, None)
        found = [
            read_member(inner, (*path, str(number), "member"), problems)
            for number, inner in enumerate(value, 1)
            if inner is not None
        ]
        if not low <= len(found) <= high:
            problems.append(_wrong(found, path, _length(len(found), low, high)))
        return found

    return read


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
    # The models are written for UTF-16: a pair of surrogates stands for what is beyond.
    text = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
    try:
        return re.compile(text or "(?s:.*)", re.ASCII).fullmatch  # \w and \s as Java has them
    except re.error:  # Java's, and not Python's: not checked
        return re.compile("(?s:.*)").fullmatch


def _length(size: int, low: int, high: int) -> str:
    if size < low:
        return f"Member must have length greater than or equal to {low}"
    return f"Member must have length less than or equal to {high}"


def _wrong(value: object, path: Path, constraint: str) -> str:
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


def _misread(value: object, wanted: str | None) -> GlueError:
    """What AWS's JSON reader says of a value that is not of the *wanted* type (None: a
    structure, map or list)."""
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
