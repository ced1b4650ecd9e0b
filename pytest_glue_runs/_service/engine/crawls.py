"""Crawls that triggers start. They end after their time; nothing is crawled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_glue_runs._service.engine.event_queue import Event, EventQueue, add_duration
from pytest_glue_runs._service.model.crawl import Crawl, CrawlPlans
from pytest_glue_runs._service.model.origin import Origin
from pytest_glue_runs._service.model.store import Region
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

    def __init__(self, queue: EventQueue, plans: CrawlPlans, duration: timedelta) -> None:
        self.on_end: Callable[[Region, Crawl, datetime], None] = lambda region, crawl, at: None
        """Called when a crawl has ended."""
        self._queue = queue
        self._plans = plans
        self._duration = duration

    def start(self, region: Region, crawler: str, origin: Origin, at: datetime) -> Crawl:
        """Start a crawl. It is in ERROR at once if the crawler is busy."""
        plan = self._plans.take(crawler)
        crawl = Crawl(crawler, region.account_id, region.name, plan, origin, at)
        if crawler in region.crawls:
            crawl.end("ERROR", at, CRAWLER_BUSY.value.format(crawler=crawler))
            self.on_end(region, crawl, at)
            return crawl
        region.crawls[crawler] = crawl
        if plan.ending is not None:
            due = add_duration(at, self._duration if plan.after is None else plan.after)

            def end(event: CrawlEvent) -> None:
                self._end(region, crawl, event.at)

            self._queue.add(CrawlEvent(due, crawl, end))
        return crawl

    def _end(self, region: Region, crawl: Crawl, at: datetime) -> None:
        ending = crawl.plan.ending
        assert ending is not None
        assert ending != "EXPIRED"  # plan_crawler() rejects it
        del region.crawls[crawl.crawler_name]
        crawl.end(ending, at, crawl.plan.error)
        self.on_end(region, crawl, at)
