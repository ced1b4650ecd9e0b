"""The report of a failing test: what Glue received, what each run did, what comes next."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import pytest

from pytest_glue_runs._describe import short_id

TITLE = "* Glue job runs *"

SCENARIO = """
    import boto3
    import pytest
    from pytest_glue_runs import fails, hangs, mock_glue_runs, succeeds

    def play(glue_runs):
        client = boto3.client("glue", region_name="us-east-1")
        glue_runs.add_job("nightly", MaxRetries=1, ExecutionProperty={"MaxConcurrentRuns": 10})
        glue_runs.add_job("endless", region="eu-west-1", Timeout=10080)
        glue_runs.plan("nightly", fails("Out of memory", after="5m"), hangs())
        glue_runs.plan("hourly", fails("no", after="90s"), succeeds())
        run_id = client.start_job_run(JobName="nightly")["JobRunId"]
        for _ in range(3):
            client.get_job_run(JobName="nightly", RunId=run_id)
            glue_runs.tick("2m")
        boto3.client("glue", region_name="eu-west-1").start_job_run(JobName="endless")
        client.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
        client.list_jobs()
        glue_runs.fail_next("ListJobs", "ThrottlingException", times=2)
        glue_runs.fail_next("GetJobs", "InternalFailure", "Not today")
        client.get_job_runs(JobName="nightly")
        client.get_job(JobName="nightly")
        with pytest.raises(client.exceptions.EntityNotFoundException):
            client.get_job(JobName="weekly")
"""

REPORT = """\
Time is frozen at 2026-01-01 00:06:00 UTC.
Calls:
  2026-01-01 00:00:00  StartJobRun nightly [us-east-1] -> jr_23de48ba…
  2026-01-01 00:00:00  GetJobRun nightly jr_23de48ba… [us-east-1] -> STARTING
  2026-01-01 00:02:00  GetJobRun nightly jr_23de48ba… [us-east-1] -> RUNNING  (2 times, \
until 2026-01-01 00:04:00)
  2026-01-01 00:06:00  StartJobRun endless [eu-west-1] -> jr_7789de99…
  2026-01-01 00:06:00  BatchStopJobRun nightly jr_23de48ba… [us-east-1] -> ok, \
InvalidInputException
  2026-01-01 00:06:00  ListJobs [us-east-1] -> 1 JobNames
  2026-01-01 00:06:00  GetJobRuns nightly [us-east-1] -> 2 JobRuns
  2026-01-01 00:06:00  GetJob nightly [us-east-1] -> ok
  2026-01-01 00:06:00  GetJob weekly [us-east-1] -> EntityNotFoundException: \
Job with name: weekly not found.
Runs:
  nightly jr_23de48ba…: FAILED after 5m4s
    2026-01-01 00:00:00  STARTING
    2026-01-01 00:00:04  RUNNING
    2026-01-01 00:05:04  FAILED  Out of memory
  nightly jr_23de48ba…_attempt_1: RUNNING after 26s
    2026-01-01 00:05:34  STARTING
    2026-01-01 00:05:38  RUNNING
  endless jr_7789de99…: STARTING after 0s
    2026-01-01 00:06:00  STARTING
Timeline, 2026-01-01 00:00:00 to 2026-01-01 00:06:00, a column is 10s:
                                  |0s       |1m40s    |3m20s    |5m
  nightly jr_23de48ba…            ░██████████████████████████████✗
  nightly jr_23de48ba…_attempt_1                                   ░██▶
  endless jr_7789de99…                                                ░▶
  ░ STARTING  █ RUNNING  ✗ FAILED  ▶ not ended
Next:
  2026-01-01 00:06:04  endless jr_7789de99…: RUNNING (in 4s)
  2026-01-03 00:05:38  nightly jr_23de48ba…_attempt_1: TIMEOUT (in 1d23h59m38s)
The clock has not advanced since these runs started:
  endless jr_7789de99… is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it
Plans that no run used:
  hourly: fails('no', after='1m30s')  (there is no job of this name.)
  hourly: succeeds()  (there is no job of this name.)
Faults that no call had:
  ListJobs: ThrottlingException: Rate exceeded  (2 times)
  GetJobs: InternalFailure: Not today"""


def _report(result: pytest.RunResult) -> str:
    """Return the first report in the output."""
    lines = iter(result.outlines)
    assert any("- Glue job runs -" in line for line in lines), "there is no report"
    report = takewhile(lambda line: line[:2] not in ("==", "__", "--"), lines)
    return "\n".join(report)


def test_a_failing_test_shows_the_report(run_tests: Any) -> None:
    result = run_tests(
        f"""{SCENARIO}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        play(glue_runs)
        assert 0
        """
    )
    assert _report(result) == REPORT


@pytest.mark.slow
def test_the_report_is_the_same_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""{SCENARIO}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        play(glue_runs)
        assert 0
        """
    )
    # Workers are processes of their own in any case.
    assert _report(pytester.runpytest_subprocess("-n2")) == REPORT


@pytest.mark.parametrize(
    "test",
    [
        """
    @mock_glue_runs(start_at="2026-01-01", as_kwarg="glue_runs")
    def test_it(glue_runs):
        play(glue_runs)
        assert 0
        """,
        """
    def test_it():
        with mock_glue_runs(start_at="2026-01-01") as glue_runs:
            play(glue_runs)
            assert 0
        """,
        """
    import unittest

    @mock_glue_runs(start_at="2026-01-01")
    class TestIt(unittest.TestCase):
        def test_it(self):
            play(self.glue_runs)
            assert 0
        """,
    ],
    ids=["function", "block", "unittest"],
)
def test_the_report_is_the_same_without_the_fixture(run_tests: Any, test: str) -> None:
    """The mock has ended before the report is made; it shows the time of the test."""
    assert _report(run_tests(SCENARIO + test)) == REPORT


def test_a_test_without_calls_says_so(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01 12:30:00.25")
        def test_it(glue_runs):
            assert 0
        """
    )
    assert _report(result) == (
        "Time is frozen at 2026-01-01 12:30:00.250 UTC.\nGlue has received no calls."
    )


def test_real_time_is_shown_as_such(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs(freeze=False)
        def test_it(glue_runs):
            assert 0
        """
    )
    result.stdout.fnmatch_lines(
        [TITLE, "Time is real, now 20* UTC.", "Glue has received no calls."], consecutive=True
    )


def test_a_clock_frozen_by_another_tool_is_shown_as_frozen(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.freeze_time("2026-01-01")
        @pytest.mark.glue_runs(freeze=False)
        def test_it(glue_runs):
            assert 0
        """
    )
    assert _report(result).startswith("Time is frozen at 2026-01-01 00:00:00 UTC.")


def test_a_waiting_run_is_shown_with_its_reason(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            glue_runs.add_job("nightly", JobRunQueuingEnabled=True)
            glue = boto3.client("glue", region_name="us-east-1")
            for _ in range(2):
                glue.start_job_run(JobName="nightly")
            glue_runs.tick(1)
            assert 0
        """
    )
    assert _report(result).endswith(
        "Next:\n"
        "  2026-01-01 00:00:04  nightly jr_23de48ba…: RUNNING (in 3s)\n"
        "  nightly jr_9b1ec8f3… is WAITING: Max concurrent job runs per job exceeded"
    )


def test_a_run_that_never_ends_is_shown_as_such(run_tests: Any) -> None:
    """A streaming run is only restarted."""
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="9999-12-30")
        def test_it(glue_runs):
            command = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/stream.py"}
            glue_runs.add_job("stream", Command=command)
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="stream")
            glue_runs.tick("1h")
            assert 0
        """
    )
    assert _report(result).endswith(
        "Next:\n  stream jr_0aa8368f… is RUNNING, and never ends by itself"
    )


def test_a_scheduled_retry_is_shown(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest
        from pytest_glue_runs import fails

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            glue_runs.plan(glue_runs.add_job("nightly", MaxRetries=1), fails())
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="nightly")
            glue_runs.tick("70s")
            assert 0
        """
    )
    assert _report(result).endswith(
        "Next:\n  2026-01-01 00:01:34  nightly jr_23de48ba…: attempt 1 (in 24s)"
    )


def test_a_long_list_keeps_its_first_and_last_lines(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            client = boto3.client("glue", region_name="us-east-1")
            for number in range(60):
                client.get_jobs()
                client.list_jobs()
            assert 0
        """
    )
    report = _report(result).splitlines()
    assert report[22] == "  … 70 more lines …"
    assert len(report) == 2 + 20 + 1 + 30


def test_a_failing_set_up_shows_the_report(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.fixture
        def broken(glue_runs):
            assert 0

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(broken):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    assert _report(result).startswith("Time is frozen at 2026-01-01 00:00:00 UTC.")


def test_a_test_without_the_mock_shows_no_report(run_tests: Any) -> None:
    """Not even that of the test before."""
    result = run_tests(
        """
        def test_a(glue_runs):
            pass

        def test_b():
            assert 0
        """,
        "-p",
        "no:randomly",
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line(TITLE)


TESTS = """
    import pytest

    def test_fails(glue_runs):
        assert 0

    def test_passes(glue_runs):
        pass
"""


@pytest.mark.parametrize(
    ("options", "sections"),
    [
        ([], 1),
        (["-o", "glue_runs_report=failed"], 1),
        (["-o", "glue_runs_report=always"], 2),
        (["-o", "glue_runs_report=never"], 0),
        (["--glue-runs-report=always"], 2),
        (["--glue-runs-report=failed", "-o", "glue_runs_report=never"], 1),
        (["--glue-runs-report=never", "-o", "glue_runs_report=always"], 0),
    ],
)
def test_a_setting_and_a_flag_choose_the_tests_with_a_report(
    run_tests: Any, options: list[str], sections: int
) -> None:
    """The flag overrides the setting."""
    result = run_tests(TESTS, "-rP", *options)
    assert len([line for line in result.outlines if "- Glue job runs -" in line]) == sections


@pytest.mark.parametrize(("report", "sections"), [("always", 2), ("never", 0)])
def test_a_marker_chooses_the_tests_with_a_report(
    run_tests: Any, report: str, sections: int
) -> None:
    marker = f'pytestmark = pytest.mark.glue_runs(report="{report}")'
    result = run_tests(TESTS.replace("import pytest", f"import pytest\n    {marker}"), "-rP")
    assert len([line for line in result.outlines if "- Glue job runs -" in line]) == sections


def test_the_flag_overrides_a_marker(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs(report="never")
        def test_it(glue_runs):
            assert 0
        """,
        "--glue-runs-report=failed",
    )
    result.stdout.fnmatch_lines([TITLE])


def test_a_job_in_another_region_is_shown(run_tests: Any) -> None:
    """AWS's message does not say where it is."""
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            glue_runs.add_job("nightly", region="us-east-1")
            glue = boto3.client("glue", region_name="eu-west-1")
            for name in ("nightly", "nightly", "hourly"):
                with pytest.raises(glue.exceptions.EntityNotFoundException):
                    glue.start_job_run(JobName=name)
            assert 0
        """
    )
    assert _report(result).endswith(
        "Calls that did not find their job:\n"
        "  nightly: exists in us-east-1 of account 123456789012, "
        "but the call went to eu-west-1 of account 123456789012"
    )


def test_a_job_with_a_near_name_is_shown(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            glue_runs.add_job("nightly")
            glue = boto3.client("glue", region_name="us-east-1")
            with pytest.raises(glue.exceptions.EntityNotFoundException):
                glue.start_job_run(JobName="nigthly")
            assert 0
        """
    )
    assert _report(result).endswith(
        "Calls that did not find their job:\n"
        "  nigthly: there is no job of this name. Did you mean 'nightly'?"
    )


@pytest.mark.parametrize("report", ["always", "failed"])
def test_a_failing_set_up_shows_one_report(run_tests: Any, report: str) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.fixture
        def broken(glue_runs):
            assert 0

        def test_it(broken):
            pass
        """,
        "-o",
        f"glue_runs_report={report}",
    )
    assert len([line for line in result.outlines if "- Glue job runs -" in line]) == 1


def test_a_freeze_inside_the_test_is_the_time_of_the_report(run_tests: Any) -> None:
    """It has ended when the report is made."""
    result = run_tests(
        """
        import boto3
        from freezegun import freeze_time

        @freeze_time("2020-01-01")
        def test_it(glue_runs):
            glue_runs.add_job("nightly")
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="nightly")
            assert 0
        """
    )
    assert _report(result).splitlines() == [
        "Time was frozen at 2020-01-01 00:00:00 UTC.",
        "Calls:",
        "  2020-01-01 00:00:00  StartJobRun nightly [us-east-1] -> jr_23de48ba…",
        "Runs:",
        "  nightly jr_23de48ba…: STARTING after 0s",
        "    2020-01-01 00:00:00  STARTING",
        "Next:",
        "  2020-01-01 00:00:04  nightly jr_23de48ba…: RUNNING (in 4s)",
        "The clock has not advanced since these runs started:",
        "  nightly jr_23de48ba… is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it",
    ]


def test_a_clock_that_was_moved_back_is_shown_beside_the_time_of_the_runs(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest
        from pytest_glue_runs import hangs

        @pytest.mark.glue_runs(start_at="2026-03-01")
        def test_it(glue_runs):
            glue_runs.plan(glue_runs.add_job("nightly"), hangs())
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="nightly")
            glue_runs.tick("98s")
            assert glue_runs.runs()[0].state == "RUNNING"
            glue_runs.move_to("2026-02-28")
            assert 0
        """
    )
    assert _report(result).splitlines()[0] == (
        "Time is frozen at 2026-02-28 00:00:00 UTC. The runs stay at 2026-03-01 00:01:38."
    )


def test_errors_that_only_some_calls_received_are_shown(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest
        from botocore.config import Config

        def test_it(glue_runs):
            config = Config(retries={"total_max_attempts": 2})
            client = boto3.client("glue", region_name="us-east-1", config=config)
            glue_runs.fail_next("ListJobs", "ThrottlingException", times=5)
            with pytest.raises(client.exceptions.ClientError):
                client.list_jobs()
            assert 0
        """
    )
    assert _report(result).endswith(
        "Faults that fewer calls had than planned:\n"
        "  ListJobs: ThrottlingException: Rate exceeded  (3 of 5 times)"
    )


@pytest.mark.parametrize(
    ("run_id", "text"),
    [
        ("jr_" + "a1" * 32, "jr_a1a1a1a1…"),
        ("jr_" + "a1" * 32 + "_attempt_2", "jr_a1a1a1a1…_attempt_2"),
        ("jr_" + "a1" * 32 + "_attempt_1_restart_3", "jr_a1a1a1a1…_attempt_1_restart_3"),
        ("jr_1", "jr_1"),
        ("made up", "made up"),
    ],
)
def test_a_run_id_is_shortened(run_id: str, text: str) -> None:
    """Attempts and restarts remain distinct."""
    assert short_id(run_id) == text
