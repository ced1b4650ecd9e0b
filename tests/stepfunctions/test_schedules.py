"""Schedules of EventBridge rules and of its Scheduler fire on the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import boto3
import pytest
import time_machine
from botocore.exceptions import ClientError
from moto import mock_aws

from pytest_glue_runs import GlueRuns, UnsettledError, mock_glue_runs
from pytest_glue_runs._time.schedule_expression import parse_schedule

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:results"
START_JOB_RUN = "arn:aws:scheduler:::aws-sdk:glue:startJobRun"


def client(service: str) -> Any:
    """Return a client of a service."""
    return boto3.client(service, region_name="us-east-1")


@pytest.fixture
def schedule(glue_runs: GlueRuns) -> Callable[..., None]:
    """Creates a schedule of Scheduler; by default its target runs the job."""
    return create_schedule


def create_schedule(expression: str, arn: str = START_JOB_RUN, **request: Any) -> None:
    target = {"Arn": arn, "RoleArn": "arn:aws:iam::123456789012:role/s"}
    target_input = request.pop("Input", '{"JobName": "load"}')
    if target_input is not None:
        target["Input"] = target_input
    client("scheduler").create_schedule(
        Name=request.pop("Name", "nightly"),
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        **request,
    )


@pytest.fixture
def make_rule(glue_runs: GlueRuns) -> Callable[..., None]:
    """Creates a rule with a schedule and a target."""

    def make(expression: str, arn: str = QUEUE, **target: Any) -> None:
        events = client("events")
        events.put_rule(Name="often", ScheduleExpression=expression)
        events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": arn, **target}])

    return make


def starts(glue_runs: GlueRuns) -> list[str]:
    """Return when runs were started."""
    return [f"{run.started_on:%d %H:%M:%S}" for run in glue_runs.runs()]


@pytest.mark.parametrize("move", ["tick", "sleep", "move_to"])
def test_schedule_starts_runs_in_time(
    glue_runs: GlueRuns, job: str, schedule: Any, move: str
) -> None:
    schedule("cron(0 2 * * ? *)")
    if move == "tick":
        glue_runs.tick("3d")
    elif move == "sleep":
        time.sleep(3 * 86400)
    else:
        glue_runs.move_to("2026-01-04 12:00")
    assert starts(glue_runs) == ["02 02:00:00", "03 02:00:00", "04 02:00:00"]
    assert [call.operation for call in glue_runs.calls] == ["StartJobRun"] * 3


@pytest.mark.parametrize(
    ("expression", "more", "expected"),
    [
        ("rate(1 hour)", {}, ["01 12:00:00", "01 13:00:00", "01 14:00:00"]),
        ("rate(2 hours)", {"StartDate": "2026-01-01 13:30Z"}, ["01 13:30:00"]),
        ("rate(1 hours)", {"EndDate": "2026-01-01 13:30Z"}, ["01 12:00:00", "01 13:00:00"]),
        (
            "rate(45 minutes)",
            {"StartDate": "2026-01-01 11:59Z"},
            ["01 12:44:00", "01 13:29:00", "01 14:14:00"],
        ),
        ("cron(30 * * * ? *)", {"StartDate": "2026-01-01 13:30Z"}, ["01 13:30:00"]),
        ("cron(30 14 * * ? *)", {"ScheduleExpressionTimezone": "Europe/Berlin"}, ["01 13:30:00"]),
        ("at(2026-01-01T13:15:00)", {}, ["01 13:15:00"]),
        (
            "at(2026-01-01T08:15:00)",
            {"ScheduleExpressionTimezone": "America/New_York"},
            ["01 13:15:00"],
        ),
        ("at(2026-01-01T11:00:00)", {}, []),
        ("rate(1 hour)", {"State": "DISABLED"}, []),
    ],
)
def test_expressions(
    glue_runs: GlueRuns,
    job: str,
    schedule: Any,
    expression: str,
    more: dict[str, Any],
    expected: list[str],
) -> None:
    schedule(expression, **more)
    glue_runs.tick("2h15m")  # from noon
    assert starts(glue_runs) == expected


def test_rule_with_a_rate_fires_after_the_interval(
    glue_runs: GlueRuns, make_rule: Any, received: Any
) -> None:
    make_rule("rate(1 hour)")
    glue_runs.tick("2h")
    first, second = received()
    assert (first["time"], second["time"]) == ("2026-01-01T13:00:00Z", "2026-01-01T14:00:00Z")
    assert {name: first[name] for name in ("source", "detail-type", "resources", "detail")} == {
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/often"],
        "detail": {},
    }


def test_rule_starts_a_state_machine(
    glue_runs: GlueRuns, job: str, make_machine: Any, make_rule: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    make_rule("cron(30 12 * * ? *)", machine.arn, Input='{"by": "rule"}')
    glue_runs.tick("1h")
    (started,) = machine.client.list_executions(stateMachineArn=machine.arn)["executions"]
    assert machine.describe(started["executionArn"])["input"] == '{"by": "rule"}'
    assert machine.story(started["executionArn"])[-1] == "1864 ExecutionSucceeded"


def test_schedule_starts_a_state_machine(
    glue_runs: GlueRuns, job: str, make_machine: Any, schedule: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    schedule("at(2026-01-01T12:30:00)", machine.arn, Input="{}")
    schedule(
        "at(2026-01-01T12:45:00)",
        "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
        Name="other",
        Input=json.dumps({"stateMachineArn": machine.arn}),
    )
    glue_runs.settle()
    assert starts(glue_runs) == ["01 12:30:00", "01 12:45:00"]


def test_context_of_a_schedule_is_in_its_input(
    glue_runs: GlueRuns, job: str, schedule: Any
) -> None:
    arguments = {
        "--at": "<aws.scheduler.scheduled-time>",
        "--by": "<aws.scheduler.schedule-arn>",
        "--try": "<aws.scheduler.attempt-number>",
        "--id": "<aws.scheduler.execution-id>",
    }
    schedule("at(2026-01-01T13:00:00)", Input=json.dumps({"JobName": job, "Arguments": arguments}))
    glue_runs.settle()
    (run,) = glue_runs.runs()
    assert run.arguments == {
        "--at": "2026-01-01T13:00:00Z",
        "--by": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/nightly",
        "--try": "1",
        "--id": str(UUID(run.arguments["--id"])),
    }


def test_target_without_an_input_receives_an_event(
    glue_runs: GlueRuns, schedule: Any, received: Any
) -> None:
    schedule("at(2026-01-01T13:00:00)", QUEUE, Input=None)
    glue_runs.settle()
    (event,) = received()
    assert (event["source"], event["detail"]) == ("aws.scheduler", "{}")


def test_rejected_start_is_in_the_calls(glue_runs: GlueRuns, job: str, schedule: Any) -> None:
    schedule("at(2026-01-01T13:00:00)", Input='{"JobName": "missing"}')
    glue_runs.settle()
    (call,) = glue_runs.calls
    assert call.error is not None
    assert call.error.code == "EntityNotFoundException"


def test_operation_of_glue_that_moto_has(glue_runs: GlueRuns, schedule: Any) -> None:
    schedule(
        "at(2026-01-01T13:00:00)",
        "arn:aws:scheduler:::aws-sdk:glue:createDatabase",
        Input='{"DatabaseInput": {"Name": "sales"}}',
    )
    glue_runs.settle()
    (database,) = client("glue").get_databases()["DatabaseList"]
    assert database["Name"] == "sales"


@pytest.mark.parametrize(
    ("arn", "target_input"),
    [
        ("arn:aws:ecs:us-east-1:123456789012:cluster/c", "{}"),
        ("arn:aws:scheduler:::nothing", "{}"),
        (
            "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
            '{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/none", "MessageBody": "b"}',
        ),
        (
            "arn:aws:scheduler:::aws-sdk:eventbridge:testEventPattern",
            '{"EventPattern": "{}", "Event": "{}"}',
        ),
        ("arn:aws:scheduler:::aws-sdk:sqs:purgeQueue", '{"QueueUrl": 1}'),
    ],
)
def test_target_that_cannot_be_called_is_skipped(
    glue_runs: GlueRuns, schedule: Any, arn: str, target_input: str
) -> None:
    """As on AWS there is no error, and the clock advances."""
    schedule("at(2026-01-01T13:00:00)", arn, Input=target_input)
    assert glue_runs.settle() == []
    assert glue_runs.now == NOON + timedelta(hours=1)


def test_schedule_is_deleted_after_its_last_time(
    glue_runs: GlueRuns, job: str, schedule: Any
) -> None:
    schedule("at(2026-01-01T13:00:00)", ActionAfterCompletion="DELETE")
    schedule("at(2026-01-01T13:00:00)", Name="kept")
    glue_runs.settle()
    listed = client("scheduler").list_schedules()["Schedules"]
    assert [one["Name"] for one in listed] == ["kept"]
    assert len(glue_runs.runs()) == 2


def test_schedule_that_is_deleted_or_updated(glue_runs: GlueRuns, job: str, schedule: Any) -> None:
    schedule("rate(1 hour)")
    glue_runs.tick("90m")
    request = client("scheduler").get_schedule(Name="nightly")
    kept = ("Name", "FlexibleTimeWindow", "Target")
    client("scheduler").update_schedule(
        ScheduleExpression="cron(45 13 * * ? *)", **{name: request[name] for name in kept}
    )
    glue_runs.tick("1h")
    client("scheduler").delete_schedule(Name="nightly")
    glue_runs.tick("1d")
    assert starts(glue_runs) == ["01 12:00:00", "01 13:00:00", "01 13:45:00"]


def test_clock_of_another_tool_that_jumps_fires_schedules_at_the_next_request() -> None:
    with time_machine.travel(NOON, tick=False) as travel, mock_glue_runs as glue_runs:
        glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 9})
        create_schedule("cron(0 * * * ? *)")
        travel.shift(timedelta(hours=2))
        client("glue").get_job_runs(JobName="load")
        assert starts(glue_runs) == ["01 14:00:00"] * 2


def test_settle_does_not_begin_where_a_schedule_never_ends(
    glue_runs: GlueRuns, job: str, schedule: Any, make_rule: Any, queue: str
) -> None:
    schedule("cron(0 2 * * ? *)")
    make_rule("rate(1 hour)")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    assert str(error.value) == (
        "settle() would never end: there are schedules without an end.\n"
        "  often rate(1 hour): next at 2026-01-01 13:00:00 UTC\n"
        "  nightly cron(0 2 * * ? *): next at 2026-01-02 02:00:00 UTC\n"
        "Move the clock as far as the test needs it, with glue_runs.tick() or "
        "glue_runs.move_to(), or disable the schedule."
    )
    assert glue_runs.now == NOON


def test_settle_names_triggers_and_schedules_that_never_end(
    glue_runs: GlueRuns, job: str, schedule: Any
) -> None:
    client("glue").create_trigger(
        Name="hourly",
        Type="SCHEDULED",
        Schedule="cron(0 * * * ? *)",
        StartOnCreation=True,
        Actions=[{"JobName": job}],
    )
    schedule("cron(0 2 * * ? *)")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    assert str(error.value) == (
        "settle() would never end: there are schedules without an end.\n"
        "  trigger hourly: next at 2026-01-01 13:00:00 UTC\n"
        "  nightly cron(0 2 * * ? *): next at 2026-01-02 02:00:00 UTC\n"
        "Move the clock as far as the test needs it, with glue_runs.tick() or "
        "glue_runs.move_to(), or stop the trigger with StopTrigger, or disable the schedule."
    )


def test_settle_lets_schedules_with_an_end_fire(
    glue_runs: GlueRuns, job: str, schedule: Any
) -> None:
    schedule("rate(1 hour)", EndDate="2026-01-01 14:30Z")
    schedule("cron(0 0 1 1 ? 2026-2027)", Name="yearly")
    glue_runs.settle()
    assert starts(glue_runs) == ["01 12:00:00", "01 13:00:00", "01 14:00:00", "01 00:00:00"]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 hours)",
        "rate(2 hour)",
        "rate(0 hours)",
        "cron(0 2 * * *)",
        "at(2026-01-01T12:00:00)",
    ],
)
def test_rule_with_an_invalid_expression_is_rejected(glue_runs: GlueRuns, expression: str) -> None:
    with pytest.raises(ClientError) as error:
        client("events").put_rule(Name="often", ScheduleExpression=expression)
    assert error.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "Parameter ScheduleExpression is not valid.",
    }


@pytest.mark.parametrize(
    ("expression", "more", "message"),
    [
        ("rate(soon)", {}, "Invalid Schedule Expression rate(soon)."),
        ("at(2026-01-01)", {}, "Invalid Schedule Expression at(2026-01-01)."),
        ("cron(0 25 * * ? *)", {}, "Invalid Schedule Expression cron(0 25 * * ? *)."),
        (
            "rate(1 hour)",
            {"ScheduleExpressionTimezone": "Europe/Nowhere"},
            "Invalid Schedule Expression Timezone Europe/Nowhere.",
        ),
        ("rate(1 hour)", {"arn": "arn:aws"}, "Provided Arn is not in correct format: arn:aws"),
        (
            "rate(1 hour)",
            {"arn": "arn:aws:scheduler:::aws-sdk:glew:startJobRun"},
            "The service glew is not supported.",
        ),
        (
            "rate(1 hour)",
            {"arn": "arn:aws:scheduler:::aws-sdk:glue:startJob"},
            "The api StartJob of the service glue is not supported.",
        ),
        (
            "rate(1 hour)",
            {"Input": '{"jobName": "load"}'},
            (
                "Invalid RequestJson provided. Reason Request payload is missing the following "
                "field(s): JobName."
            ),
        ),
        (
            "rate(1 hour)",
            {"Input": "load"},
            "Invalid RequestJson provided. Reason Request payload is not a JSON object.",
        ),
    ],
)
def test_schedule_that_is_not_valid_is_rejected(
    glue_runs: GlueRuns, schedule: Any, expression: str, more: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError) as error:
        schedule(expression, **more)
    response = error.value.response["Error"]
    assert (response["Code"], response["Message"]) == ("ValidationException", message)


@pytest.mark.slow
def test_scheduler_is_not_imported_for_a_rule(python: Callable[[str], str]) -> None:
    printed = python(
        """
import boto3, sys
from pytest_glue_runs import mock_glue_runs

with mock_glue_runs as glue_runs:
    events = boto3.client("events", region_name="us-east-1")
    events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
    glue_runs.tick("10m")
    print("moto.scheduler.models" in sys.modules)
"""
    )
    assert printed == "False"


def test_invalid_schedule_of_an_earlier_mock_does_not_fire() -> None:
    """moto accepts it while Glue is not mocked."""
    with mock_aws():
        create_schedule("rate(soon)")
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("load")
            client("scheduler").list_schedules()
            glue_runs.tick("1d")
            assert glue_runs.settle() == []


def moments(expression: str, begin: datetime, count: int, zone: str = "UTC") -> list[str]:
    """Return the first moments of a schedule after *begin*."""
    parsed = parse_schedule(expression, begin, ZoneInfo(zone))
    found: list[str] = []
    moment: datetime | None = begin
    while len(found) < count:
        assert moment is not None
        moment = parsed.next_after(moment)
        found.append(f"{moment:%m-%d %H:%M}")
    return found


def test_local_time_that_does_not_exist_is_skipped() -> None:
    """On 2026-03-29 the clocks in Berlin go from 02:00 to 03:00."""
    begin = datetime(2026, 3, 28, tzinfo=timezone.utc)
    assert moments("cron(30 2 * * ? *)", begin, 2, "Europe/Berlin") == [
        "03-28 01:30",
        "03-30 00:30",
    ]


def test_local_time_that_comes_twice_counts_once() -> None:
    """On 2026-10-25 the clocks in Berlin go from 03:00 back to 02:00."""
    begin = datetime(2026, 10, 24, 12, tzinfo=timezone.utc)
    assert moments("cron(30 2 * * ? *)", begin, 2, "Europe/Berlin") == [
        "10-25 00:30",
        "10-26 01:30",
    ]


def test_local_schedule_that_ends() -> None:
    parsed = parse_schedule("cron(0 0 1 1 ? 2025)", NOON, ZoneInfo("Europe/Berlin"))
    assert (parsed.next_after(NOON), parsed.are_endless) == (None, False)
