"""The page of a session: `--glue-runs-html`."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from pytest_glue_runs import _page_data
from pytest_glue_runs._html.collector import Collector
from pytest_glue_runs._html.page import render

TEST = """
    import boto3
    import pytest
    from pytest_glue_runs import fails, succeeds

    def play(glue_runs):
        glue_runs.add_job("load", MaxRetries=0)
        glue_runs.plan("load", fails("Out of memory", after="10s"))
        arguments = {"--day": "1", "--password": "swordfish"}
        client = boto3.client("glue", region_name="us-east-1")
        client.start_job_run(JobName="load", Arguments=arguments)
        glue_runs.tick("1m")

    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_fails(glue_runs):
        play(glue_runs)
        assert 0

    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_passes(glue_runs):
        play(glue_runs)

    def test_without_a_mock():
        pass
"""

RUN = [
    "load",
    "jr_6cf1ea54…",
    0,
    {"--day": "1", "--password": "***"},
    [[0, "STARTING"], [4000, "RUNNING"], [14000, "FAILED", "Out of memory"]],
]


def _data(pytester: pytest.Pytester, name: str = "page.html") -> list[dict[str, Any]]:
    """Return what the page shows."""
    page = (pytester.path / name).read_text(encoding="utf-8")
    match = re.search(r'<script id="data" type="application/json">(.*?)</script>', page)
    assert match is not None
    data: list[dict[str, Any]] = json.loads(match[1])
    return data


def test_the_page_has_each_test_that_used_a_mock(run_tests: Any, pytester: pytest.Pytester) -> None:
    result = run_tests(TEST, "--glue-runs-html=page.html")
    result.assert_outcomes(passed=2, failed=1)
    module = "test_the_page_has_each_test_that_used_a_mock.py"
    shown = {
        "time": "Time is frozen at 2026-01-01 00:01:00 UTC.",
        "begin": "2026-01-01 00:00:00",
        "epoch": 1767225600000,
        "now": 60000,
        "before": [
            ["Calls:", ["2026-01-01 00:00:00  StartJobRun load [us-east-1] -> jr_6cf1ea54…"]]
        ],
        "after": [],
        "left_out": 0,
        "runs": [RUN],
    }
    assert _data(pytester) == [
        {"name": f"{module}::test_fails", "outcome": "failed", **shown},
        {"name": f"{module}::test_passes", "outcome": "passed", **shown},
    ]
    result.stdout.fnmatch_lines([f"*- Glue job runs: {pytester.path / 'page.html'} -*"])


@pytest.mark.slow
def test_the_page_is_merged_over_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_a=TEST, test_b=TEST)
    pytester.runpytest_subprocess("-n2", "--glue-runs-html=deep/er/page.html")
    data = _data(pytester, "deep/er/page.html")
    assert sorted((test["name"], test["outcome"]) for test in data) == [
        ("test_a.py::test_fails", "failed"),
        ("test_a.py::test_passes", "passed"),
        ("test_b.py::test_fails", "failed"),
        ("test_b.py::test_passes", "passed"),
    ]
    assert [test["runs"] for test in data] == [[RUN]] * 4


def test_no_secret_is_on_the_page(run_tests: Any, pytester: pytest.Pytester) -> None:
    run_tests(TEST, "--glue-runs-html=page.html")
    assert "swordfish" not in (pytester.path / "page.html").read_text(encoding="utf-8")


HOSTILE = "</script><script>alert(1)</script><!--&\u2028"


def test_nothing_that_a_test_names_ends_the_element_of_the_data(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    run_tests(
        f"""
        import boto3
        import pytest
        from pytest_glue_runs import fails

        HOSTILE = {HOSTILE!r}

        @pytest.mark.parametrize("name", [HOSTILE])
        def test_it(glue_runs, name):
            glue_runs.add_job(name[:30])
            glue_runs.plan(name[:30], fails(name))
            client = boto3.client("glue", region_name="us-east-1")
            client.start_job_run(JobName=name[:30], Arguments={{f"--{{name}}": name}})
            glue_runs.settle()
        """,
        "--glue-runs-html=page.html",
    )
    page = (pytester.path / "page.html").read_text(encoding="utf-8")
    assert page.count("<script") == page.count("</script>") == 2
    assert "alert" in page
    (test,) = _data(pytester)
    shown = HOSTILE.replace("\u2028", "\\u2028")
    assert test["runs"][0][0] == HOSTILE[:30]
    assert test["runs"][0][3] == {f"--{shown}": shown}
    assert test["runs"][0][4][-1] == [64000, "FAILED", shown]


def test_the_page_loads_nothing() -> None:
    """Its Content-Security-Policy allows its own script and style only."""
    page = render([])
    assert "default-src 'none'; script-src 'sha256-" in page
    found = set(re.findall(r"\bhttps?://[\w./-]+", page))
    assert found == {"http://www.w3.org/2000/svg"}  # a name, not an address
    assert not re.search(r"<link|<img|<iframe|@import|url\(|fetch\(|XMLHttpRequest", page)


@pytest.mark.slow
def test_nothing_of_the_page_is_imported_without_the_option(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it(glue_runs):
            names = [name for name in sys.modules if name.startswith("pytest_glue_runs._")]
            assert "pytest_glue_runs._report" in names
            assert not [name for name in names if "_html" in name or "_page" in name]
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


OUTCOMES = """
    import pytest

    @pytest.fixture
    def breaks_at_once(glue_runs):
        assert 0

    @pytest.fixture
    def breaks_at_the_end(glue_runs):
        yield
        assert 0

    def test_1_error(breaks_at_once):
        pass

    def test_2_error(breaks_at_the_end):
        pass

    def test_3_skipped(glue_runs):
        pytest.skip("later")

    @pytest.mark.xfail(strict=False)
    def test_4_xfailed(glue_runs):
        assert 0

    @pytest.mark.xfail(strict=False)
    def test_5_xpassed(glue_runs):
        pass

    @pytest.mark.skip
    def test_not_on_the_page(glue_runs):
        pass
"""


def test_the_page_knows_each_outcome(run_tests: Any, pytester: pytest.Pytester) -> None:
    run_tests(OUTCOMES, "--glue-runs-html=page.html")
    data = _data(pytester)
    assert len(data) == 5
    for test in data:
        assert test["name"].endswith(f"_{test['outcome']}")


def test_a_test_that_runs_again_has_its_last_outcome(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    """As with pytest-rerunfailures."""
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(2):
                item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
                runtestprotocol(item, nextitem=nextitem)
                item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
        """
    )
    run_tests(
        """
        tries = []

        def test_it(glue_runs):
            tries.append(1)
            assert len(tries) == 2
        """,
        "--glue-runs-html=page.html",
    )
    assert [test["outcome"] for test in _data(pytester)] == ["passed"]


def test_a_page_without_tests_is_written(run_tests: Any, pytester: pytest.Pytester) -> None:
    run_tests("def test_it(): pass", "--glue-runs-html=page.html")
    assert _data(pytester) == []


def test_a_path_is_relative_to_where_pytest_was_started(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    run_tests(
        """
        def test_it(glue_runs, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
        """,
        "--glue-runs-html=page.html",
    )
    assert len(_data(pytester)) == 1


@pytest.mark.parametrize("given", ["", "."])
def test_a_folder_is_rejected(run_tests: Any, pytester: pytest.Pytester, given: str) -> None:
    result = run_tests(TEST, f"--glue-runs-html={given}")
    result.stderr.fnmatch_lines(
        [
            (
                f"ERROR: --glue-runs-html: {given or pytester.path} is a folder. "
                "Valid: the path of a file to be written."
            )
        ]
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_a_page_that_cannot_be_written_does_not_end_the_session(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    (pytester.path / "file").touch()
    result = run_tests(TEST, "--glue-runs-html=file/page.html")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["--glue-runs-html: the page could not be written: *"])
    result.stdout.no_fnmatch_line("*INTERNALERROR*")


BREAK = """
    import pytest
    from pytest_glue_runs import _mock

    patch = pytest.MonkeyPatch()

    def broken(mocked):
        raise {error}

    def pytest_configure():
        patch.setattr(_mock.Mocked, "page_data", broken)

    def pytest_unconfigure():
        patch.undo()
"""


def test_what_breaks_the_page_is_shown_in_its_place(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(BREAK.format(error="ValueError('x://user:hunter2@host')"))
    run_tests("def test_it(glue_runs): pass", "--glue-runs-html=page.html")
    (test,) = _data(pytester)
    assert test["problem"] == "This report failed with ValueError: x://***@host"
    assert test["outcome"] == "passed"


def test_an_interrupt_ends_the_session_and_the_page_is_written(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(BREAK.format(error="pytest.exit.Exception('enough')"))
    result = run_tests("def test_it(glue_runs): pass", "--glue-runs-html=page.html")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert _data(pytester) == []


def test_of_thousands_of_runs_the_first_are_shown(
    run_tests: Any, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_page_data, "_MOST_RUNS", 2)
    run_tests(
        """
        import boto3

        def test_it(glue_runs):
            glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 5})
            client = boto3.client("glue", region_name="us-east-1")
            for _ in range(5):
                client.start_job_run(JobName="load")
        """,
        "--glue-runs-html=page.html",
    )
    (test,) = _data(pytester)
    assert test["left_out"] == 3
    assert len(test["runs"]) == 2


def test_a_name_that_is_not_unicode_can_be_written(pytester: pytest.Pytester) -> None:
    """As that of a file in another encoding."""
    path = pytester.path / "page.html"
    collector = Collector(path)
    collector._data["test_\udcff.py::test_it"] = json.dumps({"problem": "none"})
    collector.pytest_sessionfinish()
    assert _data(pytester)[0]["name"] == "test_\udcff.py::test_it"
