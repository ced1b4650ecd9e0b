"""The examples pass in any order."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
TESTS = [
    f"{path.name}::{name}"
    for path in sorted(EXAMPLES.glob("test_*.py"))
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.slow
@pytest.mark.parametrize("order", [TESTS, TESTS[::-1]], ids=["as written", "reversed"])
def test_examples(order: list[str], pytester: pytest.Pytester) -> None:
    shutil.copytree(EXAMPLES, pytester.path, dirs_exist_ok=True)
    # If time were real, they would sleep for hours.
    result = pytester.runpytest_subprocess("-p", "no:randomly", *order, timeout=120)
    result.assert_outcomes(passed=len(TESTS))
