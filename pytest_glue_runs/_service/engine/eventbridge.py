"""The events that Glue sends to EventBridge, in AWS's shapes.

Source: the developer guide's automating-awsglue-with-cloudwatch-events, and the EventBridge
guide's list of event types.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

from pytest_glue_runs._service.engine.event_queue import EventQueue, add_duration
from pytest_glue_runs._service.engine.run_event import RunEvent
from pytest_glue_runs._service.model.run import Run

_ENDINGS = {
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "FAILED": ("ERROR", "JobName:{job} and JobRunId:{run} failed to execute"),
    "TIMEOUT": ("WARN", "Job run timed out"),
    "STOPPED": ("INFO", "Job run stopped"),
}
# Some ErrorMessages of Glue begin like its events.
_PREFIXED = re.compile(r"(AccountId:\S+ and )?JobName:.* and JobRunId:\S+ failed to execute")
_DELAYED = frozenset({"STARTING", "RUNNING", "STOPPING"})


class EventLog:
    """The EventBridge events sent so far, oldest first, and the delay notifications to come."""

    def __init__(self, queue: EventQueue) -> None:
        self.events: list[dict[str, Any]] = []
        self.undelivered: list[dict[str, Any]] = []
        """Events that were not yet delivered to moto's EventBridge."""
        self._queue = queue
        self._delays: dict[str, RunEvent] = {}

    def take_undelivered(self) -> list[dict[str, Any]]:
        """Return the events that were added since the last call."""
        events, self.undelivered = self.undelivered, []
        return events

    def run_accepted(self, run: Run) -> None:
        """Schedule the delay notification of *run*, if its NotifyDelayAfter asks for one."""
        delay = run.config.notify_after
        if delay is not None:
            due = add_duration(run.started_on, delay)
            event = RunEvent(due, run, "delay_notification", self._delayed)
            self._delays[run.id] = self._queue.add(event)

    def state_entered(self, run: Run, at: datetime) -> None:
        """Send the event for the state that *run* has just entered, if there is one."""
        if run.state in _ENDINGS:
            self._send(run, at, "Glue Job State Change", _state_change(run))
        delay = self._delays.get(run.id)
        if delay is not None:
            if run.state in _DELAYED and delay.at <= at:
                self._send(run, at, "Glue Job Run Status", _run_status(run))
            if run.ended:
                delay.cancelled = True
                del self._delays[run.id]

    def _delayed(self, event: RunEvent) -> None:
        run = event.run
        # For a state entered at this very moment, state_entered() has sent the event.
        if run.state in _DELAYED and run.modified_on < event.at:
            self._send(run, event.at, "Glue Job Run Status", _run_status(run))

    def _send(self, run: Run, at: datetime, kind: str, detail: dict[str, Any]) -> None:
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{run.id} {kind} {run.state}")),
            "detail-type": kind,
            "source": "aws.glue",
            "account": run.job.account_id,
            "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": run.job.region,
            "resources": [],
            "detail": detail,
        }
        self.events.append(event)
        self.undelivered.append(event)


def _state_change(run: Run) -> dict[str, Any]:
    severity, template = _ENDINGS[run.state]
    message = template.format(job=run.job.name, run=run.id)
    if run.error and run.state == "FAILED":
        prefixed = _PREFIXED.match(run.error)
        message = run.error if prefixed else f"{message} with exception {run.error}"
    return {
        "jobName": run.job.name,
        "severity": severity,
        "state": run.state,
        "jobRunId": run.id,
        "message": message,
    }


def _run_status(run: Run) -> dict[str, Any]:
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
