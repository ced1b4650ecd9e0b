"""What CreateTrigger, UpdateTrigger, GetTrigger and the others answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns

NIGHTLY = {"Schedule": "cron(0 2 * * ? *)"}
WATCHES_B: dict[str, Any] = {
    "Predicate": {
        "Conditions": [{"LogicalOperator": "EQUALS", "JobName": "b", "State": "SUCCEEDED"}]
    }
}
ARN = "arn:aws:glue:us-east-1:123456789012:trigger/t"

Create = Callable[..., str]
State = Callable[..., str]


def test_create_trigger_answers_the_name(create: Create) -> None:
    assert create("nightly", "SCHEDULED", **NIGHTLY) == "nightly"


def test_trigger_shows_what_it_was_created_with(client: Any, create: Create) -> None:
    action = {
        "JobName": "a",
        "Arguments": {"--day": "1"},
        "Timeout": 5,
        "SecurityConfiguration": "s",
        "NotificationProperty": {"NotifyDelayAfter": 3},
    }
    create(kind="SCHEDULED", Description="Loads", Actions=[action], Tags={"x": "y"}, **NIGHTLY)
    assert client.get_trigger(Name="t")["Trigger"] == {
        "Name": "t",
        "Type": "SCHEDULED",
        "State": "CREATED",
        "Description": "Loads",
        "Schedule": "cron(0 2 * * ? *)",
        "Actions": [action],
    }


def test_trigger_shows_its_predicate(client: Any, create: Create) -> None:
    create(kind="CONDITIONAL", **WATCHES_B)
    assert client.get_trigger(Name="t")["Trigger"]["Predicate"] == WATCHES_B["Predicate"]


def test_condition_with_a_job_and_a_crawler_is_one_on_the_job(client: Any, create: Create) -> None:
    (condition,) = WATCHES_B["Predicate"]["Conditions"]
    both = {**condition, "CrawlerName": "c", "CrawlState": "FAILED"}
    create(kind="CONDITIONAL", Predicate={"Conditions": [both]})
    assert client.get_trigger(Name="t")["Trigger"]["Predicate"] == WATCHES_B["Predicate"]


def test_batch_window_is_shown_with_its_default(client: Any, create: Create) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 3})
    batching = client.get_trigger(Name="t")["Trigger"]["EventBatchingCondition"]
    assert batching == {"BatchSize": 3, "BatchWindow": 900}


@pytest.mark.parametrize(("kind", "members"), [("SCHEDULED", NIGHTLY), ("CONDITIONAL", WATCHES_B)])
def test_states_of_a_trigger_that_is_activated(
    client: Any, glue_runs: GlueRuns, create: Create, state: State, kind: str, members: Any
) -> None:
    create(kind=kind, **members)
    seen = [state()]
    for operation in (client.start_trigger, client.stop_trigger, client.start_trigger):
        assert operation(Name="t")["Name"] == "t"
        seen.append(state())
        glue_runs.tick("1s")
        seen.append(state())
    assert seen == [
        "CREATED",
        "ACTIVATING",
        "ACTIVATED",
        "DEACTIVATING",
        "DEACTIVATED",
        "ACTIVATING",
        "ACTIVATED",
    ]


def test_start_on_creation_activates(glue_runs: GlueRuns, create: Create, state: State) -> None:
    create(kind="SCHEDULED", StartOnCreation=True, **NIGHTLY)
    glue_runs.tick("1s")
    assert state() == "ACTIVATED"


def test_on_demand_trigger_stays_created(client: Any, create: Create, state: State) -> None:
    create()
    client.start_trigger(Name="t")
    assert state() == "CREATED"


def test_trigger_may_be_stopped_and_started_while_it_changes(
    client: Any, create: Create, state: State
) -> None:
    create(kind="SCHEDULED", StartOnCreation=True, **NIGHTLY)
    client.stop_trigger(Name="t")
    client.start_trigger(Name="t")
    assert state() == "ACTIVATING"


def test_update_replaces_the_whole_definition(client: Any, create: Create) -> None:
    create(kind="SCHEDULED", Description="Loads", **NIGHTLY)
    update = {"Schedule": "cron(0 3 * * ? *)", "Actions": [{"JobName": "b"}]}
    shown = client.update_trigger(Name="t", TriggerUpdate={"Name": "other", **update})["Trigger"]
    assert shown == {"Name": "t", "Type": "SCHEDULED", "State": "CREATED", **update}
    assert client.get_trigger(Name="t")["Trigger"] == shown


def test_update_keeps_the_state(
    client: Any, glue_runs: GlueRuns, create: Create, state: State
) -> None:
    create(kind="SCHEDULED", StartOnCreation=True, **NIGHTLY)
    glue_runs.tick("1m")
    update = {"Schedule": "cron(0 3 * * ? *)", "Actions": [{"JobName": "b"}]}
    client.update_trigger(Name="t", TriggerUpdate=update)
    assert state() == "ACTIVATED"


def test_deleted_trigger_is_gone(client: Any, create: Create) -> None:
    create()
    assert client.delete_trigger(Name="t")["Name"] == "t"
    assert client.list_triggers()["TriggerNames"] == []


def test_deleting_what_does_not_exist_is_no_error(client: Any) -> None:
    assert client.delete_trigger(Name="t")["Name"] == "t"


def test_batch_get_triggers(client: Any, create: Create) -> None:
    create("one")
    create("two")
    response = client.batch_get_triggers(TriggerNames=["two", "three", "one", "two"])
    assert [trigger["Name"] for trigger in response["Triggers"]] == ["two", "one"]
    assert response["TriggersNotFound"] == ["three"]


@pytest.mark.parametrize(
    ("job", "names"),
    [("a", ["one", "three"]), ("b", ["two"]), ("d", ["one", "two", "three"])],
)
def test_triggers_of_a_job(client: Any, create: Create, job: str, names: list[str]) -> None:
    """Without a trigger that starts the job, all triggers are returned."""
    create("one")
    create("two", Actions=[{"JobName": "b"}, {"CrawlerName": "a"}])
    create("three")
    assert client.list_triggers(DependentJobName=job)["TriggerNames"] == names
    triggers = client.get_triggers(DependentJobName=job)["Triggers"]
    assert [trigger["Name"] for trigger in triggers] == names


def test_pages_of_triggers(client: Any, create: Create) -> None:
    names = [create(f"t{number}") for number in range(5)]
    for operation, key in (("get_triggers", "Triggers"), ("list_triggers", "TriggerNames")):
        pages = []
        request: dict[str, Any] = {"MaxResults": 2}
        while True:
            response = getattr(client, operation)(**request)
            pages.append([one if isinstance(one, str) else one["Name"] for one in response[key]])
            if "NextToken" not in response:
                break
            request["NextToken"] = response["NextToken"]
        assert pages == [names[:2], names[2:4], names[4:]]


@pytest.mark.parametrize(
    ("tags", "names"),
    [({}, ["one", "two"]), ({"env": "dev"}, ["one"]), ({"env": "dev", "x": ""}, [])],
)
def test_list_triggers_by_tags(
    client: Any, create: Create, tags: dict[str, str], names: list[str]
) -> None:
    create("one", Tags={"env": "dev", "team": "data"})
    create("two")
    assert client.list_triggers(Tags=tags)["TriggerNames"] == names


def test_tags_of_a_trigger(client: Any, create: Create) -> None:
    create(Tags={"env": "dev", "team": "data"})
    client.tag_resource(ResourceArn=ARN, TagsToAdd={"env": "prod"})
    client.untag_resource(ResourceArn=ARN, TagsToRemove=["team", "other"])
    assert client.get_tags(ResourceArn=ARN)["Tags"] == {"env": "prod"}


def test_triggers_of_regions_are_others(
    client: Any, create: Create, glue_in: Callable[[str], Any]
) -> None:
    create()
    assert glue_in("eu-west-1").list_triggers()["TriggerNames"] == []


def test_reset_forgets_triggers(client: Any, glue_runs: GlueRuns, create: Create) -> None:
    create(kind="SCHEDULED", StartOnCreation=True, **NIGHTLY)
    glue_runs.reset()
    glue_runs.tick("2d")
    assert client.list_triggers()["TriggerNames"] == []
    assert glue_runs.runs() == []
