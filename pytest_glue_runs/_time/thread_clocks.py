"""One time for all clocks of a thread: frozen in the participants, real in other threads.

freezegun decides at each call whether a clock is real: it is if one of the innermost five frames
belongs to a module on its ignore list. `threading`, `queue` and `multiprocessing` are on it, so
that a function near the top of a thread's stack reads the real time, and its callees the frozen
one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType
from typing import Any

from pytest_glue_runs._patching import Replacements
from pytest_glue_runs._time import clock

# On freezegun's ignore list by default. They call the code under test in its threads.
_CARRIERS = frozenset({"threading", "queue", "multiprocessing"})


@contextmanager
def consistent(
    takes_part: Callable[[], bool],
    waits_really: Callable[[FrameType | None], bool],
    *,
    own_freeze: bool,
) -> Iterator[None]:
    """While active, all of freezegun's clocks agree, at any depth of a thread's stack.

    Where *takes_part* returns true they are frozen, but for calls from a frame that
    *waits_really*. In other threads they are real if the plugin froze time (*own_freeze*);
    otherwise they are what freezegun makes them.
    """
    api = clock.freezegun_api()

    def is_real() -> bool:
        if not api.ignore_lists:  # the freeze has just ended
            return True
        caller = sys._getframe(1).f_back
        if not takes_part():
            return own_freeze or _is_ignored(api, caller, api.ignore_lists[-1])
        ignored = _without_carriers(api.ignore_lists[-1])
        return waits_really(caller) or _is_ignored(api, caller, ignored)

    with Replacements() as replacements:
        replacements.replace(api, "_should_use_real_time", is_real)
        if own_freeze:  # these ask nobody: they are frozen in every thread
            for owner, name, real in (
                (api.FakeDatetime, "now", api.real_datetime.now),
                (api.FakeDatetime, "today", api.real_datetime.today),
                (api.FakeDatetime, "utcnow", _utcnow),
                (api.FakeDatetime, "fromtimestamp", api.real_datetime.fromtimestamp),
                (api.FakeDate, "today", api.real_date.today),
            ):
                method = _real_unless(takes_part, vars(owner)[name].__func__, real)
                replacements.replace(owner, name, classmethod(method))
        yield


def _is_ignored(api: Any, caller: FrameType | None, prefixes: tuple[str, ...]) -> bool:
    """Return whether freezegun's rule makes the clock real that *caller* reads."""
    frame = caller
    for _ in range(api.call_stack_inspection_limit):
        if frame is None:
            break
        module = frame.f_globals.get("__name__")
        if module and module.startswith(prefixes):
            return True
        frame = frame.f_back
    return False


@lru_cache
def _without_carriers(ignored: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in ignored if name not in _CARRIERS)


def _real_unless(
    takes_part: Callable[[], bool], frozen: Callable[..., Any], real: Callable[..., Any]
) -> Callable[..., Any]:
    def method(cls: type, *args: Any, **kwargs: Any) -> Any:
        return frozen(cls, *args, **kwargs) if takes_part() else real(*args, **kwargs)

    return method


def _utcnow() -> Any:
    """Return what `datetime.utcnow` returns; Python 3.12 warns of the original."""
    real = clock.freezegun_api().real_datetime
    return real.now(clock.UTC).replace(tzinfo=None)
