"""No client of any service opens a connection while Glue is mocked, whatever kind it is.

Each calls one operation, the first that botocore would send with made-up parameters.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import botocore.session
import pytest
from aiobotocore.session import AioSession
from botocore.config import Config
from botocore.exceptions import (
    EndpointConnectionError,
    MissingDependencyException,
    NoAuthTokenError,
)

from pytest_glue_runs import mock_glue_runs
from pytest_glue_runs._clients.routing import Router

SESSION = botocore.session.Session()
SESSION.set_credentials("mine", "mine too")
AIO_SESSION = AioSession()
AIO_SESSION.set_credentials("mine", "mine too")
# Loading the models is what takes most of the time.
AIO_SESSION.register_component("data_loader", SESSION.get_component("data_loader"))

OPTIONS = {"region_name": "us-east-1", "config": Config(retries={"total_max_attempts": 1})}

SAMPLE = ["glue", "route53", "s3", "s3control", "sqs", "sts"]

# Before they send a request, these services need what nobody has here: a token, a library.
UNABLE = (NoAuthTokenError, MissingDependencyException)


class Outcome(NamedTuple):
    """What came of the calls."""

    attempts: list[str]
    """What was tried with sockets."""
    reached: set[str]
    """The services whose requests have reached the mock."""


@pytest.fixture(autouse=True)
def _nothing_is_sent() -> None:
    """Replace the fixture of the other tests: requests go as far as the sockets here."""


@pytest.fixture
def outcome(monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Let every way fail by which a socket finds or reaches another machine, and record it."""
    outcome = Outcome([], set())
    respond = Router.respond

    def recording(self: Router, request: Any, service: str, *rest: str) -> Any:
        outcome.reached.add(service)
        return respond(self, request, service, *rest)

    def failing(name: str) -> Callable[..., Any]:
        def fail(*args: Any, **_: Any) -> Any:
            outcome.attempts.append(f"{name}{args}")
            raise OSError(f"{name} is forbidden")

        return fail

    monkeypatch.setattr(Router, "respond", recording)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, failing(name))
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, failing(name))
    return outcome


@pytest.fixture(
    params=[SAMPLE, pytest.param(None, marks=pytest.mark.slow)],
    ids=["sample", "all"],
    scope="module",
)
def services(request: pytest.FixtureRequest) -> list[str]:
    """The services to call."""
    return list(request.param or SESSION.get_available_services())


@pytest.fixture(scope="module")
def clients(services: list[str]) -> list[Any]:
    """Clients made before any mock."""
    return [make_client(name) for name in services]


def make_client(service: str) -> Any:
    return SESSION.create_client(service, **OPTIONS)


def value_of(shape: Any) -> Any:
    """Return the smallest value that botocore's validator accepts."""
    least = max(int(shape.metadata.get("min", 1)), 1)
    if shape.type_name == "structure":
        names = [*shape.members][:1] if shape.is_tagged_union else shape.required_members
        return {name: value_of(shape.members[name]) for name in names}
    if shape.type_name == "list":
        return [value_of(shape.member)] * int(shape.metadata.get("min", 0))
    if shape.type_name == "map":
        return {}
    if shape.type_name == "string" and shape.name.lower().endswith("arn"):
        return f"arn:aws:cloudfront::123456789012:key-value-store/{'x' * 36}"
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "x" * least
    return {"blob": b"x" * least, "boolean": False, "timestamp": 0}.get(shape.type_name, least)


def requests(client: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield operations with their smallest parameters, those with the fewest first."""
    names = client.meta.method_to_api_mapping
    model = client.meta.service_model
    shapes = {method: model.operation_model(name).input_shape for method, name in names.items()}
    count = {m: len(shape.required_members) if shape else 0 for m, shape in shapes.items()}
    for method in sorted(shapes, key=lambda method: (count[method], method)):
        yield method, value_of(shapes[method]) if shapes[method] else {}


def service_of(client: Any) -> str:
    name: str = client.meta.service_model.service_id.hyphenize()
    return name


async def call_each(clients: list[Any], outcome: Outcome) -> None:
    """Call each client until a request of it has reached the mock."""
    for client in clients:
        errors: list[Exception] = []
        for method, parameters in requests(client):
            try:
                response = getattr(client, method)(**parameters)
                if inspect.isawaitable(response):
                    await response
            except Exception as error:  # noqa: BLE001  not every parameter or operation is known
                errors.append(error)
            if service_of(client) in outcome.reached:
                break
        else:
            assert all(isinstance(error, UNABLE) for error in errors), errors


def call(clients: list[Any], outcome: Outcome) -> None:
    coroutine: Awaitable[None] = call_each(clients, outcome)
    with pytest.raises(StopIteration):
        coroutine.__await__().send(None)  # without an event loop: these clients await nothing


def check(clients: list[Any], outcome: Outcome) -> None:
    assert outcome.attempts == []
    assert len(outcome.reached) >= 0.99 * len({service_of(client) for client in clients})


def test_a_connection_would_be_noticed(outcome: Outcome) -> None:
    with mock_glue_runs(other_services="pass"), pytest.raises(EndpointConnectionError):
        make_client("sts").get_caller_identity()
    assert any("getaddrinfo('sts." in attempt for attempt in outcome.attempts)


@pytest.mark.parametrize("other_services", ["moto", "error"])
def test_clients_made_before_the_mock(
    clients: list[Any], outcome: Outcome, other_services: Any
) -> None:
    with mock_glue_runs(other_services=other_services):
        call(clients, outcome)
    check(clients, outcome)


def test_clients_made_inside_the_mock(services: list[str], outcome: Outcome) -> None:
    with mock_glue_runs(other_services="error"):
        clients = [make_client(name) for name in services]
        call(clients, outcome)
    check(clients, outcome)


def test_clients_made_in_a_thread(services: list[str], outcome: Outcome) -> None:
    clients: list[Any] = []

    def run() -> None:
        clients.extend(make_client(name) for name in services)
        call(clients, outcome)

    with mock_glue_runs(other_services="error"):
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    check(clients, outcome)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_clients_in_a_forked_process(clients: list[Any], outcome: Outcome) -> None:
    readable, writable = os.pipe()
    with mock_glue_runs(other_services="error"):
        pid = os.fork()
        if pid == 0:  # pragma: no cover  os._exit saves no coverage
            with os.fdopen(writable, "w") as file:
                call(clients, outcome)
                json.dump([outcome.attempts, [*outcome.reached]], file)
            os._exit(0)
        os.close(writable)
        with os.fdopen(readable) as file:
            attempts, reached = json.load(file)
        os.waitpid(pid, 0)
    check(clients, Outcome(attempts, set(reached)))


@pytest.mark.parametrize("is_made_before", [True, False], ids=["before", "inside"])
def test_clients_of_aiobotocore(
    services: list[str], outcome: Outcome, is_made_before: bool
) -> None:
    async def main() -> list[Any]:
        async with AsyncExitStack() as stack:
            contexts = [AIO_SESSION.create_client(name, **OPTIONS) for name in services]
            if is_made_before:
                clients = [await stack.enter_async_context(one) for one in contexts]
            with mock_glue_runs(other_services="error"):
                if not is_made_before:
                    clients = [await stack.enter_async_context(one) for one in contexts]
                await call_each(clients, outcome)
            return clients

    check(asyncio.run(main()), outcome)
