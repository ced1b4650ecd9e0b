"""Functions of the test that runs call."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pytest_glue_runs import (
    GlueRuns,
    JobRun,
    executes,
    fails,
    hangs,
    mock_glue_runs,
    succeeds,
)

RunPlan = Callable[..., JobRun]


class TestThen:
    """Functions at the end of a run."""

    def test_it_is_called_with_the_run_at_the_end(
        self, glue_runs: GlueRuns, glue: Any, s3: Any
    ) -> None:
        def publish(run: JobRun) -> None:
            key = run.resolved_arguments["--key"]
            s3.put_object(Bucket="lake", Key=key, Body=run.state.encode())

        s3.create_bucket(Bucket="lake")
        glue_runs.add_job("orders", DefaultArguments={"--key": "orders/1"})
        glue_runs.plan("orders", succeeds(after="5m", startup=0, then=publish))
        begin = glue_runs.now
        glue.start_job_run(JobName="orders")
        time.sleep(299)
        assert "Contents" not in s3.list_objects_v2(Bucket="lake")
        time.sleep(3600)
        written = s3.get_object(Bucket="lake", Key="orders/1")
        assert written["Body"].read() == b"RUNNING"
        assert written["LastModified"] == begin + timedelta(minutes=5)
        assert glue_runs.runs()[0].completed_on == begin + timedelta(minutes=5)

    def test_a_run_that_fails_calls_it_too(self, run_plan: RunPlan) -> None:
        called: list[str] = []
        run = run_plan(fails("no disk", then=lambda run: called.append(run.id)))
        assert called == [run.id]
        assert (run.state, run.error_message) == ("FAILED", "no disk")

    def test_sleeping_in_it_delays_the_end(self, run_plan: RunPlan) -> None:
        run = run_plan(succeeds(after="1m", then=lambda run: time.sleep(30)))
        assert run.execution_time == 90

    @pytest.mark.parametrize("plan_of", [succeeds, fails])
    def test_a_run_that_is_stopped_does_not_call_it(
        self, glue_runs: GlueRuns, glue: Any, plan_of: Any
    ) -> None:
        called: list[JobRun] = []
        glue_runs.add_job("orders")
        glue_runs.plan("orders", plan_of(then=called.append))
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        time.sleep(10)
        glue.batch_stop_job_run(JobName="orders", JobRunIds=[run_id])
        assert [run.state for run in glue_runs.settle()] == ["STOPPED"]
        assert called == []

    def test_a_run_that_times_out_does_not_call_it(self, run_plan: RunPlan) -> None:
        called: list[JobRun] = []
        run = run_plan(succeeds(after="1h", then=called.append), Timeout=30)
        assert (run.state, called) == ("TIMEOUT", [])

    def test_a_run_that_times_out_while_it_sleeps(self, run_plan: RunPlan) -> None:
        run = run_plan(succeeds(after="29m", then=lambda run: time.sleep(120)), Timeout=30)
        assert (run.state, run.execution_time) == ("TIMEOUT", 30 * 60)

    def test_what_it_raises_is_raised_in_the_test(self, glue_runs: GlueRuns, glue: Any) -> None:
        def check(run: JobRun) -> None:
            raise LookupError(run.id)

        glue_runs.add_job("orders")
        glue_runs.plan("orders", succeeds(after="5m", then=check))
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        with pytest.raises(LookupError, match=run_id):
            glue_runs.tick("1h")
        assert glue_runs.run(run_id).state == "SUCCEEDED"

    def test_what_it_raises_is_raised_in_the_test_that_waits_for_a_thread(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        def check(run: JobRun) -> None:
            raise LookupError(run.id)

        def poll() -> None:
            for _ in range(20):
                time.sleep(30)

        glue_runs.plan(glue_runs.add_job("orders"), succeeds(after="5m", then=check))
        run_id = glue.start_job_run(JobName="orders")["JobRunId"]
        thread = threading.Thread(target=poll)
        thread.start()
        with pytest.raises(LookupError, match=run_id):
            thread.join()
        thread.join()

    def test_what_it_prints_is_not_output_of_the_run(
        self, run_plan: RunPlan, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run = run_plan(succeeds(then=lambda run: print("seen", file=sys.stdout)))  # noqa: T201
        assert (run.output, capsys.readouterr().out) == ("", "seen\n")


class TestStartingRuns:
    """Functions that start runs themselves."""

    def test_the_run_it_starts_begins_at_that_moment(self, glue_runs: GlueRuns, glue: Any) -> None:
        def chain(run: JobRun) -> None:
            glue.start_job_run(JobName="second")

        glue_runs.add_job("first")
        glue_runs.add_job("second")
        glue_runs.plan("first", succeeds(after="5m", then=chain))
        glue.start_job_run(JobName="first")
        time.sleep(3600)
        first, second = glue_runs.runs()
        assert second.started_on == first.completed_on
        assert second.state == "SUCCEEDED"

    def test_a_run_that_it_starts_may_execute_a_function_too(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        order: list[str] = []

        def chain(run: JobRun) -> None:
            order.append(f"{run.job_name} begins")
            if run.job_name == "first":
                glue.start_job_run(JobName="second")
            order.append(f"{run.job_name} ends")

        for name in ("first", "second"):
            glue_runs.add_job(name)
            glue_runs.plan(name, executes(chain, startup=0))
        glue.start_job_run(JobName="first")
        glue_runs.settle()
        assert order == ["first begins", "first ends", "second begins", "second ends"]

    def test_triggers_start_it_and_follow_it(self, glue_runs: GlueRuns, glue: Any) -> None:
        seen: list[str] = []

        def load(run: JobRun) -> None:
            seen.append(run.resolved_arguments["--day"])
            time.sleep(30)

        def chain(run: JobRun) -> None:
            glue.start_trigger(Name="begin")

        for name in ("chain", "load", "report"):
            glue_runs.add_job(name)
        action = {"JobName": "load", "Arguments": {"--day": "1"}}
        glue.create_trigger(Name="begin", Type="ON_DEMAND", Actions=[action])
        condition = {"LogicalOperator": "EQUALS", "JobName": "load", "State": "SUCCEEDED"}
        glue.create_trigger(
            Name="then",
            Type="CONDITIONAL",
            Predicate={"Conditions": [condition]},
            Actions=[{"JobName": "report"}],
            StartOnCreation=True,
        )
        glue_runs.plan("chain", succeeds(then=chain))
        glue_runs.plan("load", executes(load, after=0))
        glue.start_job_run(JobName="chain")
        first, second, third = glue_runs.settle()
        assert seen == ["1"]
        assert second.started_on == first.completed_on
        assert second.execution_time == 30
        assert (third.job_name, third.started_on) == ("report", second.completed_on)

    def test_its_own_run_still_counts(self, glue_runs: GlueRuns, glue: Any) -> None:
        def restart(run: JobRun) -> None:
            with pytest.raises(glue.exceptions.ConcurrentRunsExceededException):
                glue.start_job_run(JobName="orders")

        glue_runs.add_job("orders")
        glue_runs.plan("orders", succeeds(then=restart))
        glue.start_job_run(JobName="orders")
        assert len(glue_runs.settle()) == 1

    def test_it_may_stop_its_own_run(self, glue_runs: GlueRuns, glue: Any) -> None:
        def stop(run: JobRun) -> None:
            glue.batch_stop_job_run(JobName="orders", JobRunIds=[run.id])

        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(stop))
        glue.start_job_run(JobName="orders")
        assert [run.state for run in glue_runs.settle()] == ["STOPPED"]

    def test_it_may_stop_its_own_run_and_wait(self, glue_runs: GlueRuns, glue: Any) -> None:
        steps: list[str] = []

        def stop(run: JobRun) -> None:
            glue.batch_stop_job_run(JobName="orders", JobRunIds=[run.id])
            while True:
                steps.append(run.state)
                time.sleep(1)

        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(stop))
        glue.start_job_run(JobName="orders")
        glue_runs.settle()
        assert steps == ["STOPPING"]

    def test_it_may_plan_and_reset(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(lambda run: glue_runs.reset()))
        glue.start_job_run(JobName="orders")
        assert glue_runs.settle() == []
        assert glue_runs.runs() == []
        glue_runs.add_job("orders")
        glue.start_job_run(JobName="orders")
        assert [run.state for run in glue_runs.settle()] == ["SUCCEEDED"]


class TestExecutes:
    """Functions in the place of the job's script."""

    def test_it_is_called_when_the_run_enters_running(
        self, glue_runs: GlueRuns, run_plan: RunPlan
    ) -> None:
        seen: list[Any] = []

        def work(run: JobRun) -> None:
            seen.extend((run.state, run.execution_time, glue_runs.now, run.resolved_arguments))

        run = run_plan(executes(work, startup="10s"), Arguments={"--day": "1"})
        assert seen == ["RUNNING", 0, run.history[1].at, {"--day": "1"}]

    def test_it_ends_after_the_duration(self, run_plan: RunPlan) -> None:
        run = run_plan(executes(print, after="5m"))
        assert (run.state, run.execution_time) == ("SUCCEEDED", 300)

    def test_the_duration_is_that_of_the_settings_by_default(self, run_plan: RunPlan) -> None:
        assert run_plan(executes(print)).execution_time == 60

    def test_what_it_prints_is_the_output(
        self, run_plan: RunPlan, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def work(run: JobRun) -> None:
            print("3 rows")  # noqa: T201
            print("no end", end="")  # noqa: T201
            sys.stderr.write("a warning\n")

        run = run_plan(executes(work))
        assert run.output == "3 rows\nno end\n"
        assert [line.message for line in run.logs if line.stream == "error"] == ["a warning"]
        assert capsys.readouterr() == ("", "")

    def test_each_line_has_its_own_time(self, run_plan: RunPlan) -> None:
        def work(run: JobRun) -> None:
            for number in range(3):
                print(number)  # noqa: T201
                time.sleep(10)

        run = run_plan(executes(work))
        begin = run.history[1].at
        assert [(line.at - begin).seconds for line in run.logs] == [0, 10, 20]
        assert run.execution_time == 90

    def test_an_exception_fails_the_run_and_glue_retries_it(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        def work(run: JobRun) -> None:
            raise OSError(f"attempt {run.attempt}")

        glue_runs.add_job("orders", MaxRetries=1)
        glue_runs.plan("orders", executes(work), executes(work))
        glue.start_job_run(JobName="orders")
        runs = glue_runs.settle()
        assert [run.state for run in runs] == ["FAILED", "FAILED"]
        assert runs[1].error_message is not None
        assert runs[1].error_message.endswith("OSError: attempt 1")

    def test_an_outcome_of_pytest_ends_the_test(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(lambda run: pytest.fail("not this one")))
        glue.start_job_run(JobName="orders")
        with pytest.raises(pytest.fail.Exception, match="not this one"):
            time.sleep(60)
        assert glue_runs.settle()[0].state == "FAILED"

    def test_sys_argv_is_that_of_the_script(self, run_plan: RunPlan) -> None:
        before, seen = sys.argv, []
        run_plan(executes(lambda run: seen.extend(sys.argv)), Arguments={"--day": "1"})
        assert seen == ["orders.py", "--day", "1", "--scriptLocation", "s3://scripts/orders.py"]
        assert sys.argv is before

    @pytest.mark.glue_runs(check_launch=True)
    def test_a_run_that_fails_to_start_does_not_call_it(self, run_plan: RunPlan) -> None:
        called: list[JobRun] = []
        run = run_plan(executes(called.append))
        assert (run.state, called) == ("FAILED", [])
        assert [line.message for line in run.logs] == [run.error_message]

    def test_a_callable_object(self, run_plan: RunPlan) -> None:
        class Work:
            def __call__(self, run: JobRun) -> None:
                raise KeyError("day")

        run = run_plan(executes(Work()), "glueetl")
        assert run.error_message == "Error Category: INVALID_ARGUMENT_ERROR; KeyError: 'day'"


def test_a_streaming_run_is_restarted_with_its_function(glue_runs: GlueRuns, glue: Any) -> None:
    started: list[str] = []

    def consume(run: JobRun) -> None:
        started.append(run.id)
        while True:
            time.sleep(86_400)

    command = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/orders.py"}
    glue_runs.add_job("orders", Command=command)
    glue_runs.plan("orders", executes(consume))
    run_id = glue.start_job_run(JobName="orders")["JobRunId"]
    time.sleep(8 * 86_400)
    assert started == [run_id, f"{run_id}_restart_1"]
    assert [run.state for run in glue_runs.runs()] == ["EXPIRED", "RUNNING"]


def test_a_plan_without_functions_starts_no_thread(
    glue_runs: GlueRuns, glue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    glue_runs.add_job("orders")
    glue_runs.plan("orders", succeeds(logs=["a"]), hangs(logs=["b"]))
    monkeypatch.setattr("pytest_glue_runs._scripts.runner.execution", None)
    for _ in range(2):
        glue.start_job_run(JobName="orders")
        glue_runs.settle()
    assert [run.state for run in glue_runs.runs()] == ["SUCCEEDED", "TIMEOUT"]


def test_a_function_that_sleeps_is_ended_with_the_mock(glue: Any) -> None:
    steps: list[str] = []

    def work(run: JobRun) -> None:
        try:
            time.sleep(3600)
        finally:
            steps.append("ended")

    with mock_glue_runs as glue_runs:
        glue_runs.add_job("orders")
        glue_runs.plan("orders", executes(work))
        glue.start_job_run(JobName="orders")
        glue_runs.tick("1m")
        assert steps == []
    assert steps == ["ended"]
