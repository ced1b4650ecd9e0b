"""Whichever step of entering or leaving a mock fails, everything is restored."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from operator import is_
from typing import Any

import boto3
import pytest

import pytest_glue_runs
from pytest_glue_runs import LeftoverRequestError, _mock, _patching, mock_glue_runs
from pytest_glue_runs._patching import Replacements

Differences = Callable[[], str]


class Boom(BaseException):
    """The failure; no Exception, as KeyboardInterrupt is none."""


class Steps:
    """Counts what the package registers with an `ExitStack` or replaces, and lets one of it fail.

    Each context that is entered is a step of entering, and its exit one of leaving, as is each
    callback, and each attribute that is replaced and restored. The stacks inside of the package's
    own context managers count as well.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.entered = 0
        self.failing: int | None = None
        self.fails_on_exit = False
        self.failed = ""
        self._enter_context, self._callback = ExitStack.enter_context, ExitStack.callback
        patch.setattr(ExitStack, "enter_context", lambda *args: self.enter_context(*args))
        patch.setattr(ExitStack, "callback", lambda *args, **kw: self.callback(*args, **kw))
        self._replace, self._restore = Replacements.replace, _patching.restore
        self._failing_restore: tuple[Any, ...] = ()
        patch.setattr(Replacements, "replace", lambda *args: self.replace(*args))
        patch.setattr(_patching, "restore", self.restore)

    def begin(self, failing: int | None, fails_on_exit: bool) -> None:
        """Let the step of this number fail from now on."""
        self.entered, self.failing, self.fails_on_exit = 0, failing, fails_on_exit
        self._failing_restore = ()

    def enter_context(self, stack: Any, context: Any) -> Any:
        fails = self._comes_to_failing_step(repr(getattr(context, "gen", context)))
        if fails and not self.fails_on_exit:
            raise Boom
        result = self._enter_context(stack, context)
        if fails:
            stack.push(self._fail)  # called first; the context's own exit is called all the same
        return result

    def callback(self, stack: Any, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        fails = self._comes_to_failing_step(repr(function))
        self._callback(stack, function, *args, **kwargs)
        if fails and not self.fails_on_exit:
            raise Boom
        if fails:
            stack.push(self._fail)
        return function

    def replace(self, replacements: Replacements, owner: Any, name: str, new: Any) -> None:
        fails = self._comes_to_failing_step(f"{owner!r}.{name}")
        if fails and not self.fails_on_exit:
            raise Boom
        self._replace(replacements, owner, name, new)
        if fails:
            self._failing_restore = owner, name, new

    def restore(self, owner: Any, name: str, new: Any, before: Any) -> None:
        self._restore(owner, name, new, before)
        if self._failing_restore and all(map(is_, self._failing_restore, (owner, name, new))):
            self._failing_restore = ()
            raise Boom

    def _comes_to_failing_step(self, name: str) -> bool:
        caller = sys._getframe(3).f_globals["__name__"]
        if not caller.startswith(f"{pytest_glue_runs.__name__}."):
            return False  # pragma: no cover - depends on what libraries enter meanwhile
        self.entered += 1
        fails = self.entered == self.failing
        self.failed = name if fails else self.failed
        return fails

    def _fail(self, *_: object) -> None:
        raise Boom


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[Steps]:
    steps = Steps(monkeypatch)
    yield steps
    steps.begin(None, fails_on_exit=False)


@pytest.fixture
def clients() -> list[Any]:
    """Clients made before the mock: of the service, and of one that moto answers."""
    return [boto3.client(name, region_name="us-east-1") for name in ("glue", "sqs")]


def use(clients: list[Any]) -> None:
    """Enter a mock, send a request to the service and one to moto, and leave it."""
    with mock_glue_runs as glue_runs:
        clients[0].start_job_run(JobName=glue_runs.add_job("nightly"))
        clients[1].list_queues()


def each_step(steps: Steps, on_exit: bool, clients: list[Any]) -> Iterator[None]:
    """Let one step fail after another."""
    steps.begin(None, on_exit)
    use(clients)
    count = steps.entered
    assert count > 60
    for number in range(1, count + 1):
        steps.begin(number, on_exit)
        yield
    steps.begin(None, on_exit)
    use(clients)
    assert steps.entered == count


@pytest.mark.slow
@pytest.mark.parametrize("on_exit", [False, True], ids=["entering", "leaving"])
def test_everything_is_restored(
    steps: Steps, clients: list[Any], differences: Differences, on_exit: bool
) -> None:
    for _ in each_step(steps, on_exit, clients):
        with pytest.raises(Boom):
            use(clients)
        assert differences() == "", f"after {steps.failed}"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest_glue_runs.LeftoverThreadWarning")
def test_a_thread_that_is_left_over_is_rejected(
    steps: Steps, clients: list[Any], differences: Differences
) -> None:
    """Sending raises an AssertionError: see the fixture `_nothing_is_sent`."""
    turns: queue.Queue[bool] = queue.Queue()
    errors: queue.Queue[Exception] = queue.Queue()

    def poll() -> None:
        turns.get()
        try:
            clients[0].get_jobs()
        except Exception as error:  # noqa: BLE001  to be looked at below
            errors.put(error)

    for _ in each_step(steps, True, clients):
        thread = None
        # What guards against leftovers stays in place, and may fail only when it is removed.
        with suppress(Boom), mock_glue_runs as glue_runs:
            clients[0].start_job_run(JobName=glue_runs.add_job("nightly"))
            clients[1].list_queues()
            thread = threading.Thread(target=poll)
            thread.start()
        if thread is not None:  # what is replaced only for a moment fails when the mock begins
            turns.put(True)
            assert isinstance(errors.get(timeout=60), LeftoverRequestError), steps.failed
            thread.join()
        with suppress(Boom):
            _mock.clear_away()
        assert differences() == "", f"after {steps.failed}"
