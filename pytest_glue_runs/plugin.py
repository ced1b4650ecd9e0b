"""The pytest plugin: options, marker, fixtures, and the report of a failing test.

Heavy modules are imported inside functions: every user of pytest imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_glue_runs import _options
from pytest_glue_runs._options import CHOICES, HTML_FLAG, INI_PREFIX, OPTIONS, REPORT_FLAG

if TYPE_CHECKING:
    from pytest_glue_runs import GlueRuns

_MARKER = "glue_runs"
_HOOKS = "glue_runs_hooks"
_COLLECTOR = "glue_runs_html"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add an ini option for each setting, and the flags for reports."""
    group = parser.getgroup("glue_runs", "AWS Glue job runs in memory")
    group.addoption(
        REPORT_FLAG,
        choices=CHOICES["report"],
        default=None,
        help=f"{OPTIONS['report'][1]}. Overrides marker, fixture and ini file. "
        "pytest shows the reports of passing tests with -rP.",
    )
    group.addoption(
        HTML_FLAG,
        metavar="PATH",
        default=None,
        help="write one HTML page with the timelines of all tests that mocked Glue.",
    )
    for name, (default, description) in OPTIONS.items():
        parser.addini(INI_PREFIX + name, f"{description}. Default: {default}.", default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and read the ini options."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(*, {_options.signature()}): mock AWS Glue's job runs for this test, with "
        "these settings. It activates the fixture glue_runs. Of several markers, the nearest "
        "wins, setting by setting.",
    )
    values = {name: config.getini(INI_PREFIX + name) for name in OPTIONS}
    ini = {name: value for name, value in values.items() if value is not None}
    if ini:
        _check(ini)
    # Restored at the end, for an outer pytest session.
    config.stash[_outer_ini] = dict(_options.ini)
    _options.ini.clear()
    _options.ini.update(ini)
    _options.on_enter.append(partial(_register_hooks, config.pluginmanager))
    page = config.getoption(HTML_FLAG)
    if page is not None and not hasattr(config, "workerinput"):
        from pytest_glue_runs._html.collector import Collector

        path = config.invocation_params.dir / page
        if path.is_dir():
            raise pytest.UsageError(
                f"{HTML_FLAG}: {page or path} is a folder. Valid: the path of a file to be written."
            )
        config.pluginmanager.register(Collector(path), _COLLECTOR)


def _check(ini: dict[str, object]) -> None:
    from pytest_glue_runs import _settings
    from pytest_glue_runs.errors import SettingError

    try:
        _settings.parse(_settings.Layer(_settings.INI_FILE, ini))
    except SettingError as error:
        raise pytest.UsageError(str(error)) from None


def _register_hooks(manager: pytest.PytestPluginManager) -> None:
    from pytest_glue_runs import _hooks

    if not manager.has_plugin(_HOOKS):
        manager.register(_hooks, _HOOKS)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the terminal on to a worker of xdist, which has none of its own."""
    from pytest_glue_runs import _session

    node.workerinput[_session.WORKER_INPUT] = [*_session.terminal(node.config)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the reports of failing tests if pytest shows nothing of them."""
    if terminalreporter.config.getoption("tbstyle") == "no":
        from pytest_glue_runs import _session

        _session.show_reports(terminalreporter)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Restore what an outer pytest session has set, if this one runs inside another."""
    # Missing if another plugin's pytest_configure failed before this one's.
    outer = config.stash.get(_outer_ini, None)
    if outer is not None:
        _options.ini.clear()
        _options.ini.update(outer)
        _options.on_enter.pop()


_outer_ini: pytest.StashKey[dict[str, object]] = pytest.StashKey()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker activate the fixture, for methods of unittest's classes too."""
    if _MARKER not in item.keywords or item.get_closest_marker(_MARKER) is None:
        return
    names: list[str] | None = getattr(item, "fixturenames", None)
    if names is not None and _MARKER not in names:
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
    from pytest_glue_runs import _hooks, _mock
    from pytest_glue_runs.errors import SettingError

    try:
        mocked = _mock.enter(*_layers(request, glue_runs_settings))
    except SettingError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    request.node.stash[_hooks.mocked_key] = mocked
    try:
        yield mocked.control
    finally:
        # pytest keeps the stash of each test until the session ends.
        del request.node.stash[_hooks.mocked_key]
        _mock.leave()


def _layers(request: pytest.FixtureRequest, fixture: Any) -> Any:
    """Return the settings requested by markers, and those of fixture and ini file."""
    from pytest_glue_runs._settings import INI_FILE, Layer
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
                f"Valid: {_options.signature()}."
            )
        requested.append(Layer(source, marker.kwargs))
    # Inside an outer mock, which has its own settings, the fixture's do not matter.
    background = [Layer("The fixture glue_runs_settings", fixture)]
    return requested, [*background, Layer(INI_FILE, _options.ini)]
