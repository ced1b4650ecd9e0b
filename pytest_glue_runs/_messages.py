"""What is told of a loop that never ends: why, and what becomes of the runs."""

from __future__ import annotations

from datetime import datetime

from pytest_glue_runs._report import indented, prospects, short, time_text
from pytest_glue_runs._service.engine.stall_detector import CLIENT_CALLS, StallDetected
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._time import foreign
from pytest_glue_runs._time.duration import format_duration
from pytest_glue_runs.errors import EndlessLoopInterrupt, TooManyReadsError


def read(glue: GlueService, subject: str) -> datetime:
    """Advance for a read by the test and return the simulation time.

    The caller holds the lock. Raises TooManyReadsError, then EndlessLoopInterrupt, for reads of
    *subject* that are repeated too often without the clock advancing.
    """
    __tracebackhide__ = True
    try:
        return glue.record_read(subject)
    except StallDetected as stall:
        raise stall_error(glue, stall) from None


def stall_error(glue: GlueService, stall: StallDetected) -> BaseException:
    """Return the error, with its message, for a loop that reads while the clock stands still."""
    kind = EndlessLoopInterrupt if stall.repeated else TooManyReadsError
    return kind(_stall_message(glue, stall))


def _stall_message(glue: GlueService, stall: StallDetected) -> str:
    times, now = stall.reads, time_text(glue.time())
    run = glue.store.runs.get(stall.subject)
    looked = "Glue was read, or refused a call,"
    if stall.subject != CLIENT_CALLS:
        name = f"glue_runs.{stall.subject}" if run is None else f"{run.job.name} {short(run.id)}"
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
        foreign.undriven(),
    )


def endless(glue: GlueService, limit: int) -> str:
    """Why waiting again and again does not end."""
    glue.catch_up()
    now = time_text(glue.event_queue.now)
    return _with_prospects(
        f"Waiting has moved the clock {limit} times, to {now} UTC, and goes on.",
        glue,
        "Let the run end, give the loop a limit of its own, or set max_sleeps higher.",
        foreign.undriven(),
    )


def unsettled(glue: GlueService, begin: datetime) -> str:
    """What settle() found that never ends."""
    now = glue.event_queue.now
    moved = f"moved the clock by {format_duration(now - begin)}, to" if now > begin else "stayed at"
    return _with_prospects(
        f"settle() {moved} {time_text(now)} UTC, and not all runs have ended:",
        glue,
        "Stop them, plan an end for them, or move the clock as far as the test needs it, "
        "with glue_runs.tick().",
    )


def _with_prospects(what: str, glue: GlueService, remedy: str, note: str | None = None) -> str:
    return "\n".join([what, *indented(prospects(glue)), remedy, *([note] if note else [])])
