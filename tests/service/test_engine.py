"""The engine: the history of a run depends only on calls and on the clock."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs import GlueRuns, Plan, fails, hangs, succeeds
from pytest_glue_runs._service.engine.event_queue import EventQueue
from pytest_glue_runs._service.engine.run_event import RunEvent
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.plans import PlanGroup

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
MOST = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)

seconds = st.integers(0, 90)
plans = st.builds(
    lambda make, after, startup: make(after=after, startup=startup),
    st.sampled_from([succeeds, fails]),
    seconds,
    seconds,
) | st.builds(hangs, startup=seconds)

# A step starts a run with a plan, or stops the nth run.
steps = plans | st.integers(0, 5)
# The reads after a step, each at a fraction of the pause before the next step.
reads = st.lists(
    st.tuples(st.sampled_from(["GetJobRun", "GetJobRuns", "GetJobs"]), st.floats(0, 1)), max_size=4
)
scenarios = st.lists(st.tuples(steps, st.integers(0, 200), reads), max_size=10)

Scenario = list[tuple[Plan | int, int, list[tuple[str, float]]]]

two = {"MaxConcurrentRuns": 2}
each_definition = pytest.mark.parametrize(
    "definition",
    [
        {"MaxRetries": 2},
        {"MaxRetries": 2, "ExecutionProperty": two},
        {"JobRunQueuingEnabled": True, "ExecutionProperty": two},
    ],
    ids=["retries", "retries within a limit", "queue"],
)


def take_step(bench: Any, step: Plan | int) -> None:
    """Start or stop a run."""
    if isinstance(step, Plan):
        bench.glue.advance()  # so that a retry that is due does not take this plan
        bench.glue.plans.add(PlanGroup("nightly", (step,)))
        bench.send("StartJobRun", b'{"JobName":"nightly","Timeout":1}')  # may be over the limit
    elif bench.glue.store.runs:
        bench.glue.advance()  # so that the nth run does not depend on earlier reads
        ids = list(bench.glue.store.runs)
        bench.call("BatchStopJobRun", JobName="nightly", JobRunIds=[ids[step % len(ids)]])


def read(bench: Any, operation: str) -> None:
    """Read a job or its runs; the response may be an error."""
    request = {"GetJobs": "{}", "GetJobRuns": '{"JobName":"nightly"}'}
    bench.send(operation, request.get(operation, '{"JobName":"nightly","RunId":"a"}').encode())


def histories(bench: Any) -> dict[str, list[Any]]:
    """Process due events and return the history of every run."""
    bench.glue.advance()
    return {run.id: list(run.history) for run in bench.glue.store.runs.values()}


def play(
    bench: Any, definition: dict[str, Any], scenario: Scenario, *, with_reads: bool
) -> dict[str, list[Any]]:
    """Play a scenario and return the histories of its runs."""
    bench.add_job(**definition)
    for step, pause, reads in scenario:
        take_step(bench, step)
        begin, end = bench.now, bench.now + timedelta(seconds=pause)
        # The order of the reads is random, so the clock may go back between them.
        for operation, fraction in reads if with_reads else ():
            bench.now = begin + (end - begin) * fraction
            read(bench, operation)
        bench.now = end
    bench.move_clock(10_000)
    return histories(bench)


@pytest.mark.slow
@each_definition
def test_reads_do_not_change_histories(
    new_bench: Callable[[], Any], definition: dict[str, Any]
) -> None:
    """The reads have random times, so the clock may go back between them."""

    @MOST
    @given(scenarios)
    def check(scenario: Scenario) -> None:
        without_reads = play(new_bench(), definition, scenario, with_reads=False)
        assert play(new_bench(), definition, scenario, with_reads=True) == without_reads

    check()


@pytest.mark.slow
@each_definition
def test_histories_are_append_only(
    new_bench: Callable[[], Any], definition: dict[str, Any]
) -> None:
    """Past steps stay and their times are in order, even if the clock goes back."""

    @MOST
    @given(scenarios, st.lists(st.integers(-500, 500), min_size=1))
    def check(scenario: Scenario, jumps: list[int]) -> None:
        bench = new_bench()
        bench.add_job(**definition)
        for number, (step, pause, _) in enumerate(scenario):
            take_step(bench, step)
            before = histories(bench)
            bench.move_clock(jumps[number % len(jumps)] + pause)
            after = histories(bench)
            for run_id, history in before.items():
                assert after[run_id][: len(history)] == history
        for history in histories(bench).values():
            assert [past.at for past in history] == sorted(past.at for past in history)

    check()


@pytest.mark.slow
@each_definition
def test_every_run_ends(new_bench: Callable[[], Any], definition: dict[str, Any]) -> None:
    """After enough time, every run has ended and no event is scheduled."""

    @MOST
    @given(scenarios)
    def check(scenario: Scenario) -> None:
        bench = new_bench()
        play(bench, definition, scenario, with_reads=False)
        assert all(run.ended for run in bench.glue.store.runs.values())
        assert bench.glue.event_queue.next() is None

    check()


def test_polled_run_ends_like_any_other(client: Any, glue_runs: GlueRuns, job: str) -> None:
    first = client.start_job_run(JobName=job)["JobRunId"]
    for _ in range(64):
        client.get_job_run(JobName=job, RunId=first)
        glue_runs.tick(1)
    second = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.tick("1h")
    polled, unpolled = glue_runs.run(first), glue_runs.run(second)
    offsets = [[step.at - run.started_on for step in run.history] for run in (polled, unpolled)]
    assert offsets[0] == offsets[1]


def test_moving_the_clock_back_does_not_revive_a_run(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.settle()
    glue_runs.move_to("2001-01-01")
    run = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
    assert (run["JobRunState"], run["ExecutionTime"]) == ("SUCCEEDED", 60)


def test_run_started_after_the_clock_went_back(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Its StartedOn is the latest time seen, so that runs stay in order."""
    client.start_job_run(JobName=job)
    glue_runs.move_to("2001-01-01")
    client.start_job_run(JobName=job)
    first, second = glue_runs.runs(job)
    assert second.started_on == first.started_on


def test_regions_are_separate(glue_runs: GlueRuns) -> None:
    here = boto3.client("glue", region_name="us-east-1")
    there = boto3.client("glue", region_name="eu-west-1")
    for region in ("us-east-1", "eu-west-1"):
        glue_runs.add_job("nightly", region=region)
    here.start_job_run(JobName="nightly")
    assert there.get_job_runs(JobName="nightly")["JobRuns"] == []


def test_accounts_are_separate(bench: Any) -> None:
    other = Caller("111111111111", "us-east-1")
    bench.add_job("nightly")
    bench.add_job("weekly", other)
    assert bench.call("ListJobs")["JobNames"] == ["nightly"]
    assert bench.call("ListJobs", other)["JobNames"] == ["weekly"]


def test_run_ids_differ_between_accounts(bench: Any) -> None:
    other = Caller("111111111111", "us-east-1")
    ids = set()
    for caller in (bench.caller, other):
        bench.add_job("nightly", caller)
        ids.add(bench.call("StartJobRun", caller, JobName="nightly")["JobRunId"])
    assert len(ids) == 2


def test_run_of_another_account_is_not_found(bench: Any) -> None:
    other = Caller("111111111111", "us-east-1")
    bench.add_job("nightly")
    bench.add_job("nightly", other)
    run_id = bench.call("StartJobRun", JobName="nightly")["JobRunId"]
    body = f'{{"JobName":"nightly","RunId":"{run_id}"}}'.encode()
    assert bench.send("GetJobRun", body, other)[0] == 400


def test_run_ids_are_reproducible(new_bench: Callable[[], Any]) -> None:
    """Two services that receive the same requests assign the same ids."""
    result = []
    for bench in (new_bench(), new_bench()):
        bench.add_job()
        result.append([bench.call("StartJobRun", JobName="nightly") for _ in range(3)])
    assert result[0] == result[1]


@pytest.fixture
def frequent_thread_switches() -> Iterator[None]:
    """Make threads take turns as often as Python allows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frequent_thread_switches")
def test_concurrent_threads_leave_consistent_histories(bench: Any) -> None:
    """Each run that a thread starts and stops has one start and one end."""
    bench.add_job()
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        for _ in range(20):
            run_id = bench.call("StartJobRun", JobName="nightly")["JobRunId"]
            bench.call("GetJobRuns", JobName="nightly", MaxResults=5)
            bench.call("BatchStopJobRun", JobName="nightly", JobRunIds=[run_id])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bench.move_clock(60)
    result = histories(bench)
    assert len(result) == 160
    states = {tuple(step.state for step in steps) for steps in result.values()}
    assert states == {("STARTING", "STOPPING", "STOPPED")}


def test_calls_are_serialized(bench: Any) -> None:
    """A call waits until the previous one has returned."""
    other = threading.Thread(target=bench.call, args=("ListJobs",))
    with bench.glue.lock:
        other.start()
        other.join(0.02)
        assert bench.glue.calls == []
    other.join()
    assert len(bench.glue.calls) == 1


def test_calls_are_recorded_in_order(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """Each record has operation, request, response or error, time and caller."""
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.tick("10s")
    client.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
    first, second = glue_runs.calls
    assert (first.operation, first.request, first.response, first.error) == (
        "StartJobRun",
        {"JobName": job},
        {"JobRunId": run_id},
        None,
    )
    assert second.at - first.at == timedelta(seconds=10)
    assert second.caller == ("123456789012", "us-east-1")


def test_reset_clears_everything(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """No jobs, runs, calls or scheduled events are left."""
    client.start_job_run(JobName=job)
    glue_runs.reset()
    assert (glue_runs.runs(), glue_runs.calls) == ([], ())
    assert glue_runs.settle() == []


def new_event_queue(processed: list[Any]) -> tuple[EventQueue, Callable[[str, int], Any]]:
    """Return an event queue, and a function that adds an event to it by name and second."""
    queue = EventQueue(NOON)
    run: Any = None

    def add(name: str, second: int) -> Any:
        def action(event: RunEvent) -> None:
            processed.append((name, (event.at - NOON).seconds, (queue.now - NOON).seconds))

        at = NOON + timedelta(seconds=second)
        return queue.add(RunEvent(at, run, "transition", action, detail=name))

    return queue, add


def test_events_are_processed_at_their_own_time() -> None:
    """While an event is processed, its time is the current time."""
    processed: list[Any] = []
    queue, add = new_event_queue(processed)
    add("late", 9)
    add("early", 3)
    queue.advance(NOON + timedelta(seconds=60))
    assert processed == [("early", 3, 3), ("late", 9, 9)]


def test_simultaneous_events_keep_their_order() -> None:
    processed: list[Any] = []
    queue, add = new_event_queue(processed)
    for name in "bca":
        add(name, 5)
    queue.advance(NOON + timedelta(seconds=5))
    assert [name for name, _, _ in processed] == ["b", "c", "a"]


def test_cancelled_event_is_not_next() -> None:
    processed: list[Any] = []
    queue, add = new_event_queue(processed)
    cancelled, _ = add("cancelled", 3), add("kept", 4)
    add("cancelled later", 5).cancelled = cancelled.cancelled = True
    next_event = queue.next()
    assert isinstance(next_event, RunEvent)
    assert next_event.detail == "kept"
    queue.advance(NOON + timedelta(seconds=9))
    assert processed == [("kept", 4, 4)]


def test_cancelled_event_is_not_processed() -> None:
    processed: list[Any] = []
    queue, add = new_event_queue(processed)
    add("cancelled", 3).cancelled = True
    queue.advance(NOON + timedelta(seconds=9))
    assert processed == []


def test_event_queue_never_goes_back() -> None:
    """Its time is the latest time seen."""
    queue, _ = new_event_queue([])
    queue.advance(NOON - timedelta(days=1))
    assert queue.now == NOON
