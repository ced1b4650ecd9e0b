"""The clock that drives the runs, and the only door to freezegun."""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from pytest_glue_runs._time.duration import parse_duration
from pytest_glue_runs.errors import NotFrozenError

# pytest measures its own phases with names that it took from `time` long ago; freezegun
# would replace them there, and `--durations` would count from the frozen time.
# trio has no loop whose time we could replace: it waits really, instead of for ever.
_REAL_TIME_FOR = ["_pytest.timing", "trio."]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class _Movable(Protocol):
    def move_to(self, target_datetime: Any) -> None: ...


def now() -> datetime.datetime:
    """The time as an aware UTC datetime.

    Read through the module, so that time-machine drives it. The result is a plain datetime
    even when ``datetime.datetime`` is freezegun's.
    """
    freezegun_api = sys.modules.get("freezegun.api")
    if freezegun_api is None or not freezegun_api.freeze_factories:
        _seen[0] = None
        return datetime.datetime.now(datetime.timezone.utc)
    # Asked itself: its datetimes are shifted by tz_offset, aware ones too. And where each look
    # at the clock moves it (auto_tick_seconds), ours does not.
    factory = freezegun_api.freeze_factories[-1]
    _seen[0] = factory
    steps = isinstance(factory, freezegun_api.StepTickTimeFactory)
    naive: datetime.datetime = factory.time_to_freeze if steps else factory()
    return _EPOCH + (naive - _EPOCH.replace(tzinfo=None))


# The freeze that was looked at last.
_seen: list[Any] = [None]


def has_changed_hands() -> bool:
    """Whether the freeze that was looked at last has ended."""
    freezegun_api = _freezing()
    factories = freezegun_api.freeze_factories if freezegun_api is not None else []
    return _seen[0] is not None and _seen[0] not in factories


def later(seconds: float) -> datetime.datetime:
    """The time so many *seconds* from now, or the end of all time if that is before.

    More than nothing is a microsecond at least: who waits for the rest of a timeout would
    wait for it for ever.
    """
    least = 1e-6 if seconds > 0 else seconds
    try:
        return now() + datetime.timedelta(seconds=max(seconds, least))
    except OverflowError:
        return datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)


def real_monotonic() -> Callable[[], float]:
    """`time.monotonic` as it is without freezegun; time-machine leaves it alone."""
    freezegun_api: Any = sys.modules.get("freezegun.api")
    real: Callable[[], float] = getattr(freezegun_api, "real_monotonic", time.monotonic)
    return real


def is_frozen() -> bool:
    """Whether time is in somebody's hands: freezegun's or time-machine's."""
    return _holder() is not None


def move_to(moment: datetime.datetime) -> None:
    """Moves the frozen clock to *moment* (aware).

    Raises NotFrozenError where time is real.
    """
    holder = _holder()
    if holder is None:
        raise NotFrozenError(
            "Time is real here, so it cannot be moved. Leave out freeze=False, or move it "
            "with the tool that set it."
        )
    if moment != now():  # freezegun's auto_tick_seconds takes no way at all for one step
        holder.move_to(moment)


@contextmanager
def frozen(start_at: datetime.datetime | None) -> Iterator[None]:
    """Freezes time at *start_at* (None: now), or joins a clock that is frozen already."""
    if is_frozen():
        yield
        return
    import freezegun

    # A whole second reads better in a report than the microsecond the test happened to start.
    begin = now().replace(microsecond=0) if start_at is None else start_at
    had_clock = hasattr(time, "clock")
    freezer = freezegun.freeze_time(begin, ignore=_REAL_TIME_FOR)
    freezer.start()
    try:
        yield
    finally:
        freezer.stop()
        if not had_clock and hasattr(time, "clock"):
            del time.clock  # freezegun leaves a `time.clock` of None behind


def parse_moment(value: object) -> datetime.datetime:
    """The aware UTC datetime that *value* means.

    Text is read as freezegun reads it; a naive datetime and a date are taken as UTC.
    Raises ValueError for anything else.
    """
    if isinstance(value, str) and _is_duration(value):
        raise ValueError(f"{value!r} is a duration, and not a moment: tick() takes it.")
    if isinstance(value, (str, datetime.date)):  # a datetime is a date too
        import freezegun

        try:
            naive = freezegun.freeze_time(value).time_to_freeze
        except (ValueError, OverflowError):
            pass
        else:
            return naive.replace(tzinfo=datetime.timezone.utc)
    raise ValueError(
        f"{value!r} is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )


def _is_duration(text: str) -> bool:
    if text.strip().isdecimal():  # a date may be written without marks
        return len(text.strip()) < len("20260101")
    try:
        parse_duration(text)
    except ValueError:
        return False
    return True


def _freezing() -> Any:
    """freezegun's module while it freezes, else None."""
    module = sys.modules.get("freezegun.api")
    return module if module is not None and module.freeze_factories else None


def _holder() -> _Movable | None:
    """Whoever holds time now: freezegun's innermost freeze, else time-machine's travel."""
    freezegun_api = _freezing()
    if freezegun_api is not None:
        factory: _Movable = freezegun_api.freeze_factories[-1]
        return factory
    time_machine = sys.modules.get("time_machine")
    # Older releases call it coordinates_stack.
    travels: list[_Movable] = getattr(time_machine, "traveller_stack", None) or getattr(
        time_machine, "coordinates_stack", []
    )
    return travels[-1] if travels else None
