"""Starts the runs and crawls of a trigger that fires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pytest_glue_runs._service.engine.crawls import Crawls
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.model.origin import Origin
from pytest_glue_runs._service.model.plans import Plans
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.model.trigger import Firing, Trigger
from pytest_glue_runs._service.model.workflow import SnapshotTrigger

# The members of an action that configure its run.
_CONFIGURED = ("Timeout", "SecurityConfiguration", "NotificationProperty")


class Launcher:
    """Starts the runs and crawls of actions, without the checks that StartJobRun makes."""

    def __init__(self, store: Store, plans: Plans, simulation: Simulation, crawls: Crawls) -> None:
        self._store = store
        self._plans = plans
        self._simulation = simulation
        self._crawls = crawls

    def start_all(
        self, region: Region, trigger: Trigger | SnapshotTrigger, origin: Origin, at: datetime
    ) -> None:
        """Start all actions of a trigger, and record that it fired."""
        actions = trigger.definition.actions
        started = tuple(self.start(region, action, origin, at) for action in actions)
        trigger.firings.append(Firing(at, started))

    def start(self, region: Region, action: Mapping[str, Any], origin: Origin, at: datetime) -> str:
        """Start a run or crawl; return the id of the run, or the name of the crawler."""
        origin.chain.under_way += 1
        if "JobName" in action:
            return self._start_run(region, action, origin, at).id
        return self._crawls.start(region, action["CrawlerName"], origin, at).crawler_name

    def _start_run(
        self, region: Region, action: Mapping[str, Any], origin: Origin, at: datetime
    ) -> Run:
        name = action["JobName"]
        job = region.jobs.get(name)
        is_absent = job is None
        if job is None:
            job = region.absent_job(name, at)
        config = job.config_for({one: action[one] for one in _CONFIGURED if one in action})
        run = Run(
            id=region.new_run_id(name),
            job=job,
            started_on=at,
            arguments=action.get("Arguments") or None,
            config=config,
            origin=origin,
        )
        run.plan = self._plans.take(run)
        self._store.add(run)
        if is_absent:
            self._simulation.error(run)
        else:
            self._simulation.launch(run, self._simulation.obstacle(job, config.demand))
        return run
