"""Crawls that triggers start. They end after their time; nothing is crawled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_glue_runs._service.engine.event_queue import Event, EventQueue, add_duration
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.model.crawl import Crawl, CrawlPlans, CrawlState
from pytest_glue_runs._service.model.origin import Origin
from pytest_glue_runs._service.model.store import Region, Store
from pytest_glue_runs._service.model.workflow import WorkflowRun
from pytest_glue_runs._service.rules.trigger_rules import CRAWLER_BUSY


@dataclass(slots=True, eq=False)
class CrawlEvent(Event):
    """The end of a crawl."""

    crawl: Crawl
    action: Callable[[CrawlEvent], None]

    def process(self) -> None:
        """Call the action."""
        self.action(self)

    @property
    def label(self) -> str:
        """The state in which it ends."""
        return str(self.crawl.plan.ending)


class Crawls:
    """Starts and ends crawls. *duration* holds for crawls whose plan does not give it."""

    def __init__(
        self, queue: EventQueue, store: Store, plans: CrawlPlans, duration: timedelta
    ) -> None:
        self.on_end: Callable[[Region, Crawl, datetime], None] = lambda region, crawl, at: None
        """Called when a crawl has ended."""
        self._queue = queue
        self._store = store
        self._plans = plans
        self._duration = duration

    def start(self, region: Region, crawler: str, origin: Origin, at: datetime) -> Crawl:
        """Start a crawl. It is in ERROR at once if the crawler is busy."""
        plan = self._plans.take(crawler)
        crawl = Crawl(crawler, region.account_id, region.name, plan, origin, at)
        if isinstance(origin.chain, WorkflowRun):
            origin.chain.add_crawl(crawl)
        if crawler in region.crawls:
            self._end(crawl, "ERROR", CRAWLER_BUSY.value.format(crawler=crawler), at)
            return crawl
        region.crawls[crawler] = crawl
        if plan.ending is not None:
            due = add_duration(at, self._duration if plan.after is None else plan.after)
            self._queue.add(CrawlEvent(due, crawl, self._due))
        return crawl

    def cancel(self, crawl: Crawl, at: datetime) -> None:
        """Cancel a crawl that is under way."""
        self._end(crawl, "CANCELLED", None, at)

    def _due(self, event: CrawlEvent) -> None:
        plan = event.crawl.plan
        if not event.crawl.ended:  # it was not cancelled
            assert plan.ending is not None
            assert plan.ending != "EXPIRED"  # plan_crawler() rejects it
            self._end(event.crawl, plan.ending, plan.error, event.at)

    def _end(self, crawl: Crawl, state: CrawlState, error: str | None, at: datetime) -> None:
        crawl.end(state, at, error)
        region = self._store.region(Caller(crawl.account_id, crawl.region))
        if region.crawls.get(crawl.crawler_name) is crawl:
            del region.crawls[crawl.crawler_name]
        self.on_end(region, crawl, at)
