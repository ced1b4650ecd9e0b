"""Plans and faults that were never used fail a test that would have passed."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import UnusedError, fails, hangs, mock_glue_runs

PLANS = [
    "Plans that no run used:",
    "  nightly: fails('no', after='5m')",
    "  nightly: hangs()",
    "  hourly: succeeds()  (there is no job of this name.)",
]
FAULTS = [
    "Faults that no call had:",
    "  StartJobRun: ThrottlingException: Rate exceeded  (2 times)",
    "  GetJobRun: AccessDeniedException: Not yours",
]
REMEDY = "Start a run for each plan, make a call for each fault, or set unused='ignore'."

TEST = """
    import pytest
    from pytest_glue_runs import fails, hangs, succeeds

    def test_it(glue_runs):
        glue_runs.add_job("nightly")
        glue_runs.plan("nightly", fails("no", after="5m"), hangs())
        glue_runs.plan("hourly", succeeds())
        glue_runs.fail_next("StartJobRun", "ThrottlingException", times=2)
        glue_runs.fail_next("GetJobRun", "AccessDeniedException", "Not yours")
"""


def test_the_call_of_the_test_fails(run_tests: Any) -> None:
    """It is FAILED, not an ERROR of its tear-down, and shows no code."""
    result = run_tests(TEST)
    result.assert_outcomes(failed=1)
    lines = ["__* test_it *__", *PLANS, *FAULTS, REMEDY, "*"]
    result.stdout.fnmatch_lines(lines, consecutive=True)


def test_the_failure_of_the_test_is_not_hidden(run_tests: Any) -> None:
    """Plans and errors are in the report only."""
    result = run_tests(f"{TEST}        raise KeyError('its own')")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*KeyError: 'its own'", *PLANS, *FAULTS])
    result.stdout.no_fnmatch_line("*or set unused='ignore'.")


@pytest.mark.parametrize("end", ["pytest.skip('not today')", "pytest.xfail('not today')"])
def test_a_test_that_ends_early_need_not_use_them(run_tests: Any, end: str) -> None:
    assert run_tests(f"{TEST}        {end}").ret == pytest.ExitCode.OK


def test_they_can_be_ignored(run_tests: Any) -> None:
    run_tests(TEST, "-o", "glue_runs_unused=ignore").assert_outcomes(passed=1)


def test_a_method_of_unittest_fails(run_tests: Any) -> None:
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
    result.stdout.fnmatch_lines_random(["E*AssertionError: its own", PLANS[0]])
    # On CI servers pytest's summary repeats it.
    failures = "\n".join(result.outlines).partition("short test summary info")[0]
    assert failures.count("Start a run for each plan, or set unused='ignore'.") == 1


def test_a_decorated_test_fails(run_tests: Any) -> None:
    """Without the code of the decorator."""
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


def test_the_end_of_a_block_raises() -> None:
    """An AssertionError, also under python -O."""
    with pytest.raises(AssertionError) as caught, mock_glue_runs as glue_runs:
        glue_runs.plan("nightly", fails())
    assert type(caught.value) is UnusedError
    assert str(caught.value) == (
        "Plans that no run used:\n"
        "  nightly: fails()  (there is no job of this name.)\n"
        "Start a run for each plan, or set unused='ignore'."
    )


def test_an_error_that_no_call_received_raises() -> None:
    with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:
        glue_runs.fail_next("GetJob", "InternalFailure", "Not\ntoday")
    assert str(caught.value) == (
        "Faults that no call had:\n"
        r"  GetJob: InternalFailure: Not\ntoday"
        "\nMake a call for each fault, or set unused='ignore'."
    )


def test_an_error_that_some_call_received_does_not_raise(glue: Any) -> None:
    """How often a client retries depends on its version and configuration."""
    with mock_glue_runs as glue_runs:
        glue_runs.fail_next("ListJobs", "ThrottlingException", times=50)
        with pytest.raises(glue.exceptions.ClientError):
            glue.list_jobs()


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("nigthly", "  (there is no job of this name. Did you mean 'nightly'?)"),
        ("deleted", ""),
    ],
)
def test_a_plan_for_no_job_says_so(glue: Any, name: str, note: str) -> None:
    def leave_a_plan_unused() -> None:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("nightly")
            glue_runs.add_job("deleted")
            glue.delete_job(JobName="deleted")
            glue_runs.plan(name, fails())

    with pytest.raises(UnusedError) as caught:
        leave_a_plan_unused()
    assert str(caught.value).splitlines()[1] == f"  {name}: fails(){note}"


def test_only_the_outermost_block_raises() -> None:
    """A plan may be made in an inner block, and used in the outer one."""
    with mock_glue_runs(unused="ignore") as glue_runs, mock_glue_runs:
        glue_runs.plan("nightly", hangs())


def test_used_plans_do_not_raise(glue: Any) -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.plan(glue_runs.add_job("nightly"), hangs())
        glue.start_job_run(JobName="nightly")


def test_a_reset_forgets_them() -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.plan("nightly", hangs())
        glue_runs.fail_next("GetJob", "InternalFailure")
        glue_runs.reset()


def test_many_are_shortened() -> None:
    with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:
        glue_runs.plan("nightly", *[hangs()] * 100)
    lines = str(caught.value).splitlines()
    assert (len(lines), lines[21]) == (53, "  … 50 more lines …")
