"""What holds for every test: it leaves nothing behind, and reaches no network."""

from __future__ import annotations

import asyncio
import datetime
import os
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from ipaddress import ip_address
from typing import Any

import aiobotocore.client
import aiobotocore.session
import botocore.client
import botocore.handlers
import botocore.retries.adaptive
import botocore.session
import freezegun.api
import moto.core.models
import pytest

# pytester forgets what an inner run was the first to import. The package would be there twice,
# and the others would be imported again and again.
import pytest_glue_runs._mock
import pytest_glue_runs._report  # noqa: F401

_before: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


# Hooks and not a fixture: they are around every fixture, those of a marker too.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Looks at the process before the first fixture."""
    item.stash[_before] = _state()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test after which the process is not what it was."""
    result = yield
    before, after = item.stash[_before], _state()
    left = [name for name in before if before[name] != after[name]]
    if left:
        text = _differences(before, after, left)
        pytest.fail(f"The test left something behind:\n{text}", pytrace=False)
    return result


def _differences(before: dict[str, Any], after: dict[str, Any], names: list[str]) -> str:
    return "\n".join(f"  {name}: {before[name]!r}\n    is now: {after[name]!r}" for name in names)


def _state() -> dict[str, Any]:
    """All that a mock could leave changed, by names for the reader."""
    return {
        **_members("os.environ", {**os.environ, "PYTEST_CURRENT_TEST": ""}),
        **_members("time", vars(time)),
        **_members("datetime", vars(datetime)),
        "asyncio.sleep": asyncio.sleep,
        **_botocore(),
        **_moto(),
        **_freezegun(),
    }


def _botocore() -> dict[str, Any]:
    # moto adds its handler for good when it is imported, and again if it is imported again.
    handlers = [
        handler
        for handler in botocore.handlers.BUILTIN_HANDLERS
        if not type(handler[1]).__module__.startswith("moto.")
    ]
    return {
        "BUILTIN_HANDLERS": handlers,
        **_members("BaseClient", vars(botocore.client.BaseClient)),
        **_members("AioBaseClient", vars(aiobotocore.client.AioBaseClient)),
        **_members("Session", vars(botocore.session.Session)),
        **_members("AioSession", vars(aiobotocore.session.AioSession)),
        **_members("subprocess", vars(subprocess)),
    }


def _moto() -> dict[str, Any]:
    return {
        "moto is enabled": moto.core.models.botocore_stubber.enabled,
        "moto's nesting": moto.core.models.MockAWS._nested_count,
    }


def _freezegun() -> dict[str, Any]:
    stacks = ("freeze_factories", "tz_offsets", "ignore_lists", "tick_flags")
    return {f"freezegun's {name}": list(getattr(freezegun.api, name)) for name in stacks}


def _members(owner: str, members: Any) -> dict[str, Any]:
    return {owner: sorted(members), **{f"{owner}.{name}": members[name] for name in members}}


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Lets sockets find and reach this machine only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            guarded = _guarded(getattr(socket.socket, name), host_of=_host_to_connect)
            patch.setattr(socket.socket, name, guarded)
        patch.setattr(socket, "getaddrinfo", _guarded(socket.getaddrinfo, host_of=_host_to_find))
        yield


def _guarded(function: Callable[..., Any], host_of: Callable[..., object]) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        host = host_of(*args, **kwargs)
        if not _is_here(host):
            # No Exception, so that no client takes it for an outage and tries again.
            pytest.fail(f"The test reached for the network, at {host}")
        return function(*args, **kwargs)

    return guarded


def _host_to_connect(_: socket.socket, address: Any) -> object:
    # A path is a socket of this machine.
    return address[0] if isinstance(address, tuple) else None


def _host_to_find(host: object, *_: Any, **__: Any) -> object:
    return host


def _is_here(host: object) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False
