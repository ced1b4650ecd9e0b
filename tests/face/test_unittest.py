"""mock_glue_runs on classes of unittest, run by unittest."""

from __future__ import annotations

import asyncio
import datetime
import io
import unittest
from typing import Any

import boto3
import pytest

from pytest_glue_runs import GlueRuns, fails, mock_glue_runs


def _run(case: type[unittest.TestCase]) -> unittest.TestResult:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    return unittest.TextTestRunner(io.StringIO()).run(suite)


def _year() -> int:
    return datetime.datetime.now(datetime.timezone.utc).year


def test_each_test_has_a_fresh_control() -> None:
    """In setUp already."""
    seen: list[Any] = []

    @mock_glue_runs
    class Case(unittest.TestCase):
        glue_runs: GlueRuns

        def setUp(self) -> None:
            self.glue_runs.add_job("nightly")

        def test_a(self) -> None:
            seen.append(self.glue_runs)

        def test_b(self) -> None:
            seen.append(self.glue_runs)

    assert _run(Case).wasSuccessful()
    assert isinstance(seen[0], GlueRuns)
    assert seen[0] is not seen[1]


def test_as_kwarg_names_the_attribute() -> None:
    @mock_glue_runs(start_at="2001-01-01", as_kwarg="control")
    class Case(unittest.TestCase):
        control: GlueRuns

        def test_it(self) -> None:
            assert self.control.now.year == 2001

    result = _run(Case)
    assert (result.testsRun, result.wasSuccessful()) == (1, True)


def test_tear_down_and_cleanups_run_inside_the_mock() -> None:
    seen = []

    @mock_glue_runs(start_at="2001-01-01")
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.addCleanup(lambda: seen.append(_year()))

        def tearDown(self) -> None:
            seen.append(_year())

        def test_it(self) -> None:
            seen.append(_year())

    assert _run(Case).wasSuccessful()
    assert seen == [2001, 2001, 2001]


def test_nothing_leaks_when_set_up_raises() -> None:
    @mock_glue_runs(start_at="2001-01-01")
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            raise KeyError("the user's own")

        def test_it(self) -> None: ...

    ((_, traceback),) = _run(Case).errors
    assert 'KeyError: "the user\'s own"' in traceback
    assert _year() != 2001


def test_contradictory_settings_do_not_end_the_outer_mock() -> None:
    @mock_glue_runs(duration="2m")
    class Case(unittest.TestCase):
        def test_it(self) -> None: ...

    with mock_glue_runs as glue_runs:
        ((_, traceback),) = _run(Case).errors
        glue_runs.tick("1h")
    assert "mock_glue_runs(): Glue is mocked already, with other settings" in traceback


def test_an_isolated_asyncio_test_case_is_mocked() -> None:
    seen = []

    @mock_glue_runs(start_at="2001-01-01")
    class Case(unittest.IsolatedAsyncioTestCase):
        glue_runs: GlueRuns

        async def asyncSetUp(self) -> None:
            seen.append(self.glue_runs.now.year)

        async def test_it(self) -> None:
            await asyncio.sleep(0.001)
            seen.append(self.glue_runs.now.year)

    assert _run(Case).wasSuccessful()
    assert seen == [2001, 2001]
    assert _year() != 2001


def test_a_subclass_may_be_decorated_too() -> None:
    """Its settings apply to both."""

    @mock_glue_runs
    class Base(unittest.TestCase):
        glue_runs: GlueRuns

    @mock_glue_runs(start_at="2001-01-01")
    class Case(Base):
        def test_it(self) -> None:
            assert self.glue_runs.now.year == 2001

    result = _run(Case)
    assert (result.testsRun, result.wasSuccessful()) == (1, True)


def test_a_subclass_inherits_the_mock() -> None:
    @mock_glue_runs(start_at="2001-01-01")
    class Base(unittest.TestCase):
        glue_runs: GlueRuns

    class Case(Base):
        def setUp(self) -> None:
            super().setUp()
            self.glue_runs.add_job("nightly")

        def test_it(self) -> None:
            assert self.glue_runs.now.year == 2001

    result = _run(Case)
    assert (result.testsRun, result.wasSuccessful()) == (1, True)


def test_a_single_method_can_be_decorated() -> None:
    class Case(unittest.TestCase):
        @mock_glue_runs(as_kwarg="control", start_at="2001-01-01")
        def test_it(self, control: GlueRuns) -> None:
            assert control.now.year == 2001

    result = _run(Case)
    assert (result.testsRun, result.wasSuccessful()) == (1, True)


def test_unused_plans_fail_a_test_that_passed() -> None:
    """As a failure, not as an error."""

    @mock_glue_runs
    class Case(unittest.TestCase):
        glue_runs: GlueRuns

        def test_it(self) -> None:
            self.glue_runs.plan("nightly", fails("never"))

    result = _run(Case)
    ((_, traceback),) = result.failures
    assert result.errors == []
    assert traceback.endswith(
        "pytest_glue_runs.errors.UnusedError: Plans that no run used:\n"
        "  nightly: fails('never')  (there is no job of this name.)\n"
        "Start a run for each plan, or set unused='ignore'.\n"
    )


def test_unused_plans_do_not_hide_the_failure_of_a_test() -> None:
    @mock_glue_runs
    class Case(unittest.TestCase):
        glue_runs: GlueRuns

        def test_it(self) -> None:
            self.glue_runs.plan("nightly", fails())
            self.fail("its own")

    ((_, traceback),) = _run(Case).failures
    assert traceback.endswith("AssertionError: its own\n")


@pytest.mark.parametrize("end", ["skip", "expected failure", "subtest"])
def test_unused_plans_are_ignored_after_a_skip_or_an_expected_failure(end: str) -> None:
    @mock_glue_runs
    class Case(unittest.TestCase):
        glue_runs: GlueRuns

        def test_it(self) -> None:
            self.glue_runs.plan("nightly", fails())
            if end == "skip":
                self.skipTest("not today")
            with self.subTest():
                self.fail("its own")

    if end == "expected failure":
        Case.test_it = unittest.expectedFailure(Case.test_it)  # type: ignore[method-assign]
    result = _run(Case)
    found = (len(result.skipped), len(result.expectedFailures), len(result.failures))
    assert found == {"skip": (1, 0, 0), "expected failure": (0, 1, 0), "subtest": (0, 0, 1)}[end]


def test_set_up_may_be_called_by_hand() -> None:
    @mock_glue_runs
    class Case(unittest.TestCase):
        glue_runs: GlueRuns

        def runTest(self) -> None: ...

    case = Case()
    case.setUp()
    boto3.client("glue", region_name=case.glue_runs.add_job("us-east-1"))
    case.doCleanups()
    case.runTest()


def test_pytest_runs_decorated_classes(run_tests: Any) -> None:
    run_tests(
        """
        import unittest
        from pytest_glue_runs import mock_glue_runs

        @mock_glue_runs
        class TestIt(unittest.TestCase):
            def test_a(self):
                self.glue_runs.add_job("nightly")

            def test_b(self):
                self.glue_runs.add_job("nightly")

        @mock_glue_runs
        class TestAsync(unittest.IsolatedAsyncioTestCase):
            async def test_it(self):
                self.glue_runs.add_job("nightly")
        """
    ).assert_outcomes(passed=3)
