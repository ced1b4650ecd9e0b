"""Settings: where they are set, which of several wins, and the messages for wrong ones."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, SettingError, _settings, mock_glue_runs

from_conftest = """
    import pytest

    @pytest.fixture
    def took(glue_runs):
        '''Seconds that a run is STARTING, and RUNNING.'''
        import boto3

        client = boto3.client("glue", region_name="us-east-1")
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        (run,) = glue_runs.settle()
        steps = [step.at for step in run.history]
        return [int((b - a).total_seconds()) for a, b in zip(steps, steps[1:])]
"""

_NOT_A_DURATION = (
    "is not a duration. Valid: a timedelta, a number of seconds, "
    'or text such as "90s", "5m", "1h30m", "2d".'
)
_NOT_A_MOMENT = (
    "is not a moment. Valid: a datetime, a date, "
    'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
)
_NOT_HOSTS = (
    "is not a list of hosts. Valid: a list of names or addresses without scheme and port, "
    "such as ['minio', '10.0.0.7'], or text such as 'minio, 10.0.0.7'."
)
_NOT_NAMES = (
    "is not a list of names. Valid: a list such as ['ssn', 'iban'], or text such as 'ssn, iban'."
)
_NAMES = (
    "startup, duration, cleanup, freeze, start_at, sleep, account_id, default_glue_version, "
    "end_of_life, check_launch, max_requests_per_second, other_services, passthrough_hosts, "
    "unused, max_sleeps, max_reads, report, secret_names, plans, faults"
)
_SIGNATURE = (
    "startup='4s', duration='1m', cleanup='5s', freeze=True, start_at=None, sleep='virtual', "
    "account_id='123456789012', default_glue_version='4.0', end_of_life=True, "
    "check_launch=False, max_requests_per_second=None, other_services='moto', "
    "passthrough_hosts=(), unused='error', max_sleeps=100000, max_reads=10000, "
    "report='failed', secret_names=(), plans=(), faults=()"
)

_DURATION_NOT_MOMENT = "is a duration, and not a moment: tick() takes it."

# Texts, so that an ini file can hold them too.
WRONG_TEXTS = [
    ("startup", "soon", f"startup: 'soon' {_NOT_A_DURATION}"),
    ("duration", "-1s", f"duration: '-1s' {_NOT_A_DURATION}"),
    ("cleanup", "later", f"cleanup: 'later' {_NOT_A_DURATION}"),
    ("freeze", "maybe", "freeze: 'maybe' is neither true nor false. Valid: True, False."),
    ("end_of_life", "maybe", "end_of_life: 'maybe' is neither true nor false. Valid: True, False."),
    ("check_launch", "on?", "check_launch: 'on?' is neither true nor false. Valid: True, False."),
    ("start_at", "soon", f"start_at: 'soon' {_NOT_A_MOMENT}"),
    ("start_at", "5m", f"start_at: '5m' {_DURATION_NOT_MOMENT}"),
    ("start_at", "10", f"start_at: '10' {_DURATION_NOT_MOMENT}"),
    ("start_at", "1h2", f"start_at: '1h2' {_NOT_A_MOMENT}"),
    ("start_at", "23:59", f"start_at: '23:59' {_NOT_A_MOMENT}"),
    (
        "sleep",
        "virtul",
        "sleep: 'virtul' is not a valid sleep. Did you mean 'virtual'? Valid: 'virtual', 'real'.",
    ),
    ("account_id", "12", "account_id: '12' is not an account id. Valid: text of twelve digits."),
    (
        "default_glue_version",
        "four",
        "default_glue_version: 'four' is not a Glue version. Valid: text such as \"4.0\".",
    ),
    (
        "other_services",
        "aws",
        "other_services: 'aws' is not a valid other_services. Valid: 'moto', 'error', 'pass'.",
    ),
    (
        "passthrough_hosts",
        "http://minio:9000",
        f"passthrough_hosts: 'http://minio:9000' {_NOT_HOSTS}",
    ),
    (
        "unused",
        "ignored",
        (
            "unused: 'ignored' is not a valid unused. Did you mean 'ignore'? "
            "Valid: 'error', 'ignore'."
        ),
    ),
    (
        "max_requests_per_second",
        "fast",
        "max_requests_per_second: 'fast' is not a rate. Valid: a number above 0, or None.",
    ),
    (
        "max_sleeps",
        "0",
        "max_sleeps: '0' is not a count. Valid: a whole number from 1 on.",
    ),
    (
        "secret_names",
        "ssn, --",
        f"secret_names: 'ssn, --' {_NOT_NAMES}",
    ),
    (
        "report",
        "fail",
        (
            "report: 'fail' is not a valid report. Did you mean 'failed'? "
            "Valid: 'failed', 'always', 'never'."
        ),
    ),
]
WRONG_TYPES: list[tuple[str, Any, str]] = [
    ("startup", None, f"startup: None {_NOT_A_DURATION}"),
    ("duration", -1, "duration: -1 is below zero. A duration is zero or more."),
    ("duration", True, f"duration: True {_NOT_A_DURATION}"),
    ("freeze", 1, "freeze: 1 is neither true nor false. Valid: True, False."),
    ("start_at", 5, f"start_at: 5 {_NOT_A_MOMENT}"),
    ("sleep", True, "sleep: True is not a valid sleep. Valid: 'virtual', 'real'."),
    (
        "account_id",
        123456789012,
        "account_id: 123456789012 is not an account id. Valid: text of twelve digits.",
    ),
    (
        "default_glue_version",
        4.0,
        'default_glue_version: 4.0 is not a Glue version. Valid: text such as "4.0".',
    ),
    (
        "other_services",
        None,
        "other_services: None is not a valid other_services. Valid: 'moto', 'error', 'pass'.",
    ),
    ("passthrough_hosts", 5, f"passthrough_hosts: 5 {_NOT_HOSTS}"),
    ("passthrough_hosts", ["minio", 5], f"passthrough_hosts: ['minio', 5] {_NOT_HOSTS}"),
    (
        "unused",
        [],
        "unused: [] is not a valid unused. Valid: 'error', 'ignore'.",
    ),
    (
        "report",
        False,
        "report: False is not a valid report. Valid: 'failed', 'always', 'never'.",
    ),
    ("secret_names", 5, f"secret_names: 5 {_NOT_NAMES}"),
    ("secret_names", ["ssn", 5], f"secret_names: ['ssn', 5] {_NOT_NAMES}"),
]
WRONG_NAMES: list[tuple[str, Any, str]] = [
    (
        "duratoin",
        "5m",
        f"there is no setting 'duratoin'. Did you mean 'duration'? Valid: {_NAMES}.",
    ),
    ("colour", "red", f"there is no setting 'colour'. Valid: {_NAMES}."),
]
WRONG = [*WRONG_TEXTS, *WRONG_TYPES, *WRONG_NAMES]


@pytest.mark.parametrize(("name", "value", "message"), [*WRONG_TEXTS, *WRONG_TYPES])
def test_a_wrong_setting_of_a_call_is_a_value_error(name: str, value: Any, message: str) -> None:
    """At once, not when the mock is entered."""
    settings: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=name) as caught:
        mock_glue_runs(**settings)
    assert str(caught.value) == f"mock_glue_runs(): {message}"


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("duratoin", " Did you mean 'duration'?"),
        ("as_kwargs", " Did you mean 'as_kwarg'?"),
        ("colour", ""),
    ],
)
def test_an_unknown_keyword_of_a_call_is_an_error(wrong: str, hint: str) -> None:
    settings: dict[str, Any] = {wrong: "glue_runs"}
    with pytest.raises(SettingError) as caught:
        mock_glue_runs(**settings)
    assert str(caught.value) == (
        f"mock_glue_runs(): there is no setting {wrong!r}.{hint} Valid: as_kwarg, {_NAMES}."
    )


def test_a_wrong_setting_of_a_marker_is_one_line_at_set_up(run_tests: Any) -> None:
    tests = [
        f"@pytest.mark.glue_runs(**{{{name!r}: {value!r}}})\ndef test_{number:02}(): pass"
        for number, (name, value, _) in enumerate(WRONG)
    ]
    result = run_tests("\n".join(["import pytest", *tests]))
    result.assert_outcomes(errors=len(WRONG))
    for number, (_, _, message) in enumerate(WRONG):
        title = f"* ERROR at setup of test_{number:02} *"
        line = f"@pytest.mark.glue_runs: {message}".replace("[", "[[]")
        result.stdout.fnmatch_lines([title, line, "[_=]*"], consecutive=True)


def test_a_wrong_setting_of_the_fixture_is_one_line_at_set_up(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.fixture
        def glue_runs_settings():
            return {"duration": "soon"}

        def test_it(glue_runs):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    line = f"The fixture glue_runs_settings: duration: 'soon' {_NOT_A_DURATION}"
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", line, "=*"], consecutive=True)


def test_a_settings_fixture_without_a_dict_is_an_error(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.fixture
        def glue_runs_settings():
            pass

        def test_it(glue_runs):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    line = "The fixture glue_runs_settings returned None. It returns a dict of settings."
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", line, "=*"], consecutive=True)


def test_a_marker_takes_keywords_only(run_tests: Any) -> None:
    result = run_tests(
        """
        import pytest

        @pytest.mark.glue_runs("5m")
        def test_it():
            pass
        """
    )
    result.assert_outcomes(errors=1)
    line = f"@pytest.mark.glue_runs takes keywords only, and got ('5m',). Valid: {_SIGNATURE}."
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", line, "=*"], consecutive=True)


@pytest.mark.slow
def test_a_wrong_marker_is_the_same_line_under_xdist(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.glue_runs(duratoin="5m")
        def test_it():
            pass
        """
    )
    # Workers are processes of their own in any case.
    result = pytester.runpytest_subprocess("-n2")
    result.assert_outcomes(errors=1)
    line = (
        "@pytest.mark.glue_runs: there is no setting 'duratoin'. "
        f"Did you mean 'duration'? Valid: {_NAMES}."
    )
    result.stdout.fnmatch_lines(["* ERROR at setup of test_it *", "*", line, "=*"])


@pytest.mark.parametrize(("name", "value", "message"), WRONG_TEXTS)
def test_a_wrong_ini_option_is_a_usage_error(
    run_tests: Any, name: str, value: str, message: str
) -> None:
    result = run_tests("def test_it(): pass", "-o", f"glue_runs_{name}={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert [line for line in result.errlines if line] == [f"ERROR: the ini file: {message}"]


def test_a_wrong_flag_is_a_usage_error(run_tests: Any) -> None:
    result = run_tests("def test_it(): pass", "--glue-runs-report=fail")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--glue-runs-report: invalid choice: 'fail' (choose from *"])


@pytest.mark.parametrize("word", ["true", "Yes", "1"])
def test_an_ini_file_can_say_true(run_tests: Any, word: str) -> None:
    source = "import time\ndef test_it(glue_runs): assert glue_runs.tick('1h') is None"
    run_tests(source, "-o", f"glue_runs_freeze={word}").assert_outcomes(passed=1)


@pytest.mark.parametrize("word", ["false", "No", "0"])
def test_an_ini_file_can_say_false(run_tests: Any, word: str) -> None:
    source = """
        import pytest

        def test_it(glue_runs):
            with pytest.raises(RuntimeError):
                glue_runs.tick('1h')
    """
    run_tests(source, "-o", f"glue_runs_freeze={word}").assert_outcomes(passed=1)


def test_ini_options_are_settings(pytester: pytest.Pytester, run_tests: Any) -> None:
    pytester.makeconftest(from_conftest)
    pytester.makeini("[pytest]\nglue_runs_startup = 10s\nglue_runs_duration = 2m")
    run_tests("def test_it(took): assert took == [10, 120]").assert_outcomes(passed=1)


def test_ini_options_apply_to_decorators(pytester: pytest.Pytester, run_tests: Any) -> None:
    pytester.makeini("[pytest]\nglue_runs_start_at = 2026-01-01")
    run_tests(
        """
        from pytest_glue_runs import mock_glue_runs

        @mock_glue_runs(as_kwarg="glue_runs")
        def test_it(glue_runs):
            assert glue_runs.now.year == 2026

        @mock_glue_runs(as_kwarg="glue_runs", start_at="2027-01-01")
        def test_call(glue_runs):
            assert glue_runs.now.year == 2027
        """
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize("option", ["glue_runs_start_at=2020-01-01", "glue_runs_start_at=soon"])
def test_ini_options_of_an_inner_pytest_end_with_it(run_tests: Any, option: str) -> None:
    run_tests("def test_it(glue_runs): pass", "-o", option)
    with mock_glue_runs as glue_runs:
        assert glue_runs.now.year != 2020


@pytest.mark.parametrize("scope", ["function", "session"])
def test_the_settings_fixture_is_overridden_in_a_conftest(
    pytester: pytest.Pytester, run_tests: Any, scope: str
) -> None:
    pytester.makeconftest(
        f"""{from_conftest}
    @pytest.fixture(scope="{scope}")
    def glue_runs_settings():
        return {{"startup": 10, "duration": "2m"}}
        """
    )
    run_tests("def test_it(took): assert took == [10, 120]").assert_outcomes(passed=1)


def test_a_settings_fixture_can_extend_the_one_above(
    pytester: pytest.Pytester, run_tests: Any
) -> None:
    pytester.makeconftest(
        f"""{from_conftest}
    @pytest.fixture(scope="session")
    def glue_runs_settings():
        return {{"startup": 10, "duration": "2m"}}
        """
    )
    run_tests(
        """
        import pytest

        @pytest.fixture
        def glue_runs_settings(glue_runs_settings):
            return {**glue_runs_settings, "duration": "3m"}

        def test_it(took):
            assert took == [10, 180]
        """
    ).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("sources", "year"),
    [
        ("marker fixture ini", 2001),
        ("marker ini", 2001),
        ("fixture ini", 2002),
        ("marker fixture", 2001),
        ("ini", 2003),
    ],
)
def test_the_strongest_source_wins(
    pytester: pytest.Pytester, run_tests: Any, sources: str, year: int
) -> None:
    """Marker, then fixture, then ini file."""
    given = sources.split()
    marker = "@pytest.mark.glue_runs(start_at='2001-01-01')" if "marker" in given else ""
    fixture = {"start_at": "2002-01-01"} if "fixture" in given else {}
    if "ini" in given:
        pytester.makeini("[pytest]\nglue_runs_start_at = 2003-01-01")
    run_tests(
        f"""
        import pytest

        @pytest.fixture
        def glue_runs_settings():
            return {fixture}

        {marker}
        def test_it(glue_runs):
            assert glue_runs.now.year == {year}
        """
    ).assert_outcomes(passed=1)


def test_sources_are_merged_setting_by_setting(pytester: pytest.Pytester, run_tests: Any) -> None:
    pytester.makeconftest(from_conftest)
    run_tests(
        """
        import pytest

        @pytest.fixture
        def glue_runs_settings():
            return {"startup": 10}

        @pytest.mark.glue_runs(duration="2m")
        def test_it(took, glue_runs):
            assert took == [10, 120]
            assert glue_runs.now.year == 2026
        """,
        "-o",
        "glue_runs_start_at=2026-01-01",
    ).assert_outcomes(passed=1)


def test_the_nearest_marker_wins_setting_by_setting(
    pytester: pytest.Pytester, run_tests: Any
) -> None:
    pytester.makeconftest(from_conftest)
    run_tests(
        """
        import pytest

        pytestmark = pytest.mark.glue_runs(startup=1, duration=1, start_at="2026-01-01")

        @pytest.mark.glue_runs(startup=2, duration=2)
        class TestIt:
            @pytest.mark.glue_runs(duration=3)
            def test_it(self, took, glue_runs):
                assert took == [2, 3]
                assert glue_runs.now.year == 2026
        """
    ).assert_outcomes(passed=1)


def test_defaults_apply_without_any_setting(pytester: pytest.Pytester, run_tests: Any) -> None:
    pytester.makeconftest(from_conftest)
    run_tests("def test_it(took): assert took == [4, 60]").assert_outcomes(passed=1)


@pytest.mark.glue_runs(account_id="999999999999")
def test_the_account_applies_to_jobs_and_clients(glue_runs: GlueRuns, glue: Any) -> None:
    glue.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.runs()[0].account_id == "999999999999"


@pytest.mark.glue_runs(default_glue_version="5.0")
def test_the_default_glue_version_applies_to_jobs_without_one(
    glue_runs: GlueRuns, glue: Any
) -> None:
    glue_runs.add_job("old", GlueVersion="3.0")
    versions = [
        glue.get_job(JobName=name)["Job"]["GlueVersion"]
        for name in (glue_runs.add_job("new"), "old")
    ]
    assert versions == ["5.0", "3.0"]


@pytest.mark.parametrize("duration", [timedelta(minutes=2), 120, 120.0, "2m"])
def test_a_duration_may_have_any_type(glue: Any, duration: Any) -> None:
    with mock_glue_runs(startup=0, duration=duration) as glue_runs:
        glue.start_job_run(JobName=glue_runs.add_job("nightly"))
        (run,) = glue_runs.settle()
    assert run.execution_time == 120


@pytest.mark.parametrize("moment", ["2026-01-01", datetime(2026, 1, 1)])  # noqa: DTZ001
def test_start_at_may_have_any_type(moment: Any) -> None:
    with mock_glue_runs(start_at=moment) as glue_runs:
        assert glue_runs.now.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("startup", "0.5", timedelta(seconds=0.5)),
        ("max_requests_per_second", "2.5", 2.5),
        ("max_requests_per_second", None, None),
        ("secret_names", "ssn, iban", ("ssn", "iban")),
        ("secret_names", "--ssn\n--iban", ("--ssn", "--iban")),
        ("freeze", "on", True),
        ("freeze", "Off", False),
        ("default_glue_version", "auto", "auto"),
        ("start_at", "20260101", datetime(2026, 1, 1, tzinfo=timezone.utc)),
    ],
)
def test_text_of_an_ini_file_is_parsed(name: str, text: str, value: Any) -> None:
    layer = _settings.Layer("here", {name: text})
    assert _settings.parse(layer) == {name: value}


def test_pytest_warns_of_an_ini_option_that_does_not_exist(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    """With --strict-config it is an error."""
    pytester.makeini("[pytest]\nglue_runs_startup = 5s\nglue_runs_durtion = 5m")
    result = run_tests("def test_it(): pass")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*PytestConfigWarning: Unknown config option: glue_runs_durtion"])


def test_the_settings_fixture_does_not_contradict_an_outer_mock(run_tests: Any) -> None:
    """A marker does."""
    result = run_tests(
        """
        import pytest
        from pytest_glue_runs import mock_glue_runs

        @pytest.fixture(scope="module", autouse=True)
        def outer():
            with mock_glue_runs(start_at="2026-01-01"):
                yield

        @pytest.fixture(scope="session")
        def glue_runs_settings():
            return {"startup": "10s"}

        def test_joins(glue_runs):
            assert glue_runs.now.year == 2026

        @pytest.mark.glue_runs(startup="10s")
        def test_contradicts(glue_runs):
            pass
        """
    )
    result.assert_outcomes(passed=1, errors=1)
