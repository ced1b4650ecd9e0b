"""The hooks around each test, registered when the first mock of a session is entered.

A session that uses no mock does not pay for them. An exception in the report or in logfinish
would end the whole session; in the others it would hide the test's own.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import suppress
from traceback import format_exception_only

import pytest

from pytest_glue_runs import _mock, _session
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._options import HTML_FLAG, PAGE_DATA, REPORT_FLAG, REPORT_TITLE

_ENDS_SESSION = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)

mocked_key: pytest.StashKey[_mock.Mocked] = pytest.StashKey()
"""The mock of the fixture, in the stash of its test."""


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
        report.sections.append((REPORT_TITLE, text))
    if call.when == "teardown" and item.config.getoption(HTML_FLAG) is not None:
        _add_page_data(report)
    return report


def _report_text(
    item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
) -> str | None:
    """Return the text for the report of a test, or None if it gets none."""
    mocked = _mock.latest()
    if mocked is None:
        return None
    wanted = item.config.getoption(REPORT_FLAG) or mocked.settings.report
    shown = report.failed or (wanted == "always" and call.when == "call")
    if not shown or wanted == "never":
        return None
    if item.config.getoption("xmlpath", None):
        # Sections are not part of JUnit XML. pytest writes the properties of the last report,
        # which is made from the item's.
        last = report if call.when == "teardown" else item
        last.user_properties.append((REPORT_TITLE, mocked.report()))
    return mocked.report(_session.terminal(item.config))


def _add_page_data(report: pytest.TestReport) -> None:
    """Attach what the page shows of a test. xdist passes attributes of reports on."""
    try:
        mocked = _mock.latest()
        data = mocked.page_data() if mocked is not None else None
    except _ENDS_SESSION:
        raise
    except BaseException as error:  # noqa: BLE001 - a page must not end the session
        data = json.dumps({"problem": f"This report failed with {_describe(error)}"})
    setattr(report, PAGE_DATA, data)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that has passed without using all its plans and faults."""
    __tracebackhide__ = True
    result = yield
    mocked = item.stash.get(mocked_key, None)
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
    try:
        _mock.clear_away()
    except Exception as error:  # noqa: BLE001 - the test's own error comes first
        return f"pytest-glue-runs could not remove all its patches: {_describe(error)}"
    return None


def pytest_runtest_logfinish() -> None:
    """Drop the mock of the test that has ended."""
    with suppress(Exception):  # the next mock replaces it
        _mock.forget()


def _describe(error: BaseException) -> str:
    """Return the type and the message of *error* in one line."""
    return Masker().line(" ".join("".join(format_exception_only(error)).split()), limit=300)
