"""Executions in the report of a failing test."""

from __future__ import annotations

import pytest

TEST = """
    import json
    import boto3
    import pytest
    from pytest_glue_runs import mock_glue_runs

    def start(glue_runs):
        step_functions = boto3.client("stepfunctions", region_name="us-east-1")
        wait = {"Type": "Wait", "Seconds": 60, "End": True}
        machine = step_functions.create_state_machine(
            name="nightly",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": wait}}),
            roleArn="arn:aws:iam::123456789012:role/states",
        )["stateMachineArn"]
        step_functions.start_execution(stateMachineArn=machine, name="ended")
        glue_runs.tick("2m")
        step_functions.start_execution(stateMachineArn=machine, name="waits")
        assert False
"""
FIXTURE = """
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        start(glue_runs)
"""
DECORATOR = """
    @mock_glue_runs(start_at="2026-01-01", as_kwarg="control")
    def test_it(control):
        start(control)
"""


@pytest.mark.parametrize("test", [FIXTURE, DECORATOR], ids=["fixture", "decorator"])
def test_the_executions_that_are_running_are_listed(pytester: pytest.Pytester, test: str) -> None:
    pytester.makepyfile(TEST + test)
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "Executions of state machines:",
            "  nightly:waits: RUNNING since 2026-01-01 00:02:00 UTC",
        ],
        consecutive=True,
    )
    result.stdout.no_fnmatch_line("*nightly:ended: *")


def test_the_page_of_the_session_lists_them(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TEST + FIXTURE)
    pytester.runpytest_inprocess("-p", "no:asyncio", "--glue-runs-html=page.html")
    assert "nightly:waits: RUNNING since" in (pytester.path / "page.html").read_text("utf-8")
