"""Freezing again searches only the modules that have changed, with the same result."""

from __future__ import annotations

import datetime
import gc
import importlib.util
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import freezegun
import freezegun.api
import pytest

from pytest_glue_runs import mock_glue_runs
from pytest_glue_runs._time import loaded_modules, module_scan
from pytest_glue_runs._time.module_scan import CHECKED_VERSIONS

HASH = "_get_module_attributes_hash"
NEW_YEAR = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
PATCH = Path(__file__).parents[2] / "docs" / "upstream" / "freezegun-names-of-modules.patch"

WriteModule = Callable[[str, str], None]

checked = pytest.mark.skipif(
    freezegun.__version__ not in CHECKED_VERSIONS,
    reason=f"freezegun {freezegun.__version__} freezes as it is; checked: {CHECKED_VERSIONS}",
)


class _Lazy(ModuleType):
    """A module whose names are not those in its dictionary."""

    def __dir__(self) -> list[str]:
        return ["late"]

    def __getattr__(self, name: str) -> Any:
        assert name == "late"
        return freezegun.api.real_time


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a module that a mock has searched before."""
    module: Any = ModuleType("searched")
    module.a, module.b = time.time, None
    monkeypatch.setitem(sys.modules, "searched", module)
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time
    return module


@pytest.fixture
def installed(module: Any) -> Any:
    """Return such a module as if it were of an installed package."""
    module.__file__ = importlib.__file__
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time
    return module


@pytest.fixture
def write_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteModule:
    """Return a function that writes a module, which is not imported yet."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)
        # Not there when the mock begins, and removed in the end.
        monkeypatch.setitem(sys.modules, name, ModuleType("removed"))
        del sys.modules[name]

    return write


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return the names of the modules whose hash freezegun computes."""
    names: list[str] = []
    original = freezegun.api._get_module_attributes_hash

    def compute(module: Any) -> str:
        names.append(module.__name__)
        return original(module)

    monkeypatch.setattr(freezegun.api, HASH, compute)
    yield names
    assert freezegun.api._get_module_attributes_hash is compute


def _replaced() -> dict[tuple[str, str], str]:
    """Return the names in all modules that hold something of freezegun's, and what it is."""
    fakes = {
        id(value): name
        for name, value in vars(freezegun.api).items()
        if name.startswith(("fake_", "Fake"))
    }
    return {
        (module_name, name): fakes[id(value)]
        for module_name, module in list(sys.modules.items())
        for name, value in list(getattr(module, "__dict__", {}).items())
        if id(value) in fakes and module_name != "freezegun.api"
    }


@checked
def test_an_unchanged_module_is_hashed_once(module: Any, hashed: list[str]) -> None:
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time
    assert "searched" not in hashed
    module.c = time.monotonic
    with mock_glue_runs:
        assert module.c is freezegun.api.fake_monotonic
    assert "searched" in hashed


def test_a_mock_replaces_what_freezegun_alone_replaces(module: Any) -> None:
    before = _replaced()
    with freezegun.freeze_time(NEW_YEAR, ignore=["_pytest.timing"]):
        alone = _replaced()
    for _ in range(2):
        with mock_glue_runs(sleep="real"):
            assert _replaced() == alone
        assert _replaced() == before
    assert alone["searched", "a"] == "fake_time"
    assert len(alone) > 50


def test_a_name_that_replaces_another_is_found(module: Any) -> None:
    """The module has as many names as before."""
    del module.b
    module.c = time.time
    with mock_glue_runs:
        assert module.c is freezegun.api.fake_time
    assert module.c is freezegun.api.real_time


def test_a_clock_that_replaces_another_name_in_a_module_without_clocks_is_found(
    module: Any,
) -> None:
    del module.a
    for _ in range(2):
        with mock_glue_runs:
            pass
    del module.b
    module.c = time.time
    with mock_glue_runs:
        assert module.c is freezegun.api.fake_time


def test_a_name_that_replaces_another_between_the_last_ones_is_found(module: Any) -> None:
    """The module has as many names as before, and the same last name."""
    del module.a, module.b
    module.c, module.b = time.time, None
    with mock_glue_runs:
        assert module.c is freezegun.api.fake_time


@checked
def test_a_module_of_an_installed_package_with_as_many_names_is_not_searched(
    installed: Any,
) -> None:
    del installed.b
    installed.c = time.time
    with mock_glue_runs:
        assert installed.a is freezegun.api.fake_time
        assert installed.c is freezegun.api.real_time
    installed.d = None
    with mock_glue_runs:
        assert installed.c is freezegun.api.fake_time


def test_a_module_of_an_installed_package_that_has_lost_a_clock_is_searched(
    installed: Any,
) -> None:
    del installed.a
    installed.c = time.time
    with mock_glue_runs:
        assert installed.c is freezegun.api.fake_time
    assert not hasattr(installed, "a")


@checked
def test_a_value_in_the_place_of_a_clock_stays(installed: Any) -> None:
    del installed.b
    installed.a, installed.c = "no clock", None
    with mock_glue_runs:
        assert installed.a == "no clock"
    assert installed.a == "no clock"


def test_a_module_at_the_address_of_an_installed_one_is_searched(
    installed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = ModuleType("searched")
    other.a, other.c, other.__file__ = time.time, time.time, __file__
    addresses = {id(other): id(installed)}
    monkeypatch.setattr(
        module_scan, "id", lambda one: addresses.get(id(one), id(one)), raising=False
    )
    monkeypatch.setitem(sys.modules, "searched", other)
    with mock_glue_runs:
        assert other.a is other.c is freezegun.api.fake_time
    assert other.a is other.c is freezegun.api.real_time


def test_a_module_that_another_thread_imports_at_that_moment_is_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late: Any = ModuleType("late")
    late.a = time.time
    start = freezegun.api._freeze_time.start

    def started(freezer: Any) -> Any:
        monkeypatch.setitem(sys.modules, "late", late)
        return start(freezer)

    monkeypatch.setattr(freezegun.api._freeze_time, "start", started)
    with mock_glue_runs:
        assert late.a is freezegun.api.fake_time
    assert late.a is freezegun.api.real_time


def test_a_module_that_another_thread_imports_during_the_search_is_searched_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late: Any = ModuleType("late")
    current = loaded_modules.current

    def importing() -> Any:
        late.a = time.time
        monkeypatch.setitem(sys.modules, "late", late)
        return current()

    with monkeypatch.context() as patch:
        patch.setattr(loaded_modules, "current", importing)
        with mock_glue_runs:
            pass
    for _ in range(2):
        assert late.a is freezegun.api.real_time
        with mock_glue_runs:
            assert late.a is freezegun.api.fake_time


@checked
def test_freezegun_does_not_see_an_unchanged_module_without_a_clock(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    api: Any = freezegun.api
    del module.a
    seen: list[set[str]] = []
    start = api._freeze_time.start

    def started(freezer: Any) -> Any:
        seen.append({name for name, _ in api.sys.modules.items()})
        return start(freezer)

    monkeypatch.setattr(api._freeze_time, "start", started)
    for _ in range(2):
        with mock_glue_runs:
            assert api.sys is sys
    module.c = time.time
    with mock_glue_runs:
        assert module.c is freezegun.api.fake_time
    assert ["searched" in names for names in seen] == [True, False, True]


def test_a_module_that_replaces_another_is_searched(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = ModuleType("searched")
    other.a, other.b = None, time.time
    monkeypatch.setitem(sys.modules, "searched", other)
    with mock_glue_runs:
        assert (other.a, other.b) == (None, freezegun.api.fake_time)


def test_a_module_at_the_address_of_a_deleted_one_is_searched() -> None:
    for number in range(3):
        sys.modules["short_lived"] = ModuleType("short_lived")
        vars(sys.modules["short_lived"])[f"name_{number}"] = time.time
        with mock_glue_runs:
            fake = vars(sys.modules["short_lived"])[f"name_{number}"]
            assert fake is freezegun.api.fake_time
        del sys.modules["short_lived"]
        gc.collect()


def test_a_module_with_a_dir_of_its_own_is_searched_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lazy: Any = _Lazy("lazy")
    plain: Any = ModuleType("plain")
    names: list[str] = []
    plain.__dir__ = lambda: names
    plain.hidden = time.time
    for one in (lazy, plain):
        monkeypatch.setitem(sys.modules, one.__name__, one)
    with mock_glue_runs:
        assert "late" in vars(lazy)
        assert plain.hidden is freezegun.api.real_time
    names.append("hidden")
    with mock_glue_runs:
        assert plain.hidden is freezegun.api.fake_time


def test_a_module_imported_during_the_mock_is_restored(write_module: WriteModule) -> None:
    write_module("late_reader", "from time import time\nfrom datetime import date")
    with mock_glue_runs:
        late: Any = importlib.import_module("late_reader")
        assert (late.time, late.date) == (freezegun.api.fake_time, freezegun.api.FakeDate)
    for _ in range(2):
        assert (late.time, late.date) == (freezegun.api.real_time, freezegun.api.real_date)
        with mock_glue_runs:
            assert (late.time, late.date) == (freezegun.api.fake_time, freezegun.api.FakeDate)


def test_a_freeze_inside_the_mock_is_freezeguns_alone(module: Any, hashed: list[str]) -> None:
    with mock_glue_runs as glue_runs:
        with freezegun.freeze_time(NEW_YEAR):
            assert module.a() == NEW_YEAR.timestamp()
        assert module.a() == glue_runs.now.timestamp()
    assert module.a is freezegun.api.real_time


def test_a_freeze_around_the_mock_is_freezeguns_alone(module: Any, hashed: list[str]) -> None:
    with freezegun.freeze_time(NEW_YEAR), mock_glue_runs:
        assert module.a() == NEW_YEAR.timestamp()
    assert "searched" in hashed


def test_what_freezegun_has_found_since_is_used(module: Any) -> None:
    """The module has the names again that it had at the last mock, and another value."""
    del module.a, module.b
    with freezegun.freeze_time(NEW_YEAR):
        pass
    module.a, module.b = None, None
    with mock_glue_runs:
        assert module.a is None


def test_what_freezegun_has_found_since_in_an_installed_package_is_replaced_each_time(
    installed: Any,
) -> None:
    """The module has as many names as before, and a clock under another one."""
    del installed.a
    with freezegun.freeze_time(NEW_YEAR):  # leaves a name behind in `time`, the first time
        pass
    with mock_glue_runs:
        pass
    del installed.b
    installed.c = time.time
    with freezegun.freeze_time(NEW_YEAR):
        assert installed.c is freezegun.api.fake_time
    for _ in range(2):
        with mock_glue_runs:
            assert installed.c is freezegun.api.fake_time


def test_what_a_lazy_module_imports_is_replaced_each_time(write_module: WriteModule) -> None:
    """The freeze itself imports it, with clocks that are replaced already."""
    write_module("lazy_reader", "import its_clock")
    write_module("its_clock", "from time import time")
    spec: Any = importlib.util.find_spec("lazy_reader")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    sys.modules["lazy_reader"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["lazy_reader"])
    for _ in range(3):
        with mock_glue_runs:
            its_clock: Any = sys.modules["its_clock"]
            assert its_clock.time is freezegun.api.fake_time
        assert its_clock.time is freezegun.api.real_time


def test_a_clock_that_freezegun_has_found_in_the_first_of_two_modules_of_a_name_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """freezegun's cache is equal to the one before: it holds what was found in the second."""
    module: Any = ModuleType("twins")
    module.a = None
    monkeypatch.setitem(sys.modules, "first", module)
    monkeypatch.setitem(sys.modules, "second", ModuleType("twins"))
    with freezegun.freeze_time(NEW_YEAR):  # leaves a name behind in `time`, the first time
        pass
    for _ in range(2):
        with mock_glue_runs:
            pass
    module.a = time.time
    with freezegun.freeze_time(NEW_YEAR):
        assert module.a is freezegun.api.fake_time
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time


def test_modules_of_the_same_name_are_both_searched(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other: Any = ModuleType("searched")
    other.c = time.time
    monkeypatch.setitem(sys.modules, "other", other)
    for _ in range(3):
        with mock_glue_runs:
            assert module.a is other.c is freezegun.api.fake_time


def test_freezegun_is_restored_if_freezing_fails(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = freezegun.api._get_cached_module_attributes

    def fail(self: object) -> None:
        raise RuntimeError("no freeze")

    with monkeypatch.context() as patch:
        patch.setattr(freezegun.api._freeze_time, "start", fail)
        with pytest.raises(RuntimeError, match="no freeze"):
            mock_glue_runs.__enter__()
    assert freezegun.api._get_cached_module_attributes is original
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time


def test_another_version_of_freezegun_is_left_as_it_is(
    module: Any, hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freezegun, "__version__", "9.0")
    with mock_glue_runs:
        assert module.a is freezegun.api.fake_time
    assert "searched" in hashed


@pytest.mark.slow
@checked
@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the patch")
def test_the_patch_for_freezegun_applies_and_works(tmp_path: Path) -> None:
    source = Path(freezegun.__file__).parent
    shutil.copytree(source, tmp_path / "freezegun", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", PATCH], cwd=tmp_path, check=True)
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(tmp_path / "freezegun" / "api.py"), "ok"]


SCRIPT = """
import builtins, sys, time, types
import freezegun.api as api

plain, own_dir = types.ModuleType("plain"), types.ModuleType("own_dir")
plain.a = own_dir.a = time.time
own_dir.__dir__ = lambda: ["a"]
sys.modules.update(plain=plain, own_dir=own_dir)

listed = []
def counted(*arguments):
    listed.extend(one.__name__ for one in arguments if isinstance(one, types.ModuleType))
    return builtins.dir(*arguments)
api.dir = counted

def freeze():
    listed.clear()
    with api.freeze_time("2026-01-01"):
        return [name for name in vars(plain) if vars(plain)[name] is api.fake_time]

assert freeze() == ["a"] and "plain" in listed
assert freeze() == ["a"] and "plain" not in listed and "own_dir" in listed
plain.b = time.time
assert freeze() == ["a", "b"] and plain.b is time.time
del plain.a
plain.c = time.time
assert freeze() == ["b", "c"]
print(api.__file__, "ok")
"""
