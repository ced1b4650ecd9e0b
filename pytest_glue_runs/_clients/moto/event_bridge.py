"""EventBridge: events reach the targets of moto's rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from datetime import datetime
from typing import Any

from pytest_glue_runs._clients.moto.backends import backends
from pytest_glue_runs._clients.moto.calls import CallError
from pytest_glue_runs._clients.moto.event_targets import TargetCall, target_calls
from pytest_glue_runs._clients.moto.target_input import target_input
from pytest_glue_runs.errors import MissingLibraryError


def has_targets() -> bool:
    """Return whether a rule has targets."""
    return any(
        rule.targets
        for backend in backends("events")
        for rule in list(backend.event_buses["default"].rules.values())
    )


def deliver(event: Mapping[str, Any], call: Callable[[TargetCall], None]) -> None:
    """Deliver *event* to the targets of the rules that match it, with calls made by *call*.

    Targets that moto does not have are skipped, as are those that reject the event. As on AWS,
    this is not an error.
    """
    place = event["account"], event["region"]
    for backend in backends("events"):
        if (backend.account_id, backend.region_name) == place:
            for rule in list(backend.event_buses["default"].rules.values()):
                if _matches(rule, event):
                    for target in list(rule.targets):
                        _deliver(rule, target, event, call)


def _matches(rule: Any, event: Mapping[str, Any]) -> bool:
    # moto would deliver the event to a rule that is disabled or has no pattern, too.
    if rule.state == "DISABLED" or not rule.event_pattern.get_pattern():
        return False
    return bool(rule.event_pattern.matches_event(deepcopy(dict(event))))


def _deliver(
    rule: Any, target: dict[str, Any], event: Mapping[str, Any], call: Callable[[TargetCall], None]
) -> None:
    if ":events:" in target["Arn"]:
        _deliver_to_events(rule, target, event)
        return
    try:
        for made in target_calls(target, target_input(target, event, rule.arn), event):
            call(made)
    except (CallError, ValueError):
        pass


def _deliver_to_events(rule: Any, target: dict[str, Any], event: Mapping[str, Any]) -> None:
    """Let moto deliver an event to another bus, an archive or an API destination."""
    from moto.core import exceptions
    from werkzeug.exceptions import HTTPException

    # The base of those of its exceptions that are no HTTPException; old releases have none.
    rejection: type[Exception] = getattr(exceptions, "ServiceException", HTTPException)
    sent = datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
    original = {**deepcopy(dict(event)), "time": sent}
    # moto's own template has no account. What is between < and > in it, moto replaces.
    whole = {"InputTemplate": json.dumps(original).replace("<", "\\u003c")}
    alone = copy(rule)
    alone.targets = [{"InputTransformer": whole, **target}]
    try:
        alone.send_to_targets({**original, "ingestion-time": sent})
    except (NotImplementedError, HTTPException, rejection, ValueError, RecursionError, KeyError):
        pass
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"moto's EventBridge needs {str(error.name).partition('.')[0]} to deliver an event to "
            "its targets. Install it with: pip install 'moto[events]'"
        ) from None
