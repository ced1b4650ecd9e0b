"""Plans for some runs only, for every job, repeated, and from settings."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from pytest_glue_runs import (
    GlueRuns,
    JobRun,
    SettingError,
    UnusedError,
    fails,
    hangs,
    mock_glue_runs,
    plan,
    succeeds,
)

DAY, NEXT_DAY = {"--date": "2026-01-01"}, {"--date": "2026-01-02"}


def _start(glue: Any, name: str = "nightly", **arguments: str) -> None:
    glue.start_job_run(JobName=name, Arguments={f"--{k}": v for k, v in arguments.items()})


def _after_ten_minutes(_: JobRun) -> bool:
    time.sleep(600)
    return True


def _errors(glue_runs: GlueRuns) -> list[str | None]:
    glue_runs.settle()
    return [run.error_message for run in glue_runs.runs()]


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    many = {"MaxConcurrentRuns": 100}
    glue_runs.add_job("hourly", ExecutionProperty=many)
    return glue_runs.add_job("nightly", ExecutionProperty=many, DefaultArguments={"--env": "dev"})


@pytest.mark.usefixtures("job")
class TestMatching:
    def test_by_an_argument_of_the_run(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.plan("nightly", fails("no"), when=NEXT_DAY)
        _start(glue, date="2026-01-01")
        _start(glue, date="2026-01-02")
        _start(glue, date="2026-01-02")
        assert _errors(glue_runs) == [None, "no", None]

    def test_by_a_default_argument_of_the_job(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.plan("nightly", fails("no"), when={"--env": "dev"})
        _start(glue, env="live")
        _start(glue)
        assert _errors(glue_runs) == [None, "no"]

    def test_by_a_predicate(self, glue_runs: GlueRuns, glue: Any) -> None:
        seen: list[JobRun] = []

        def is_late(run: JobRun) -> bool:
            assert (run.state, run.history, run.ended) == ("STARTING", (), False)
            seen.append(run)
            return run.arguments["--date"] > "2026-01-01"

        glue_runs.plan("nightly", fails("no"), when=is_late)
        _start(glue, date="2026-01-01")
        _start(glue, date="2026-01-02")
        assert _errors(glue_runs) == [None, "no"]
        assert seen == glue_runs.runs()

    def test_a_predicate_is_asked_for_retries_too(self, glue_runs: GlueRuns, glue: Any) -> None:
        """Reading the run processes no event of the moment that is being processed."""
        glue_runs.add_job("retried", MaxRetries=1)
        glue_runs.plan("retried", fails("first"))
        glue_runs.plan("retried", fails("second"), when=lambda run: run.attempt == 1)
        glue.start_job_run(JobName="retried")
        for _ in range(3):
            glue.start_job_run(JobName="nightly")
        glue_runs.tick("1d")
        assert [run.error_message for run in glue_runs.runs("retried")] == ["first", "second"]

    def test_what_a_predicate_raises_reaches_the_caller(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        """No run is started, and the next call starts one."""
        glue_runs.plan("nightly", fails("no"), when=lambda run: bool(run.arguments["--date"]))
        with pytest.raises(KeyError, match="--date"):
            glue.start_job_run(JobName="nightly")
        assert glue_runs.runs() == []
        _start(glue, date="2026-01-02")
        assert _errors(glue_runs) == ["no"]

    def test_a_predicate_may_wait(self, glue_runs: GlueRuns, glue: Any) -> None:
        """What is due meanwhile happens once the run has its plan, at its own time."""
        ended_at: list[datetime] = []
        glue_runs.plan(
            "hourly", succeeds(after="5m", then=lambda run: ended_at.append(glue_runs.now))
        )
        glue_runs.plan("nightly", fails("late"), when=_after_ten_minutes)
        begin = glue_runs.now
        _start(glue, "hourly")
        _start(glue)
        assert glue_runs.now == begin + timedelta(seconds=600)
        glue_runs.settle()
        assert ended_at == [begin + timedelta(seconds=304)]

    def test_a_predicate_may_wait_in_a_thread_beside_the_test(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        glue_runs.plan("hourly", succeeds(after="5m", then=lambda run: None))
        glue_runs.plan("nightly", fails("late"), when=_after_ten_minutes)
        _start(glue, "hourly")
        thread = threading.Thread(target=_start, args=(glue,), daemon=True)
        thread.start()
        thread.join(3600)
        assert not thread.is_alive()
        assert glue_runs.last_run("nightly").error_message == "late"

    def test_for_every_job(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.plan("*", fails("any"), times="always")
        glue_runs.plan("nightly", fails("own"))
        for name in ("hourly", "nightly", "nightly"):
            _start(glue, name)
        assert _errors(glue_runs) == ["any", "own", "any"]

    def test_repeated(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.plan("nightly", fails("a"), fails("b"), times=2)
        for _ in range(5):
            _start(glue)
        assert _errors(glue_runs) == ["a", "b", "a", "b", None]

    @pytest.mark.glue_runs(unused="ignore")
    def test_the_order_among_plans_that_match(self, glue_runs: GlueRuns, glue: Any) -> None:
        glue_runs.plan("nightly", fails("always"), times="always")
        glue_runs.plan("nightly", fails("plain"))
        glue_runs.plan("nightly", fails("when"), when=DAY)
        glue_runs.plan("nightly", fails("newest"), times="always")
        for _ in range(3):
            _start(glue, date="2026-01-01")
        assert _errors(glue_runs) == ["when", "plain", "newest"]

    def test_a_condition_that_starts_a_run_for_the_same_plan_is_an_error(
        self, glue_runs: GlueRuns, glue: Any
    ) -> None:
        def start(run: JobRun) -> bool:
            _start(glue)
            raise NotImplementedError  # pragma: no cover - the line above raises

        glue_runs.plan("nightly", fails(), when=start, optional=True)
        with pytest.raises(RecursionError) as caught:
            _start(glue)
        assert str(caught.value) == (
            "plan(when=start): "
            "the function started a run, and would be called for that one too. It may read AWS, "
            "but not start a run that this plan could be for."
        )


class TestUnused:
    def test_the_message_says_why_runs_did_not_match(self, glue: Any) -> None:
        with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:  # noqa: PT012 - its end raises
            glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 9})
            _start(glue, date="2026-01-01")
            first = glue_runs.last_run().id[:11]
            glue_runs.plan("nightly", fails("no"), when={"--date": "2026-01-03"})
            glue_runs.plan("nightly", succeeds())
            _start(glue, date="2026-01-02")
            second = glue_runs.last_run().id[:11]
            _start(glue, dat="2026-01-03")
            third = glue_runs.last_run().id[:11]
        assert str(caught.value) == (
            "Plans that no run used:\n"
            "  nightly: fails('no'), when={'--date': '2026-01-03'}\n"
            f"    nightly {first}…: it started before the plan was made\n"
            f"    nightly {second}…: --date is '2026-01-02'\n"
            f"    nightly {third}…: it has no --date. Did you mean '--dat'?\n"
            "Start a run for each plan, or set unused='ignore'."
        )

    def test_a_plan_behind_others_names_what_was_used(self, glue: Any) -> None:
        def never(run: JobRun) -> bool:
            raise NotImplementedError  # pragma: no cover - the other plans come first

        with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:  # noqa: PT012 - its end raises
            glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 9})
            glue_runs.plan("nightly", *[hangs()] * 6, succeeds())
            glue_runs.plan("*", fails(), when=never, times="always")
            for _ in range(6):
                _start(glue)
            last = glue_runs.last_run().id[:11]
        lines = str(caught.value).splitlines()
        assert lines[1] == "  nightly: succeeds()"
        assert lines[6:9] == [
            f"    nightly {last}…: it used hangs()",
            "    and 1 earlier runs",
            "  *: fails(), when=never, times='always'",
        ]
        assert lines[13] == f"    nightly {last}…: it used hangs()"

    def test_a_function_that_returned_false_is_named(self, glue: Any) -> None:
        with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:  # noqa: PT012 - its end raises
            glue_runs.add_job("nightly")
            glue_runs.plan("nightly", fails(), when=lambda run: run.attempt > 0)
            _start(glue)
            run_id = glue_runs.last_run().id[:11]
        assert str(caught.value).splitlines()[1:3] == [
            "  nightly: fails(), when=<lambda>",
            f"    nightly {run_id}…: when() was false for it",
        ]

    def test_an_optional_plan_may_stay_unused(self) -> None:
        with mock_glue_runs as glue_runs:
            glue_runs.plan("nightly", fails(), optional=True)


class TestSettings:
    @pytest.mark.glue_runs(plans=[plan("*", fails("no"), when=DAY, times="always")])
    def test_from_a_marker(self, glue_runs: GlueRuns, glue: Any, job: str) -> None:
        _start(glue, job, date="2026-01-01")
        assert _errors(glue_runs) == ["no"]

    def test_from_a_call(self, glue: Any) -> None:
        with mock_glue_runs(plans=[plan("nightly", fails("no"))]) as glue_runs:
            glue.start_job_run(JobName=glue_runs.add_job("nightly"))
            assert _errors(glue_runs) == ["no"]

    def test_an_invalid_plan_is_a_setting_error(self) -> None:
        wrong: Any = plan("nightly", fails(), times=0)
        with pytest.raises(SettingError) as caught, mock_glue_runs(plans=[wrong]):
            pass  # pragma: no cover - it is not entered
        assert str(caught.value) == (
            "plan(times=0): times is a whole number from 1 to 1000000, or 'always'."
        )

    @pytest.mark.parametrize("wrong", ["hangs()", [hangs()], None])
    def test_what_is_no_plan_is_an_error(self, wrong: Any) -> None:
        shown = repr(wrong[0] if isinstance(wrong, list) else wrong)
        with pytest.raises(SettingError) as caught:
            mock_glue_runs(plans=wrong)
        assert str(caught.value) == (
            f"mock_glue_runs(): plans: {shown} is not a result of plan(). "
            "Valid: a list such as [plan('nightly', hangs())], with functions of "
            "pytest_glue_runs; the ini file cannot hold it."
        )

    def test_the_repr_is_the_call(self) -> None:
        made = plan("nightly", hangs(), when=DAY, times=2)
        assert repr(made) == "plan('nightly', hangs(), when={'--date': '2026-01-01'}, times=2)"

    def test_from_a_conftest(self, pytester: pytest.Pytester) -> None:
        """An unused one fails the test, unless it is optional."""
        pytester.makeconftest(
            """
            import pytest
            from pytest_glue_runs import fails, hangs, plan

            @pytest.fixture(scope="session")
            def glue_runs_settings():
                return {"plans": [plan("a", fails()), plan("b", hangs(), optional=True)]}
            """
        )
        pytester.makepyfile("def test_it(glue_runs): pass")
        result = pytester.runpytest_inprocess("-p", "no:asyncio")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "Plans that no run used:",
                "  a: fails()  (there is no job of this name.)",
                "Start a run for each plan, or set unused='ignore'.",
            ],
            consecutive=True,
        )


async def _coroutine_function(run: JobRun) -> bool:
    raise NotImplementedError  # pragma: no cover - it is rejected


def _with_two_parameters(run: JobRun, more: object) -> bool:
    raise NotImplementedError  # pragma: no cover - it is rejected


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            _coroutine_function,
            (
                "plan(when=_coroutine_function): nothing awaits a coroutine function. Pass a "
                "function that calls asyncio.run()."
            ),
        ),
        (
            _with_two_parameters,
            (
                "plan(when=_with_two_parameters): the function is called with one argument, the "
                "run, but its parameters are (run: 'JobRun', more: 'object') -> 'bool'."
            ),
        ),
        (
            {},
            (
                "plan(when={}): valid are arguments of a run, such as {'--date': '2026-01-31'}, "
                "or a function that gets the JobRun and returns whether the plan is for it."
            ),
        ),
        (
            "--date",
            (
                "plan(when='--date'): valid are arguments of a run, such as "
                "{'--date': '2026-01-31'}, or a function that gets the JobRun and returns whether "
                "the plan is for it."
            ),
        ),
        (
            {"--n": 1},
            (
                "plan(when={'--n': 1}): 1 is not text. Names and values of arguments are text, as "
                "in StartJobRun."
            ),
        ),
    ],
)
def test_an_invalid_condition_is_an_error(glue_runs: GlueRuns, when: Any, message: str) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.plan("nightly", fails(), when=when)
    assert str(caught.value) == message


def test_a_planner_that_is_not_called_is_an_error(glue_runs: GlueRuns) -> None:
    wrong: Any = fails
    with pytest.raises(TypeError) as caught:
        glue_runs.plan("nightly", wrong)
    assert str(caught.value) == (
        f"plan('nightly'): {fails!r} is not a plan. Call it: fails(). "
        "Valid: succeeds(...), fails(...), fails_to_launch(...), hangs(...), executes(...)."
    )
