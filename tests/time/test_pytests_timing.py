"""pytest's own measurements stay real while time is frozen."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

_TESTS = """
    def test_long(glue_runs):
        glue_runs.tick("300d")
"""


@pytest.mark.parametrize("fixtures", ["", "freezer, "])
def test_durations_are_real(pytester: pytest.Pytester, fixtures: str) -> None:
    pytester.makepyfile(_TESTS.replace("glue_runs)", f"{fixtures}glue_runs)"))
    result = pytester.runpytest_inprocess("-p", "no:asyncio", "--durations=0", "-vv")
    result.assert_outcomes(passed=1)
    lines = "\n".join(result.outlines)
    found = [
        float(n) for n in re.findall(r"^([\d.]+)s (?:setup|call|teardown)", lines, re.MULTILINE)
    ]
    assert len(found) == 3
    assert max(found) < 60


def test_the_times_of_junit_are_real(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(_TESTS)
    pytester.runpytest_inprocess("-p", "no:asyncio", "--junitxml=report.xml").assert_outcomes(
        passed=1
    )
    suite = next(ElementTree.parse(pytester.path / "report.xml").iter("testsuite"))
    times = [float(element.attrib["time"]) for element in (suite, *suite.iter("testcase"))]
    assert len(times) == 2
    assert max(times) < 60


def test_the_summary_line_is_real(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(_TESTS)
    result = pytester.runpytest_inprocess("-p", "no:asyncio")
    result.stdout.re_match_lines([r"=+ 1 passed.* in \d\d?\.\d\ds =+"])
