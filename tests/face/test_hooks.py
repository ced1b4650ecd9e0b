"""The plugin's hooks neither end the session nor hide an error of the test."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs import mock_glue_runs
from pytest_glue_runs._mock import Mocked, latest
from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.operations import OPERATIONS

BREAK = """
    import pytest
    from pytest_glue_runs import _mock, errors

    class Strange(Exception):
        def __str__(self):
            return "a\\n\\ud800 x://user:hunter2@host"

    def broken(*_):
        raise {error}

    @pytest.fixture(scope="session", autouse={autouse})
    def patched():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr({target}, broken)
            yield
"""

TESTS = """
    import pytest

    def test_fails(glue_runs):
        pytest.fail("its own", pytrace=False)

    def test_passes(glue_runs):
        pass
"""


@pytest.fixture
def run_broken(pytester: pytest.Pytester, run_tests: Any) -> Any:
    """Run two tests while a function of the plugin raises an error."""

    def run(
        target: str, error: str, tests: str = TESTS, *, autouse: bool = True
    ) -> pytest.RunResult:
        pytester.makeconftest(BREAK.format(target=target, error=error, autouse=autouse))
        result: pytest.RunResult = run_tests(tests)
        return result

    return run


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("KeyError('JobRunState')", "KeyError: 'JobRunState'"),
        ("RecursionError", "RecursionError"),
        ("Strange", r"conftest.Strange: a \ud800 x://***@host"),
        (
            "errors.EndlessLoopInterrupt('x')",
            "pytest_glue_runs.errors.EndlessLoopInterrupt: x",
        ),
    ],
)
@pytest.mark.parametrize("target", ["_mock.Mocked, 'report'", "_mock, 'latest'"])
def test_a_report_that_fails_says_so_in_its_place(
    run_broken: Any, target: str, error: str, text: str
) -> None:
    result = run_broken(target, error)
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        ["its own", "-* Glue job runs -*", f"This report failed with {text}"]
    )


@pytest.mark.slow
@pytest.mark.parametrize("error", ["KeyboardInterrupt", "pytest.exit.Exception('enough')"])
def test_a_report_does_not_stop_an_interrupt(pytester: pytest.Pytester, error: str) -> None:
    pytester.makeconftest(BREAK.format(target="_mock.Mocked, 'report'", error=error, autouse=True))
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_check_for_unused_plans_that_fails_is_one_line(run_broken: Any) -> None:
    result = run_broken("_mock.Mocked, 'check_unused'", "KeyError('x')")
    result.assert_outcomes(failed=2)
    line = "pytest-glue-runs could not look for unused plans: KeyError: 'x'"
    result.stdout.fnmatch_lines(["its own", "_* test_passes _*", line])


def test_a_tear_down_that_fails_is_one_line(run_broken: Any) -> None:
    """After an error of the test's own tear-down it is not shown."""
    result = run_broken(
        "_mock, 'clear_away'",
        "KeyError('x')",
        """
        import pytest

        @pytest.fixture
        def broken():
            yield
            raise LookupError("its own")

        def test_a(glue_runs, request):
            request.getfixturevalue("patched")

        def test_b(broken):
            pass
        """,
        autouse=False,
    )
    result.assert_outcomes(passed=2, errors=2)
    line = "pytest-glue-runs could not remove all its patches: KeyError: 'x'"
    result.stdout.fnmatch_lines(
        ["_* ERROR at teardown of test_a _*", line, "_* ERROR at teardown of test_b _*"]
    )
    result.stdout.fnmatch_lines(["E* LookupError: its own"])
    assert result.outlines.count(line) == 1


def test_the_end_of_a_test_does_not_end_the_session(run_broken: Any) -> None:
    result = run_broken("_mock, 'forget'", "KeyError('x')")
    result.assert_outcomes(failed=1, passed=1)


def test_items_without_fixture_definitions_can_be_marked(
    pytester: pytest.Pytester, run_tests: Any
) -> None:
    """Other plugins' items may have the names of fixtures only."""
    pytester.makeconftest(
        """
        import pytest

        class Item(pytest.Item):
            fixturenames = []

            def runtest(self):
                assert self.fixturenames == ["glue_runs"]

        class File(pytest.File):
            def collect(self):
                item = Item.from_parent(self, name="an item")
                item.add_marker(pytest.mark.glue_runs)
                self.ihook.pytest_itemcollected(item=item)
                yield item

        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".yaml":
                return File.from_parent(parent, path=file_path)
        """
    )
    pytester.makefile(".yaml", a="")
    run_tests("").assert_outcomes(passed=1)


MALFORMED = """
    import boto3
    import pytest
    from pytest_glue_runs import fails, hangs

    BODIES = [
        ("GetJobRun", '{"JobName": {"a": 1}, "RunId": [["x"]]}'),
        ("BatchStopJobRun", '{"JobName": ["nightly"], "JobRunIds": 5}'),
        ("BatchStopJobRun", '{"JobName": "nightly", "JobRunIds": [{"a": 1}, null]}'),
        ("CreateJob", '{"Name": 1e400, "JobRunIds": {}}'),
        ("GetJob", '{"JobName": "a\\\\nb\\\\ud800"}'),
        ("StartJobRun", '{"JobName": "' + "x" * 10_000 + '"}'),
        ("ListJobs", "["),
    ]

    def send(glue_runs):
        client = boto3.client("glue", region_name="us-east-1")
        def replace(request, operation_name, **_):
            operation, body = current
            request.data = body.encode()
            request.headers["X-Amz-Target"] = f"AWSGlue.{operation}"

        client.meta.events.register_first("request-created.glue", replace)
        methods = {
            "GetJobRun": lambda: client.get_job_run(JobName="x", RunId="x"),
            "BatchStopJobRun": lambda: client.batch_stop_job_run(JobName="x", JobRunIds=["x"]),
            "CreateJob": lambda: client.create_job(Name="x", Role="x", Command={}),
            "GetJob": lambda: client.get_job(JobName="x"),
            "StartJobRun": lambda: client.start_job_run(JobName="x"),
            "ListJobs": lambda: client.list_jobs(),
        }
        for current in BODIES:
            with pytest.raises(client.exceptions.ClientError):
                methods[current[0]]()
        assert len(glue_runs.calls) == len(BODIES)
        glue_runs.add_job("nightly\\t")
        glue_runs.plan("nightly\\t", fails("no\\ud800\\x1b[31m\\n" + "y" * 1000))
        glue_runs.plan("\\ud800", hangs())
        glue_runs.fail_next("GetJob", "InternalFailure", "\\ud800\\n")

    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_report(glue_runs):
        send(glue_runs)
        glue = boto3.client("glue", region_name="us-east-1")
        glue.start_job_run(JobName="nightly\\t")
        glue_runs.tick("1h")
        pytest.fail("its own", pytrace=False)

    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_unused(glue_runs):
        send(glue_runs)

    def test_client_error(glue_runs):
        boto3.client("glue", region_name="us-east-1").get_job(JobName="\\ud800")

    def test_unknown(glue_runs):
        glue_runs.runs("\\ud800")

    def test_rejected(glue_runs):
        glue_runs.add_job("\\ud800", Description="\\ud800")

    def test_passes(glue_runs):
        pass
"""

REPORT = [
    "Time is frozen at 2026-01-01 01:00:00 UTC.",
    "Calls:",
    (
        "  2026-01-01 00:00:00  GetJobRun {'a': 1} ['x'] [us-east-1] -> "
        "SerializationException: Start of structure or map found where not expected."
    ),
    (
        "  2026-01-01 00:00:00  BatchStopJobRun ['nightly'] 5 [us-east-1] -> "
        "SerializationException: Start of list found where not expected"
    ),
    (
        "  2026-01-01 00:00:00  BatchStopJobRun nightly {'a': 1} None [us-east-1] -> "
        "SerializationException: Start of structure or map found where not expected."
    ),
    (
        "  2026-01-01 00:00:00  CreateJob inf {} [us-east-1] -> "
        "SerializationException: NUMBER_VALUE cannot be converted to String"
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-n2",)], ids=["plain", "xdist"])
def test_malformed_requests_and_surrogates_do_not_break_the_session(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    """Neither the report, nor xdist's channel, nor a terminal that encodes strictly."""
    monkeypatch.setenv("PYTHONIOENCODING", "utf-8:strict")
    pytester.makepyfile(MALFORMED)
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(failed=5, passed=1)
    output = "\n".join(result.outlines)
    assert "INTERNALERROR" not in output
    for line in REPORT:
        assert line in output
    assert r"GetJob a\nb\ud800 [us-east-1] -> ValidationException" in output
    assert f"StartJobRun {'x' * 79}… [us-east-1] -> ValidationException" in output
    assert r"nightly\t jr_" in output
    assert r"  FAILED  no\ud800\x1b[31m\nyyy" in output
    assert r"\ud800: hangs()  (there is no job of this name.)" in output
    assert r"There is no job '\ud800'." in output
    assert r"add_job('\ud800'): ValidationException: " in output
    assert "y" * 301 not in output


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([0, -1, 1.5, 1e308, 2**63, "nightly", "jr_1", "\ud800", "a\nb\x00"])
    | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
NAMES = ("JobName", "Name", "RunId", "JobRunIds", "JobNames", "Command", "Role", "Arguments")
BODIES = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, JSON_VALUES)).map(
    lambda request: json.dumps(request).encode()
) | st.binary(max_size=40)


@pytest.mark.slow
@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from([*OPERATIONS, "Other"]), BODIES), max_size=6))
def test_any_requests_can_be_reported(calls: list[tuple[str, bytes]]) -> None:
    """Each line is printable; the number of lines does not depend on the values."""
    with mock_glue_runs(unused="ignore") as glue_runs:
        mocked = latest()
        assert isinstance(mocked, Mocked)
        glue_runs.add_job("nightly")
        caller = Caller("123456789012", "us-east-1")
        for operation, body in calls:
            mocked.glue.handle(caller, operation, body)
        report = mocked.report()
        assert all(line.isprintable() and len(line) < 1000 for line in report.split("\n"))
        assert "".join(map(repr, glue_runs.calls)).isprintable()
        recorded = len(glue_runs.calls)
    assert sum("[us-east-1] -> " in line for line in report.split("\n")) <= recorded


def test_a_session_keeps_no_mock_of_a_test_that_has_ended(run_tests: Any) -> None:
    """A suite's services would fill the memory, and each make the garbage collector slower."""
    run_tests(
        """
        import gc
        import weakref

        import pytest
        from pytest_glue_runs import _mock, mock_glue_runs

        ended = []

        @pytest.mark.parametrize("number", range(3))
        def test_fixture(glue_runs, number):
            ended.append(weakref.ref(_mock.latest()))

        @mock_glue_runs
        def test_decorator():
            ended.append(weakref.ref(_mock.latest()))

        def test_last():
            gc.collect()
            assert [reference() for reference in ended] == [None] * 4
        """
    ).assert_outcomes(passed=5)
