"""The keywords of add_job: which CreateJob has, and where a misplaced one belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._suggest import did_you_mean

if TYPE_CHECKING:
    from botocore.model import Shape


def check_keywords(
    job_name: str, definition: Mapping[str, Any], members: Mapping[str, Shape]
) -> None:
    """Raises TypeError for a keyword that CreateJob does not have, or a key of one of its
    structures. *members* are CreateJob's."""
    valid = [member for member in members if member != "Name"]
    structures = {
        name: list(members[name].members)
        for name in valid
        if members[name].type_name == "structure"
    }
    for keyword, value in definition.items():
        if keyword not in valid:
            hint = _home(keyword, structures) or did_you_mean(keyword, valid)
            raise _unknown(job_name, "CreateJob", keyword, hint, valid)
        if keyword in structures and isinstance(value, Mapping):
            for key in value:
                if key not in structures[keyword]:
                    hint = did_you_mean(key, structures[keyword])
                    raise _unknown(job_name, keyword, key, hint, structures[keyword])


def _home(keyword: str, structures: Mapping[str, list[str]]) -> str:
    """Where a keyword belongs that stands one level too high."""
    for name, keys in structures.items():
        if keyword in keys:
            return f" Did you mean {name}={{{keyword!r}: ...}}?"
    return ""


def _unknown(job_name: str, owner: str, name: object, hint: str, valid: Iterable[str]) -> TypeError:
    return TypeError(
        f"add_job({job_name!r}): {owner} has no {name!r}.{hint} Valid: {', '.join(valid)}."
    )
