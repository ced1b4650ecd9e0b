"""Runs of workflows: how they start, stop, are resumed, and end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pytest_glue_runs._service.engine.crawls import Crawls
from pytest_glue_runs._service.engine.launcher import Launcher
from pytest_glue_runs._service.engine.simulation import Simulation
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.origin import Condition, Origin, Predecessor
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.model.workflow import SnapshotTrigger, Workflow, WorkflowRun
from pytest_glue_runs._service.model.workflow_graph import Graph, Node, action_node
from pytest_glue_runs._service.rules.workflow_rules import TOO_MANY_WORKFLOW_RUNS


class Workflows:
    """Starts, stops, resumes and ends the runs of workflows."""

    def __init__(
        self, store: Store, simulation: Simulation, crawls: Crawls, launcher: Launcher
    ) -> None:
        self._store = store
        self._simulation = simulation
        self._crawls = crawls
        self._launcher = launcher

    def snapshot(self, workflow: Workflow, at: datetime) -> tuple[SnapshotTrigger, ...]:
        """Return the triggers of *workflow* as they are."""
        return tuple(
            SnapshotTrigger(one, one.definition, one.active, one.state(at))
            for one in self._region(workflow).triggers.values()
            if one.workflow_name == workflow.name
        )

    def start(
        self,
        workflow: Workflow,
        at: datetime,
        *,
        properties: Mapping[str, str] | None = None,
        batch: dict[str, int] | None = None,
    ) -> WorkflowRun:
        """Start a run of a workflow that has a start trigger, which fires.

        Over MaxConcurrentRuns the run is in ERROR at once.
        """
        is_full = workflow.is_full
        workflow_run = self._new(
            workflow, at, {**workflow.default_properties, **(properties or {})}
        )
        workflow_run.batch = batch
        if is_full:
            workflow_run.error = TOO_MANY_WORKFLOW_RUNS.message.format(workflow=workflow.name)
            workflow_run.end("ERROR", at)
            return workflow_run
        trigger = workflow_run.start_trigger()
        assert trigger is not None
        workflow_run.under_way += 1  # it does not end before all actions are started
        origin = Origin(trigger.name, workflow_run)
        self._launcher.start_all(self._region(workflow), trigger, origin, at)
        self.end_step(workflow_run, at)
        return workflow_run

    def stop(self, workflow_run: WorkflowRun, at: datetime) -> None:
        """Stop its runs and crawls that have not ended, and start no more."""
        workflow_run.status = "STOPPING"
        workflow_run.closed = True
        workflow_run.under_way += 1
        for run in [run for runs in workflow_run.runs.values() for run in runs]:
            if run.ended:
                self._simulation.abandon_retry(run, at)
            else:
                self._simulation.stop(run, at)
        for crawl in [crawl for crawls in workflow_run.crawls.values() for crawl in crawls]:
            if not crawl.ended:
                self._crawls.cancel(crawl, at)
        self.end_step(workflow_run, at)

    def resume(
        self, workflow_run: WorkflowRun, nodes: Sequence[Node], at: datetime
    ) -> tuple[WorkflowRun, list[Node]]:
        """Start *nodes* of a run again, and all that follows from them, in a new run.

        Return the run and the nodes that were started: those that do not follow from others.
        """
        graph = Graph.of(workflow_run.snapshot)
        follow = graph.downstream(nodes)
        started = [node for node in nodes if node not in follow] or list(nodes)
        anew = {*started, *graph.downstream(started)}
        resumed = self._new(
            workflow_run.workflow, at, workflow_run.properties, workflow_run.snapshot
        )
        resumed.previous_run_id = workflow_run.id
        workflow_run.resumptions += 1
        self._copy(workflow_run, resumed, anew)
        resumed.under_way += 1
        for node in started:
            self._start_again(workflow_run, resumed, node, at)
        self.end_step(resumed, at)
        return resumed, started

    def end_step(self, workflow_run: WorkflowRun, at: datetime) -> None:
        """Record that a run, crawl or firing has ended; the last one ends the workflow run."""
        workflow_run.under_way -= 1
        if workflow_run.under_way == 0:
            workflow_run.end("STOPPED" if workflow_run.status == "STOPPING" else "COMPLETED", at)

    def _new(
        self,
        workflow: Workflow,
        at: datetime,
        properties: Mapping[str, str],
        snapshot: tuple[SnapshotTrigger, ...] | None = None,
    ) -> WorkflowRun:
        workflow_run = WorkflowRun(
            id=self._region(workflow).new_workflow_run_id(workflow.name),
            workflow=workflow,
            properties=dict(properties),
            started_on=at,
            snapshot=self.snapshot(workflow, at) if snapshot is None else snapshot,
        )
        workflow.runs.append(workflow_run)
        workflow.running += 1
        self._store.workflow_runs[workflow_run.id] = workflow_run
        return workflow_run

    def _copy(self, workflow_run: WorkflowRun, resumed: WorkflowRun, anew: set[Node]) -> None:
        """Copy the nodes that do not run again, and the conditions that they have met."""
        for job, runs in workflow_run.runs.items():
            if Node("JOB", job) not in anew:
                resumed.runs[job] = list(runs)
        for crawler, crawls in workflow_run.crawls.items():
            if Node("CRAWLER", crawler) not in anew:
                resumed.crawls[crawler] = list(crawls)
        for trigger in resumed.snapshot:
            for condition in trigger.definition.conditions:
                self._copy_condition(resumed, trigger, condition)

    def _copy_condition(
        self, resumed: WorkflowRun, trigger: SnapshotTrigger, condition: Condition
    ) -> None:
        if condition.kind == "JOB":
            runs = resumed.runs.get(condition.name, [])
            if runs and runs[-1].state == condition.state:
                predecessor = Predecessor(condition.name, runs[-1].id)
                resumed.met.setdefault(trigger.name, {})[condition] = predecessor
        else:
            crawls = resumed.crawls.get(condition.name, [])
            if crawls and crawls[-1].state == condition.state:
                resumed.met.setdefault(trigger.name, {})[condition] = None

    def _start_again(
        self, workflow_run: WorkflowRun, resumed: WorkflowRun, node: Node, at: datetime
    ) -> None:
        """Start a node by the action that started it in *workflow_run*."""
        before = workflow_run.origin_of(node)
        assert before is not None
        trigger = next(one for one in resumed.snapshot if one.name == before.trigger_name)
        action = next(one for one in trigger.definition.actions if action_node(one) == node)
        origin = Origin(trigger.name, resumed, before.predecessors)
        self._launcher.start(self._region(resumed.workflow), action, origin, at)

    def _region(self, workflow: Workflow) -> Region:
        return self._store.region(Caller(workflow.account_id, workflow.region))
