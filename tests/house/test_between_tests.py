"""What a mock in one test leaves to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def test_what_a_test_patches_over_the_mock_does_not_come_back(pytester: pytest.Pytester) -> None:
    """A monkeypatch that is set up before the mock is undone after it, and restores its values."""
    pytester.makepyfile(
        """
        import os
        import time

        real, known = time.sleep, {**os.environ}

        def test_patching(monkeypatch, glue_runs):
            monkeypatch.setattr(time, "sleep", print)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")

        def test_afterwards():
            assert time.sleep is real
            assert os.environ.get("AWS_ACCESS_KEY_ID") == known.get("AWS_ACCESS_KEY_ID")

        def test_virtual_again(glue_runs):
            before = glue_runs.now
            time.sleep(0.01)
            assert (glue_runs.now - before).microseconds == 10_000
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:asyncio")
    result.assert_outcomes(passed=3)


def test_a_mock_of_a_whole_module_outlives_its_tests(pytester: pytest.Pytester) -> None:
    """Only what belongs to no active mock is removed at the end of a test."""
    pytester.makepyfile(
        """
        import os

        import pytest

        from pytest_glue_runs import mock_glue_runs

        @pytest.fixture(scope="module", autouse=True)
        def mocked():
            with mock_glue_runs() as control:
                control.add_job("nightly")
                yield control

        @pytest.mark.parametrize("turn", [1, 2])
        def test_again(mocked, turn):
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
            mocked.tick("1h")
        """
    )
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=2)
