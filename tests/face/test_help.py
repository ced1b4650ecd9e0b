"""What `pytest --help`, `--markers` and `--fixtures` show."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from pytest_glue_runs import _options, _settings

SIGNATURE = (
    "startup='4s', duration='1m', cleanup='5s', freeze=True, start_at=None, sleep='virtual', "
    "account_id='123456789012', default_glue_version='4.0', end_of_life=True, "
    "check_launch=False, max_requests_per_second=None, other_services='moto', "
    "passthrough_hosts=(), unused='error', max_sleeps=100000, max_reads=10000, "
    "report='failed', secret_names=(), plans=(), faults=()"
)


def test_markers_show_the_settings_with_their_defaults(run_tests: Any) -> None:
    result = run_tests("", "--markers")
    assert (
        f"@pytest.mark.glue_runs(*, {SIGNATURE}): mock AWS Glue's job runs for this test, with "
        "these settings. It activates the fixture glue_runs. Of several markers, the nearest "
        "wins, setting by setting."
    ) in result.outlines


def test_fixtures_show_their_docstrings(run_tests: Any) -> None:
    result = run_tests("", "--fixtures")
    result.stdout.fnmatch_lines_random(
        [
            "glue_runs -- *",
            "    AWS Glue's job runs in memory, on a frozen clock: a pytest_glue_runs.GlueRuns.",
            "glue_runs_settings [[]session scope[]] -- *",
            (
                "    Settings of the fixture glue_runs: override it in a conftest.py, and return a "
                "dict."
            ),
        ]
    )


@pytest.fixture
def helped(run_tests: Any) -> str:
    """The output of `pytest --help` in one line, whatever the width of the terminal."""
    result = run_tests("", "--help")
    return " ".join(" ".join(result.outlines).split())


def test_help_shows_the_flag(helped: str) -> None:
    assert (
        "AWS Glue job runs in memory: --glue-runs-report={failed,always,never} which tests show "
        "the calls that Glue received and its runs: 'failed', 'always', 'never'. Overrides "
        "marker, fixture and ini file. pytest shows the reports of passing tests with -rP."
    ) in helped


def test_help_shows_each_ini_option(helped: str) -> None:
    assert "glue_runs_startup (string): how long a run is STARTING. Default: '4s'. " in helped
    for name, (default, description) in _options.OPTIONS.items():
        assert f"glue_runs_{name} (string): {description}. Default: {default}. " in helped


def test_the_defaults_that_are_shown_are_those_that_hold() -> None:
    defaults = {
        field.name: _settings.format_value(field.default) for field in fields(_settings.Settings)
    }
    assert {name: default for name, (default, _) in _options.OPTIONS.items()} == defaults
    assert [*_settings.PARSERS] == [*_options.OPTIONS]
