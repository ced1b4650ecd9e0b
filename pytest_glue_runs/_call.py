"""A call of a client as a test sees it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from pytest_glue_runs._describe import format_time
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.call import Caller, CallRecord
from pytest_glue_runs._service.rules.errors import GlueError


class Call:
    """A call that Glue has received from a client. It cannot be changed.

    Two are equal if they are the same call. The repr shows no secrets; `request` and `response`
    are complete.
    """

    __slots__ = ("_masker", "_record")

    def __init__(self, record: CallRecord, masker: Masker) -> None:
        self._record = record
        self._masker = masker

    @property
    def at(self) -> datetime:
        """When Glue received the call."""
        return self._record.at

    @property
    def operation(self) -> str:
        """The operation, such as ``"StartJobRun"``."""
        return self._record.operation

    @property
    def request(self) -> Mapping[str, Any]:
        """The parameters that the client sent: a copy."""
        return deepcopy(self._record.request)

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The response, as a copy; None if Glue returned an error."""
        return deepcopy(self._record.response)

    @property
    def error(self) -> GlueError | None:
        """The error, with ``code`` and ``message``; None if Glue returned a response."""
        return self._record.error

    @property
    def error_code(self) -> str | None:
        """The code of the error, such as ``"ThrottlingException"``; None without an error."""
        return None if self._record.error is None else self._record.error.code

    @property
    def response_lost(self) -> bool:
        """Whether the client did not receive the response."""
        return self._record.response_lost

    @property
    def caller(self) -> Caller:
        """The account that sent the request, and the region it went to."""
        return self._record.caller

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and self._record is other._record

    def __hash__(self) -> int:
        return id(self._record)

    def __repr__(self) -> str:
        record, masker = self._record, self._masker
        if record.error is None:
            outcome = masker.show(record.response)
        else:
            outcome = masker.line(record.error, record.request)
        if record.response_lost:
            outcome = f"{outcome} (the response was lost)"
        request = masker.show(record.request)
        return f"<Call {format_time(record.at)} {record.operation} {request} -> {outcome}>"
