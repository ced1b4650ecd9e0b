"""What a failing test says about a clock that nobody has moved."""

from __future__ import annotations

import re

import pytest

_HEAD = "Nothing has moved the clock since these were started:"
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
    """What pytest prints of a test with these lines that fails."""
    body = "".join(f"        {line}\n" for line in lines)
    marker = '    @pytest.mark.glue_runs(start_at="2026-01-01")\n'
    text = f"{_START}\n{marker}    def test_it(glue_runs):\n{body}        assert False\n"
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(failed=1)
    return result.stdout.str()


def _hint(output: str) -> list[str]:
    """The lines of the hint, with `…` for the ids."""
    found = output.partition(f"{_HEAD}\n")[2].splitlines()
    lines = [line for line in found if line.startswith("  ")]
    return [re.sub(r"jr_\w+…", "…", line) for line in lines[: len(lines)]]


def test_a_run_that_nobody_moved_the_clock_for_is_shown_with_the_remedy(
    pytester: pytest.Pytester,
) -> None:
    """When it ends, and which call would end it."""
    output = _failing(pytester, 'glue_runs.add_job("nightly")', 'start("nightly")')
    assert "Time is frozen at 2026-01-01 00:00:00 UTC." in output
    assert _hint(output)[0] == (
        "  nightly … is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it"
    )


def test_the_remedy_helps(pytester: pytest.Pytester) -> None:
    """That very tick ends the run."""
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


def test_a_run_that_never_ends_is_said_to(pytester: pytest.Pytester) -> None:
    """No tick would end it."""
    output = _failing(pytester, 'glue_runs.add_job("orders", Command=STREAMING)', 'start("orders")')
    assert _hint(output)[0] == "  orders … is STARTING, and never ends by itself"


def test_a_run_that_waits_says_what_for(pytester: pytest.Pytester) -> None:
    """Behind one that has the only place."""
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
def test_where_the_clock_was_moved_there_is_no_hint(pytester: pytest.Pytester, line: str) -> None:
    """The test knows how."""
    assert _HEAD not in _failing(pytester, 'glue_runs.add_job("nightly")', 'start("nightly")', line)


def test_where_no_run_is_under_way_there_is_no_hint(pytester: pytest.Pytester) -> None:
    """Nothing would change."""
    assert _HEAD not in _failing(pytester, 'glue_runs.add_job("nightly")')
