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
