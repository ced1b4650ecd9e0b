"""The report of a failing test: what Glue saw, what each run did, what would happen next."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import pytest

from pytest_glue_runs._report import short

TITLE = "* Glue job runs *"

STORY = """
    import boto3
    import pytest
    from pytest_glue_runs import fails, hangs, mock_glue_runs, succeeds

    def tell(glue_runs):
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

TOLD = """\
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
Next:
  2026-01-01 00:06:04  endless jr_7789de99…: RUNNING (in 4s)
  2026-01-03 00:05:38  nightly jr_23de48ba…_attempt_1: TIMEOUT (in 1d23h59m38s)
Nothing has moved the clock since these were started:
  endless jr_7789de99… is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it
Plans that no run used:
  hourly: fails('no', after='1m30s')  (there is no job of this name.)
  hourly: succeeds()  (there is no job of this name.)
Errors that no call met:
  ListJobs: ThrottlingException: Rate exceeded  (2 times)
  GetJobs: InternalFailure: Not today"""


def _told(result: pytest.RunResult) -> str:
    """The lines of the first section of ours."""
    lines = iter(result.outlines)
    assert any("- Glue job runs -" in line for line in lines), "there is no such section"
    told = takewhile(lambda line: line[:2] not in ("==", "__", "--"), lines)
    return "\n".join(told)


def test_a_failing_test_tells_the_whole_story(run_tests: Any) -> None:
    """Word for word."""
    result = run_tests(
        f"""{STORY}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        tell(glue_runs)
        assert 0
        """
    )
    assert _told(result) == TOLD


@pytest.mark.slow
def test_it_is_the_same_story_under_xdist(pytester: pytest.Pytester) -> None:
    """It travels with the test's report."""
    pytester.makepyfile(
        f"""{STORY}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        tell(glue_runs)
        assert 0
        """
    )
    # Workers are processes of their own in any case.
    assert _told(pytester.runpytest_subprocess("-n2")) == TOLD


@pytest.mark.parametrize(
    "test",
    [
        """
    @mock_glue_runs(start_at="2026-01-01", as_kwarg="glue_runs")
    def test_it(glue_runs):
        tell(glue_runs)
        assert 0
        """,
        """
    def test_it():
        with mock_glue_runs(start_at="2026-01-01") as glue_runs:
            tell(glue_runs)
            assert 0
        """,
        """
    import unittest

    @mock_glue_runs(start_at="2026-01-01")
    class TestIt(unittest.TestCase):
        def test_it(self):
            tell(self.glue_runs)
            assert 0
        """,
    ],
    ids=["function", "block", "unittest"],
)
def test_it_is_the_same_story_without_the_fixture(run_tests: Any, test: str) -> None:
    """Though the mock has been left when the test has failed: it tells the time of the test."""
    assert _told(run_tests(STORY + test)) == TOLD


def test_where_nothing_was_called_it_is_said(run_tests: Any) -> None:
    """That is news, most often."""
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01 12:30:00.25")
        def test_it(glue_runs):
            assert 0
        """
    )
    assert _told(result) == (
        "Time is frozen at 2026-01-01 12:30:00.250 UTC.\nNo call has reached Glue."
    )


def test_real_time_is_told_as_such(run_tests: Any) -> None:
    """It cannot be foreseen."""
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs(freeze=False)
        def test_it(glue_runs):
            assert 0
        """
    )
    result.stdout.fnmatch_lines(
        [TITLE, "Time is real, now 20* UTC.", "No call has reached Glue."], consecutive=True
    )


def test_a_clock_that_is_joined_is_frozen_too(run_tests: Any) -> None:
    """Whoever froze it."""
    result = run_tests(
        """
        import pytest

        @pytest.mark.freeze_time("2026-01-01")
        @pytest.mark.glue_runs(freeze=False)
        def test_it(glue_runs):
            assert 0
        """
    )
    assert _told(result).startswith("Time is frozen at 2026-01-01 00:00:00 UTC.")


def test_a_run_that_waits_is_told_with_its_reason(run_tests: Any) -> None:
    """Nobody knows when there will be capacity_pool."""
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
    assert _told(result).endswith(
        "Next:\n"
        "  2026-01-01 00:00:04  nightly jr_23de48ba…: RUNNING (in 3s)\n"
        "  nightly jr_9b1ec8f3… is WAITING: Max concurrent job runs per job exceeded"
    )


def test_a_run_that_nothing_ends_is_told_so(run_tests: Any) -> None:
    """A streaming run goes on for ever, and is only restarted."""
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
    assert _told(result).endswith(
        "Next:\n  stream jr_0aa8368f… is RUNNING, and never ends by itself"
    )


def test_a_retry_to_come_is_told(run_tests: Any) -> None:
    """Though its run has ended."""
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
    assert _told(result).endswith(
        "Next:\n  2026-01-01 00:01:34  nightly jr_23de48ba…: attempt 1 (in 24s)"
    )


def test_a_long_story_is_shortened_in_its_middle(run_tests: Any) -> None:
    """The first twenty and the last thirty lines stay."""
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
    told = _told(result).splitlines()
    assert told[22] == "  … 70 lines more …"
    assert len(told) == 2 + 20 + 1 + 30


def test_a_failing_set_up_tells_it_too(run_tests: Any) -> None:
    """A fixture may start runs."""
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
    assert _told(result).startswith("Time is frozen at 2026-01-01 00:00:00 UTC.")


def test_a_test_without_the_mock_tells_nothing(run_tests: Any) -> None:
    """Not even when the one before it had one."""
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
def test_a_setting_and_a_flag_choose_who_reports(
    run_tests: Any, options: list[str], sections: int
) -> None:
    """The flag is the stronger one. pytest shows passed tests with -rP."""
    result = run_tests(TESTS, "-rP", *options)
    assert len([line for line in result.outlines if "- Glue job runs -" in line]) == sections


@pytest.mark.parametrize(("report", "sections"), [("always", 2), ("never", 0)])
def test_a_marker_chooses_too(run_tests: Any, report: str, sections: int) -> None:
    """As with every setting."""
    marker = f'pytestmark = pytest.mark.glue_runs(report="{report}")'
    result = run_tests(TESTS.replace("import pytest", f"import pytest\n    {marker}"), "-rP")
    assert len([line for line in result.outlines if "- Glue job runs -" in line]) == sections


def test_the_flag_is_stronger_than_a_marker(run_tests: Any) -> None:
    """Who types it wants to see."""
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


def test_a_job_in_another_region_is_told(run_tests: Any) -> None:
    """AWS's own words do not say that it is elsewhere."""
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
    assert _told(result).endswith(
        "Jobs that are not where the call went:\n"
        "  nightly: it is in us-east-1 of 123456789012, "
        "and the call went to eu-west-1 of 123456789012"
    )


def test_a_name_that_is_near_to_a_jobs_is_told(run_tests: Any) -> None:
    """AWS's own words do not know of it."""
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
    assert _told(result).endswith(
        "Jobs that are not where the call went:\n"
        "  nigthly: there is no job of this name. Did you mean 'nightly'?"
    )


@pytest.mark.parametrize("report", ["always", "failed"])
def test_a_failing_set_up_tells_its_story_once(run_tests: Any, report: str) -> None:
    """Whoever else tells one."""
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


def test_a_freeze_inside_of_the_test_is_the_one_that_is_told(run_tests: Any) -> None:
    """It has ended when the story is told, and what the runs did went by it."""
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
    assert _told(result).splitlines() == [
        "Time was frozen at 2020-01-01 00:00:00 UTC.",
        "Calls:",
        "  2020-01-01 00:00:00  StartJobRun nightly [us-east-1] -> jr_23de48ba…",
        "Runs:",
        "  nightly jr_23de48ba…: STARTING after 0s",
        "    2020-01-01 00:00:00  STARTING",
        "Next:",
        "  2020-01-01 00:00:04  nightly jr_23de48ba…: RUNNING (in 4s)",
        "Nothing has moved the clock since these were started:",
        "  nightly jr_23de48ba… is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it",
    ]


def test_a_clock_that_was_put_back_is_told_beside_the_runs_time(run_tests: Any) -> None:
    """They do not go back with it."""
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
    assert _told(result).splitlines()[0] == (
        "Time is frozen at 2026-02-28 00:00:00 UTC. "
        "The runs are at 2026-03-01 00:01:38: they do not go back."
    )


@pytest.mark.parametrize(
    ("run_id", "text"),
    [
        ("jr_" + "a1" * 32, "jr_a1a1a1a1…"),
        ("jr_" + "a1" * 32 + "_attempt_2", "jr_a1a1a1a1…_attempt_2"),
        ("jr_" + "a1" * 32 + "_attempt_1_restart_3", "jr_a1a1a1a1…_attempt_1_restart_3"),
        ("jr_1", "jr_1"),
        ("made up by somebody", "made up by somebody"),
    ],
)
def test_an_id_is_shortened_where_it_is_a_hash(run_id: str, text: str) -> None:
    """What tells attempts and restarts apart stays."""
    assert short(run_id) == text
