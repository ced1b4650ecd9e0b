"""Sessions share the data that is installed with botocore, and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import JSONFileLoader, Loader

from pytest_glue_runs import GlueRuns, mock_glue_runs

ORIGINALS = {
    name: vars(Loader)[name] for name in ("load_data_with_path", "list_available_services")
}
GLUE = "glue/2017-03-31/service-2"


def loader_of(session: boto3.Session) -> Any:
    return session._session.get_component("data_loader")


def new_session() -> boto3.Session:
    return boto3.Session("k", "s", region_name="us-east-1")


def own_data(folder: Path, name: str, content: dict[str, Any]) -> None:
    path = folder.joinpath(*f"{name}.json".split("/"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


def test_sessions_share_what_botocore_has_installed() -> None:
    loaded = []
    for _ in range(2):
        with mock_glue_runs:
            session = new_session()
            session.client("glue")
            loaded.append(loader_of(session).load_service_model("glue", "service-2"))
    assert loaded[0] is loaded[1]


def test_it_is_what_a_session_reads_without_the_mock() -> None:
    real = loader_of(new_session())
    with mock_glue_runs:
        for _ in range(2):
            shared = loader_of(new_session())
            assert shared.load_data_with_path(GLUE) == real.load_data_with_path(GLUE)
            assert shared.load_data("partitions") == real.load_data("partitions")
            for kind in ("service-2", "waiters-2", "resources-1"):
                assert shared.list_available_services(kind) == real.list_available_services(kind)


def test_a_session_without_the_mock_reads_its_own() -> None:
    with mock_glue_runs:
        shared = loader_of(new_session()).load_data(GLUE)
    assert loader_of(new_session()).load_data(GLUE) is not shared
    assert {name: vars(Loader)[name] for name in ORIGINALS} == ORIGINALS


def test_a_list_that_a_session_gets_is_its_own(glue_runs: GlueRuns) -> None:
    first = loader_of(new_session()).list_available_services(type_name="service-2")
    for _ in range(2):
        services = loader_of(new_session()).list_available_services("service-2")
        assert services == first
        services.clear()


def test_data_of_the_users_own_is_read_by_each_session(
    glue_runs: GlueRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))
    for number in range(2):
        own_data(tmp_path, "limits", {"number": number})
        assert loader_of(new_session()).load_data("limits") == {"number": number}


def test_additions_of_the_users_own_do_not_reach_other_sessions(
    glue_runs: GlueRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore merges them into the model that it has read."""
    addition = {"merge": {"metadata": {"serviceFullName": "My Glue"}}}
    own_data(tmp_path, f"{GLUE}.sdk-extras", addition)

    def name() -> str:
        model = loader_of(new_session()).load_service_model("glue", "service-2")
        full_name: str = model["metadata"]["serviceFullName"]
        return full_name

    assert name() == "AWS Glue"
    with monkeypatch.context() as patch:
        patch.setenv("AWS_DATA_PATH", str(tmp_path))
        assert name() == "My Glue"
    assert name() == "AWS Glue"


def test_a_loader_of_the_users_own_is_left_alone(glue_runs: GlueRuns) -> None:
    class Files(JSONFileLoader):  # type: ignore[misc]
        def load_file(self, file_path: str) -> Any:
            return {"its own": file_path}

    class Own(Loader):  # type: ignore[misc]
        pass

    for loader in (Loader(file_loader=Files()), Own()):
        session = botocore.session.Session()
        session.register_component("data_loader", loader)
        loaded = session.get_component("data_loader").load_data("partitions")
        assert loaded is not loader_of(new_session()).load_data("partitions")


def test_errors_are_botocores(glue_runs: GlueRuns) -> None:
    for _ in range(2):
        with pytest.raises(UnknownServiceError, match="Unknown service: 'glew'"):
            new_session().client("glew")
        with pytest.raises(DataNotFoundError, match="Unable to load data for: nothing"):
            loader_of(new_session()).load_data("nothing")
