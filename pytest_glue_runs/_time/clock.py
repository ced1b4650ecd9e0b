"""The clock that drives the runs. The only module that imports freezegun or time-machine."""

from __future__ import annotations

import datetime
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from pytest_glue_runs._time import module_scan
from pytest_glue_runs._time.duration import parse_duration
from pytest_glue_runs.errors import NotFrozenError

# pytest measures its phases with functions that `_pytest.timing` imported from `time`.
# freezegun would replace them, and `--durations` would count from the frozen time.
_KEEP_REAL_IN = ["_pytest.timing"]

# dateutil reads almost any text as a time of today: "-5m", "1h2". A date has its year.
_YEAR = re.compile(r"(?!\s*[-+]).*(?<![.\d])\d{4}")

UTC = datetime.timezone.utc
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)

# The freeze that `now` read last, if it read one.
_last_read: list[Any] = [None]


class _Movable(Protocol):
    def move_to(self, target_datetime: Any) -> None: ...


def now() -> datetime.datetime:
    """Return the time as an aware UTC datetime.

    It is a plain datetime even while ``datetime.datetime`` is freezegun's.
    """
    api = _active_freezegun()
    if api is None:
        _last_read[0] = None
        return datetime.datetime.now(UTC)  # time-machine replaces this
    # The factory itself: freezegun's datetimes are shifted by tz_offset, aware ones too. And
    # reading the clock here must not advance it, as auto_tick_seconds would.
    factory = api.freeze_factories[-1]
    _last_read[0] = factory
    steps = isinstance(factory, api.StepTickTimeFactory)
    naive: datetime.datetime = factory.time_to_freeze if steps else factory()
    return _EPOCH + (naive - _NAIVE_EPOCH)


def last_freeze_ended() -> bool:
    """Return whether the freeze that `now` read last has ended since."""
    api = _active_freezegun()
    factories = api.freeze_factories if api is not None else []
    return _last_read[0] is not None and _last_read[0] not in factories


def later(seconds: float) -> datetime.datetime:
    """Return the time *seconds* from now, at most the last moment that a datetime can hold.

    A positive number is at least a microsecond, the resolution of the frozen clock: rounded to
    zero, the rest of a timeout would be waited for without end.
    """
    least = 1e-6 if seconds > 0 else seconds
    try:
        return now() + datetime.timedelta(seconds=max(seconds, least))
    except OverflowError:
        return datetime.datetime.max.replace(tzinfo=UTC)


def real_monotonic() -> Callable[[], float]:
    """Return the real `time.monotonic`. time-machine leaves it real, freezegun does not."""
    api: Any = sys.modules.get("freezegun.api")
    real: Callable[[], float] = getattr(api, "real_monotonic", time.monotonic)
    return real


def is_frozen() -> bool:
    """Return whether freezegun or time-machine controls the time."""
    return _controller() is not None


def move_to(moment: datetime.datetime) -> None:
    """Move the frozen clock to the aware datetime *moment*.

    Raises NotFrozenError if time is real.
    """
    __tracebackhide__ = True
    controller = _controller()
    if controller is None:
        raise NotFrozenError(
            "Time is real here, so it cannot be moved. Leave out freeze=False, or move it "
            "with the tool that set it."
        )
    if moment != now():  # freezegun's auto_tick_seconds takes a move by zero for one step
        controller.move_to(moment)


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """While active, a frozen clock is at *moment*; then it is restored. A real one continues."""
    before = now()
    if not is_frozen():
        yield
        return
    move_to(moment)
    try:
        yield
    finally:
        if is_frozen():
            move_to(before)


@contextmanager
def frozen(start_at: datetime.datetime | None) -> Iterator[bool]:
    """While active, time is frozen at *start_at* (None: now), or as another tool has frozen it.

    Yields whether this froze it.
    """
    if is_frozen():
        yield False
        return
    import freezegun

    # A whole second reads better in a report than the microsecond at which the test started.
    begin = now().replace(microsecond=0) if start_at is None else start_at
    had_clock = hasattr(time, "clock")
    freezer = freezegun.freeze_time(begin, ignore=_KEEP_REAL_IN)
    try:
        module_scan.start(freezegun, freezer)
        yield True
    finally:
        if _active_freezegun() is not None:  # it may have failed to start
            freezer.stop()
        if not had_clock and hasattr(time, "clock"):
            del time.clock  # freezegun leaves a `time.clock` of None behind


def parse_moment(value: object) -> datetime.datetime:
    """Return *value* as an aware UTC datetime.

    Text is parsed as freezegun parses it; naive datetimes and dates are in UTC. Raises
    ValueError for anything else.
    """
    if isinstance(value, str) and _is_duration(value):
        raise ValueError(f"{value!r} is a duration, and not a moment: tick() takes it.")
    if isinstance(value, datetime.date) or (isinstance(value, str) and _YEAR.match(value)):
        import freezegun

        try:
            naive = freezegun.freeze_time(value).time_to_freeze
        except (ValueError, OverflowError):
            pass
        else:
            return naive.replace(tzinfo=UTC)
    raise ValueError(
        f"{value!r} is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )


def _is_duration(text: str) -> bool:
    if text.strip().isdecimal():  # a date may be written without separators
        return len(text.strip()) < len("20260101")
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def freezegun_api() -> Any:
    """Return freezegun's module, for those who patch it."""
    import freezegun.api

    return freezegun.api


def _active_freezegun() -> Any:
    """Return freezegun's module while it freezes time, else None."""
    api = sys.modules.get("freezegun.api")
    return api if api is not None and api.freeze_factories else None


def _controller() -> _Movable | None:
    """Return what controls the time: freezegun's innermost freeze, else time-machine's travel."""
    api = _active_freezegun()
    if api is not None:
        factory: _Movable = api.freeze_factories[-1]
        return factory
    time_machine = sys.modules.get("time_machine")
    # Older releases call it coordinates_stack.
    travels: list[_Movable] = getattr(time_machine, "traveller_stack", None) or getattr(
        time_machine, "coordinates_stack", []
    )
    return travels[-1] if travels else None
