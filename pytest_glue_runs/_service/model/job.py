"""A job: its definition, and what GetJob shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pytest_glue_runs._service.model.definition import Definition
from pytest_glue_runs._service.model.effective_config import (
    UNCONFIGURED,
    EffectiveConfig,
    effective_config,
)


class BookmarkReset(NamedTuple):
    """The last ResetJobBookmark of a job."""

    runs_before: int
    """How many runs the job had had; they no longer count."""
    back_to: str | None
    """The id of the run whose bookmark holds again; None: start from the beginning."""


@dataclass(slots=True, eq=False)
class Job:
    """A job in one region of one account."""

    name: str
    account_id: str
    region: str
    given: Definition
    """The definition as the client sent it."""
    definition: Definition
    """The definition with Glue's defaults, as GetJob shows it."""
    created_on: datetime
    modified_on: datetime
    tags: dict[str, str] = field(default_factory=dict)
    run_ids: list[str] = field(default_factory=list)
    """In the order the runs were started."""
    bookmark_reset: BookmarkReset | None = None
    bookmark_resets: int = 0
    active_runs: int = 0
    """How many runs count against MaxConcurrentRuns now."""
    _usual_config: EffectiveConfig | None = None

    def update(self, given: Definition, definition: Definition, at: datetime) -> None:
        """Replace the definition."""
        self.given = given
        self.definition = definition
        self.modified_on = at
        self._usual_config = None

    def config_for(self, request: Mapping[str, Any]) -> EffectiveConfig:
        """Return the effective configuration of a run started with *request*.

        Runs whose requests configure nothing share one.
        """
        if not request.keys() <= UNCONFIGURED:
            return effective_config(self.definition, request)
        if self._usual_config is None:
            self._usual_config = effective_config(self.definition, {})
        return self._usual_config

    def describe(self) -> dict[str, Any]:
        """Return what GetJob shows."""
        return {
            "Name": self.name,
            **self.definition,
            "CreatedOn": self.created_on,
            "LastModifiedOn": self.modified_on,
        }
