"""Triggers and workflow runs in the report of a failing test, and in messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, TooManyReadsError, fails, hangs
from pytest_glue_runs import _mock as mock

Create = Callable[..., str]
NIGHTLY = {"kind": "SCHEDULED", "Schedule": "cron(0 2 * * ? *)"}
NOT_ACTIVE = "it is CREATED, and StartTrigger activates it"


@pytest.fixture
def report(glue_runs: GlueRuns) -> Callable[[str], list[str]]:
    """Return the lines of a part of the report."""

    def part(title: str) -> list[str]:
        mocked = mock.latest()
        assert mocked is not None
        lines = mocked.report().splitlines()
        if f"{title}:" not in lines:
            return []
        rest = lines[lines.index(f"{title}:") + 1 :]
        end = next((n for n, line in enumerate(rest) if not line.startswith("  ")), len(rest))
        return [line[2:] for line in rest[:end]]

    return part


Report = Callable[[str], list[str]]


def test_no_triggers(report: Report) -> None:
    assert (report("Triggers"), report("Workflow runs")) == ([], [])


def test_trigger_that_fired(
    client: Any, glue_runs: GlueRuns, create: Create, report: Report
) -> None:
    create(Actions=[{"JobName": "a"}, {"CrawlerName": "raw"}])
    client.start_trigger(Name="t")
    glue_runs.tick("30s")
    assert report("Triggers") == [
        "t (ON_DEMAND, CREATED): fired once",
        "  fired at 2026-01-01 00:00:00, started a jr_db332c32…, crawler raw",
    ]
    assert report("Runs")[0] == "a jr_db332c32…: RUNNING after 30s, started by trigger t"
    assert report("Next") == [
        "2026-01-01 00:01:00  crawler raw: SUCCEEDED (in 30s)",
        "2026-01-01 00:01:04  a jr_db332c32…: SUCCEEDED (in 34s)",
    ]


def test_schedule(glue_runs: GlueRuns, create: Create, report: Report) -> None:
    create(**NIGHTLY, StartOnCreation=True)
    assert report("Triggers") == [
        "t (SCHEDULED, ACTIVATING): never fired: its time has not come",
        "  next: cron(0 2 * * ? *) at 2026-01-01 02:00:00",
    ]
    glue_runs.tick("7d")
    head, more, *firings, following = report("Triggers")
    assert (head, more) == ("t (SCHEDULED, ACTIVATED): fired 7 times", "  … 2 times before …")
    assert [line.partition(",")[0] for line in firings] == [
        f"  fired at 2026-01-0{day} 02:00:00" for day in range(3, 8)
    ]
    assert following == "  next: cron(0 2 * * ? *) at 2026-01-08 02:00:00"
    assert report("Next") == ["2026-01-08 02:00:00  trigger t: fires (in 2h)"]


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({}, "StartTrigger fires it"),
        ({"WorkflowName": "w"}, "StartTrigger fires it, or StartWorkflowRun"),
        (NIGHTLY, NOT_ACTIVE),
        (
            {**NIGHTLY, "Schedule": "cron(0 2 30 2 ? *)", "StartOnCreation": True},
            "its schedule has no moment to come",
        ),
        (
            {"kind": "EVENT", "EventBatchingCondition": {"BatchSize": 3}},
            "it has received 0 of 3 events; glue_runs.send_events() sends them",
        ),
    ],
)
def test_trigger_that_never_fired(
    client: Any, create: Create, report: Report, members: dict[str, Any], why: str
) -> None:
    client.create_workflow(Name="w")
    create(**members)
    (line,) = report("Triggers")
    assert line.endswith(f"): never fired: {why}")


def test_events_that_are_too_few(glue_runs: GlueRuns, create: Create, report: Report) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 3})
    glue_runs.send_events("t", 2)
    assert report("Triggers") == [
        (
            "t of workflow of-t (EVENT, CREATED): never fired: it has received 2 of 3 events; "
            "glue_runs.send_events() sends them"
        ),
        "  next: with 2 of 3 events, when its batch window is over, at 2026-01-01 00:15:00",
    ]
    assert report("Next") == ["2026-01-01 00:15:00  trigger t: fires with 2 of 3 events (in 15m)"]


def test_jobs_that_do_not_exist(create: Create, on_end: Create, report: Report) -> None:
    on_end("z", x="SUCCEEDED", a="SUCCEEDED", y="FAILED")
    assert report("Triggers")[1:] == ["  no such job: x, y, z"]


def test_conditions_that_were_not_met(
    client: Any, glue_runs: GlueRuns, on_end: Create, report: Report
) -> None:
    on_end("c", a="SUCCEEDED", b="FAILED")
    line = "to-c (CONDITIONAL, ACTIVATING): never fired: it waits for a SUCCEEDED and b FAILED"
    assert report("Triggers") == [line]


def test_conditions_of_which_one_is_enough(create: Create, report: Report) -> None:
    conditions = [
        {"LogicalOperator": "EQUALS", "CrawlerName": "raw", "CrawlState": "FAILED"},
        {"LogicalOperator": "EQUALS", "JobName": "b", "State": "FAILED"},
    ]
    predicate = {"Logical": "ANY", "Conditions": conditions}
    create(kind="CONDITIONAL", Predicate=predicate, StartOnCreation=True)
    (line,) = report("Triggers")
    assert line.endswith("it waits for crawler raw FAILED or b FAILED")


def test_run_of_start_job_run_that_met_no_condition(
    client: Any, glue_runs: GlueRuns, on_end: Create, report: Report
) -> None:
    on_end("c", a="SUCCEEDED")
    client.start_job_run(JobName="a")
    glue_runs.settle()
    (line,) = report("Triggers")
    assert line.endswith("it waits for a SUCCEEDED; runs of StartJobRun do not count")


@pytest.mark.parametrize("inside", [True, False])
def test_run_on_the_other_side_of_a_workflow(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, report: Report, inside: bool
) -> None:
    client.create_workflow(Name="w")
    create("start", WorkflowName="w")
    create("outside")
    on_end("c", a="SUCCEEDED", workflow="w" if inside else None)
    client.start_trigger(Name="outside" if inside else "start")
    glue_runs.settle()
    line = report("Triggers")[-1]
    if inside:
        assert line.startswith("to-c of workflow w (CONDITIONAL, ACTIVATED): never fired")
        assert line.endswith("it waits for a SUCCEEDED; only runs in workflow w count")
    else:
        assert line.endswith("it waits for a SUCCEEDED; runs in a workflow do not count")


def test_runs_of_two_chains_that_met_no_conditions(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, report: Report
) -> None:
    create("first")
    create("second", Actions=[{"JobName": "b"}])
    on_end("c", a="SUCCEEDED", b="SUCCEEDED")
    client.start_trigger(Name="first")
    client.start_trigger(Name="second")
    glue_runs.settle()
    assert report("Triggers")[-1].endswith("it waits for a SUCCEEDED and b SUCCEEDED")


def test_workflow_that_was_deleted(
    client: Any, glue_runs: GlueRuns, create: Create, report: Report
) -> None:
    client.create_workflow(Name="w")
    create(**NIGHTLY, WorkflowName="w", StartOnCreation=True)
    client.delete_workflow(Name="w")
    glue_runs.tick("1d")
    assert report("Triggers")[:2] == [
        "t of workflow w (SCHEDULED, ACTIVATED): fired once",
        "  fired at 2026-01-01 02:00:00, started nothing: its workflow does not exist",
    ]


def test_workflow_runs(client: Any, glue_runs: GlueRuns, create: Create, report: Report) -> None:
    client.create_workflow(Name="w", MaxConcurrentRuns=1)
    create(**NIGHTLY, WorkflowName="w", StartOnCreation=True, Actions=[{"JobName": "a"}] * 2)
    glue_runs.plan("a", fails("no"), fails("no", after="2m"), hangs(), hangs())
    glue_runs.tick("3d")
    first, second, third = glue_runs.workflow_runs()
    client.stop_workflow_run(Name="w", RunId=second.id)
    node = client.get_workflow(Name="w", IncludeGraph=True)["Workflow"]["Graph"]["Nodes"][1]
    glue_runs.tick("10s")
    client.resume_workflow_run(Name="w", RunId=first.id, NodeIds=[node["UniqueId"]])
    assert report("Workflow runs") == [
        f"w {first.id[:11]}…: COMPLETED after 2m4s (2 actions: 2 failed)",
        f"w {second.id[:11]}…: STOPPED after 1d22h10s (2 actions: 2 stopped)",
        (
            f"w {third.id[:11]}…: ERROR after 0s: Concurrent runs exceeded for workflow: w. "
            "(2 actions: none ran)"
        ),
        (
            f"w {glue_runs.workflow_runs()[-1].id[:11]}…: RUNNING after 0s "
            f"(2 actions: 1 running, resumes {first.id[:11]}…)"
        ),
    ]


def test_calls_about_triggers_and_workflows(
    client: Any, glue_runs: GlueRuns, create: Create, report: Report
) -> None:
    client.create_workflow(Name="w")
    create(WorkflowName="w")
    run_id = client.start_workflow_run(Name="w")["RunId"]
    client.get_workflow_run(Name="w", RunId=run_id)
    client.get_workflow_runs(Name="w")
    client.get_trigger(Name="t")
    client.get_triggers()
    client.list_triggers()
    client.list_workflows()
    short = f"{run_id[:11]}…"
    assert [line.partition("  ")[2] for line in report("Calls")] == [
        "CreateWorkflow w [us-east-1] -> ok",
        "CreateTrigger t [us-east-1] -> ok",
        f"StartWorkflowRun w [us-east-1] -> {short}",
        f"GetWorkflowRun w {short} [us-east-1] -> RUNNING",
        "GetWorkflowRuns w [us-east-1] -> 1 Runs",
        "GetTrigger t [us-east-1] -> CREATED",
        "GetTriggers [us-east-1] -> 1 Triggers",
        "ListTriggers [us-east-1] -> 1 TriggerNames",
        "ListWorkflows [us-east-1] -> 1 Workflows",
    ]


@pytest.mark.glue_runs(max_reads=10)
def test_loop_that_waits_for_a_trigger_without_moving_the_clock(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    create(**NIGHTLY, StartOnCreation=True)

    def wait() -> None:
        while not client.get_job_runs(JobName="a")["JobRuns"]:
            pass

    with pytest.raises(TooManyReadsError) as error:
        wait()
    assert "\n  trigger t fires in 2h\n" in str(error.value)
