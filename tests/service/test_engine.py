"""The engine: the story of a run depends on calls and clock alone."""

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
from pytest_glue_runs._service.engine.event_queue import Event, EventQueue
from pytest_glue_runs._service.model.call import Caller

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
MOST = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=100)

seconds = st.integers(0, 90)
plans = st.builds(
    lambda make, after, startup: make(after=after, startup=startup),
    st.sampled_from([succeeds, fails]),
    seconds,
    seconds,
) | st.builds(hangs, startup=seconds)

# What changes something: a run that starts with this plan, or the nth run that is stopped.
changes = plans | st.integers(0, 5)
# What changes nothing: looks, with the clock so much before or after the time it should be.
looks = st.lists(
    st.tuples(st.sampled_from(["GetJobRun", "GetJobRuns", "GetJobs"]), st.floats(0, 1)), max_size=4
)
stories = st.lists(st.tuples(changes, st.integers(0, 200), looks), max_size=10)

Story = list[tuple[Plan | int, int, list[tuple[str, float]]]]

two = {"MaxConcurrentRuns": 2}
of_each_job = pytest.mark.parametrize(
    "definition",
    [
        {"MaxRetries": 2},
        {"MaxRetries": 2, "ExecutionProperty": two},
        {"JobRunQueuingEnabled": True, "ExecutionProperty": two},
    ],
    ids=["retries", "retries within a limit", "queue"],
)


def change(bench: Any, what: Plan | int) -> None:
    """Starts or stops a run."""
    if isinstance(what, Plan):
        GlueRuns(bench.glue, bench.caller.account_id).plan("nightly", what)
        bench.send("StartJobRun", b'{"JobName":"nightly","Timeout":1}')  # or is over the limit
    elif bench.glue.store.runs:
        bench.glue.advance()  # else the nth run depends on who has looked before
        ids = list(bench.glue.store.runs)
        bench.ask("BatchStopJobRun", JobName="nightly", JobRunIds=[ids[what % len(ids)]])


def look(bench: Any, operation: str) -> None:
    """Reads, and finds or finds not."""
    request = {"GetJobs": "{}", "GetJobRuns": '{"JobName":"nightly"}'}
    bench.send(operation, request.get(operation, '{"JobName":"nightly","RunId":"a"}').encode())


def histories(bench: Any) -> dict[str, list[Any]]:
    """The history of every run, by the time it is now."""
    bench.glue.advance()
    return {run.id: list(run.history) for run in bench.glue.store.runs.values()}


def told(
    bench: Any, definition: dict[str, Any], story: Story, *, looking: bool
) -> dict[str, list[Any]]:
    """The histories of a job's runs at the end of a story."""
    bench.add_job(**definition)
    for what, pause, reads in story:
        change(bench, what)
        begin, end = bench.now, bench.now + timedelta(seconds=pause)
        # In whatever order: a clock that goes back, and forth again, must change nothing.
        for operation, share in reads if looking else ():
            bench.now = begin + (end - begin) * share
            look(bench, operation)
        bench.now = end
    bench.pass_time(10_000)
    return histories(bench)


@of_each_job
def test_looking_changes_nothing(new_bench: Callable[[], Any], definition: dict[str, Any]) -> None:
    """Any reads at any times, with a clock that goes to and fro, leave every history alone."""

    @MOST
    @given(stories)
    def check(story: Story) -> None:
        unwatched = told(new_bench(), definition, story, looking=False)
        assert told(new_bench(), definition, story, looking=True) == unwatched

    check()


@of_each_job
def test_history_is_only_added_to(new_bench: Callable[[], Any], definition: dict[str, Any]) -> None:
    """Wherever the clock goes, back too, what has happened stays, and times only grow."""

    @MOST
    @given(stories, st.lists(st.integers(-500, 500), min_size=1))
    def check(story: Story, jumps: list[int]) -> None:
        bench = new_bench()
        bench.add_job(**definition)
        for number, (what, pause, _) in enumerate(story):
            change(bench, what)
            before = histories(bench)
            bench.pass_time(jumps[number % len(jumps)] + pause)
            after = histories(bench)
            for run_id, steps in before.items():
                assert after[run_id][: len(steps)] == steps
        for steps in histories(bench).values():
            assert [step.at for step in steps] == sorted(step.at for step in steps)

    check()


@of_each_job
def test_every_story_comes_to_its_end(
    new_bench: Callable[[], Any], definition: dict[str, Any]
) -> None:
    """With time enough every run has ended, and nothing more is due."""

    @MOST
    @given(stories)
    def check(story: Story) -> None:
        bench = new_bench()
        told(bench, definition, story, looking=False)
        assert all(run.ended for run in bench.glue.store.runs.values())
        assert bench.glue.event_queue.next() is None

    check()


def test_polling_client_changes_nothing(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that is polled each second ends when one ends that nobody looks at."""
    first = client.start_job_run(JobName=job)["JobRunId"]
    for _ in range(64):
        client.get_job_run(JobName=job, RunId=first)
        glue_runs.tick(1)
    second = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.tick("1h")
    polled, alone = glue_runs.run(first), glue_runs.run(second)
    spans = [[step.at - run.started_on for step in run.history] for run in (polled, alone)]
    assert spans[0] == spans[1]


def test_going_back_takes_no_run_back(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """A run that has ended has ended, though the clock goes back to before its start."""
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.settle()
    glue_runs.move_to("2001-01-01")
    run = client.get_job_run(JobName=job, RunId=run_id)["JobRun"]
    assert (run["JobRunState"], run["ExecutionTime"]) == ("SUCCEEDED", 60)


def test_run_that_starts_in_the_past_starts_at_the_latest_time_seen(
    client: Any, glue_runs: GlueRuns, job: str
) -> None:
    """Runs are in the order of their StartedOn, though the clock went back between them."""
    client.start_job_run(JobName=job)
    glue_runs.move_to("2001-01-01")
    client.start_job_run(JobName=job)
    first, second = glue_runs.runs(job)
    assert second.started_on == first.started_on


def test_regions_are_separate(glue_runs: GlueRuns) -> None:
    """A run of one region is not found in another, where there is a job of the same name."""
    here = boto3.client("glue", region_name="us-east-1")
    there = boto3.client("glue", region_name="eu-west-1")
    for region in ("us-east-1", "eu-west-1"):
        glue_runs.add_job("nightly", region=region)
    here.start_job_run(JobName="nightly")
    assert there.get_job_runs(JobName="nightly")["JobRuns"] == []


def test_accounts_are_separate(bench: Any) -> None:
    """A job of one account is not there in another."""
    other = Caller("111111111111", "us-east-1")
    bench.add_job("nightly")
    bench.add_job("weekly", other)
    assert bench.ask("ListJobs")["JobNames"] == ["nightly"]
    assert bench.ask("ListJobs", other)["JobNames"] == ["weekly"]


def test_accounts_have_run_ids_of_their_own(bench: Any) -> None:
    """Runs of jobs of one name in two accounts have different ids."""
    other = Caller("111111111111", "us-east-1")
    ids = set()
    for caller in (bench.caller, other):
        bench.add_job("nightly", caller)
        ids.add(bench.ask("StartJobRun", caller, JobName="nightly")["JobRunId"])
    assert len(ids) == 2


def test_run_of_another_account_is_not_found(bench: Any) -> None:
    """GetJobRun finds the runs of its own account only."""
    other = Caller("111111111111", "us-east-1")
    bench.add_job("nightly")
    bench.add_job("nightly", other)
    run_id = bench.ask("StartJobRun", JobName="nightly")["JobRunId"]
    body = f'{{"JobName":"nightly","RunId":"{run_id}"}}'.encode()
    assert bench.send("GetJobRun", body, other)[0] == 400


def test_same_story_has_the_same_ids(new_bench: Callable[[], Any]) -> None:
    """Two services that are asked the same have runs of the same ids."""
    found = []
    for bench in (new_bench(), new_bench()):
        bench.add_job()
        found.append([bench.ask("StartJobRun", JobName="nightly") for _ in range(3)])
    assert found[0] == found[1]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns as often as Python lets them."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_threads_share_one_story(bench: Any) -> None:
    """Threads that start, look, and stop at once leave each run with one start and one end."""
    bench.add_job()
    together = threading.Barrier(8)

    def work() -> None:
        together.wait()
        for _ in range(20):
            run_id = bench.ask("StartJobRun", JobName="nightly")["JobRunId"]
            bench.ask("GetJobRuns", JobName="nightly", MaxResults=5)
            bench.ask("BatchStopJobRun", JobName="nightly", JobRunIds=[run_id])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bench.pass_time(60)
    found = histories(bench)
    assert len(found) == 160
    states = {tuple(step.state for step in steps) for steps in found.values()}
    assert states == {("STARTING", "STOPPING", "STOPPED")}


def test_call_waits_for_the_one_under_way(bench: Any) -> None:
    """While the service is busy with one call, no other begins."""
    other = threading.Thread(target=bench.ask, args=("ListJobs",))
    with bench.glue.lock:
        other.start()
        other.join(0.02)
        assert bench.glue.calls == []
    other.join()
    assert len(bench.glue.calls) == 1


def test_calls_are_remembered_in_order(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """The history of calls has operation, request, answer or error, time and caller."""
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


def test_reset_forgets_everything(client: Any, glue_runs: GlueRuns, job: str) -> None:
    """After reset() there are no jobs, runs or calls, and nothing is due."""
    client.start_job_run(JobName=job)
    glue_runs.reset()
    assert (glue_runs.runs(), glue_runs.calls) == ([], ())
    assert glue_runs.settle() == []


def event_queue(happened: list[Any]) -> tuple[EventQueue, Callable[[str, int], Any]]:
    """An agenda, and what adds an event to it by name and second."""
    made = EventQueue(NOON)
    run: Any = None

    def add(name: str, second: int) -> Any:
        def action(event: Event) -> None:
            happened.append((name, (event.at - NOON).seconds, (made.now - NOON).seconds))

        at = NOON + timedelta(seconds=second)
        return made.add(Event(at, run, "transition", action, detail=name))

    return made, add


def test_agenda_lets_events_happen_at_their_own_time() -> None:
    """Each event gets its own time, in order, and it is that time while it happens."""
    happened: list[Any] = []
    made, add = event_queue(happened)
    add("late", 9)
    add("early", 3)
    made.advance(NOON + timedelta(seconds=60))
    assert happened == [("early", 3, 3), ("late", 9, 9)]


def test_agenda_keeps_the_order_of_events_of_one_moment() -> None:
    """Events of the same time happen in the order in which they were added."""
    happened: list[Any] = []
    made, add = event_queue(happened)
    for name in "bca":
        add(name, 5)
    made.advance(NOON + timedelta(seconds=5))
    assert [name for name, _, _ in happened] == ["b", "c", "a"]


def test_agenda_leaves_out_what_was_cancelled() -> None:
    """A cancelled event does not happen, and is not the next one."""
    happened: list[Any] = []
    made, add = event_queue(happened)
    cancelled, _ = add("cancelled", 3), add("kept", 4)
    add("cancelled later", 5).cancelled = cancelled.cancelled = True
    coming = made.next()
    assert coming is not None
    assert coming.detail == "kept"
    made.advance(NOON + timedelta(seconds=9))
    assert happened == [("kept", 4, 4)]


def test_agenda_skips_what_was_cancelled_while_it_advances() -> None:
    """Cancelled events that nobody asked for are passed over."""
    happened: list[Any] = []
    made, add = event_queue(happened)
    add("cancelled", 3).cancelled = True
    made.advance(NOON + timedelta(seconds=9))
    assert happened == []


def test_agenda_never_goes_back() -> None:
    """now is the latest time seen."""
    made, _ = event_queue([])
    made.advance(NOON - timedelta(days=1))
    assert made.now == NOON
