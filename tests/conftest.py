"""Guards around every test: it leaves nothing changed, and reaches no network."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import importlib
import multiprocessing.spawn
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from copy import deepcopy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import botocore.handlers
import freezegun.api
import moto.core.config
import moto.core.models
import moto.sqs.models
import moto.stepfunctions.parser.models
import moto.stepfunctions.responses
import pytest

# pytester forgets the modules that an inner run imported first. This package would be there
# twice, and the others would be imported again and again.
import pytest_glue_runs._html.collector
import pytest_glue_runs._mock
import pytest_glue_runs._page_data
import pytest_glue_runs._report  # noqa: F401

# Modules and classes that a mock changes while it is active.
_PATCHED = {
    "time": time,
    "datetime": datetime,
    "os": os,
    "Popen": subprocess.Popen,
    "multiprocessing.spawn": multiprocessing.spawn,
    "Thread": threading.Thread,
    "ThreadPoolExecutor": concurrent.futures.ThreadPoolExecutor,
    "MockAWS": moto.core.models.MockAWS,
    "BotocoreStubber": type(moto.core.models.botocore_stubber),
    "SQSBackend": moto.sqs.models.SQSBackend,
}
_PATCHED_OF_CLIENTS = (
    "botocore.client:BaseClient",
    "botocore.credentials:CachedCredentialFetcher",
    "botocore.credentials:ProcessProvider",
    "botocore.credentials:RefreshableCredentials",
    "botocore.endpoint:Endpoint",
    "botocore.httpsession:URLLib3Session",
    "botocore.retries.bucket:TokenBucket",
    "botocore.retries.quota:RetryQuota",
    "botocore.retries.standard:ExponentialBackoff",
    "botocore.session:Session",
    "botocore.signers:RequestSigner",
    "aiobotocore.client:AioBaseClient",
    "aiobotocore.credentials:AioProcessProvider",
    "aiobotocore.httpsession:AIOHTTPSession",
    "aiobotocore.retries.bucket:AsyncTokenBucket",
    "aiobotocore.session:AioSession",
    "aiobotocore.signers:AioRequestSigner",
)
for _name in _PATCHED_OF_CLIENTS:
    _module, _, _owner = _name.partition(":")
    _PATCHED[_owner] = getattr(importlib.import_module(_module), _owner)

_before: pytest.StashKey[dict[str, Any]] = pytest.StashKey()


def pytest_configure() -> None:
    """Say that there is no event loop.

    Otherwise pytest-asyncio, which keeps the loop that was there before, makes asyncio create one
    up to Python 3.13, and nobody closes it.
    """
    asyncio.set_event_loop(None)


# Hooks and no fixture: they are around every fixture, including those of a marker.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Take a snapshot of the process before the first fixture."""
    item.stash[_before] = snapshot()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test after which the process differs from the snapshot."""
    result = yield
    differences = changed_since(item.stash[_before])
    del item.stash[_before]  # of thousands of tests they would take a gigabyte
    if differences:
        pytest.fail(f"The test left something behind:\n{differences}", pytrace=False)
    return result


def snapshot() -> dict[str, Any]:
    """Return everything that a mock could leave changed, by names for the reader."""
    state: dict[str, Any] = {}
    for name, owner in _PATCHED.items():
        # A warning leaves a registry in the module that it is about.
        members = {k: v for k, v in vars(owner).items() if k != "__warningregistry__"}
        state[name] = sorted(members)
        state |= {f"{name}.{member}": value for member, value in members.items()}
    return {
        **state,
        **_environment(),
        "asyncio.sleep": asyncio.sleep,
        "BUILTIN_HANDLERS": _handlers(),
        "sys.argv": list(sys.argv),
        "working directory": Path.cwd(),
        "moto is enabled": moto.core.models.botocore_stubber.enabled,
        "moto's configuration": deepcopy(moto.core.config.default_user_config),
        **_freezegun(),
    }


def changed_since(before: dict[str, Any]) -> str:
    """Describe what differs from the snapshot *before*; empty if nothing does."""
    after = snapshot()
    return "\n".join(
        f"  {name}: {before[name]!r}\n    is now: {after[name]!r}"
        for name in before
        if before[name] != after.get(name)
    )


@pytest.fixture
def differences() -> Callable[[], str]:
    """Return a function that describes what has changed since the test began."""
    before = snapshot()
    return lambda: changed_since(before)


@pytest.fixture(scope="session")
def python() -> Callable[[str], str]:
    """Return a function that runs code in a new Python process, and returns what it prints."""

    def run(code: str) -> str:
        command = [sys.executable, "-W", "error", "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def _environment() -> dict[str, Any]:
    # pytest sets this one itself.
    variables = {**os.environ, "PYTEST_CURRENT_TEST": ""}
    return {
        "os.environ": sorted(variables),
        **{f"os.environ.{name}": value for name, value in variables.items()},
    }


def _handlers() -> list[Any]:
    # moto adds its handler for good when it is imported, and again if it is imported again.
    return [
        handler
        for handler in botocore.handlers.BUILTIN_HANDLERS
        if not type(handler[1]).__module__.startswith("moto.")
    ]


def _freezegun() -> dict[str, Any]:
    stacks = ("freeze_factories", "tz_offsets", "ignore_lists", "tick_flags")
    return {f"freezegun's {name}": list(getattr(freezegun.api, name)) for name in stacks}


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let sockets look up and reach this machine only."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            guarded = _guarded(getattr(socket.socket, name), host_of=_host_of_address)
            patch.setattr(socket.socket, name, guarded)
        for name in ("getaddrinfo", "gethostbyname"):
            patch.setattr(socket, name, _guarded(getattr(socket, name), host_of=_host_of_name))
        yield


def _guarded(function: Callable[..., Any], host_of: Callable[..., object]) -> Callable[..., Any]:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        host = host_of(*args, **kwargs)
        if not _is_this_machine(host):
            # No Exception: a client would take that for an outage, and retry.
            pytest.fail(f"The test tried to reach the network, at {host}")
        return function(*args, **kwargs)

    return guarded


def _host_of_address(_: socket.socket, *args: Any) -> object:
    # `sendto` has the address last. A path is a socket of this machine.
    address = args[-1]
    return address[0] if isinstance(address, tuple) else None


def _host_of_name(host: object, *_: Any, **__: Any) -> object:
    return host


def _is_this_machine(host: object) -> bool:
    if host in (None, "", "localhost"):
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False
