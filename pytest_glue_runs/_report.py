"""The story of a test: what the service saw, what each run did, what would happen next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from pytest_glue_runs._service.engine.event_queue import Event
from pytest_glue_runs._service.model.call import Call
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.error_catalog import NOT_FOUND
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._suggest import did_you_mean
from pytest_glue_runs._time import clock
from pytest_glue_runs._time.duration import format_duration

TITLE = "Glue job runs"

# More lines than these help nobody; the first and the last tell the story.
_FIRST, _LAST = 20, 30

# Durations are shown to the millisecond.
_SHOWN = timedelta(milliseconds=1)


def story(glue: GlueService, *, frozen: bool) -> str:
    """What a failing test shows."""
    with glue.lock:
        now, time = _moments(glue, frozen)
        parts = [[time]]
        parts.append(
            ["Calls:", *indented(_shortened(_calls(glue.calls)))]
            if glue.calls
            else ["No call has reached Glue."]
        )
        lost = _elsewhere(glue)
        if lost:
            parts.append(["Jobs that are not where the call went:", *indented(lost)])
        if glue.store.runs:
            parts.append(["Runs:", *indented(_shortened(_runs(glue.store.runs.values(), now)))])
        upcoming = list(_upcoming(glue, now))
        if upcoming:
            parts.append(["Next:", *indented(_shortened(upcoming))])
        fresh = [run for run in _under_way(glue) if run.started_on == now]
        if fresh:
            told = _shortened(_prospect(glue, run) for run in fresh)
            parts.append(["Nothing has moved the clock since these were started:", *indented(told)])
        if glue.plans.unused():
            parts.append(["Plans that no run used:", *indented(unused_plans(glue))])
        if glue.faults.unused():
            parts.append(["Errors that no call met:", *indented(_unused_faults(glue))])
        return "\n".join(line for part in parts for line in part)


def _moments(glue: GlueService, frozen: bool) -> tuple[datetime, str]:
    """The time that it is for the runs, and what to say of the time."""
    if clock.last_freeze_ended() and not glue.halted:
        # A freeze inside of the test has ended with it; the runs went by that one.
        now = glue.event_queue.now
        return now, f"Time was frozen at {time_text(now)} UTC."
    now, time = glue.advance(), glue.time()
    behind = f" The runs are at {time_text(now)}: they do not go back." if time < now else ""
    return now, f"Time is {'frozen at' if frozen else 'real, now'} {time_text(time)} UTC.{behind}"


def prospects(glue: GlueService) -> list[str]:
    """What becomes of the runs that have not ended, or are tried again, a line each."""
    retries = (
        _retry(glue, event) for event in glue.event_queue.upcoming() if event.kind == "retry"
    )
    return _shortened([*(_prospect(glue, run) for run in _under_way(glue)), *retries])


def _under_way(glue: GlueService) -> list[Run]:
    return [run for run in glue.store.runs.values() if not run.ended]


def _prospect(glue: GlueService, run: Run) -> str:
    who = f"{run.job.name} {short(run.id)} is {run.state}"
    end = glue.simulation.ends_at(run)
    if end is not None:
        # Not a moment too short: the clock may stand between two milliseconds.
        span = format_duration(-((glue.event_queue.now - end) // _SHOWN) * _SHOWN)
        return f"{who}, and ends in {span}: glue_runs.tick({span!r}) would end it"
    if run.state == "WAITING":
        return f"{who}: {glue.simulation.waiting_reason(run)}"
    return f"{who}, and never ends by itself"


def _retry(glue: GlueService, event: Event) -> str:
    span = format_duration(event.at - glue.event_queue.now)
    who = f"{event.run.job.name} {short(event.run.id)} is {event.run.state}"
    return f"{who}, and {event.label} comes in {span}"


def _elsewhere(glue: GlueService) -> list[str]:
    """The jobs that a call did not find, and that are not there or somewhere else."""
    lines = []
    for call in glue.calls:
        name = call.request.get("JobName")
        if call.error is None or call.error.code != NOT_FOUND or name is None:
            continue
        jobs = {name for region in glue.store.regions.values() for name in region.jobs}
        near = did_you_mean(name, jobs)
        if name not in jobs and near:
            lines.append(f"{name}: there is no job of this name.{near}")
        homes = [key for key, region in glue.store.regions.items() if name in region.jobs]
        if homes and tuple(call.caller) not in homes:
            account_id, region = homes[0]
            went = f"the call went to {call.caller.region} of {call.caller.account_id}"
            lines.append(f"{name}: it is in {region} of {account_id}, and {went}")
    return list(dict.fromkeys(lines))


def unused_plans(glue: GlueService) -> list[str]:
    """The plans that no run has used, a line each."""
    jobs = {name for region in glue.store.regions.values() for name in region.jobs}
    return [
        f"{name}: {plan}{'' if name in jobs else _no_such_job(name, jobs)}"
        for name, plan in glue.plans.unused()
    ]


def _no_such_job(name: str, jobs: Iterable[str]) -> str:
    return f"  (there is no job of this name.{did_you_mean(name, jobs)})"


def _unused_faults(glue: GlueService) -> Iterator[str]:
    for what, same in groupby(f"{name}: {error}" for name, error in glue.faults.unused()):
        times = len([*same])
        yield f"{what}  ({times} times)" if times > 1 else what


def short(run_id: str) -> str:
    """An id that people can read: the beginning of the hash, and which attempt or restart."""
    head, mark, rest = run_id.removeprefix("jr_").partition("_")
    return f"jr_{head[:8]}…{mark}{rest}" if run_id.startswith("jr_") and len(head) > 9 else run_id


def _calls(calls: Iterable[Call]) -> Iterator[str]:
    # Polling gives the same line again and again: one line, and how often.
    for what, same in groupby(calls, key=_call):
        times = [call.at for call in same]
        until = f"  ({len(times)} times, until {time_text(times[-1])})" if len(times) > 1 else ""
        yield f"{time_text(times[0])}  {what}{until}"


def _call(call: Call) -> str:
    request = call.request
    about = [str(request[name]) for name in ("JobName", "Name") if name in request]
    ids = [request["RunId"]] if "RunId" in request else request.get("JobRunIds", [])
    about += [short(str(run_id)) for run_id in ids]
    region = call.caller.region
    return f"{' '.join([call.operation, *about, f'[{region}]'])} -> {_outcome(call)}"


def _outcome(call: Call) -> str:
    if call.response is None:
        return str(call.error)
    response: dict[str, Any] = dict(call.response)
    if "JobRunId" in response:
        return short(response["JobRunId"])
    if "JobRun" in response:
        return str(response["JobRun"]["JobRunState"])
    for name in ("JobRuns", "Jobs", "JobNames"):
        if name in response:
            return f"{len(response[name])} {name}"
    refused = [f"{e['ErrorDetail']['ErrorCode']}" for e in response.get("Errors", [])]
    return ", ".join(["ok", *refused])


def _runs(runs: Iterable[Run], now: datetime) -> Iterator[str]:
    for run in runs:
        ran = f" after {format_duration(now - run.started_on)}"
        if run.completed_on is not None:
            ran = f" after {format_duration(run.completed_on - run.started_on)}"
        yield f"{run.job.name} {short(run.id)}: {run.state}{ran}"
        for step in run.history:
            detail = f"  {step.detail}" if step.detail else ""
            yield f"  {time_text(step.at)}  {step.state}{detail}"


def _upcoming(glue: GlueService, now: datetime) -> Iterator[str]:
    for event in glue.event_queue.upcoming():
        who = f"{event.run.job.name} {short(event.run.id)}"
        span = format_duration(event.at - now)
        yield f"{time_text(event.at)}  {who}: {event.label} (in {span})"
    for run in glue.store.runs.values():
        if glue.simulation.next_event(run) is None and not run.ended:
            yield _prospect(glue, run)


def time_text(moment: datetime) -> str:
    text = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    return text[:-3] if not text.endswith(".000000") else text[:-7]


def indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _shortened(lines: Iterable[str]) -> list[str]:
    every = list(lines)
    left_out = len(every) - _FIRST - _LAST
    if left_out <= 1:
        return every
    return [*every[:_FIRST], f"… {left_out} lines more …", *every[-_LAST:]]
