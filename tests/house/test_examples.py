"""The examples pass, whatever the order of their tests."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
TESTS = re.findall(r"^def (test_\w+)", (EXAMPLES / "test_pipeline.py").read_text(), re.MULTILINE)


@pytest.mark.parametrize("order", [TESTS, TESTS[::-1]], ids=["as it stands", "backwards"])
def test_examples(order: list[str], pytester: pytest.Pytester) -> None:
    shutil.copytree(EXAMPLES, pytester.path, dirs_exist_ok=True)
    wanted = [f"test_pipeline.py::{name}" for name in order]
    # Were time real, they would sleep for hours.
    result = pytester.runpytest_subprocess("-p", "no:randomly", *wanted, timeout=60)
    result.assert_outcomes(passed=len(TESTS))


def test_what_a_test_patches_over_the_mock_does_not_come_back(pytester: pytest.Pytester) -> None:
    """A monkeypatch that was set up first is undone last, and brings back what was the mock's."""
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
    result = pytester.runpytest_inprocess("-p", "no:randomly")
    result.assert_outcomes(passed=3)
