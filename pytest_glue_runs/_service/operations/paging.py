"""Pages: the part of a list that a response shows, and the token for the next."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pytest_glue_runs._service.rules.error_catalog import BAD_TOKEN

T = TypeVar("T")


def oldest_first(
    items: Sequence[T], request: Mapping[str, Any], default_size: int
) -> tuple[Sequence[T], dict[str, str]]:
    """Return the page that *request* asks for, and the NextToken member if there are more."""
    start = _position(request, 0, len(items))
    end = min(start + request.get("MaxResults", default_size), len(items))
    return items[start:end], _token(end) if end < len(items) else {}


def newest_first(
    items: Sequence[T], request: Mapping[str, Any], default_size: int, oldest: int = 0
) -> tuple[Sequence[T], dict[str, str]]:
    """Do the same from the end backwards, so that new items do not shift later pages.

    Items before the index *oldest* are left out.
    """
    end = max(_position(request, len(items), len(items)), oldest)
    start = max(end - request.get("MaxResults", default_size), oldest)
    return items[start:end][::-1], _token(start) if start > oldest else {}


def _token(position: int) -> dict[str, str]:
    return {"NextToken": base64.b64encode(f"position={position}".encode()).decode()}


def _position(request: Mapping[str, Any], default: int, last: int) -> int:
    token = request.get("NextToken")
    if not token:
        return default
    try:
        text = base64.b64decode(token, validate=True).decode()
        name, _, position = text.partition("=")
        if name == "position" and position.isdecimal():
            return min(int(position), last)
    except ValueError:  # not base64, not UTF-8, or more digits than a number may have
        pass
    raise BAD_TOKEN.error()
