"""Whatever happens to modules between two mocks, each mock replaces all their clocks."""

from __future__ import annotations

import gc
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from random import Random
from types import ModuleType

import freezegun
import pytest

from pytest_glue_runs import mock_glue_runs

STEPS = 60
ENTRIES = [f"changing_{number}" for number in range(8)]
CLOCKS = (time.time, time.monotonic, datetime)
START = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Modules:
    """Modules of the user's and of an installed package, and changes of them at random."""

    def __init__(self, seed: int) -> None:
        self._choose = Random(seed)
        self._names = (f"name_{number}" for number in range(STEPS * 100))

    def change(self) -> None:
        """Change one entry of sys.modules, or what is in it."""
        entry = self._choose.choice(ENTRIES)
        module = sys.modules.get(entry)
        changes: list[Callable[[str, ModuleType], None]] = [
            self._load,
            self._delete,
            self._move,
            self._copy,
            self._add,
            self._remove,
            self._rename,
        ]
        if module is None:
            self._load(entry, ModuleType("deleted"))
        else:
            self._choose.choice(changes)(entry, module)

    def values(self) -> Iterator[object]:
        """Yield what the names in the modules hold."""
        for entry in ENTRIES:
            members = vars(sys.modules.get(entry) or ModuleType("none"))
            yield from [members[name] for name in _own(members)]

    def _load(self, entry: str, _: ModuleType) -> None:
        module = ModuleType(next(self._names))  # freezegun mixes up modules of one name
        if self._choose.random() < 0.5:
            module.__file__ = importlib.__file__
        for _number in range(self._choose.randrange(4)):
            self._add(entry, module)
        sys.modules[entry] = module

    def _delete(self, entry: str, _: ModuleType) -> None:
        del sys.modules[entry]
        gc.collect(0)

    def _move(self, entry: str, module: ModuleType) -> None:
        del sys.modules[entry]
        sys.modules[self._choose.choice(ENTRIES)] = module

    def _copy(self, _: str, module: ModuleType) -> None:
        sys.modules[self._choose.choice(ENTRIES)] = module

    def _add(self, _: str, module: ModuleType) -> None:
        vars(module)[next(self._names)] = self._choose.choice((*CLOCKS, None))

    def _remove(self, _: str, module: ModuleType) -> None:
        """Remove a name, of the user's modules only: docs/time.md says why."""
        if not hasattr(module, "__file__"):
            for name in _own(vars(module))[:1]:
                del vars(module)[name]

    def _rename(self, entry: str, module: ModuleType) -> None:
        self._remove(entry, module)
        self._add(entry, module)


def _own(members: dict[str, object]) -> list[str]:
    return [name for name in members if name.startswith("name_")]


@pytest.fixture
def no_modules() -> Iterator[None]:
    """Remove the modules of a test in the end."""
    yield
    for entry in ENTRIES:
        sys.modules.pop(entry, None)


@pytest.mark.parametrize("seed", range(4))
def test_no_clock_is_missed_and_none_is_left(no_modules: None, seed: int) -> None:
    choose, modules = Random(seed), Modules(seed)
    for _ in range(STEPS):
        for _number in range(choose.randrange(4)):
            modules.change()
        if choose.random() < 0.2:
            with freezegun.freeze_time(START):
                pass
        with mock_glue_runs:
            assert not set(modules.values()) & set(CLOCKS)
        assert set(modules.values()) <= {*CLOCKS, None}
