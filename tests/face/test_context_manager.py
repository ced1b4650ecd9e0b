"""mock_glue_runs as a context manager, also nested."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from pytest_glue_runs import EndedMockError, GlueRuns, fails, mock_glue_runs


def test_the_bare_name_is_a_context_manager() -> None:
    with mock_glue_runs as glue_runs:
        assert isinstance(glue_runs, GlueRuns)


def test_a_call_takes_settings() -> None:
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        assert glue_runs.now.year == 2026


def test_a_second_call_adds_settings(glue: Any) -> None:
    """The second call wins, setting by setting."""
    mock = mock_glue_runs(startup=0, duration="1m", start_at="2026-01-01")(duration="2m")
    with mock as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        (run,) = glue_runs.settle()
        assert (run.execution_time, glue_runs.now.year) == (120, 2026)


def test_a_call_does_not_change_the_bare_name() -> None:
    mock_glue_runs(start_at="2001-01-01")
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.year != 2001


@pytest.mark.parametrize("mock", [mock_glue_runs, mock_glue_runs(start_at="2026-01-01")])
def test_it_is_an_async_context_manager(mock: Any) -> None:
    """The event loop keeps running inside."""

    async def use() -> list[str]:
        async with mock as glue_runs:
            glue_runs.add_job("nightly")
            await asyncio.sleep(0.001)
            return [type(glue_runs).__name__]

    assert asyncio.run(use()) == ["GlueRuns"]


def test_each_use_starts_empty(glue: Any) -> None:
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
    with mock_glue_runs:
        assert glue.list_jobs()["JobNames"] == []


def test_nested_uses_share_one_glue(glue: Any) -> None:
    """It stays active when the inner use ends."""
    with mock_glue_runs as outer:
        with mock_glue_runs as inner:
            inner.add_job("nightly")
        assert outer is inner
        assert glue.list_jobs()["JobNames"] == ["nightly"]


def test_a_use_inside_the_fixture_shares_its_glue(glue_runs: GlueRuns) -> None:
    with mock_glue_runs as inner:
        assert inner is glue_runs


def test_inner_settings_may_repeat_the_outer_ones() -> None:
    """ "2m" and 120 are the same duration."""
    with mock_glue_runs(duration="2m") as outer, mock_glue_runs(duration=120) as inner:
        assert outer is inner


def test_contradictory_inner_settings_are_an_error() -> None:
    """The message lists each of them, and the active value."""
    inner = mock_glue_runs(duration="2m", report="never", startup="4s")
    with mock_glue_runs, pytest.raises(ValueError, match="mocked already") as caught:
        inner.__enter__()
    assert str(caught.value) == (
        "mock_glue_runs(): Glue is mocked already, with other settings: "
        "duration='2m' (it is '1m'), report='never' (it is 'failed'). "
        "Nested uses share one Glue: set it on the outermost, or leave it out."
    )


def test_a_rejected_inner_use_does_not_end_the_outer_one(glue: Any) -> None:
    begin = datetime.datetime.now(datetime.timezone.utc)
    with mock_glue_runs(start_at="2001-01-01") as glue_runs:
        with pytest.raises(ValueError, match="mocked already"):
            mock_glue_runs(duration="2m").__enter__()
        glue_runs.add_job("nightly")
        assert glue.list_jobs()["JobNames"] == ["nightly"]
    assert datetime.datetime.now(datetime.timezone.utc) >= begin


def test_a_contradictory_marker_is_one_line_at_set_up(run_tests: Any) -> None:
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
        "@pytest.mark.glue_runs: Glue is mocked already, with other settings: "
        "duration='2m' (it is '1m'). "
        "Nested uses share one Glue: set it on the outermost, or leave it out."
    )
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", line], consecutive=True)


def test_the_report_flag_never_contradicts(run_tests: Any) -> None:
    """It chooses what is shown, not how Glue behaves."""
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


def test_an_exception_is_propagated_unchanged() -> None:
    """An unused plan does not replace it."""

    @mock_glue_runs(as_kwarg="glue_runs")
    def fail(glue_runs: GlueRuns) -> None:
        glue_runs.plan("nightly", fails())
        raise KeyError("the test's own")

    with pytest.raises(KeyError, match="the test's own"):
        fail()  # type: ignore[call-arg]


def test_an_error_while_entering_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_glue_runs import _mock

    def broken(account_id: object, *others: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(_mock, "Router", broken)
        with pytest.raises(RuntimeError, match="broken"):
            mock_glue_runs.__enter__()
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        assert glue_runs.now.year == 2026


def test_runs_do_not_advance_when_an_outer_freeze_ends_first(glue: Any) -> None:
    """Time is real again before the mock ends; the runs do not jump to it."""
    import freezegun

    freezer = freezegun.freeze_time("2020-01-01")
    freezer.start()
    with mock_glue_runs as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        freezer.stop()
    assert glue_runs.runs()[0].state == "STARTING"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("add_job", ("nightly",)),
        ("load_jobs", ("jobs.json",)),
        ("plan", ("nightly", fails())),
        ("plan_crawler", ("raw", fails())),
        ("send_events", ("arrived",)),
        ("fail_next", ("GetJob", "ThrottlingException")),
        ("lose_next_response", ("GetJob",)),
        ("delay_next_response", ("GetJob", "1s")),
        ("hide_next_run", ("1s",)),
        ("tick", (5,)),
        ("move_to", ("2030-01-01",)),
        ("settle", ()),
    ],
)
def test_a_mock_that_has_ended_cannot_be_prepared_or_moved(
    method: str, arguments: tuple[Any, ...]
) -> None:
    with mock_glue_runs as control:
        pass
    with pytest.raises(EndedMockError) as caught:
        getattr(control, method)(*arguments)
    assert str(caught.value) == (
        f"{method}(): this mock has ended. Call it in the test, the decorated function or the "
        "`with` block. What happened can be read afterwards."
    )
