"""The capacity of one region of an account: which runs hold it, and which wait for it."""

from __future__ import annotations

from collections import deque
from itertools import count

from pytest_glue_runs._service.model.effective_config import Demand, Pool
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.behaviors import (
    WAITING_FOR_ACCOUNT,
    WAITING_FOR_CAPACITY,
    WAITING_FOR_JOB,
)
from pytest_glue_runs._service.rules.rule_types import Behavior


class CapacityPool:
    """Concurrent runs and DPUs in one region, with a queue of waiting runs."""

    def __init__(self, region: str, quotas: Quotas) -> None:
        self._region = region
        self._quotas = quotas
        self._runs = 0
        self._dpus: dict[Pool, float] = {"standard": 0, "flex": 0, "ray": 0}
        # Waiting runs of one job with the same demand start in order, so only the first of each
        # queue is checked, however many wait behind it.
        self._queues: dict[tuple[int, Demand], deque[tuple[int, Run]]] = {}
        self._numbers = count()

    def obstacle(self, job: Job, demand: Demand) -> Behavior | None:
        """Return the limit that keeps a run of *job* from starting now, or None."""
        active = job.active_runs
        if active >= job.definition["ExecutionProperty"]["MaxConcurrentRuns"]:
            return WAITING_FOR_JOB
        if active >= self._quotas.max_concurrent_runs_per_job:
            return WAITING_FOR_JOB
        if self._runs >= self._quotas.max_concurrent_runs:
            return WAITING_FOR_ACCOUNT
        if self._dpus[demand.pool] + demand.dpus > self._limit(demand.pool):
            return WAITING_FOR_CAPACITY
        return None

    def _limit(self, pool: Pool) -> float:
        if pool == "standard":
            return self._quotas.dpus(self._region)
        return self._quotas.max_ray_dpus if pool == "ray" else self._quotas.max_flex_dpus

    def reserve(self, run: Run, demand: Demand) -> None:
        """Count *run* against the limits."""
        run.reserved = demand
        run.job.active_runs += 1
        self._runs += 1
        self._dpus[demand.pool] += demand.dpus

    def release(self, run: Run) -> None:
        """Release what *run* has reserved, if anything."""
        reserved = run.reserved
        if reserved is not None:
            run.reserved = None
            run.job.active_runs -= 1
            self._runs -= 1
            self._dpus[reserved.pool] -= reserved.dpus

    def enqueue(self, run: Run) -> None:
        """Append *run* to the queue of its job and demand."""
        queue = self._queues.setdefault((id(run.job), run.config.demand), deque())
        queue.append((next(self._numbers), run))

    def dequeue(self) -> Run | None:
        """Remove and return the run that has waited longest of those that fit now."""
        best: tuple[int, tuple[int, Demand]] | None = None
        for key in list(self._queues):
            queue = self._queues[key]
            while queue and queue[0][1].state != "WAITING":  # stopped or failed while waiting
                queue.popleft()
            if not queue:
                del self._queues[key]
                continue
            number, run = queue[0]
            if (best is None or number < best[0]) and self.obstacle(run.job, key[1]) is None:
                best = number, key
        if best is None:
            return None
        return self._queues[best[1]].popleft()[1]
