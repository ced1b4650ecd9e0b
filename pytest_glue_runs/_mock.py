"""`mock_glue_runs`: enter and leave everything that a mocked Glue consists of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_glue_runs import _decorate, _options, _patching, _report, _settings
from pytest_glue_runs._clients import (
    botocore,
    children,
    client_methods,
    credentials,
    environment,
    event_names,
    http_sessions,
    leftovers,
    retries,
    sessions,
)
from pytest_glue_runs._clients.model import glue_request_model
from pytest_glue_runs._clients.moto import Moto
from pytest_glue_runs._clients.moto.iam import policy_problem
from pytest_glue_runs._clients.moto.launch import missing_for_launch
from pytest_glue_runs._clients.moto.schedules import Schedules
from pytest_glue_runs._clients.moto.step_functions import StepFunctions
from pytest_glue_runs._clients.routing import Hosts, Router, call_target
from pytest_glue_runs._control import GlueRuns
from pytest_glue_runs._job_run import JobRun
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._messages import Messages
from pytest_glue_runs._scripts.runner import Scripts
from pytest_glue_runs._service.service import Defaults, Dependencies, GlueService
from pytest_glue_runs._settings import Layer, Settings
from pytest_glue_runs._terminal import DEFAULT, Terminal
from pytest_glue_runs._time import clock, waiting
from pytest_glue_runs._time.cron import CronSchedule
from pytest_glue_runs._time.mover import DueEvents
from pytest_glue_runs._time.turns import Turns
from pytest_glue_runs.errors import LeftoverThreadWarning, SettingError, UnusedError

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pytest_glue_runs._settings import SettingsDict

Target = TypeVar("Target", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mocked:
    """A mocked Glue, and how to leave it."""

    control: GlueRuns
    glue: GlueService
    settings: Settings
    stack: ExitStack
    messages: Messages
    step_functions: StepFunctions
    watch: leftovers.Watch

    def report(self, terminal: Terminal = DEFAULT) -> str:
        """Return the report of a failing test, for *terminal*."""
        return _report.report(
            self.glue,
            self.messages.masker,
            self.step_functions.unfinished(),
            frozen=self._frozen(),
            terminal=terminal,
        )

    def page_data(self) -> str:
        """Return what the page of the session shows of this mock, as JSON."""
        from pytest_glue_runs import _page_data

        executions = self.step_functions.unfinished()
        return _page_data.collect(
            self.glue, self.messages.masker, executions, frozen=self._frozen()
        )

    def _frozen(self) -> bool:
        return self.settings.freeze or clock.is_frozen()

    def check_unused(self) -> None:
        """Raise UnusedError if plans or faults were never used."""
        __tracebackhide__ = True
        if self.settings.unused == "error":
            message = self.messages.unused()
            if message is not None:
                raise UnusedError(message)


# One item for each nested use of the active mock; all are the same `Mocked`.
_active: list[Mocked] = []
_lock = RLock()
# The mock that ended last, for the report of a test that fails after it.
_last: list[Mocked] = []


def enter(asked: list[Layer], background: list[Layer]) -> Mocked:
    """Mock Glue with the settings *asked* for, which win over those in the *background*.

    If a mock is active, join it. Raises SettingError for invalid settings, and for settings that
    contradict those of the active mock.
    """
    __tracebackhide__ = True
    for register_hooks in _options.on_enter[-1:]:
        register_hooks()
    with _lock:
        if _active:
            mocked = _active[0]
            _check_agreement(asked, mocked.settings)
        else:
            clear_away()
            mocked = _start(_settings.resolve([*asked, *background]))
        _active.append(mocked)
        return mocked


def leave() -> Mocked | None:
    """End one use of the active mock.

    Restores everything and returns the mock if it was the last use. Then it may issue
    LeftoverThreadWarnings, which may be errors.
    """
    with _lock:
        mocked = _active.pop()
        if _active:
            return None
        _last[:] = [mocked]
        mocked.stack.close()
        mocked.watch.report()
        return mocked


def latest() -> Mocked | None:
    """Return the active mock, or else the one that ended last."""
    return next(iter(_active or _last), None)


def clear_away() -> None:
    """Remove what earlier mocks could not remove themselves, unless a mock is active."""
    with _lock:
        if not _active:
            environment.restore_uncovered()
            _patching.restore_uncovered()
            leftovers.sweep()


def forget() -> None:
    """Drop the reference to the mock that ended last."""
    _last.clear()


def _check_agreement(asked: list[Layer], active: Settings) -> None:
    __tracebackhide__ = True
    for layer in asked:
        differing = _settings.contradictions(_settings.parse(layer), active)
        if differing:
            raise SettingError(
                f"{layer.source}: Glue is mocked already, with other settings: {differing}. "
                "Nested uses share one Glue: set it on the outermost, or leave it out."
            )


def _start(settings: Settings) -> Mocked:
    hosts = Hosts(settings.passthrough_hosts, settings.other_services)
    passes_aws = settings.other_services == "pass"
    with ExitStack() as stack:
        # First, since it is to end last: it guards what still runs when clients are real again.
        watch = stack.enter_context(leftovers.guarded(hosts.is_listed))
        own_freeze = settings.freeze and stack.enter_context(clock.frozen(settings.start_at))
        moto = Moto()
        stack.callback(moto.stop)
        defaults = Defaults(
            startup=settings.startup,
            duration=settings.duration,
            cleanup=settings.cleanup,
            glue_version=settings.default_glue_version,
            end_of_life=settings.end_of_life,
            max_reads=settings.max_reads,
            max_requests_per_second=settings.max_requests_per_second,
        )
        dependencies = Dependencies(
            glue_request_model,
            policy_problem,
            moto.deliver,
            moto.listens,
            waiting.others_wait,
            missing_for_launch if settings.check_launch else lambda run: None,
            CronSchedule,
            lambda: scripts.turn(),
            lambda run, at: scripts.run(run, at),
        )
        glue = GlueService(dependencies, clock.now, defaults)
        schedules = Schedules(clock.now, partial(call_target, glue, moto))
        due_events = DueEvents(
            partial(_next_due, glue, schedules),
            partial(_process_due, glue, schedules),
            glue.is_called_here,
        )
        messages = Messages(glue, Masker(settings.secret_names))
        if settings.sleep == "virtual":
            limit = settings.max_sleeps
            explain = partial(messages.too_many_sleeps, limit)
            waits = waiting.virtual(due_events, limit, explain, own_freeze=own_freeze)
        else:
            waits = waiting.real(due_events, own_freeze=own_freeze)
        mover = stack.enter_context(waits)
        moto.step_functions = StepFunctions(Turns(mover), settings.max_reads)
        scripts = Scripts(mover, partial(JobRun, glue, messages))
        stack.enter_context(children.blocked(passes_aws, hosts.are_left_alone))
        stack.enter_context(environment.mocked())
        stack.enter_context(sessions.unchanged())
        stack.enter_context(client_methods.made_once())
        stack.enter_context(event_names.looked_up_once())
        stack.enter_context(http_sessions.guarded(aws_allowed=passes_aws))
        stack.enter_context(credentials.mocked())
        stack.enter_context(retries.repeatable())
        router = Router(
            glue,
            moto,
            schedules,
            settings.account_id,
            settings.other_services,
            hosts,
            messages.stall_error,
        )
        stack.enter_context(botocore.attached(router))
        stack.callback(_halt, glue, settings)
        # Last, since they are to be called first, while everything is still mocked: the scripts
        # and state machines before the search for leftovers, since those that wait are none.
        stack.callback(watch.find)
        stack.callback(moto.step_functions.close)
        stack.callback(_end_scripts, glue, settings, scripts)
        control = GlueRuns(
            glue, settings.account_id, mover, messages, schedules, moto.step_functions
        )
        for prepared in (*settings.plans, *settings.faults):
            try:
                getattr(control, prepared.method)(*prepared.args, **prepared.kwargs)
            except (TypeError, ValueError) as error:
                raise SettingError(str(error)) from None
        return Mocked(
            control, glue, settings, stack.pop_all(), messages, moto.step_functions, watch
        )


def _next_due(glue: GlueService, schedules: Schedules, until: datetime) -> datetime | None:
    """Return when the clock stops on its way to *until*, if it does."""
    moments = (glue.next_delivery(until), schedules.next_due(until))
    return min((moment for moment in moments if moment is not None), default=None)


def _process_due(glue: GlueService, schedules: Schedules) -> None:
    """Process the events that are due, then fire the schedules that are."""
    glue.catch_up()
    schedules.fire_due()


def _end_scripts(glue: GlueService, settings: Settings, scripts: Scripts) -> None:
    try:
        if _has_its_clock(settings):
            glue.catch_up()
    finally:
        scripts.close()


def _halt(glue: GlueService, settings: Settings) -> None:
    with glue.lock:
        if _has_its_clock(settings):
            glue.advance()
        glue.halt()


def _has_its_clock(settings: Settings) -> bool:
    """Return whether the clock is still that of the runs.

    A tool of the test's own that froze time may have ended: then time is real.
    """
    return clock.is_frozen() or not settings.freeze


class MockGlueRuns:
    """Mock AWS Glue's job runs: ``with``, ``async with``, or a decorator, bare or called.

    Decorates functions, coroutine functions, generators that pytest uses as fixtures, and
    `unittest.TestCase` classes, where ``self.glue_runs`` is the control of each test.
    """

    def __init__(self, as_kwarg: str | None = None, asked: Mapping[str, Any] | None = None) -> None:
        __tracebackhide__ = True
        if as_kwarg is not None and not (isinstance(as_kwarg, str) and as_kwarg.isidentifier()):
            raise TypeError(f"mock_glue_runs(): as_kwarg: {as_kwarg!r} is not a parameter's name.")
        self._as_kwarg = as_kwarg
        self._asked = Layer("mock_glue_runs()", asked or {}, other_names=("as_kwarg",))
        _settings.parse(self._asked)

    @overload
    def __call__(self, target: Target, /) -> Target: ...

    @overload
    def __call__(
        self, *, as_kwarg: str | None = None, **settings: Unpack[SettingsDict]
    ) -> MockGlueRuns: ...

    def __call__(self, *targets: Any, **settings: Any) -> Any:
        """Decorate *target*; without one, return the same mock with these settings.

        With *as_kwarg* the decorated function is passed the control by this name. Raises
        SettingError for an unknown or invalid setting, TypeError for a target that cannot be
        decorated.
        """
        __tracebackhide__ = True
        if settings or not targets:
            as_kwarg = settings.pop("as_kwarg", self._as_kwarg)
            again = MockGlueRuns(as_kwarg, {**self._asked.values, **settings})
            return again(*targets) if targets else again
        if len(targets) > 1:
            raise TypeError(
                f"mock_glue_runs decorates one target, and got {targets!r}. "
                f"Valid: keywords only, as_kwarg=None, {_options.signature()}."
            )
        return _decorate.decorate(self, targets[0], self._as_kwarg)

    def __enter__(self) -> GlueRuns:
        __tracebackhide__ = True
        background = [Layer(_settings.INI_FILE, _options.ini)]
        return enter([self._asked], background).control

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        # Neither a warning nor an unused plan may hide the exception of the block.
        with suppress(LeftoverThreadWarning) if exc is not None else nullcontext():
            mocked = leave()
            if mocked is not None and exc is None:
                mocked.check_unused()

    async def __aenter__(self) -> GlueRuns:
        __tracebackhide__ = True
        return self.__enter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        __tracebackhide__ = True
        self.__exit__(exc_type, exc, traceback)


mock_glue_runs: MockGlueRuns = MockGlueRuns()
