"""Every use of the public names. It is not run: mypy and pyright check it."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import assert_type

import pytest_glue_runs as package
from pytest_glue_runs import (
    Call,
    Caller,
    Duration,
    EndedMockError,
    EndlessLoopError,
    EndlessLoopInterrupt,
    GlueError,
    GlueRuns,
    GlueRunsError,
    IgnoredTransitionWarning,
    JobFileError,
    JobRun,
    LeftoverRequestError,
    LeftoverThreadWarning,
    LogLine,
    LogStream,
    MissingLibraryError,
    NotFrozenError,
    Plan,
    Prepared,
    Quotas,
    RunSnapshot,
    RunState,
    ScriptError,
    SettingError,
    TooManyReadsError,
    TooManySleepsError,
    Transition,
    UnansweredRequestError,
    UnknownNameError,
    UnsettledError,
    UnusedError,
    WorkflowRun,
    WorkflowRunStatus,
    delay_next_response,
    executes,
    fail_next,
    fails,
    fails_to_launch,
    hangs,
    hide_next_run,
    lose_next_response,
    mock_glue_runs,
    plan,
    succeeds,
)


@pytest.mark.glue_runs(duration="5m", freeze=False)
def test_marker_and_fixture(glue_runs: GlueRuns) -> None:
    assert_type(glue_runs.add_job("nightly"), str)
    assert_type(glue_runs.add_job("nightly", MaxRetries=1, region="eu-west-1"), str)
    glue_runs.add_job("nightly", account_id="111122223333", DefaultArguments={"--a": "b"})
    jobs = glue_runs.load_jobs(
        "template.yaml",
        parameters={"Stage": "test"},
        overrides={"nightly": {"MaxRetries": 0}},
        region="eu-west-1",
        account_id="111122223333",
    )
    assert_type(jobs, list[str])
    assert_type(glue_runs.load_jobs(Path("plan.json")), list[str])
    glue_runs.plan("nightly", fails("Out of memory", after="5m"), succeeds(), hangs())
    glue_runs.fail_next("StartJobRun", "ThrottlingException")
    glue_runs.fail_next("StartJobRun", "ThrottlingException", "Rate exceeded", times=2)
    glue_runs.plan("nightly", hangs(), when={"--date": "2026-01-31"}, times=2, optional=True)
    glue_runs.plan("*", hangs(), when=lambda run: run.attempt == 0, times="always")
    glue_runs.fail_next("GetJobRun", KeyboardInterrupt(), times="always", after=2, optional=True)
    glue_runs.lose_next_response("StartJobRun", times=2, after=1, optional=True)
    glue_runs.delay_next_response("GetJobRun", "2s", times="always", after=1, optional=True)
    glue_runs.hide_next_run(timedelta(seconds=2), times=2, after=1, optional=True)
    assert_type(glue_runs.runs("nightly", state="FAILED"), list[JobRun])
    assert_type(glue_runs.last_run(), JobRun)
    assert_type(glue_runs.last_run("nightly"), JobRun)
    assert_type(glue_runs.calls_of("StartJobRun"), tuple[Call, ...])
    assert_type(glue_runs.runs(), list[JobRun])
    assert_type(glue_runs.runs("nightly"), list[JobRun])
    assert_type(glue_runs.run("jr_1"), JobRun)
    assert_type(glue_runs.load_jobs("template.yaml", parameters={"Stage": "dev"}), list[str])
    assert_type(glue_runs.workflow_runs(), list[WorkflowRun])
    assert_type(glue_runs.workflow_runs("nightly"), list[WorkflowRun])
    glue_runs.plan_crawler("raw", succeeds(after="2m"), fails("no access"))
    glue_runs.send_events("arrivals")
    glue_runs.send_events("arrivals", 3, region="eu-west-1", account_id="111122223333")
    assert_type(glue_runs.calls, tuple[Call, ...])
    assert_type(glue_runs.events, tuple[dict[str, Any], ...])
    assert_type(glue_runs.quotas, Quotas)
    glue_runs.quotas.max_concurrent_runs = 1
    assert_type(glue_runs.quotas.max_dpus, float | None)
    assert_type(glue_runs.now, datetime)
    assert_type(glue_runs.settle(), list[JobRun])
    durations: list[Duration] = ["1h30m", 90, 1.5, timedelta(minutes=1)]
    for duration in durations:
        glue_runs.tick(duration)
    for moment in ("2026-02-28", date(2026, 2, 28), datetime(2026, 2, 28)):  # noqa: DTZ001
        glue_runs.move_to(moment)
    glue_runs.reset()


def test_wrong_uses_are_errors(glue_runs: GlueRuns) -> None:
    glue_runs.plan("nightly", "fails")  # type: ignore[arg-type]
    glue_runs.tick(None)  # type: ignore[arg-type]
    glue_runs.now = None  # type: ignore[assignment, misc]
    succeeds("5m")  # type: ignore[call-arg]
    mock_glue_runs(sleep="never")  # type: ignore[call-overload]
    mock_glue_runs(nothing=1)  # type: ignore[call-overload]


def test_plans() -> None:
    assert_type(succeeds(), Plan)
    assert_type(succeeds(after=90, startup="10s"), Plan)
    assert_type(fails(), Plan)
    assert_type(fails("Out of memory", after=timedelta(minutes=5), startup=0.5), Plan)
    assert_type(hangs(startup="0s"), Plan)
    assert_type(hangs(cleanup="30s"), Plan)
    assert_type(succeeds(cleanup=0, dpu_seconds=240), Plan)
    assert_type(fails("x", during="STARTING", state="ERROR", dpu_seconds=0.5), Plan)
    assert_type(fails_to_launch("script", startup=4, cleanup="5s"), Plan)
    one = hangs(logs=["begin", ("10s", "a"), (10, "b"), (timedelta(seconds=10), "c")])
    assert_type(one.error, str | None)
    assert_type(one.after, timedelta | None)
    assert_type(one.startup, timedelta | None)
    assert_type(one.cleanup, timedelta | None)
    assert_type(one.dpu_seconds, float | None)
    assert one.ending in ("SUCCEEDED", "FAILED", "ERROR", "EXPIRED", None)
    assert one.during in ("STARTING", "RUNNING")
    assert one.launch_problem in ("script", None)
    assert_type(one.has_script, bool)
    for after, message in one.logs:
        assert_type(after, timedelta)
        assert_type(message, str)


def test_functions_and_scripts() -> None:
    def work(run: JobRun) -> int:
        return run.attempt

    assert_type(executes(work), Plan)
    assert_type(executes("jobs/orders.py", after="5m", startup=4, cleanup=0, dpu_seconds=1), Plan)
    assert_type(executes(Path("jobs/orders.py")), Plan)
    assert_type(succeeds(then=work, logs=("begin",)), Plan)
    assert_type(fails("x", then=lambda run: None, logs=[("1m", "end")]), Plan)
    one = executes(lambda run: None)
    assert one.script is not None
    assert one.then is None


def test_prepared(prepared: Prepared) -> None:
    assert_type(prepared.method, str)
    assert_type(prepared.args, tuple[Any, ...])
    assert_type(prepared.kwargs, Mapping[str, Any])


def test_runs(run: JobRun) -> None:
    assert_type(run.id, str)
    assert_type(run.job_name, str)
    assert_type(run.region, str)
    assert_type(run.account_id, str)
    assert_type(run.state, RunState)
    assert_type(run.ended, bool)
    assert_type(run.attempt, int)
    assert_type(run.previous_run_id, str | None)
    assert_type(run.trigger_name, str | None)
    assert_type(run.arguments, dict[str, str])
    assert_type(run.resolved_arguments, dict[str, str])
    assert_type(run.started_on, datetime)
    assert_type(run.completed_on, datetime | None)
    assert_type(run.execution_time, int)
    assert_type(run.error_message, str | None)
    assert_type(run.as_dict(), dict[str, Any])
    assert_type(run.history, tuple[Transition, ...])
    assert_type(run.output, str)
    assert_type(run.logs, tuple[LogLine, ...])
    for written_at, stream, message in run.logs:
        assert_type(written_at, datetime)
        assert_type(stream, LogStream)
        assert_type(message, str)
    for at, state, detail in run.history:
        assert_type(at, datetime)
        assert_type(state, RunState)
        assert_type(detail, str | None)
    assert {run} == {run}
    snapshot = run.snapshot()
    assert_type(snapshot, RunSnapshot)
    assert_type(snapshot.id, str)
    assert_type(snapshot.job_name, str)
    assert_type(snapshot.state, RunState)
    assert_type(snapshot.attempt, int)
    assert_type(snapshot.arguments, dict[str, str])
    assert_type(snapshot.error_message, str | None)
    assert_type(snapshot.started_on, datetime)
    assert_type(snapshot.completed_on, datetime | None)
    assert_type(snapshot.execution_time, int)
    assert_type(snapshot.history, tuple[Transition, ...])


def test_workflow_runs(run: WorkflowRun) -> None:
    assert_type(run.id, str)
    assert_type(run.workflow_name, str)
    assert_type(run.region, str)
    assert_type(run.account_id, str)
    assert_type(run.status, WorkflowRunStatus)
    assert_type(run.ended, bool)
    assert_type(run.started_on, datetime)
    assert_type(run.completed_on, datetime | None)
    assert_type(run.error_message, str | None)
    assert_type(run.previous_run_id, str | None)
    assert_type(run.properties, dict[str, str])
    assert_type(run.statistics, dict[str, int])
    assert_type(run.job_runs, list[JobRun])
    assert_type(run.as_dict(), dict[str, Any])
    assert {run} == {run}


def test_calls(call: Call) -> None:
    assert_type(call.at, datetime)
    assert_type(call.operation, str)
    assert_type(call.request, Mapping[str, Any])
    assert_type(call.response, Mapping[str, Any] | None)
    assert_type(call.caller, Caller)
    assert_type(call.caller.account_id, str)
    assert_type(call.caller.region, str)
    assert_type(call.error_code, str | None)
    assert_type(call.response_lost, bool)
    if call.error is not None:
        assert_type(call.error, GlueError)
        assert_type(call.error.code, str)
        assert_type(call.error.message, str)


def test_context_manager() -> None:
    with mock_glue_runs as bare:
        assert_type(bare, GlueRuns)
    with mock_glue_runs() as called:
        assert_type(called, GlueRuns)
    with mock_glue_runs(
        startup="10s",
        duration=timedelta(minutes=5),
        cleanup="10s",
        end_of_life=False,
        check_launch=True,
        max_requests_per_second=15,
        freeze=True,
        start_at="2026-02-28 23:59",
        sleep="virtual",
        account_id="111122223333",
        default_glue_version="5.0",
        other_services="error",
        unused="ignore",
        max_sleeps=10,
        max_reads=10,
        report="never",
        secret_names=["ssn"],
        plans=[plan("nightly", hangs(), when={"--a": "b"}, times="always", optional=True)],
        faults=[
            fail_next("StartJobRun", "ThrottlingException", times=2, after=1, optional=True),
            lose_next_response("StartJobRun", times=2, after=1, optional=True),
            delay_next_response("GetJobRun", "2s", times=2, after=1, optional=True),
            hide_next_run("2s", times=2, after=1, optional=True),
        ],
    ) as configured:
        assert_type(configured, GlueRuns)


async def test_async_context_manager() -> None:
    async with mock_glue_runs as bare:
        assert_type(bare, GlueRuns)
    async with mock_glue_runs(duration=5) as called:
        assert_type(called, GlueRuns)


@mock_glue_runs
def bare_function(number: int) -> str:
    return str(number)


@mock_glue_runs()
def called_function(number: int) -> str:
    return str(number)


@mock_glue_runs(as_kwarg="control", duration="5m")
def given_the_control(number: int, control: GlueRuns) -> str:
    return str(number)


@mock_glue_runs
async def coroutine_function(number: int) -> str:
    return str(number)


@pytest.fixture
@mock_glue_runs(as_kwarg="control")
def generator(control: GlueRuns) -> Iterator[GlueRuns]:
    yield control
    control.reset()


@mock_glue_runs
async def async_generator() -> AsyncIterator[int]:
    yield 1


async def test_decorators_keep_types() -> None:
    assert_type(bare_function(1), str)
    assert_type(called_function(1), str)
    assert_type(await coroutine_function(1), str)
    async for number in async_generator():
        assert_type(number, int)


@mock_glue_runs
class BareCase(unittest.TestCase):
    glue_runs: GlueRuns

    def test_it(self) -> None:
        assert_type(self.glue_runs.now, datetime)


@mock_glue_runs(as_kwarg="control", duration="5m")
class CalledCase(unittest.TestCase):
    control: GlueRuns

    def test_it(self) -> None:
        assert_type(self.control.now, datetime)


def test_settings_of_a_conftest() -> None:
    @pytest.fixture(scope="session")
    def glue_runs_settings() -> dict[str, Any]:
        return {"duration": "5m"}


def test_exceptions() -> None:
    errors: list[type[GlueRunsError]] = [
        EndedMockError,
        EndlessLoopError,
        JobFileError,
        LeftoverRequestError,
        MissingLibraryError,
        NotFrozenError,
        ScriptError,
        SettingError,
        TooManyReadsError,
        TooManySleepsError,
        UnansweredRequestError,
        UnknownNameError,
        UnsettledError,
        UnusedError,
    ]
    assert issubclass(EndlessLoopInterrupt, BaseException)
    assert issubclass(LeftoverThreadWarning, UserWarning)
    assert issubclass(IgnoredTransitionWarning, UserWarning)
    with pytest.raises(tuple(errors)):
        mock_glue_runs(secret_names="ssn, iban")


def test_names_through_the_package() -> None:
    assert_type(package.hangs(), package.Plan)
