"""The pytest plugin: options, marker, fixtures, and the report of a failing test.

Heavy modules are imported inside functions: every user of pytest imports this module.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from traceback import format_exception_only
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_glue_runs import GlueRuns
    from pytest_glue_runs._mock import Mocked

_MARKER = "glue_runs"
_REPORT_FLAG = "--glue-runs-report"
_REPORT_TITLE = "Glue job runs"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an ini option for each setting, and the flag for the report."""
    from pytest_glue_runs import _settings

    group = parser.getgroup("glue_runs", "AWS Glue job runs in memory")
    group.addoption(
        _REPORT_FLAG,
        choices=_settings.choices("report"),
        default=None,
        help=f"{_settings.OPTIONS['report'].help}. Overrides marker, fixture and ini file. "
        "pytest shows the reports of passing tests with -rP.",
    )
    default = _settings.Settings()
    for name, option in _settings.OPTIONS.items():
        value = _settings.format_value(getattr(default, name))
        parser.addini(
            _settings.INI_PREFIX + name, f"{option.help}. Default: {value}.", default=None
        )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and read the ini options."""
    from pytest_glue_runs import _settings
    from pytest_glue_runs.errors import SettingError

    config.addinivalue_line(
        "markers",
        f"{_MARKER}(*, {_settings.signature()}): mock AWS Glue's job runs for this test, with "
        "these settings. It activates the fixture glue_runs. Of several markers, the nearest "
        "wins, setting by setting.",
    )
    values = {name: config.getini(_settings.INI_PREFIX + name) for name in _settings.OPTIONS}
    ini = {name: value for name, value in values.items() if value is not None}
    config.stash[_ini_before] = dict(_settings.ini)
    try:
        _settings.parse(_settings.Layer(_settings.INI_FILE, ini))
    except SettingError as error:
        raise pytest.UsageError(str(error)) from None
    _settings.ini.clear()
    _settings.ini.update(ini)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Restore the ini options of an outer pytest, if this one runs inside another."""
    from pytest_glue_runs import _settings

    # Missing if another plugin's pytest_configure failed before this one's.
    before = config.stash.get(_ini_before, dict(_settings.ini))
    _settings.ini.clear()
    _settings.ini.update(before)


_ini_before: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
_mocked_key: pytest.StashKey[Mocked] = pytest.StashKey()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker activate the fixture, for methods of unittest's classes too."""
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and _MARKER not in names and item.get_closest_marker(_MARKER):
        # After the fixtures of wider scope, before those of this test alone. The scopes are not
        # public.
        info = getattr(item, "_fixtureinfo", None)
        definitions: dict[str, Any] = getattr(info, "name2fixturedefs", {})
        wider = [n for n in names if n in definitions and definitions[n][-1].scope != "function"]
        rest = names[len(wider) :]
        # A new list: the items of a parametrized test share one, with the marker or without.
        item.fixturenames = [*wider, _MARKER, *rest]  # type: ignore[attr-defined]


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
    Add jobs with add_job(), plan how runs go with plan(), move the clock with tick(), or let
    time.sleep() in the code under test move it.
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
    """Return the settings requested by markers, and those of fixture and ini file."""
    from pytest_glue_runs import _settings
    from pytest_glue_runs._settings import Layer
    from pytest_glue_runs.errors import SettingError

    if not isinstance(fixture, dict):
        raise SettingError(
            f"The fixture glue_runs_settings returned {fixture!r}. It returns a dict of settings."
        )
    requested = []
    for marker in request.node.iter_markers(_MARKER):
        source = f"@pytest.mark.{_MARKER}"
        if marker.args:
            raise SettingError(
                f"{source} takes keywords only, and got {marker.args!r}. "
                f"Valid: {_settings.signature()}."
            )
        requested.append(Layer(source, marker.kwargs))
    # Inside an outer mock, which has its own settings, the fixture's do not matter.
    background = [Layer("The fixture glue_runs_settings", fixture)]
    return requested, [*background, Layer(_settings.INI_FILE, _settings.ini)]


# The hooks below run for every test. An exception in the first or the last of them would end the
# whole session; in the others it would hide the test's own.


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report what Glue received, and what each run did."""
    report = yield
    try:
        text = _report_text(item, call, report)
    except _ENDS_SESSION:
        raise
    except BaseException as error:  # noqa: BLE001 - a report must not end the session
        text = f"This report failed with {_describe(error)}"
    if text is not None:
        report.sections.append((_REPORT_TITLE, text))
    return report


def _report_text(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
) -> str | None:
    """Return the text for the report of a test, or None if it gets none."""
    mocked = _latest_mock()
    if mocked is None:
        return None
    wanted = item.config.getoption(_REPORT_FLAG) or mocked.settings.report
    shown = report.failed or (wanted == "always" and call.when == "call")
    return mocked.report() if shown and wanted != "never" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that has passed without using all its plans and errors of fail_next()."""
    __tracebackhide__ = True
    result = yield
    mocked = item.stash.get(_mocked_key, None)
    # A method of unittest has an _excinfo if it has failed or was skipped.
    if mocked is not None and not getattr(item, "_excinfo", None):
        try:
            mocked.check_unused()
        except AssertionError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - shown in one line
            problem = f"pytest-glue-runs could not look for unused plans: {_describe(error)}"
        else:
            return result
        __tracebackhide__ = False
        raise pytest.fail.Exception(problem, pytrace=False) from None
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Remove what the undo of a monkeypatch restored after the mock had ended."""
    try:
        result = yield
    except BaseException:
        _clear_away()
        raise
    problem = _clear_away()
    if problem is not None:
        raise pytest.fail.Exception(problem, pytrace=False)
    return result


def _clear_away() -> str | None:
    """Return what went wrong, if anything did."""
    mock: Any = sys.modules.get("pytest_glue_runs._mock")
    try:
        if mock is not None:
            mock.clear_away()
    except Exception as error:  # noqa: BLE001 - the test's own error comes first
        return f"pytest-glue-runs could not remove all its patches: {_describe(error)}"
    return None


def pytest_runtest_logfinish() -> None:
    """Drop the mock of the test that has ended."""
    mock: Any = sys.modules.get("pytest_glue_runs._mock")
    with suppress(Exception):  # the next mock replaces it
        if mock is not None:
            mock.forget()


def _latest_mock() -> Mocked | None:
    """Return the mock that is active, or was active last in this test."""
    mock: Any = sys.modules.get("pytest_glue_runs._mock")
    latest: Mocked | None = mock.latest() if mock is not None else None
    return latest


_ENDS_SESSION = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)


def _describe(error: BaseException) -> str:
    """Return the type and the message of *error* in one line."""
    from pytest_glue_runs._masking import Masker

    return Masker().line(" ".join("".join(format_exception_only(error)).split()), limit=300)
