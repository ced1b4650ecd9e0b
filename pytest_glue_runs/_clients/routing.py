"""Where a request goes: to the service, to moto, or back to the client unanswered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pytest_glue_runs._clients.model import aws_host_suffixes
from pytest_glue_runs._clients.moto import Moto
from pytest_glue_runs._service.engine.stall_detector import StallDetected
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs.errors import UnansweredRequestError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# Each is kept with every one of its calls.
_shared_caller = lru_cache(maxsize=1024)(Caller)

OtherServices = Literal["moto", "error", "pass"]


class Router:
    """Answers the requests of clients, whatever their kind."""

    def __init__(
        self,
        glue: GlueService,
        moto: Moto,
        account_id: str,
        other_services: OtherServices,
        stall_error: Callable[[StallDetected], BaseException],
    ) -> None:
        self._glue = glue
        self._moto = moto
        self._account_id = account_id
        self._other_services = other_services
        self._stall_error = stall_error

    def answer(
        self, request: AWSPreparedRequest, service: str, operation: str, region: str
    ) -> Response | None:
        """The answer to *request*; None leaves it to the client.

        *region* is the client's, for requests whose signature names none. Raises
        UnansweredRequestError for what would reach AWS.
        """
        if not self._moto.muted:
            self._moto.mute()
        caller = self._caller(request.headers, region)
        if not is_aws(request.url):
            return self._moto.answer_if_active(request, caller.account_id)
        if service == "glue":
            body = request.body or b""
            data = body.encode() if isinstance(body, str) else body
            try:
                answer = self._glue.handle(caller, operation, data)
            except StallDetected as stall:
                raise self._stall_error(stall) from None
            if answer is not None:
                return answer
        return self._others(request, service, operation, caller)

    def _caller(self, headers: Mapping[str, str | bytes], region: str) -> Caller:
        # AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...
        scope = _text(headers.get("Authorization", "")).split("/", 3)
        if len(scope) < 4:
            return _shared_caller(self._account_id, region)
        access_key = scope[0].rpartition("=")[2]
        account_id = self._moto.account_of(access_key) or self._account_id
        return _shared_caller(account_id, scope[2])

    def _others(
        self, request: AWSPreparedRequest, service: str, operation: str, caller: Caller
    ) -> Response | None:
        if self._other_services == "error":
            raise UnansweredRequestError(
                f"{service}.{operation} was called, and other_services is 'error': only Glue's "
                "operations on jobs and runs are answered. "
                "Valid: 'moto' lets moto answer the others, 'pass' leaves them alone."
            )
        self._glue.catch_up()  # so that moto has been told of what has happened by now
        if self._other_services == "pass":
            return self._moto.answer_if_active(request, caller.account_id)
        answer = self._moto.answer(request, caller.account_id)
        if answer is None:
            raise UnansweredRequestError(
                f"{service}.{operation} was called at {request.url}, and moto has no answer for "
                "that address. Nothing may reach AWS while Glue is mocked; "
                "other_services='pass' would let it."
            )
        return answer


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@lru_cache(maxsize=1024)
def is_aws(url: str) -> bool:
    """Whether the host of *url* is one of AWS's."""
    return f".{urlsplit(url).hostname}".endswith(aws_host_suffixes())
