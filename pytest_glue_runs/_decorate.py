"""Decorate functions, coroutine functions, generators and unittest classes with a mock."""

from __future__ import annotations

import inspect
import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from functools import wraps
from typing import Any

Mock = AbstractContextManager[Any]
Function = Callable[..., Any]

_FAILED = "_glue_runs_has_failed"

# Parameters that need no argument.
_COLLECTING = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def decorate(mock: Mock, target: Any, as_kwarg: str | None) -> Any:
    """Return *target* with *mock* entered around each of its calls, or each test of a class.

    With *as_kwarg*, the target receives the mock's value as this keyword argument. Raises
    TypeError for a target that cannot be decorated.
    """
    __tracebackhide__ = True
    if inspect.isclass(target):
        return _test_case(mock, target, as_kwarg)
    if not callable(target) or isinstance(target, staticmethod) or _is_fixture(target):
        raise TypeError(
            f"mock_glue_runs cannot decorate {target!r}. Valid: functions, coroutine functions, "
            "generators, unittest.TestCase classes. Put it below @pytest.fixture and @staticmethod."
        )
    wrapper = _wrapper(mock, target, as_kwarg)
    if as_kwarg is not None:
        # pytest looks for a fixture for every parameter in the signature.
        signature = inspect.signature(target)
        seen = [p for p in signature.parameters.values() if p.name != as_kwarg]
        wrapper.__signature__ = signature.replace(parameters=seen)  # type: ignore[attr-defined]
    return wrapper


def _is_fixture(target: Any) -> bool:
    # A class since pytest 8.4, a function with an attribute before.
    return type(target).__module__.startswith("_pytest.") or (
        "_pytestfixturefunction" in getattr(target, "__dict__", {})
    )


def _wrapper(mock: Mock, function: Function, as_kwarg: str | None) -> Function:
    def with_control(control: object, kwargs: dict[str, Any]) -> dict[str, Any]:
        return kwargs if as_kwarg is None else {**kwargs, as_kwarg: control}

    if inspect.iscoroutinefunction(function):

        @wraps(function)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with mock as control:
                with _explained(function, args, with_control(control, kwargs)):
                    awaitable = function(*args, **with_control(control, kwargs))
                return await awaitable

        return coroutine
    if inspect.isasyncgenfunction(function):

        @wraps(function)
        async def async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with mock as control:
                async with aclosing(function(*args, **with_control(control, kwargs))) as values:
                    async for value in values:
                        yield value

        return async_generator
    if inspect.isgeneratorfunction(function):

        @wraps(function)
        def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with mock as control:
                yield from function(*args, **with_control(control, kwargs))

        return generator

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        with mock as control:
            with _explained(function, args, with_control(control, kwargs)):
                result = function(*args, **with_control(control, kwargs))
            if inspect.iscoroutine(result):
                result.close()
                raise TypeError(
                    f"{function!r} returned a coroutine, which would run after the mock has "
                    "ended. Decorate the coroutine function itself."
                )
            return result

    return call


@contextmanager
def _explained(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[None]:
    """Explain the TypeError of a call that lacks an argument."""
    __tracebackhide__ = True
    try:
        yield
    except TypeError:
        missing = _missing(function, args, kwargs)
        if missing is None:
            raise
        raise TypeError(
            f"{function.__qualname__}() was called without its parameter {missing!r}. "
            f"@mock_glue_runs(as_kwarg={missing!r}) passes the mocked Glue as {missing!r}."
        ) from None


def _missing(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
    """Return the first required parameter that a call does not pass, if there is one."""
    signature = inspect.signature(function)
    try:
        passed = signature.bind_partial(*args, **kwargs).arguments
    except TypeError:  # too many arguments
        return None
    for one in signature.parameters.values():
        required = one.default is one.empty
        if required and one.name not in passed and one.kind not in _COLLECTING:
            return one.name
    return None


def _test_case(mock: Mock, owner: Any, as_kwarg: str | None) -> Any:
    __tracebackhide__ = True
    if not issubclass(owner, unittest.TestCase):
        raise TypeError(
            f"mock_glue_runs cannot decorate the class {owner.__name__}: it is not a "
            "unittest.TestCase. Use @pytest.mark.glue_runs on it, or the fixture glue_runs."
        )
    set_up = owner.setUp

    # The exit is registered before the user's setUp runs: nothing leaks if that raises.
    @wraps(set_up)
    def mocked_set_up(self: unittest.TestCase) -> None:
        control = mock.__enter__()
        self.addCleanup(_exit, mock, self)
        setattr(self, as_kwarg or "glue_runs", control)
        set_up(self)

    clean_up = owner.doCleanups

    # Here the outcome is that of the whole test; during a clean-up it is that clean-up's.
    @wraps(clean_up)
    def mocked_clean_up(self: unittest.TestCase) -> Any:
        vars(self)[_FAILED] = _has_failed(self)
        return clean_up(self)

    owner.setUp = mocked_set_up
    owner.doCleanups = mocked_clean_up
    return owner


def _has_failed(case: unittest.TestCase) -> bool:
    outcome: Any = getattr(case, "_outcome", None)
    return outcome is not None and (not outcome.success or outcome.expectedFailure is not None)


def _exit(mock: Mock, case: unittest.TestCase) -> None:
    __tracebackhide__ = True
    # A test that has failed, expectedly or not, need not have used its plans.
    failed = vars(case).get(_FAILED, False)
    error = AssertionError("the test has failed") if failed else None
    mock.__exit__(type(error) if error else None, error, None)
