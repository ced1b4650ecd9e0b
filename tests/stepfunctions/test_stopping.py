"""StopExecution aborts at once, whatever an execution waits for, and stops its runs."""

from __future__ import annotations

from typing import Any

from pytest_glue_runs import GlueRuns, fails, hangs

SUCCEED = {"Type": "Succeed"}
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]


def test_run_is_stopped_when_the_execution_is(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    """Neither the Catch nor the ResultSelector, which does not fit, has an effect."""
    glue_runs.plan(job, hangs())
    run = run_job(Catch=CATCH, ResultSelector={"none.$": "$.None"})
    machine = make_machine(Run=run, Done=SUCCEED)
    execution = machine.start()
    glue_runs.tick("10m")
    assert machine.stop(execution) == glue_runs.now
    described = machine.describe(execution)
    assert (described["status"], described["stopDate"]) == ("ABORTED", glue_runs.now)
    assert [run.state for run in glue_runs.runs()] == ["STOPPING"]
    glue_runs.tick("1h")
    assert machine.story(execution)[4:] == ["0 TaskSubmitted", "600 ExecutionAborted"]
    assert [run.state for run in glue_runs.runs()] == ["STOPPED"]
    assert [call.operation for call in glue_runs.calls][-1] == "BatchStopJobRun"


def test_stop_that_glue_rejects_leaves_the_run(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.fail_next("BatchStopJobRun", "AccessDeniedException")
    machine.stop(execution)
    glue_runs.tick("1h")
    assert machine.status(execution) == "ABORTED"
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED"]


def test_stop_of_a_wait_state(glue_runs: GlueRuns, make_machine: Any) -> None:
    pause = {"Type": "Wait", "Seconds": 3600, "Next": "Done"}
    machine = make_machine(Pause=pause, Done=SUCCEED)
    execution = machine.start()
    glue_runs.tick("1m")
    machine.stop(execution)
    assert machine.story(execution) == [
        "0 ExecutionStarted",
        "0 WaitStateEntered",
        "60 ExecutionAborted",
    ]


def test_stop_between_two_tries(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, fails("no disk"))
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3600}]
    machine = make_machine(Run=run_job(Retry=retry, Catch=CATCH), Done=SUCCEED)
    execution = machine.start()
    glue_runs.tick("10m")
    machine.stop(execution)
    assert machine.status(execution) == "ABORTED"
    glue_runs.tick("2h")
    assert machine.story(execution)[5:] == ["64 TaskFailed", "600 ExecutionAborted"]
    assert len(glue_runs.runs()) == 1


def test_stop_of_a_task_that_waits_for_a_token(
    glue_runs: GlueRuns, make_machine: Any, send_to_queue: Any
) -> None:
    ask = send_to_queue("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
    machine = make_machine(Ask=ask)
    execution = machine.start()
    machine.stop(execution)
    assert machine.status(execution) == "ABORTED"
    assert glue_runs.settle() == []


def test_all_branches_are_stopped(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    branch = {"StartAt": "Run", "States": {"Run": run_job()}}
    both = {"Type": "Parallel", "Branches": [branch, branch], "End": True}
    machine = make_machine(Both=both)
    execution = machine.start()
    glue_runs.tick("10s")
    machine.stop(execution)
    glue_runs.settle()
    assert machine.status(execution) == "ABORTED"
    assert [run.state for run in glue_runs.runs()] == ["STOPPED", "STOPPED"]


def test_failed_branch_stops_the_run_of_the_other(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    glue_runs.plan(job, fails("no disk", after="1m"), hangs())
    branch = {"StartAt": "Run", "States": {"Run": run_job()}}
    both = {"Type": "Parallel", "Branches": [branch, branch], "End": True}
    machine = make_machine(Both=both)
    execution = machine.start()
    glue_runs.settle()
    described = machine.describe(execution)
    assert (described["status"], described["error"]) == ("FAILED", "States.TaskFailed")
    assert [run.state for run in glue_runs.runs()] == ["FAILED", "STOPPED"]


def test_stop_of_an_execution_that_has_ended_changes_nothing(
    glue_runs: GlueRuns, job: str, make_machine: Any, run_job: Any
) -> None:
    machine = make_machine(Run=run_job())
    execution = machine.start()
    glue_runs.tick("1h")
    assert machine.stop(execution) == glue_runs.runs()[0].completed_on
    assert machine.status(execution) == "SUCCEEDED"
