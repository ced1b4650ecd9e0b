"""What the proofs share: clients of several accounts, and checks of finished histories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from pytest_glue_runs import GlueRuns, Transition

NEVER = datetime.max.replace(tzinfo=timezone.utc)
EDGES = {
    "": {"STARTING", "WAITING", "FAILED"},
    "WAITING": {"STARTING", "STOPPED", "FAILED"},
    "STARTING": {"RUNNING", "STOPPING", "FAILED", "ERROR"},
    "RUNNING": {"SUCCEEDED", "FAILED", "ERROR", "TIMEOUT", "STOPPING"},
    "STOPPING": {"STOPPED"},
}


# What the public face does not say of a run: its job (one that was deleted and created again is
# another), and how long it counts against the limits after its end.
Origin = tuple[Hashable, timedelta]
# The limits in force from a time on: the quotas, and the MaxConcurrentRuns of each job.
Limits = tuple[datetime, Mapping[str, Any], Mapping[Any, int]]
Audit = Callable[[GlueRuns, Sequence[Origin], Sequence[Limits]], None]


class Record(NamedTuple):
    """What is known of a run that has ended."""

    history: tuple[Transition, ...]
    shown: dict[str, Any]
    place: tuple[str, str]
    """Its account and region."""
    job: Hashable
    cleanup: timedelta

    def first(self, state: str) -> datetime:
        """When it entered a state."""
        return next((step.at for step in self.history if step.state == state), NEVER)

    @property
    def pool(self) -> str:
        return str(self.shown.get("ExecutionClass", "STANDARD"))

    @property
    def dpus(self) -> float:
        """The DPUs that it occupied: none if it never ran, since it may have found none."""
        return float(self.shown["MaxCapacity"]) if self.first("RUNNING") < NEVER else 0


def check_histories(glue: GlueRuns, origins: Sequence[Origin], limits: Sequence[Limits]) -> None:
    """Check the finished histories of all runs by themselves."""
    records = {
        run.id: Record(run.history, run.as_dict(), (run.account_id, run.region), *origin)
        for run, origin in zip(glue.runs(), origins, strict=True)
    }
    assert len(records) == len(origins)  # no id is used twice
    told = [(event["detail"]["jobRunId"], event["detail"]["state"]) for event in glue.events]
    ended = [(run_id, record.history[-1].state) for run_id, record in records.items()]
    assert sorted(told) == sorted(end for end in ended if end[1] != "ERROR")
    for record in records.values():
        check_steps(record)
        check_timeout(record)
        check_attempt(record, records)
    check_limits([*records.values()], limits)
    check_order([*records.values()])


def check_steps(record: Record) -> None:
    """Every step of a history is legal, and none goes back in time."""
    times = [step.at for step in record.history]
    states = [step.state for step in record.history]
    assert all(state in EDGES[before] for before, state in pairwise(["", *states]))
    assert times == sorted(times)
    assert record.shown["StartedOn"] == times[0]
    assert record.shown["CompletedOn"] == record.shown["LastModifiedOn"] == times[-1]
    assert record.shown["JobRunState"] == states[-1]


def check_timeout(record: Record) -> None:
    """TIMEOUT comes Timeout minutes after RUNNING, and no script runs for longer."""
    limit = timedelta(minutes=record.shown["Timeout"])
    end = min(record.first("STOPPING"), record.history[-1].at)
    ran = end - min(record.first("RUNNING"), end)
    assert ran == limit if record.first("TIMEOUT") < NEVER else ran <= limit


def check_attempt(record: Record, records: Mapping[str, Record]) -> None:
    """An attempt begins 30 s after the one before it FAILED, and is named after it."""
    attempt = record.shown["Attempt"]
    if attempt > 0:
        before = records[record.shown["PreviousRunId"]]
        root = before.shown["Id"].removesuffix(f"_attempt_{attempt - 1}")
        assert record.shown["Id"] == f"{root}_attempt_{attempt}"
        assert (before.shown["JobRunState"], before.shown["Attempt"]) == ("FAILED", attempt - 1)
        assert record.history[0].at - before.history[-1].at == timedelta(seconds=30)


def check_limits(records: Sequence[Record], limits: Sequence[Limits]) -> None:
    """Right after a run starts, none of the limits that it counts against is exceeded."""
    begun = [record for record in records if record.first("STARTING") < NEVER]
    changes = [(record.first("STARTING"), 1, record) for record in begun]
    changes += [(record.history[-1].at + record.cleanup, -1, record) for record in begun]
    active: Counter[Hashable] = Counter()
    dpus: dict[Hashable, float] = defaultdict(float)
    for at, group in groupby(sorted(changes, key=itemgetter(0)), key=itemgetter(0)):
        at_once = list(group)
        for _, change, record in at_once:
            active[record.place] += change
            active[record.place, record.job] += change
            dpus[record.place, record.pool] += change * record.dpus
        # Of limits that changed at this very moment, any may have been in force.
        before = [limit for limit in limits if limit[0] < at][-1:]
        in_force = [*before, *(limit for limit in limits if limit[0] == at)]
        for record in [record for _, change, record in at_once if change > 0]:
            most = [most_of(record, quotas, of_jobs) for _, quotas, of_jobs in in_force]
            assert active[record.place] <= max(runs for runs, _, _ in most)
            assert active[record.place, record.job] <= max(of_job for _, of_job, _ in most)
            occupied = dpus[record.place, record.pool] if record.dpus else 0
            assert occupied <= max(limit for _, _, limit in most)


def most_of(
    record: Record, quotas: Mapping[str, Any], of_jobs: Mapping[Any, int]
) -> tuple[int, int, float]:
    """How many runs, runs of its job, and DPUs there may be together with a run."""
    of_job = min(of_jobs.get(record.job, 0), quotas["max_concurrent_runs_per_job"])
    default = 1000 if record.place[1] == "us-east-1" else 500
    dpus = quotas["max_flex_dpus" if record.pool == "FLEX" else "max_dpus"]
    return quotas["max_concurrent_runs"], of_job, default if dpus is None else dpus


def check_order(records: Sequence[Record]) -> None:
    """While a run is WAITING, no later one of its job starts that asks for the same."""
    left: dict[Hashable, datetime] = {}
    for record in records:
        alike = (record.job, record.pool, record.shown["MaxCapacity"])
        if record.dpus:
            assert record.first("STARTING") >= left.get(alike, record.history[0].at)
        if record.history[0].state == "WAITING":
            left[alike] = max(record.history[1].at, left.get(alike, record.history[0].at))


@pytest.fixture(scope="session")
def audit() -> Audit:
    """Check the finished histories of all runs by themselves."""
    return check_histories


@pytest.fixture
def client_of() -> Iterator[Callable[[tuple[str, str]], Any]]:
    """Make a client of an account and region before Glue is mocked; it sends requests once."""

    def make(place: tuple[str, str]) -> Any:
        account_id, region = place
        role = f"arn:aws:iam::{account_id}:role/Loader"
        sts = boto3.client("sts", region_name=region)
        given = sts.assume_role(RoleArn=role, RoleSessionName="proof")["Credentials"]
        return boto3.client(
            "glue",
            region_name=region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
        )

    with mock_aws():
        yield make
