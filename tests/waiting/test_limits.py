"""Endless loops end in an error, asserted word for word."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from operator import attrgetter, methodcaller
from typing import Any

import pytest

from pytest_glue_runs import EndlessLoopInterrupt, GlueRuns, fails, hangs, mock_glue_runs, succeeds
from pytest_glue_runs._describe import short_id
from pytest_glue_runs._time import thread_activity

_STREAMING = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/orders.py"}


@pytest.fixture
def streaming(glue_runs: GlueRuns, glue: Any) -> str:
    """Start a run that never ends by itself, and return its id."""
    glue_runs.add_job("orders", Command=_STREAMING)
    return str(glue.start_job_run(JobName="orders")["JobRunId"])


def _poll(glue: Any, run_id: str, wait: Callable[[], object]) -> None:
    while "CompletedOn" not in glue.get_job_run(JobName="orders", RunId=run_id)["JobRun"]:
        wait()


@pytest.mark.glue_runs(start_at="2026-01-01", max_reads=50)
def test_a_loop_that_reads_without_sleeping_ends_in_an_error(glue: Any, streaming: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        _poll(glue, streaming, int)
    assert str(caught.value) == (
        "50 calls in a row only read from Glue, or failed, and the clock did not advance from "
        "2026-01-01 00:00:00 UTC: nothing can change.\n"
        f"  orders {short_id(streaming)} is STARTING, and never ends by itself\n"
        "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
        "or set max_reads higher."
    )


@pytest.mark.glue_runs(start_at="2026-01-01", max_reads=50)
def test_the_error_says_when_the_run_would_end(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("orders"), succeeds(after="10m"))
    run_id = glue.start_job_run(JobName="orders")["JobRunId"]
    with pytest.raises(RuntimeError) as caught:
        _poll(glue, run_id, int)
    assert str(caught.value).splitlines()[1] == (
        f"  orders {short_id(run_id)} is STARTING, and ends in 10m4s: "
        "glue_runs.tick('10m4s') would end it"
    )


@pytest.mark.glue_runs(max_reads=50)
def test_reads_up_to_the_limit_are_allowed(glue: Any, streaming: str) -> None:
    for _ in range(50):
        glue.get_job_run(JobName="orders", RunId=streaming)
    with pytest.raises(RuntimeError, match="50 calls in a row"):
        glue.get_job_run(JobName="orders", RunId=streaming)


@pytest.mark.glue_runs(max_reads=50)
def test_the_count_of_reads_restarts_when_the_clock_moves(
    glue_runs: GlueRuns, glue: Any, streaming: str
) -> None:
    for _ in range(4):
        for _ in range(40):
            glue.get_job_run(JobName="orders", RunId=streaming)
        glue_runs.tick(1)


@pytest.mark.glue_runs(max_reads=50)
def test_the_count_of_reads_restarts_after_a_change(glue: Any, streaming: str) -> None:
    for number in range(4):
        for _ in range(40):
            glue.get_job_run(JobName="orders", RunId=streaming)
        glue.create_job(Name=f"job-{number}", Role="GlueJobRole", Command=_STREAMING)


@pytest.mark.glue_runs(max_reads=50)
@pytest.mark.parametrize("operation", ["get_job_runs", "list_jobs", "get_jobs"])
def test_every_read_is_counted(glue: Any, streaming: str, operation: str) -> None:
    keywords = {"JobName": "orders"} if operation == "get_job_runs" else {}
    for _ in range(50):
        getattr(glue, operation)(**keywords)
    with pytest.raises(RuntimeError, match="the clock did not advance"):
        getattr(glue, operation)(**keywords)


@pytest.mark.glue_runs(max_reads=50)
def test_an_async_loop_that_never_sleeps_ends_in_the_same_error(glue: Any, streaming: str) -> None:
    """asyncio.sleep(0) does not move the clock."""

    async def main() -> None:
        while True:
            glue.get_job_run(JobName="orders", RunId=streaming)
            await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="50 calls in a row"):
        asyncio.run(main())


@pytest.mark.glue_runs(start_at="2026-01-01", max_sleeps=50)
def test_a_loop_that_sleeps_without_end_ends_in_an_error(glue: Any, streaming: str) -> None:
    with pytest.raises(RuntimeError) as caught:
        _poll(glue, streaming, lambda: time.sleep(60))
    assert str(caught.value) == (
        "Waiting has moved the clock 50 times, to 2026-01-01 00:50:00 UTC, and continues.\n"
        f"  orders {short_id(streaming)} is RUNNING, and never ends by itself\n"
        "Let the run end, give the loop a limit of its own, or set max_sleeps higher."
    )


@pytest.mark.glue_runs(start_at="2026-01-01", max_sleeps=50)
def test_a_loop_that_waits_for_another_state_than_the_last_ends_in_an_error(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.add_job("nightly")
    glue_runs.plan("nightly", fails("Out of memory"))
    run_id = glue.start_job_run(JobName="nightly")["JobRunId"]

    def wait_for_success() -> None:
        while glue_runs.run(run_id).state != "SUCCEEDED":  # pragma: no branch - it never is
            time.sleep(60)

    with pytest.raises(RuntimeError) as caught:
        wait_for_success()
    assert str(caught.value) == (
        "Waiting has moved the clock 50 times, to 2026-01-01 00:50:00 UTC, and continues. Nothing "
        f"is left to happen: nightly {short_id(run_id)}, the last run, is FAILED.\n"
        "Let the loop end with the run, in whatever state; give it a limit of its own, or set "
        "max_sleeps higher."
    )


@pytest.mark.glue_runs(max_sleeps=50)
def test_sleeps_up_to_the_limit_are_allowed(glue_runs: GlueRuns) -> None:
    for _ in range(50):
        time.sleep(1)
    with pytest.raises(RuntimeError, match="moved the clock 50 times"):
        time.sleep(1)


@pytest.mark.glue_runs(max_sleeps=50)
def test_a_thread_that_sleeps_without_end_ends_too(
    glue_runs: GlueRuns, streaming: str, glue: Any
) -> None:
    errors: list[str] = []

    def monitor() -> None:
        try:
            _poll(glue, streaming, lambda: time.sleep(60))
        except RuntimeError as error:
            errors.append(str(error).partition(",")[0])

    thread = threading.Thread(target=monitor)
    thread.start()
    thread.join()
    assert errors == ["Waiting has moved the clock 50 times"]


@pytest.mark.glue_runs(max_sleeps=50)
def test_waiting_for_an_event_without_end_ends_too(glue_runs: GlueRuns) -> None:
    event = threading.Event()
    assert not any(event.wait(1) for _ in range(50))
    with pytest.raises(RuntimeError, match="moved the clock 50 times"):
        event.wait(1)


@pytest.mark.glue_runs(max_sleeps=50)
def test_a_loop_of_asyncio_that_sleeps_without_end_ends_too(glue_runs: GlueRuns) -> None:
    """asyncio.run cancels the tasks that are left."""
    cleaned_up: list[str] = []

    async def main() -> None:
        try:
            while True:  # noqa: ASYNC110 - such a loop is the subject
                await asyncio.sleep(1)
        finally:
            cleaned_up.append("main")

    with pytest.raises(RuntimeError, match="moved the clock 50 times"):
        asyncio.run(main())
    assert cleaned_up == ["main"]


@pytest.mark.parametrize("text", ["max_reads", "max_sleeps"])
def test_the_limits_are_settings(pytester: pytest.Pytester, text: str) -> None:
    pytester.makeini(f"[pytest]\nglue_runs_{text} = 5")
    pytester.makepyfile(
        """
        import time, boto3, pytest

        def test_sleeps(glue_runs):
            for _ in range(6):
                time.sleep(1)

        def test_reads(glue_runs):
            glue = boto3.client("glue", region_name="us-east-1")
            for _ in range(6):
                glue.list_jobs()
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(passed=1, failed=1)
    failing = {"max_reads": "test_reads", "max_sleeps": "test_sleeps"}
    result.stdout.fnmatch_lines([f"FAILED *::{failing[text]} *"])


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_settle_names_the_runs_that_never_end(
    glue_runs: GlueRuns, glue: Any, streaming: str
) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), fails(after="1h"))
    glue.start_job_run(JobName="nightly")
    with pytest.raises(RuntimeError) as caught:
        glue_runs.settle()
    assert str(caught.value) == (
        "settle() moved the clock by 1h4s, to 2026-01-01 01:00:04 UTC, "
        "and not all runs have ended:\n"
        f"  orders {short_id(streaming)} is RUNNING, and never ends by itself\n"
        "Stop them, plan an end for them, or move the clock as far as the test needs it, "
        "with glue_runs.tick()."
    )
    assert glue_runs.runs("nightly")[0].state == "FAILED"


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_settle_says_that_it_stayed_where_it_was(glue_runs: GlueRuns, streaming: str) -> None:
    glue_runs.tick("1h")
    with pytest.raises(RuntimeError) as caught:
        glue_runs.settle()
    assert str(caught.value).splitlines()[0] == (
        "settle() stayed at 2026-01-01 01:00:00 UTC, and not all runs have ended:"
    )


def test_settle_names_the_runs_that_wait_behind_one_that_never_ends(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.add_job("orders", Command=_STREAMING, JobRunQueuingEnabled=True)
    first, second = (glue.start_job_run(JobName="orders")["JobRunId"] for _ in range(2))
    with pytest.raises(RuntimeError) as caught:
        glue_runs.settle()
    assert str(caught.value).splitlines()[1:3] == [
        f"  orders {short_id(first)} is RUNNING, and never ends by itself",
        f"  orders {short_id(second)} is WAITING: Max concurrent job runs per job exceeded",
    ]


def test_settle_succeeds_after_such_a_run_was_stopped(
    glue_runs: GlueRuns, glue: Any, streaming: str
) -> None:
    with pytest.raises(RuntimeError):
        glue_runs.settle()
    glue.batch_stop_job_run(JobName="orders", JobRunIds=[streaming])
    assert [run.state for run in glue_runs.settle()] == ["STOPPED"]


def test_settle_follows_the_restarts_of_a_streaming_run_to_its_planned_end(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.plan(glue_runs.add_job("orders", Command=_STREAMING), succeeds(after="16d"))
    glue.start_job_run(JobName="orders")
    states = [run.state for run in glue_runs.settle()]
    assert states == ["EXPIRED", "EXPIRED", "SUCCEEDED"]


def test_settle_waits_for_the_timeout_of_a_run_that_hangs(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("nightly"), hangs())
    glue.start_job_run(JobName="nightly")
    begin = glue_runs.now
    assert [run.state for run in glue_runs.settle()] == ["TIMEOUT"]
    assert (glue_runs.now - begin).total_seconds() == 2880 * 60 + 4


def test_settle_without_runs_settles_nothing(glue_runs: GlueRuns) -> None:
    begin = glue_runs.now
    assert glue_runs.settle() == []
    assert glue_runs.now == begin


def test_a_sleep_beyond_the_end_of_time_ends_there(glue_runs: GlueRuns) -> None:
    time.sleep(1e12)
    assert glue_runs.now.year == 9999


def test_each_mock_counts_its_own_sleeps(glue: Any) -> None:
    for _ in range(3):
        with mock_glue_runs(max_sleeps=5):
            for _ in range(5):
                time.sleep(1)


@pytest.mark.glue_runs(start_at="2026-01-01", max_reads=50)
def test_the_error_says_when_a_run_that_runs_would_end(glue_runs: GlueRuns, glue: Any) -> None:
    run_id = glue.start_job_run(JobName=glue_runs.add_job("orders"))["JobRunId"]
    glue_runs.tick("14s")
    with pytest.raises(RuntimeError) as caught:
        _poll(glue, run_id, int)
    assert str(caught.value).splitlines()[1] == (
        f"  orders {short_id(run_id)} is RUNNING, and ends in 50s: "
        "glue_runs.tick('50s') would end it"
    )


@pytest.mark.glue_runs(max_reads=50)
def test_a_loop_that_catches_every_exception_is_interrupted_when_reading(
    glue: Any, streaming: str
) -> None:
    """The second error is no Exception."""

    def poll() -> None:
        while True:
            with suppress(Exception):
                _poll(glue, streaming, int)

    with pytest.raises(EndlessLoopInterrupt, match="50 calls in a row"):
        poll()


@pytest.mark.glue_runs(max_sleeps=50)
def test_a_loop_that_catches_every_exception_is_interrupted_when_sleeping(
    glue_runs: GlueRuns,
) -> None:
    """The second error is no Exception."""
    errors = 0

    def wait() -> None:
        nonlocal errors
        while True:
            try:
                time.sleep(1)
            except Exception:  # noqa: BLE001
                errors += 1

    with pytest.raises(EndlessLoopInterrupt, match="Waiting has moved the clock 50 times"):
        wait()
    assert errors == 1


@pytest.mark.parametrize("name", ["max_sleeps", "max_reads"])
@pytest.mark.parametrize("value", [0, -1, True, 1.5, "many", None])
def test_an_invalid_limit_is_rejected(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match="is not a count") as caught:
        mock_glue_runs(**{name: value})
    assert str(caught.value) == (
        f"mock_glue_runs(): {name}: {value!r} is not a count. Valid: a whole number from 1 on."
    )


def test_a_limit_may_be_text() -> None:
    with mock_glue_runs(max_reads="1") as glue_runs:  # type: ignore[call-overload]
        assert glue_runs.runs() == []


@pytest.mark.glue_runs(max_reads=50)
def test_a_loop_of_rejected_calls_ends_in_an_error(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly")
    glue.start_job_run(JobName="nightly")

    def try_again() -> None:
        while True:
            with suppress(glue.exceptions.ConcurrentRunsExceededException):
                glue.start_job_run(JobName="nightly")

    with pytest.raises(RuntimeError, match="50 calls in a row"):
        try_again()


@pytest.mark.glue_runs(max_reads=50)
def test_a_stop_without_effect_counts_as_a_read(glue_runs: GlueRuns, glue: Any) -> None:
    """AWS answers it with HTTP 200."""
    glue_runs.add_job("nightly")

    def stop() -> None:
        while True:
            glue.batch_stop_job_run(JobName="nightly", JobRunIds=["jr_1"])
            glue.get_job_runs(JobName="nightly")

    with pytest.raises(RuntimeError, match="50 calls in a row"):
        stop()


@pytest.mark.glue_runs(max_reads=5)
def test_a_second_loop_at_a_later_time_gets_an_error_too(glue_runs: GlueRuns, glue: Any) -> None:
    for _ in range(2):
        for _ in range(5):
            glue.list_jobs()
        with pytest.raises(RuntimeError, match="5 calls in a row"):
            glue.list_jobs()
        glue_runs.tick("1h")


@pytest.mark.glue_runs(start_at="2026-01-01", max_reads=50)
def test_a_loop_that_reads_a_run_in_the_test_ends_in_an_error(
    glue_runs: GlueRuns, streaming: str
) -> None:

    def wait() -> None:
        while not glue_runs.run(streaming).ended:
            pass

    with pytest.raises(RuntimeError) as caught:
        wait()
    assert str(caught.value) == (
        f"The test has read orders {short_id(streaming)} 50 times, and the clock did not advance "
        "from 2026-01-01 00:00:00 UTC: nothing can change.\n"
        f"  orders {short_id(streaming)} is STARTING, and never ends by itself\n"
        "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
        "or set max_reads higher."
    )


@pytest.mark.glue_runs(start_at="2026-01-01", max_reads=50)
def test_the_error_about_an_ended_run_names_its_final_state(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("orders"), fails("Out of memory"))
    run_id = glue.start_job_run(JobName="orders")["JobRunId"]
    (run,) = glue_runs.settle()

    def wait() -> None:
        while run.state != "SUCCEEDED":
            pass

    with pytest.raises(RuntimeError) as caught:
        wait()
    assert str(caught.value) == (
        f"The test has read orders {short_id(run_id)} 50 times, and the clock did not advance from "
        "2026-01-01 00:01:04 UTC: nothing can change.\n"
        "  It is FAILED: Out of memory\n"
        "A run that has ended does not change. Wait until `ended` is true, then read it."
    )


@pytest.mark.glue_runs(max_reads=50)
def test_the_error_about_a_succeeded_run_shows_no_error_message(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.add_job("orders")
    glue.start_job_run(JobName="orders")
    (run,) = glue_runs.settle()
    with pytest.raises(RuntimeError, match=r"\n  It is SUCCEEDED\n"):
        [run.state for _ in range(51)]


@pytest.mark.glue_runs(max_reads=50)
@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("runs()", methodcaller("runs")),
        ("events", attrgetter("events")),
        ("calls", attrgetter("calls")),
    ],
    ids=["runs", "events", "calls"],
)
def test_a_loop_that_reads_a_list_ends_in_an_error_too(
    glue_runs: GlueRuns, streaming: str, name: str, look: Callable[[GlueRuns], object]
) -> None:

    def wait() -> None:
        while True:
            look(glue_runs)

    with pytest.raises(RuntimeError) as caught:
        wait()
    assert str(caught.value).startswith(f"The test has read glue_runs.{name} 50 times, ")


@pytest.mark.glue_runs(max_reads=50)
def test_the_error_names_the_time_of_a_coming_retry(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.plan(glue_runs.add_job("orders", MaxRetries=1), fails("Out of memory"))
    run_id = glue.start_job_run(JobName="orders")["JobRunId"]
    glue_runs.tick("70s")
    with pytest.raises(RuntimeError) as caught:
        [glue_runs.runs() for _ in range(51)]
    assert str(caught.value).splitlines()[1] == (
        f"  orders {short_id(run_id)} is FAILED, and attempt 1 starts in 24s"
    )


def test_the_traceback_of_the_error_ends_in_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.glue_runs(max_reads=5)
        def test_it(glue_runs):
            while True:
                glue_runs.runs()
        """
    )
    result = pytester.runpytest("-p", "no:asyncio")
    result.stdout.fnmatch_lines(["E * The test has read glue_runs.runs() 5 times, *"])
    result.stdout.no_fnmatch_line("*record_read(*")


@pytest.mark.glue_runs(max_reads=50)
def test_the_count_of_reads_by_the_test_restarts_after_a_change(
    glue_runs: GlueRuns, glue: Any, streaming: str
) -> None:
    run = glue_runs.run(streaming)
    for number in range(4):
        assert {run.state for _ in range(40)} == {"STARTING"}
        glue.create_job(Name=f"job-{number}", Role="GlueJobRole", Command=_STREAMING)


@pytest.mark.glue_runs(max_reads=50)
def test_each_kind_of_read_gets_its_own_error(
    glue_runs: GlueRuns, glue: Any, streaming: str
) -> None:
    run = glue_runs.run(streaming)
    with pytest.raises(RuntimeError, match="The test has read"):
        [run.state for _ in range(51)]
    with pytest.raises(RuntimeError, match="50 calls in a row"):
        _poll(glue, streaming, int)


def test_a_loop_beside_a_thread_that_sleeps_is_not_endless(
    glue_runs: GlueRuns, streaming: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop holds the clock for a while; then it moves."""
    monkeypatch.setattr(thread_activity, "PATIENCE", 0.1)
    run, begin = glue_runs.run(streaming), glue_runs.now
    sleeper = threading.Thread(target=lambda: time.sleep(30))
    sleeper.start()
    while glue_runs.now == begin:
        assert not run.ended
    sleeper.join()
    assert glue_runs.now - begin == timedelta(seconds=30)


@pytest.mark.glue_runs(max_reads=50)
def test_polling_after_the_clock_went_back_is_not_endless(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("orders")
    run = glue_runs.run(glue.start_job_run(JobName="orders")["JobRunId"])
    glue_runs.move_to(glue_runs.now - timedelta(hours=1))
    while not run.ended:
        glue.get_job_run(JobName="orders", RunId=run.id)
        time.sleep(5)
    assert run.execution_time == 60


def test_reads_after_the_mock_are_not_limited() -> None:
    with mock_glue_runs(max_reads=5) as glue_runs:
        glue_runs.add_job("orders")
    assert {len(glue_runs.runs()) for _ in range(10)} == {0}


@pytest.mark.glue_runs(max_reads=50)
def test_reads_are_counted_for_each_run_and_moment(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("many", ExecutionProperty={"MaxConcurrentRuns": 60})
    for _ in range(60):
        glue.start_job_run(JobName="many")
    for _ in range(3):
        states = [run.state for _ in range(40) for run in glue_runs.runs()]
        assert len(states) == 2400
        glue_runs.tick(1)
