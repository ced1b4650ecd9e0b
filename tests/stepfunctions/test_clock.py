"""Executions on the frozen clock: whatever moves it, each step has its own time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from pytest_glue_runs import (
    EndlessLoopInterrupt,
    GlueRuns,
    TooManyReadsError,
    UnsettledError,
    _settling,
    hangs,
    mock_glue_runs,
    succeeds,
)

SUCCEED = {"Type": "Succeed"}


def pause(**members: Any) -> dict[str, Any]:
    """Return a Wait state before the state Done."""
    return {"Type": "Wait", "Next": "Done", **members}


@pytest.mark.parametrize(
    ("members", "seconds"),
    [
        ({"Seconds": 90}, 90),
        ({"SecondsPath": "$.seconds"}, 7200),
        ({"Timestamp": "2026-01-01T12:30:00Z"}, 1800),
        ({"TimestampPath": "$.moment"}, 3600),
        ({"Timestamp": "2026-01-01T11:00:00Z"}, 0),
    ],
)
def test_wait_state_ends_in_time(
    glue_runs: GlueRuns, make_machine: Any, members: dict[str, Any], seconds: int
) -> None:
    machine = make_machine(Pause=pause(**members), Done=SUCCEED)
    execution = machine.start({"seconds": 7200, "moment": "2026-01-01T13:00:00Z"})
    glue_runs.tick("1d")
    assert f"{seconds} WaitStateExited" in machine.story(execution)


def test_loop_that_sleeps_sees_the_execution_end(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()
    while machine.status(execution) == "RUNNING":
        time.sleep(30)
    assert (glue_runs.now - glue_runs.runs()[0].started_on).total_seconds() == 90


@pytest.mark.parametrize("move", ["tick", "move_to", "sleep"])
def test_read_shows_what_has_happened_by_now(
    glue_runs: GlueRuns, make_machine: Any, move: str
) -> None:
    machine = make_machine(Pause=pause(Seconds=60), Done=SUCCEED)
    execution = machine.start()

    def advance(seconds: int) -> None:
        if move == "tick":
            glue_runs.tick(seconds)
        elif move == "move_to":
            glue_runs.move_to(glue_runs.now + timedelta(seconds=seconds))
        else:
            time.sleep(seconds)

    advance(59)
    before = machine.status(execution)
    advance(1)
    assert (before, machine.status(execution)) == ("RUNNING", "SUCCEEDED")


def test_clock_of_another_tool_that_jumps_wakes_executions_at_the_next_request(
    make_machine_now: Any,
) -> None:
    with time_machine.travel("2026-01-01 12:00Z", tick=False) as travel, mock_glue_runs:
        machine = make_machine_now(Pause=pause(Seconds=60), Done=SUCCEED)
        execution = machine.start()
        travel.shift(3600)
        assert machine.status(execution) == "SUCCEEDED"


def test_execution_starts_before_its_start_is_acknowledged(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    make_machine(Run=run_job()).start()
    assert [run.state for run in glue_runs.runs()] == ["STARTING"]


def test_settle_lets_executions_end(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(
        Pause={"Type": "Wait", "Seconds": 3600, "Next": "Run"},
        Run=run_job(Next="Rest"),
        Rest=pause(Seconds=60),
        Done=SUCCEED,
    )
    execution = machine.start()
    (run,) = glue_runs.settle()
    assert (run.state, machine.status(execution)) == ("SUCCEEDED", "SUCCEEDED")
    assert machine.story(execution)[-1] == "3724 ExecutionSucceeded"
    assert glue_runs.now == machine.describe(execution)["stopDate"]


def test_settle_names_executions_that_wait_for_a_result(
    glue_runs: GlueRuns, make_machine: Any, send_to_queue: Any
) -> None:
    machine = make_machine(Ask=send_to_queue("arn:aws:states:::sqs:sendMessage.waitForTaskToken"))
    machine.start(name="first")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    assert str(error.value) == (
        "settle() stayed at 2026-01-01 12:00:00 UTC, and not all executions have ended:\n"
        "  nightly:first: RUNNING since 2026-01-01 12:00:00 UTC\n"
        "Send the result that a task waits for, stop them, or move the clock as far as the test "
        "needs it, with glue_runs.tick()."
    )


def test_settle_names_an_execution_that_never_ends(
    glue_runs: GlueRuns, make_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_settling, "_MOST_STEPS", 60)
    machine = make_machine(Again={"Type": "Wait", "Seconds": 60, "Next": "Again"})
    machine.start(name="first")
    with pytest.raises(UnsettledError) as error:
        glue_runs.settle()
    assert str(error.value) == (
        "settle() moved the clock by 1h, to 2026-01-01 13:00:00 UTC, and not all executions have "
        "ended:\n"
        "  nightly:first: RUNNING since 2026-01-01 12:00:00 UTC\n"
        "Send the result that a task waits for, stop them, or move the clock as far as the test "
        "needs it, with glue_runs.tick()."
    )


def test_settle_says_how_far_it_moved_the_clock_for_an_execution_that_does_not_end(
    glue_runs: GlueRuns, make_machine: Any, send_to_queue: Any
) -> None:
    ask = send_to_queue("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
    machine = make_machine(Pause={"Type": "Wait", "Seconds": 60, "Next": "Ask"}, Ask=ask)
    machine.start(name="first")
    with pytest.raises(UnsettledError, match="moved the clock by 1m, to 2026-01-01 12:01:00"):
        glue_runs.settle()


def test_task_waits_for_the_result_that_its_token_gets(
    glue_runs: GlueRuns, make_machine: Any, send_to_queue: Any, received: Any
) -> None:
    ask = send_to_queue("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
    machine = make_machine(Ask=ask)
    execution = machine.start()
    ((token,),) = (body.values() for body in received())
    glue_runs.tick("1h")
    machine.client.send_task_success(taskToken=token, output='{"approved": true}')
    assert machine.output(execution) == {"approved": True}
    assert machine.story(execution)[-1] == "3600 ExecutionSucceeded"


def test_task_times_out_and_its_run_is_stopped(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, hangs(), succeeds())
    retry = {"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 30}
    machine = make_machine(Run=run_job(TimeoutSeconds=600, Retry=[retry]))
    execution = machine.start()
    glue_runs.settle()
    assert machine.story(execution)[4:9] == [
        "0 TaskSubmitted",
        "600 TaskTimedOut",
        "630 TaskScheduled",
        "630 TaskStarted",
        "630 TaskSubmitted",
    ]
    first, second = glue_runs.runs()
    assert [(step.state, step.at.minute, step.at.second) for step in first.history[2:]] == [
        ("STOPPING", 10, 0),
        ("STOPPED", 10, 10),
    ]
    assert (second.state, machine.status(execution)) == ("SUCCEEDED", "SUCCEEDED")


def test_execution_times_out_and_its_run_is_stopped(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    """The task itself gets no event, not even for its ResultSelector, which does not fit."""
    glue_runs.plan(job, hangs())
    machine = make_machine(timeout=900, Run=run_job(ResultSelector={"id.$": "$.Id"}))
    execution = machine.start()
    glue_runs.settle()
    assert machine.status(execution) == "TIMED_OUT"
    assert machine.story(execution)[4:] == ["0 TaskSubmitted", "900 ExecutionTimedOut"]
    assert [run.state for run in glue_runs.runs()] == ["STOPPED"]


@pytest.mark.glue_runs(max_reads=50)
def test_loop_that_does_not_sleep_gets_an_error(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()

    def wait_without_sleeping() -> None:
        while machine.status(execution) == "RUNNING":
            pass

    with pytest.raises(TooManyReadsError) as error:
        wait_without_sleeping()
    assert str(error.value) == (
        "Step Functions was read 50 times, last by DescribeExecution, and the clock did not "
        "advance: executions that wait cannot continue.\n"
        "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
        "or set max_reads higher."
    )
    with pytest.raises(EndlessLoopInterrupt):
        wait_without_sleeping()


@pytest.mark.parametrize("is_stopped", [False, True])
def test_executions_run_in_real_time_on_a_real_clock(
    make_machine_now: Any, run_job: Any, is_stopped: bool
) -> None:
    with mock_glue_runs(freeze=False, startup=0, duration=0.2) as glue_runs:
        glue_runs.add_job("load")
        machine = make_machine_now(Run=run_job())
        execution = machine.start()
        _wait_until(glue_runs.runs)
        if is_stopped:
            machine.stop(execution)
        _wait_until(lambda: machine.status(execution) != "RUNNING")
        assert machine.status(execution) == ("ABORTED" if is_stopped else "SUCCEEDED")


def test_the_threads_of_an_execution_end_with_the_mock_on_a_real_clock(
    make_machine_now: Any, run_job: Any
) -> None:
    before = set(threading.enumerate())
    with mock_glue_runs(freeze=False, startup=0) as glue_runs:
        glue_runs.add_job("load")
        make_machine_now(Run=run_job()).start()
        _wait_until(glue_runs.runs)
        threads = set(threading.enumerate()) - before
        assert threads
    _wait_until(lambda: not any(thread.is_alive() for thread in threads))
    assert not any(thread.is_alive() for thread in threads)


def _wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
