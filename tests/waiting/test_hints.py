"""The report of a failed test says how to move a clock that nothing has moved."""

from __future__ import annotations

import re

import pytest

_HEAD = "The clock has not advanced since these runs started:"
_START = """
    import boto3
    import pytest
    from pytest_glue_runs import hangs, mock_glue_runs

    STREAMING = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/orders.py"}

    def start(name):
        glue = boto3.client("glue", region_name="us-east-1")
        return glue.start_job_run(JobName=name)["JobRunId"]
"""


def _failing(pytester: pytest.Pytester, *lines: str) -> str:
    """Return the output of pytest for a failing test of these lines."""
    body = "".join(f"        {line}\n" for line in lines)
    marker = '    @pytest.mark.glue_runs(start_at="2026-01-01")\n'
    text = f"{_START}\n{marker}    def test_it(glue_runs):\n{body}        assert False\n"
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(failed=1)
    return result.stdout.str()


def _hint(output: str) -> list[str]:
    """Return the lines of the hint, with `…` in place of the ids."""
    found = output.partition(f"{_HEAD}\n")[2].splitlines()
    lines = [line for line in found if line.startswith("  ")]
    return [re.sub(r"jr_\w+…", "…", line) for line in lines[: len(lines)]]


def test_an_unfinished_run_is_shown_with_the_tick_that_ends_it(
    pytester: pytest.Pytester,
) -> None:
    output = _failing(pytester, 'glue_runs.add_job("nightly")', 'start("nightly")')
    assert "Time is frozen at 2026-01-01 00:00:00 UTC." in output
    assert _hint(output)[0] == (
        "  nightly … is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it"
    )


def test_the_suggested_tick_ends_the_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""{_START}
    def test_it(glue_runs):
        glue_runs.add_job("nightly")
        run = glue_runs.run(start("nightly"))
        glue_runs.tick("1m4s")
        assert run.state == "SUCCEEDED"
"""
    )
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=1)


def test_a_run_that_never_ends_is_named(pytester: pytest.Pytester) -> None:
    output = _failing(pytester, 'glue_runs.add_job("orders", Command=STREAMING)', 'start("orders")')
    assert _hint(output)[0] == "  orders … is STARTING, and never ends by itself"


def test_a_waiting_run_is_shown_with_the_reason(pytester: pytest.Pytester) -> None:
    output = _failing(
        pytester,
        'glue_runs.add_job("nightly", JobRunQueuingEnabled=True)',
        'start("nightly"), start("nightly")',
    )
    assert _hint(output)[1] == "  nightly … is WAITING: Max concurrent job runs per job exceeded"


@pytest.mark.parametrize(
    "line",
    [
        "glue_runs.tick(1)",
        'glue_runs.move_to("2026-01-02")',
        "import time; time.sleep(1)",
        "glue_runs.settle()",
    ],
)
def test_there_is_no_hint_where_the_clock_was_moved(pytester: pytest.Pytester, line: str) -> None:
    assert _HEAD not in _failing(pytester, 'glue_runs.add_job("nightly")', 'start("nightly")', line)


def test_there_is_no_hint_where_no_run_is_unfinished(pytester: pytest.Pytester) -> None:
    assert _HEAD not in _failing(pytester, 'glue_runs.add_job("nightly")')
