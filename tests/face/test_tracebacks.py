"""What pytest shows of a mistake in a test: the line in the test, and no code of the plugin."""

from __future__ import annotations

from typing import Any

import pytest

MISTAKES = [
    "glue_runs.add_job(5)",
    "glue_runs.add_job('nightly', MaxRetires=1)",
    "glue_runs.add_job('nightly', Command={'Nmae': 'glueetl'})",
    "glue_runs.add_job('nightly', MaxRetries='1')",
    "glue_runs.add_job('nightly', Timeout={1})",
    "glue_runs.add_job('nightly', region='us-east-1 ')",
    "glue_runs.add_job('nightly', region=5)",
    "glue_runs.add_job('nightly', account_id='12')",
    "glue_runs.load_jobs(5)",
    "glue_runs.load_jobs('nope.yaml')",
    "glue_runs.load_jobs(__file__)",
    "glue_runs.plan(5)",
    "glue_runs.plan('nightly', 5)",
    "glue_runs.fail_next('GetJbo', 'InternalFailure')",
    "glue_runs.fail_next('GetJob', 'Failure')",
    "glue_runs.fail_next('GetJob', 'InternalFailure', times=0)",
    "glue_runs.fail_next('GetJob', 'InternalFailure', 5)",
    "glue_runs.runs('nightly')",
    "glue_runs.runs(5)",
    "glue_runs.run('jr_1')",
    "glue_runs.run(5)",
    "glue_runs.tick('soon')",
    "glue_runs.tick('9999999d')",
    "glue_runs.move_to('-5m')",
    "setattr(glue_runs.quotas, 'max_job', 1)",
    "setattr(glue_runs.quotas, 'max_jobs', -1)",
    "succeeds(after='soon')",
    "fails(5)",
    "fails(startup='soon')",
    "hangs(startup='soon')",
    "mock_glue_runs(duration='soon')",
    "mock_glue_runs(as_kwarg=5)",
    "mock_glue_runs(5)",
    "mock_glue_runs(5, 5)",
    "mock_glue_runs(type)",
    "mock_glue_runs(duration='2h').__enter__()",
    "glue_runs.settle()",
    "[glue_runs.runs() for _ in range(3)]",
    "[glue_runs.calls for _ in range(3)]",
    "[glue_runs.events for _ in range(3)]",
    *(
        f"[run.{attribute} for _ in range(3)]"
        for attribute in (
            "state",
            "ended",
            "history",
            "completed_on",
            "execution_time",
            "error_message",
            "as_dict()",
        )
    ),
]


@pytest.mark.slow
def test_mistakes_are_shown_at_their_line(run_tests: Any) -> None:
    """A comprehension is a frame of its own before Python 3.12."""
    tests = [
        f"""
        @pytest.mark.glue_runs(max_reads=2)
        def test_{number:02}(glue_runs):
            if "settle" in {mistake!r} or "run." in {mistake!r}:
                run = start(glue_runs, {{"Name": "gluestreaming", "ScriptLocation": "s3://a/b"}})
            {mistake}
        """
        for number, mistake in enumerate(MISTAKES)
    ]
    result = run_tests(
        """
        import boto3
        import pytest
        from pytest_glue_runs import fails, hangs, mock_glue_runs, succeeds

        def start(glue_runs, command):
            client = boto3.client("glue", region_name="us-east-1")
            name = glue_runs.add_job("nightly", Command=command)
            return glue_runs.run(client.start_job_run(JobName=name)["JobRunId"])
        """
        + "".join(tests)
    )
    result.assert_outcomes(failed=len(MISTAKES))
    shown = [line for line in result.outlines if ": " in line and ".py:" in line]
    assert [line for line in shown if "test_mistakes_are_shown_at_their_line" not in line] == []


@pytest.mark.parametrize("statement", ["glue_runs.tick('1h')", "glue_runs.move_to('2026-01-01')"])
def test_moving_real_time_is_shown_at_its_line(run_tests: Any, statement: str) -> None:
    result = run_tests(
        f"""
        import pytest

        @pytest.mark.glue_runs(freeze=False)
        def test_it(glue_runs):
            {statement}
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f">*{statement}", "E*NotFrozenError: *", "", "*.py:5: NotFrozen*"])
