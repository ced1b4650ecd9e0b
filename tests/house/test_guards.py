"""The guards of tests/conftest.py fail a test that leaves something behind, or reaches out."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent


@pytest.mark.slow
def test_what_a_test_leaves_behind_fails_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the inner tests leaks one thing more."""
    pytester.makepyfile(
        """
        import asyncio, datetime, os, time
        import aiobotocore.client, botocore.client, botocore.handlers
        import freezegun
        import moto.core.config
        from moto.core.models import botocore_stubber, MockAWS

        def test_environment_variable():
            os.environ["LEAK"] = "1"

        def test_function_of_time():
            time.sleep = print

        def test_name_in_time():
            time.clock = None

        def test_datetime():
            datetime.MINYEAR = 2

        def test_asyncio_sleep():
            asyncio.sleep = print

        def test_method_of_clients():
            botocore.client.BaseClient._make_api_call = print

        def test_handler_of_botocore():
            botocore.handlers.BUILTIN_HANDLERS.append(("before-send", print))

        def test_method_of_aiobotocore():
            aiobotocore.client.AioBaseClient._make_api_call = print

        def test_moto():
            botocore_stubber.enabled = True
            MockAWS._nested_count += 1

        def test_configuration_of_moto():
            moto.core.config.default_user_config["core"]["mock_credentials"] = False

        def test_freezegun():
            freezegun.freeze_time("2026-01-01").start()
        """
    )
    path = [path for path in [os.environ.get("PYTHONPATH", "")] if path]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(TESTS), *path]))
    result = pytester.runpytest_subprocess("-p", "conftest", "-p", "no:randomly")
    result.assert_outcomes(passed=11, errors=11)
    result.stdout.fnmatch_lines(
        [
            "The test left something behind:",
            "  os.environ: [[]*[]]",
            "    is now: [[]*'LEAK'*[]]",
            "The test left something behind:",
            "  time.sleep: <built-in function sleep>",
            "    is now: <built-in function print>",
            "The test left something behind:",
            "  time: [[]*[]]",
            "    is now: [[]*'clock'*[]]",
            "  datetime.MINYEAR: 1",
            "  asyncio.sleep: <function sleep at *>",
            "  BaseClient._make_api_call: <function *>",
            "  BUILTIN_HANDLERS: *",
            "  AioBaseClient._make_api_call: <function *>",
            "  MockAWS._nested_count: 0",
            "    is now: 1",
            "  moto is enabled: False",
            "    is now: True",
            "  moto's configuration: {*'mock_credentials': True*}",
            "    is now: {*'mock_credentials': False*}",
            "  freezegun's freeze_factories: [[][]]",
        ]
    )


@pytest.mark.parametrize(
    "address", [("192.0.2.1", 443), ("2001:db8::1", 443, 0, 0), ("aws.test", 1)]
)
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_no_socket_reaches_another_machine(address: tuple[object, ...], method: str) -> None:
    with socket.socket() as one, pytest.raises(pytest.fail.Exception) as failure:
        getattr(one, method)(address)
    assert str(failure.value) == f"The test tried to reach the network, at {address[0]}"


def test_no_datagram_reaches_another_machine() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as one,
        pytest.raises(pytest.fail.Exception, match=r"network, at 192\.0\.2\.1$"),
    ):
        one.sendto(b"metric", ("192.0.2.1", 8125))


def test_no_name_of_another_machine_is_looked_up() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"network, at glue\.us-east-1\.amazonaws\.com"):
        socket.create_connection(("glue.us-east-1.amazonaws.com", 443))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_sockets_of_this_machine_are_left_alone(host: str) -> None:
    with (
        socket.create_server((host, 0)) as server,
        socket.create_connection(server.getsockname()) as one,
    ):
        assert one.getpeername() == server.getsockname()


def test_sockets_with_a_path_are_left_alone(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one, pytest.raises(FileNotFoundError):
        one.connect(str(tmp_path / "nobody"))
