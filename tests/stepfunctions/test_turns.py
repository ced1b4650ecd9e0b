"""Threads of the interpreter take turns: the same history each time."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import boto3
import pytest
import time_machine

from pytest_glue_runs import GlueRuns, fails, mock_glue_runs, succeeds
from pytest_glue_runs._time import turns
from pytest_glue_runs._time.mover import ClockMover, DueEvents


def branches(run_job: Any) -> dict[str, Any]:
    """Return a Parallel state whose branches do a lot at the same moments."""
    steps = {
        "Pause": {"Type": "Wait", "Seconds": 30, "Next": "Run"},
        "Run": run_job(Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 30}], Next="Rest"),
        "Rest": {"Type": "Wait", "Timestamp": "2026-01-01T13:00:00Z", "End": True},
    }
    branch = {"StartAt": "Pause", "States": steps}
    return {"Type": "Parallel", "Branches": [branch] * 4, "Next": "Each"}


def iterations(run_job: Any) -> dict[str, Any]:
    """Return a Map state with two iterations at a time."""
    processor = {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "Run",
        "States": {"Run": run_job()},
    }
    return {
        "Type": "Map",
        "ItemsPath": "$",
        "MaxConcurrency": 2,
        "ItemProcessor": processor,
        "End": True,
    }


def history(make_machine_now: Any, run_job: Any, advance: Any) -> list[Any]:
    """Return the history of two executions that run at the same time."""
    with mock_glue_runs(start_at="2026-01-01 12:00") as glue_runs:
        glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 4})
        glue_runs.plan("load", *[fails("no disk"), succeeds(), succeeds(after="2m")] * 3)
        machine = make_machine_now(Both=branches(run_job), Each=iterations(run_job))
        executions = [machine.start(name=name) for name in ("first", "second")]
        advance(glue_runs)
        runs = [(run.id, run.history) for run in glue_runs.runs()]
        calls = [(call.at, call.operation) for call in glue_runs.calls]
        return [*map(machine.history, executions), runs, calls]


def ticks(glue_runs: GlueRuns) -> None:
    glue_runs.tick("3h")


def sleeps(_: GlueRuns) -> None:
    for _step in range(36):
        time.sleep(300)


def settles(glue_runs: GlueRuns) -> None:
    glue_runs.settle()


@pytest.mark.slow
def test_history_is_the_same_each_time(make_machine_now: Any, run_job: Any) -> None:
    first, *others = (history(make_machine_now, run_job, ticks) for _ in range(5))
    assert all(other == first for other in others)


@pytest.mark.slow
def test_history_does_not_depend_on_what_moves_the_clock(
    make_machine_now: Any, run_job: Any
) -> None:
    with_ticks, with_sleeps, with_settle = (
        history(make_machine_now, run_job, advance) for advance in (ticks, sleeps, settles)
    )
    assert with_ticks == with_sleeps == with_settle
    assert with_ticks[0][-1]["type"] in ("ExecutionSucceeded", "ExecutionFailed")


def test_thread_that_is_notified_last_of_all_still_wakes_first(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that ends while the mover checks whether all wait may notify it."""
    begin, woken = glue_runs.now, []
    turn = turns.Turn(begin + timedelta(hours=1))

    def wait() -> None:
        glue_runs._mover.wait(turn)
        woken.append(glue_runs.now)

    def notify(mover: ClockMover, next_thread: threading.Thread) -> bool:
        all_wait = checks(mover, next_thread)
        if all_wait and not turn.is_notified:
            turn.release()
        return all_wait

    checks = ClockMover._all_wait
    monkeypatch.setattr(ClockMover, "_all_wait", notify)
    thread = threading.Thread(target=wait)
    thread.start()
    glue_runs.tick(10)
    thread.join()
    assert woken == [begin]


def test_no_thread_is_left_when_the_mock_ends(
    make_machine_now: Any, run_job: Any, recwarn: pytest.WarningsRecorder
) -> None:
    """Executions wait for the next try, a run, a moment, and their first turn."""
    before = threading.enumerate()
    with mock_glue_runs(start_at="2026-01-01 12:00") as glue_runs:
        glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 100})
        glue_runs.plan("load", fails("no disk"))
        retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3600}]
        for name, state in (
            ("retry", run_job(Retry=retry)),
            ("run", run_job()),
            ("pause", {"Type": "Wait", "Seconds": 3600, "End": True}),
        ):
            machine = make_machine_now(name, State=state)
            machine.start()
        events = boto3.client("events", region_name="us-east-1")
        events.put_rule(Name="often", ScheduleExpression="rate(1 minute)")
        events.put_targets(Rule="often", Targets=[{"Id": "1", "Arn": machine.arn}])
        glue_runs.tick("1m")
        states = [run.state for run in glue_runs.runs()]
    assert threading.enumerate() == before
    assert [run.state for run in glue_runs.runs()] == states  # none was stopped
    assert not recwarn.list


def test_execution_that_has_not_had_its_first_turn_does_nothing(
    make_machine_now: Any, run_job: Any
) -> None:
    before = threading.enumerate()
    with time_machine.travel("2026-01-01 12:00Z", tick=False) as travel:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("load")
            machine = make_machine_now(Run=run_job())
            events = boto3.client("events", region_name="us-east-1")
            events.put_rule(Name="ends", EventPattern='{"source": ["aws.glue"]}')
            events.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": machine.arn}])
            glue = boto3.client("glue", region_name="us-east-1")
            glue.start_job_run(JobName="load")
            travel.shift(3600)
            glue.get_job_runs(JobName="load")
        assert len(glue_runs.runs()) == 1
    assert threading.enumerate() == before


def test_execution_that_calls_step_functions_itself(
    glue_runs: GlueRuns, make_machine_now: Any
) -> None:
    listing = {
        "Type": "Task",
        "Resource": "arn:aws:states:::aws-sdk:sfn:listStateMachines",
        "Parameters": {},
        "End": True,
    }
    machine = make_machine_now(List=listing)
    (listed,) = machine.output(machine.start())["stateMachines"]
    assert listed["stateMachineArn"] == machine.arn


def test_thread_that_does_not_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_GRACE", 0.01)
    is_over = threading.Event()
    mover = ClockMover((), DueEvents(lambda _: None, lambda: None), time.monotonic, 0, str)
    taken = turns.Turns(mover)
    thread = threading.Thread(target=is_over.wait)
    with taken.active(), taken.starting():
        thread.start()
        assert not taken.takes_turns()
    assert thread.is_alive()
    is_over.set()
    thread.join()
