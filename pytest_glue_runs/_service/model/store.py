"""What Glue remembers: accounts x regions, each with its jobs and their runs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pytest_glue_runs._service.engine.capacity_pool import CapacityPool
from pytest_glue_runs._service.rules.error_catalog import JOB_NOT_FOUND, RUN_NOT_FOUND
from pytest_glue_runs._service.rules.rule_types import Rejection

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.job import Job
    from pytest_glue_runs._service.model.quotas import Quotas
    from pytest_glue_runs._service.model.run import Run


class Region:
    """Glue in one region of one account."""

    def __init__(self, account_id: str, name: str, quotas: Quotas) -> None:
        self.account_id = account_id
        self.name = name
        self.capacity_pool: CapacityPool = CapacityPool(name, quotas)
        self.jobs: dict[str, Job] = {}
        self._ids_given: dict[str, int] = {}

    def job(self, name: str, refusal: Rejection = JOB_NOT_FOUND) -> Job:
        """The job of this name; raises the *refusal* where there is none."""
        job = self.jobs.get(name)
        if job is None:
            raise refusal.error(job=name)
        return job

    def new_run_id(self, job_name: str) -> str:
        """An id in Glue's form that no run has had: the same each time for the same story."""
        number = self._ids_given.get(job_name, 0) + 1
        self._ids_given[job_name] = number
        story = f"{self.account_id}/{self.name}/{job_name}/{number}"
        return f"jr_{hashlib.sha256(story.encode()).hexdigest()}"


class Store:
    """All regions of all accounts, and all runs in the order they started."""

    def __init__(self, quotas: Quotas) -> None:
        self.regions: dict[tuple[str, str], Region] = {}
        self._quotas = quotas
        self.runs: dict[str, Run] = {}

    def region(self, account_and_name: tuple[str, str]) -> Region:
        """The region of this name in the account."""
        region = self.regions.get(account_and_name)
        if region is None:
            region = Region(*account_and_name, self._quotas)
            self.regions[account_and_name] = region
        return region

    def add(self, run: Run) -> None:
        """Remembers a run that starts now."""
        run.job.runs.append(run)
        self.runs[run.id] = run

    def run(self, job: Job, run_id: str) -> Run:
        """The run of the *job* with this id; raises EntityNotFoundException."""
        run = self.runs.get(run_id)
        if run is None or run.job is not job:
            raise RUN_NOT_FOUND.error(job=job.name, run=run_id)
        return run
