"""Probes of triggers: they are added to `moto_probes.PROBES`."""

from __future__ import annotations

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
    create(glue)
    create_trigger(glue, Type="EVENT")
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
    create(glue)
    create_trigger(glue, Type="EVENT", EventBatchingCondition={"BatchSize": 2})
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
