"""A snapshot of the loaded modules is kept while none comes, goes, or changes its size."""

from __future__ import annotations

import gc
import sys
from types import ModuleType
from typing import Any
from weakref import ref

import pytest

from pytest_glue_runs._time import loaded_modules


class _Value:
    """Something in a module."""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a module that is loaded."""
    module: Any = ModuleType("loaded")
    module.a = None
    monkeypatch.setitem(sys.modules, "loaded", module)
    return module


def test_the_snapshot_is_kept_while_nothing_changes(module: Any) -> None:
    snapshot = loaded_modules.current()
    module.a = "another value"
    assert loaded_modules.current() is snapshot


def test_a_module_that_comes_makes_another(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = loaded_modules.current()
    monkeypatch.setitem(sys.modules, "late", ModuleType("late"))
    assert loaded_modules.current() is not snapshot


def test_a_module_that_goes_makes_another(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = loaded_modules.current()
    monkeypatch.delitem(sys.modules, "loaded")
    assert loaded_modules.current() is not snapshot


def test_a_module_under_another_name_makes_another(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = loaded_modules.current()
    monkeypatch.delitem(sys.modules, "loaded")
    monkeypatch.setitem(sys.modules, "renamed", module)
    assert loaded_modules.current() is not snapshot


def test_a_module_in_the_place_of_another_makes_another(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = loaded_modules.current()
    other: Any = ModuleType("loaded")
    other.a = None
    monkeypatch.setitem(sys.modules, "loaded", other)
    assert loaded_modules.current() is not snapshot


def test_a_name_more_or_less_makes_another(module: Any) -> None:
    snapshot = loaded_modules.current()
    module.b = None
    more = loaded_modules.current()
    del module.a, module.b
    assert len({snapshot, more, loaded_modules.current()}) == 3


def test_a_snapshot_keeps_nothing_of_a_deleted_module() -> None:
    sys.modules["short_lived"] = ModuleType("short_lived")
    value = ref(vars(sys.modules["short_lived"]).setdefault("value", _Value()))
    snapshot = loaded_modules.current()
    del sys.modules["short_lived"]
    assert value() is None
    assert not snapshot.is_current()


def test_a_module_at_the_address_of_a_deleted_one_makes_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    addresses: dict[int, int] = {}
    monkeypatch.setattr(
        loaded_modules, "id", lambda one: addresses.get(id(one), id(one)), raising=False
    )
    sys.modules["short_lived"] = ModuleType("short_lived")
    snapshot = loaded_modules.current()
    address = id(sys.modules.pop("short_lived"))
    other = ModuleType("short_lived")
    addresses[id(other)] = address
    monkeypatch.setitem(sys.modules, "short_lived", other)
    assert loaded_modules.current() is not snapshot


def test_a_snapshot_keeps_no_deleted_modules_that_refer_to_each_other() -> None:
    package: Any = ModuleType("package")
    package.part = ModuleType("package.part")
    package.part.package = package
    package.value = _Value()
    value = ref(package.value)
    sys.modules.update({"package": package, "package.part": package.part})
    snapshot = loaded_modules.current()
    del sys.modules["package"], sys.modules["package.part"], package
    gc.collect()
    assert value() is None
    assert not snapshot.is_current()


@pytest.mark.parametrize("entry", [None, 1])
def test_an_entry_may_be_no_module(entry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "no_module", entry)
    snapshot = loaded_modules.current()
    assert loaded_modules.current() is snapshot


def test_the_modules_imported_since_are_known(module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = loaded_modules.current()
    assert snapshot.imported_since() == []
    late, other = ModuleType("late"), ModuleType("loaded")
    monkeypatch.setitem(sys.modules, "late", late)
    monkeypatch.setitem(sys.modules, "loaded", other)
    assert snapshot.imported_since() == [other, late]


def test_any_module_may_be_imported_since_one_was_deleted() -> None:
    sys.modules["short_lived"] = ModuleType("short_lived")
    snapshot = loaded_modules.current()
    del sys.modules["short_lived"]
    assert snapshot.imported_since() == list(sys.modules.values())
