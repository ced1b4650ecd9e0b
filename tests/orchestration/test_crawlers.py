"""Crawlers in actions and conditions: crawls that crawl nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, executes, fails, fails_to_launch, hangs, succeeds

Create = Callable[..., str]
Story = Callable[[], list[tuple[str, int, str]]]


@pytest.fixture
def after_crawl(create: Create) -> Callable[..., str]:
    """Create a trigger that starts a job when the crawler is in a state."""

    def created(starts: str, state: str) -> str:
        condition = {"LogicalOperator": "EQUALS", "CrawlerName": "raw", "CrawlState": state}
        return create(
            f"to-{starts}",
            "CONDITIONAL",
            Actions=[{"JobName": starts}],
            Predicate={"Conditions": [condition]},
            StartOnCreation=True,
        )

    return created


def test_crawl_succeeds_after_the_usual_duration(
    client: Any, glue_runs: GlueRuns, create: Create, after_crawl: Create, story: Story
) -> None:
    create(Actions=[{"CrawlerName": "raw"}])
    after_crawl("b", "SUCCEEDED")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("b", 60, "SUCCEEDED")]


def test_crawl_goes_as_planned(
    client: Any, glue_runs: GlueRuns, create: Create, after_crawl: Create, story: Story
) -> None:
    create(Actions=[{"CrawlerName": "raw"}])
    after_crawl("b", "SUCCEEDED")
    after_crawl("c", "FAILED")
    glue_runs.plan_crawler("raw", fails("no access", after="2m"), succeeds(after="5m"))
    client.start_trigger(Name="t")
    glue_runs.tick("3m")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("c", 120, "SUCCEEDED"), ("b", 480, "SUCCEEDED")]


def test_predecessors_are_runs_only(
    client: Any, glue_runs: GlueRuns, create: Create, after_crawl: Create
) -> None:
    create(Actions=[{"CrawlerName": "raw"}])
    after_crawl("b", "SUCCEEDED")
    client.start_trigger(Name="t")
    (run,) = glue_runs.settle()
    request = {"JobName": "b", "RunId": run.id, "PredecessorsIncluded": True}
    assert client.get_job_run(**request)["JobRun"]["PredecessorRuns"] == []


def test_crawler_that_is_busy_meets_no_condition(
    client: Any, glue_runs: GlueRuns, create: Create, after_crawl: Create, story: Story
) -> None:
    create(Actions=[{"CrawlerName": "raw"}] * 2)
    after_crawl("b", "SUCCEEDED")
    after_crawl("c", "FAILED")
    client.start_trigger(Name="t")
    glue_runs.settle()
    assert story() == [("b", 60, "SUCCEEDED")]


def test_crawl_that_hangs_keeps_its_crawler(
    client: Any, glue_runs: GlueRuns, create: Create, after_crawl: Create, story: Story
) -> None:
    create(Actions=[{"CrawlerName": "raw"}])
    after_crawl("b", "SUCCEEDED")
    glue_runs.plan_crawler("raw", hangs())
    client.start_trigger(Name="t")
    glue_runs.tick("1d")
    client.start_trigger(Name="t")
    glue_runs.tick("1d")
    assert story() == []


def test_clock_does_not_go_back_for_a_crawl(
    client: Any, glue_runs: GlueRuns, create: Create
) -> None:
    create(Actions=[{"CrawlerName": "raw"}])
    glue_runs.tick("1h")
    client.start_trigger(Name="t")
    glue_runs.move_to("2026-01-01 00:30")
    assert client.get_trigger(Name="t")["Trigger"]["State"] == "CREATED"
    run_id = client.start_job_run(JobName="a")["JobRunId"]
    assert glue_runs.run(run_id).started_on.hour == 1


def test_plan_that_no_crawl_used_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from pytest_glue_runs import succeeds

        def test_it(glue_runs):
            glue_runs.plan_crawler("raw", succeeds(after="5m"))
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["Plans that no run used:", "  crawler raw: succeeds(after='5m')"], consecutive=True
    )


@pytest.mark.parametrize(
    "plan",
    [
        fails(state="EXPIRED"),
        fails_to_launch("role"),
        executes(print),
        succeeds(then=print),
        hangs(logs=["begin"]),
    ],
    ids=["expired", "launch", "executes", "then", "logs"],
)
def test_plans_for_runs_of_jobs_only(glue_runs: GlueRuns, plan: Any) -> None:
    with pytest.raises(ValueError, match="plan_crawler") as error:
        glue_runs.plan_crawler("raw", plan)
    assert str(error.value) == (
        f"plan_crawler(): {plan} is for runs of jobs. A crawl ends SUCCEEDED, FAILED or ERROR. "
        "Valid: succeeds(...), fails(...), hangs()."
    )


def test_name_of_a_crawler_is_text(glue_runs: GlueRuns) -> None:
    crawler: Any = 7
    with pytest.raises(TypeError) as error:
        glue_runs.plan_crawler(crawler)
    assert str(error.value) == "plan_crawler(7): the name of a crawler is text."


def test_what_is_not_a_plan(glue_runs: GlueRuns) -> None:
    plan: Any = succeeds
    with pytest.raises(TypeError) as error:
        glue_runs.plan_crawler("raw", plan)
    assert str(error.value).startswith(
        f"plan_crawler('raw'): {succeeds!r} is not a plan. Call it: succeeds(). Valid: "
    )
