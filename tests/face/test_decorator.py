"""mock_glue_runs as a decorator, bare and called."""

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
def test_a_function_is_mocked_anew_in_each_call(glue: Any, decorate: MockGlueRuns) -> None:
    @decorate
    def use(name: str, *, suffix: str) -> list[str]:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job(name + suffix)
        return _jobs(glue)

    assert [use("a", suffix="1"), use("b", suffix="2")] == [["a1"], ["b2"]]


@pytest.mark.parametrize("decorate", DECORATORS)
def test_a_coroutine_function_is_mocked_while_it_runs(glue: Any, decorate: MockGlueRuns) -> None:
    """It remains a coroutine function."""

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
    """It remains a generator function, which pytest accepts as a fixture."""

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
    """It remains an async generator function."""

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


def test_closing_a_generator_ends_the_mock() -> None:
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


def test_closing_an_async_generator_ends_the_mock() -> None:
    """The user's clean-up runs inside the mock."""
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
def test_as_kwarg_passes_the_control(spell: str) -> None:
    def use(*, control: GlueRuns) -> str:
        return type(control).__name__

    spellings: dict[str, Callable[[], Any]] = {
        "as_kwarg": lambda: mock_glue_runs(as_kwarg="control")(use),
        "as_kwarg, then decorated": lambda: mock_glue_runs(as_kwarg="control")()(use),
        "with settings": lambda: mock_glue_runs(duration="2m", as_kwarg="control")(use),
    }
    assert spellings[spell]()() == "GlueRuns"


def test_as_kwarg_hides_the_parameter_from_pytest() -> None:
    """pytest would look for a fixture of that name."""

    def use(first: int, control: GlueRuns, last: int = 0) -> None: ...

    decorated = mock_glue_runs(as_kwarg="control")(use)
    assert list(inspect.signature(decorated).parameters) == ["first", "last"]
    assert list(inspect.signature(mock_glue_runs(use)).parameters) == ["first", "control", "last"]


def test_a_decorated_function_keeps_its_metadata() -> None:
    @mock_glue_runs
    def use() -> None:
        """What it does."""

    assert (use.__name__, use.__doc__, use.__module__) == ("use", "What it does.", __name__)


def test_any_callable_can_be_decorated(glue: Any) -> None:
    """A partial has no name."""
    assert mock_glue_runs(partial(_jobs, glue))() == []


def test_settings_and_target_may_be_in_one_call(glue: Any) -> None:
    decorated: Any = mock_glue_runs(
        lambda glue_runs: glue_runs.now.year,  # type: ignore[call-overload]
        start_at="2001-01-01",
        as_kwarg="glue_runs",
    )
    assert decorated() == 2001


def test_pytest_accepts_decorated_functions_as_tests_and_fixtures(run_tests: Any) -> None:
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


def test_pytest_asyncio_accepts_decorated_coroutines_and_async_generators(
    pytester: pytest.Pytester,
) -> None:
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
def test_a_target_that_cannot_be_decorated_is_an_error(target: Any) -> None:
    """A setting without its keyword, for example."""
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(target)
    assert str(caught.value) == (
        f"mock_glue_runs cannot decorate {target!r}. Valid: functions, coroutine functions, "
        "generators, unittest.TestCase classes. Put it below @pytest.fixture and @staticmethod."
    )


def test_a_fixture_object_is_an_error() -> None:
    """The decorator belongs below @pytest.fixture."""

    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(TypeError) as caught:
        mock_glue_runs(fixture)
    assert str(caught.value) == (
        f"mock_glue_runs cannot decorate {fixture!r}. Valid: functions, coroutine functions, "
        "generators, unittest.TestCase classes. Put it below @pytest.fixture and @staticmethod."
    )


def test_a_fixture_of_an_older_pytest_is_an_error() -> None:
    """Before pytest 8.4 a fixture is a function with an attribute."""

    def fixture() -> None: ...

    vars(fixture)["_pytestfixturefunction"] = object()
    with pytest.raises(TypeError, match=r"below @pytest\.fixture"):
        mock_glue_runs(fixture)


def test_two_positional_arguments_are_an_error() -> None:
    mock: Any = mock_glue_runs
    with pytest.raises(TypeError) as caught:
        mock("5m", 4)
    assert str(caught.value) == (
        "mock_glue_runs decorates one target, and got ('5m', 4). Valid: keywords only, "
        "as_kwarg=None, startup='4s', duration='1m', cleanup='5s', freeze=True, start_at=None, "
        "sleep='virtual', account_id='123456789012', default_glue_version='4.0', "
        "end_of_life=True, check_launch=False, max_requests_per_second=None, "
        "other_services='moto', passthrough_hosts=(), unused='error', "
        "max_sleeps=100000, max_reads=10000, report='failed', secret_names=(), "
        "plans=(), faults=()."
    )


@pytest.mark.parametrize("wrong", [5, "", "no name", True])
def test_as_kwarg_is_an_identifier(wrong: Any) -> None:
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(as_kwarg=wrong)
    assert str(caught.value) == f"mock_glue_runs(): as_kwarg: {wrong!r} is not a parameter's name."


def test_a_class_that_is_not_a_test_case_is_an_error() -> None:
    class TestPlain: ...

    with pytest.raises(TypeError) as caught:
        mock_glue_runs(TestPlain)
    assert str(caught.value) == (
        "mock_glue_runs cannot decorate the class TestPlain: it is not a unittest.TestCase. "
        "Use @pytest.mark.glue_runs on it, or the fixture glue_runs."
    )


def test_a_staticmethod_object_is_an_error() -> None:
    """The decorator belongs below @staticmethod."""
    method = staticmethod(lambda: None)
    with pytest.raises(TypeError) as caught:
        mock_glue_runs(method)
    assert str(caught.value).startswith(f"mock_glue_runs cannot decorate {method!r}. Valid: ")


def test_a_function_that_returns_a_coroutine_is_an_error() -> None:
    """It would run after the mock has ended."""

    async def coroutine() -> None: ...

    @mock_glue_runs
    def function() -> Any:
        return coroutine()

    with pytest.raises(TypeError) as caught:
        function()
    assert str(caught.value).endswith(
        " returned a coroutine, which would run after the mock has ended. "
        "Decorate the coroutine function itself."
    )


@mock_glue_runs
def _with_a_parameter(client: Any, count: int = 1, *more: Any, **options: Any) -> None:
    int(client)


@mock_glue_runs
async def _coroutine_with_a_parameter(client: Any) -> None:
    int(client)


@pytest.mark.parametrize("function", [_with_a_parameter, _coroutine_with_a_parameter])
def test_a_parameter_that_is_not_passed_gives_a_hint(function: Any) -> None:
    with pytest.raises(TypeError) as caught:
        asyncio.run(_awaited(function))
    assert str(caught.value) == (
        f"{function.__name__}() was called without its parameter 'client'. "
        "@mock_glue_runs(as_kwarg='client') passes the mocked Glue as 'client'."
    )


@pytest.mark.parametrize("function", [_with_a_parameter, _coroutine_with_a_parameter])
def test_another_type_error_stays_as_it_is(function: Any) -> None:
    with pytest.raises(TypeError, match=r"^int\(\) argument"):
        asyncio.run(_awaited(function, None))


def test_too_many_arguments_are_pythons_own_error() -> None:
    with pytest.raises(TypeError, match=r"takes 1 positional argument but 2 were given"):
        asyncio.run(_awaited(_coroutine_with_a_parameter, 1, 2))


async def _awaited(function: Any, *args: Any) -> None:
    await function(*args)
