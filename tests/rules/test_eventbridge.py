"""moto's EventBridge: rules that match a run's events hand them to their targets."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, fails, mock_glue_runs

MakeJob = Callable[..., str]
ENDS = {"source": ["aws.glue"], "detail-type": ["Glue Job State Change"]}


def make_client(service: str) -> Any:
    """A client of a service that moto has."""
    return boto3.client(service, region_name="us-east-1")


@pytest.fixture
def rule(glue_runs: GlueRuns) -> Callable[..., None]:
    """Makes a rule with targets."""
    events = make_client("events")

    def make(pattern: dict[str, Any], *targets: str, name: str = "ends", **more: Any) -> None:
        events.put_rule(Name=name, EventPattern=json.dumps(pattern), **more)
        listed = [{"Id": str(number), "Arn": arn} for number, arn in enumerate(targets)]
        events.put_targets(Rule=name, Targets=listed)

    return make


@pytest.fixture
def queue(glue_runs: GlueRuns) -> str:
    """The URL of a queue."""
    return str(make_client("sqs").create_queue(QueueName="ends")["QueueUrl"])


ARN = "arn:aws:sqs:us-east-1:123456789012:ends"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:ends"


def received(queue: str) -> list[Any]:
    """The messages of the queue, parsed."""
    answer = make_client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_queue_receives_the_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """A rule's queue has the event as glue_runs.events has it."""
    rule(ENDS, ARN)
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_error_is_delivered_letter_for_letter(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Words that moto would take for a place in its template are the run's own."""
    rule(ENDS, ARN)
    glue_runs.plan(make_job(), fails('no <detail> of "<id>" é'))
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_template_of_the_target_holds(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    """A target with an InputTransformer receives what that makes of the event."""
    events = make_client("events")
    events.put_rule(Name="ends", EventPattern=json.dumps(ENDS))
    # Older versions of moto break where there is no time in it.
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


def test_log_group_receives_the_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any
) -> None:
    """A rule's log group has it too."""
    logs = make_client("logs")
    logs.create_log_group(logGroupName="/aws/events/ends")
    rule(ENDS, "arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/ends")
    make_job()
    start()
    glue_runs.settle()
    (event,) = logs.filter_log_events(logGroupName="/aws/events/ends")["events"]
    assert json.loads(event["message"]) == glue_runs.events[0]


def test_rule_gets_what_it_asks_for(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """The pattern of a rule chooses by state."""
    rule({**ENDS, "detail": {"state": ["FAILED"]}}, ARN)
    glue_runs.plan(make_job(), fails("Out of memory"))
    start(), start()
    glue_runs.settle()
    assert [body["detail"]["state"] for body in received(queue)] == ["FAILED"]


def test_event_is_delivered_though_glue_is_not_asked(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Who looks into the queue finds what has happened by now, and only that."""
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
    """However often somebody looks."""
    rule(ENDS, ARN)
    make_job()
    start()
    glue_runs.settle()
    client.get_job_runs(JobName="nightly")
    assert (len(received(queue)), len(received(queue))) == (1, 0)


def test_delay_is_delivered_too(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """Both kinds of events go to EventBridge."""
    rule({"source": ["aws.glue"]}, ARN)
    make_job(NotificationProperty={"NotifyDelayAfter": 1})
    start()
    glue_runs.settle()
    assert [body["detail-type"] for body in received(queue)] == [
        "Glue Job Run Status",
        "Glue Job State Change",
    ]


def test_target_that_moto_does_not_have_is_passed_over(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """The targets behind it receive the event all the same, as do other rules."""
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
def test_target_that_is_not_there_is_passed_over(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str, missing: str
) -> None:
    """EventBridge tells nobody of it, least of all who asks Glue."""
    rule(ENDS, missing, ARN)
    make_job()
    start()
    glue_runs.settle()
    assert len(received(queue)) == 1


def test_disabled_rule_gets_nothing(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """As on AWS."""
    rule(ENDS, ARN, State="DISABLED")
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == []


def test_another_region_gets_nothing(
    glue_runs: GlueRuns,
    glue_in: Callable[[str], Any],
    make_job: MakeJob,
    rule: Any,
    queue: str,
) -> None:
    """An event goes to the rules of its own region."""
    rule(ENDS, ARN)
    make_job(region="eu-west-1")
    glue_in("eu-west-1").start_job_run(JobName="nightly")
    glue_runs.settle()
    assert received(queue) == []


def test_moto_is_left_alone_without_rules(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    """Without a rule an event is in glue_runs.events only."""
    make_job()
    start()
    glue_runs.settle()
    assert (received(queue), len(glue_runs.events)) == ([], 1)


def test_what_is_missing_is_named(
    glue_runs: GlueRuns,
    client: Any,
    start: Any,
    make_job: MakeJob,
    rule: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """moto's EventBridge needs a library that its extra for Glue does not bring."""
    rule(ENDS, ARN)
    make_job()
    start()
    with monkeypatch.context() as patch:
        for name in [name for name in sys.modules if name.startswith("jsonpath_ng")]:
            patch.delitem(sys.modules, name)
        patch.setitem(sys.modules, "jsonpath_ng", None)
        with pytest.raises(RuntimeError) as error:
            glue_runs.tick(64)
    assert str(error.value) == (
        "moto's EventBridge needs jsonpath_ng to hand an event to its targets. "
        "Install it with: pip install 'moto[events]'"
    )


def test_users_own_mock_receives_events() -> None:
    """A rule made in a mock_aws of the user's own is a rule."""
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
def test_an_event_is_delivered_at_its_own_time(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str, move: str
) -> None:
    """Wherever the clock goes beyond it."""
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
    answer = make_client("sqs").receive_message(QueueUrl=queue, AttributeNames=["All"])
    sent = int(answer["Messages"][0]["Attributes"]["SentTimestamp"])
    assert sent == (begin.timestamp() + 64) * 1000


def test_a_long_poll_receives_what_happens_meanwhile(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """It began at 60 seconds, and the run ended at 64."""
    rule(ENDS, ARN)
    make_job()
    start()
    time.sleep(60)
    answer = make_client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)
    assert len(answer["Messages"]) == 1


def test_a_target_that_fails_keeps_no_other_from_its_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, rule: Any, queue: str
) -> None:
    """moto can neither read a template with a bare place in it, nor half an ARN."""
    events = make_client("events")
    rule(ENDS, "arn:aws", ARN)
    template = {"InputPathsMap": {"s": "$.detail.state"}, "InputTemplate": '{"state": <s>}'}
    target = {"Id": "0", "Arn": ARN, "InputTransformer": template}
    events.put_rule(Name="first", EventPattern=json.dumps(ENDS))
    events.put_targets(Rule="first", Targets=[target])
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == list(glue_runs.events)


def test_a_rule_with_a_schedule_alone_receives_no_event(
    glue_runs: GlueRuns, start: Any, make_job: MakeJob, queue: str
) -> None:
    """Nothing matches what has no pattern."""
    events = make_client("events")
    events.put_rule(Name="often", ScheduleExpression="rate(5 minutes)")
    events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": ARN}])
    make_job()
    start()
    glue_runs.settle()
    assert received(queue) == []
