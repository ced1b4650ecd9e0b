"""Properties of limits and the queue that hold for any sequence of requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs import GlueRuns, JobRun, mock_glue_runs, succeeds

pytestmark = pytest.mark.slow

JOBS = ("a", "b")
ACTIVE = ("STARTING", "RUNNING", "STOPPING")


@dataclass(frozen=True)
class Limits:
    """The limits that are in effect for some time."""

    runs: int
    dpus: int
    per_job: tuple[int, int]


limits = st.builds(
    Limits,
    runs=st.integers(1, 4),
    dpus=st.integers(2, 12),
    per_job=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
# A step starts a run (job, DPUs, seconds), stops the nth run, or changes the limits.
starts = st.tuples(st.sampled_from(JOBS), st.integers(2, 8), st.integers(1, 60))
steps = st.lists(starts | starts | st.integers(0, 9) | limits, min_size=1, max_size=10)
pauses = st.lists(st.integers(0, 30), min_size=10, max_size=10)


@dataclass
class Scenario:
    """The runs in order, their DPUs, and each change of the limits with its time."""

    runs: list[JobRun]
    dpus: list[int]
    limits_since: list[tuple[datetime, Limits]]

    def limits(self, at: datetime) -> Limits:
        """Return the limits that were in effect at a time."""
        return [limits for since, limits in self.limits_since if since <= at][-1]

    def state(self, number: int, at: datetime) -> str:
        """Return the state of a run after all events of a time."""
        return next(
            (step.state for step in reversed(self.runs[number].history) if step.at <= at), ""
        )

    def active(self, at: datetime) -> set[int]:
        """Return the runs that use capacity after all events of a time."""
        return {number for number in range(len(self.runs)) if self.state(number, at) in ACTIVE}

    def fits(self, number: int, others: set[int], at: datetime) -> bool:
        """Return whether run *number* is within every limit, given the other runs."""
        limits, job = self.limits(at), self.runs[number].job_name
        of_job = sum(self.runs[n].job_name == job for n in others)
        return (
            len(others) < limits.runs
            and sum(self.dpus[n] for n in others) + self.dpus[number] <= limits.dpus
            and of_job < limits.per_job[JOBS.index(job)]
        )

    def times(self) -> list[datetime]:
        """Return the times at which anything happened."""
        return sorted({step.at for run in self.runs for step in run.history})


def play(client: Any, glue_runs: GlueRuns, steps: list[Any], pauses: list[int]) -> Scenario:
    """Play a scenario in which no two events happen at the same time.

    The microseconds of each step and each run are distinct powers of two.
    """
    scenario = Scenario([], [], [])
    for job in JOBS:
        glue_runs.add_job(job, JobRunQueuingEnabled=True)
    apply(client, glue_runs, scenario, Limits(2, 10, (1, 2)))
    for number, (step, pause) in enumerate(zip(steps, pauses, strict=False)):
        glue_runs.tick(timedelta(seconds=pause, microseconds=2**number))
        if isinstance(step, Limits):
            apply(client, glue_runs, scenario, step)
        elif isinstance(step, tuple):
            job, dpus, duration = step
            after = timedelta(seconds=duration, microseconds=2 ** (11 + len(scenario.runs)))
            glue_runs.plan(job, succeeds(startup=0, after=after))
            response = client.start_job_run(JobName=job, WorkerType="G.1X", NumberOfWorkers=dpus)
            scenario.runs.append(glue_runs.run(response["JobRunId"]))
            scenario.dpus.append(dpus)
        elif step < len(scenario.runs):
            run = scenario.runs[step]
            client.batch_stop_job_run(JobName=run.job_name, JobRunIds=[run.id])
    glue_runs.tick(timedelta(microseconds=2**10))
    apply(client, glue_runs, scenario, Limits(4, 12, (3, 3)))
    glue_runs.settle()
    return scenario


def apply(client: Any, glue_runs: GlueRuns, scenario: Scenario, limits: Limits) -> None:
    """Put *limits* into effect."""
    # No run starts before all of them are in effect.
    glue_runs.quotas.max_concurrent_runs = 0
    for job, maximum in zip(JOBS, limits.per_job, strict=True):
        update = {
            "Role": "r",
            "Command": {"Name": "glueetl"},
            "JobRunQueuingEnabled": True,
            "ExecutionProperty": {"MaxConcurrentRuns": maximum},
        }
        client.update_job(JobName=job, JobUpdate=update)
    glue_runs.quotas.max_dpus = limits.dpus
    glue_runs.quotas.max_concurrent_runs = limits.runs
    scenario.limits_since.append((glue_runs.now, limits))


many_scenarios = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)


@many_scenarios
@given(steps, pauses)
def test_no_run_starts_over_a_limit(client_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """Every run that starts, at once or from the queue, is within every limit at that moment."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        scenario = play(client_in("us-east-1"), glue_runs, steps, pauses)
        for at in scenario.times():
            started = {n for n, run in enumerate(scenario.runs) if start_time(run) == at}
            active = scenario.active(at)
            assert all(scenario.fits(number, active - {number}, at) for number in started)


@many_scenarios
@given(steps, pauses)
def test_no_run_waits_that_fits(client_in: Any, steps: list[Any], pauses: list[int]) -> None:
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        scenario = play(client_in("us-east-1"), glue_runs, steps, pauses)
        for at in scenario.times():
            active = scenario.active(at)
            waiting = [n for n in range(len(scenario.runs)) if scenario.state(n, at) == "WAITING"]
            assert not [number for number in waiting if scenario.fits(number, active, at)]


@many_scenarios
@given(steps, pauses)
def test_no_run_overtakes_one_that_fits(
    client_in: Any, steps: list[Any], pauses: list[int]
) -> None:
    """A run never starts with capacity that an earlier WAITING run could have used."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        scenario = play(client_in("us-east-1"), glue_runs, steps, pauses)
        for at in scenario.times():
            active = scenario.active(at)
            for number in range(len(scenario.runs)):
                if scenario.state(number, at) == "WAITING":
                    later = {n for n in active if n > number and start_time(scenario.runs[n]) == at}
                    assert not scenario.fits(number, active - later, at)


@many_scenarios
@given(steps, pauses)
def test_every_run_ends(client_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """With enough capacity in the end, no run waits forever and none fails."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        scenario = play(client_in("us-east-1"), glue_runs, steps, pauses)
        assert {run.state for run in scenario.runs} <= {"SUCCEEDED", "STOPPED"}


def start_time(run: JobRun) -> datetime | None:
    """Return when a run was STARTING; None if it never was."""
    return next((step.at for step in run.history if step.state == "STARTING"), None)
