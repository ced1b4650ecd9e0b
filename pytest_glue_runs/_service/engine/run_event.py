"""Events in the life of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pytest_glue_runs._service.engine.event_queue import Event
from pytest_glue_runs._service.model.run import Run, RunState

RunEventKind = Literal["transition", "script", "retry", "restart", "release", "delay_notification"]


@dataclass(slots=True, eq=False)
class RunEvent(Event):
    """Something that will happen to a run."""

    run: Run
    kind: RunEventKind
    action: Callable[[RunEvent], None]
    """Called with this event when it is due."""
    state: RunState | None = None
    """The state that the run enters; None if it enters none."""
    detail: str | None = None

    def process(self) -> None:
        """Call the action."""
        self.action(self)

    @property
    def label(self) -> str:
        """Short text for a report, such as ``RUNNING`` or ``attempt 1``."""
        labels = {
            "script": "its script continues",
            "retry": f"attempt {self.run.attempt + 1}",
            "release": "no longer counts against the limits",
            "delay_notification": "delay notification",
        }
        return self.state or labels[self.kind]

    @property
    def recurs_forever(self) -> bool:
        """Whether this is the restart of a run that never ends."""
        return self.kind == "restart" and self.run.plan.ending is None
