"""Values of templates in the types of Glue's model: CloudFormation accepts ``"60"`` for 60."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import Shape


def coerced(value: Any, shape: Shape) -> Any:
    """Return *value* in the type of *shape*, or as it is where that cannot be done."""
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        members = shape.members
        return {
            name: coerced(inner, members[name]) if name in members else inner
            for name, inner in value.items()
        }
    if kind == "map" and isinstance(value, dict):
        return {str(name): coerced(inner, shape.value) for name, inner in value.items()}
    if kind == "list" and isinstance(value, list):
        return [coerced(inner, shape.member) for inner in value]
    return _scalar(value, kind)


def _scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, (int, float)) else value
    if isinstance(value, str):
        with suppress(ValueError):
            if kind in ("integer", "long"):
                return int(value)
            if kind in ("double", "float"):
                return float(value)
        if kind == "boolean" and value.lower() in ("true", "false"):
            return value.lower() == "true"
    return value
