"""The only package that uses moto, which answers what the service does not."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from contextlib import ExitStack
from copy import copy
from functools import wraps
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._clients import hosts
from pytest_glue_runs._clients.hosts import Host
from pytest_glue_runs._clients.moto import calls, event_bridge, long_polls
from pytest_glue_runs._clients.moto.event_targets import TargetCall
from pytest_glue_runs._clients.moto.handler import is_active, stubber
from pytest_glue_runs._clients.moto.step_functions import StepFunctions
from pytest_glue_runs._patching import replaced
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs.errors import IgnoredTransitionWarning

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# moto's own; an account of this number needs no header.
_MOTO_ACCOUNT_ID = "123456789012"
_ACCOUNT_HEADER = "x-moto-account-id"


_DEFAULT_TRANSITION = {"progression": "immediate"}
_IGNORED_TRANSITION = (
    "moto's state manager has a transition for 'glue::job_run', which has no effect on the runs of "
    "pytest-glue-runs: they depend on the clock, not on how often they are read. Plan how they go "
    "with glue_runs.plan(job, succeeds(after=...)), or with the settings startup and duration."
)


class Moto:
    """moto, imported and started at the first request that the service does not answer.

    A user's own `mock_aws` is used as it is while it is active.
    """

    step_functions: StepFunctions
    """Assigned as soon as there is a clock that threads wait on."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._undo = ExitStack()
        self._polls_on_time = False
        self._has_warned = False
        self.muted = False
        """Whether moto's own handler is silent."""

    def stop(self) -> None:
        """Stop moto if it was started here, and let its own handler respond again."""
        self._undo.close()

    def mute(self) -> None:
        """Silence moto's own handler in the clients, once moto is imported.

        botocore calls every handler and uses the first response: moto would execute each
        request a second time.
        """
        with self._lock:
            handler = stubber()
            if handler is not None and not self.muted:
                self._undo.enter_context(replaced(type(handler), "__call__", _silent))
                self.muted = True

    def warn_of_transition(self) -> None:
        """Warn, once for each mock, if moto's state manager has a transition for job runs."""
        api: Any = sys.modules.get("moto.moto_api")
        if api is None or self._has_warned:
            return
        if api.state_manager.get_transition("glue::job_run") != _DEFAULT_TRANSITION:
            self._has_warned = True
            warnings.warn(_IGNORED_TRANSITION, IgnoredTransitionWarning, stacklevel=2)

    def start(self) -> None:
        """Start moto, unless it is active."""
        with self._lock:
            if not is_active():
                self._start()

    def respond(
        self, request: AWSPreparedRequest, service: str, operation: str, caller: Caller
    ) -> Response | None:
        """Return moto's response; None if it has none for the request's address."""
        self.start()
        with self.step_functions.request(service, operation):
            return self._respond(request, service, caller)

    def respond_if_active(
        self, request: AWSPreparedRequest, service: str, operation: str, caller: Caller
    ) -> Response | None:
        """Return the response of a user's own `mock_aws`, if one is active."""
        if not is_active():
            return None
        with self.step_functions.request(service, operation):
            return self._respond(request, service, caller)

    def listens(self) -> bool:
        """Return whether anything in moto waits for events."""
        if self.step_functions.waits_for_runs:
            return True
        return is_active() and event_bridge.has_targets()

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Deliver an event to the tasks that wait for it, and to the rules of EventBridge."""
        self.step_functions.deliver(event)
        if is_active():
            event_bridge.deliver(event, self.call)

    def call(self, target: TargetCall) -> None:
        """Make a call for another service than Glue. Raises CallError."""
        if target.service == "lambda":
            _check_lambda()
        if target.service == "stepfunctions":
            self.step_functions.prepare()
        caller = Caller(target.account_id, target.region)
        calls.call(self._respond, caller, target.service, target.operation, target.parameters)

    def _start(self) -> None:
        from moto import mock_aws
        from moto.core.models import MockAWS

        # The credentials and the default session are the user's; ours are in the environment.
        config: Any = {"core": {"mock_credentials": False, "reset_boto3_session": False}}
        mock = mock_aws(config=config)
        self._undo.enter_context(mock)
        # moto restores its configuration when it is stopped, to what it was at the start. What
        # the user has changed in it meanwhile is the user's to restore.
        mock._user_config_mock.stop()
        stop = _restoring_its_own_configuration(MockAWS.stop)
        self._undo.enter_context(replaced(MockAWS, "stop", stop))
        self.step_functions.execute_by_default()

    def _respond(
        self, request: AWSPreparedRequest, service: str, caller: Caller
    ) -> Response | None:
        with self._lock:
            if service == "sqs" and not self._polls_on_time:
                self._undo.enter_context(long_polls.on_time())
                self._polls_on_time = True
        request = copy(request)  # with the same headers
        request.url = _known_url(request.url, service, caller.region)
        if caller.account_id != _MOTO_ACCOUNT_ID:
            request.headers[_ACCOUNT_HEADER] = caller.account_id
        response = stubber().process_request(request)
        if response is None:
            request.headers.pop(_ACCOUNT_HEADER, None)  # it may be sent
            return None
        status, headers, body = response
        return Response(status, dict(headers), body.encode() if isinstance(body, str) else body)


def _restoring_its_own_configuration(stop: Any) -> Any:
    """Wrap `MockAWS.stop`: an inner `mock_aws` leaves this to the outermost, which is ours."""

    @wraps(stop)
    def stopped(mock: Any, *args: Any, **kwargs: Any) -> None:
        stop(mock, *args, **kwargs)
        mock._user_config_mock.stop()  # does nothing the second time

    return stopped


def _known_url(url: str, service: str, region: str) -> str:
    """Return *url* in the spelling that moto knows; for Glue at another host, AWS's own."""
    kind = hosts.kind_of(url)
    if service == "glue" and kind is Host.OTHER:
        return f"https://glue.{region}.amazonaws.com/"
    return hosts.canonical(url) if kind is Host.AWS else url


def _check_lambda() -> None:
    """Raise CallError if moto would run functions in Docker: that takes real time."""
    from moto.core.config import default_user_config

    if default_user_config["lambda"]["use_docker"]:
        raise calls.CallError("moto runs functions in Docker.")


def _silent(*_: object, **__: object) -> None:
    """Respond to nothing, in place of moto's own handler."""
