"""Probes of triggers and workflows: they are added to `moto_probes.PROBES`."""

from __future__ import annotations

import re
from typing import Any

from moto_probes import PROBES, Probe, Wait, create, listed, outcome, probe, read, start

ACTIONS: list[dict[str, Any]] = [{"JobName": "nightly"}]
SCHEDULE = "cron(0 2 * * ? *)"
CRAWLER: dict[str, Any] = {"CrawlerName": "c", "LogicalOperator": "EQUALS"}
OTHER_JOB: dict[str, Any] = {"JobName": "other", "LogicalOperator": "EQUALS"}


def watch(*conditions: dict[str, Any]) -> dict[str, Any]:
    """Return a predicate with Logical, without which moto raises ValueError."""
    return {"Logical": "AND", "Conditions": list(conditions)}


def create_trigger(glue: Any, **members: Any) -> None:
    """Create the trigger "t", which starts the job "nightly"."""
    glue.create_trigger(**{"Name": "t", "Type": "ON_DEMAND", "Actions": ACTIONS, **members})


def create_event_trigger(glue: Any, **members: Any) -> None:
    """Create the workflow "w" with the trigger "t" of type EVENT, which starts "nightly"."""
    create(glue)
    glue.create_workflow(Name="w")
    create_trigger(glue, Type="EVENT", WorkflowName="w", **members)


def create_jobs(glue: Any) -> None:
    """Create the jobs "nightly" and "other"."""
    create(glue)
    create(glue, Name="other")


def trigger(type_: str, **members: Any) -> None:
    """Register a probe that gives *members* to CreateTrigger."""

    def run(glue: Any, wait: Wait) -> str:
        create_jobs(glue)
        return outcome(lambda: create_trigger(glue, Type=type_, **members))

    given = ", ".join([type_, *(f"{name}={value!r}" for name, value in members.items())])
    PROBES.append(Probe(f"CreateTrigger: {given}", run))


def runs(glue: Any) -> str:
    """Return how many runs the job "nightly" has."""
    count = len(glue.get_job_runs(JobName="nightly")["JobRuns"])
    return f"{count} run{'' if count == 1 else 's'}"


def state(glue: Any) -> str:
    """Return the state of the trigger "t"."""
    return str(glue.get_trigger(Name="t")["Trigger"]["State"])


trigger("ON_DEMAND", Actions=[])
trigger("ON_DEMAND", Actions=[{}])
trigger("ON_DEMAND", Actions=[{"JobName": "nightly", "CrawlerName": "c"}])
trigger("ON_DEMAND", Actions=[{"CrawlerName": name} for name in "abc"])
trigger("ON_DEMAND", StartOnCreation=True)
trigger("SCHEDULED")
trigger("SCHEDULED", Schedule="cron(0 2 * * *)")
trigger("SCHEDULED", Schedule="cron(* * * * ? *)")
trigger("CONDITIONAL")
trigger("CONDITIONAL", Predicate={"Conditions": [{**OTHER_JOB, "State": "FAILED"}, CRAWLER]})
trigger("CONDITIONAL", Predicate=watch({"LogicalOperator": "EQUALS"}))
trigger("CONDITIONAL", Predicate=watch({"JobName": "other", "State": "FAILED"}))
trigger("CONDITIONAL", Predicate=watch(OTHER_JOB))
trigger("CONDITIONAL", Predicate=watch(CRAWLER))
trigger("CONDITIONAL", Predicate=watch({**OTHER_JOB, "State": "RUNNING"}))
trigger("CONDITIONAL", Predicate=watch({**CRAWLER, "CrawlState": "RUNNING"}))
trigger(
    "CONDITIONAL",
    Predicate=watch({"JobName": "nightly", "LogicalOperator": "EQUALS", "State": "FAILED"}),
)
trigger("EVENT", StartOnCreation=True)
trigger("EVENT")


@probe("CreateTrigger of an existing trigger, with the same definition")
def same_trigger_twice(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue)
    return outcome(lambda: create_trigger(glue))


@probe("CreateTrigger of an existing trigger, with another definition")
def other_trigger_twice(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue)
    return outcome(lambda: create_trigger(glue, Description="new"))


@probe("GetTrigger of a missing trigger")
def missing_trigger(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.get_trigger(Name="t"))


@probe("UpdateTrigger; GetTrigger")
def update_of_trigger(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue, Description="old")
    change = {"Description": "new", "Actions": ACTIONS}
    result = outcome(lambda: glue.update_trigger(Name="t", TriggerUpdate=change))
    return f"{result}; {listed(glue.get_trigger(Name='t')['Trigger'], ['Description'])}"


@probe("StartTrigger of a trigger of type EVENT")
def start_of_event_trigger(glue: Any, wait: Wait) -> str:
    create_event_trigger(glue)
    return outcome(lambda: glue.start_trigger(Name="t"))


@probe("StartTrigger of a trigger whose job does not exist")
def start_of_trigger_of_missing_job(glue: Any, wait: Wait) -> str:
    create_trigger(glue)
    return outcome(lambda: glue.start_trigger(Name="t"))


@probe("StopTrigger of a trigger that was never started")
def stop_of_new_trigger(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue, Type="SCHEDULED", Schedule=SCHEDULE)
    return outcome(lambda: glue.stop_trigger(Name="t"))


@probe("GetTrigger right after StartTrigger of a schedule, and a minute later")
def states_of_trigger(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue, Type="SCHEDULED", Schedule=SCHEDULE)
    glue.start_trigger(Name="t")
    first = state(glue)
    wait(60)
    return f"{first}, {state(glue)}"


@probe("GetTrigger of a trigger of type EVENT: members")
def members_of_event_trigger(glue: Any, wait: Wait) -> str:
    create_event_trigger(glue, EventBatchingCondition={"BatchSize": 2})
    shown = glue.get_trigger(Name="t")["Trigger"]
    return listed(shown, ["State", "EventBatchingCondition"])


@probe("StartTrigger of type ON_DEMAND: its runs and state")
def on_demand(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue)
    glue.start_trigger(Name="t")
    return f"{runs(glue)}, {state(glue)}"


@probe("A trigger of type SCHEDULED at 02:00, two days later: its runs")
def scheduled(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue, Type="SCHEDULED", Schedule=SCHEDULE, StartOnCreation=True)
    wait(2 * 86_400)
    return runs(glue)


@probe("A trigger of type CONDITIONAL, an hour after the job it watches was started: its runs")
def conditional(glue: Any, wait: Wait) -> str:
    create_jobs(glue)
    create_trigger(glue, Name="first", Actions=[{"JobName": "other"}])
    create_trigger(
        glue,
        Type="CONDITIONAL",
        Predicate=watch({**OTHER_JOB, "State": "SUCCEEDED"}),
        StartOnCreation=True,
    )
    glue.start_trigger(Name="first")
    wait(3600)
    return runs(glue)


@probe("A trigger that starts a job with MaxConcurrentRuns runs: its run")
def trigger_over_limit(glue: Any, wait: Wait) -> str:
    create(glue)
    create_trigger(glue)
    first = start(glue)
    glue.start_trigger(Name="t")
    found = glue.get_job_runs(JobName="nightly")["JobRuns"]
    ids = [run["Id"] for run in found if run["Id"] != first]
    return listed(read(glue, ids[0]), ["JobRunState", "ErrorMessage"]) if ids else "no run"


def create_chain(glue: Any) -> dict[str, str]:
    """Create the workflow "w": job "other", then "nightly". Return the id of each node."""
    create_jobs(glue)
    glue.create_workflow(Name="w")
    create_trigger(glue, Name="first", Actions=[{"JobName": "other"}], WorkflowName="w")
    create_trigger(
        glue,
        Type="CONDITIONAL",
        Predicate=watch({**OTHER_JOB, "State": "SUCCEEDED"}),
        StartOnCreation=True,
        WorkflowName="w",
    )
    graph = glue.get_workflow(Name="w", IncludeGraph=True)["Workflow"].get("Graph", {})
    return {node["Name"]: node["UniqueId"] for node in graph.get("Nodes", [])}


def start_workflow(glue: Any) -> str:
    """Start a run of the workflow "w" and return its id."""
    run_id: str = glue.start_workflow_run(Name="w")["RunId"]
    return run_id


def resume(glue: Any, run_id: str, *node_ids: str) -> str:
    """Return the id of the run that resumes a run."""
    response = glue.resume_workflow_run(Name="w", RunId=run_id, NodeIds=list(node_ids))
    return str(response["RunId"])


def run_of_workflow(glue: Any, run_id: str, **members: Any) -> dict[str, Any]:
    """Return what GetWorkflowRun shows."""
    run: dict[str, Any] = glue.get_workflow_run(Name="w", RunId=run_id, **members)["Run"]
    return run


@probe("GetWorkflow of a missing workflow")
def missing_workflow(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.get_workflow(Name="w"))


@probe("GetWorkflowRun of a missing run")
def missing_run_of_workflow(glue: Any, wait: Wait) -> str:
    glue.create_workflow(Name="w")
    return outcome(lambda: run_of_workflow(glue, "wr_1"))


@probe("CreateWorkflow of an existing workflow")
def same_workflow_twice(glue: Any, wait: Wait) -> str:
    glue.create_workflow(Name="w")
    return outcome(lambda: glue.create_workflow(Name="w"))


@probe("CreateWorkflow: MaxConcurrentRuns=0")
def no_concurrent_runs(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.create_workflow(Name="w", MaxConcurrentRuns=0))


@probe("UpdateWorkflow without Description; GetWorkflow")
def update_of_workflow(glue: Any, wait: Wait) -> str:
    glue.create_workflow(Name="w", Description="old")
    glue.update_workflow(Name="w")
    return listed(glue.get_workflow(Name="w")["Workflow"], ["Description"])


@probe("StartWorkflowRun while the workflow has MaxConcurrentRuns runs")
def too_many_runs_of_workflow(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    glue.update_workflow(Name="w", MaxConcurrentRuns=1)
    start_workflow(glue)
    return outcome(lambda: start_workflow(glue))


@probe("StartWorkflowRun of a workflow without triggers")
def start_without_trigger(glue: Any, wait: Wait) -> str:
    glue.create_workflow(Name="w")
    return outcome(lambda: start_workflow(glue))


@probe("CreateTrigger of a second start trigger of a workflow")
def second_start_trigger(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    return outcome(lambda: create_trigger(glue, Name="second", WorkflowName="w"))


@probe("StopWorkflowRun of a run that has just started; GetWorkflowRun a minute later")
def stop_of_workflow_run(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    run_id = start_workflow(glue)
    glue.stop_workflow_run(Name="w", RunId=run_id)
    wait(60)
    return str(run_of_workflow(glue, run_id)["Status"])


@probe("StopWorkflowRun of a run that has ended")
def stop_of_ended_workflow_run(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    run_id = start_workflow(glue)
    wait(3600)
    return _anonymous(outcome(lambda: glue.stop_workflow_run(Name="w", RunId=run_id)))


@probe("ResumeWorkflowRun of a run that has just started")
def resume_of_active_run(glue: Any, wait: Wait) -> str:
    nodes = create_chain(glue)
    run_id = start_workflow(glue)
    return _anonymous(outcome(lambda: resume(glue, run_id, *nodes.values())))


@probe("ResumeWorkflowRun of an ended run, with no NodeIds; with an unknown one")
def resume_of_wrong_nodes(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    run_id = start_workflow(glue)
    wait(3600)
    results = [outcome(lambda: resume(glue, run_id)), outcome(lambda: resume(glue, run_id, "x"))]
    return "; ".join(results)


@probe("ResumeWorkflowRun of an ended run, and of the resumed run, twice")
def resume_twice(glue: Any, wait: Wait) -> str:
    nodes = create_chain(glue)
    first = start_workflow(glue)
    wait(3600)
    results: list[str] = []

    def resume_other(run_id: str) -> None:
        results.append(resume(glue, run_id, nodes.get("other", "x")))
        wait(3600)

    outcomes = [outcome(lambda: resume_other(first))]
    second = results[0] if results else first
    outcomes += [outcome(lambda: resume_other(second)) for _ in range(2)]
    return _anonymous("; ".join(outcomes))


@probe("GetWorkflowRun an hour after StartWorkflowRun: Status, jobs that ran, Statistics")
def run_through_workflow(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    run_id = start_workflow(glue)
    wait(3600)
    shown = run_of_workflow(glue, run_id, IncludeGraph=True)
    nodes = shown.get("Graph", {}).get("Nodes", [])
    ran = sorted(node["Name"] for node in nodes if node.get("JobDetails"))
    names = ["TotalActions", "SucceededActions"]
    statistics = listed(shown.get("Statistics", {}), names)
    return f"{shown['Status']}; {', '.join(ran) or 'none'}; {statistics}"


@probe("GetWorkflowRun of the second run: PreviousRunId")
def previous_run(glue: Any, wait: Wait) -> str:
    create_chain(glue)
    start_workflow(glue)
    shown = run_of_workflow(glue, start_workflow(glue))
    return "PreviousRunId" if "PreviousRunId" in shown else "no PreviousRunId"


def _anonymous(result: str) -> str:
    return re.sub(r"wr_[0-9a-f]+", "wr_...", result)
