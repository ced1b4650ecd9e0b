"""The marker: it activates the fixture, wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize("marker", ["@pytest.mark.glue_runs", "@pytest.mark.glue_runs()"])
def test_the_marker_activates_the_fixture(run_tests: Any, marker: str) -> None:
    run_tests(
        f"""
        import boto3
        import pytest

        {marker}
        def test_it(request):
            assert boto3.client("glue", region_name="us-east-1").list_jobs()["JobNames"] == []
            assert "glue_runs" in request.node.fixturenames
        """
    ).assert_outcomes(passed=1)


def test_the_marker_works_on_methods_and_classes_of_unittest(run_tests: Any) -> None:
    run_tests(
        """
        import datetime
        import unittest
        import pytest

        @pytest.mark.glue_runs(start_at="2001-01-01")
        class TestMarkedClass(unittest.TestCase):
            def setUp(self):
                self.year = datetime.datetime.now().year

            def test_class(self):
                assert self.year == 2001

            @pytest.mark.glue_runs(start_at="2002-01-01")
            def test_nearest(self):
                assert self.year == 2002

        class TestMarkedMethod(unittest.TestCase):
            @pytest.mark.glue_runs(start_at="2003-01-01")
            def test_method(self):
                assert datetime.datetime.now().year == 2003

            def test_other(self):
                assert datetime.datetime.now().year > 2003
        """
    ).assert_outcomes(passed=4)


def test_the_marker_of_one_parameter_does_not_affect_the_others(run_tests: Any) -> None:
    run_tests(
        """
        import datetime
        import pytest

        marked = pytest.param(True, marks=pytest.mark.glue_runs(start_at="2001-01-01"))

        @pytest.mark.parametrize("frozen", [False, marked, False])
        def test_it(frozen, request):
            assert ("glue_runs" in request.node.fixturenames) == frozen
            assert (datetime.datetime.now().year == 2001) == frozen
        """
    ).assert_outcomes(passed=3)


def test_fixtures_of_wider_scope_are_set_up_before_the_mock(run_tests: Any) -> None:
    """They are the same whichever test requests them first."""
    run_tests(
        """
        import datetime
        import pytest

        @pytest.fixture(scope="session")
        def year():
            return datetime.datetime.now().year

        @pytest.mark.glue_runs(start_at="2001-01-01")
        def test_it(year):
            assert year != 2001
        """
    ).assert_outcomes(passed=1)


def test_fixtures_of_function_scope_are_set_up_inside_the_mock(run_tests: Any) -> None:
    """Autouse fixtures too."""
    run_tests(
        """
        import datetime
        import pytest

        @pytest.fixture(autouse=True)
        def year():
            return datetime.datetime.now().year

        @pytest.mark.glue_runs(start_at="2001-01-01")
        def test_it(year):
            assert year == 2001
        """
    ).assert_outcomes(passed=1)


def test_without_the_marker_nothing_is_mocked(run_tests: Any) -> None:
    run_tests(
        """
        import time

        def test_it(request):
            assert "glue_runs" not in request.fixturenames
            assert type(time.sleep).__name__ == "builtin_function_or_method"
        """
    ).assert_outcomes(passed=1)


def test_items_without_fixtures_are_left_alone(pytester: pytest.Pytester, run_tests: Any) -> None:
    """Other plugins collect items that are not Python functions."""
    pytester.makeconftest(
        """
        import pytest

        class Item(pytest.Item):
            def runtest(self):
                pass

        class File(pytest.File):
            def collect(self):
                yield Item.from_parent(self, name="an item")

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".yaml":
                return File.from_parent(parent, path=file_path)
        """
    )
    pytester.makefile(".yaml", a="")
    run_tests("def test_it(): pass").assert_outcomes(passed=2)
