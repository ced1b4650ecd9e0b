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
from pytest_glue_runs._service.model.workflow import Execution, SnapshotTrigger, Workflow
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
    ) -> Execution:
        """Start a run of a workflow that has a start trigger, which fires.

        Over MaxConcurrentRuns the run is in ERROR at once.
        """
        is_full = workflow.is_full
        execution = self._new(workflow, at, {**workflow.default_properties, **(properties or {})})
        execution.batch = batch
        if is_full:
            execution.error = TOO_MANY_WORKFLOW_RUNS.message.format(workflow=workflow.name)
            execution.end("ERROR", at)
            return execution
        trigger = execution.start_trigger()
        assert trigger is not None
        execution.under_way += 1  # it does not end before all actions are started
        origin = Origin(trigger.name, execution)
        self._launcher.start_all(self._region(workflow), trigger, origin, at)
        self.step_over(execution, at)
        return execution

    def stop(self, execution: Execution, at: datetime) -> None:
        """Stop its runs and crawls that have not ended, and start no more."""
        execution.status = "STOPPING"
        execution.closed = True
        execution.under_way += 1
        for run in [run for runs in execution.runs.values() for run in runs]:
            if run.ended:
                self._simulation.abandon_retry(run, at)
            else:
                self._simulation.stop(run, at)
        for crawl in [crawl for crawls in execution.crawls.values() for crawl in crawls]:
            if not crawl.ended:
                self._crawls.cancel(crawl, at)
        self.step_over(execution, at)

    def resume(
        self, execution: Execution, nodes: Sequence[Node], at: datetime
    ) -> tuple[Execution, list[Node]]:
        """Start *nodes* of a run again, and all that follows from them, in a new run.

        Return the run and the nodes that were started: those that do not follow from others.
        """
        graph = Graph.of(execution.snapshot)
        follow = graph.downstream(nodes)
        started = [node for node in nodes if node not in follow] or list(nodes)
        anew = {*started, *graph.downstream(started)}
        resumed = self._new(execution.workflow, at, execution.properties, execution.snapshot)
        resumed.previous_run_id = execution.id
        execution.resumptions += 1
        self._copy(execution, resumed, anew)
        resumed.under_way += 1
        for node in started:
            self._start_again(execution, resumed, node, at)
        self.step_over(resumed, at)
        return resumed, started

    def step_over(self, execution: Execution, at: datetime) -> None:
        """Record that a run, crawl or firing has ended; the last one ends the workflow run."""
        execution.under_way -= 1
        if execution.under_way == 0:
            execution.end("STOPPED" if execution.status == "STOPPING" else "COMPLETED", at)

    def _new(
        self,
        workflow: Workflow,
        at: datetime,
        properties: Mapping[str, str],
        snapshot: tuple[SnapshotTrigger, ...] | None = None,
    ) -> Execution:
        execution = Execution(
            id=self._region(workflow).new_workflow_run_id(workflow.name),
            workflow=workflow,
            properties=dict(properties),
            started_on=at,
            snapshot=self.snapshot(workflow, at) if snapshot is None else snapshot,
        )
        workflow.executions.append(execution)
        workflow.running += 1
        self._store.executions[execution.id] = execution
        return execution

    def _copy(self, execution: Execution, resumed: Execution, anew: set[Node]) -> None:
        """Copy the nodes that do not run again, and the conditions that they have met."""
        for job, runs in execution.runs.items():
            if Node("JOB", job) not in anew:
                resumed.runs[job] = list(runs)
        for crawler, crawls in execution.crawls.items():
            if Node("CRAWLER", crawler) not in anew:
                resumed.crawls[crawler] = list(crawls)
        for trigger in resumed.snapshot:
            for condition in trigger.definition.conditions:
                self._copy_condition(resumed, trigger, condition)

    def _copy_condition(
        self, resumed: Execution, trigger: SnapshotTrigger, condition: Condition
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
        self, execution: Execution, resumed: Execution, node: Node, at: datetime
    ) -> None:
        """Start a node by the action that started it in *execution*."""
        before = execution.origin_of(node)
        assert before is not None
        trigger = next(one for one in resumed.snapshot if one.name == before.trigger_name)
        action = next(one for one in trigger.definition.actions if action_node(one) == node)
        origin = Origin(trigger.name, resumed, before.predecessors)
        self._launcher.start(self._region(resumed.workflow), action, origin, at)

    def _region(self, workflow: Workflow) -> Region:
        return self._store.region(Caller(workflow.account_id, workflow.region))
