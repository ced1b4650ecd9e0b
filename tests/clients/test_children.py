"""Child processes: their requests to AWS are refused on this machine."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.forkserver
import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import mock_glue_runs

REFUSING = "http://127.0.0.1:1/blocked-by-pytest-glue-runs"


def command(*names: str) -> list[str]:
    """A process that prints variables of its environment."""
    code = f"import os; print(*map(os.environ.get, {names!r}), end='')"
    return [sys.executable, "-I", "-S", "-c", code]


ENDPOINT = command("AWS_ENDPOINT_URL")


def output(*args: Any, **kwargs: Any) -> str:
    done = subprocess.run(*args, check=True, capture_output=True, **kwargs)
    return str(done.stdout, "utf-8")


def run_by_popen() -> str:
    with os.popen(subprocess.list2cmdline(ENDPOINT)) as file:
        return file.read()


def run_by_position() -> str:
    options = (-1, None, None, subprocess.PIPE, None, None, True, False, None, {"PATH": ""})
    process = subprocess.Popen(ENDPOINT, *options)
    return str(process.communicate()[0], "utf-8")


def run_by_asyncio() -> str:
    async def main() -> str:
        process = await asyncio.create_subprocess_exec(*ENDPOINT, stdout=subprocess.PIPE)
        return (await process.communicate())[0].decode()

    return asyncio.run(main())


def reading(start: Callable[[int], int]) -> str:
    """What a process prints that *start* starts with the given file as its output."""
    readable, writable = os.pipe()
    os.set_inheritable(writable, True)
    pid = start(writable)
    os.close(writable)
    os.waitpid(pid, 0)
    with os.fdopen(readable) as file:
        return file.read()


def run_by_posix_spawn(environment: Any = os.environ) -> str:
    def start(file: int) -> int:
        actions = [(os.POSIX_SPAWN_DUP2, file, 1)]
        return os.posix_spawn(sys.executable, ENDPOINT, environment, file_actions=actions)

    return reading(start)


def run_by_fork_and_exec() -> str:
    def start(file: int) -> int:
        code = f"import os; os.dup2({file}, 1); {ENDPOINT[-1]}"
        return os.spawnve(os.P_NOWAIT, sys.executable, [*ENDPOINT[:-1], code], {"PATH": ""})

    return reading(start)


WAYS: dict[str, Callable[[], str]] = {
    "inherited": lambda: output(ENDPOINT),
    "given": lambda: output(ENDPOINT, env={"PATH": ""}),
    "given as bytes": lambda: output(ENDPOINT, env={b"PATH": b""}),
    "by position": run_by_position,
    "copied": lambda: output(ENDPOINT, env={**os.environ}),
    "without closing files": lambda: output(ENDPOINT, close_fds=False),
    "asyncio": run_by_asyncio,
    "popen": run_by_popen,
    "posix_spawn": run_by_posix_spawn,
    "spawnve": run_by_fork_and_exec,
}
if sys.version_info >= (3, 13):  # pragma: no branch - depends on the interpreter
    WAYS["posix_spawn of the inherited"] = lambda: run_by_posix_spawn(None)


@pytest.mark.parametrize("way", WAYS)
def test_a_child_has_an_endpoint_that_refuses(way: str) -> None:
    with mock_glue_runs:
        assert WAYS[way]() == REFUSING
    assert WAYS[way]() == "None"


def test_this_process_does_not_see_that_endpoint() -> None:
    with mock_glue_runs:
        assert "AWS_ENDPOINT_URL" not in os.environ


def test_a_child_has_mocked_credentials_and_does_not_look_for_others() -> None:
    shown = command("AWS_ACCESS_KEY_ID", "AWS_EC2_METADATA_DISABLED")
    with mock_glue_runs:
        assert output(shown) == "FOOBARKEY true"


@pytest.mark.slow
def test_the_error_of_a_child_says_who_blocked_it() -> None:
    code = """
import boto3
from botocore.config import Config

config = Config(retries={"total_max_attempts": 1})
boto3.client("glue", region_name="us-east-1", config=config).get_jobs()
"""
    with mock_glue_runs:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        "botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "
        '"http://127.0.0.1:1/blocked-by-pytest-glue-runs"'
    )


@pytest.mark.parametrize(
    ("settings", "given", "expected"),
    [
        ({}, {}, (REFUSING, None)),
        ({}, {"AWS_ENDPOINT_URL": "http://localhost:4566"}, ("http://localhost:4566", None)),
        (
            {},
            {"AWS_ENDPOINT_URL": "https://glue.us-east-1.amazonaws.com"},
            (REFUSING, None),
        ),
        ({}, {"AWS_ENDPOINT_URL_GLUE": "https://corp.example"}, (REFUSING, REFUSING)),
        ({}, {"AWS_ENDPOINT_URL_GLUE": "http://[::1]:1"}, (REFUSING, "http://[::1]:1")),
        (
            {"passthrough_hosts": "corp.example"},
            {"AWS_ENDPOINT_URL": "https://corp.example"},
            ("https://corp.example", None),
        ),
        (
            {},
            {
                "AWS_ENDPOINT_URL": "http://localhost:4566",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE",
            },
            (REFUSING, None),
        ),
        ({"other_services": "pass"}, {}, (None, REFUSING)),
        (
            {"other_services": "pass"},
            {"AWS_ENDPOINT_URL": "https://corp.example"},
            ("https://corp.example", None),
        ),
        (
            {"other_services": "pass"},
            {"AWS_ENDPOINT_URL_GLUE": "https://glue.us-east-1.amazonaws.com"},
            (None, REFUSING),
        ),
    ],
)
def test_an_endpoint_that_is_left_alone_is_left_to_children(
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, Any],
    given: dict[str, str],
    expected: tuple[str, str],
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    shown = command("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_GLUE")
    with mock_glue_runs(**settings):
        assert output(shown) == f"{expected[0]} {expected[1]}"
        assert output(shown, env=os.environ) == f"{expected[0]} {expected[1]}"
    kept = (given.get("AWS_ENDPOINT_URL"), given.get("AWS_ENDPOINT_URL_GLUE"))
    assert output(shown) == f"{kept[0]} {kept[1]}"


def test_an_endpoint_that_the_test_sets_is_left_to_children(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_glue_runs:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
        assert output(ENDPOINT) == "http://localhost:4566"
    assert output(ENDPOINT) == "http://localhost:4566"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
        ("AWS_ENDPOINT_URL", "https://example.com"),
        ("AWS_ENDPOINT_URL_GLUE", "https://example.com"),
    ],
)
def test_a_variable_that_the_test_sets_does_not_open_a_way_out(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    names = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ENDPOINT_URL")
    with mock_glue_runs:
        monkeypatch.setenv(name, value)
        assert output(command(*names)) == f"false {REFUSING}"
        assert output(command("AWS_ENDPOINT_URL_GLUE")) in ("None", REFUSING)


def test_without_a_fork_server_there_is_none_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with mock_glue_runs:
        assert output(ENDPOINT) == REFUSING


def test_a_popen_that_a_test_has_replaced_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fake(*_: Any, **__: Any) -> str:
        return "fake"

    monkeypatch.setattr(subprocess, "Popen", fake)
    with mock_glue_runs:
        assert subprocess.Popen(ENDPOINT, env={}) == "fake"  # type: ignore[comparison-overlap]


# The child imports it by its name, so it cannot be a function of this module.
CHILD = """
import os

def send_environment(connection):
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID")
    connection.send([os.environ.get(name) for name in names])

def wait_for_one(connection):
    connection.recv()
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A module with functions for child processes."""
    (tmp_path / "glue_runs_child.py").write_text(CHILD)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("glue_runs_child")
    del sys.modules["glue_runs_child"]


@pytest.fixture
def environment_of_child(child: Any) -> Any:
    """Start a child process by a method, and return what its environment holds."""

    def start(method: str) -> Any:
        context: Any = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        process = context.Process(target=child.send_environment, args=(theirs,))
        process.start()
        theirs.close()  # else recv() would wait for a child that has failed
        process.join()
        return ours.recv()

    return start


@pytest.mark.slow
def test_a_child_of_spawn_is_blocked(environment_of_child: Any) -> None:
    with mock_glue_runs:
        assert environment_of_child("spawn") == [REFUSING, "FOOBARKEY"]


@pytest.fixture
def no_fork_server() -> Any:
    """Stop the fork server before and after the test."""
    server: Any = multiprocessing.forkserver._forkserver
    server._stop()
    yield
    server._stop()


@pytest.mark.slow
@pytest.mark.usefixtures("no_fork_server")
def test_a_child_of_a_fork_server_from_before_is_blocked(environment_of_child: Any) -> None:
    mine = [None, "mine"]
    assert environment_of_child("forkserver") == mine
    with mock_glue_runs:
        assert environment_of_child("forkserver") == [REFUSING, "FOOBARKEY"]
    assert environment_of_child("forkserver") == mine


@pytest.mark.slow
@pytest.mark.usefixtures("no_fork_server")
def test_a_fork_server_that_was_started_while_mocked_is_stopped(
    environment_of_child: Any,
) -> None:
    with mock_glue_runs:
        assert environment_of_child("forkserver") == [REFUSING, "FOOBARKEY"]
    assert environment_of_child("forkserver") == [None, "mine"]


@pytest.mark.slow
@pytest.mark.usefixtures("no_fork_server")
def test_a_fork_server_with_children_is_kept(child: Any) -> None:
    context: Any = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    with mock_glue_runs:
        process = context.Process(target=child.wait_for_one, args=(theirs,))
        process.start()
    assert process.is_alive()
    ours.send(None)
    process.join()
    assert process.exitcode == 0
