"""Targets of EventBridge and its Scheduler: the calls by which they receive an event."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pytest_glue_runs._clients.moto.calls import CallError


class TargetCall(NamedTuple):
    """A call of an operation of a service."""

    account_id: str
    region: str
    service: str
    operation: str
    parameters: Mapping[str, Any]


class _Delivery(NamedTuple):
    """What a target is to receive."""

    target: Mapping[str, Any]
    resource: str
    """The last part of the target's ARN."""
    content: str
    event: Mapping[str, Any]

    @property
    def id(self) -> str:
        """An id that differs between the targets of an event."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, self.event["id"] + self.target["Arn"]))


_Call = tuple[str, str, Mapping[str, Any]]


def target_calls(
    target: Mapping[str, Any], content: str, event: Mapping[str, Any]
) -> list[TargetCall]:
    """Return the calls by which *target* receives *content*, made of *event*.

    Raises CallError for a target that does not receive anything here.
    """
    _, _, service, region, account_id, resource = _split_arn(target["Arn"])
    if service not in _TARGETS:
        raise CallError(f"Events are not delivered to {service}.")
    delivery = _Delivery(target, resource, content, event)
    return [
        TargetCall(account_id or event["account"], region or event["region"], *call)
        for call in _TARGETS[service](delivery)
    ]


def universal_target(arn: str) -> tuple[str, str] | None:
    """Return the service and the operation that a universal target of Scheduler calls."""
    parts = _split_arn(arn)[-1].split(":")
    if len(parts) != 3 or parts[0] != "aws-sdk":
        return None
    service = {"eventbridge": "events", "sfn": "stepfunctions"}.get(parts[1], parts[1])
    return service, parts[2][:1].upper() + parts[2][1:]


def _split_arn(arn: str) -> list[str]:
    parts = arn.split(":", 5)
    if len(parts) < 6:
        raise CallError(f"{arn!r} is not an ARN.")
    return parts


def _universal(delivery: _Delivery) -> list[_Call]:
    called = universal_target(delivery.target["Arn"])
    if called is None or delivery.event["source"] != "aws.scheduler":
        raise CallError(f"{delivery.target['Arn']!r} is not a target of Scheduler.")
    return [(*called, json.loads(delivery.content))]


def _state_machine(delivery: _Delivery) -> list[_Call]:
    request = {
        "stateMachineArn": delivery.target["Arn"],
        "name": f"{delivery.event['id']}_{delivery.id}",
        "input": delivery.content,
    }
    return [("stepfunctions", "StartExecution", request)]


def _queue(delivery: _Delivery) -> list[_Call]:
    _, _, _, region, account_id, name = _split_arn(delivery.target["Arn"])
    request = {
        "QueueUrl": f"https://sqs.{region}.amazonaws.com/{account_id}/{name}",
        "MessageBody": delivery.content,
    }
    group = (delivery.target.get("SqsParameters") or {}).get("MessageGroupId")
    if group:
        request["MessageGroupId"] = group
    return [("sqs", "SendMessage", request)]


def _log_group(delivery: _Delivery) -> list[_Call]:
    names = {
        "logGroupName": delivery.resource.removeprefix("log-group:").removesuffix(":*"),
        "logStreamName": delivery.id,
    }
    at = datetime.fromisoformat(delivery.event["time"].replace("Z", "+00:00"))
    record = {"timestamp": int(at.timestamp() * 1000), "message": delivery.content}
    return [
        ("logs", "CreateLogStream", names),
        ("logs", "PutLogEvents", {**names, "logEvents": [record]}),
    ]


def _topic(delivery: _Delivery) -> list[_Call]:
    return [("sns", "Publish", {"TopicArn": delivery.target["Arn"], "Message": delivery.content})]


def _stream(delivery: _Delivery) -> list[_Call]:
    request = {
        "StreamName": delivery.resource.removeprefix("stream/"),
        "Data": delivery.content.encode(),
        "PartitionKey": delivery.event["id"],
    }
    return [("kinesis", "PutRecord", request)]


def _delivery_stream(delivery: _Delivery) -> list[_Call]:
    request = {
        "DeliveryStreamName": delivery.resource.removeprefix("deliverystream/"),
        "Record": {"Data": delivery.content.encode()},
    }
    return [("firehose", "PutRecord", request)]


def _function(delivery: _Delivery) -> list[_Call]:
    request = {
        "FunctionName": delivery.target["Arn"],
        "InvocationType": "Event",
        "Payload": delivery.content.encode(),
    }
    return [("lambda", "Invoke", request)]


_TARGETS: dict[str, Callable[[_Delivery], list[_Call]]] = {
    "firehose": _delivery_stream,
    "kinesis": _stream,
    "lambda": _function,
    "logs": _log_group,
    "scheduler": _universal,
    "sns": _topic,
    "sqs": _queue,
    "states": _state_machine,
}
