"""The plans of a test, and which of them a run gets."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.plan import NEVER_ENDS, SUCCEEDS, Plan
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._suggest import did_you_mean

ALL_JOBS = "*"
"""Stands for every job in the place of a job name."""


class PlanCondition(NamedTuple):
    """Decides which runs a plan is for."""

    matches: Callable[[Run], bool]
    text: str
    """The condition as it was written in the test."""
    mismatch: Callable[[Run], str] = lambda run: "when() was false for it"
    """Returns why it did not hold for a run."""


def arguments_condition(wanted: dict[str, str]) -> PlanCondition:
    """Return the condition that a run has these arguments."""

    def matches(run: Run) -> bool:
        arguments = run.script_arguments()
        return all(arguments.get(name) == value for name, value in wanted.items())

    def mismatch(run: Run) -> str:
        arguments = run.script_arguments()
        return ", ".join(
            f"{name} is {arguments[name]!r}"
            if name in arguments
            else f"it has no {name}.{did_you_mean(name, arguments)}".rstrip(".")
            for name, value in wanted.items()
            if arguments.get(name) != value
        )

    return PlanCondition(matches, Masker().show(wanted), mismatch)


@dataclass(slots=True, eq=False)
class PlanGroup:
    """Plans that were made together, used in order."""

    job_name: str
    """The name of the job, or `ALL_JOBS`."""
    plans: tuple[Plan, ...]
    times: int | None = 1
    """How often the plans are repeated; None: for every run from now on."""
    when: PlanCondition | None = None
    optional: bool = False
    """Whether the test may end without using them."""
    used: int = 0
    made_after: int = 0
    """How many runs there were when the plans were made."""
    rejected: set[str] = field(default_factory=set)
    """The ids of the runs for which `when` did not hold."""

    def matches(self, run: Run) -> bool:
        """Return whether *run* may use the next plan."""
        if self.when is None or self.when.matches(run):
            return True
        self.rejected.add(run.id)
        return False

    def take(self) -> Plan:
        """Return the next plan."""
        plan = self.plans[self.used % len(self.plans)]
        self.used += 1
        return plan

    @property
    def exhausted(self) -> bool:
        """Whether no plan is left."""
        return self.times is not None and self.used >= self.times * len(self.plans)

    def unused(self) -> list[Plan]:
        """Return the plans that no run has used."""
        if self.optional:
            return []
        if self.times is None:
            return [] if self.used else list(self.plans)
        total = self.times * len(self.plans)
        return [self.plans[number % len(self.plans)] for number in range(self.used, total)]


@dataclass(slots=True)
class _JobPlans:
    """The groups of one job, in the order in which they are tried."""

    conditional: list[PlanGroup] = field(default_factory=list)
    plain: deque[PlanGroup] = field(default_factory=deque)
    standing: list[PlanGroup] = field(default_factory=list)
    """Those for every run from now on: conditional ones first, then the newest."""

    def add(self, group: PlanGroup) -> None:
        if group.times is None:
            self.standing.insert(0, group)
            self.standing.sort(key=lambda one: one.when is None)
        elif group.when is not None:
            self.conditional.append(group)
        else:
            self.plain.append(group)

    def take(self, run: Run) -> Plan | None:
        for groups in (self.conditional, self.plain, self.standing):
            for group in groups:
                if group.matches(run):
                    plan = group.take()
                    if group.exhausted:
                        groups.remove(group)
                    return plan
        return None

    def groups(self) -> Iterator[PlanGroup]:
        yield from (*self.conditional, *self.plain, *self.standing)


class Plans:
    """All plans of a test.

    A run uses the first plan that matches: of its own job before those for all jobs, with a
    condition before without, limited in number before those for every run; then in the order
    they were made. Of plans for every run, the newest is used.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, _JobPlans] = {}

    def add(self, group: PlanGroup) -> None:
        """Add plans."""
        self._jobs.setdefault(group.job_name, _JobPlans()).add(group)

    def take(self, run: Run) -> Plan:
        """Remove and return the plan that *run* uses.

        Without a plan a run succeeds, and a streaming run never ends.
        """
        for name in (run.job.name, ALL_JOBS):
            plans = self._jobs.get(name)
            plan = None if plans is None else plans.take(run)
            if plan is not None:
                return plan
        return NEVER_ENDS if run.config.command == "gluestreaming" else SUCCEEDS

    def unused_groups(self) -> list[PlanGroup]:
        """Return the groups with plans that no run has used."""
        groups = (group for plans in self._jobs.values() for group in plans.groups())
        return [group for group in groups if group.unused()]

    def unused(self) -> list[tuple[str, Plan]]:
        """Return the job names and plans that no run has used."""
        return [(group.job_name, plan) for group in self.unused_groups() for plan in group.unused()]
