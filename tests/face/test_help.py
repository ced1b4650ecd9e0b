"""What pytest tells about the plugin."""

from __future__ import annotations

from typing import Any

import pytest

SIGNATURE = (
    "startup='4s', duration='1m', cleanup='5s', freeze=True, start_at=None, sleep='virtual', "
    "account_id='123456789012', default_glue_version='4.0', end_of_life=True, "
    "check_launch=False, max_requests_per_second=None, other_services='moto', "
    "unused_plans='error', max_sleeps=100000, max_reads=10000, report='failed'"
)


def test_markers_show_the_settings_with_their_defaults(run_tests: Any) -> None:
    """A full signature, and what the marker does."""
    result = run_tests("", "--markers")
    assert (
        f"@pytest.mark.glue_runs(*, {SIGNATURE}): mock AWS Glue's job runs for this test, with "
        "these settings. It activates the fixture glue_runs; of several the nearest wins, "
        "setting by setting."
    ) in result.outlines


def test_fixtures_show_what_they_are_for(run_tests: Any) -> None:
    """Both of them."""
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
    """The help, without the breaks that the width of the terminal makes."""
    result = run_tests("", "--help")
    return " ".join(" ".join(result.outlines).split())


def test_help_shows_the_flag(helped: str) -> None:
    """In a group of its own."""
    assert (
        "AWS Glue job runs in memory: --glue-runs-report={failed,always,never} which tests show "
        "what Glue saw: 'failed' ones, 'always', 'never'. Stronger than marker, fixture and ini."
    ) in helped


@pytest.mark.parametrize(
    "words",
    [
        "glue_runs_startup (string): how long a run is STARTING. Default: '4s'.",
        "glue_runs_duration (string): how long a run is RUNNING before it succeeds. Default: '1m'.",
        (
            "glue_runs_freeze (string): whether time is frozen, so that the test moves it. "
            "Default: True."
        ),
        "glue_runs_start_at (string): when the frozen time begins; None: now. Default: None.",
        (
            "glue_runs_sleep (string): 'virtual': time.sleep moves the frozen clock; or 'real'. "
            "Default: 'virtual'."
        ),
        (
            "glue_runs_account_id (string): the AWS account of credentials that moto's IAM does "
            "not know. Default: '123456789012'."
        ),
        (
            "glue_runs_default_glue_version (string): the GlueVersion of a job that is made "
            "without one. Default: '4.0'."
        ),
        (
            "glue_runs_other_services (string): who answers all that is not a job or a run: "
            "'moto', an 'error', or 'pass' it on. Default: 'moto'."
        ),
        (
            "glue_runs_unused_plans (string): whether a plan that no run used fails the test: "
            "'error', 'ignore'. Default: 'error'."
        ),
        (
            "glue_runs_report (string): which tests show what Glue saw: 'failed' ones, 'always', "
            "'never'. Default: 'failed'."
        ),
    ],
)
def test_help_shows_each_ini_option(helped: str, words: str) -> None:
    """With its default."""
    assert words in helped
