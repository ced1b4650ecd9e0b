"""The message of the EventBridge event of a run that FAILED."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, fails_to_launch

_HEAD = "JobName:nightly and JobRunId:{run} failed to execute"


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        (fails("Out of memory"), f"{_HEAD} with exception Out of memory"),
        (fails(), _HEAD),
        (fails(""), _HEAD),
        (
            fails_to_launch("subnet"),
            f"{_HEAD} with exception Number of IP addresses on subnet is 0",
        ),
        (
            fails("AccountId:1 and JobName:a and JobRunId:b failed to execute with exception c"),
            "AccountId:1 and JobName:a and JobRunId:b failed to execute with exception c",
        ),
    ],
    ids=["error", "no error", "empty error", "error with the prefix", "prefix with an account"],
)
def test_the_message_has_the_prefix_once(
    glue_runs: GlueRuns, client: Any, job: str, plan: Any, message: str
) -> None:
    glue_runs.plan(job, plan)
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    glue_runs.settle()
    (event,) = glue_runs.events
    assert event["detail"]["message"] == message.replace("{run}", run_id)
