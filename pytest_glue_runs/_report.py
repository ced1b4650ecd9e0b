"""The report of a failing test: what Glue received, what each run did, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from pytest_glue_runs._describe import Describer, format_time, indented, short_id, shortened
from pytest_glue_runs._masking import Masker, one_line
from pytest_glue_runs._service.engine.event_queue import add_duration
from pytest_glue_runs._service.model.call import CallRecord
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.error_catalog import NOT_FOUND, TOO_MANY_RUNS_OF_JOB
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.duration import format_duration
from pytest_glue_runs._trigger_report import trigger_lines, workflow_lines

# The members of responses that are lists of what was asked for.
_LISTS = ("JobRuns", "Jobs", "JobNames", "Triggers", "TriggerNames", "Workflows", "Runs")


def report(glue: GlueService, masker: Masker, *, frozen: bool) -> str:
    """Return the report on everything that *glue* received and did."""
    with glue.lock:
        return _Report(glue, masker, frozen=frozen).text()


class _Report:
    def __init__(self, glue: GlueService, masker: Masker, *, frozen: bool) -> None:
        self._glue = glue
        self._masker = masker
        self._describer = Describer(glue, masker)
        self._now, self._time = _times(glue, frozen=frozen)

    def text(self) -> str:
        calls = list(self._calls())
        starting = [run for run in self._describer.active_runs() if run.started_on == self._now]
        sections = [
            ("Calls:" if calls else "Glue has received no calls.", calls),
            ("Calls that did not find their job:", self._lost_calls()),
            ("Runs:", self._runs()),
            ("Triggers:", self._lines(trigger_lines(self._glue, self._now))),
            ("Workflow runs:", self._lines(workflow_lines(self._glue, self._now))),
            ("Next:", self._upcoming()),
            (
                "The clock has not advanced since these runs started:",
                map(self._describer.prospect, starting),
            ),
            ("Plans that no run used:", self._describer.unused_plans()),
            (
                "Faults that no call had:",
                self._describer.unused_faults(partly=True),
            ),
        ]
        lines = [self._time]
        for title, content in sections:
            listed = shortened(content)
            if listed or title.endswith("."):
                lines += [title, *indented(listed)]
        return "\n".join(lines)

    def _lines(self, lines: Iterable[str]) -> Iterator[str]:
        return (self._masker.line(line, limit=300) for line in lines)

    def _calls(self) -> Iterator[str]:
        # Polling repeats the same call: it is shown once, with the number of times.
        for line, same in groupby(self._glue.calls, key=self._call):
            times = [call.at for call in same]
            last = format_time(times[-1])
            repeated = f"  ({len(times)} times, until {last})" if len(times) > 1 else ""
            yield f"{format_time(times[0])}  {line}{repeated}"

    def _call(self, call: CallRecord) -> str:
        parts = [call.operation, *self._subjects(call.request), f"[{call.caller.region}]"]
        return f"{one_line(' '.join(parts), 200)} -> {self._outcome(call)}"

    def _subjects(self, request: Mapping[str, Any]) -> Iterator[str]:
        """Yield the jobs and runs that a request names, which may be of any type."""
        for name in ("JobName", "Name"):
            if name in request:
                yield self._value(request[name])
        run_ids = request.get("RunId", request.get("JobRunIds", []))
        for run_id in run_ids if isinstance(run_ids, list) else [run_ids]:
            yield short_id(self._value(run_id))

    def _value(self, value: object) -> str:
        """Return a value of a request: text without quotes, anything else as its repr."""
        line = self._masker.line if isinstance(value, str) else self._masker.show
        return line(value, limit=80)

    def _outcome(self, call: CallRecord) -> str:
        response = call.response
        if response is None:
            lost = " (the response was lost)" if call.response_lost else ""
            holder = self._slot_holder(call)
            return f"{self._masker.line(call.error, call.request, limit=300)}{lost}{holder}"
        if call.response_lost:
            return f"{self._result(response)} (the response was lost)"
        return self._result(response)

    def _result(self, response: Mapping[str, Any]) -> str:
        for name in ("JobRunId", "RunId"):
            if name in response:
                return short_id(response[name])
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

    def _runs(self) -> Iterator[str]:
        for run in self._glue.store.runs.values():
            end = self._now if run.completed_on is None else run.completed_on
            duration = format_duration(end - run.started_on)
            yield f"{self._describer.name(run)}: {run.state} after {duration}{self._cause(run)}"
            for step in run.history:
                detail = f"  {self._describer.detail(run, step.detail)}" if step.detail else ""
                yield f"  {format_time(step.at)}  {step.state}{detail}"

    def _cause(self, run: Run) -> str:
        if run.origin is None:
            return ""
        return self._masker.line(f", started by trigger {run.origin.trigger_name}", limit=80)

    def _upcoming(self) -> Iterator[str]:
        for event in self._glue.event_queue.upcoming():
            duration = format_duration(event.at - self._now)
            subject = self._describer.subject(event)
            yield f"{format_time(event.at)}  {subject}: {event.label} (in {duration})"
        for run in self._describer.active_runs():
            if self._glue.simulation.next_event(run) is None:
                yield self._describer.prospect(run)


def _times(glue: GlueService, *, frozen: bool) -> tuple[datetime, str]:
    """Return the simulation time, and a sentence about the clock."""
    if clock.last_freeze_ended() and not glue.halted:
        # The test froze time itself, and that freeze has ended with it.
        now = glue.event_queue.now
        return now, f"Time was frozen at {format_time(now)} UTC."
    now, time = glue.advance(), glue.time()
    behind = f" The runs stay at {format_time(now)}." if time < now else ""
    return now, f"Time is {'frozen at' if frozen else 'real, now'} {format_time(time)} UTC.{behind}"
