"""The examples pass in any order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TESTS = re.findall(
    r"^def (test_\w+)", (EXAMPLES / "test_pipeline.py").read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.slow
@pytest.mark.parametrize("order", [TESTS, TESTS[::-1]], ids=["as written", "reversed"])
def test_examples(order: list[str], pytester: pytest.Pytester) -> None:
    shutil.copytree(EXAMPLES, pytester.path, dirs_exist_ok=True)
    wanted = [f"test_pipeline.py::{name}" for name in order]
    # If time were real, they would sleep for hours.
    result = pytester.runpytest_subprocess("-p", "no:randomly", *wanted, timeout=60)
    result.assert_outcomes(passed=len(TESTS))
