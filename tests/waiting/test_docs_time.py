"""docs/time.md says what is so: pytest runs each of its Python blocks as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parent.parent.parent / "docs" / "time.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def _name(block: str) -> str:
    return "".join(re.findall(r"^def (test_\w+)", block, re.MULTILINE))


@pytest.mark.parametrize("block", BLOCKS, ids=_name)
def test_python_block(block: str, pytester: pytest.Pytester) -> None:
    """It has one test, which passes."""
    pytester.makepyfile(block)
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=1)


def test_every_block_is_found() -> None:
    """Each opening fence but the closing ones."""
    assert len(BLOCKS) * 2 == TEXT.count("```")
