"""The report of a failing test: what Glue received, what each run did, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from pytest_glue_runs._describe import (
    GROUPED_FROM,
    Describer,
    execution_lines,
    format_time,
    indented,
    short_id,
    shortened,
)
from pytest_glue_runs._masking import Masker, one_line
from pytest_glue_runs._run_groups import RunGroups
from pytest_glue_runs._service.engine.event_queue import add_duration
from pytest_glue_runs._service.engine.run_event import RunEvent
from pytest_glue_runs._service.model.call import CallRecord
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.error_catalog import NOT_FOUND, TOO_MANY_RUNS_OF_JOB
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._terminal import DEFAULT, Terminal
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.duration import format_duration
from pytest_glue_runs._timeline import chart
from pytest_glue_runs._trigger_report import trigger_lines, workflow_lines

# The members of responses that are lists of what was asked for.
_LISTS = ("JobRuns", "Jobs", "JobNames", "Triggers", "TriggerNames", "Workflows", "Runs")

Section = tuple[str, list[str]]
"""A title, and the lines below it."""

Executions = Sequence[tuple[str, datetime]]
"""The names of running executions of state machines, and when they started."""


def report(
    glue: GlueService,
    masker: Masker,
    executions: Executions,
    *,
    frozen: bool,
    terminal: Terminal = DEFAULT,
) -> str:
    """Return the report on everything that *glue* received and did."""
    with glue.lock:
        return terminal.printable(Report(glue, masker, executions, frozen=frozen).text(terminal))


class Report:
    """The parts of a report on *glue*. The caller holds the service's lock."""

    def __init__(
        self, glue: GlueService, masker: Masker, executions: Executions, *, frozen: bool
    ) -> None:
        self._glue = glue
        self._executions = executions
        self._masker = masker
        self._describer = Describer(glue, masker)
        self.now, self.time = _times(glue, frozen=frozen)
        self.groups = RunGroups(glue.store.runs.values(), self._describer, masker, self.now)

    def text(self, terminal: Terminal) -> str:
        """Return the whole report, as wide as *terminal* where it can choose."""
        title, timeline = chart(self.groups.rows(), self.now, terminal)
        sections = [
            *self.calls(),
            ("Runs:", self.groups.lines()),
            (title, timeline),
            *self.orchestration(),
            *self.outlook(),
        ]
        lines = [self.time]
        for title, content in sections:
            if content or title.endswith("."):
                lines += [title, *indented(content)]
        return "\n".join(lines)

    def calls(self) -> list[Section]:
        """Return the calls, and the jobs that were not found."""
        calls = shortened(self._calls())
        return [
            ("Calls:" if calls else "Glue has received no calls.", calls),
            ("Calls that did not find their job:", shortened(self._lost_calls())),
        ]

    def orchestration(self) -> list[Section]:
        """Return what triggers and workflows have done, and the executions that are running."""
        return [
            ("Triggers:", shortened(self._lines(trigger_lines(self._glue, self.now)))),
            ("Workflow runs:", shortened(self._lines(workflow_lines(self._glue, self.now)))),
            ("Executions of state machines:", execution_lines(self._executions)),
        ]

    def outlook(self) -> list[Section]:
        """Return what comes next, and the plans and faults that were not used."""
        starting = [run for run in self._describer.active_runs() if run.started_on == self.now]
        return [
            ("Next:", shortened(self._upcoming())),
            (
                "The clock has not advanced since these runs started:",
                shortened(self._describer.prospects_of(starting)),
            ),
            ("Plans that no run used:", self._describer.unused_plans()),
            ("Faults that no call had:", self._describer.unused_faults()),
            ("Faults that fewer calls had than planned:", self._describer.remaining_faults()),
        ]

    def _lines(self, lines: Iterable[str]) -> Iterator[str]:
        return (self._masker.line(line, limit=300) for line in lines)

    def _calls(self) -> Iterator[str]:
        # Code that polls repeats the same call, for one run or for many in turn: it is shown
        # once, with the number of times.
        for _, alike in groupby(self._glue.calls, key=partial(self._call, run="")):
            calls = list(alike)
            runs = len({_run_id(call) for call in calls})
            if runs >= GROUPED_FROM:
                yield self._repeated(calls, f"{runs} runs")
            elif runs == 1:
                yield self._repeated(calls)
            else:
                yield from (self._repeated([*same]) for _, same in groupby(calls, key=self._call))

    def _repeated(self, calls: list[CallRecord], run: str | None = None) -> str:
        first, last = format_time(calls[0].at), format_time(calls[-1].at)
        until = f", until {last}" if first != last else ""
        repeated = f"  ({len(calls)} times{until})" if len(calls) > 1 else ""
        return f"{first}  {self._call(calls[0], run)}{repeated}"

    def _call(self, call: CallRecord, run: str | None = None) -> str:
        """Return a call in one line, with *run* in the place of the id of its run if given."""
        parts = [call.operation, *self._subjects(call.request, run), f"[{call.caller.region}]"]
        return f"{one_line(' '.join(parts), 200)} -> {self._outcome(call, run)}"

    def _subjects(self, request: Mapping[str, Any], run: str | None) -> Iterator[str]:
        """Yield the jobs and runs that a request names, which may be of any type."""
        for name in ("JobName", "Name"):
            if name in request:
                yield self._value(request[name])
        run_ids = request.get("RunId", request.get("JobRunIds", []))
        if isinstance(run_ids, list):
            yield from (short_id(self._value(run_id)) for run_id in run_ids)
        else:
            yield short_id(self._value(run_ids)) if run is None else run

    def _value(self, value: object) -> str:
        """Return a value of a request: text without quotes, anything else as its repr."""
        line = self._masker.line if isinstance(value, str) else self._masker.show
        return line(value, limit=80)

    def _outcome(self, call: CallRecord, run: str | None) -> str:
        response = call.response
        if response is None:
            lost = " (the response was lost)" if call.response_lost else ""
            holder = self._slot_holder(call)
            return f"{self._masker.line(call.error, call.request, limit=300)}{lost}{holder}"
        if call.response_lost:
            return f"{self._result(response, run)} (the response was lost)"
        return self._result(response, run)

    def _result(self, response: Mapping[str, Any], run: str | None) -> str:
        for name in ("JobRunId", "RunId"):
            if name in response:
                return short_id(response[name]) if run is None else run
        for name, state in (("JobRun", "JobRunState"), ("Run", "Status"), ("Trigger", "State")):
            if name in response:
                return str(response[name][state])
        for name in _LISTS:
            if name in response:
                return f"{len(response[name])} {name}"
        codes = [error["ErrorDetail"]["ErrorCode"] for error in response.get("Errors", [])]
        return ", ".join(["ok", *codes])

    def _slot_holder(self, call: CallRecord) -> str:
        """Return which runs held a slot when *call* was rejected, though they had ended."""
        if call.error is None or call.error.code != TOO_MANY_RUNS_OF_JOB.code:
            return ""
        held = [
            f"{short_id(run.id)} until {format_time(until)}"
            for run in self._glue.store.runs.values()
            if run.job.name == call.request.get("JobName")
            and run.completed_on is not None
            and run.completed_on <= call.at < (until := self._released_at(run, run.completed_on))
        ]
        return f" (runs that have ended still hold a slot: {', '.join(held)})" if held else ""

    def _released_at(self, run: Run, ended: datetime) -> datetime:
        cleanup = self._glue.defaults.cleanup if run.plan.cleanup is None else run.plan.cleanup
        return add_duration(ended, cleanup)

    def _lost_calls(self) -> Iterable[str]:
        """Return the jobs that a call did not find, although a near one exists somewhere."""
        lines = []
        for name, caller in dict.fromkeys(self._not_found()):
            homes = [key for key, region in self._glue.store.regions.items() if name in region.jobs]
            shown = self._value(name)
            if homes and caller not in homes:
                lines.append(
                    f"{shown}: exists in {homes[0].region} of account {homes[0].account_id}, "
                    f"but the call went to {caller.region} of account {caller.account_id}"
                )
            elif not homes and (near := did_you_mean(name, self._glue.store.job_names())):
                lines.append(f"{shown}: there is no job of this name.{near}")
        return [one_line(line, 300) for line in lines]

    def _not_found(self) -> Iterator[tuple[str, Any]]:
        for call in self._glue.calls:
            name = call.request.get("JobName")
            if isinstance(name, str) and call.error is not None and call.error.code == NOT_FOUND:
                yield name, call.caller

    def _upcoming(self) -> Iterator[str]:
        yield from self._describer.grouped(
            (
                f"{format_time(event.at)}  ",
                event.run if isinstance(event, RunEvent) else self._describer.subject(event),
                f": {event.label} (in {format_duration(event.at - self.now)})",
            )
            for event in self._glue.event_queue.upcoming()
        )
        yield from self._describer.prospects_of(
            run
            for run in self._describer.active_runs()
            if self._glue.simulation.next_event(run) is None
        )


def _run_id(call: CallRecord) -> str:
    """Return the id of the only run that a call is about, or an empty text."""
    response = call.response or {}
    run_id = call.request.get("RunId") or response.get("JobRunId") or response.get("RunId")
    return str(run_id or "")


def _times(glue: GlueService, *, frozen: bool) -> tuple[datetime, str]:
    """Return the simulation time, and a sentence about the clock."""
    if clock.last_freeze_ended() and not glue.halted:
        # The test froze time itself, and that freeze has ended with it.
        now = glue.event_queue.now
        return now, f"Time was frozen at {format_time(now)} UTC."
    now, time = glue.advance(), glue.time()
    behind = f" The runs stay at {format_time(now)}." if time < now else ""
    return now, f"Time is {'frozen at' if frozen else 'real, now'} {format_time(time)} UTC.{behind}"
