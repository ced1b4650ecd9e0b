"""The timeline of the report, and runs that are shown as a group."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from pytest_glue_runs._terminal import Terminal
from pytest_glue_runs._timeline import _STEPS, Row, chart

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


def _row(label: str, *steps: tuple[float, str]) -> Row:
    return Row(label, [(BEGIN + timedelta(seconds=at), state) for at, state in steps])


ALL_STATES = [
    _row("a", (0, "WAITING"), (20, "STARTING"), (30, "RUNNING"), (50, "STOPPING"), (60, "STOPPED")),
    _row("b", (10, "STARTING"), (20, "RUNNING"), (40, "SUCCEEDED")),
    _row("c", (10, "STARTING"), (20, "RUNNING"), (40, "FAILED")),
    _row("d", (0, "RUNNING"), (60, "TIMEOUT")),
    _row("e", (0, "STARTING"), (10, "ERROR")),
    _row("f", (0, "WAITING"), (60, "EXPIRED")),
    _row("g", (30, "STARTING"), (40, "RUNNING")),
]
NOW = BEGIN + timedelta(seconds=60)


def test_the_timeline_is_to_scale() -> None:
    _, lines = chart(ALL_STATES, NOW, Terminal(width=67))
    assert lines == [
        "   |0s       |10s      |20s      |30s      |40s      |50s      |1m",
        "a  " + "·" * 20 + "░" * 10 + "█" * 20 + "▒" * 10 + "■",
        "b  " + " " * 10 + "░" * 10 + "█" * 20 + "✓",
        "c  " + " " * 10 + "░" * 10 + "█" * 20 + "✗",
        "d  " + "█" * 60 + "T",
        "e  " + "░" * 10 + "E",
        "f  " + "·" * 60 + "X",
        "g  " + " " * 30 + "░" * 10 + "█" * 20 + "▶",
        (
            "· WAITING  ░ STARTING  █ RUNNING  ▒ STOPPING  ✓ SUCCEEDED  ✗ FAILED  T TIMEOUT  "
            "E ERROR  X EXPIRED  ■ STOPPED  ▶ not ended"
        ),
    ]


def test_ascii_stands_in_where_the_encoding_needs_it() -> None:
    rows = [ALL_STATES[0], _row("Größe jr_1…", (0, "STARTING"), (10, "RUNNING"))]
    _, lines = chart(rows, NOW, Terminal(width=80, encoding="ascii"))
    assert lines == [
        "                     |0s       |20s      |40s      |1m",
        "a                    " + "." * 10 + "-" * 5 + "=" * 10 + "~" * 5 + "#",
        "Gr\\xf6\\xdfe jr_1...  " + "-" * 5 + "=" * 25 + ">",
        ". WAITING  - STARTING  = RUNNING  ~ STOPPING  # STOPPED  > not ended",
    ]


def test_colors_are_ansi_codes() -> None:
    _, lines = chart([ALL_STATES[1]], NOW, Terminal(width=14, color=True))
    assert lines[1] == ("b  \x1b[36m░░░░\x1b[0m\x1b[34m██████\x1b[0m\x1b[32m✓\x1b[0m")


@pytest.mark.parametrize("width", [20, 60, 80, 133])
def test_no_line_of_bars_is_wider_than_the_terminal(width: int) -> None:
    rows = [*ALL_STATES, _row("a" * 50, (0, "STARTING"), (60, "FAILED"))]
    _, lines = chart(rows, NOW, Terminal(width=width))
    assert max(map(len, lines[:-1])) <= max(width - 2, width // 2 + 15)
    assert lines[-2].startswith("a" * min(50, width // 2 - 1))


def test_a_long_label_is_cut() -> None:
    for encoding, end in (("utf-8", "…"), ("latin-1", "...")):
        terminal = Terminal(width=40, encoding=encoding)
        _, lines = chart([_row("a" * 50, (0, "RUNNING"), (60, "FAILED"))], NOW, terminal)
        assert lines[1].split()[0] == "a" * (20 - len(end)) + end


def test_a_short_state_shares_a_column_and_a_short_run_has_two() -> None:
    """The first state of a column is shown; the history has the others."""
    rows = [
        _row("a", (0, "STARTING"), (1, "RUNNING"), (2, "STOPPING"), (50, "STOPPED")),
        _row("b", (0, "STARTING"), (0, "FAILED")),
        _row("c", (0, "FAILED")),
    ]
    _, lines = chart(rows, NOW, Terminal(width=17))
    assert lines[1:4] == ["a  ░▒▒▒▒▒▒▒▒▒■", "b  ░✗", "c  ✗"]


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (timedelta(milliseconds=10), "0.001s"),
        (timedelta(seconds=100), "2s"),
        (timedelta(hours=2), "2m"),
        (timedelta(days=2), "45m"),
        (timedelta(days=30), "12h"),
        (timedelta(days=365), "5d"),
    ],
)
def test_a_column_lasts_a_round_time(span: timedelta, step: str) -> None:
    title, _ = chart([_row("a", (0, "RUNNING"))], BEGIN + span, Terminal())
    assert title.endswith(f"a column is {step}:")


@pytest.mark.parametrize("step", _STEPS)
def test_the_times_of_the_ruler_stand_above_every_tenth_column(step: timedelta) -> None:
    _, lines = chart([_row("a", (0, "RUNNING"))], BEGIN + 130 * step, Terminal(width=137))
    marks = [column for column, char in enumerate(lines[0]) if char == "|"]
    assert marks == [*range(3, 134, 10)]


def test_there_is_no_timeline_if_no_time_has_passed() -> None:
    assert chart([_row("a", (0, "STARTING"))], BEGIN, Terminal()) == ("", [])
    assert chart([], BEGIN, Terminal()) == ("", [])


def test_an_unknown_encoding_counts_as_ascii() -> None:
    assert Terminal(encoding="x").printable("é…") == "\\xe9..."


FAN_OUT = """
    import boto3
    import pytest
    import time
    from pytest_glue_runs import fails, hangs, succeeds

    def start(glue_runs, count, pause=0, plans=()):
        client = boto3.client("glue", region_name="us-east-1")
        glue_runs.add_job("load", ExecutionProperty={"MaxConcurrentRuns": 100})
        glue_runs.plan("load", *plans or [succeeds()])
        for number in range(count):
            arguments = {"--date": f"day {number}", "--env": "prod", "--api-key": f"k{number}"}
            client.start_job_run(JobName="load", Arguments=arguments)
            time.sleep(pause)
        return client
"""


def _lines(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    begin = next(n for n, line in enumerate(lines) if line.startswith("Time is frozen"))
    end = next(n for n, line in enumerate(lines) if n > begin and line[:3] in ("===", "___"))
    return lines[begin:end]


FAN_OUT_REPORT = """\
Time is frozen at 2026-01-01 00:03:20 UTC.
Calls:
  2026-01-01 00:00:00  StartJobRun load [us-east-1] -> 50 runs  (50 times)
  2026-01-01 00:00:00  GetJobRun load 50 runs [us-east-1] -> STARTING  (50 times)
  2026-01-01 00:01:40  GetJobRun load jr_6cf1ea54… [us-east-1] -> FAILED
  2026-01-01 00:01:40  GetJobRun load 49 runs [us-east-1] -> SUCCEEDED  (98 times, until \
2026-01-01 00:03:20)
Runs:
  load jr_6cf1ea54… (--date=day 0, --api-key=***): FAILED after 34s
    2026-01-01 00:00:00  STARTING
    2026-01-01 00:00:04  RUNNING
    2026-01-01 00:00:34  FAILED  no
  load, 49 runs: SUCCEEDED after 1m4s
    2026-01-01 00:00:00  STARTING
    2026-01-01 00:00:04  RUNNING
    2026-01-01 00:01:04  SUCCEEDED
    jr_5ae5090d…  --date=day 1, --api-key=***
    jr_854898de…  --date=day 2, --api-key=***
    jr_e407f4fd…  --date=day 3, --api-key=***
    jr_4a6cd945…  --date=day 4, --api-key=***
    … 41 more runs …
    jr_ae546984…  --date=day 46, --api-key=***
    jr_2b43e1d0…  --date=day 47, --api-key=***
    jr_7fdba6ed…  --date=day 48, --api-key=***
    jr_0fa4f3e0…  --date=day 49, --api-key=***
Timeline, 2026-01-01 00:00:00 to 2026-01-01 00:01:04, a column is 2s:
                                 |0s       |20s      |40s      |1m
  load jr_6cf1ea54…              ░░███████████████✗
  load jr_5ae5090d… and 48 more  ░░██████████████████████████████✓
  ░ STARTING  █ RUNNING  ✓ SUCCEEDED  ✗ FAILED"""

FAN_OUT_TEST = f"""{FAN_OUT}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        client = start(glue_runs, 50, plans=[fails("no", after="30s"), *[succeeds()] * 49])
        runs = glue_runs.runs()
        for _ in range(2):
            for run in runs:
                client.get_job_run(JobName="load", RunId=run.id)
            glue_runs.tick("100s")
        for run in runs[1:]:
            client.get_job_run(JobName="load", RunId=run.id)
        assert 0
"""


@pytest.mark.parametrize("options", [[], ["-q"], ["--tb=no"]])
def test_a_fan_out_is_one_group(run_tests: Any, options: list[str]) -> None:
    result = run_tests(FAN_OUT_TEST, *options)
    assert "\n".join(_lines(result)) == FAN_OUT_REPORT


@pytest.mark.slow
@pytest.mark.parametrize("option", ["-q", "--tb=no"])
def test_a_fan_out_is_the_same_under_xdist(pytester: pytest.Pytester, option: str) -> None:
    pytester.makepyfile(FAN_OUT_TEST)
    result = pytester.runpytest_subprocess("-n2", option)
    assert "\n".join(_lines(result)) == FAN_OUT_REPORT


def test_junit_xml_has_the_report_as_a_property(run_tests: Any, pytester: pytest.Pytester) -> None:
    run_tests(FAN_OUT_TEST, "--junitxml=junit.xml", "--color=yes")
    tree = ET.parse(pytester.path / "junit.xml")
    (found,) = tree.findall(".//testcase/properties/property[@name='Glue job runs']")
    assert found.get("value") == FAN_OUT_REPORT


def test_junit_xml_has_the_report_of_a_failing_teardown(
    run_tests: Any, pytester: pytest.Pytester
) -> None:
    run_tests(
        """
        import pytest

        @pytest.fixture
        def broken(glue_runs):
            yield
            assert 0

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(broken):
            pass
        """,
        "--junitxml=junit.xml",
    )
    tree = ET.parse(pytester.path / "junit.xml")
    (found,) = tree.findall(".//property[@name='Glue job runs']")
    assert found.get("value") == (
        "Time is frozen at 2026-01-01 00:00:00 UTC.\nGlue has received no calls."
    )


def test_tb_no_prints_nothing_without_a_report(run_tests: Any) -> None:
    result = run_tests("def test_it(glue_runs): assert 0", "--tb=no", "--glue-runs-report=never")
    result.stdout.no_fnmatch_line("*Glue job runs*")


@pytest.mark.parametrize("columns", [60, 200])
def test_the_timeline_has_the_width_of_the_terminal(
    run_tests: Any, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = _lines(run_tests(FAN_OUT_TEST))
    bars = [line for line in lines if "░██" in line]
    assert len(bars) == 2
    assert columns // 2 < max(map(len, bars)) <= columns


@pytest.mark.slow
def test_xdist_passes_width_encoding_and_color_on(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    pytester.makepyfile(FAN_OUT_TEST)
    output = pytester.runpytest_subprocess("-n1", "--color=yes").stdout.str()
    assert "\x1b[36m--\x1b[0m\x1b[34m" in output
    assert "... 41 more runs ..." in output


@pytest.mark.slow
def test_a_terminal_without_unicode_gets_ascii(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    pytester.makepyfile(FAN_OUT_TEST)
    result = pytester.runpytest_subprocess()
    assert result.stdout.str().isascii()
    result.stdout.fnmatch_lines(["  load jr_6cf1ea54...*  --===============F"])


def test_without_a_terminal_reporter_nothing_breaks(run_tests: Any) -> None:
    assert run_tests(FAN_OUT_TEST, "-p", "no:terminal").ret == 1


def test_runs_of_different_times_are_a_group_with_their_beginnings(run_tests: Any) -> None:
    result = run_tests(
        f"""{FAN_OUT}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        start(glue_runs, 3, pause=60)
        glue_runs.settle()
        assert 0
        """
    )
    assert _lines(result)[1:] == [
        "Calls:",
        (
            "  2026-01-01 00:00:00  StartJobRun load [us-east-1] -> 3 runs  "
            "(3 times, until 2026-01-01 00:02:00)"
        ),
        "Runs:",
        "  load, 3 runs: SUCCEEDED after 1m4s",
        "    +0s  STARTING",
        "    +4s  RUNNING",
        "    +1m4s  SUCCEEDED",
        "    2026-01-01 00:00:00  jr_6cf1ea54…  --date=day 0, --api-key=***",
        "    2026-01-01 00:01:00  jr_5ae5090d…  --date=day 1, --api-key=***",
        "    2026-01-01 00:02:00  jr_854898de…  --date=day 2, --api-key=***",
        "Timeline, 2026-01-01 00:00:00 to 2026-01-01 00:03:04, a column is 4s:",
        "                     |0s       |40s      |1m20s    |2m       |2m40s",
        "  load jr_6cf1ea54…  ░███████████████✓",
        "  load jr_5ae5090d…                 ░███████████████✓",
        "  load jr_854898de…                                ░███████████████✓",
        "  ░ STARTING  █ RUNNING  ✓ SUCCEEDED",
    ]


def test_many_groups_are_cut_in_the_middle(run_tests: Any) -> None:
    """The states of those that are left out are counted; the timeline is cut too."""
    result = run_tests(
        f"""{FAN_OUT}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        plans = [fails("no", after=f"{{n}}s") if n % 3 else succeeds(after=n) for n in range(1, 41)]
        start(glue_runs, 40, plans=plans)
        glue_runs.settle()
        assert 0
        """
    )
    lines = _lines(result)
    assert "  … 20 more runs: 7 SUCCEEDED, 13 FAILED …" in lines
    assert len([line for line in lines if line.startswith("  load jr_")]) == 20 + 30


def test_restarts_are_a_group(run_tests: Any) -> None:
    result = run_tests(
        """
        import boto3
        import pytest

        @pytest.mark.glue_runs(start_at="2026-01-01")
        def test_it(glue_runs):
            command = {"Name": "gluestreaming", "ScriptLocation": "s3://scripts/stream.py"}
            glue_runs.add_job("stream", Command=command, MaintenanceWindow="Sun:10")
            boto3.client("glue", region_name="us-east-1").start_job_run(JobName="stream")
            glue_runs.tick("100d")
            assert 0
        """
    )
    lines = _lines(result)
    assert lines[lines.index("Runs:") + 5 :][:8] == [
        "  stream, 12 runs: EXPIRED after 7d",
        "    +0s  STARTING",
        "    +4s  RUNNING",
        "    +7d  EXPIRED",
        "    2026-01-11 10:00:00  jr_0aa8368f…_restart_1",
        "    2026-01-18 10:00:00  jr_0aa8368f…_restart_2",
        "    2026-01-25 10:00:00  jr_0aa8368f…_restart_3",
        "    2026-02-01 10:00:00  jr_0aa8368f…_restart_4",
    ]


def test_what_comes_next_for_equal_runs_is_one_line(run_tests: Any) -> None:
    result = run_tests(
        f"""{FAN_OUT}
    @pytest.mark.glue_runs(start_at="2026-01-01")
    def test_it(glue_runs):
        start(glue_runs, 5)
        assert 0
        """
    )
    assert _lines(result)[-4:] == [
        "Next:",
        "  2026-01-01 00:00:04  load, 5 runs: RUNNING (in 4s)",
        "The clock has not advanced since these runs started:",
        ("  load, 5 runs, each is STARTING, and ends in 1m4s: glue_runs.tick('1m4s') would end it"),
    ]
