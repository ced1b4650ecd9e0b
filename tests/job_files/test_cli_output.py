"""Jobs in the output of the AWS CLI, and files that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobFileError

WriteFile = Callable[..., Path]
Definition = Callable[[str], dict[str, Any]]

_SHELL = {"Name": "pythonshell", "ScriptLocation": "s3://a/b", "PythonVersion": "3.9"}
_RAY = {"Name": "glueray", "ScriptLocation": "s3://a/b", "Runtime": "Ray2.4"}
DEFINITIONS: dict[str, dict[str, Any]] = {
    "workers": {"WorkerType": "G.1X", "NumberOfWorkers": 3},
    "nothing": {},
    "shell": {"Command": _SHELL},
    "ray": {"Command": _RAY, "WorkerType": "Z.2X", "NumberOfWorkers": 2},
}


@pytest.mark.parametrize("given", DEFINITIONS.values(), ids=DEFINITIONS)
@pytest.mark.parametrize("many", [False, True], ids=["get-job", "get-jobs"])
def test_a_job_comes_back_as_it_was_printed(
    glue_runs: GlueRuns,
    client: Any,
    definition: Definition,
    write: WriteFile,
    given: Any,
    many: bool,
) -> None:
    glue_runs.add_job("nightly", **given)
    before = definition("nightly")
    printed = client.get_jobs() if many else client.get_job(JobName="nightly")
    del printed["ResponseMetadata"]
    path = write(json.dumps(printed, default=str))
    client.delete_job(JobName="nightly")
    assert glue_runs.load_jobs(path) == ["nightly"]
    assert definition("nightly") == before


def test_a_file_that_does_not_exist_is_an_error(glue_runs: GlueRuns, tmp_path: Path) -> None:
    (tmp_path / "jobs.yaml").touch()
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(tmp_path / "job.yaml")
    assert str(caught.value) == (
        f"load_jobs('job.yaml'): there is no file {tmp_path / 'job.yaml'}. "
        "Did you mean 'jobs.yaml'? A path is relative to the current working directory: "
        "Path(__file__).parent is the folder of the test."
    )


def test_a_folder_is_an_error(glue_runs: GlueRuns, tmp_path: Path) -> None:
    with pytest.raises(JobFileError, match=r"^load_jobs\('.*'\): it cannot be read: .*directory"):
        glue_runs.load_jobs(tmp_path)


@pytest.mark.parametrize("path", [None, 3, {"Jobs": []}])
def test_what_is_not_a_path_is_an_error(glue_runs: GlueRuns, path: Any) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.load_jobs(path)
    assert str(caught.value) == (
        f"load_jobs({path!r}): that is not the path of a file. Valid: text, or a pathlib.Path."
    )


def test_a_file_that_is_no_text_is_an_error(glue_runs: GlueRuns, tmp_path: Path) -> None:
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(JobFileError, match=r"^load_jobs\('binary'\): it cannot be read: "):
        glue_runs.load_jobs(str(path))


@pytest.mark.parametrize("text", ["a: [", "{a: !Ref", "!!python/object:os.system x"])
def test_a_file_that_is_neither_json_nor_yaml_is_an_error(
    glue_runs: GlueRuns, write: WriteFile, text: str
) -> None:
    with pytest.raises(
        JobFileError, match=r"^load_jobs\('pipeline.json'\): it is neither JSON nor YAML: "
    ):
        glue_runs.load_jobs(write(text))


@pytest.mark.parametrize("content", [{"a": 1}, [], 5, None, "text"])
def test_a_file_in_another_format_is_an_error(
    glue_runs: GlueRuns, write: WriteFile, content: Any
) -> None:
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(write(json.dumps(content)))
    assert str(caught.value) == (
        "load_jobs('pipeline.json'): it is not in a known format. Valid: a CloudFormation, SAM or "
        "CDK template (YAML or JSON), the JSON of `terraform show -json`, a Terraform state, or "
        "the output of `aws glue get-job` or `get-jobs`."
    )


def test_a_job_that_exists_is_an_error(glue_runs: GlueRuns, write: WriteFile) -> None:
    glue_runs.add_job("nightly")
    path = write({"Job": {"Name": "nightly", "Role": "r", "Command": {"Name": "glueetl"}}})
    with pytest.raises(JobFileError, match="already submitted with different configuration"):
        glue_runs.load_jobs(path)
