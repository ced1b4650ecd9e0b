"""Plans that no run has used fail a test that would have passed."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import fails, hangs, mock_glue_runs

WORDS = [
    "Plans that no run used:",
    "  nightly: fails('no', after='5m')",
    "  nightly: hangs()",
    "  hourly: succeeds()  (there is no job of this name.)",
    "Each plan is for one run. Start that many runs, plan fewer, or set unused_plans='ignore'.",
]

TEST = """
    import pytest
    from pytest_glue_runs import fails, hangs, succeeds

    def test_it(glue_runs):
        glue_runs.add_job("nightly")
        glue_runs.plan("nightly", fails("no", after="5m"), hangs())
        glue_runs.plan("hourly", succeeds())
"""


def test_the_test_fails_at_its_call(run_tests: Any) -> None:
    """FAILED, not an ERROR of its tear-down, and without anybody's code."""
    result = run_tests(TEST)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["__* test_it *__", *WORDS, "*"], consecutive=True)


def test_its_own_failure_is_not_masked(run_tests: Any) -> None:
    """The words of the plans are in the report only."""
    result = run_tests(f"{TEST}        raise KeyError('its own')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*KeyError: 'its own'"])
    result.stdout.no_fnmatch_line("Each plan is for one run.*")


@pytest.mark.parametrize("end", ["pytest.skip('not today')", "pytest.xfail('not today')"])
def test_a_test_that_ends_early_is_told_nothing(run_tests: Any, end: str) -> None:
    """It could not use them."""
    assert run_tests(f"{TEST}        {end}").ret == pytest.ExitCode.OK


def test_they_can_be_ignored(run_tests: Any) -> None:
    """By a setting."""
    run_tests(TEST, "-o", "glue_runs_unused_plans=ignore").assert_outcomes(passed=1)


def test_a_method_of_unittest_fails_too(run_tests: Any) -> None:
    """And there too its own failure is not masked."""
    result = run_tests(
        """
        import unittest
        import pytest
        from pytest_glue_runs import hangs

        @pytest.mark.usefixtures("take")
        class TestIt(unittest.TestCase):
            @pytest.fixture
            def take(self, glue_runs):
                glue_runs.plan("nightly", hangs())

            def test_passes(self):
                pass

            def test_fails(self):
                self.fail("its own")

            def test_skips(self):
                self.skipTest("not today")
        """
    )
    result.assert_outcomes(failed=2, skipped=1)
    result.stdout.fnmatch_lines_random(["E*AssertionError: its own", WORDS[0]])
    # On CI servers pytest's summary repeats it.
    failures = "\n".join(result.outlines).partition("short test summary info")[0]
    assert failures.count(WORDS[-1]) == 1


def test_a_decorated_test_fails_too(run_tests: Any) -> None:
    """Without the lines of our own code."""
    result = run_tests(
        """
        from pytest_glue_runs import hangs, mock_glue_runs

        @mock_glue_runs(as_kwarg="glue_runs")
        def test_it(glue_runs):
            glue_runs.plan("nightly", hangs())
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "__* test_it *__",
            "",
            "E   pytest_glue_runs.errors.UnusedError: Plans that no run used:",
            "*  nightly: hangs()  (there is no job of this name.)",
        ],
        consecutive=True,
    )


def test_leaving_the_block_raises() -> None:
    """An AssertionError, also under python -O."""
    with pytest.raises(AssertionError) as caught, mock_glue_runs as glue_runs:
        glue_runs.plan("nightly", fails())
    line = "  nightly: fails()  (there is no job of this name.)"
    assert str(caught.value) == "\n".join([WORDS[0], line, WORDS[-1]])


def test_a_plan_for_no_job_is_told_of_the_near_one() -> None:
    """A name is misspelt easily."""

    def misspell() -> None:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("nightly")
            glue_runs.plan("nigthly", fails())

    with pytest.raises(AssertionError) as caught:
        misspell()
    assert str(caught.value).splitlines()[1] == (
        "  nigthly: fails()  (there is no job of this name. Did you mean 'nightly'?)"
    )


def test_only_the_outermost_block_raises() -> None:
    """A plan may be made inside, and used outside."""
    with mock_glue_runs(unused_plans="ignore") as glue_runs, mock_glue_runs:
        glue_runs.plan("nightly", hangs())


def test_plans_that_were_used_are_no_trouble(glue: Any) -> None:
    """By a run each."""
    with mock_glue_runs as glue_runs:
        glue_runs.plan(glue_runs.add_job("nightly"), hangs())
        glue.start_job_run(JobName="nightly")


def test_a_reset_forgets_them() -> None:
    """As all else."""
    with mock_glue_runs as glue_runs:
        glue_runs.plan("nightly", hangs())
        glue_runs.reset()
