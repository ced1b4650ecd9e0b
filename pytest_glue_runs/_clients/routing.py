"""Where a request goes: to the service, to moto, or, unanswered, on its way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pytest_glue_runs._clients import hosts
from pytest_glue_runs._clients.hosts import Host
from pytest_glue_runs._clients.moto import Moto, iam, logs, schedule_requests
from pytest_glue_runs._clients.moto.event_targets import TargetCall
from pytest_glue_runs._clients.moto.handler import is_active
from pytest_glue_runs._clients.moto.schedules import Schedules
from pytest_glue_runs._service.engine.stall_detector import StallDetected
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs.errors import UnansweredRequestError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# Each is kept with every one of its calls.
_shared_caller = lru_cache(maxsize=1024)(Caller)

# The services by which schedules are created, as botocore's events name them.
_SCHEDULING = frozenset({"cloudformation", "eventbridge", "scheduler"})

OtherServices = Literal["moto", "error", "pass"]


class Hosts:
    """Which hosts are left alone.

    Always this machine, for LocalStack for example, and those listed in *passthrough*; with
    ``other_services="pass"`` all that are not AWS's.
    """

    def __init__(self, passthrough: tuple[str, ...], other_services: OtherServices) -> None:
        self._passthrough = passthrough
        self._passes_others = other_services == "pass"
        # All requests of a client have the same URL.
        self.are_left_alone: Callable[[str], bool] = lru_cache(maxsize=1024)(self._are_left_alone)
        """Returns whether requests to a URL are left alone."""

    def is_listed(self, url: str) -> bool:
        """Whether *url* is on this machine, or on a host that is listed."""
        kind = hosts.kind_of(url)
        listed = kind is Host.OTHER and hosts.is_listed(hosts.name_of(url), self._passthrough)
        return kind is Host.LOCAL or listed

    def _are_left_alone(self, url: str) -> bool:
        passed = self._passes_others and hosts.kind_of(url) is Host.OTHER
        return passed or self.is_listed(url)


class Router:
    """Responds to the requests of clients, of whatever kind they are."""

    def __init__(
        self,
        glue: GlueService,
        moto: Moto,
        schedules: Schedules,
        account_id: str,
        other_services: OtherServices,
        left_alone: Hosts,
        stall_error: Callable[[StallDetected], BaseException],
    ) -> None:
        self._glue = glue
        self._moto = moto
        self._schedules = schedules
        self._account_id = account_id
        self._other_services = other_services
        self._hosts = left_alone
        self._stall_error = stall_error

    def respond(
        self, request: AWSPreparedRequest, service: str, operation: str, region: str
    ) -> Response | None:
        """Return the response to *request*; None leaves it to the client.

        *region* is the client's, for requests whose signature names none. Raises
        UnansweredRequestError for what would reach AWS.
        """
        if not self._moto.muted:
            self._moto.mute()
        self._schedules.fire_due()  # unless the clock has stopped for it
        caller = self._caller(request.headers, region)
        if self._hosts.are_left_alone(request.url):
            return self._moto.respond_if_active(request, service, operation, caller)
        if service == "glue":
            if operation == "StartJobRun":
                self._moto.warn_of_transition()
            try:
                response = self._glue.handle(caller, operation, _body(request))
            except StallDetected as stall:
                raise self._stall_error(stall) from None
            if response is not None:
                return response
        return self._others(request, service, operation, caller)

    def _caller(self, headers: Mapping[str, str | bytes], region: str) -> Caller:
        # AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...
        scope = _text(headers.get("Authorization", "")).split("/", 3)
        if len(scope) < 4:
            return _shared_caller(self._account_id, region)
        access_key = scope[0].rpartition("=")[2]
        account_id = iam.account_of(access_key) or self._account_id
        return _shared_caller(account_id, scope[2])

    def _others(
        self, request: AWSPreparedRequest, service: str, operation: str, caller: Caller
    ) -> Response | None:
        if self._other_services == "error":
            raise UnansweredRequestError(
                f"{service}.{operation} was called, and other_services is 'error': only Glue's "
                "operations on jobs, runs, triggers and workflows are answered. "
                "Valid: 'moto' lets moto answer the others, 'pass' leaves them alone."
            )
        self._glue.catch_up()  # so that moto has received the events that are due
        if self._other_services == "moto":
            self._moto.start()
        logs.deliver(self._glue.take_log_lines, service)
        response: Response | None
        if service in _SCHEDULING and (self._other_services == "moto" or is_active()):
            response = schedule_requests.rejection(service, operation, _body(request))
            if response is not None:
                return response
        if self._other_services == "pass":
            response = self._moto.respond_if_active(request, service, operation, caller)
        else:
            response = self._moto.respond(request, service, operation, caller)
        if service in _SCHEDULING:
            self._schedules.refresh()
        if response is None and self._other_services != "pass":
            raise UnansweredRequestError(
                f"{service}.{operation} was called at {hosts.shown(request.url)}, and moto has no "
                "answer for that address. Nothing may reach AWS while Glue is mocked. "
                + self._remedy(request.url)
            )
        return response

    def _remedy(self, url: str) -> str:
        if hosts.kind_of(url) is Host.AWS:
            return "other_services='pass' would let it."
        name = hosts.name_of(url)
        return f"passthrough_hosts=[{name!r}] would leave requests to that host alone."


def call_target(glue: GlueService, moto: Moto, target: TargetCall) -> None:
    """Make the call by which the target of a schedule is started. Raises CallError."""
    if target.service == "glue":
        caller = _shared_caller(target.account_id, target.region)
        body = json.dumps(target.parameters).encode()
        if glue.handle(caller, target.operation, body) is not None:
            return
    moto.call(target)


def _body(request: AWSPreparedRequest) -> bytes:
    body = request.body or b""
    return body.encode() if isinstance(body, str) else body


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
