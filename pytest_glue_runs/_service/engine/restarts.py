"""Ids of retries and restarts, and when a streaming run is restarted.

Source: the developer guide's glue-streaming-maintenance, and the CLI example of get-job-runs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from pytest_glue_runs._service.model.plan import Plan
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.behaviors import LONGEST_TIMEOUT, RESTART_AFTER, WINDOW_LENGTH

_RESTART = re.compile(r"(?P<root>.*)_restart_(?P<number>\d+)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def restart_due(run: Run) -> datetime | None:
    """Return when *run* is restarted; None for all but long streaming runs."""
    if run.config.command != "gluestreaming":
        return None
    if run.config.resolved.get("Timeout", LONGEST_TIMEOUT.value) < LONGEST_TIMEOUT.value:
        return None
    try:
        # Not counted from StartedOn: a run may have been WAITING for more than a week.
        started = next(step.at for step in run.history if step.state == "STARTING")
        week = started + RESTART_AFTER.value
        window = run.config.resolved.get("MaintenanceWindow")
        return week if window is None else _in_window(window, week)
    except OverflowError:
        return None


def attempt_id(run: Run) -> str:
    """Return the id of the next attempt. It does not keep the number of a restart."""
    root = run.id.partition("_attempt_")[0].partition("_restart_")[0]
    return f"{root}_attempt_{run.attempt + 1}"


def restart_id(run: Run) -> str:
    """Return the id of the run that replaces *run* at a restart."""
    match = _RESTART.fullmatch(run.id)
    if match is None:
        return f"{run.id}_restart_1"
    return f"{match['root']}_restart_{int(match['number']) + 1}"


def remaining_plan(run: Run, at: datetime, duration: timedelta) -> Plan:
    """Return what is left of the run's plan when it is restarted *at* that time.

    *duration* is how long the script runs if the plan does not say.
    """
    plan = run.plan
    assert run.running_on is not None  # only a run that is RUNNING is restarted
    ran = at - run.running_on
    lines = [line._replace(after=line.after - ran) for line in plan.logs if line.after > ran]
    after = plan.after
    if plan.ending is not None:
        after = (duration if plan.after is None else plan.after) - ran
    return replace(plan, after=after, logs=tuple(lines))


def _in_window(window: str, moment: datetime) -> datetime:
    """Return the first time from *moment* on inside a window such as ``Sun:10`` (GMT)."""
    day, hour = window.split(":")
    begin = moment.replace(hour=int(hour), minute=0, second=0, microsecond=0)
    begin += timedelta(days=(_DAYS.index(day) - begin.weekday()) % 7)
    if begin > moment:
        begin -= timedelta(days=7)
    return moment if moment < begin + WINDOW_LENGTH.value else begin + timedelta(days=7)
