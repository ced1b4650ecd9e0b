"""AWS's JSON 1.1 protocol: bytes of a request to a dict, a response to bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from pytest_glue_runs._service.rules.error_catalog import (
    MAX_NESTING,
    NESTED_TOO_DEEPLY,
    UNREADABLE,
)
from pytest_glue_runs._service.rules.errors import GlueError


class Response(NamedTuple):
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes
    latency: float = 0
    """How many seconds late the client receives it."""


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*; raise SerializationException if there is none.

    An empty body is an empty object.
    """
    try:
        text = body.decode().strip(_WHITE_SPACE) or "{}"
        _check_nesting(text)
        request, end = _DECODER.raw_decode(text)
    except ValueError:
        raise UNREADABLE.error() from None
    if end < len(text) or not isinstance(request, dict):
        raise UNREADABLE.error()
    return request


def response(content: Mapping[str, Any], request_id: str, status: int = 200) -> Response:
    """Return the response with *content* as its JSON body."""
    body = _ENCODER.encode(content).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(body)),
        "x-amzn-RequestId": request_id,
    }
    return Response(status, headers, body)


def error_response(error: GlueError, request_id: str) -> Response:
    """Return the response that carries *error*."""
    # Glue's own exceptions have a capital Message, those of AWS's framework a small one.
    framework = error.code in ("SerializationException", "UnknownOperationException")
    content = {"__type": error.code}
    if error.message:
        content["message" if framework else "Message"] = error.message
    return response(content, request_id, error.status)


def _check_nesting(text: str) -> None:
    """Raise SerializationException for JSON that is nested too deeply.

    Everything that handles a request later (validation, copies, comparison, repr) is recursive.
    """
    if text.count("{") + text.count("[") <= MAX_NESTING:
        return
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in ("{", "["):
            depth += 1
            if depth > MAX_NESTING:
                raise NESTED_TOO_DEEPLY.error()
        elif token[0] in ("}", "]"):
            depth -= 1


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


@lru_cache(maxsize=1024)  # polls return the same few timestamps
def _timestamp(moment: datetime) -> float:
    """Return seconds since the epoch, to the millisecond, as Glue sends them."""
    return round(moment.timestamp(), 3)


_WHITE_SPACE = " \t\n\r"
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
_DECODER = json.JSONDecoder(parse_constant=_reject_constant)
_ENCODER = json.JSONEncoder(default=_timestamp, separators=(",", ":"), check_circular=False)
