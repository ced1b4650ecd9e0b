"""Describe runs, plans and planned errors, one line each, for reports and error messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from pytest_glue_runs._masking import Masker, one_line
from pytest_glue_runs._service.engine.crawls import CrawlEvent
from pytest_glue_runs._service.engine.event_queue import Event
from pytest_glue_runs._service.engine.faults import Fault
from pytest_glue_runs._service.engine.run_event import RunEvent
from pytest_glue_runs._service.engine.triggers import TriggerEvent
from pytest_glue_runs._service.model.plans import ALL_JOBS, PlanGroup
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.model.workflow import WorkflowRun
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time.duration import format_duration

# Of a long list the first and the last lines are shown.
_FIRST, _LAST = 20, 30

# How many of the runs that did not use a plan are shown.
_REASONS = 5

GROUPED_FROM = 3
"""From this number on, calls and histories that differ only in their run are shown as one."""

_MILLISECOND = timedelta(milliseconds=1)


class Describer:
    """Describes the state of *glue*, without secrets. The caller holds the service's lock."""

    def __init__(self, glue: GlueService, masker: Masker) -> None:
        self._glue = glue
        self._masker = masker

    def name(self, run: Run) -> str:
        """Return the job's name and the run's short id."""
        return f"{self._masker.line(run.job.name, limit=80)} {short_id(run.id)}"

    def workflow_run_name(self, workflow_run: WorkflowRun) -> str:
        """Return the workflow's name and the short id of its run."""
        return (
            f"{self._masker.line(workflow_run.workflow.name, limit=80)} {short_id(workflow_run.id)}"
        )

    def names(self, runs: Sequence[Run]) -> str:
        """Return the name of the only run, or the name of the job and how many runs there are."""
        if len(runs) == 1:
            return self.name(runs[0])
        return f"{self._masker.line(runs[0].job.name, limit=80)}, {len(runs)} runs"

    def grouped(self, lines: Iterable[tuple[str, Run | str, str]]) -> Iterator[str]:
        """Yield *lines*: each has a text, a run or the name of something else, and a text.

        Runs of one job whose lines would be the same except for their ids share one.
        """
        groups: dict[tuple[str, str, str], list[Run | str]] = {}
        for before, subject, after in lines:
            name = subject if isinstance(subject, str) else subject.job.name
            groups.setdefault((before, name, after), []).append(subject)
        for (before, _, after), subjects in groups.items():
            runs = [subject for subject in subjects if not isinstance(subject, str)]
            if len(runs) >= GROUPED_FROM:
                each = ", each" if after.startswith(" is ") else ""
                yield f"{before}{self.names(runs)}{each}{after}"
            else:
                for subject in subjects:
                    name = subject if isinstance(subject, str) else self.name(subject)
                    yield f"{before}{name}{after}"

    def detail(self, run: Run, text: str) -> str:
        """Return *text* of a run, such as its ErrorMessage, without the run's own secrets."""
        return self._masker.line(text, run.script_arguments(), limit=300)

    def prospects(self) -> list[str]:
        """Return what comes next for runs, triggers and crawlers."""
        upcoming = self._glue.event_queue.upcoming()
        retries = [
            self._retry(event)
            for event in upcoming
            if isinstance(event, RunEvent) and event.kind == "retry"
        ]
        others = [self._other(event) for event in upcoming if not isinstance(event, RunEvent)]
        return shortened([*self.prospects_of(self.active_runs()), *retries, *others])

    def active_runs(self) -> list[Run]:
        """Return the runs that have not ended."""
        return [run for run in self._glue.store.runs.values() if not run.ended]

    def prospects_of(self, runs: Iterable[Run]) -> Iterator[str]:
        """Yield when *runs*, which have not ended, will end, or why they will not."""
        return self.grouped(("", run, self._prospect(run)) for run in runs)

    def _prospect(self, run: Run) -> str:
        subject = f" is {run.state}"
        end = self._glue.simulation.ends_at(run)
        if end is not None:
            # Rounded up: the clock may be between two milliseconds.
            rest = -((self._glue.event_queue.now - end) // _MILLISECOND) * _MILLISECOND
            duration = format_duration(rest)
            return f"{subject}, and ends in {duration}: glue_runs.tick({duration!r}) would end it"
        if run.state == "WAITING":
            return f"{subject}: {self._glue.simulation.waiting_reason(run)}"
        if self._glue.simulation.is_executing(run):
            return f"{subject}, and ends when its script does"
        return f"{subject}, and never ends by itself"

    def subject(self, event: Event) -> str:
        """Return what an event happens to that is not one of a run: a trigger or a crawler."""
        if isinstance(event, TriggerEvent):
            return self._masker.line(f"trigger {event.trigger.name}", limit=80)
        assert isinstance(event, CrawlEvent)
        return self._masker.line(f"crawler {event.crawl.crawler_name}", limit=80)

    def _retry(self, event: RunEvent) -> str:
        duration = format_duration(event.at - self._glue.event_queue.now)
        run = event.run
        return f"{self.name(run)} is {run.state}, and {event.label} starts in {duration}"

    def _other(self, event: Event) -> str:
        duration = format_duration(event.at - self._glue.event_queue.now)
        return f"{self.subject(event)} {event.label} in {duration}"

    def unused_plans(self) -> list[str]:
        """Return the plans that no run used."""
        jobs = self._glue.store.job_names()
        lines = []
        for group in self._glue.plans.unused_groups():
            name, note = group.job_name, ""
            if name not in jobs and name != ALL_JOBS:
                note = f"  (there is no job of this name.{did_you_mean(name, jobs)})"
            when = "" if group.when is None else f", when={group.when.text}"
            times = ", times='always'" if group.times is None else ""
            for plan in group.unused():
                lines.append(f"{self._masker.line(f'{name}: {plan}{when}{times}')}{note}")
            lines += indented(self._reasons(group))
        crawls = self._glue.crawler_plans.unused()
        lines += [self._masker.line(f"crawler {name}: {plan}") for name, plan in crawls]
        return shortened(lines)

    def _reasons(self, group: PlanGroup) -> Iterator[str]:
        """Yield the runs that did start, and why each did not use the plans of *group*."""
        runs = list(enumerate(self._glue.store.runs.values()))
        own = [(n, run) for n, run in runs if group.job_name in (run.job.name, ALL_JOBS)]
        for number, run in own[-_REASONS:]:
            if number < group.made_after:
                reason = "it started before the plan was made"
            elif group.when is not None and run.id in group.rejected:
                reason = self.detail(run, group.when.mismatch(run))
            else:
                reason = self._masker.line(f"it used {run.plan}")
            yield f"{self.name(run)}: {reason}"
        if len(own) > _REASONS:
            yield f"and {len(own) - _REASONS} earlier runs"

    def unused_faults(self) -> list[str]:
        """Return the faults that no call had."""
        return self._faults(fault for fault in self._glue.faults.unused() if not fault.used)

    def remaining_faults(self) -> list[str]:
        """Return the faults that some calls had, but fewer than planned."""
        return self._faults(fault for fault in self._glue.faults.unused() if fault.used)

    def _faults(self, faults: Iterable[Fault]) -> list[str]:
        return shortened(
            f"{fault.operation}: {self._masker.line(fault.effect.text(fault.operation))}"
            f"{_times(fault)}"
            for fault in faults
        )


def _times(fault: Fault) -> str:
    if fault.times is None:
        return "  (every time)"
    if fault.times == 1:
        return ""
    left = fault.times - fault.used
    return f"  ({left} of {fault.times} times)" if fault.used else f"  ({fault.times} times)"


def short_id(run_id: str) -> str:
    """Return a readable run id: the beginning of the hash, and the attempt or restart."""
    prefix, _, tail = run_id.partition("_")
    head, mark, rest = tail.partition("_")
    is_long = prefix in ("jr", "wr") and len(head) > 9
    return f"{prefix}_{head[:8]}…{mark}{rest}" if is_long else run_id


def format_time(moment: datetime) -> str:
    """Return date and time to the millisecond, without a fraction if it is zero."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    return text[:-3] if not text.endswith(".000000") else text[:-7]


def execution_lines(executions: Iterable[tuple[str, datetime]]) -> list[str]:
    """Return a line for each running execution of a state machine: its name and its start."""
    return shortened(
        f"{one_line(name, 160)}: RUNNING since {format_time(at)} UTC" for name, at in executions
    )


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield *lines* indented by two spaces."""
    return (f"  {line}" for line in lines)


def shortened(
    lines: Iterable[str],
    first: int = _FIRST,
    last: int = _LAST,
    *,
    what: str = "lines",
    indent: str = "",
) -> list[str]:
    """Return *lines*, of many only the *first* and the *last*."""
    every = list(lines)
    left_out = len(every) - first - last
    if left_out <= 1:
        return every
    return [*every[:first], f"{indent}… {left_out} more {what} …", *every[-last:]]
