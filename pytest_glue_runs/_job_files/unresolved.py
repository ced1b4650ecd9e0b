"""Values in a file that cannot be known without deploying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

Path = tuple[str, ...]


@dataclass(frozen=True)
class Unresolved:
    """Takes the place of a value that cannot be resolved."""

    reason: str
    """Why, such as ``Fn::ImportValue shared-role``."""


class Problem(NamedTuple):
    """An unresolved value and its path in the file."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{'.'.join(self.path)}: {self.reason}"


def problems_in(value: object, path: Path) -> list[Problem]:
    """Return the unresolved values in *value*, which stands at *path*."""
    if isinstance(value, Unresolved):
        return [Problem(path, value.reason)]
    if isinstance(value, dict):
        items = [(str(name), inner) for name, inner in value.items()]
    elif isinstance(value, list):
        items = [(str(number), inner) for number, inner in enumerate(value)]
    else:
        return []
    return [problem for name, inner in items for problem in problems_in(inner, (*path, name))]
