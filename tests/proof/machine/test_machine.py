"""Random sequences of everything a test can do, checked step by step against a reference model.

An example has up to 100 steps: jobs, starts, stops, plans, faults, quotas, time and reads, in two
accounts and two regions. After each step the histories of all runs must be those of the model in
conftest.py. At the end of each example

- every run comes to an end once the quotas are AWS's again,
- the histories are checked by themselves, without the model,
- a second mock repeats the commands, read at other times and with its clock moved in other pieces:
  its histories must be the same.

20,000 steps run by default, always the same ones. To run a million, starting with other seeds::

    GLUE_RUNS_STEPS=1000000 GLUE_RUNS_SEED=1000 pytest -n 2 -m "" tests/proof/machine

If a step fails, Hypothesis prints the shortest sequence of steps that it found to fail.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pytest_glue_runs import GlueRuns, JobRun, Plan, fails, hangs, mock_glue_runs, succeeds

if TYPE_CHECKING:
    from tests.proof.conftest import Audit, Limits
    from tests.proof.machine.conftest import Place, Reference, Run

STEPS = int(os.environ.get("GLUE_RUNS_STEPS", "20000"))
FIRST_SEED = int(os.environ.get("GLUE_RUNS_SEED", "0"))
SHARDS = 2  # tests of their own, so that xdist can run them side by side

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
PLACES: tuple[Place, ...] = (
    ("123456789012", "us-east-1"),
    ("123456789012", "us-west-1"),
    ("111122223333", "us-east-1"),
)
JOBS = ("a", "b")
UNKNOWN = (PLACES[0], "unknown")
FAILURES = ("FAILED", "ERROR")
NOT_FOUND = "EntityNotFoundException"
FAULTS = ("ThrottlingException", "InternalServiceException", "OperationTimeoutException")
AWS_QUOTAS = {
    "max_concurrent_runs": 2000,
    "max_concurrent_runs_per_job": 4000,
    "max_jobs": 2000,
    "max_dpus": None,
    "max_flex_dpus": 4000,
}


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Dicts that have the keys of all parts; the last part wins."""
    return st.tuples(*parts).map(lambda dicts: {k: v for one in dicts for k, v in one.items()})


def launched(*ways: tuple[str, bool, int]) -> st.SearchStrategy[dict[str, Any]]:
    """Members of a definition that say how its runs start."""
    names = ("ExecutionClass", "JobRunQueuingEnabled", "MaxRetries")
    return st.sampled_from([dict(zip(names, way, strict=True)) for way in ways])


places = st.sampled_from(PLACES)
names = st.sampled_from(JOBS)
numbers = st.integers(0, 99)
# Few, so that things often happen at the very same moment.
spans = st.sampled_from(
    [timedelta(0), timedelta(microseconds=1)]
    + [timedelta(seconds=seconds) for seconds in (10, 20, 30, 60, 1200, 3600)]
)
pauses = st.just(timedelta(0)) | spans | st.integers(-1, 1)
spark = st.fixed_dictionaries(
    {
        "Role": st.just("r"),
        "Command": st.just({"Name": "glueetl"}),
        "WorkerType": st.sampled_from(["G.1X", "G.2X"]),
        "NumberOfWorkers": st.integers(2, 6) | st.just(1),
    }
)
shell = st.fixed_dictionaries(
    {
        "Role": st.just("r"),
        "Command": st.just({"Name": "pythonshell", "PythonVersion": "3.9"}),
        "MaxCapacity": st.sampled_from([0.0625, 1.0]),
    }
)
limits: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"ExecutionProperty": st.builds(dict, MaxConcurrentRuns=st.integers(1, 3))},
    optional={"Timeout": st.sampled_from([1, 2, 10, 10_080])},
)
at_once, queued, retried = ("STANDARD", False, 0), ("STANDARD", True, 0), ("STANDARD", False, 2)
flex, flex_retried = ("FLEX", False, 0), ("FLEX", False, 1)
valid = merged(
    spark, launched(at_once, queued, retried, retried, flex, flex_retried), limits
) | merged(shell, launched(at_once, queued, retried), limits)
invalid = st.one_of(
    merged(spark, launched(("STANDARD", True, 1), ("FLEX", True, 0)), limits),
    merged(spark, launched(at_once), limits, st.just({"NumberOfWorkers": 0})),
    merged(shell, launched(flex), limits),
    merged(valid, st.just({"Timeout": 20_000})),
)
definitions = valid | valid | valid | invalid
requests = st.fixed_dictionaries(
    {},
    optional={
        "Timeout": st.sampled_from([1, 3, 10_081]),
        "ExecutionClass": st.sampled_from(["STANDARD", "FLEX"]),
        "JobRunQueuingEnabled": st.booleans(),
        "NumberOfWorkers": st.integers(2, 6) | st.integers(0, 1),
        "Arguments": st.just({"--day": "monday"}),
    },
)
plans = st.one_of(
    st.builds(fails, st.just("Out of memory"), after=spans, startup=spans, cleanup=spans),
    st.builds(fails, after=spans, during=st.just("STARTING"), state=st.sampled_from(FAILURES)),
    st.builds(succeeds, after=spans, startup=spans, cleanup=spans),
    st.builds(hangs, startup=spans),
)
quotas = st.one_of(
    st.tuples(st.just("max_concurrent_runs"), st.integers(1, 4) | st.just(0)),
    st.tuples(st.just("max_concurrent_runs_per_job"), st.integers(1, 3) | st.just(0)),
    st.tuples(st.just("max_jobs"), st.integers(0, 3)),
    st.tuples(st.just("max_dpus"), st.integers(2, 16) | st.sampled_from([None, 0, 0.0625])),
    st.tuples(st.just("max_flex_dpus"), st.integers(2, 16) | st.just(0)),
)


class Driver:
    """Executes commands on a mocked Glue, through its public face and real clients."""

    def __init__(self, glue: GlueRuns, clients: Mapping[Place, Any]) -> None:
        self.glue = glue
        self.sent = 0
        self._clients = clients

    def send(self, place: Place, operation: str, request: Mapping[str, Any]) -> Any:
        """Return the response to a client's request, or the code of the error."""
        self.sent += 1
        try:
            response = getattr(self._clients[place], operation)(**request)
        except ClientError as error:
            return error.response["Error"]["Code"]
        del response["ResponseMetadata"]
        return response

    def add_job(self, place: Place, name: str, definition: Mapping[str, Any]) -> str:
        """Return the name of the job, or the code of the error."""
        account_id, region = place
        try:
            return self.glue.add_job(name, region=region, account_id=account_id, **definition)
        except ValueError as error:
            return str(error).split(": ")[1]

    def plan(self, name: str, plans: list[Plan]) -> None:
        self.glue.plan(name, *plans)

    def fail_next(self, operation: str, code: str, times: int) -> None:
        self.glue.fail_next(operation, code, times=times)

    def set_quota(self, name: str, value: float | None) -> None:
        setattr(self.glue.quotas, name, value)

    def pass_time(self, span: timedelta) -> None:
        self.glue.tick(span)

    def settle(self) -> list[str]:
        return [run.id for run in self.glue.settle()]


class Twin(Driver):
    """Reads at random between the commands, and moves the clock in other pieces."""

    def __init__(self, glue: GlueRuns, clients: Mapping[Place, Any], choose: random.Random) -> None:
        super().__init__(glue, clients)
        self._choose = choose

    def read(self) -> None:
        """Read one thing, or mostly nothing."""
        place, name = self._choose.choice(PLACES), self._choose.choice(JOBS)
        reads: list[Callable[[], object]] = [
            lambda: [run.state for run in self.glue.runs()],
            lambda: [run.as_dict() for run in self.glue.runs()],
            lambda: [self.glue.run(run.id).execution_time for run in self.glue.runs()],
            lambda: self.send(place, "get_job_runs", {"JobName": name}),
            lambda: self.send(place, "list_jobs", {}),
            lambda: self.glue.calls,
            lambda: self.glue.events,
        ]
        for read in self._choose.sample(reads, self._choose.choice((0, 0, 0, 1))):
            read()

    def pass_time(self, span: timedelta) -> None:
        end = self.glue.now + span
        time.sleep(span.total_seconds() * self._choose.choice((0, 0.5, 1)))
        self.read()
        self.glue.move_to(end)


class Machine(RuleBasedStateMachine):
    """Steps, each with what the reference model expects of it."""

    def __init__(self, clients: Mapping[Place, Any], model: Reference, audit: Audit) -> None:
        super().__init__()
        self.clients = clients
        self.model = model
        self.audit = audit
        self.steps = 0
        self.commands: list[tuple[str, tuple[Any, ...], Any]] = []
        self.ended: dict[str, dict[str, Any]] = {}
        self.limits: list[Limits] = []
        self.final_checks: tuple[Callable[[], None], ...] = ()
        self.stack = ExitStack()
        mock = mock_glue_runs(start_at=START, unused="ignore")
        self.driver = Driver(self.stack.enter_context(mock), clients)

    def do(self, command: str, *arguments: Any) -> Any:
        """Let the driver execute a command, and record it for the twin."""
        self.final_checks = ()  # should this fail, there is nothing more to check
        outcome = getattr(self.driver, command)(*arguments)
        self.commands.append((command, arguments, outcome))
        return outcome

    def run_number(self, number: int) -> Run:
        """One of the runs, counted from the newest."""
        return self.model.runs[-1 - number % len(self.model.runs)]

    @initialize(
        first=valid,
        second=valid,
        failures=st.integers(0, 4),
        starts=st.lists(numbers, max_size=5),
        choice=st.integers(0, 2**32),
    )
    def begin(
        self,
        first: dict[str, Any],
        second: dict[str, Any],
        failures: int,
        starts: list[int],
        choice: int,
    ) -> None:
        self.choose = random.Random(choice)
        self.add_job(PLACES[0], JOBS[0], first)
        self.create_job(PLACES[2], JOBS[0], second)
        if failures:
            self.plan(timedelta(0), JOBS[0], fails("Out of memory", after=10), failures)
        for number in starts:
            self.start_with(number, {})

    @rule(place=places, name=names, definition=definitions)
    def add_job(self, place: Place, name: str, definition: dict[str, Any]) -> None:
        code = self.model.create(place, name, definition, old=True)
        assert self.do("add_job", place, name, definition) == (code or name)

    @rule(place=places, name=names, definition=definitions)
    def create_job(self, place: Place, name: str, definition: dict[str, Any]) -> None:
        request = {"Name": name, **definition}
        code = self.model.fault("CreateJob") or self.model.create(place, name, definition)
        assert self.do("send", place, "create_job", request) == (code or {"Name": name})

    @rule(pause=pauses, place=places, name=names, definition=definitions)
    def update_job(
        self, pause: timedelta | int, place: Place, name: str, definition: dict[str, Any]
    ) -> None:
        self.pass_time(pause)
        request = {"JobName": name, "JobUpdate": definition}
        code = self.model.fault("UpdateJob") or self.model.update(place, name, definition)
        assert self.do("send", place, "update_job", request) == (code or {"JobName": name})

    @precondition(lambda self: len(self.model.jobs) > 2)
    @rule(place=places, name=names)
    def delete_job(self, place: Place, name: str) -> None:
        self.model.delete(place, name)
        request = {"JobName": name}
        assert self.do("send", place, "delete_job", request) == request

    @rule(pause=pauses, number=numbers, times=st.integers(1, 3))
    def start(self, pause: timedelta | int, number: int, times: int) -> None:
        self.pass_time(pause)
        for _ in range(times):
            self.start_with(number, {})

    @rule(pause=pauses, number=numbers, workers=st.integers(2, 3))
    def start_queued(self, pause: timedelta | int, number: int, workers: int) -> None:
        self.pass_time(pause)
        queued = {"JobRunQueuingEnabled": True, "ExecutionClass": "STANDARD"}
        for more in ({}, {"NumberOfWorkers": workers}, {}):
            self.start_with(number, {**queued, **more})

    @rule(number=numbers, request=requests)
    def start_with(self, number: int, request: dict[str, Any]) -> None:
        jobs = [*self.model.jobs] * 4 + [UNKNOWN]
        self.start_job_run(*jobs[number % len(jobs)], request)

    @precondition(lambda self: self.model.runs)
    @rule(pause=pauses, number=numbers, request=requests)
    def start_again(self, pause: timedelta | int, number: int, request: dict[str, Any]) -> None:
        self.pass_time(pause)
        run = self.run_number(number)
        self.start_job_run(run.job.place, run.job.name, {"JobRunId": run.id, **request})

    def start_job_run(self, place: Place, name: str, request: dict[str, Any]) -> None:
        self.model.advance(self.model.now)
        code = self.model.fault("StartJobRun") or self.model.start(place, name, request)
        outcome = self.do("send", place, "start_job_run", {"JobName": name, **request})
        if code is None:
            assert outcome["JobRunId"] not in {run.id for run in self.model.runs}
            self.model.runs[-1].id = outcome["JobRunId"]
        else:
            assert outcome == code

    @precondition(lambda self: self.model.runs)
    @rule(
        pause=pauses,
        some=st.lists(numbers, min_size=1, max_size=3),
        place=st.none() | places,
    )
    def stop(self, pause: timedelta | int, some: list[int], place: Place | None) -> None:
        self.pass_time(pause)
        run_ids = [self.run_number(number).id for number in some]
        job = self.run_number(some[0]).job
        place = place or job.place
        code = self.model.fault("BatchStopJobRun")
        request = {"JobName": job.name, "JobRunIds": run_ids}
        outcome = self.do("send", place, "batch_stop_job_run", request)
        if code is None:
            stopped = self.model.stop(place, job.name, run_ids)
            assert [one["JobRunId"] for one in outcome["SuccessfulSubmissions"]] == stopped
            assert len(outcome["Errors"]) == len(run_ids) - len(stopped)
        else:
            assert outcome == code

    @rule(pause=pauses, name=names, plan=plans, times=st.integers(1, 3))
    def plan(self, pause: timedelta | int, name: str, plan: Plan, times: int) -> None:
        self.pass_time(pause)
        self.model.plan(name, *[plan] * times)
        self.do("plan", name, [plan] * times)

    @precondition(lambda self: not any(self.model.faults.values()))
    @rule(
        operation=st.sampled_from(["GetJobRun", "StartJobRun", "CreateJob", "BatchStopJobRun"]),
        code=st.sampled_from(FAULTS),
        times=st.integers(1, 2),
    )
    def fail_next(self, operation: str, code: str, times: int) -> None:
        self.model.faults.setdefault(operation, []).extend([code] * times)
        self.do("fail_next", operation, code, times)

    @rule(pause=pauses, quota=quotas)
    def set_quota(self, pause: timedelta | int, quota: tuple[str, float | None]) -> None:
        self.pass_time(pause)
        self.model.set_quota(*quota)
        self.do("set_quota", *quota)

    @rule(pause=pauses)
    def pass_time(self, pause: timedelta | int) -> None:
        """Pass a span of time, or until so many microseconds after something is due.

        Other steps begin with it, so that they are the first to notice what happened meanwhile.
        """
        if isinstance(pause, int):
            due = min((due.at for due in self.model.due), default=self.model.now)
            pause = max(due + timedelta(microseconds=pause) - self.model.now, timedelta(0))
        self.model.advance(self.model.now + pause)
        self.do("pass_time", pause)

    @precondition(lambda self: self.model.runs)
    @rule(number=numbers)
    def get_job_run(self, number: int) -> None:
        run = self.run_number(number)
        found = self.model.is_found(run)
        code = self.model.fault("GetJobRun") or (None if found else NOT_FOUND)
        request = {"JobName": run.job.name, "RunId": run.id}
        outcome = self.driver.send(run.job.place, "get_job_run", request)
        if code is None:
            assert_shown(outcome["JobRun"], self.model.shown(run))
        else:
            assert outcome == code

    @rule(place=places, name=names, size=st.integers(1, 5))
    def get_job_runs(self, place: Place, name: str, size: int) -> None:
        request: dict[str, Any] = {"JobName": name, "MaxResults": size}
        pages = [self.driver.send(place, "get_job_runs", request)]
        while "NextToken" in pages[-1]:
            request["NextToken"] = pages[-1]["NextToken"]
            pages.append(self.driver.send(place, "get_job_runs", request))
        job = self.model.jobs.get((place, name))
        if job is None:
            assert pages == [NOT_FOUND]
        else:
            assert {len(page["JobRuns"]) for page in pages[:-1]} <= {size}
            shown = [run for page in pages for run in page["JobRuns"]]
            found = [run for run in self.model.runs if run.job is job and self.model.is_found(run)]
            for one, expected in zip(shown, found[::-1], strict=True):
                assert_shown(one, self.model.shown(expected))

    @precondition(lambda self: self.model.runs)
    @rule(number=numbers)
    def runs(self, number: int) -> None:
        name = self.run_number(number).job.name
        expected = [run for run in self.model.runs if run.job.name == name]
        runs = self.driver.glue.runs(name)
        assert [(run.id, run.state, run.ended, (run.account_id, run.region)) for run in runs] == [
            (run.id, run.state, run.ended, run.job.place) for run in expected
        ]

    @precondition(lambda self: self.model.runs)
    @rule(number=numbers)
    def run(self, number: int) -> None:
        expected = self.run_number(number)
        run = self.driver.glue.run(expected.id)
        assert run.history == tuple(expected.history)
        assert_shown(run.as_dict(), self.model.shown(expected))

    @invariant()
    def the_histories_are_those_of_the_model(self) -> None:
        self.steps += 1
        self.compare()

    def compare(self) -> None:
        self.model.advance(self.model.now)
        for run, expected in zip(self.driver.glue.runs(), self.model.runs, strict=True):
            if run.id not in self.ended:
                assert (run.id, run.history) == (expected.id, tuple(expected.history))
                if expected.ended:
                    self.ended[run.id] = as_ended(run)
        of_jobs = {run.job: run.job.max_concurrent_runs for run in self.model.runs}
        self.limits.append((self.model.now, dict(self.model.quotas), of_jobs))
        self.final_checks = (self.settle, self.check_histories, self.repeat)

    def teardown(self) -> None:
        with self.stack:
            for check in self.final_checks:
                check()

    def settle(self) -> None:
        """With AWS's quotas every run comes to an end."""
        for quota in AWS_QUOTAS.items():
            self.set_quota(timedelta(0), quota)
        self.compare()
        before = {run.id for run in self.model.runs if run.ended}
        settled = self.do("settle")
        self.model.advance(self.driver.glue.now)
        assert settled == [run.id for run in self.model.runs if run.id not in before]
        self.compare()

    def check_histories(self) -> None:
        """Every run is as it was when it ended, and the histories are possible ones."""
        assert {run.id: as_ended(run) for run in self.driver.glue.runs()} == self.ended
        assert len(self.driver.glue.calls) == self.driver.sent
        origins = [(run.job, run.cleanup) for run in self.model.runs]
        self.audit(self.driver.glue, origins, self.limits)

    def repeat(self) -> None:
        """The same commands have the same outcome, whatever is read in between."""
        histories = [(run.history, run.as_dict()) for run in self.driver.glue.runs()]
        self.stack.close()
        with mock_glue_runs(start_at=START, unused="ignore") as glue:
            twin = Twin(glue, self.clients, self.choose)
            for command, arguments, outcome in self.commands:
                twin.read()
                assert getattr(twin, command)(*arguments) == outcome
            assert [(run.history, run.as_dict()) for run in glue.runs()] == histories


def as_ended(run: JobRun) -> dict[str, Any]:
    """What never changes once a run has ended. Glue adds DPUSeconds later."""
    return {name: value for name, value in run.as_dict().items() if name != "DPUSeconds"}


def assert_shown(shown: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """A run is shown as expected. A client sees its times to the millisecond."""
    assert {name: rounded(shown.get(name)) for name in expected} == {
        name: rounded(value) for name, value in expected.items()
    }


def rounded(value: object) -> object:
    return round(value.timestamp(), 3) if isinstance(value, datetime) else value


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_machine(
    client_of: Callable[[Place], Any], reference: type[Reference], audit: Audit, shard: int
) -> None:
    clients = {place: client_of(place) for place in PLACES}
    machines: list[Machine] = []

    class Prepared(Machine):
        def __init__(self) -> None:
            super().__init__(clients, reference(START), audit)
            machines.append(self)

    # Hypothesis varies the examples of a long search rather than make new ones. Many short
    # searches, each with a seed of its own, reach more.
    search = settings(
        max_examples=10,
        stateful_step_count=100,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    seeds = count(FIRST_SEED + shard, SHARDS)
    steps = 0
    while steps < STEPS / SHARDS:
        run_state_machine_as_test(seed(next(seeds))(Prepared), settings=search)
        steps += sum(machine.steps for machine in machines)
        machines.clear()
