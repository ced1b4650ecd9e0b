"""What is told of a loop that never ends: why, and what becomes of the runs."""

from __future__ import annotations

from datetime import datetime

from pytest_glue_runs._report import indented, prospects, short, time_text
from pytest_glue_runs._service.engine.stall_detector import BY_CLIENT
from pytest_glue_runs._service.service import Glue
from pytest_glue_runs._time import waiting
from pytest_glue_runs._time.duration import format_duration


def standstill(glue: Glue, what: str) -> str | None:
    """Why looking at *what* again and again shows nothing new; None if others move the clock."""
    if waiting.others_wait():
        return None
    times, now = glue.defaults.max_reads, time_text(glue.time())
    run = glue.store.runs.get(what)
    looked = "Glue was read, or refused a call,"
    if what != BY_CLIENT:
        name = f"glue_runs.{what}" if run is None else f"{run.job.name} {short(run.id)}"
        looked = f"The test has looked at {name}"
    why = f"{looked} {times} times while time stood still at {now} UTC: nothing can change."
    if run is not None and run.ended:
        error = f": {run.error}" if run.error else ""
        return (
            f"{why}\n  It is {run.state}{error}\n"
            "A run that has ended stays as it is. Wait until it has `ended`, and look then."
        )
    return _with_prospects(
        why,
        glue,
        "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
        "or set max_reads higher.",
    )


def endless(glue: Glue, limit: int) -> str:
    """Why waiting again and again does not end."""
    glue.catch_up()
    now = time_text(glue.event_queue.now)
    return _with_prospects(
        f"Waiting has moved the clock {limit} times, to {now} UTC, and goes on.",
        glue,
        "Let the run end, give the loop a limit of its own, or set max_sleeps higher.",
    )


def unsettled(glue: Glue, begin: datetime) -> str:
    """What settle() found that never ends."""
    now = glue.event_queue.now
    moved = f"moved the clock by {format_duration(now - begin)}, to" if now > begin else "stayed at"
    return _with_prospects(
        f"settle() {moved} {time_text(now)} UTC, and not all runs have ended:",
        glue,
        "Stop them, plan an end for them, or move the clock as far as the test needs it, "
        "with glue_runs.tick().",
    )


def _with_prospects(what: str, glue: Glue, remedy: str) -> str:
    return "\n".join([what, *indented(prospects(glue)), remedy])
