"""mock_glue_runs as a context manager, and uses inside of each other."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, fails, mock_glue_runs


def test_bare_it_is_entered_as_it_is() -> None:
    """`with mock_glue_runs`."""
    with mock_glue_runs as glue_runs:
        assert isinstance(glue_runs, GlueRuns)


def test_called_it_takes_settings() -> None:
    """`with mock_glue_runs(...)`."""
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        assert glue_runs.now.year == 2026


def test_called_twice_it_adds_settings(glue: Any) -> None:
    """The second call wins, setting by setting."""
    mock = mock_glue_runs(startup=0, duration="1m", start_at="2026-01-01")(duration="2m")
    with mock as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        (run,) = glue_runs.settle()
        assert (run.execution_time, glue_runs.now.year) == (120, 2026)


def test_a_call_changes_no_other_use() -> None:
    """The bare one has no settings of its own."""
    mock_glue_runs(start_at="2001-01-01")
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.year != 2001


@pytest.mark.parametrize("mock", [mock_glue_runs, mock_glue_runs(start_at="2026-01-01")])
def test_it_is_entered_in_coroutines_too(mock: Any) -> None:
    """`async with`, where the event loop goes on."""

    async def use() -> list[str]:
        async with mock as glue_runs:
            glue_runs.add_job("nightly")
            await asyncio.sleep(0.001)
            return [type(glue_runs).__name__]

    assert asyncio.run(use()) == ["GlueRuns"]


def test_each_use_is_fresh(glue: Any) -> None:
    """Nothing is kept from the one before."""
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
    with mock_glue_runs:
        assert glue.list_jobs()["JobNames"] == []


def test_uses_inside_each_other_share_one_glue(glue: Any) -> None:
    """And it goes on after the inner one."""
    with mock_glue_runs as outer:
        with mock_glue_runs as inner:
            inner.add_job("nightly")
        assert outer is inner
        assert glue.list_jobs()["JobNames"] == ["nightly"]


def test_the_fixture_joins_and_is_joined(glue_runs: GlueRuns) -> None:
    """It is one more use."""
    with mock_glue_runs as inner:
        assert inner is glue_runs


def test_inner_settings_may_say_the_same() -> None:
    """In whatever form."""
    with mock_glue_runs(duration="2m") as outer, mock_glue_runs(duration=120) as inner:
        assert outer is inner


def test_inner_settings_that_contradict_are_an_error() -> None:
    """It shows each, and what holds."""
    inner = mock_glue_runs(duration="2m", report="never", startup="4s")
    with mock_glue_runs, pytest.raises(ValueError, match="mocked already") as caught:
        inner.__enter__()
    assert str(caught.value) == (
        "mock_glue_runs(): GlueService is mocked already, with other settings: "
        "duration='2m' (it is '1m'), report='never' (it is 'failed'). "
        "Uses inside each other share one Glue: set it on the outermost, or leave it out."
    )


def test_an_inner_use_that_is_refused_leaves_the_outer_one_alone(glue: Any) -> None:
    """It goes on, and ends as ever."""
    begin = datetime.datetime.now(datetime.timezone.utc)
    with mock_glue_runs(start_at="2001-01-01") as glue_runs:
        with pytest.raises(ValueError, match="mocked already"):
            mock_glue_runs(duration="2m").__enter__()
        glue_runs.add_job("nightly")
        assert glue.list_jobs()["JobNames"] == ["nightly"]
    assert datetime.datetime.now(datetime.timezone.utc) >= begin


def test_a_marker_that_contradicts_is_one_line_at_set_up(run_tests: Any) -> None:
    """Where something around the test has mocked Glue already."""
    result = run_tests(
        """
        import pytest
        from pytest_glue_runs import mock_glue_runs

        @pytest.fixture(scope="module")
        @mock_glue_runs
        def everywhere():
            yield

        @pytest.mark.glue_runs(duration="2m")
        def test_it(everywhere):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    line = (
        "@pytest.mark.glue_runs: GlueService is mocked already, with other settings: "
        "duration='2m' (it is '1m'). "
        "Uses inside each other share one Glue: set it on the outermost, or leave it out."
    )
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", line], consecutive=True)


def test_the_flag_contradicts_nobody(run_tests: Any) -> None:
    """It says what is shown, not how Glue goes."""
    run_tests(
        """
        import pytest
        from pytest_glue_runs import mock_glue_runs

        @pytest.fixture(scope="module")
        @mock_glue_runs(report="never")
        def everywhere():
            yield

        def test_it(everywhere, glue_runs):
            pass
        """,
        "--glue-runs-report=always",
    ).assert_outcomes(passed=1)


def test_an_exception_goes_through() -> None:
    """The test's own, untouched, whatever the plans say."""

    @mock_glue_runs(as_kwarg="glue_runs")
    def fail(glue_runs: GlueRuns) -> None:
        glue_runs.plan("nightly", fails())
        raise KeyError("the test's own")

    with pytest.raises(KeyError, match="the test's own"):
        fail()  # type: ignore[call-arg]


def test_settings_that_cannot_start_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was entered before the error is left again."""
    from pytest_glue_runs import _mock

    def broken(account_id: object, *others: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(_mock, "Router", broken)
        with pytest.raises(RuntimeError, match="broken"):
            mock_glue_runs.__enter__()
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        assert glue_runs.now.year == 2026


def test_a_run_stays_as_it_was_when_a_freeze_around_it_ended_first(glue: Any) -> None:
    """Time is real again before the mock is left; that is not the runs' time."""
    import freezegun

    freezer = freezegun.freeze_time("2020-01-01")
    freezer.start()
    with mock_glue_runs as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        freezer.stop()
    assert glue_runs.runs()[0].state == "STARTING"
