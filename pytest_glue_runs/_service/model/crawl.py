"""Crawls: runs of crawlers that a trigger started. Nothing is crawled."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pytest_glue_runs._service.model.origin import Origin
from pytest_glue_runs._service.model.plan import SUCCEEDS, Plan

CrawlState = Literal["RUNNING", "CANCELLING", "CANCELLED", "SUCCEEDED", "FAILED", "ERROR"]
"""Source: the service's model of CrawlState."""


@dataclass(slots=True, eq=False)
class Crawl:
    """A crawl in one region of one account."""

    crawler_name: str
    account_id: str
    region: str
    plan: Plan
    origin: Origin
    started_on: datetime
    state: CrawlState = "RUNNING"
    completed_on: datetime | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.completed_on is not None

    def end(self, state: CrawlState, at: datetime, error: str | None = None) -> None:
        """Record that it ends."""
        self.state = state
        self.completed_on = at
        self.error = error

    def describe(self) -> dict[str, Any]:
        """Return the Crawl that a workflow's graph shows."""
        shown: dict[str, Any] = {"State": self.state, "StartedOn": self.started_on}
        if self.completed_on is not None:
            shown["CompletedOn"] = self.completed_on
        if self.error is not None:
            shown["ErrorMessage"] = self.error
        shown |= {"LogGroup": "/aws-glue/crawlers", "LogStream": self.crawler_name}
        return shown


class CrawlPlans:
    """The unused plans of each crawler, in order."""

    def __init__(self) -> None:
        self._unused: dict[str, deque[Plan]] = {}

    def add(self, crawler: str, plans: tuple[Plan, ...]) -> None:
        """Append *plans* to those of the crawler."""
        self._unused.setdefault(crawler, deque()).extend(plans)

    def take(self, crawler: str) -> Plan:
        """Remove and return the plan of the crawler's next crawl; without one it succeeds."""
        unused = self._unused.get(crawler)
        return unused.popleft() if unused else SUCCEEDS

    def unused(self) -> list[tuple[str, Plan]]:
        """Return the crawlers and plans that no crawl has used."""
        return [(name, plan) for name, plans in self._unused.items() for plan in plans]
