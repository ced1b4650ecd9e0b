"""When triggers fire, and what they start."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, hangs, succeeds

Create = Callable[..., str]
Story = Callable[[], list[tuple[str, int, str]]]
MIDNIGHT = datetime(2026, 1, 1, tzinfo=timezone.utc)
HOUR = 3600
RUN = 64  # seconds of a run: 4 STARTING, 60 RUNNING


# --- on demand


def test_on_demand_trigger_starts_each_action(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(Actions=[{"JobName": "b"}, {"JobName": "a"}])
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("b", 0, "SUCCEEDED"), ("a", 0, "SUCCEEDED")]


def test_on_demand_trigger_may_fire_again(client: Any, create: Create, story: Story) -> None:
    create()
    client.start_trigger(Name="t")
    client.start_trigger(Name="t")
    assert story() == [("a", 0, "STARTING")] * 2


def test_run_has_what_its_action_says(client: Any, glue_runs: GlueRuns, create: Create) -> None:
    glue_runs.add_job("j", DefaultArguments={"--x": "default", "--y": "kept"})
    configured = {
        "Timeout": 5,
        "SecurityConfiguration": "s",
        "NotificationProperty": {"NotifyDelayAfter": 3},
    }
    action = {"JobName": "j", "Arguments": {"--x": "given"}, **configured}
    create(Actions=[action])
    client.start_trigger(Name="t")
    (run,) = glue_runs.runs()
    shown = client.get_job_run(JobName="j", RunId=run.id)["JobRun"]
    assert shown["TriggerName"] == run.trigger_name == "t"
    assert shown["Arguments"] == {"--x": "given"}
    assert {name: shown[name] for name in configured} == configured
    assert run.resolved_arguments == {"--x": "given", "--y": "kept"}


def test_run_without_arguments_shows_none(client: Any, glue_runs: GlueRuns, create: Create) -> None:
    create(Actions=[{"JobName": "a", "Arguments": {}}])
    client.start_trigger(Name="t")
    (run,) = glue_runs.runs()
    assert "Arguments" not in run.as_dict()


def test_run_of_start_job_run_has_no_trigger(client: Any, glue_runs: GlueRuns, jobs: Any) -> None:
    run = glue_runs.run(client.start_job_run(JobName="a")["JobRunId"])
    assert run.trigger_name is None
    assert "TriggerName" not in run.as_dict()


def test_plans_are_for_runs_of_triggers_too(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    create()
    glue_runs.plan("a", fails("Out of memory", after="5m"))
    client.start_trigger(Name="t")
    (run,) = glue_runs.settle()
    assert (run.state, run.error_message, run.execution_time) == ("FAILED", "Out of memory", 300)


def test_run_over_max_concurrent_runs_fails_at_once(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    glue_runs.add_job("single")
    create(Actions=[{"JobName": "single"}])
    client.start_trigger(Name="t")
    client.start_trigger(Name="t")
    _, second = glue_runs.runs()
    assert (second.state, second.error_message) == ("FAILED", "Max concurrent runs exceeded")
    assert [step.state for step in second.history] == ["FAILED"]


def test_run_over_max_concurrent_runs_may_queue(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    glue_runs.add_job("single", JobRunQueuingEnabled=True)
    create(Actions=[{"JobName": "single"}])
    client.start_trigger(Name="t")
    client.start_trigger(Name="t")
    assert story()[1] == ("single", 0, "WAITING")
    glue_runs.settle()
    assert story()[1] == ("single", 0, "SUCCEEDED")


def test_run_of_a_deleted_job_is_in_error(client: Any, glue_runs: GlueRuns, create: Create) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 2 * * ? *)", StartOnCreation=True)
    client.delete_job(JobName="a")
    glue_runs.tick("2h")
    (run,) = glue_runs.runs()
    assert (run.state, run.error_message, run.execution_time) == ("ERROR", None, 0)
    assert glue_runs.events == ()


def test_run_of_a_job_that_never_existed_is_in_error(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    actions = [{"JobName": "x"}, {"JobName": "a"}]
    schedule = "cron(0 2 * * ? *)"
    create(kind="SCHEDULED", Schedule=schedule, StartOnCreation=True, Actions=actions)
    glue_runs.tick("3h")
    assert story() == [("x", 7200, "ERROR"), ("a", 7200, "SUCCEEDED")]
    glue_runs.tick("1d")
    assert [run.state for run in glue_runs.runs("x")] == ["ERROR", "ERROR"]


def test_run_of_a_job_that_was_created_again(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create()
    client.delete_job(JobName="a")
    glue_runs.add_job("a")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("a", 0, "SUCCEEDED")]


# --- scheduled


def test_scheduled_trigger_fires_at_its_moments(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 2,14 * * ? *)", StartOnCreation=True)
    glue_runs.move_to("2026-01-02 14:00")
    assert story() == [
        ("a", 2 * HOUR, "SUCCEEDED"),
        ("a", 14 * HOUR, "SUCCEEDED"),
        ("a", 26 * HOUR, "SUCCEEDED"),
        ("a", 38 * HOUR, "STARTING"),
    ]


@pytest.mark.parametrize("steps", [1, 7, 48, 1000])
def test_how_the_clock_gets_there_does_not_matter(
    glue_runs: GlueRuns, create: Create, story: Story, steps: int
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0/20 * * * ? *)", StartOnCreation=True)
    for _ in range(steps):
        glue_runs.tick(timedelta(days=2) / steps)
        story()
    assert story() == [("a", 1200 * n, "SUCCEEDED") for n in range(1, 144)] + [
        ("a", 48 * HOUR, "STARTING")
    ]


def test_code_that_sleeps_lets_schedules_fire(create: Create, story: Story) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 2 * * ? *)", StartOnCreation=True)
    time.sleep(2 * HOUR + RUN)
    assert story() == [("a", 2 * HOUR, "SUCCEEDED")]


def test_month_ends_and_leap_days(glue_runs: GlueRuns, create: Create) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 0 L * ? *)", StartOnCreation=True)
    glue_runs.move_to("2028-03-01")
    days = [run.started_on.date().isoformat() for run in glue_runs.runs()]
    assert days[:3] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert days[-1] == "2028-02-29"
    assert len(days) == 26


def test_trigger_that_is_not_active_does_not_fire(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 * * * ? *)")
    glue_runs.tick("90m")
    client.start_trigger(Name="t")
    glue_runs.tick("1h")
    client.stop_trigger(Name="t")
    glue_runs.tick("1d")
    assert story() == [("a", 2 * HOUR, "SUCCEEDED")]


def test_deleted_trigger_does_not_fire(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 * * * ? *)", StartOnCreation=True)
    client.delete_trigger(Name="t")
    glue_runs.tick("1d")
    assert story() == []


def test_new_schedule_holds_at_once(
    client: Any, glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 * * * ? *)", StartOnCreation=True)
    glue_runs.tick("90m")
    update = {"Schedule": "cron(45 * * * ? *)", "Actions": [{"JobName": "b"}]}
    client.update_trigger(Name="t", TriggerUpdate=update)
    glue_runs.tick("30m")
    assert story() == [("a", HOUR, "SUCCEEDED"), ("b", HOUR + 45 * 60, "SUCCEEDED")]


def test_schedule_that_is_over_fires_no_more(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 0 1 7 ? 2026)", StartOnCreation=True)
    glue_runs.move_to("2030-01-01")
    assert len(story()) == 1


def test_schedule_goes_back_with_the_clock(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 2 * * ? *)", StartOnCreation=True)
    glue_runs.move_to("2026-01-10")
    assert len(story()) == 9
    glue_runs.move_to("2026-01-05")
    glue_runs.move_to("2026-01-06")
    assert len(story()) == 10
    assert story()[-1] == ("a", (4 * 24 + 2) * HOUR, "SUCCEEDED")


# --- conditional


def test_conditional_trigger_fires_when_the_run_ends(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create()
    on_end("b", a="SUCCEEDED")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("a", 0, "SUCCEEDED"), ("b", RUN, "SUCCEEDED")]


@pytest.mark.parametrize("watched", ["SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED"])
@pytest.mark.parametrize("ended", ["SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR"])
def test_conditional_trigger_fires_for_its_state_only(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, watched: str, ended: str
) -> None:
    create()
    on_end("b", a=watched)
    plans = {"SUCCEEDED": succeeds(), "FAILED": fails(), "ERROR": fails(state="ERROR")}
    glue_runs.plan("a", plans.get(ended, hangs()))
    client.start_trigger(Name="t")
    (run,) = glue_runs.runs()
    if ended == "STOPPED":
        client.batch_stop_job_run(JobName="a", JobRunIds=[run.id])
    glue_runs.settle()
    assert run.state == ended
    assert len(glue_runs.runs("b")) == (watched == ended)


def test_run_that_is_stopped_while_it_waits_counts(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    glue_runs.add_job("single", JobRunQueuingEnabled=True)
    create(Actions=[{"JobName": "single"}] * 2)
    on_end("b", single="STOPPED")
    client.start_trigger(Name="t")
    waiting = glue_runs.runs()[1]
    client.batch_stop_job_run(JobName="single", JobRunIds=[waiting.id])
    assert [run.started_on for run in glue_runs.runs("b")] == [MIDNIGHT]


def test_run_over_max_concurrent_runs_counts_as_failed(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    glue_runs.add_job("single")
    create(Actions=[{"JobName": "single"}] * 2)
    on_end("b", single="FAILED")
    client.start_trigger(Name="t")
    assert [run.started_on for run in glue_runs.runs("b")] == [MIDNIGHT]


def test_run_of_start_job_run_meets_no_condition(
    client: Any, glue_runs: GlueRuns, on_end: Create
) -> None:
    on_end("b", a="SUCCEEDED")
    client.start_job_run(JobName="a")
    glue_runs.settle()
    assert glue_runs.runs("b") == []


def test_conditional_trigger_must_be_active(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create()
    client.stop_trigger(Name=on_end("b", a="SUCCEEDED"))
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert glue_runs.runs("b") == []


def test_conditional_trigger_that_is_deleted_does_not_fire(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create()
    name = on_end("b", a="SUCCEEDED")
    client.start_trigger(Name="t")
    client.delete_trigger(Name=name)
    glue_runs.settle()
    assert glue_runs.runs("b") == []


def test_conditional_trigger_has_fired_before_the_next_request_stops_it(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    glue_runs.add_job("single", JobRunQueuingEnabled=True)
    create("queued", Actions=[{"JobName": "single"}] * 2)
    name = on_end("c", single="STOPPED")
    client.start_trigger(Name="queued")
    client.batch_stop_job_run(JobName="single", JobRunIds=[glue_runs.runs()[1].id])
    client.stop_trigger(Name=name)  # at the same moment of the clock
    assert len(glue_runs.runs("c")) == 1


def test_updated_conditions_hold_at_once(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create()
    name = on_end("b", a="SUCCEEDED")
    client.start_trigger(Name="t")
    condition = {"LogicalOperator": "EQUALS", "JobName": "a", "State": "FAILED"}
    update = {"Actions": [{"JobName": "b"}], "Predicate": {"Conditions": [condition]}}
    client.update_trigger(Name=name, TriggerUpdate=update)
    glue_runs.settle()
    assert glue_runs.runs("b") == []


def test_all_conditions_must_be_met(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create(Actions=[{"JobName": "a"}, {"JobName": "b"}])
    on_end("c", a="SUCCEEDED", b="FAILED")
    glue_runs.plan("b", fails(after="5m"), succeeds())
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story()[2:] == [("c", 304, "SUCCEEDED")]
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert len(glue_runs.runs("c")) == 1


def test_any_condition_fires_each_time(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create(Actions=[{"JobName": "a"}, {"JobName": "b"}])
    on_end("c", logical="ANY", a="SUCCEEDED", b="SUCCEEDED")
    glue_runs.plan("b", succeeds(after="5m"))
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story()[2:] == [("c", RUN, "SUCCEEDED"), ("c", 304, "SUCCEEDED")]


def test_any_condition_fires_once_for_runs_that_end_together(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create(Actions=[{"JobName": "a"}, {"JobName": "b"}])
    on_end("c", logical="ANY", a="SUCCEEDED", b="SUCCEEDED")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story()[2:] == [("c", RUN, "SUCCEEDED")]


def test_conditions_are_met_by_runs_of_one_chain(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    """Runs that descend from two triggers do not meet the conditions of a third together."""
    create("first")
    create("second", Actions=[{"JobName": "b"}])
    on_end("c", a="SUCCEEDED", b="SUCCEEDED")
    client.start_trigger(Name="first")
    client.start_trigger(Name="second")
    glue_runs.settle()
    assert glue_runs.runs("c") == []


def test_conditions_count_anew_after_the_trigger_has_fired(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create(Actions=[{"JobName": "a"}, {"JobName": "a"}, {"JobName": "b"}])
    on_end("c", a="SUCCEEDED", b="SUCCEEDED")
    glue_runs.plan("a", succeeds(), succeeds(after="10m"))
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert len(glue_runs.runs("c")) == 1


def test_predecessors_are_those_that_met_the_conditions(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create(Actions=[{"JobName": "a"}, {"JobName": "b"}])
    on_end("c", a="SUCCEEDED", b="SUCCEEDED")
    client.start_trigger(Name="t")
    first, second, third = glue_runs.settle()
    request = {"JobName": "c", "RunId": third.id}
    included = client.get_job_run(**request, PredecessorsIncluded=True)["JobRun"]
    assert included["PredecessorRuns"] == [
        {"JobName": "a", "RunId": first.id},
        {"JobName": "b", "RunId": second.id},
    ]
    assert client.get_job_run(**request)["JobRun"]["PredecessorRuns"] == []
    assert client.get_job_runs(JobName="c")["JobRuns"][0]["PredecessorRuns"] == []


def test_run_of_a_start_trigger_has_no_predecessors(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    create()
    client.start_trigger(Name="t")
    request = {"JobName": "a", "RunId": glue_runs.runs()[0].id}
    included = client.get_job_run(**request, PredecessorsIncluded=True)["JobRun"]
    assert included["PredecessorRuns"] == []


def test_attempts_keep_the_trigger_and_the_last_one_counts(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    glue_runs.add_job("j", MaxRetries=1)
    create(Actions=[{"JobName": "j"}])
    on_end("b", j="FAILED")
    on_end("c", j="SUCCEEDED")
    glue_runs.plan("j", fails(), succeeds())
    client.start_trigger(Name="t")
    *attempts, last = glue_runs.settle()
    assert [run.trigger_name for run in attempts] == ["t", "t"]
    assert story() == [
        ("j", 0, "FAILED"),
        ("j", RUN + 30, "SUCCEEDED"),
        ("c", 2 * RUN + 30, "SUCCEEDED"),
    ]
    request = {"JobName": "c", "RunId": last.id, "PredecessorsIncluded": True}
    predecessor = client.get_job_run(**request)["JobRun"]["PredecessorRuns"]
    assert predecessor == [{"JobName": "j", "RunId": attempts[1].id}]


def test_streaming_run_that_is_restarted_has_not_ended(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    glue_runs.add_job("stream", Command={"Name": "gluestreaming", "ScriptLocation": "s"})
    create(Actions=[{"JobName": "stream"}])
    on_end("b", stream="STOPPED")
    client.start_trigger(Name="t")
    glue_runs.tick("8d")
    first, second = glue_runs.runs("stream")
    assert (first.state, second.trigger_name) == ("EXPIRED", "t")
    client.batch_stop_job_run(JobName="stream", JobRunIds=[second.id])
    glue_runs.tick("1m")
    assert len(glue_runs.runs("b")) == 1


def test_chain_of_a_schedule_is_a_chain_each_time(
    glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create(kind="SCHEDULED", Schedule="cron(0 * * * ? *)", StartOnCreation=True)
    on_end("b", a="SUCCEEDED")
    glue_runs.tick("150m")
    assert story() == [
        ("a", HOUR, "SUCCEEDED"),
        ("b", HOUR + RUN, "SUCCEEDED"),
        ("a", 2 * HOUR, "SUCCEEDED"),
        ("b", 2 * HOUR + RUN, "SUCCEEDED"),
    ]


@pytest.mark.glue_runs(unused="ignore")
def test_jobs_that_start_one_another_and_fail_at_once_let_time_pass(
    client: Any, glue_runs: GlueRuns, create: Create, on_end: Create
) -> None:
    create()
    on_end("b", a="FAILED")
    on_end("a", b="FAILED")
    many = [fails(startup="0s", after="0s")] * 100
    glue_runs.plan("a", *many)
    glue_runs.plan("b", *many)
    client.start_trigger(Name="t")
    glue_runs.tick("10s")
    # a and b at once, then each once a second.
    assert len(glue_runs.runs()) == 3 + 2 * 10


# --- events


def test_event_trigger_fires_with_each_event(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="EVENT")
    glue_runs.send_events("t", 2)
    assert story() == [("a", 0, "STARTING")] * 2


def test_event_trigger_fires_with_a_complete_batch(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 3, "BatchWindow": 300})
    glue_runs.send_events("t", 2)
    glue_runs.tick("299s")
    glue_runs.send_events("t", 4)
    assert story() == [("a", 299, "STARTING")] * 2
    glue_runs.settle()
    assert len(story()) == 2


def test_event_trigger_fires_when_its_window_is_over(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 3})
    glue_runs.tick("10s")
    glue_runs.send_events("t", 2)
    glue_runs.tick("10m")
    glue_runs.settle()
    assert story() == [("a", 910, "SUCCEEDED")]


def test_events_of_a_window_are_not_counted_again(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 2, "BatchWindow": 10})
    glue_runs.send_events("t")
    glue_runs.settle()
    glue_runs.send_events("t")
    assert len(story()) == 1


def test_event_window_survives_a_clock_that_goes_back(
    glue_runs: GlueRuns, create: Create, story: Story
) -> None:
    create(kind="EVENT", EventBatchingCondition={"BatchSize": 2, "BatchWindow": 10})
    glue_runs.tick("1m")
    glue_runs.send_events("t")
    glue_runs.move_to(MIDNIGHT)
    glue_runs.settle()
    assert story() == [("a", 70, "SUCCEEDED")]


def test_conditional_triggers_follow_events(
    glue_runs: GlueRuns, create: Create, on_end: Create, story: Story
) -> None:
    create(kind="EVENT")
    on_end("b", workflow="of-t", a="SUCCEEDED")
    glue_runs.send_events("t")
    glue_runs.settle()
    assert story() == [("a", 0, "SUCCEEDED"), ("b", RUN, "SUCCEEDED")]


def test_events_for_a_trigger_in_another_region(
    glue_runs: GlueRuns, glue_in: Callable[[str], Any]
) -> None:
    job = glue_runs.add_job("j", region="eu-west-1", account_id="111111111111")
    with pytest.raises(LookupError) as error:
        glue_runs.send_events("t", region="eu-west-1", account_id="111111111111")
    assert str(error.value) == (
        "There is no trigger 't' in eu-west-1 of 111111111111. Known: there are no triggers."
    )
    home = glue_runs.add_job(job, region="eu-west-1")
    client = glue_in("eu-west-1")
    client.create_workflow(Name="w")
    client.create_trigger(Name="t", Type="EVENT", Actions=[{"JobName": home}], WorkflowName="w")
    glue_runs.send_events("t", region="eu-west-1")
    assert [run.region for run in glue_runs.runs()] == ["eu-west-1"]


def test_events_for_an_unknown_trigger(glue_runs: GlueRuns, create: Create) -> None:
    create("arrivals", kind="EVENT")
    with pytest.raises(LookupError) as error:
        glue_runs.send_events("arrival")
    assert str(error.value) == (
        "There is no trigger 'arrival' in us-east-1 of 123456789012. Did you mean 'arrivals'? "
        "Known: arrivals."
    )


def test_events_for_a_trigger_of_another_type(glue_runs: GlueRuns, create: Create) -> None:
    create()
    with pytest.raises(ValueError, match="send_events") as error:
        glue_runs.send_events("t")
    assert str(error.value) == (
        "send_events('t'): the trigger is of type ON_DEMAND. Valid: triggers of type EVENT."
    )


@pytest.mark.parametrize("times", [0, -1, True, 1.5, "2"])
def test_number_of_events(glue_runs: GlueRuns, times: Any) -> None:
    with pytest.raises(ValueError, match="times") as error:
        glue_runs.send_events("t", times)
    message = f"send_events(times={times!r}): times is a whole number from 1 to 1000000."
    assert str(error.value) == message


def test_account_of_events(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match=r"^send_events\(account_id=...\): '1' is not"):
        glue_runs.send_events("t", account_id="1")


def test_name_of_a_trigger_is_text(glue_runs: GlueRuns) -> None:
    wrong: Any = 7
    with pytest.raises(TypeError) as error:
        glue_runs.send_events(wrong)
    assert str(error.value) == "send_events(7): the name of a trigger is text."
