"""Call: a call of a client as a test sees it. Secrets in its repr have tests of their own."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns

pytestmark = pytest.mark.glue_runs(start_at="2026-01-01")


def test_the_error_code_is_text(glue_runs: GlueRuns, glue: Any) -> None:
    """`call.error` is an exception, which is equal to no text."""
    glue_runs.fail_next("ListJobs", "ThrottlingException")
    glue.list_jobs()
    assert [call.error_code for call in glue_runs.calls] == ["ThrottlingException", None]


def test_two_objects_of_one_call_are_equal_and_have_one_hash(
    glue_runs: GlueRuns, glue: Any
) -> None:
    for _ in range(2):
        glue.list_jobs()
    first, second = glue_runs.calls
    again, _ = glue_runs.calls
    assert (first == again, first == second, first is again) == (True, False, False)
    assert len({first, again, second}) == 2
    assert first != "ListJobs"


def test_the_repr_shows_request_and_outcome(glue_runs: GlueRuns, glue: Any) -> None:
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    with pytest.raises(ClientError):
        glue.get_job(JobName="hourly")
    start, get = glue_runs.calls
    assert repr(start) == (
        "<Call 2026-01-01 00:00:00 StartJobRun {'JobName': 'nightly'} -> "
        f"{{'JobRunId': '{run_id}'}}>"
    )
    assert repr(get) == (
        "<Call 2026-01-01 00:00:00 GetJob {'JobName': 'hourly'} -> "
        "EntityNotFoundException: Job with name: hourly not found.>"
    )


def test_the_repr_is_cut(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", Description="x" * 1000)
    glue.get_job(JobName="nightly")
    (call,) = glue_runs.calls
    assert len(repr(call)) < 500


def test_a_call_cannot_be_changed(glue_runs: GlueRuns, glue: Any) -> None:
    glue.list_jobs()
    call: Any = glue_runs.calls[0]
    with pytest.raises(AttributeError):
        call.operation = "GetJobs"
