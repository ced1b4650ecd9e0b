"""What EventBridge is told of runs, in AWS's request_model.

Source: the developer guide's automating-awsglue-with-cloudwatch-events, and the EventBridge
guide's list of event types.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.engine.event_queue import EventQueue, later

if TYPE_CHECKING:
    from pytest_glue_runs._service.model.run import Run

_ENDINGS = {
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "FAILED": (
        "ERROR",
        "JobName:{job} and JobRunId:{run} failed to execute with exception {error}",
    ),
    "TIMEOUT": ("WARN", "Job run timed out"),
    "STOPPED": ("INFO", "Job run stopped"),
}
_DELAYED = frozenset({"STARTING", "RUNNING", "STOPPING"})


class EventLog:
    """The events so far, the oldest first."""

    def __init__(self, event_queue: EventQueue) -> None:
        self.events: list[dict[str, Any]] = []
        self.new: list[dict[str, Any]] = []
        """Those that nobody has taken yet."""
        self._event_queue = event_queue

    def take_new(self) -> list[dict[str, Any]]:
        """The events that came since this was last asked."""
        new, self.new = self.new, []
        return new

    def started(self, run: Run, delay: timedelta) -> None:
        """Looks at the *run* again when it has taken as long as its NotifyDelayAfter."""
        at = later(run.started_on, delay)
        run.notice = self._event_queue.add(at, run, "delay notice", self._late)

    def entered(self, run: Run, at: datetime) -> None:
        """Tells of the state that the *run* has entered, if that is told."""
        if run.state in _ENDINGS:
            self._send(run, at, "Glue Job State Change", _ending(run))
        if run.notice is not None:
            if run.state in _DELAYED and run.notice.at <= at:
                self._send(run, at, "Glue Job Run Status", _status(run))
            if run.ended:
                run.notice.cancelled = True

    def _late(self, run: Run, what: str, detail: str | None, at: datetime) -> None:
        # A state entered in this very moment has been told of already.
        if run.state in _DELAYED and run.modified_on < at:
            self._send(run, at, "Glue Job Run Status", _status(run))

    def _send(self, run: Run, at: datetime, kind: str, detail: dict[str, Any]) -> None:
        region = run.job.region
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run.id} {kind} {run.state}")),
            "detail-type": kind,
            "source": "aws.glue",
            "account": region.account_id,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region.name,
            "resources": [],
            "detail": detail,
        }
        self.events.append(event)
        self.new.append(event)


def _ending(run: Run) -> dict[str, Any]:
    severity, message = _ENDINGS[run.state]
    return {
        "jobName": run.job.name,
        "severity": severity,
        "state": run.state,
        "jobRunId": run.id,
        "message": message.format(job=run.job.name, run=run.id, error=run.error or ""),
    }


def _status(run: Run) -> dict[str, Any]:
    delay = run.config.resolved["NotificationProperty"]["NotifyDelayAfter"]
    started = run.started_on.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "jobName": run.job.name,
        "severity": "INFO",
        "notificationCondition": {"NotifyDelayAfter": float(delay)},
        "state": run.state,
        "jobRunId": run.id,
        "message": f"Job is in {run.state} state",
        "startedOn": started,
    }
