"""The only door to moto: all of AWS that is not a job or a run."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from copy import copy, deepcopy
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs.errors import MissingLibraryError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

# moto's own; an account of this number needs no header.
_MOTO_ACCOUNT_ID = "123456789012"
_ACCOUNT_HEADER = "x-moto-account-id"


class Moto:
    """moto, imported and started when the first request comes that is not ours.

    A user's own `mock_aws` is used as it is while it is active.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._undo = ExitStack()
        self.muted = False
        """Whether its own handler is silent."""

    def stop(self) -> None:
        """Stops moto if we started it, and lets its handler speak again."""
        self._undo.close()

    def mute(self) -> None:
        """Silences moto's own handler in the clients, once moto is imported.

        botocore calls every handler, and lets the first answer count: moto would do what
        a request asks for a second time.
        """
        with self._lock:
            handler = _stubber()
            if handler is not None and not self.muted:
                owner = type(handler)
                self._undo.callback(setattr, owner, "__call__", owner.__call__)
                owner.__call__ = _silent
                self.muted = True

    def answer(self, request: AWSPreparedRequest, account_id: str) -> Response | None:
        """moto's answer; None if it has none for that address."""
        with self._lock:
            if not is_active():
                self._start()
        return _answer(request, account_id)

    def answer_if_active(self, request: AWSPreparedRequest, account_id: str) -> Response | None:
        """The answer of a user's own `mock_aws`, if there is one."""
        return _answer(request, account_id) if is_active() else None

    def account_of(self, access_key: str) -> str | None:
        """The account that moto's IAM or STS made *access_key* for, if it did."""
        models: Any = sys.modules.get("moto.iam.models")
        if models is None or not is_active():
            return None
        return _account_of(models, access_key)

    def listens(self) -> bool:
        """Whether moto's EventBridge has a rule with targets."""
        models: Any = sys.modules.get("moto.events.models")
        if models is None or not is_active():
            return False
        return any(
            rule.targets
            for regions in list(models.events_backends.values())
            for backend in list(regions.values())
            for rule in list(backend.event_buses["default"].rules.values())
        )

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Hands an event to the rules of moto's EventBridge, if it is in use.

        Targets that moto does not support (it has SQS, logs, archives and other buses) get
        nothing, as in moto.
        """
        models: Any = sys.modules.get("moto.events.models")
        if models is None or not is_active():
            return
        backend = models.events_backends[event["account"]][event["region"]]
        for rule in list(backend.event_buses["default"].rules.values()):
            # moto would hand on the event all the same.
            if rule.state == "DISABLED" or not rule.event_pattern.get_pattern():
                continue
            for target in list(rule.targets):
                # One by one: behind a target that moto does not support there may be others.
                alone = copy(rule)
                alone.targets = [target]
                _send(alone, event)

    def _start(self) -> None:
        from moto import mock_aws

        # The credentials and the default session are the user's; ours are in the environment.
        config: Any = {"core": {"mock_credentials": False, "reset_boto3_session": False}}
        self._undo.enter_context(mock_aws(config=config))


def _send(rule: Any, event: Mapping[str, Any]) -> None:
    from moto.core import exceptions
    from werkzeug.exceptions import HTTPException

    # The base of those of its exceptions that are no HTTPException; old versions have none.
    refusal: type[Exception] = getattr(exceptions, "ServiceException", HTTPException)
    sent = datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
    moved = {**deepcopy(dict(event)), "time": sent}
    # moto's own template has no account. What is between < and > in it, moto replaces.
    whole = {"InputTemplate": json.dumps(moved).replace("<", "\\u003c")}
    rule.targets = [{"InputTransformer": whole, **target} for target in rule.targets]
    try:
        rule.send_to_targets({**moved, "ingestion-time": sent})
    except (NotImplementedError, HTTPException, refusal, ValueError, RecursionError):
        pass  # a target that moto cannot serve, or that is not there: AWS tells nobody
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"moto's EventBridge needs {str(error.name).partition('.')[0]} to hand an event to "
            "its targets. Install it with: pip install 'moto[events]'"
        ) from None


def policy_problem(policy: str) -> str | None:
    """What moto's IAM finds wrong with a policy; None if nothing."""
    from moto.iam.exceptions import MalformedPolicyDocument
    from moto.iam.policy_validation import IAMPolicyDocumentValidator

    try:
        IAMPolicyDocumentValidator(policy).validate()
    except MalformedPolicyDocument as error:
        return str(error.message)
    except (AttributeError, KeyError, TypeError, ValueError):  # null among its actions, say
        return "Syntax errors in policy."
    return None


def _stubber() -> Any:
    """The handler that moto puts into every client made after its import, if it is imported."""
    # Without it, the module is being imported in another thread.
    return getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)


def _silent(*_: object, **__: object) -> None:
    """What moto's handler answers while requests go through us."""


def is_active() -> bool:
    """Whether a `mock_aws` is, a user's own or ours."""
    handler = _stubber()
    return handler is not None and bool(handler.enabled)


def _account_of(models: Any, access_key: str) -> str | None:
    for account_id, partitions in list(models.iam_backends.items()):
        for backend in list(partitions.values()):
            if access_key in backend.access_keys:
                return str(account_id)
    return None


def _answer(request: AWSPreparedRequest, account_id: str) -> Response | None:
    if account_id != _MOTO_ACCOUNT_ID:
        request.headers[_ACCOUNT_HEADER] = account_id
    answer = _stubber().process_request(request)
    if answer is None:
        request.headers.pop(_ACCOUNT_HEADER, None)  # it may be sent on
        return None
    status, headers, body = answer
    return Response(status, dict(headers), body.encode() if isinstance(body, str) else body)
