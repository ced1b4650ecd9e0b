"""Clients of one session and service share the functions of their methods, and nothing else."""

from __future__ import annotations

import gc
import inspect
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.client import ClientCreator
from botocore.loaders import Loader

from pytest_glue_runs import GlueRuns, mock_glue_runs

CREATE = ClientCreator._create_methods


@pytest.fixture
def session() -> Any:
    """Return a session whose clients were not made before."""
    return boto3.Session("k", "s", region_name="us-east-1")


@pytest.fixture
def operations(session: Any) -> Iterator[dict[str, Any]]:
    """Return Glue's operations, as the session has loaded them, and restore them."""
    loader = session._session.get_component("data_loader")
    loaded: dict[str, Any] = loader.load_service_model("glue", "service-2")["operations"]
    before = dict(loaded)
    yield loaded
    loaded.clear()
    loaded.update(before)


def method(client: Any, name: str = "start_job_run") -> Any:
    return vars(type(client))[name]


def test_clients_of_a_session_share_the_functions_of_their_methods(
    glue_runs: GlueRuns, session: Any
) -> None:
    first, second = session.client("glue"), session.client("glue")
    assert method(first) is method(second)


def test_mocks_share_the_functions_of_methods(session: Any) -> None:
    methods = []
    for _ in range(2):
        with mock_glue_runs:
            methods.append(method(session.client("glue")))
    assert methods[0] is methods[1]
    assert ClientCreator._create_methods is CREATE


def test_each_client_has_a_class_and_a_service_model_of_its_own(
    glue_runs: GlueRuns, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = session.client("glue"), session.client("glue")
    monkeypatch.setattr(type(first), "start_job_run", lambda self: "replaced")
    assert first.start_job_run() == "replaced"
    assert method(second) is not method(first)
    assert first.meta.service_model is not second.meta.service_model


def test_a_client_that_shares_its_functions_is_like_one_made_without_the_mock(
    session: Any,
) -> None:
    real = session.client("glue")
    with mock_glue_runs:
        _, shared = session.client("glue"), session.client("glue")
    assert [*vars(type(shared))] == [*vars(type(real))]
    for name in real.meta.method_to_api_mapping:
        assert method(shared, name).__name__ == name
    assert inspect.getdoc(method(shared)) == inspect.getdoc(method(real))
    assert shared.meta.method_to_api_mapping == real.meta.method_to_api_mapping
    with pytest.raises(TypeError, match=r"start_job_run\(\) only accepts keyword arguments"):
        shared.start_job_run("nightly")


def test_a_function_holds_the_names_of_its_operation_only(
    glue_runs: GlueRuns, session: Any
) -> None:
    """Functions that held more of botocore's could not be shared by clients."""
    variables = inspect.getclosurevars(method(session.client("glue")))
    assert variables.nonlocals == {
        "py_operation_name": "start_job_run",
        "operation_name": "StartJobRun",
    }
    assert not variables.globals


def test_a_method_that_a_handler_adds_to_a_client_is_its_own(
    glue_runs: GlueRuns, session: Any
) -> None:
    def add(class_attributes: dict[str, Any], **kwargs: Any) -> None:
        class_attributes["added"] = lambda self: "added"

    session.events.register("creating-client-class.glue", add)
    with_it = session.client("glue")
    session.events.unregister("creating-client-class.glue", add)
    assert with_it.added() == "added"
    assert not hasattr(session.client("glue"), "added")


def test_sessions_do_not_share_functions(glue_runs: GlueRuns, session: Any) -> None:
    """The docstrings are made by the handlers of a session's events."""
    assert method(session.client("glue")) is not method(boto3.Session().client("glue", "us-east-1"))


def test_services_do_not_share_functions(glue_runs: GlueRuns, session: Any) -> None:
    for _ in range(2):
        assert "start_job_run" in vars(type(session.client("glue")))
        assert "start_job_run" not in vars(type(session.client("logs")))


def test_the_methods_of_a_session_are_forgotten_with_it() -> None:
    with mock_glue_runs:
        session = boto3.Session("k", "s", region_name="us-east-1")
        session.client("glue")
        loader = weakref.ref(session._session.get_component("data_loader"))
        methods = weakref.ref(method(session.client("glue")))
    del session
    gc.collect()
    assert loader() is None
    assert methods() is None


class App:
    """Registers its own method with the session that it holds."""

    def __init__(self) -> None:
        self.session = boto3.Session("k", "s", region_name="us-east-1")
        self.session.events.register("provide-client-params.glue", self.note)
        self.client = self.session.client("glue")

    def note(self, **kwargs: Any) -> None:
        """Note nothing."""


def test_few_sessions_are_kept_whose_handlers_hold_them() -> None:
    apps = []
    for _ in range(10):
        with mock_glue_runs:
            apps.append(weakref.ref(App()))
    gc.collect()
    alive = [number for number, app in enumerate(apps) if app() is not None]
    assert alive == [6, 7, 8, 9]


def test_a_loader_of_the_users_own_need_not_have_a_hash(glue_runs: GlueRuns) -> None:
    @dataclass
    class Own(Loader):  # type: ignore[misc]
        number: int

        def __post_init__(self) -> None:
            super().__init__()

    session = botocore.session.Session()
    session.register_component("data_loader", Own(1))
    client = session.create_client("glue", region_name="us-east-1")
    client.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert glue_runs.last_run().state == "STARTING"


def test_a_method_of_botocore_that_a_test_replaces_is_used(
    glue_runs: GlueRuns, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(self: Any, name: str, *_: Any) -> Any:
        return lambda client: f"replaced {name}"

    before = method(session.client("glue"))
    with monkeypatch.context() as patch:
        patch.setattr(ClientCreator, "_create_api_method", create)
        assert session.client("glue").start_job_run() == "replaced start_job_run"
    after = method(session.client("glue"))
    assert after.__code__ is before.__code__


def test_an_operation_that_is_added_to_the_loaded_data_is_a_method(
    glue_runs: GlueRuns, session: Any, operations: dict[str, Any]
) -> None:
    session.client("glue")
    operations["StartEverything"] = {**operations["StartJobRun"], "name": "StartEverything"}
    assert "start_everything" in vars(type(session.client("glue")))
    del operations["StartEverything"]
    assert "start_everything" not in vars(type(session.client("glue")))


def test_an_operation_that_replaces_another_in_the_loaded_data_is_a_method(
    glue_runs: GlueRuns, session: Any, operations: dict[str, Any]
) -> None:
    """There are as many as before."""
    session.client("glue")
    operations["StartEverything"] = operations.pop("StartJobRun")
    attributes = vars(type(session.client("glue")))
    assert "start_everything" in attributes
    assert "start_job_run" not in attributes


@pytest.mark.parametrize(
    ("service", "operation"), [("dynamodb", "DescribeEndpoints"), ("s3", None)]
)
def test_a_service_that_finds_its_endpoints_by_an_operation_does_so(
    glue_runs: GlueRuns, session: Any, service: str, operation: str | None
) -> None:
    for _ in range(2):
        model = session.client(service).meta.service_model
        found = model.endpoint_discovery_operation
        assert getattr(found, "name", None) == operation
        assert operation is None or found.service_model is model
