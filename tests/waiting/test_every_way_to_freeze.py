"""All ways to freeze time drive the runs, and end when they should."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta, timezone
from typing import Any
from xml.etree import ElementTree

import freezegun
import freezegun.api
import pytest
import time_machine

from pytest_glue_runs import GlueRuns, JobRun, mock_glue_runs

NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=timezone.utc)
# Ways to freeze time; each returns a context manager.
_FREEZES: dict[str, Callable[[], Any]] = {
    "freeze_time": lambda: freezegun.freeze_time("2026-01-01"),
    "tick": lambda: freezegun.freeze_time("2026-01-01", tick=True),
    "tz_offset": lambda: freezegun.freeze_time("2026-01-01", tz_offset=-8),
    "tz_offset of half hours": lambda: freezegun.freeze_time(
        "2026-01-01", tz_offset=timedelta(hours=5, minutes=30)
    ),
    "real_asyncio": lambda: freezegun.freeze_time("2026-01-01", real_asyncio=True),
    "ignore": lambda: freezegun.freeze_time("2026-01-01", ignore=["boto3"]),
    "an aware datetime": lambda: freezegun.freeze_time(NEW_YEAR),
    "another zone": lambda: freezegun.freeze_time("2025-12-31T19:00:00-05:00"),
    "time_machine": lambda: time_machine.travel(NEW_YEAR, tick=False),
    "time_machine, ticking": lambda: time_machine.travel(NEW_YEAR),
}
_NESTED = [name for name in _FREEZES if not name.startswith("time_machine")]


def _live(glue_runs: GlueRuns, glue: Any) -> list[str]:
    """Run a job, and return the states that a polling loop sees."""
    with suppress(ValueError):  # it exists already
        glue_runs.add_job("nightly")
    run_id = glue.start_job_run(JobName="nightly")["JobRunId"]
    seen = []
    while "CompletedOn" not in (run := glue.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]):
        seen.append(run["JobRunState"])
        time.sleep(30)
    return [*seen, run["JobRunState"]]


def _steps(run: JobRun) -> list[tuple[float, str]]:
    """Return the history of a run, in seconds since its start."""
    return [((step.at - run.started_on).total_seconds(), step.state) for step in run.history]


_SEEN = ["STARTING", "RUNNING", "RUNNING", "SUCCEEDED"]
_STEPS = [(0, "STARTING"), (4, "RUNNING"), (64, "SUCCEEDED")]


@pytest.mark.parametrize("name", _FREEZES)
def test_a_freeze_around_the_mock_drives_the_runs(glue: Any, name: str) -> None:
    with _FREEZES[name](), mock_glue_runs as glue_runs:
        begin = glue_runs.now
        assert timedelta(0) <= begin - NEW_YEAR < timedelta(minutes=1)
        assert _live(glue_runs, glue) == _SEEN
        assert _steps(glue_runs.runs()[0]) == _STEPS


@pytest.mark.parametrize("name", _NESTED)
def test_a_freeze_inside_the_mock_drives_the_runs(
    glue_runs: GlueRuns, glue: Any, name: str
) -> None:
    """The clock that was there before continues where it was."""
    glue_runs.move_to("2025-06-01")
    with _FREEZES[name]():
        assert _live(glue_runs, glue) == _SEEN
        assert glue_runs.now - NEW_YEAR >= timedelta(seconds=64)
    assert glue_runs.now == datetime.datetime(2025, 6, 1, tzinfo=timezone.utc)
    assert _steps(glue_runs.runs()[0]) == _STEPS


@pytest.mark.parametrize("outer", _FREEZES)
def test_nested_freezes_with_the_mock_between_them_drive_the_runs(glue: Any, outer: str) -> None:
    for inner in _NESTED:
        with _FREEZES[outer](), mock_glue_runs as glue_runs, _FREEZES[inner]():
            assert _live(glue_runs, glue) == _SEEN, inner


@contextmanager
def _unchanged() -> Iterator[None]:
    """Fail if clocks are replaced, or time is frozen, after the block."""

    def clocks() -> list[object]:
        names = ("time", "monotonic", "perf_counter", "sleep", "localtime", "gmtime", "strftime")
        return [datetime.datetime, datetime.date, *(getattr(time, name) for name in names)]

    before = clocks()
    yield
    assert clocks() == before
    assert freezegun.api.freeze_factories == []
    assert abs(time.time() - datetime.datetime.now(timezone.utc).timestamp()) < 60
    # The real time is far from all frozen ones.
    assert time.time() > freezegun.api.real_time() - 60


@pytest.mark.parametrize("name", _FREEZES)
def test_nothing_is_left_frozen_after_a_freeze_around_the_mock(glue: Any, name: str) -> None:
    with _unchanged(), _FREEZES[name](), mock_glue_runs as glue_runs:
        _live(glue_runs, glue)


@pytest.mark.parametrize("name", _NESTED)
def test_nothing_is_left_frozen_after_a_freeze_inside_the_mock(glue: Any, name: str) -> None:
    with _unchanged(), mock_glue_runs as glue_runs, _FREEZES[name]():
        _live(glue_runs, glue)


def test_nothing_is_left_frozen_after_a_test_that_fails() -> None:
    with (
        _unchanged(),
        pytest.raises(ZeroDivisionError),
        mock_glue_runs,
        freezegun.freeze_time("2026-01-01"),
    ):
        _ = 1 / 0


def test_freezes_that_end_in_the_wrong_order_leave_nothing_frozen() -> None:
    """The freeze around the mock ends before it."""
    with _unchanged():
        freezer = freezegun.freeze_time("2026-01-01")
        freezer.start()
        with mock_glue_runs:
            freezer.stop()


def test_freezeguns_own_clock_ends_the_run(glue_runs: GlueRuns, glue: Any) -> None:
    with freezegun.freeze_time("2026-01-01") as frozen:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        frozen.tick(10)
        assert glue_runs.runs()[0].state == "RUNNING"
        frozen.move_to("2026-01-01 00:01:04")
        assert glue_runs.runs()[0].state == "SUCCEEDED"


@freezegun.freeze_time("2026-01-01")
def test_a_decorator_below_the_fixture_drives_the_runs(glue_runs: GlueRuns, glue: Any) -> None:
    """It moves the clock back, from today."""
    assert _live(glue_runs, glue) == _SEEN
    assert glue_runs.runs()[0].started_on == NEW_YEAR


def test_a_decorator_of_a_class_drives_the_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import time, unittest
        import boto3, freezegun
        from pytest_glue_runs import mock_glue_runs

        @freezegun.freeze_time("2026-01-01")
        @mock_glue_runs
        class TestIt(unittest.TestCase):
            def test_it(self):
                glue = boto3.client("glue", region_name="us-east-1")
                glue.start_job_run(JobName=self.glue_runs.add_job("nightly"))
                time.sleep(64)
                (run,) = self.glue_runs.runs()
                self.assertEqual((run.state, run.started_on.year), ("SUCCEEDED", 2026))
        """
    )
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=1)


def test_a_clock_that_ticks_by_itself_ends_a_run_in_real_time(glue: Any) -> None:
    with (
        freezegun.freeze_time("2026-01-01", tick=True),
        mock_glue_runs(startup=0, duration=0.05) as glue_runs,
    ):
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        while glue_runs.runs()[0].state == "RUNNING":
            pass
        assert _steps(glue_runs.runs()[0])[-1] == (0.05, "SUCCEEDED")


def test_reading_runs_does_not_advance_an_auto_tick_clock(glue: Any) -> None:
    with (
        freezegun.freeze_time("2026-01-01", auto_tick_seconds=60),
        mock_glue_runs as glue_runs,
    ):
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        begin = glue_runs.now
        assert len({glue_runs.runs()[0].state for _ in range(30)}) == 1
        assert glue_runs.now == begin
        datetime.datetime.now(timezone.utc)
        assert glue_runs.now - begin == timedelta(minutes=1)


def test_a_loop_ends_on_an_auto_tick_clock(glue: Any) -> None:
    with (
        freezegun.freeze_time("2026-01-01", auto_tick_seconds=5),
        mock_glue_runs as glue_runs,
    ):
        assert _live(glue_runs, glue)[-1] == "SUCCEEDED"
        assert _steps(glue_runs.runs()[0]) == _STEPS


def test_an_auto_tick_clock_can_be_moved_to_where_it_is() -> None:
    with (
        freezegun.freeze_time("2026-01-01", auto_tick_seconds=60),
        mock_glue_runs as glue_runs,
    ):
        glue_runs.move_to(NEW_YEAR)
        glue_runs.tick(0)
        assert glue_runs.now == NEW_YEAR


@pytest.mark.parametrize("offset", [-12, 14, timedelta(hours=5, minutes=30)])
def test_naive_and_aware_moments_mean_the_same_in_every_zone(offset: Any) -> None:
    aware = datetime.datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=7)))
    with freezegun.freeze_time("2020-01-01", tz_offset=offset), mock_glue_runs as glue_runs:
        for moment in (NEW_YEAR, NEW_YEAR.replace(tzinfo=None), "2026-01-01", aware):
            glue_runs.move_to(moment)
            assert glue_runs.now == NEW_YEAR
            glue_runs.tick("1h")


@pytest.mark.parametrize(
    "start",
    [
        "2026-01-01",
        "Jan 1st, 2026",
        "2026-01-01T00:00:00Z",
        "2025-12-31T19:00:00-05:00",
        datetime.date(2026, 1, 1),
        NEW_YEAR,
        NEW_YEAR.replace(tzinfo=None),
        NEW_YEAR.astimezone(timezone(timedelta(hours=9))),
    ],
)
def test_start_at_takes_what_freezegun_takes(start: Any) -> None:
    with mock_glue_runs(start_at=start) as glue_runs:
        assert glue_runs.now == NEW_YEAR


@pytest.mark.glue_runs(freeze=False, startup=0, duration=0.02)
def test_with_freeze_false_runs_take_real_seconds(glue_runs: GlueRuns, glue: Any) -> None:
    begin = time.perf_counter()
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.runs()[0].state == "RUNNING"
    while not glue_runs.runs()[0].ended:
        time.sleep(0.005)
    assert time.perf_counter() - begin >= 0.02


@pytest.mark.glue_runs(freeze=False)
def test_a_freeze_inside_a_mock_with_freeze_false_drives_the_runs(
    glue_runs: GlueRuns, glue: Any
) -> None:
    with freezegun.freeze_time("2040-01-01"):
        assert _live(glue_runs, glue) == _SEEN


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_histories_stay_in_order_when_the_clock_goes_back(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})
    glue.start_job_run(JobName="nightly")
    glue_runs.tick("30s")
    assert glue_runs.runs()[0].state == "RUNNING"
    glue_runs.move_to("2020-01-01")
    glue.start_job_run(JobName="nightly")
    glue_runs.settle()
    for run in glue_runs.runs():
        moments = [step.at for step in run.history]
        assert moments == sorted(moments)
        assert _steps(run) == _STEPS


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_a_loop_ends_after_the_clock_went_back(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly")
    glue.start_job_run(JobName="nightly")
    glue_runs.tick("5s")
    glue_runs.runs()
    glue_runs.move_to("2025-12-31")
    while not glue_runs.runs()[0].ended:
        time.sleep(3600)
    assert glue_runs.now - NEW_YEAR == timedelta(hours=1)


@pytest.mark.glue_runs(start_at="1999-12-31")
def test_events_keep_their_times_in_a_jump_of_years(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly")
    glue.start_job_run(JobName="nightly")
    glue_runs.move_to("2099-01-01")
    (run,) = glue_runs.runs()
    assert _steps(run) == _STEPS


def test_the_clock_of_one_mock_does_not_affect_the_next() -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.tick("3650d")
        far = glue_runs.now
    with mock_glue_runs as glue_runs:
        assert far - glue_runs.now > timedelta(days=3600)


_TIME_MACHINE = """
    import datetime, pytest, time, time_machine

    from pytest_glue_runs import mock_glue_runs

    NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

    def live(glue_runs):
        import boto3

        glue = boto3.client("glue", region_name="us-east-1")
        run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
        while not glue_runs.run(run_id).ended:
            time.sleep(30)
        assert 90 <= (glue_runs.now - glue_runs.run(run_id).started_on).total_seconds() < 91

    {test}
"""


@pytest.mark.parametrize(
    "test",
    [
        """
    @time_machine.travel(NEW_YEAR, tick=False)
    @mock_glue_runs(as_kwarg="glue_runs")
    def test_it(glue_runs):
        assert glue_runs.now == NEW_YEAR
        live(glue_runs)
    """,
        """
    @pytest.mark.glue_runs(freeze=False)
    @time_machine.travel(NEW_YEAR, tick=False)
    def test_it(glue_runs):
        assert glue_runs.now == NEW_YEAR
        live(glue_runs)
    """,
        """
    @pytest.mark.time_machine(NEW_YEAR, tick=False)
    def test_it(time_machine, glue_runs):
        assert glue_runs.now == NEW_YEAR
        live(glue_runs)
    """,
        """
    @pytest.mark.glue_runs(freeze=False)
    def test_it(time_machine, glue_runs):
        time_machine.move_to(NEW_YEAR, tick=False)
        live(glue_runs)
    """,
        """
    @pytest.fixture
    def travelled(time_machine):
        time_machine.move_to(NEW_YEAR, tick=False)

    def test_it(travelled, glue_runs):
        assert glue_runs.now == NEW_YEAR
        live(glue_runs)
    """,
    ],
)
def test_each_way_to_use_time_machine(pytester: pytest.Pytester, test: str) -> None:
    pytester.makepyfile(_TIME_MACHINE.format(test=test.strip()))
    pytester.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(passed=1)


def test_time_machine_refuses_to_start_inside_a_freeze() -> None:
    with (
        mock_glue_runs,
        pytest.raises(RuntimeError, match="cannot start when freezegun is active"),
    ):
        time_machine.travel(NEW_YEAR).start()


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_a_run_under_way_waits_until_the_clock_is_back(glue_runs: GlueRuns, glue: Any) -> None:
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    with freezegun.freeze_time("2025-01-01"):
        time.sleep(3600)
        assert glue_runs.runs()[0].state == "STARTING"
    glue_runs.tick("10s")
    assert glue_runs.runs()[0].state == "RUNNING"


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_after_all_runs_have_ended_new_ones_begin_where_the_clock_is(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.add_job("nightly")
    assert _live(glue_runs, glue) == _SEEN
    glue_runs.move_to("2020-01-01")
    assert _live(glue_runs, glue) == _SEEN
    assert [run.started_on.year for run in glue_runs.runs()] == [2026, 2020]


_TESTS = """
    import time
    import freezegun
    import pytest

    def test_fixture(glue_runs):
        time.sleep(3_000_000)

    @freezegun.freeze_time("1980-01-01")
    def test_decorator(glue_runs):
        time.sleep(3_000_000)

    @pytest.mark.freeze_time("1980-01-01")
    def test_marker(glue_runs, freezer):
        time.sleep(3_000_000)

    def test_inside(glue_runs):
        with freezegun.freeze_time("1980-01-01", tick=True):
            time.sleep(3_000_000)
"""


def test_pytests_own_times_are_real_however_time_is_frozen(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(_TESTS)
    options = ["-p", "no:asyncio", "--durations=0", "-vv", "--junitxml=report.xml"]
    result = pytester.runpytest_inprocess(*options)
    result.assert_outcomes(passed=4)
    shown = re.findall(r"^([\d.]+)s (?:setup|call|teardown)", result.stdout.str(), re.MULTILINE)
    root = ElementTree.parse(pytester.path / "report.xml")
    reported = [element.attrib["time"] for element in root.iter("testcase")]
    assert (len(shown), len(reported)) == (12, 4)
    assert max(map(float, shown + reported)) < 60
