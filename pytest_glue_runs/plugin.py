"""pytest's door: options, the marker, the fixtures, the report of a failing test.

Whatever is heavy is imported inside of functions: every user of pytest pays for this module.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_glue_runs import GlueRuns
    from pytest_glue_runs._mock import Mocked

_MARKER = "glue_runs"
_REPORT_FLAG = "--glue-runs-report"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds an ini option for each setting, and the flag for the report."""
    from pytest_glue_runs import _settings

    group = parser.getgroup("glue_runs", "AWS Glue job runs in memory")
    group.addoption(
        _REPORT_FLAG,
        choices=_settings.choices("report"),
        default=None,
        help=f"{_settings.OPTIONS['report'].help}. Stronger than marker, fixture and ini. "
        "pytest shows those of tests that pass with -rP.",
    )
    default = _settings.Settings()
    for name, option in _settings.OPTIONS.items():
        shown = _settings.shown(getattr(default, name))
        parser.addini(
            _settings.INI_PREFIX + name, f"{option.help}. Default: {shown}.", default=None
        )


def pytest_configure(config: pytest.Config) -> None:
    """Tells pytest of the marker, and reads the ini options."""
    from pytest_glue_runs import _settings
    from pytest_glue_runs.errors import SettingError

    config.addinivalue_line(
        "markers",
        f"{_MARKER}(*, {_settings.signature()}): mock AWS Glue's job runs for this test, with "
        "these settings. It activates the fixture glue_runs; of several the nearest wins, "
        "setting by setting.",
    )
    found = {name: config.getini(_settings.INI_PREFIX + name) for name in _settings.OPTIONS}
    ini = {name: value for name, value in found.items() if value is not None}
    # Of one that does not exist pytest would only warn. Nothing public lists what is written.
    written = vars(config).get("_inicfg", vars(config).get("inicfg", {}))
    named = (name.partition(_settings.INI_PREFIX) for name in written)
    ini = {**{name: None for before, mark, name in named if mark and not before}, **ini}
    config.stash[_ini_before] = dict(_settings.ini)
    try:
        _settings.parsed(_settings.Layer(_settings.INI_FILE, ini))
    except SettingError as error:
        raise pytest.UsageError(str(error)) from None
    _settings.ini.clear()
    _settings.ini.update(ini)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Puts the ini options back that held before, for a pytest that runs inside another."""
    from pytest_glue_runs import _settings

    # Not there where another plugin's pytest_configure failed before ours.
    before = config.stash.get(_ini_before, dict(_settings.ini))
    _settings.ini.clear()
    _settings.ini.update(before)


_ini_before: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
_mocked_key: pytest.StashKey[Mocked] = pytest.StashKey()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Lets the marker activate the fixture, on methods of unittest's classes too."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and _MARKER not in names and item.get_closest_marker(_MARKER):
        # Before all that is made for this test alone, after what outlives it. Nothing public
        # tells the scopes.
        made_by: Any = getattr(item, "_fixtureinfo").name2fixturedefs  # noqa: B009
        outlive = [n for n in names if n in made_by and made_by[n][-1].scope != "function"]
        later = names[len(outlive) :]
        # A new list: parametrized tests share theirs, whether they have the marker or not.
        item.fixturenames = [*outlive, _MARKER, *later]  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def glue_runs_settings() -> dict[str, Any]:
    """Settings of the fixture glue_runs: override it in a conftest.py, and return a dict.

    Names and values are those of the marker (see `pytest --markers`), which wins over this
    fixture; this fixture wins over the ini file.
    """
    return {}


@pytest.fixture
def glue_runs(
    request: pytest.FixtureRequest,
    glue_runs_settings: dict[str, Any],
) -> Iterator[GlueRuns]:
    """AWS Glue's job runs in memory, on a frozen clock: a pytest_glue_runs.GlueRuns.

    Clients of boto3 and aiobotocore, made before or after, talk to it while the test runs.
    Add jobs with add_job(), say how runs go with plan(), move time with tick(), or let the
    time.sleep() of the code under test move it.
    """
    from pytest_glue_runs import _mock
    from pytest_glue_runs.errors import SettingError

    try:
        mocked = _mock.enter(*_layers(request, glue_runs_settings))
    except SettingError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    request.node.stash[_mocked_key] = mocked
    try:
        yield mocked.control
    finally:
        _mock.leave()


def _layers(request: pytest.FixtureRequest, fixture: Any) -> Any:
    from pytest_glue_runs import _settings
    from pytest_glue_runs._settings import Layer
    from pytest_glue_runs.errors import SettingError

    if not isinstance(fixture, dict):
        raise SettingError(
            f"The fixture glue_runs_settings returned {fixture!r}. It returns a dict of settings."
        )
    asked = []
    for marker in request.node.iter_markers(_MARKER):
        where = f"@pytest.mark.{_MARKER}"
        if marker.args:
            raise SettingError(
                f"{where} takes keywords only, and got {marker.args!r}. "
                f"Valid: {_settings.signature()}."
            )
        asked.append(Layer(where, marker.kwargs))
    # Not asked for: inside an outer mock, which has settings of its own, it does not matter.
    background = [Layer("The fixture glue_runs_settings", fixture)]
    return asked, [*background, Layer(_settings.INI_FILE, _settings.ini)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test that has passed with plans that no run used."""
    __tracebackhide__ = True  # where the test fails, that is in its own lines
    result = yield
    mocked = item.stash.get(_mocked_key, None)
    if mocked is not None and not getattr(item, "_excinfo", None):
        try:
            mocked.check_plans()
        except AssertionError as error:
            __tracebackhide__ = False
            raise pytest.fail.Exception(str(error), pytrace=False) from None
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Takes away what of the mock has come back after it: a monkeypatch that was set up
    before the mock is undone after it."""
    try:
        return (yield)
    finally:
        mock: Any = sys.modules.get("pytest_glue_runs._mock")
        if mock is not None:
            mock.clear_away()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds to the report what Glue saw, and what each run did when."""
    report = yield
    mock: Any = sys.modules.get("pytest_glue_runs._mock")
    mocked = mock.latest() if mock is not None else None
    if mocked is not None:
        from pytest_glue_runs import _report

        wanted = item.config.getoption(_REPORT_FLAG) or mocked.settings.report
        told = report.failed or (wanted == "always" and call.when == "call")
        if told and wanted != "never":
            report.sections.append((_report.TITLE, mocked.story()))
    return report


def pytest_runtest_logfinish() -> None:
    """Forgets the mock of the test that has ended."""
    mock: Any = sys.modules.get("pytest_glue_runs._mock")
    if mock is not None:
        mock.forget()
