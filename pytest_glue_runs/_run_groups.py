"""Groups of runs with equal histories, and the arguments by which runs differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from pytest_glue_runs._describe import GROUPED_FROM, Describer, format_time, short_id, shortened
from pytest_glue_runs._masking import Masker, one_line
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._time.duration import format_duration
from pytest_glue_runs._timeline import Row

# How many groups, runs of a group, and rows of the timeline are shown: the first and the last.
_GROUPS, _MEMBERS, _ROWS = (8, 12), (4, 4), (15, 15)


class Step(NamedTuple):
    """A step of a run's history, with its text masked."""

    at: datetime
    state: str
    detail: str


class RunGroup(NamedTuple):
    """Runs of one job with equal histories, or a single run."""

    runs: list[Run]
    steps: list[Step]
    """Those of the first run."""


class RunGroups:
    """The runs of a report, in groups. The caller holds the service's lock."""

    def __init__(
        self, runs: Iterable[Run], describer: Describer, masker: Masker, now: datetime
    ) -> None:
        self._describer = describer
        self._masker = masker
        self._now = now
        self._runs = list(runs)
        self._differing = self._differing_names()
        self._groups = list(self._grouped())

    def lines(self) -> list[str]:
        """Return the history of each group. Of many groups, those in the middle are counted."""
        first, last = _GROUPS
        left_out = self._groups[first:-last]
        if len(left_out) <= 1:
            return [line for group in self._groups for line in self._history(group)]
        counts: dict[str, int] = {}
        for group in left_out:
            state = group.steps[-1].state
            counts[state] = counts.get(state, 0) + len(group.runs)
        total = ", ".join(f"{count} {state}" for state, count in counts.items())
        return [
            *(line for group in self._groups[:first] for line in self._history(group)),
            f"… {sum(counts.values())} more runs: {total} …",
            *(line for group in self._groups[-last:] for line in self._history(group)),
        ]

    def rows(self) -> list[Row]:
        """Return the rows of the timeline: runs that went the same way at the same time."""
        rows = [row for group in self._groups for row in self._rows(group)]
        rows.sort(key=lambda row: row.steps[0][0])
        first, last = _ROWS
        return rows if len(rows) <= first + last else [*rows[:first], *rows[-last:]]

    def steps(self, run: Run) -> list[Step]:
        """Return the history of *run*, without its secrets."""
        describe = self._describer.detail
        return [
            Step(at, state, describe(run, detail) if detail else "")
            for at, state, detail in run.history
        ]

    def arguments(self, run: Run, names: Iterable[str] | None = None) -> dict[str, str]:
        """Return the arguments of *run* that have one of *names*, without secrets.

        By default, all of them.
        """
        given = run.arguments or {}
        wanted = given if names is None else [name for name in names if name in given]
        masked = self._masker.value({name: given[name] for name in wanted})
        return {one_line(name, 80): one_line(str(masked[name]), 200) for name in masked}

    def _differing_names(self) -> dict[int, list[str]]:
        """Return for each job the names of the arguments that differ between its runs."""
        by_job: dict[int, list[dict[str, str]]] = {}
        for run in self._runs:
            by_job.setdefault(id(run.job), []).append(run.arguments or {})
        return {
            job: [
                name
                for name in dict.fromkeys(name for arguments in every for name in arguments)
                if len({arguments.get(name) for arguments in every}) > 1
            ]
            for job, every in by_job.items()
        }

    def _grouped(self) -> Iterator[RunGroup]:
        groups: dict[Hashable, RunGroup] = {}
        for run in self._runs:
            steps = self.steps(run)
            # How long a run has taken is part of its story; for one that has not ended, that
            # depends on its beginning.
            begin = None if run.ended else run.started_on
            story = tuple((at - run.started_on, state, detail) for at, state, detail in steps)
            key = (id(run.job), begin, story, self._cause(run))
            group = groups.setdefault(key, RunGroup([], steps))
            group.runs.append(run)
        for group in groups.values():
            if len(group.runs) >= GROUPED_FROM:
                yield group
            else:
                yield from (RunGroup([run], self.steps(run)) for run in group.runs)

    def _history(self, group: RunGroup) -> Iterator[str]:
        run = group.runs[0]
        end = self._now if run.completed_on is None else run.completed_on
        single = len(group.runs) == 1
        differing = f" ({text})" if single and (text := self._difference(run)) else ""
        yield (
            f"{self._describer.names(group.runs)}{differing}: "
            f"{run.state} after {format_duration(end - run.started_on)}{self._cause(run)}"
        )
        same_begin = _begins(group) == 1
        for at, state, detail in group.steps:
            moment = format_time(at) if same_begin else f"+{format_duration(at - run.started_on)}"
            yield f"  {moment}  {state}{f'  {detail}' if detail else ''}"
        if not single:
            members = (self._member(member, same_begin) for member in group.runs)
            yield from shortened(members, *_MEMBERS, what="runs", indent="  ")

    def _cause(self, run: Run) -> str:
        if run.origin is None:
            return ""
        return self._masker.line(f", started by trigger {run.origin.trigger_name}", limit=80)

    def _member(self, run: Run, same_begin: bool) -> str:
        begin = "" if same_begin else f"{format_time(run.started_on)}  "
        return f"  {begin}{short_id(run.id)}  {self._difference(run)}".rstrip()

    def _difference(self, run: Run) -> str:
        """Return the arguments of *run* that other runs of its job do not have."""
        arguments = self.arguments(run, self._differing[id(run.job)])
        return one_line(", ".join(f"{name}={value}" for name, value in arguments.items()), 100)

    def _rows(self, group: RunGroup) -> Iterator[Row]:
        if _begins(group) == 1:
            more = f" and {len(group.runs) - 1} more" if len(group.runs) > 1 else ""
            label = f"{self._describer.name(group.runs[0])}{more}"
            yield Row(label, [step[:2] for step in group.steps])
        else:
            for run in group.runs:
                yield Row(self._describer.name(run), [step[:2] for step in run.history])


def _begins(group: RunGroup) -> int:
    return len({run.started_on for run in group.runs})
