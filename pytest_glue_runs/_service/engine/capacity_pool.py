"""CapacityPool: what the runs of a region take up, and who waits for it."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.rules.behaviors import (
    WAITING_FOR_ACCOUNT,
    WAITING_FOR_CAPACITY,
    WAITING_FOR_JOB,
)
from pytest_glue_runs._service.rules.rule_types import Behavior

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.effective_config import Demand, Pool
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.run import Run


class CapacityPool:
    """The room in one region of an account."""

    def __init__(self, region: str, quotas: Quotas) -> None:
        self._region = region
        self._quotas = quotas
        self._runs = 0
        self._dpus: dict[Pool, float] = {"standard": 0, "flex": 0, "ray": 0}
        # Runs of one job that want the same are served in turn, so only the first of each
        # line is looked at, however many wait behind it.
        self._lines: dict[tuple[int, Demand], deque[tuple[int, Run]]] = {}
        self._numbers = count()

    def obstacle(self, job: Job, wanted: Demand) -> Behavior | None:
        """Why a run of the *job* cannot start now: a reason to wait; None if it can."""
        active = job.active_runs
        if active >= job.definition["ExecutionProperty"]["MaxConcurrentRuns"]:
            return WAITING_FOR_JOB
        if active >= self._quotas.max_concurrent_runs_per_job:
            return WAITING_FOR_JOB
        if self._runs >= self._quotas.max_concurrent_runs:
            return WAITING_FOR_ACCOUNT
        if wanted.pool == "standard":
            limit = self._quotas.dpus(self._region)
        elif wanted.pool == "ray":
            limit = self._quotas.max_ray_dpus
        else:
            limit = self._quotas.max_flex_dpus
        if self._dpus[wanted.pool] + wanted.dpus > limit:
            return WAITING_FOR_CAPACITY
        return None

    def take(self, run: Run, wanted: Demand) -> None:
        """Lets the *run* take up what it wants."""
        run.holds = wanted
        run.job.active_runs += 1
        self._runs += 1
        self._dpus[wanted.pool] += wanted.dpus

    def give_back(self, run: Run) -> None:
        """Frees what the *run* has taken up, if it has."""
        held = run.holds
        if held is not None:
            run.holds = None
            run.job.active_runs -= 1
            self._runs -= 1
            self._dpus[held.pool] -= held.dpus

    def queue(self, run: Run) -> None:
        """Puts the *run* at the end of its line."""
        line = self._lines.setdefault((id(run.job), run.config.demand), deque())
        line.append((next(self._numbers), run))

    def next_admitted(self) -> Run | None:
        """The run that has waited longest of those that can start now; it waits no more."""
        best: tuple[int, tuple[int, Demand]] | None = None
        for key in list(self._lines):
            line = self._lines[key]
            while line and line[0][1].state != "WAITING":  # stopped meanwhile
                line.popleft()
            if not line:
                del self._lines[key]
                continue
            number, run = line[0]
            if (best is None or number < best[0]) and self.obstacle(run.job, key[1]) is None:
                best = number, key
        if best is None:
            return None
        return self._lines[best[1]].popleft()[1]
