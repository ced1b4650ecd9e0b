"""The cost of a session: with the plugin installed and not used, its first test, and a suite."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import boto3

from benchmarks import _processes
from benchmarks._rounds import Scale, Side, in_turns, ratio
from benchmarks._table import Row
from pytest_glue_runs import mock_glue_runs

_PLUGIN = ("-p", "pytest_glue_runs.plugin")
# For `-p` pytest looks through the entry points of all installed packages, which it does only once
# for all plugins that are installed: the session without the plugin does so too.
_NO_PLUGIN = ("-p", "benchmarks._no_hooks")
_POLLS = 8
_JOB = {
    "Name": "nightly",
    "Role": "GlueJobRole",
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://glue-scripts/nightly.py"},
}

_EMPTY_SESSION = """
import json, sys, time, pytest
begin = time.process_time()
pytest.main([*sys.argv[1:], "-q"])
seconds = time.process_time() - begin
print()
print(json.dumps(seconds))
"""

# In one process, in turns: the difference is a thousandth of the whole.
_TRIVIAL_TESTS = """
import gc, json, sys, time, pytest
folder, plugin, turns = sys.argv[1], sys.argv[2:4], int(sys.argv[4])
pytest.main([folder, "-q", *plugin])  # imports it
seconds = []
for turn in range(turns):
    for arguments in (plugin, []):
        gc.collect()
        begin = time.process_time()
        pytest.main([folder, "-q", *arguments])
        seconds.append(time.process_time() - begin)
print()
print(json.dumps([seconds[::2], seconds[1::2]]))
"""

_FIRST_TESTS = """
import json, sys, time, pytest

class Clock:
    seconds = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self):
        begin = time.process_time()
        result = yield
        self.seconds.append(time.process_time() - begin)
        return result

status = pytest.main([*sys.argv[1:], "-q"], plugins=[Clock()])
assert status == 0
print()
print(json.dumps(Clock.seconds))
"""

_TRIVIAL = """
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_trivial(number):
    pass
"""

_TWO_TESTS = """
import boto3, pytest

@pytest.mark.parametrize("number", range(2))
def test_run(glue_runs, number):
    glue_runs.add_job("nightly")
    client = boto3.client("glue", region_name="us-east-1")
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    assert client.get_job_run(JobName="nightly", RunId=run_id)
"""

_TWO_TESTS_OF_MOTO = f"""
import boto3, pytest

@pytest.mark.parametrize("number", range(2))
def test_run(number):
    from moto import mock_aws  # as late as the plugin imports what it needs

    with mock_aws():
        client = boto3.client("glue", region_name="us-east-1")
        client.create_job(**{_JOB!r})
        run_id = client.start_job_run(JobName="nightly")["JobRunId"]
        assert client.get_job_run(JobName="nightly", RunId=run_id)
"""


def rows(scale: Scale) -> Iterator[Row]:
    """Yield what sessions cost that do not use the plugin, a first test, and a suite."""
    with tempfile.TemporaryDirectory() as folder:
        yield _empty_session(scale, Path(folder))
        yield _trivial_tests(scale, Path(folder))
        yield _first_test(scale, Path(folder))
    yield _suite(scale)


def _empty_session(scale: Scale, folder: Path) -> Row:
    def seconds(*arguments: str) -> float:
        measured: float = _processes.run(_EMPTY_SESSION, str(folder), *arguments)
        return measured

    turns = [seconds(*_PLUGIN) - seconds(*_NO_PLUGIN) for _ in range(scale.processes)]
    return Row(
        "empty session with the plugin, difference to one without",
        unit="ms",
        goal=3.0,
        ours=median(turns) * 1000,
    )


def _trivial_tests(scale: Scale, folder: Path) -> Row:
    tests = 80 * scale.calls
    path = folder / "test_trivial.py"
    path.write_text(_TRIVIAL.format(tests=tests))
    turns = max(scale.rounds // 6, 1)
    ours, bare = _processes.run(_TRIVIAL_TESTS, str(path), *_PLUGIN, str(turns))
    return Row(
        "a test that does not use the plugin, difference to one without",
        unit="us",
        goal=5.0,
        ours=median(with_it - without for with_it, without in zip(ours, bare, strict=True))
        / tests
        * 1e6,
    )


def _first_test(scale: Scale, folder: Path) -> Row:
    def milliseconds(name: str, text: str, *arguments: str) -> float:
        path = folder / name
        path.write_text(text)
        turns: list[tuple[float, float]] = [
            _processes.run(_FIRST_TESTS, str(path), *arguments)
            for _ in range(max(scale.processes // 3, 1))
        ]
        return median(first - second for first, second in turns) * 1000

    return Row(
        "first test of a session, difference to the second",
        unit="ms",
        goal=150.0,
        ours=milliseconds("test_ours.py", _TWO_TESTS, *_PLUGIN),
        moto=milliseconds("test_moto.py", _TWO_TESTS_OF_MOTO),
    )


def _suite(scale: Scale) -> Row:
    """Measure a test as suites have it, relative to creating its client."""
    from moto import mock_aws

    def ours() -> None:
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("nightly")
            _poll(lambda: time.sleep(30))

    def moto() -> None:  # its runs do not depend on time
        with mock_aws():
            _poll(lambda: None, create=True)

    few = replace(scale, rounds=max(scale.rounds // 4, 1), calls=1)
    seconds = in_turns(few, ours=_side(ours), client=_side(_client), moto=_side(moto))
    return Row(
        f"a test with a client, a run and {_POLLS} polls, relative to its client",
        unit="x",
        goal=5.0,
        ours=ratio(seconds["ours"], seconds["client"]),
        moto=ratio(seconds["moto"], seconds["client"]),
    )


def _poll(wait: Callable[[], object], *, create: bool = False) -> None:
    client = _client()
    if create:
        client.create_job(**_JOB)
    run_id = client.start_job_run(JobName="nightly")["JobRunId"]
    for _ in range(_POLLS):
        client.get_job_run(JobName="nightly", RunId=run_id)
        wait()


def _client() -> Any:
    return boto3.client(
        "glue", region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


def _side(call: Callable[[], object]) -> Side:
    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        yield call

    return side
