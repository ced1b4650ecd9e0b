"""Requests that create schedules: those that AWS rejects and moto accepts."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

from pytest_glue_runs._clients.moto.calls import CallError, service_model
from pytest_glue_runs._clients.moto.event_targets import universal_target
from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs._time.schedule_expression import parse_schedule

# Rules have no at(...), and take a unit in the singular after 1 only.
_OF_A_RULE = re.compile(r"cron\(.*\)|rate\((1 (minute|hour|day)|(?!1 ).* (minute|hour|day)s)\)")
_ANY_TIME = datetime(2026, 1, 1, tzinfo=timezone.utc)


def rejection(service: str, operation: str, body: bytes) -> Response | None:
    """Return AWS's response to a request for a schedule that is not valid, else None."""
    if service == "eventbridge" and operation == "PutRule":
        expression = json.loads(body).get("ScheduleExpression")
        if expression and not (_is_valid(expression) and _OF_A_RULE.fullmatch(expression)):
            return _error("Parameter ScheduleExpression is not valid.")
    if service == "scheduler" and operation in ("CreateSchedule", "UpdateSchedule"):
        problem = _schedule_problem(json.loads(body))
        if problem is not None:
            return _error(problem)
    return None


def _schedule_problem(request: dict[str, Any]) -> str | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    expression, zone = request["ScheduleExpression"], request.get("ScheduleExpressionTimezone")
    if not _is_valid(expression):
        return f"Invalid Schedule Expression {expression}."
    try:
        ZoneInfo(zone or "UTC")
    except (ValueError, ZoneInfoNotFoundError):
        return f"Invalid Schedule Expression Timezone {zone}."
    return _target_problem(request["Target"])


def _target_problem(target: dict[str, Any]) -> str | None:
    try:
        called = universal_target(target["Arn"])
    except CallError:
        return f"Provided Arn is not in correct format: {target['Arn']}"
    if called is None:
        return None
    service, operation = called
    try:
        model = service_model(service)
    except CallError:
        return f"The service {service} is not supported."
    if operation not in model.operation_names:
        return f"The api {operation} of the service {service} is not supported."
    try:
        parameters = json.loads(target.get("Input") or "{}")
    except ValueError:
        parameters = None
    if not isinstance(parameters, dict):
        return "Invalid RequestJson provided. Reason Request payload is not a JSON object."
    shape = model.operation_model(operation).input_shape
    required = [] if shape is None else shape.required_members
    missing = ", ".join(name for name in required if name not in parameters)
    if missing:
        reason = f"Request payload is missing the following field(s): {missing}."
        return f"Invalid RequestJson provided. Reason {reason}"
    return None


def _is_valid(expression: str) -> bool:
    try:
        parse_schedule(expression, _ANY_TIME)
    except ValueError:
        return False
    return True


def _error(message: str) -> Response:
    kind = "ValidationException"
    body = json.dumps({"__type": kind, "message": message, "Message": message})
    return Response(400, {"x-amzn-ErrorType": kind}, body.encode())
