"""Workflows: their definition, their runs, and what each operation answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from pytest_glue_runs import (
    GlueRuns,
    TooManyReadsError,
    WorkflowRun,
    fails,
    hangs,
    succeeds,
)

Create = Callable[..., str]
Rejection = Callable[..., str]
MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc)
RUN = 64
INVALID = "InvalidInputException: "
NOT_FOUND = "EntityNotFoundException: Entity not found"
ARN = "arn:aws:glue:us-east-1:123456789012:workflow/w"


@pytest.fixture
def workflow(client: Any) -> str:
    """Create a workflow and return its name."""
    return str(client.create_workflow(Name="w")["Name"])


@pytest.fixture
def chain(workflow: str, create: Create, on_end: Create) -> str:
    """Create a workflow in which a starts, b and c follow its success, d that of both."""
    create("start", WorkflowName=workflow)
    on_end("b", name="to-b", workflow=workflow, a="SUCCEEDED")
    on_end("c", name="to-c", workflow=workflow, a="SUCCEEDED")
    on_end("d", name="to-d", workflow=workflow, b="SUCCEEDED", c="SUCCEEDED")
    return workflow


@pytest.fixture
def start(client: Any, glue_runs: GlueRuns) -> Callable[..., WorkflowRun]:
    """Start a run of a workflow."""

    def started(name: str = "w", **members: Any) -> WorkflowRun:
        run_id = client.start_workflow_run(Name=name, **members)["RunId"]
        run = glue_runs.workflow_runs(name)[-1]
        assert run.id == run_id
        return run

    return started


@pytest.fixture
def node_ids(client: Any) -> Callable[[], dict[str, str]]:
    """Return the UniqueId of each node of the workflow, by its name."""

    def ids() -> dict[str, str]:
        graph = client.get_workflow(Name="w", IncludeGraph=True)["Workflow"]["Graph"]
        return {node["Name"]: node["UniqueId"] for node in graph["Nodes"]}

    return ids


def states(run: WorkflowRun) -> dict[str, list[str]]:
    """Return the states of the runs of each job."""
    found: dict[str, list[str]] = {}
    for job_run in run.job_runs:
        found.setdefault(job_run.job_name, []).append(job_run.state)
    return found


# --- definitions


def test_workflow_shows_what_it_was_created_with(client: Any, glue_runs: GlueRuns) -> None:
    given = {
        "Description": "Loads",
        "DefaultRunProperties": {"day": "1"},
        "MaxConcurrentRuns": 2,
    }
    client.create_workflow(Name="w", Tags={"x": "y"}, **given)
    dates = {"CreatedOn": glue_runs.now, "LastModifiedOn": glue_runs.now}
    assert client.get_workflow(Name="w")["Workflow"] == {"Name": "w", **given, **dates}


def test_workflow_with_nothing_but_a_name(client: Any, workflow: str) -> None:
    shown = client.get_workflow(Name="w")["Workflow"]
    assert shown["DefaultRunProperties"] == {}
    assert not {"Description", "MaxConcurrentRuns", "LastRun", "Graph"} & shown.keys()


def test_update_replaces_all(client: Any, glue_runs: GlueRuns) -> None:
    client.create_workflow(Name="w", Description="Loads", MaxConcurrentRuns=2)
    glue_runs.tick("1h")
    assert client.update_workflow(Name="w", DefaultRunProperties={"a": "b"})["Name"] == "w"
    assert client.get_workflow(Name="w")["Workflow"] == {
        "Name": "w",
        "DefaultRunProperties": {"a": "b"},
        "CreatedOn": MIDNIGHT,
        "LastModifiedOn": glue_runs.now,
    }


def test_new_trigger_modifies_its_workflow(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create
) -> None:
    glue_runs.tick("1h")
    create(WorkflowName=workflow)
    assert client.get_workflow(Name="w")["Workflow"]["LastModifiedOn"] == glue_runs.now


def test_lists_of_workflows(client: Any) -> None:
    names = [client.create_workflow(Name=f"w{number}")["Name"] for number in range(3)]
    assert client.list_workflows()["Workflows"] == names
    first = client.list_workflows(MaxResults=2)
    assert first["Workflows"] == names[:2]
    assert client.list_workflows(NextToken=first["NextToken"])["Workflows"] == names[2:]
    response = client.batch_get_workflows(Names=["w2", "x", "w0"])
    assert [one["Name"] for one in response["Workflows"]] == ["w2", "w0"]
    assert response["MissingWorkflows"] == ["x"]


def test_tags_of_a_workflow(client: Any) -> None:
    client.create_workflow(Name="w", Tags={"env": "dev"})
    client.tag_resource(ResourceArn=ARN, TagsToAdd={"team": "data"})
    assert client.get_tags(ResourceArn=ARN)["Tags"] == {"env": "dev", "team": "data"}


def test_deleted_workflow_leaves_its_triggers(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, rejection: Rejection
) -> None:
    run = start()
    assert client.delete_workflow(Name="w")["Name"] == "w"
    glue_runs.settle()
    assert (run.status, len(run.job_runs)) == ("COMPLETED", 4)
    assert len(client.list_triggers()["TriggerNames"]) == 4
    message = NOT_FOUND
    assert rejection("get_workflow_run", Name="w", RunId=run.id) == message
    assert rejection("start_trigger", Name="start") == message
    client.create_workflow(Name="w")
    assert client.get_workflow_runs(Name="w")["Runs"] == []
    client.start_trigger(Name="start")
    assert len(glue_runs.workflow_runs()) == 2


def test_schedule_of_a_deleted_workflow_starts_nothing(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create
) -> None:
    schedule = {"Schedule": "cron(0 * * * ? *)", "StartOnCreation": True}
    create(kind="SCHEDULED", WorkflowName=workflow, **schedule)
    client.delete_workflow(Name="w")
    glue_runs.tick("1d")
    assert (glue_runs.runs(), glue_runs.workflow_runs()) == ([], [])


def test_deleting_what_does_not_exist_is_no_error(client: Any) -> None:
    assert client.delete_workflow(Name="w")["Name"] == "w"


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("get_workflow", {}),
        ("update_workflow", {}),
        ("start_workflow_run", {}),
        ("get_workflow_runs", {}),
        ("get_workflow_run", {"RunId": "x"}),
        ("stop_workflow_run", {"RunId": "x"}),
        ("resume_workflow_run", {"RunId": "x", "NodeIds": ["x"]}),
        ("get_workflow_run_properties", {"RunId": "x"}),
        ("put_workflow_run_properties", {"RunId": "x", "RunProperties": {}}),
    ],
)
def test_unknown_workflow_or_run(
    client: Any, rejection: Rejection, operation: str, request_: dict[str, Any]
) -> None:
    message = rejection(operation, Name="w", **request_)
    assert message == NOT_FOUND
    if "RunId" in request_:
        client.create_workflow(Name="w")
        message = rejection(operation, Name="w", **request_)
        assert message == NOT_FOUND


def test_run_of_another_workflow_is_not_found(
    client: Any, chain: str, start: Any, rejection: Rejection
) -> None:
    client.create_workflow(Name="other")
    run = start()
    message = rejection("get_workflow_run", Name="other", RunId=run.id)
    assert message == NOT_FOUND


def test_name_that_is_taken(rejection: Rejection, workflow: str) -> None:
    message = rejection("create_workflow", Name="w")
    assert message == "AlreadyExistsException: Workflow with name: w already exists."


def test_too_many_workflows(rejection: Rejection, glue_runs: GlueRuns, workflow: str) -> None:
    glue_runs.quotas.max_workflows = 1
    assert rejection("create_workflow", Name="x") == (
        "ResourceNumberLimitExceededException: Maximum number of workflows exceeded for account "
        "123456789012"
    )


@pytest.mark.parametrize("operation", ["create_workflow", "update_workflow"])
def test_max_concurrent_runs_below_one(client: Any, rejection: Rejection, operation: str) -> None:
    client.create_workflow(Name="x")
    name = "x" if operation == "update_workflow" else "y"
    message = rejection(operation, Name=name, MaxConcurrentRuns=0)
    assert message == f"{INVALID}MaxConcurrentRuns should be greater than or equal to 1 if present."


def test_trigger_of_an_unknown_workflow(rejection: Rejection, jobs: Any) -> None:
    trigger = {"Name": "t", "Type": "ON_DEMAND", "Actions": [{"JobName": "a"}]}
    message = rejection("create_trigger", WorkflowName="w", **trigger)
    assert message == NOT_FOUND


@pytest.mark.parametrize("kind", ["ON_DEMAND", "EVENT", "SCHEDULED"])
def test_second_start_trigger(
    rejection: Rejection, workflow: str, create: Create, kind: str
) -> None:
    create(WorkflowName=workflow)
    trigger = {"Name": "u", "Type": kind, "Actions": [{"JobName": "a"}], "WorkflowName": "w"}
    message = rejection("create_trigger", **trigger)
    assert message == f"{INVALID}Workflow w already has a starting trigger"


def test_workflow_without_a_start_trigger(
    rejection: Rejection, workflow: str, on_end: Create
) -> None:
    on_end("b", workflow=workflow, a="SUCCEEDED")
    message = rejection("start_workflow_run", Name="w")
    assert message == f"{INVALID}Workflow w has no starting trigger"


# --- runs


def test_run_goes_through_the_chain(
    glue_runs: GlueRuns, chain: str, start: Any, story: Any
) -> None:
    run = start()
    assert (run.status, run.completed_on) == ("RUNNING", None)
    glue_runs.settle()
    assert [
        (one.job_name, int((one.started_on - MIDNIGHT).total_seconds())) for one in run.job_runs
    ] == [
        ("a", 0),
        ("b", RUN),
        ("c", RUN),
        ("d", 2 * RUN),
    ]
    assert run.status == "COMPLETED"
    assert (run.completed_on - MIDNIGHT).total_seconds() == 3 * RUN


def test_run_is_completed_though_a_job_failed(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any
) -> None:
    glue_runs.plan("b", fails("Out of memory"))
    run = start()
    glue_runs.settle()
    assert states(run) == {"a": ["SUCCEEDED"], "b": ["FAILED"], "c": ["SUCCEEDED"]}
    assert (run.status, run.error_message) == ("COMPLETED", None)
    assert client.get_workflow_run(Name="w", RunId=run.id)["Run"] == {
        "Name": "w",
        "WorkflowRunId": run.id,
        "WorkflowRunProperties": {},
        "StartedOn": MIDNIGHT,
        "CompletedOn": run.completed_on,
        "Status": "COMPLETED",
        "Statistics": {
            "TotalActions": 4,
            "TimeoutActions": 0,
            "FailedActions": 1,
            "StoppedActions": 0,
            "SucceededActions": 2,
            "RunningActions": 0,
            "ErroredActions": 0,
            "WaitingActions": 0,
        },
    }


def test_run_that_fails_to_begin_is_completed(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    """It is over only when all actions of its start trigger were started."""
    glue_runs.add_job("single")
    create(WorkflowName=workflow, Actions=[{"JobName": "single"}, {"JobName": "a"}])
    client.start_job_run(JobName="single")
    run = start()
    assert states(run) == {"single": ["FAILED"], "a": ["STARTING"]}
    assert run.status == "RUNNING"
    client.delete_job(JobName="a")
    client.delete_job(JobName="single")
    other = start()
    assert states(other) == {"single": ["ERROR"], "a": ["ERROR"]}
    assert (other.status, other.completed_on) == ("COMPLETED", glue_runs.now)
    assert other.statistics["ErroredActions"] == 2


def test_statistics_while_it_runs(
    glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    glue_runs.add_job("queued", JobRunQueuingEnabled=True)
    actions = [{"JobName": name} for name in ("a", "queued", "queued")]
    create(WorkflowName=workflow, Actions=actions)
    glue_runs.plan("a", hangs())
    glue_runs.plan("queued", hangs(), hangs())
    statistics = start().statistics
    assert (statistics["RunningActions"], statistics["WaitingActions"]) == (2, 1)


def test_retried_attempts_do_not_count_in_statistics(
    glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    glue_runs.add_job("j", MaxRetries=2)
    create(WorkflowName=workflow, Actions=[{"JobName": "j"}])
    glue_runs.plan("j", fails(), fails(), succeeds())
    run = start()
    glue_runs.tick("80s")  # the first attempt has failed, the second is to come
    assert run.status == "RUNNING"
    glue_runs.settle()
    assert states(run) == {"j": ["FAILED", "FAILED", "SUCCEEDED"]}
    assert (run.statistics["FailedActions"], run.statistics["SucceededActions"]) == (0, 1)
    assert run.status == "COMPLETED"


def test_graph_of_a_workflow(client: Any, chain: str, node_ids: Any) -> None:
    graph = client.get_workflow(Name="w", IncludeGraph=True)["Workflow"]["Graph"]
    ids = node_ids()
    names = ["start", "a", "to-b", "b", "to-c", "c", "to-d", "d"]
    assert [node["Name"] for node in graph["Nodes"]] == names
    assert [node["Type"] for node in graph["Nodes"]] == ["TRIGGER", "JOB"] * 4
    assert graph["Nodes"][0] == {
        "Type": "TRIGGER",
        "Name": "start",
        "UniqueId": ids["start"],
        "TriggerDetails": {"Trigger": client.get_trigger(Name="start")["Trigger"]},
    }
    assert graph["Nodes"][1] == {
        "Type": "JOB",
        "Name": "a",
        "UniqueId": ids["a"],
        "JobDetails": {},
    }
    edges = [(edge["SourceId"], edge["DestinationId"]) for edge in graph["Edges"]]
    assert edges == [
        (ids[source], ids[destination])
        for source, destination in [
            ("start", "a"),
            ("a", "to-b"),
            ("to-b", "b"),
            ("a", "to-c"),
            ("to-c", "c"),
            ("b", "to-d"),
            ("c", "to-d"),
            ("to-d", "d"),
        ]
    ]


def test_graph_of_a_run(client: Any, glue_runs: GlueRuns, chain: str, start: Any) -> None:
    run = start()
    glue_runs.tick("70s")
    shown = client.get_workflow_run(Name="w", RunId=run.id, IncludeGraph=True)["Run"]
    details = {node["Name"]: node.get("JobDetails") for node in shown["Graph"]["Nodes"]}
    (first,) = details["a"]["JobRuns"]
    assert first == client.get_job_run(JobName="a", RunId=first["Id"])["JobRun"]
    assert details["d"] == {}
    static = client.get_workflow(Name="w", IncludeGraph=True)["Workflow"]
    assert shown["Graph"]["Edges"] == static["Graph"]["Edges"]
    assert static["LastRun"] == shown
    assert "Graph" not in client.get_workflow(Name="w")["Workflow"]["LastRun"]
    assert run.as_dict()["Graph"]["Edges"] == shown["Graph"]["Edges"]


def test_graph_of_crawlers(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    condition = {"LogicalOperator": "EQUALS", "CrawlerName": "raw", "CrawlState": "SUCCEEDED"}
    create("start", WorkflowName=workflow, Actions=[{"CrawlerName": "raw"}])
    create(
        "then",
        "CONDITIONAL",
        WorkflowName=workflow,
        Predicate={"Conditions": [condition]},
        StartOnCreation=True,
    )
    glue_runs.plan_crawler("raw", succeeds(after="2m"), fails("no access"))
    static = client.get_workflow(Name="w", IncludeGraph=True)["Workflow"]["Graph"]
    assert static["Nodes"][1]["CrawlerDetails"] == {}
    first = start()
    (running,) = first.as_dict()["Graph"]["Nodes"][1]["CrawlerDetails"]["Crawls"]
    assert running["State"] == "RUNNING"
    glue_runs.settle()
    second = start()
    glue_runs.settle()
    assert (states(first), states(second)) == ({"a": ["SUCCEEDED"]}, {})
    crawls = [
        run.as_dict()["Graph"]["Nodes"][1]["CrawlerDetails"]["Crawls"] for run in (first, second)
    ]
    log = {"LogGroup": "/aws-glue/crawlers", "LogStream": "raw"}
    assert crawls == [
        [
            {
                "State": "SUCCEEDED",
                "StartedOn": MIDNIGHT,
                "CompletedOn": MIDNIGHT.replace(minute=2),
                **log,
            }
        ],
        [
            {
                "State": "FAILED",
                "StartedOn": second.started_on,
                "CompletedOn": second.completed_on,
                "ErrorMessage": "no access",
                **log,
            }
        ],
    ]
    assert second.statistics["FailedActions"] == 1


def test_busy_crawler_is_in_error(
    glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    create(WorkflowName=workflow, Actions=[{"CrawlerName": "raw"}] * 2)
    run = start()
    glue_runs.settle()
    _, second = run.as_dict()["Graph"]["Nodes"][1]["CrawlerDetails"]["Crawls"]
    assert second["State"] == "ERROR"
    assert second["ErrorMessage"] == "Crawler with name raw has already started"
    assert (run.statistics["ErroredActions"], run.status) == (1, "COMPLETED")


def test_runs_have_the_arguments_of_the_workflow(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    actions = [{"JobName": "a", "Arguments": {"--x": "1", "--WORKFLOW_NAME": "mine"}}]
    create(WorkflowName=workflow, Actions=actions)
    run = start()
    (job_run,) = run.job_runs
    assert job_run.resolved_arguments == {
        "--x": "1",
        "--WORKFLOW_NAME": "w",
        "--WORKFLOW_RUN_ID": run.id,
    }
    assert job_run.arguments == actions[0]["Arguments"]


def test_properties(client: Any, glue_runs: GlueRuns, jobs: Any, create: Create) -> None:
    client.create_workflow(Name="w", DefaultRunProperties={"a": "1", "b": "1"})
    create(WorkflowName="w")
    run_id = client.start_workflow_run(Name="w", RunProperties={"b": "2", "c": "2"})["RunId"]
    request = {"Name": "w", "RunId": run_id}
    client.put_workflow_run_properties(**request, RunProperties={"c": "3", "d": "3"})
    wanted = {"a": "1", "b": "2", "c": "3", "d": "3"}
    assert client.get_workflow_run_properties(**request)["RunProperties"] == wanted
    assert client.get_workflow_run(**request)["Run"]["WorkflowRunProperties"] == wanted
    (run,) = glue_runs.workflow_runs()
    assert run.properties == wanted
    shown = client.get_workflow(Name="w")["Workflow"]
    assert shown["DefaultRunProperties"] == {"a": "1", "b": "1"}


def test_on_demand_trigger_starts_its_workflow(
    client: Any, glue_runs: GlueRuns, chain: str
) -> None:
    client.start_trigger(Name="start")
    glue_runs.settle()
    (run,) = glue_runs.workflow_runs("w")
    assert len(run.job_runs) == 4


def test_schedule_starts_its_workflow(
    glue_runs: GlueRuns, workflow: str, create: Create, on_end: Create, start: Any
) -> None:
    schedule = {"Schedule": "cron(0 2 * * ? *)", "StartOnCreation": True}
    create(kind="SCHEDULED", WorkflowName=workflow, **schedule)
    on_end("b", workflow=workflow, a="SUCCEEDED")
    glue_runs.tick("2d")
    runs = glue_runs.workflow_runs()
    assert [run.started_on.isoformat() for run in runs] == [
        "2026-01-01T02:00:00+00:00",
        "2026-01-02T02:00:00+00:00",
    ]
    assert [len(run.job_runs) for run in runs] == [2, 2]
    assert start().job_runs[0].trigger_name == "t"


def test_start_does_not_ask_whether_the_schedule_is_active(
    workflow: str, create: Create, start: Any
) -> None:
    create(kind="SCHEDULED", WorkflowName=workflow, Schedule="cron(0 2 * * ? *)")
    assert start().status == "RUNNING"


@pytest.mark.parametrize(("events", "batch"), [(2, {"BatchSize": 2}), (1, {"BatchWindow": 300})])
def test_events_start_a_workflow(
    client: Any,
    glue_runs: GlueRuns,
    workflow: str,
    create: Create,
    events: int,
    batch: dict[str, int],
) -> None:
    batching = {"BatchSize": 2, "BatchWindow": 300}
    create(kind="EVENT", WorkflowName=workflow, EventBatchingCondition=batching)
    glue_runs.send_events("t", events)
    glue_runs.settle()
    (run,) = client.get_workflow_runs(Name="w")["Runs"]
    assert run["StartingEventBatchCondition"] == batch


def test_run_over_the_limit_is_rejected(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, rejection: Rejection
) -> None:
    client.update_workflow(Name="w", MaxConcurrentRuns=1)
    start()
    message = "ConcurrentRunsExceededException: Concurrent runs exceeded for workflow: w."
    assert rejection("start_workflow_run", Name="w") == message
    assert rejection("start_trigger", Name="start") == message
    glue_runs.settle()
    assert start().status == "RUNNING"


def test_scheduled_run_over_the_limit_is_in_error(
    client: Any, glue_runs: GlueRuns, jobs: Any, create: Create
) -> None:
    client.create_workflow(Name="w", MaxConcurrentRuns=1)
    schedule = {"Schedule": "cron(0 * * * ? *)", "StartOnCreation": True}
    create(kind="SCHEDULED", WorkflowName="w", **schedule)
    glue_runs.plan("a", succeeds(after="90m"))
    glue_runs.tick("3h")
    first, second, third = glue_runs.workflow_runs()
    assert [first.status, second.status, third.status] == ["COMPLETED", "ERROR", "RUNNING"]
    assert second.error_message == "Concurrent runs exceeded for workflow: w."
    assert (second.job_runs, second.completed_on) == ([], second.started_on)
    shown = client.get_workflow_run(Name="w", RunId=second.id)["Run"]
    assert shown["ErrorMessage"] == second.error_message
    glue_runs.tick("5m")
    assert third.status == "COMPLETED"


def test_runs_are_listed_newest_first(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any
) -> None:
    ids = [start().id for _ in range(3)]
    response = client.get_workflow_runs(Name="w", MaxResults=2)
    assert [run["WorkflowRunId"] for run in response["Runs"]] == ids[:0:-1]
    response = client.get_workflow_runs(
        Name="w", NextToken=response["NextToken"], IncludeGraph=True
    )
    (last,) = response["Runs"]
    assert last["WorkflowRunId"] == ids[0]
    assert len(last["Graph"]["Nodes"]) == 8


def test_triggers_outside_do_not_fire_in_a_workflow(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, on_end: Create, start: Any
) -> None:
    create("start", WorkflowName=workflow)
    create("outside")
    on_end("b", name="inside-to-b", workflow=workflow, a="SUCCEEDED")
    on_end("c", name="outside-to-c", a="SUCCEEDED")
    run = start()
    glue_runs.settle()
    assert states(run) == {"a": ["SUCCEEDED"], "b": ["SUCCEEDED"]}
    client.start_trigger(Name="outside")
    glue_runs.settle()
    assert [run.job_name for run in glue_runs.runs()] == ["a", "b", "a", "c"]


def test_conditional_trigger_must_be_active_when_the_run_starts(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any
) -> None:
    client.stop_trigger(Name="to-b")
    run = start()
    client.start_trigger(Name="to-b")
    client.stop_trigger(Name="to-c")
    glue_runs.settle()
    assert states(run) == {"a": ["SUCCEEDED"], "c": ["SUCCEEDED"]}


def test_run_goes_by_the_triggers_as_they_were(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any
) -> None:
    run = start()
    client.delete_trigger(Name="to-b")
    client.update_trigger(
        Name="to-c",
        TriggerUpdate={
            "Actions": [{"JobName": "d"}],
            "Predicate": {
                "Conditions": [{"LogicalOperator": "EQUALS", "JobName": "a", "State": "SUCCEEDED"}]
            },
        },
    )
    glue_runs.settle()
    assert states(run) == {name: ["SUCCEEDED"] for name in "abcd"}
    assert states(start()) == {"a": ["STARTING"]}
    node = run.as_dict()["Graph"]["Nodes"][4]["TriggerDetails"]["Trigger"]
    assert node["Actions"] == [{"JobName": "c"}]


def test_predecessors_in_a_workflow(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any
) -> None:
    run = start()
    glue_runs.settle()
    *_, second, third, last = run.job_runs
    request = {"JobName": "d", "RunId": last.id, "PredecessorsIncluded": True}
    assert client.get_job_run(**request)["JobRun"]["PredecessorRuns"] == [
        {"JobName": "b", "RunId": second.id},
        {"JobName": "c", "RunId": third.id},
    ]


# --- stop


def test_stop_stops_all_that_runs(client: Any, glue_runs: GlueRuns, chain: str, start: Any) -> None:
    run = start()
    glue_runs.tick("70s")
    client.stop_workflow_run(Name="w", RunId=run.id)
    assert run.status == "STOPPING"
    assert states(run) == {"a": ["SUCCEEDED"], "b": ["STOPPING"], "c": ["STOPPING"]}
    glue_runs.settle()
    assert states(run) == {"a": ["SUCCEEDED"], "b": ["STOPPED"], "c": ["STOPPED"]}
    assert run.status == "STOPPED"
    assert run.completed_on == run.job_runs[1].completed_on
    assert run.statistics["StoppedActions"] == 2


def test_nothing_follows_from_runs_that_a_stop_has_stopped(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, on_end: Create, start: Any
) -> None:
    create("start", WorkflowName=workflow)
    on_end("b", workflow=workflow, a="STOPPED")
    run = start()
    client.stop_workflow_run(Name="w", RunId=run.id)
    glue_runs.settle()
    assert states(run) == {"a": ["STOPPED"]}


def test_stop_gives_up_retries(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    glue_runs.add_job("j", MaxRetries=1)
    create(WorkflowName=workflow, Actions=[{"JobName": "j"}])
    glue_runs.plan("j", fails())
    run = start()
    glue_runs.tick("70s")
    client.stop_workflow_run(Name="w", RunId=run.id)
    assert (run.status, run.completed_on) == ("STOPPED", glue_runs.now)
    glue_runs.settle()
    assert states(run) == {"j": ["FAILED"]}


def test_stop_cancels_crawls(
    client: Any, glue_runs: GlueRuns, workflow: str, create: Create, start: Any
) -> None:
    create(WorkflowName=workflow, Actions=[{"CrawlerName": "raw"}, {"CrawlerName": "other"}])
    glue_runs.plan_crawler("other", succeeds(after="1s"))
    run = start()
    glue_runs.tick("2s")
    client.stop_workflow_run(Name="w", RunId=run.id)
    assert run.status == "STOPPED"
    glue_runs.tick("1h")
    crawls = [
        node["CrawlerDetails"]["Crawls"][0]["State"] for node in run.as_dict()["Graph"]["Nodes"][1:]
    ]
    assert crawls == ["CANCELLED", "SUCCEEDED"]
    assert start().status == "RUNNING"


def test_stop_of_a_run_that_does_not_run(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, rejection: Rejection
) -> None:
    run = start()
    client.stop_workflow_run(Name="w", RunId=run.id)
    message = "IllegalWorkflowStateException: Workflow run {} cannot be stopped in state: {}"
    request = {"Name": "w", "RunId": run.id}
    assert rejection("stop_workflow_run", **request) == message.format(run.id, "STOPPING")
    glue_runs.settle()
    assert rejection("stop_workflow_run", **request) == message.format(run.id, "STOPPED")


# --- resume


def test_resume_runs_the_nodes_and_what_follows(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any
) -> None:
    glue_runs.plan("b", fails())
    run = start(RunProperties={"day": "1"})
    glue_runs.settle()
    ids = node_ids()
    response = client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=[ids["b"]])
    assert response["NodeIds"] == [ids["b"]]
    resumed = glue_runs.workflow_runs()[-1]
    assert resumed.id == response["RunId"]
    assert (resumed.previous_run_id, resumed.properties) == (run.id, {"day": "1"})
    assert (run.previous_run_id, resumed.status) == (None, "RUNNING")
    glue_runs.settle()
    assert states(resumed) == {name: ["SUCCEEDED"] for name in "abcd"}
    assert resumed.status == "COMPLETED"
    assert resumed.statistics["SucceededActions"] == 4
    # a and c are those of the first run, b and d are new.
    same = [one.id for one in resumed.job_runs if one in run.job_runs]
    assert same == [one.id for one in run.job_runs if one.job_name in "ac"]
    assert states(run) == {"a": ["SUCCEEDED"], "b": ["FAILED"], "c": ["SUCCEEDED"]}
    shown = client.get_workflow_run(Name="w", RunId=resumed.id)["Run"]
    assert shown["PreviousRunId"] == run.id


def test_resumed_run_has_its_trigger_and_predecessors(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any
) -> None:
    glue_runs.plan("b", fails())
    run = start()
    glue_runs.settle()
    client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=[node_ids()["b"]])
    resumed = glue_runs.workflow_runs()[-1]
    again = resumed.job_runs[-1]
    assert (again.job_name, again.trigger_name) == ("b", "to-b")
    assert again.resolved_arguments["--WORKFLOW_RUN_ID"] == resumed.id
    request = {"JobName": "b", "RunId": again.id, "PredecessorsIncluded": True}
    (predecessor,) = client.get_job_run(**request)["JobRun"]["PredecessorRuns"]
    assert predecessor == {"JobName": "a", "RunId": run.job_runs[0].id}


def test_nodes_downstream_of_others_are_not_started_twice(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any
) -> None:
    run = start()
    glue_runs.settle()
    ids = node_ids()
    nodes = [ids["d"], ids["b"], ids["b"]]
    response = client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=nodes)
    assert response["NodeIds"] == [ids["b"]]
    glue_runs.settle()
    assert states(glue_runs.workflow_runs()[-1]) == {name: ["SUCCEEDED"] for name in "abcd"}


def test_nodes_in_a_circle_are_all_started(
    client: Any,
    glue_runs: GlueRuns,
    workflow: str,
    create: Create,
    on_end: Create,
    start: Any,
    node_ids: Any,
) -> None:
    create("start", WorkflowName=workflow)
    on_end("b", workflow=workflow, a="SUCCEEDED")
    on_end("a", workflow=workflow, b="FAILED")
    run = start()
    glue_runs.settle()
    ids = node_ids()
    response = client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=[ids["a"], ids["b"]])
    assert response["NodeIds"] == [ids["a"], ids["b"]]


def test_resume_from_a_crawler(
    client: Any,
    glue_runs: GlueRuns,
    workflow: str,
    create: Create,
    on_end: Create,
    start: Any,
    node_ids: Any,
) -> None:
    crawls = [{"CrawlerName": "raw"}, {"CrawlerName": "other"}]
    create("start", WorkflowName=workflow, Actions=crawls)
    conditions = [
        {"LogicalOperator": "EQUALS", "CrawlerName": name, "CrawlState": "SUCCEEDED"}
        for name in ("raw", "other")
    ]
    create(
        "then",
        "CONDITIONAL",
        WorkflowName=workflow,
        Predicate={"Logical": "AND", "Conditions": conditions},
        StartOnCreation=True,
    )
    glue_runs.plan_crawler("raw", fails())
    run = start()
    glue_runs.settle()
    assert states(run) == {}
    client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=[node_ids()["raw"]])
    glue_runs.settle()
    resumed = glue_runs.workflow_runs()[-1]
    assert states(resumed) == {"a": ["SUCCEEDED"]}
    assert resumed.statistics["SucceededActions"] == 3


def test_failed_node_that_is_not_resumed_meets_no_condition(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any
) -> None:
    glue_runs.plan("b", fails())
    glue_runs.plan("c", fails())
    run = start()
    glue_runs.settle()
    client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=[node_ids()["b"]])
    glue_runs.settle()
    resumed = glue_runs.workflow_runs()[-1]
    assert states(resumed) == {"a": ["SUCCEEDED"], "b": ["SUCCEEDED"], "c": ["FAILED"]}


def test_original_may_be_resumed_often_a_resumed_run_once(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any, rejection: Rejection
) -> None:
    run, nodes = start(), [node_ids()["b"]]
    glue_runs.settle()
    for _ in range(3):
        resumed = client.resume_workflow_run(Name="w", RunId=run.id, NodeIds=nodes)["RunId"]
        glue_runs.settle()
    client.resume_workflow_run(Name="w", RunId=resumed, NodeIds=nodes)
    glue_runs.settle()
    assert rejection("resume_workflow_run", Name="w", RunId=resumed, NodeIds=nodes) == (
        f"IllegalWorkflowStateException: Workflow run {resumed} was resumed already. Resume the "
        "original run instead"
    )


def test_resume_of_a_run_that_is_not_completed(
    client: Any, chain: str, start: Any, node_ids: Any, rejection: Rejection
) -> None:
    run = start()
    request = {"Name": "w", "RunId": run.id, "NodeIds": [node_ids()["a"]]}
    assert rejection("resume_workflow_run", **request) == (
        f"IllegalWorkflowStateException: Workflow run {run.id} cannot be resumed in state: RUNNING"
    )


def test_resume_over_the_limit(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any, rejection: Rejection
) -> None:
    client.update_workflow(Name="w", MaxConcurrentRuns=1)
    run = start()
    glue_runs.settle()
    start()
    request = {"Name": "w", "RunId": run.id, "NodeIds": [node_ids()["a"]]}
    message = "ConcurrentRunsExceededException: Concurrent runs exceeded for workflow: w."
    assert rejection("resume_workflow_run", **request) == message


def test_nodes_that_cannot_be_resumed(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, node_ids: Any, rejection: Rejection
) -> None:
    glue_runs.plan("a", fails())
    run = start()
    glue_runs.settle()
    ids = node_ids()
    request = {"Name": "w", "RunId": run.id}
    for node_id in ("wnode_1", ids["start"], ids["d"]):
        message = rejection("resume_workflow_run", **request, NodeIds=[ids["a"], node_id])
        assert message == f"{INVALID}Node {node_id} cannot be resumed"
    message = rejection("resume_workflow_run", **request, NodeIds=[])
    assert message == f"{INVALID}NodeIds cannot be null or empty"


# --- the test's side


def test_workflow_runs_of_the_control(
    client: Any, glue_runs: GlueRuns, chain: str, start: Any, create: Create
) -> None:
    client.create_workflow(Name="v")
    create("v-start", WorkflowName="v")
    run, other = start(), start("v")
    assert glue_runs.workflow_runs() == [run, other]
    assert glue_runs.workflow_runs("v") == [other]
    assert {run, glue_runs.workflow_runs()[0]} == {run}
    assert run != run.id
    assert repr(run) == f"<WorkflowRun w {run.id} RUNNING>"
    assert (run.workflow_name, run.region, run.account_id) == ("w", "us-east-1", "123456789012")
    assert (run.ended, other.error_message) == (False, None)
    glue_runs.settle()
    assert run.ended


def test_runs_of_an_unknown_workflow(client: Any, glue_runs: GlueRuns) -> None:
    with pytest.raises(LookupError) as error:
        glue_runs.workflow_runs("order")
    assert str(error.value) == "There is no workflow 'order'. Known: there are no workflows."
    client.create_workflow(Name="orders")
    assert glue_runs.workflow_runs("orders") == []
    with pytest.raises(LookupError) as error:
        glue_runs.workflow_runs("order")
    message = "There is no workflow 'order'. Did you mean 'orders'? Known: orders."
    assert str(error.value) == message


def test_name_of_a_workflow_is_text(glue_runs: GlueRuns) -> None:
    wrong: Any = 7
    with pytest.raises(TypeError) as error:
        glue_runs.workflow_runs(wrong)
    assert str(error.value) == "workflow_runs(7): the name of a workflow is text."


@pytest.mark.glue_runs(max_reads=10)
def test_loop_that_reads_a_workflow_run_without_moving_the_clock(chain: str, start: Any) -> None:
    run = start()

    def wait() -> None:
        while run.status == "RUNNING":
            pass

    with pytest.raises(TooManyReadsError) as error:
        wait()
    first, *_ = str(error.value).splitlines()
    assert f"workflow run w {run.id[:11]}…" in first


def test_a_year_of_an_hourly_workflow(glue_runs: GlueRuns, workflow: str, create: Create) -> None:
    schedule = {"Schedule": "cron(0 * * * ? *)", "StartOnCreation": True}
    create(kind="SCHEDULED", WorkflowName=workflow, **schedule)
    glue_runs.tick("365d")
    assert len(glue_runs.workflow_runs()) == 365 * 24
