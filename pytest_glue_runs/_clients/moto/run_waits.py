"""Tasks of state machines that wait for the end of a job run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# How often a task reads its run in real time, where nothing else may read it: moto's interval.
_POLL_SECONDS = 0.5


class RunWaits:
    """The environments of moto's interpreter in which a task waits for a run.

    Like Step Functions itself, a task reads its run when EventBridge reports the end. So it
    notices that at the right moment, and reads the run twice instead of thousands of times.
    """

    def __init__(self, on_frozen_clock: Callable[[], bool]) -> None:
        self._on_frozen_clock = on_frozen_clock
        self._environments: dict[str, Any] = {}
        self.are_over = False
        """Whether the mock is about to end: runs are left as they are."""

    def __bool__(self) -> bool:
        return bool(self._environments)

    @contextmanager
    def for_run(self, run_id: str, env: Any) -> Iterator[None]:
        """While active, `wait` in *env* ends with the run."""
        self._environments[run_id] = env
        try:
            yield
        finally:
            del self._environments[run_id]

    def wait(self, env: Any) -> None:
        """Wait until the state of the run or of the execution may have changed."""
        env.program_state_event.wait(None if self._on_frozen_clock() else _POLL_SECONDS)

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Wake the task that waits for the run of an EventBridge *event*."""
        env = self._environments.get(event["detail"]["jobRunId"])
        if env is not None:
            # As the interpreter itself interrupts whatever waits in an environment.
            env.program_state_event.set()
            env.program_state_event.clear()
