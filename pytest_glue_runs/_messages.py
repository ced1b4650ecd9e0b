"""The messages of errors that depend on the state of the service."""

from __future__ import annotations

from datetime import datetime

from pytest_glue_runs._describe import (
    Describer,
    execution_lines,
    format_time,
    indented,
    shortened,
)
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.engine.stall_detector import CLIENT_CALLS, StallDetected
from pytest_glue_runs._service.service import GlueService
from pytest_glue_runs._time import clock, foreign
from pytest_glue_runs._time.duration import format_duration
from pytest_glue_runs.errors import EndlessLoopInterrupt, TooManyReadsError


class Messages:
    """Writes error messages about *glue*."""

    def __init__(self, glue: GlueService, masker: Masker) -> None:
        self.masker = masker
        self._glue = glue
        self._describer = Describer(glue, masker)

    def read(self, subject: str) -> datetime:
        """Advance for a read by the test and return the simulation time.

        The caller holds the lock. Raises TooManyReadsError, then EndlessLoopInterrupt, for reads
        of *subject* that are repeated too often without the clock advancing.
        """
        __tracebackhide__ = True
        try:
            return self._glue.record_read(subject)
        except StallDetected as stall:
            raise self.stall_error(stall) from None

    def stall_error(self, stall: StallDetected) -> BaseException:
        """Return the error for a loop that reads without the clock advancing."""
        kind = EndlessLoopInterrupt if stall.repeated else TooManyReadsError
        with self._glue.lock:
            return kind(self._stalled(stall))

    def _stalled(self, stall: StallDetected) -> str:
        run = self._glue.store.runs.get(stall.subject)
        if stall.subject == CLIENT_CALLS:
            reads = f"{stall.reads} calls in a row only read from Glue, or failed"
        else:
            reads = f"The test has read {self._subject_read(stall.subject)} {stall.reads} times"
        now = format_time(self._glue.time())
        cause = f"{reads}, and the clock did not advance from {now} UTC: nothing can change."
        if run is not None and run.ended:
            error = f": {self._describer.detail(run, run.error)}" if run.error else ""
            return (
                f"{cause}\n  It is {run.state}{error}\n"
                "A run that has ended does not change. Wait until `ended` is true, then read it."
            )
        return self._with_prospects(
            cause,
            "Move the clock in the loop, with time.sleep() or glue_runs.tick(), "
            "or set max_reads higher.",
            foreign.undriven(),
        )

    def _subject_read(self, subject: str) -> str:
        run = self._glue.store.runs.get(subject)
        workflow_run = self._glue.store.workflow_runs.get(subject)
        if run is not None:
            return self._describer.name(run)
        if workflow_run is not None:
            return f"workflow run {self._describer.workflow_run_name(workflow_run)}"
        return f"glue_runs.{subject}"

    def too_many_sleeps(self, limit: int) -> str:
        """Return the message for a loop that sleeps without end."""
        with self._glue.lock:
            self._glue.advance()
            now = format_time(self._glue.event_queue.now)
            cause = f"Waiting has moved the clock {limit} times, to {now} UTC, and continues."
            remedy = "Let the run end, give the loop a limit of its own, or set max_sleeps higher."
            runs = list(self._glue.store.runs.values())
            if runs and not self._describer.prospects():
                cause += f" Nothing is left to happen: {self._describer.name(runs[-1])}, the last "
                cause += f"run, is {runs[-1].state}."
                remedy = (
                    "Let the loop end with the run, in whatever state; give it a limit of its "
                    "own, or set max_sleeps higher."
                )
            return self._with_prospects(cause, remedy, foreign.undriven())

    def unsettled(self, begin: datetime) -> str:
        """Return the message for runs that settle(), called at *begin*, did not end."""
        with self._glue.lock:
            now = self._glue.event_queue.now
            waiting = any(run.state == "WAITING" for run in self._describer.active_runs())
            quota = "Raise the limit that runs wait for, with glue_runs.quotas. " if waiting else ""
            moved = f"moved the clock by {format_duration(now - begin)}, to"
            return self._with_prospects(
                f"settle() {moved if now > begin else 'stayed at'} {format_time(now)} UTC, "
                "and not all runs have ended:",
                f"{quota}Stop them, plan an end for them, or move the clock as far as the test "
                "needs it, with glue_runs.tick().",
            )

    def endless_schedules(self, of_event_bridge: list[tuple[str, datetime]]) -> str | None:
        """Return the message for settle() with schedules that never end; None without any.

        *of_event_bridge*: those of EventBridge, with their names and when they fire next.
        """
        with self._glue.lock:
            of_triggers = [
                (self._describer.subject(event), event.at)
                for event in self._glue.triggers.endless()
            ]
        schedules = sorted([*of_triggers, *of_event_bridge], key=lambda schedule: schedule[1])
        if not schedules:
            return None
        cause = "settle() would never end: there are schedules without an end."
        lines = (f"{name}: next at {format_time(at)} UTC" for name, at in schedules)
        remedy = (
            "Move the clock as far as the test needs it, with glue_runs.tick() or "
            "glue_runs.move_to()"
        )
        remedy += ", or stop the trigger with StopTrigger" if of_triggers else ""
        remedy += ", or disable the schedule" if of_event_bridge else ""
        return "\n".join([cause, *indented(shortened(lines)), f"{remedy}."])

    def keeps_going(self, steps: int) -> str:
        """Return the message for settle() while runs start one another again and again."""
        with self._glue.lock:
            now = format_time(self._glue.event_queue.now)
            return self._with_prospects(
                f"settle() moved the clock {steps} times, to {now} UTC, and runs still start:",
                "Do runs start one another in a circle, through triggers or functions of plans? "
                "Move the clock as far as the test needs it, with glue_runs.tick().",
            )

    def unfinished_executions(self, executions: list[tuple[str, datetime]], begin: datetime) -> str:
        """Return the message for executions that settle(), called at *begin*, did not end."""
        now = clock.now()
        moved = f"moved the clock by {format_duration(now - begin)}, to"
        moved = f"settle() {moved if now > begin else 'stayed at'} {format_time(now)} UTC, "
        remedy = (
            "Send the result that a task waits for, stop them, or move the clock as far as the "
            "test needs it, with glue_runs.tick()."
        )
        return "\n".join(
            [
                moved + "and not all executions have ended:",
                *indented(execution_lines(executions)),
                remedy,
            ]
        )

    def unused(self) -> str | None:
        """Return the message for plans and faults that were never used; None without any."""
        with self._glue.lock:
            plans, faults = self._describer.unused_plans(), self._describer.unused_faults()
        lines, remedies = [], []
        if plans:
            lines += ["Plans that no run used:", *indented(plans)]
            remedies.append("start a run for each plan")
        if faults:
            lines += ["Faults that no call had:", *indented(faults)]
            remedies.append("make a call for each fault")
        if not lines:
            return None
        remedy = f"{', '.join(remedies)}, or set unused='ignore'."
        return "\n".join([*lines, remedy[0].upper() + remedy[1:]])

    def _with_prospects(self, cause: str, remedy: str, note: str | None = None) -> str:
        notes = [note] if note else []
        return "\n".join([cause, *indented(self._describer.prospects()), remedy, *notes])
