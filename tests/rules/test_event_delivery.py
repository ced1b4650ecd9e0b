"""Delivery of events through moto's EventBridge: rules that match forward them to their targets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, MissingLibraryError, fails, mock_glue_runs

MakeJob = Callable[..., str]
ENDS = {"source": ["aws.glue"], "detail-type": ["Glue Job State Change"]}


def make_client(service: str) -> Any:
    """Return a client of a service that moto provides."""
    return boto3.client(service, region_name="us-east-1")


@pytest.fixture
def rule(glue_runs: GlueRuns) -> Callable[..., None]:
    """Return a function that creates a rule with targets."""
    events = make_client("events")

    def put_rule(pattern: dict[str, Any], *arns: str, name: str = "ends", **members: Any) -> None:
        events.put_rule(Name=name, EventPattern=json.dumps(pattern), **members)
        targets = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(arns)]
        events.put_targets(Rule=name, Targets=targets)

    return put_rule


@pytest.fixture
def queue(glue_runs: GlueRuns) -> str:
    """The URL of an SQS queue."""
    return str(make_client("sqs").create_queue(QueueName="ends")["QueueUrl"])


ARN = "arn:aws:sqs:us-east-1:123456789012:ends"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:ends"


def received(queue: str) -> list[Any]:
    """Return the parsed messages of the queue."""
    response = make_client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in response.get("Messages", [])]


def test_event_is_delivered_to_a_queue(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """The message is the event as glue_runs.events returns it."""
    rule(ENDS, ARN)
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_error_message_is_delivered_unchanged(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """moto does not interpret its angle brackets as a template."""
    rule(ENDS, ARN)
    glue_runs.plan(make_job(), fails('no <detail> of "<id>" é'))
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_input_transformer_is_applied(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    events = make_client("events")
    events.put_rule(Name="ends", EventPattern=json.dumps(ENDS))
    # Older versions of moto fail unless the template uses the time.
    transformer = {
        "InputPathsMap": {"run": "$.detail.state", "time": "$.time"},
        "InputTemplate": '{"was": "<run>", "time": <time>}',
    }
    target = {"Id": "1", "Arn": ARN, "InputTransformer": transformer}
    events.put_targets(Rule="ends", Targets=[target])
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == [{"was": "SUCCEEDED", "time": "2026-01-01T12:01:04Z"}]


def test_event_is_delivered_to_a_log_group(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any
) -> None:
    logs = make_client("logs")
    logs.create_log_group(logGroupName="/aws/events/ends")
    rule(ENDS, "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/ends")
    make_job()
    start()
    glue_runs.settle()
    (event,) = logs.filter_log_events(logGroupName="/aws/events/ends")["events"]
    assert json.loads(event["message"]) == glue_runs.events[0]


def test_pattern_selects_events(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    rule({**ENDS, "detail": {"state": ["FAILED"]}}, ARN)
    glue_runs.plan(make_job(), fails("Out of memory"))
    start(), start()
    glue_runs.settle()
    assert [body["detail"]["state"] for body in received(queue)] == ["FAILED"]


def test_event_is_delivered_without_a_call_to_glue(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Reading the queue is enough, and shows only events that are due."""
    rule(ENDS, ARN)
    make_job()
    start()
    glue_runs.tick(63)
    before = received(queue)
    glue_runs.tick(1)
    after = received(queue)
    assert (before, [body["time"] for body in after]) == ([], ["2026-01-01T12:01:04Z"])


def test_event_is_delivered_once(
    client: Any, glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Later calls do not deliver it again."""
    rule(ENDS, ARN)
    make_job()
    start()
    glue_runs.settle()
    client.get_job_runs(JobName="nightly")
    assert (len(received(queue)), len(received(queue))) == (1, 0)


def test_delay_event_is_delivered(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    rule({"source": ["aws.glue"]}, ARN)
    make_job(NotificationProperty={"NotifyDelayAfter": 1})
    start()
    glue_runs.settle()
    assert [body["detail-type"] for body in received(queue)] == [
        "Glue Job Run Status",
        "Glue Job State Change",
    ]


def test_unsupported_target_is_skipped(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """The other targets and rules still receive the event."""
    rule(ENDS, LAMBDA, ARN)
    rule(ENDS, ARN, name="more")
    make_job()
    start()
    glue_runs.settle()
    assert len(received(queue)) == 2


@pytest.mark.parametrize(
    "missing",
    [
        "arn:aws:sqs:us-east-1:123456789012:missing",
        "arn:aws:logs:us-east-1:123456789012:log-group:missing",
    ],
)
def test_missing_target_is_skipped(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str, missing: str
) -> None:
    """EventBridge does not report it to Glue's caller."""
    rule(ENDS, missing, ARN)
    make_job()
    start()
    glue_runs.settle()
    assert len(received(queue)) == 1


def test_disabled_rule_receives_nothing(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    rule(ENDS, ARN, State="DISABLED")
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == []


def test_rule_of_another_region_receives_nothing(
    glue_runs: GlueRuns,
    client_in: Callable[[str], Any],
    make_job: MakeJob,
    rule: Any,
    queue: str,
) -> None:
    rule(ENDS, ARN)
    make_job(region="eu-west-1")
    client_in("eu-west-1").start_job_run(JobName="nightly")
    glue_runs.settle()
    assert received(queue) == []


def test_event_without_a_matching_rule(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    """It is only in glue_runs.events."""
    make_job()
    start()
    glue_runs.settle()
    assert (received(queue), len(glue_runs.events)) == ([], 1)


def test_missing_library_is_named(
    glue_runs: GlueRuns,
    client: Any,
    start: Any,
    make_job: MakeJob,
    rule: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """moto's EventBridge needs a library that its extra for Glue does not install."""
    rule(ENDS, "arn:aws:events:us-east-1:123456789012:event-bus/other")
    make_job()
    start()
    with monkeypatch.context() as patch:
        for name in [name for name in sys.modules if name.startswith("jsonpath_ng")]:
            patch.delitem(sys.modules, name)
        patch.setitem(sys.modules, "jsonpath_ng", None)
        with pytest.raises(MissingLibraryError) as error:
            glue_runs.tick(64)
    assert str(error.value) == (
        "moto's EventBridge needs jsonpath_ng to deliver an event to its targets. "
        "Install it with: pip install 'moto[events]'"
    )


def test_rule_in_an_outer_mock_aws_receives_events() -> None:
    from moto import mock_aws

    with mock_aws(), mock_glue_runs as glue_runs:
        events, sqs = make_client("events"), make_client("sqs")
        queue = str(sqs.create_queue(QueueName="ends")["QueueUrl"])
        events.put_rule(Name="ends", EventPattern=json.dumps(ENDS))
        events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": ARN}])
        glue_runs.add_job("nightly")
        make_client("glue").start_job_run(JobName="nightly")
        glue_runs.settle()
        assert len(received(queue)) == 1


@pytest.mark.parametrize("move", ["sleep", "tick", "move_to"])
def test_event_is_delivered_at_its_own_time(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str, move: str
) -> None:
    """The clock advances beyond it in one step."""
    rule(ENDS, ARN)
    make_job()
    start()
    begin = glue_runs.now
    if move == "sleep":
        time.sleep(3600)
    elif move == "tick":
        glue_runs.tick("1h")
    else:
        glue_runs.move_to(begin + timedelta(hours=1))
    assert glue_runs.now == begin + timedelta(hours=1)
    response = make_client("sqs").receive_message(QueueUrl=queue, AttributeNames=["All"])
    sent = int(response["Messages"][0]["Attributes"]["SentTimestamp"])
    assert sent == (begin.timestamp() + 64) * 1000


def test_long_poll_receives_an_event_of_a_later_time(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """The poll starts at 60 seconds, and the run ends at 64."""
    rule(ENDS, ARN)
    make_job()
    start()
    time.sleep(60)
    response = make_client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)
    assert len(response["Messages"]) == 1


def test_failing_target_does_not_affect_others(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Neither half an ARN nor half a template can be evaluated."""
    events = make_client("events")
    rule(ENDS, "arn:aws", ARN)
    template = {"InputPathsMap": {"s": "$.detail.state"}, "InputTemplate": '{"state": <s>'}
    target = {"Id": "0", "Arn": ARN, "InputTransformer": template}
    events.put_rule(Name="first", EventPattern=json.dumps(ENDS))
    events.put_targets(Rule="first", Targets=[target])
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_scheduled_rule_receives_no_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    """A rule without a pattern matches no event."""
    events = make_client("events")
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": ARN}])
    make_job()
    start()
    glue_runs.tick("64s")
    assert received(queue) == []
