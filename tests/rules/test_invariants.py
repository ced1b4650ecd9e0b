"""Limits and the queue, whatever is asked: no limit is broken, and nobody waits who fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs import GlueRuns, JobRun, mock_glue_runs, succeeds

JOBS = ("a", "b")
ACTIVE = ("STARTING", "RUNNING", "STOPPING")


@dataclass(frozen=True)
class Limits:
    """What holds for a while."""

    runs: int
    dpus: int
    of_jobs: tuple[int, int]


limits = st.builds(
    Limits,
    runs=st.integers(1, 4),
    dpus=st.integers(2, 12),
    of_jobs=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
# A run of a job, of so many DPUs, for so many seconds; the nth run is stopped; other limits.
starts = st.tuples(st.sampled_from(JOBS), st.integers(2, 8), st.integers(1, 60))
steps = st.lists(starts | starts | st.integers(0, 9) | limits, min_size=1, max_size=10)
pauses = st.lists(st.integers(0, 30), min_size=10, max_size=10)


@dataclass
class Story:
    """What came of it: the runs in their order, with their DPUs, and which limits held when."""

    runs: list[JobRun]
    dpus: list[int]
    held: list[tuple[datetime, Limits]]

    def limits(self, at: datetime) -> Limits:
        """Those that held at a time."""
        return [limits for since, limits in self.held if since <= at][-1]

    def state(self, number: int, at: datetime) -> str:
        """The state of a run right after all that happened at a time."""
        return next(
            (step.state for step in reversed(self.runs[number].history) if step.at <= at), ""
        )

    def active(self, at: datetime) -> set[int]:
        """The runs that take up room right after a time."""
        return {number for number in range(len(self.runs)) if self.state(number, at) in ACTIVE}

    def fits(self, number: int, among: set[int], at: datetime) -> bool:
        """Whether one more fits: too many of another job do not keep it out."""
        limits, job = self.limits(at), self.runs[number].job_name
        of_job = sum(self.runs[n].job_name == job for n in among)
        return (
            len(among) < limits.runs
            and sum(self.dpus[n] for n in among) + self.dpus[number] <= limits.dpus
            and of_job < limits.of_jobs[JOBS.index(job)]
        )

    def times(self) -> list[datetime]:
        """When anything happened."""
        return sorted({step.at for run in self.runs for step in run.history})


def tell(client: Any, glue_runs: GlueRuns, steps: list[Any], pauses: list[int]) -> Story:
    """Lets all of it happen, no two things at the same time.

    Each step, and each run, takes some microseconds that no others add up to.
    """
    story = Story([], [], [])
    for job in JOBS:
        glue_runs.add_job(job, JobRunQueuingEnabled=True)
    hold(client, glue_runs, story, Limits(2, 10, (1, 2)))
    for number, (step, pause) in enumerate(zip(steps, pauses, strict=False)):
        glue_runs.tick(timedelta(seconds=pause, microseconds=2**number))
        if isinstance(step, Limits):
            hold(client, glue_runs, story, step)
        elif isinstance(step, tuple):
            job, dpus, duration = step
            after = timedelta(seconds=duration, microseconds=2 ** (11 + len(story.runs)))
            glue_runs.plan(job, succeeds(startup=0, after=after))
            answer = client.start_job_run(JobName=job, WorkerType="G.1X", NumberOfWorkers=dpus)
            story.runs.append(glue_runs.run(answer["JobRunId"]))
            story.dpus.append(dpus)
        elif step < len(story.runs):
            run = story.runs[step]
            client.batch_stop_job_run(JobName=run.job_name, JobRunIds=[run.id])
    glue_runs.tick(timedelta(microseconds=2**10))
    hold(client, glue_runs, story, Limits(4, 12, (3, 3)))
    glue_runs.settle()
    return story


def hold(client: Any, glue_runs: GlueRuns, story: Story, limits: Limits) -> None:
    """Lets these limits hold from now on."""
    # Nobody starts before all of them hold.
    glue_runs.quotas.max_concurrent_runs = 0
    for job, most in zip(JOBS, limits.of_jobs, strict=True):
        update = {
            "Role": "r",
            "Command": {"Name": "glueetl"},
            "JobRunQueuingEnabled": True,
            "ExecutionProperty": {"MaxConcurrentRuns": most},
        }
        client.update_job(JobName=job, JobUpdate=update)
    glue_runs.quotas.max_dpus = limits.dpus
    glue_runs.quotas.max_concurrent_runs = limits.runs
    story.held.append((glue_runs.now, limits))


each_story = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)


@each_story
@given(steps, pauses)
def test_no_run_starts_over_a_limit(glue_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """Whoever starts, by itself or from the queue, is within every limit of that moment."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        story = tell(glue_in("us-east-1"), glue_runs, steps, pauses)
        for at in story.times():
            begun = {n for n, run in enumerate(story.runs) if began(run) == at}
            among = story.active(at)
            assert all(story.fits(number, among - {number}, at) for number in begun)


@each_story
@given(steps, pauses)
def test_nobody_waits_who_fits(glue_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """At no time is there room for a run that is WAITING."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        story = tell(glue_in("us-east-1"), glue_runs, steps, pauses)
        for at in story.times():
            among = story.active(at)
            waits = [n for n in range(len(story.runs)) if story.state(n, at) == "WAITING"]
            assert not [number for number in waits if story.fits(number, among, at)]


@each_story
@given(steps, pauses)
def test_nobody_is_passed_who_would_fit(glue_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """A run that starts has taken no room that an earlier one was WAITING for."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        story = tell(glue_in("us-east-1"), glue_runs, steps, pauses)
        for at in story.times():
            among = story.active(at)
            for number in range(len(story.runs)):
                if story.state(number, at) == "WAITING":
                    later = {n for n in among if n > number and began(story.runs[n]) == at}
                    assert not story.fits(number, among - later, at)


@each_story
@given(steps, pauses)
def test_everybody_comes_to_an_end(glue_in: Any, steps: list[Any], pauses: list[int]) -> None:
    """Where there is room enough in the end, nobody waits for ever, and nobody fails."""
    with mock_glue_runs(start_at="2026-01-01", cleanup=0) as glue_runs:
        story = tell(glue_in("us-east-1"), glue_runs, steps, pauses)
        assert {run.state for run in story.runs} <= {"SUCCEEDED", "STOPPED"}


def began(run: JobRun) -> datetime | None:
    """When a run was STARTING, if ever."""
    return next((step.at for step in run.history if step.state == "STARTING"), None)
