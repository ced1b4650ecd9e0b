"""mock_glue_runs as a decorator: bare and called, for everything that is called."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs
from pytest_glue_runs._mock import MockGlueRuns

DECORATORS = [mock_glue_runs, mock_glue_runs(), mock_glue_runs(duration="1m")]


def _jobs(glue: Any) -> list[str]:
    names: list[str] = glue.list_jobs()["JobNames"]
    return names


@pytest.mark.parametrize("decorate", DECORATORS)
def test_a_function_is_mocked_at_each_call(glue: Any, decorate: MockGlueRuns) -> None:
    """Afresh."""

    @decorate
    def use(name: str, *, suffix: str) -> list[str]:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job(name + suffix)
        return _jobs(glue)

    assert [use("a", suffix="1"), use("b", suffix="2")] == [["a1"], ["b2"]]


@pytest.mark.parametrize("decorate", DECORATORS)
def test_a_coroutine_function_is_mocked_while_it_runs(glue: Any, decorate: MockGlueRuns) -> None:
    """And is a coroutine function still."""

    @decorate
    async def use(name: str) -> list[str]:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job(name)
        await asyncio.sleep(0)
        return _jobs(glue)

    assert inspect.iscoroutinefunction(use)
    assert asyncio.run(use("a")) == ["a"]


@pytest.mark.parametrize("decorate", DECORATORS)
def test_a_generator_is_mocked_until_its_end(glue: Any, decorate: MockGlueRuns) -> None:
    """And is a generator function still, so pytest takes it as a fixture."""

    @decorate
    def use(name: str) -> Iterator[list[str]]:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job(name)
        yield _jobs(glue)
        yield _jobs(glue)

    assert inspect.isgeneratorfunction(use)
    assert list(use("a")) == [["a"], ["a"]]


@pytest.mark.parametrize("decorate", DECORATORS)
def test_an_async_generator_is_mocked_until_its_end(glue: Any, decorate: MockGlueRuns) -> None:
    """And is an async generator function still."""

    @decorate
    async def use(name: str) -> AsyncIterator[list[str]]:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job(name)
        yield _jobs(glue)
        yield _jobs(glue)

    async def collect() -> list[list[str]]:
        return [names async for names in use("a")]

    assert inspect.isasyncgenfunction(use)
    assert asyncio.run(collect()) == [["a"], ["a"]]


def test_a_generator_that_is_closed_leaves_the_mock() -> None:
    """Its exit is its end."""
    cleaned = []

    @mock_glue_runs(start_at="2001-01-01")
    def use() -> Iterator[int]:
        with mock_glue_runs as glue_runs:
            try:
                yield glue_runs.now.year
            finally:
                cleaned.append(glue_runs.now.year)

    generator: Any = use()
    assert next(generator) == 2001
    generator.close()
    assert cleaned == [2001]
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.year != 2001


def test_an_async_generator_that_is_closed_leaves_the_mock() -> None:
    """The user's own clean-up runs inside the mock."""
    cleaned = []

    @mock_glue_runs(start_at="2001-01-01", as_kwarg="glue_runs")
    async def use(glue_runs: GlueRuns) -> AsyncIterator[int]:
        try:
            yield glue_runs.now.year
        finally:
            cleaned.append(glue_runs.now.year)

    async def first() -> int:
        generator: Any = use()  # type: ignore[call-arg]
        try:
            year: int = await anext(generator)
        finally:
            await generator.aclose()
        return year

    assert asyncio.run(first()) == 2001
    assert cleaned == [2001]


@pytest.mark.parametrize("spell", ["as_kwarg", "as_kwarg, then decorated", "with settings"])
def test_as_kwarg_hands_over_the_control(spell: str) -> None:
    """By the name that is asked for."""

    def use(*, control: GlueRuns) -> str:
        return type(control).__name__

    spellings: dict[str, Callable[[], Any]] = {
        "as_kwarg": lambda: mock_glue_runs(as_kwarg="control")(use),
        "as_kwarg, then decorated": lambda: mock_glue_runs(as_kwarg="control")()(use),
        "with settings": lambda: mock_glue_runs(duration="2m", as_kwarg="control")(use),
    }
    assert spellings[spell]()() == "GlueRuns"


def test_as_kwarg_hides_the_parameter_from_pytest() -> None:
    """Which would look for a fixture of that name."""

    def use(first: int, control: GlueRuns, last: int = 0) -> None: ...

    decorated = mock_glue_runs(as_kwarg="control")(use)
    assert list(inspect.signature(decorated).parameters) == ["first", "last"]
    assert list(inspect.signature(mock_glue_runs(use)).parameters) == ["first", "control", "last"]


def test_a_decorated_function_keeps_its_name() -> None:
    """And its docstring, and its module."""

    @mock_glue_runs
    def use() -> None:
        """What it does."""

    assert (use.__name__, use.__doc__, use.__module__) == ("use", "What it does.", __name__)


def test_whatever_can_be_called_can_be_decorated(glue: Any) -> None:
    """A partial has no name."""
    assert mock_glue_runs(partial(_jobs, glue))() == []


def test_settings_and_target_may_come_together(glue: Any) -> None:
    """As with partial()."""
    decorated: Any = mock_glue_runs(
        lambda glue_runs: glue_runs.now.year,  # type: ignore[call-overload]
        start_at="2001-01-01",
        as_kwarg="glue_runs",
    )
    assert decorated() == 2001


def test_pytest_takes_decorated_functions_as_tests_and_fixtures(run_tests: Any) -> None:
    """With their parameters, but for as_kwarg's."""
    run_tests(
        """
        import pytest
        from pytest_glue_runs import mock_glue_runs

        @pytest.fixture
        @mock_glue_runs(as_kwarg="control", start_at="2001-01-01")
        def year(control):
            return control.now.year

        @pytest.fixture
        @mock_glue_runs(as_kwarg="control", start_at="2002-01-01")
        def frozen(control, tmp_path):
            yield control
            assert control.now.year == 2002

        @mock_glue_runs(as_kwarg="control")
        def test_function(year, control):
            assert (year, control.now.year == 2001) == (2001, False)

        def test_generator(frozen, glue_runs):
            assert frozen is glue_runs

        @pytest.mark.parametrize("number", [1, 2])
        @mock_glue_runs(as_kwarg="control")
        def test_parametrized(number, control):
            assert control.runs() == []

        class TestPlain:
            @mock_glue_runs(as_kwarg="control")
            def test_method(self, control, tmp_path):
                assert control.runs() == []
        """
    ).assert_outcomes(passed=5)


def test_pytest_asyncio_takes_decorated_coroutines_and_async_generators(
    pytester: pytest.Pytester,
) -> None:
    """As tests and as fixtures."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(
        """
        import pytest
        import pytest_asyncio
        from pytest_glue_runs import mock_glue_runs

        @pytest_asyncio.fixture
        @mock_glue_runs(as_kwarg="control", start_at="2001-01-01")
        async def frozen(control):
            yield control
            assert control.now.year == 2001

        @pytest.mark.asyncio
        async def test_fixture(frozen, glue_runs):
            assert frozen is glue_runs

        @pytest.mark.asyncio
        @mock_glue_runs(as_kwarg="control", start_at="2002-01-01")
        async def test_coroutine(control):
            assert control.now.year == 2002
        """
    )
    pytester.runpytest_inprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize("target", ["5m", 5, None, object()])
def test_what_cannot_be_decorated_is_told_what_can(target: Any) -> None:
    """A setting without its keyword, for one."""
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(target)
    assert str(caught.value) == (
        f"mock_glue_runs cannot decorate {target!r}. Valid: functions, coroutine functions, "
        "generators, unittest.TestCase classes. It goes below @pytest.fixture, @staticmethod."
    )


def test_a_fixture_is_decorated_below_its_own_decorator() -> None:
    """Above it, nobody would call what is decorated."""

    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(TypeError) as caught:
        mock_glue_runs(fixture)
    assert str(caught.value) == (
        f"mock_glue_runs cannot decorate {fixture!r}. Valid: functions, coroutine functions, "
        "generators, unittest.TestCase classes. It goes below @pytest.fixture, @staticmethod."
    )


def test_a_fixture_of_an_older_pytest_is_known_too() -> None:
    """There it is a function with a mark."""

    def fixture() -> None: ...

    vars(fixture)["_pytestfixturefunction"] = object()
    with pytest.raises(TypeError, match=r"below @pytest\.fixture"):
        mock_glue_runs(fixture)


def test_one_target_is_decorated_at_a_time() -> None:
    """Settings are keywords."""
    mock: Any = mock_glue_runs
    with pytest.raises(TypeError) as caught:
        mock("5m", 4)
    assert str(caught.value) == (
        "mock_glue_runs decorates one target, and got ('5m', 4). Valid: keywords only, "
        "as_kwarg=None, startup='4s', duration='1m', cleanup='5s', freeze=True, start_at=None, "
        "sleep='virtual', account_id='123456789012', default_glue_version='4.0', "
        "end_of_life=True, check_launch=False, max_requests_per_second=None, "
        "other_services='moto', unused_plans='error', max_sleeps=100000, max_reads=10000, "
        "report='failed'."
    )


@pytest.mark.parametrize("wrong", [5, "", "no name", True])
def test_as_kwarg_is_a_name(wrong: Any) -> None:
    """Nothing else can be a keyword."""
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(as_kwarg=wrong)
    assert str(caught.value) == f"mock_glue_runs(): as_kwarg: {wrong!r} is not a parameter's name."


def test_a_class_that_is_no_test_case_is_told_what_to_use() -> None:
    """pytest's own classes take the marker."""

    class TestPlain: ...

    with pytest.raises(TypeError) as caught:
        mock_glue_runs(TestPlain)
    assert str(caught.value) == (
        "mock_glue_runs cannot decorate the class TestPlain: it is no unittest.TestCase. "
        "Use @pytest.mark.glue_runs on it, or the fixture glue_runs."
    )


def test_a_staticmethod_is_decorated_below_its_own_decorator() -> None:
    """What it is made of could not be seen."""
    method = staticmethod(lambda: None)
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(method)
    assert str(caught.value).startswith(f"mock_glue_runs cannot decorate {method!r}. Valid: ")


def test_a_function_that_gives_a_coroutine_is_refused() -> None:
    """It would run when the mock is gone."""

    async def coroutine() -> None: ...

    @mock_glue_runs
    def function() -> Any:
        return coroutine()

    with pytest.raises(TypeError) as caught:
        function()
    assert str(caught.value).endswith(
        " gave a coroutine, which would run after the mock. Decorate the coroutine function itself."
    )
