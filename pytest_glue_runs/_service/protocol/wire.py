"""AWS's JSON 1.1 protocol: a request's headers and body in, an answer's out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.operations.tags import TAG_OPERATIONS, job_named
from pytest_glue_runs._service.protocol.errors import GlueError
from pytest_glue_runs._service.protocol.request_model import Sent
from pytest_glue_runs._service.rules.error_catalog import UNKNOWN_OPERATION, UNREADABLE

if TYPE_CHECKING:
    from pytest_glue_runs._service.service import Caller, Glue


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(glue: Glue, caller: Caller, operation: str, body: bytes) -> Answer | None:
    """The service's answer to a request; None where it is not for the service.

    moto has the rest of Glue, and the tags of what is no job.
    """
    try:
        if operation not in OPERATIONS:
            if glue.request_model.knows(operation):
                return None
            raise UNKNOWN_OPERATION.error()
        sent = _parsed(body)
    except GlueError as error:
        glue.refuse(caller, operation, error)
        return _answer(glue, error.status, _shown(error))
    if operation in TAG_OPERATIONS and job_named(sent.content) is None:
        return None
    try:
        response = glue.call(caller, operation, sent)
    except GlueError as error:
        return _answer(glue, error.status, _shown(error))
    return _answer(glue, 200, response)


@lru_cache(maxsize=64)
def _parsed(body: bytes) -> Sent:
    try:
        text = body.decode().strip(_BLANKS) or "{}"
        request, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        raise UNREADABLE.error() from None
    if end < len(text) or not isinstance(request, dict):
        raise UNREADABLE.error()
    return Sent(request)


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is Python's, and not JSON")


def _shown(error: GlueError) -> dict[str, str]:
    # Glue's own exceptions have a capital Message, those of AWS's framework a small one.
    framework = error.code in ("SerializationException", "UnknownOperationException")
    name = "message" if framework else "Message"
    return {"__type": error.code, **({name: error.message} if error.message else {})}


def _answer(glue: Glue, status: int, content: Mapping[str, Any]) -> Answer:
    body = "".join(_encode(content, 0)).encode()
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


_BLANKS = " \t\n\r"
_DECODER = json.JSONDecoder(parse_constant=_not_json)
# What JSONEncoder.encode would make for each answer anew. None: no answer holds itself.
_encode = c_make_encoder(
    None, _timestamp, encode_basestring_ascii, None, ":", ",", False, False, False
)
