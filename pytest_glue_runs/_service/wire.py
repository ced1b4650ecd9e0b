"""AWS's JSON 1.1 protocol: a request's headers and body in, an answer's out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_glue_runs._service.errors import GlueError
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.operations.tags import TAG_OPERATIONS, job_named
from pytest_glue_runs._service.rules.lookups import UNKNOWN_OPERATION, UNREADABLE

if TYPE_CHECKING:
    from pytest_glue_runs._service.glue import Caller, Glue

_TARGET_PREFIX = "AWSGlue."


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def is_ours(glue: Glue, target: str, body: bytes) -> bool:
    """Whether the service answers this request; moto has the rest of Glue."""
    operation = target.removeprefix(_TARGET_PREFIX)
    if operation in TAG_OPERATIONS:
        try:
            return job_named(_parsed(body)) is not None
        except GlueError:
            return True
    return operation in OPERATIONS or not glue.shapes.knows(operation)


def answer(glue: Glue, caller: Caller, target: str, body: bytes) -> Answer:
    """The service's answer to a request with this X-Amz-Target and body."""
    operation = target.removeprefix(_TARGET_PREFIX)
    try:
        if operation not in OPERATIONS:
            raise UNKNOWN_OPERATION.error()
        request = _parsed(body)
    except GlueError as error:
        glue.refuse(caller, operation, error)
        return _answer(glue, error.status, _shown(error))
    try:
        response = glue.call(caller, operation, request)
    except GlueError as error:
        return _answer(glue, error.status, _shown(error))
    return _answer(glue, 200, response)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        request = _DECODER.decode((body or b"{}").decode())
    except (ValueError, RecursionError):
        raise UNREADABLE.error() from None
    if not isinstance(request, dict):
        raise UNREADABLE.error()
    return request


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is Python's, and not JSON")


def _shown(error: GlueError) -> dict[str, str]:
    # Glue's own exceptions have a capital Message, those of AWS's framework a small one.
    framework = error.code in ("SerializationException", "UnknownOperationException")
    name = "message" if framework else "Message"
    return {"__type": error.code, **({name: error.message} if error.message else {})}


def _answer(glue: Glue, status: int, content: Mapping[str, Any]) -> Answer:
    body = _ENCODER.encode(content).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(body)),
        "x-amzn-RequestId": glue.new_request_id(),
    }
    return Answer(status, headers, body)


@lru_cache(maxsize=4096)
def _timestamp(moment: datetime) -> float:
    """Seconds since the epoch, to the millisecond, as Glue gives them."""
    return round(moment.timestamp(), 3)


_DECODER = json.JSONDecoder(parse_constant=_not_json)
# No answer holds itself.
_ENCODER = json.JSONEncoder(check_circular=False, default=_timestamp, separators=(",", ":"))
