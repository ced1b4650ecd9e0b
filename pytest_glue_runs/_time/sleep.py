"""Virtual sleep: on a frozen clock `time.sleep` moves the clock instead of waiting."""

from __future__ import annotations

import operator
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

from pytest_glue_runs._patching import restore
from pytest_glue_runs._time import clock, loaded_modules
from pytest_glue_runs._time.loaded_modules import Reference, Snapshot, reference
from pytest_glue_runs._time.mover import ClockMover
from pytest_glue_runs._time.participants import waits_really
from pytest_glue_runs._time.wait import Wait

_Sleep = Callable[[float], None]


@contextmanager
def virtual(mover: ClockMover) -> Iterator[None]:
    """While active, `time.sleep` waits on the frozen clock, in every module that imported it.

    A `time.sleep` that was replaced before is left as it is.
    """
    real = time.sleep
    if getattr(real, "__module__", None) != "time":
        yield
        return

    def sleep(seconds: float, /) -> None:
        if not mover.takes_part() or waits_really(sys._getframe(1)):
            real(seconds)
            return
        length = seconds if isinstance(seconds, float) else operator.index(seconds)
        if not length > 0:
            real(length)  # lets other threads run, or raises what `time.sleep` raises
        else:
            mover.wait(Wait(clock.later(length)))

    loaded = loaded_modules.current()
    replaced = list(_places_of(real, loaded))
    for module, name in replaced:
        setattr(module, name, sleep)
    try:
        yield
    finally:
        # A module imported since may hold the virtual one.
        for module, name in replaced + _find(sleep, loaded.imported_since()):
            restore(module, name, sleep, real)


_Places = list[tuple[str, str]]

# The loaded modules at the last search, and what it found.
_last: tuple[Snapshot, _Places] | None = None
_known: dict[str, tuple[Reference, int, tuple[str, ...]]] = {}


def _places_of(sleep: _Sleep, loaded: Snapshot) -> Iterator[tuple[ModuleType, str]]:
    """Yield the *loaded* modules that hold the real *sleep*, with its name there.

    The result is kept until a module comes, goes, or changes size: searching thousands of
    modules for each test would cost milliseconds.
    """
    global _last  # assigned as a whole: another thread never reads one half of it
    last = _last
    if last is None or last[0] is not loaded:
        _last = last = loaded, _possible_places(sleep)
    for module_name, name in last[1]:
        module = sys.modules.get(module_name)
        if module is not None and vars(module).get(name) is sleep:
            yield module, name


def _possible_places(sleep: _Sleep) -> _Places:
    """Return the names that may hold the real *sleep*, now or after a patch was undone."""
    places: _Places = []
    for module_name, module in list(sys.modules.items()):
        members = getattr(module, "__dict__", None)
        if type(members) is not dict:
            continue
        known, size, names = _known.get(module_name, (_nothing, 0, ()))
        if known() is not module or size != len(members):
            names = _names_in(module_name, module, sleep)
            _known[module_name] = reference(module), len(members), names
        places.extend((module_name, name) for name in names)
    return places


def _nothing() -> None:
    return None


def _names_in(module_name: str, module: ModuleType, sleep: _Sleep) -> tuple[str, ...]:
    if module_name.startswith("_pytest."):  # pytest waits really
        return ()
    # A `sleep` may be a fake at the moment, and the real one later.
    usual = {"sleep"} & vars(module).keys()
    return tuple(usual | {name for _, name in _find(sleep, [module])})


def _find(sleep: _Sleep, modules: Iterable[ModuleType]) -> list[tuple[ModuleType, str]]:
    return [
        (module, name)
        for module in modules
        if type(members := getattr(module, "__dict__", None)) is dict
        for name, value in list(members.items())
        if value is sleep
    ]
