"""What Glue remembers: jobs, triggers, workflows of each account and region, and all runs."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.crawl import Crawl
from pytest_glue_runs._service.model.definition import completed
from pytest_glue_runs._service.model.job import Job
from pytest_glue_runs._service.model.origin import Condition
from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.trigger import Trigger
from pytest_glue_runs._service.model.workflow import Workflow, WorkflowRun
from pytest_glue_runs._service.rules.error_catalog import JOB_NOT_FOUND, RUN_NOT_FOUND
from pytest_glue_runs._service.rules.rule_types import Rejection
from pytest_glue_runs._service.rules.trigger_rules import TRIGGER_NOT_FOUND
from pytest_glue_runs._service.rules.workflow_rules import WORKFLOW_NOT_FOUND


class Region:
    """The jobs, triggers and workflows in one region of one account."""

    def __init__(self, account_id: str, name: str) -> None:
        self.account_id = account_id
        self.name = name
        self.jobs: dict[str, Job] = {}
        self.absent_jobs: dict[str, Job] = {}
        """Jobs that do not exist and may be started by a trigger: those deleted last, by name."""
        self.triggers: dict[str, Trigger] = {}
        self.workflows: dict[str, Workflow] = {}
        self.crawls: dict[str, Crawl] = {}
        """The crawl that is RUNNING, by crawler."""
        self._watchers: dict[Condition, list[Trigger]] | None = None
        self._ids_given: dict[str, int] = {}

    def job(self, name: str, rejection: Rejection = JOB_NOT_FOUND) -> Job:
        """Return the job of this name; raise the error of *rejection* if there is none."""
        job = self.jobs.get(name)
        if job is None:
            raise rejection.error(job=name)
        return job

    def absent_job(self, name: str, at: datetime) -> Job:
        """Return the job that was deleted under this name, or a stand-in if there never was one."""
        job = self.absent_jobs.get(name)
        if job is None:
            definition = completed({"Command": {"Name": "glueetl"}}, "4.0")
            job = Job(name, self.account_id, self.name, {}, definition, at, at)
            self.absent_jobs[name] = job
        return job

    def trigger(self, name: str) -> Trigger:
        """Return the trigger of this name; raise EntityNotFoundException if there is none."""
        trigger = self.triggers.get(name)
        if trigger is None:
            raise TRIGGER_NOT_FOUND.error(trigger=name)
        return trigger

    def triggers_of(self, workflow_name: str) -> list[Trigger]:
        """Return the triggers of a workflow, oldest first."""
        return [one for one in self.triggers.values() if one.workflow_name == workflow_name]

    def workflow(self, name: str) -> Workflow:
        """Return the workflow of this name; raise EntityNotFoundException if there is none."""
        workflow = self.workflows.get(name)
        if workflow is None:
            raise WORKFLOW_NOT_FOUND.error(workflow=name)
        return workflow

    def watchers(self, condition: Condition) -> list[Trigger]:
        """Return the conditional triggers outside workflows with this condition."""
        if self._watchers is None:
            self._watchers = {}
            for trigger in self.triggers.values():
                if trigger.type == "CONDITIONAL" and trigger.workflow_name is None:
                    for one in trigger.definition.conditions:
                        self._watchers.setdefault(one, []).append(trigger)
        return self._watchers.get(condition, [])

    def triggers_changed(self) -> None:
        """Record that a trigger was created, updated or deleted."""
        self._watchers = None

    def new_run_id(self, job_name: str) -> str:
        """Return a new run id in Glue's form. The same calls yield the same ids."""
        return f"jr_{self._new_id(job_name)}"

    def new_workflow_run_id(self, workflow_name: str) -> str:
        """Return a new id for a workflow run. The same calls yield the same ids."""
        return f"wr_{self._new_id(f'workflow/{workflow_name}')}"

    def _new_id(self, owner: str) -> str:
        number = self._ids_given.get(owner, 0) + 1
        self._ids_given[owner] = number
        seed = f"{self.account_id}/{self.name}/{owner}/{number}"
        return hashlib.sha256(seed.encode()).hexdigest()


class Store:
    """All regions of all accounts, and all runs in the order they started."""

    def __init__(self, quotas: Quotas) -> None:
        self.quotas = quotas
        self.regions: dict[Caller, Region] = {}
        self.runs: dict[str, Run] = {}
        self.workflow_runs: dict[str, WorkflowRun] = {}
        """The runs of all workflows, in the order they started."""
        self.hidden: dict[str, datetime] = {}
        """Until when reads do not find a run, by its id."""

    def region(self, caller: Caller) -> Region:
        """Return the region that *caller* addresses."""
        region = self.regions.get(caller)
        if region is None:
            region = self.regions[caller] = Region(*caller)
        return region

    def job_names(self) -> set[str]:
        """Return the names of all jobs that exist, existed or have runs, in whatever region."""
        names = {run.job.name for run in self.runs.values()}
        return names.union(
            *(region.jobs.keys() | region.absent_jobs.keys() for region in self.regions.values())
        )

    def workflow_names(self) -> set[str]:
        """Return the names of all workflows that exist or have runs, in whatever region."""
        names = {workflow_run.workflow.name for workflow_run in self.workflow_runs.values()}
        return names.union(*(region.workflows.keys() for region in self.regions.values()))

    def add(self, run: Run) -> None:
        """Add a run that starts now."""
        run.job.run_ids.append(run.id)
        self.runs[run.id] = run
        if run.origin is not None and isinstance(run.origin.chain, WorkflowRun):
            run.origin.chain.add_run(run)

    def run(self, job: Job, run_id: str) -> Run:
        """Return the run of *job* with this id; raise EntityNotFoundException without one."""
        run = self.runs.get(run_id)
        if run is None or run.job is not job:
            raise RUN_NOT_FOUND.error(job=job.name, run=run_id)
        return run

    def runs_of(self, job: Job) -> list[Run]:
        """Return the runs of *job*, oldest first."""
        return [self.runs[run_id] for run_id in job.run_ids]
