"""Targets of EventBridge rules receive the events of runs, each at its own moment."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pytest_glue_runs import GlueRuns, MissingLibraryError, fails, mock_glue_runs
from pytest_glue_runs._clients.moto.calls import CallError, call
from pytest_glue_runs._clients.moto.target_input import target_input
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.protocol.wire import Response

ENDS = {"source": ["aws.glue"], "detail-type": ["Glue Job State Change"]}
SUCCEED = {"Type": "Succeed"}
RULE = "arn:aws:events:us-east-1:123456789012:rule/ends"


def client(service: str) -> Any:
    """Return a client of a service."""
    return boto3.client(service, region_name="us-east-1")


@pytest.fixture
def make_rule(glue_runs: GlueRuns) -> Callable[..., None]:
    """Creates a rule for the ends of runs, with a target."""

    def make(arn: str, **target: Any) -> None:
        events = client("events")
        events.put_rule(Name="ends", EventPattern=json.dumps(ENDS))
        events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": arn, **target}])

    return make


def test_state_machine_is_started_with_the_event(
    glue_runs: GlueRuns, job: str, glue: Any, make_machine: Any, make_rule: Any, run_job: Any
) -> None:
    glue_runs.add_job("publish")
    machine = make_machine(Run=run_job("publish"))
    make_rule(machine.arn)
    glue.start_job_run(JobName=job)
    glue_runs.tick("65s")
    assert [run.job_name for run in glue_runs.runs()] == [job, "publish"]
    (started,) = machine.client.list_executions(stateMachineArn=machine.arn)["executions"]
    assert started["name"].startswith(glue_runs.events[0]["id"] + "_")
    described = machine.describe(started["executionArn"])
    assert json.loads(described["input"]) == glue_runs.events[0]
    assert machine.story(started["executionArn"])[0] == "64 ExecutionStarted"


def test_settle_lets_what_an_event_started_end(
    glue_runs: GlueRuns, job: str, glue: Any, make_machine: Any, make_rule: Any, run_job: Any
) -> None:
    glue_runs.add_job("publish")
    pause = {"Type": "Wait", "Seconds": 3600, "Next": "Run"}
    make_rule(make_machine(Pause=pause, Run=run_job("publish")).arn)
    glue.start_job_run(JobName=job)
    # The second run's event starts an execution too: the rule has no job in its pattern.
    client("events").put_rule(
        Name="ends", EventPattern=json.dumps({**ENDS, "detail": {"jobName": [job]}})
    )
    glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "SUCCEEDED"]


@pytest.mark.parametrize(
    ("target", "received_body"),
    [
        ({"Input": '{"constant": true}'}, {"constant": True}),
        ({"InputPath": "$.detail.state"}, "FAILED"),
        ({"InputPath": "$.detail.nothing"}, None),
        (
            {
                "InputTransformer": {
                    "InputPathsMap": {"state": "$.detail.state", "why": "$.detail.severity"},
                    "InputTemplate": '{"state": <state>, "text": "<why>: <state>"}',
                }
            },
            {"state": "FAILED", "text": "ERROR: FAILED"},
        ),
    ],
)
def test_queue_receives_the_input_of_its_target(
    glue_runs: GlueRuns,
    job: str,
    glue: Any,
    make_rule: Any,
    received: Any,
    target: dict[str, Any],
    received_body: object,
) -> None:
    make_rule("arn:aws:sqs:us-east-1:123456789012:results", **target)
    glue_runs.plan(job, fails("no disk"))
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    assert received() == [received_body]


def test_fifo_queue_receives_the_event_in_its_group(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any
) -> None:
    sqs = client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName="results.fifo", Attributes=attributes)["QueueUrl"]
    group = {"MessageGroupId": "runs"}
    make_rule("arn:aws:sqs:us-east-1:123456789012:results.fifo", SqsParameters=group)
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    response = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])
    (message,) = response["Messages"]
    assert message["Attributes"]["MessageGroupId"] == "runs"


def test_topic_forwards_the_event_to_its_subscribers(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any, received: Any
) -> None:
    sns = client("sns")
    topic = sns.create_topic(Name="ends")["TopicArn"]
    queue = "arn:aws:sqs:us-east-1:123456789012:results"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    make_rule(topic)
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    (message,) = received()
    assert json.loads(message["Message"]) == glue_runs.events[0]


def test_stream_receives_the_event(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any
) -> None:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="ends", ShardCount=1)
    make_rule("arn:aws:kinesis:us-east-1:123456789012:stream/ends")
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    shard = {"StreamName": "ends", "ShardId": "shardId-000000000000"}
    position = kinesis.get_shard_iterator(**shard, ShardIteratorType="TRIM_HORIZON")
    (record,) = kinesis.get_records(ShardIterator=position["ShardIterator"])["Records"]
    assert json.loads(record["Data"]) == glue_runs.events[0]
    assert record["PartitionKey"] == glue_runs.events[0]["id"]


def test_delivery_stream_receives_the_event(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any
) -> None:
    s3, firehose = client("s3"), client("firehose")
    s3.create_bucket(Bucket="ends")
    destination = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::ends"}
    firehose.create_delivery_stream(
        DeliveryStreamName="ends", S3DestinationConfiguration=destination
    )
    make_rule("arn:aws:firehose:us-east-1:123456789012:deliverystream/ends")
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    (found,) = s3.list_objects_v2(Bucket="ends")["Contents"]
    body = s3.get_object(Bucket="ends", Key=found["Key"])["Body"].read()
    assert json.loads(body) == glue_runs.events[0]


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:ends"


def test_function_is_invoked_if_moto_does_not_need_docker_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models = pytest.importorskip("moto.awslambda_simple.models")
    invoked: list[Any] = []

    def invoke(_: object, function_name: str, qualifier: object, body: Any, *__: object) -> bytes:
        invoked.append((function_name, json.loads(body)))
        return b"{}"

    monkeypatch.setattr(models.LambdaSimpleBackend, "invoke", invoke)
    config: Any = {"lambda": {"use_docker": False}}
    with mock_aws(config=config), mock_glue_runs as glue_runs:
        events = client("events")
        events.put_rule(Name="ends", EventPattern=json.dumps(ENDS))
        events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": FUNCTION}])
        client("glue").start_job_run(JobName=glue_runs.add_job("load"))
        glue_runs.settle()
        assert invoked == [(FUNCTION, glue_runs.events[0])]


@pytest.mark.parametrize(
    "arn",
    [
        FUNCTION,
        "arn:aws:ecs:us-east-1:123456789012:cluster/c",
        "arn:aws:states:us-east-1:123456789012:stateMachine:missing",
        "arn:aws:scheduler:::aws-sdk:glue:startJobRun",
        "arn:aws:scheduler:::aws-sdk",
        "arn:aws:events:us-east-1:123456789012:something/else",
        "arn:aws",
    ],
)
def test_target_that_receives_nothing_is_skipped(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any, received: Any, arn: str
) -> None:
    make_rule(arn)
    queue = {"Id": "2", "Arn": "arn:aws:sqs:us-east-1:123456789012:results"}
    client("events").put_targets(Rule="ends", Targets=[queue])
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    assert len(received()) == 1


def test_another_bus_receives_the_event(
    glue_runs: GlueRuns, job: str, glue: Any, make_rule: Any, received: Any
) -> None:
    events = client("events")
    bus = events.create_event_bus(Name="other")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="other", EventPattern='{"source": ["aws.glue"]}')
    queue = {"Id": "1", "Arn": "arn:aws:sqs:us-east-1:123456789012:results"}
    events.put_targets(Rule="all", EventBusName="other", Targets=[queue])
    make_rule(bus)
    glue.start_job_run(JobName=job)
    glue_runs.settle()
    (message,) = received()
    assert message["detail"] == glue_runs.events[0]["detail"]


EVENT = {
    "id": "1",
    "time": "2026-01-01T12:00:00Z",
    "detail-type": "Glue Job State Change",
    "resources": ["r0", "r1"],
    "detail": {"state": "FAILED", "message": 'no "disk"', "count": 2},
}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('{"s": <s>}', {"s": "FAILED"}),
        ('{"s": "<s>", "m": "<m>"}', {"s": "FAILED", "m": 'no "disk"'}),
        ('{"c": <c>, "text": "<c>"}', {"c": 2, "text": "2"}),
        ('{"d": <d>, "text": "<r>"}', {"d": EVENT["detail"], "text": '["r0", "r1"]'}),
        ('"It is <s>, \\"<unknown>\\""', 'It is FAILED, "<unknown>"'),
        ('{"r": <aws.events.rule-name>, "e": <aws.events.event.json>}', {"r": "ends", "e": EVENT}),
        (
            "[<aws.events.event.ingestion-time>, <aws.events.rule-arn>]",
            ["2026-01-01T12:00:00Z", RULE],
        ),
        (
            "<aws.events.event>",
            {name: EVENT[name] for name in ("id", "time", "detail-type", "resources")},
        ),
    ],
)
def test_template_is_filled(template: str, expected: object) -> None:
    paths = {"s": "$.detail.state", "m": "$.detail.message", "c": "$.detail.count"}
    paths |= {"d": "$.detail", "r": "$.resources"}
    target = {"InputTransformer": {"InputPathsMap": paths, "InputTemplate": template}}
    assert json.loads(target_input(target, EVENT, RULE)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", EVENT),
        ("$.detail-type", "Glue Job State Change"),
        ("$.resources[1]", "r1"),
        ("$.resources[2]", None),
        ("$.id.state", None),
    ],
)
def test_path_selects_a_part_of_the_event(path: str, expected: object) -> None:
    assert json.loads(target_input({"InputPath": path}, EVENT, RULE)) == expected


def test_path_and_template_that_cannot_be_evaluated() -> None:
    message = "'detail.*' is not a path such as $.detail.state or $.resources[0]."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        target_input({"InputPath": "detail.*"}, EVENT, RULE)
    transformer = {"InputTransformer": {"InputTemplate": '{"a": }'}}
    message = "The InputTemplate makes '{\"a\": }', which is not JSON."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        target_input(transformer, EVENT, RULE)


def test_machine_of_an_earlier_mock_is_started_by_an_event(
    make_machine_now: Any, run_job: Any
) -> None:
    """Step Functions itself has received no request since Glue is mocked."""
    config: Any = {"stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        machine = make_machine_now(Run=run_job("publish"))
        events = client("events")
        pattern = {**ENDS, "detail": {"jobName": ["load"]}}
        events.put_rule(Name="ends", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": machine.arn}])
        with mock_glue_runs as glue_runs:
            client("glue").start_job_run(JobName=glue_runs.add_job("load"))
            glue_runs.add_job("publish")
            glue_runs.settle()
            assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "SUCCEEDED"]


CALLER = Caller("123456789012", "us-east-1")


def respond(outcome: object) -> Any:
    """Return a function that returns *outcome* for a request, or raises it."""

    def responded(*_: object) -> object:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return responded


@pytest.mark.parametrize(
    ("service", "operation", "outcome", "message"),
    [
        ("sqss", "ListQueues", None, "There is no service 'sqss'."),
        ("sqs", "ListQueue", None, "sqs has no operation 'ListQueue'."),
        ("sqs", "ListQueues", None, "sqs.ListQueues failed: "),
        ("sqs", "ListQueues", Response(400, {}, b"no"), "sqs.ListQueues failed: no"),
        ("sqs", "ListQueues", NotImplementedError(), "moto has no sqs.ListQueues."),
    ],
)
def test_call_that_fails(service: str, operation: str, outcome: object, message: str) -> None:
    with pytest.raises(CallError, match=f"^{re.escape(message)}$"):
        call(respond(outcome), CALLER, service, operation, {})


@pytest.mark.parametrize(("service", "extra"), [("sqs", "sqs"), ("lambda", "awslambda")])
def test_library_that_moto_lacks_for_a_call(service: str, extra: str) -> None:
    operation = {"sqs": "ListQueues", "lambda": "ListFunctions"}[service]
    missing = ModuleNotFoundError("No module named 'docker.errors'", name="docker.errors")
    with pytest.raises(MissingLibraryError) as error:
        call(respond(missing), CALLER, service, operation, {})
    assert str(error.value) == (
        f"moto needs docker to call {service}.{operation}. "
        f"Install it with: pip install 'moto[{extra}]'"
    )
