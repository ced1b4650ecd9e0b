"""Jobs in Terraform's plans and states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobFileError

WriteFile = Callable[..., Path]
Definition = Callable[[str], dict[str, Any]]

VALUES: dict[str, Any] = {
    "name": "nightly",
    "role_arn": "arn:aws:iam::123456789012:role/etl",
    "command": [
        {"name": "glueetl", "script_location": "s3://a/b.py", "python_version": "3", "runtime": ""}
    ],
    "connections": ["warehouse"],
    "default_arguments": {"--stage": "prod"},
    "description": "",
    "execution_property": [{"max_concurrent_runs": 3}],
    "glue_version": "4.0",
    "job_run_queuing_enabled": False,
    "max_capacity": 10,
    "max_retries": 0,
    "notification_property": [],
    "number_of_workers": 5,
    "worker_type": "G.2X",
    "timeout": 120,
    "tags": None,
}
OTHER = {"type": "aws_s3_bucket", "mode": "managed", "address": "aws_s3_bucket.b", "values": {}}
DATA = {"type": "aws_glue_job", "mode": "data", "address": "data.aws_glue_job.d"}


def _resource(**values: Any) -> dict[str, Any]:
    return {
        "address": "aws_glue_job.nightly",
        "mode": "managed",
        "type": "aws_glue_job",
        "values": {**VALUES, **values},
    }


def _plan(resource: Any, unknown: Any = None) -> dict[str, Any]:
    change = {"address": resource["address"], "change": {"after_unknown": unknown or {}}}
    return {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": [OTHER, DATA],
                "child_modules": [{"address": "module.etl", "resources": [resource]}],
            }
        },
        "resource_changes": [change],
    }


def _state(resource: Any) -> dict[str, Any]:
    return {"format_version": "1.0", "values": {"root_module": {"resources": [resource]}}}


def _raw(resource: Any) -> dict[str, Any]:
    own = {"mode": "managed", "type": "aws_glue_job", "name": "nightly", "module": "module.etl"}
    instance = {"index_key": "a", "attributes": resource["values"]}
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "resources": [{**own, "instances": [instance]}, {"type": "aws_s3_bucket", "name": "b"}],
    }


@pytest.mark.parametrize("make", [_plan, _state, _raw], ids=["plan", "state", "raw state"])
def test_a_job_is_created_as_terraform_has_it(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile, make: Any
) -> None:
    assert glue_runs.load_jobs(write(make(_resource()), "tf.json")) == ["nightly"]
    job = definition("nightly")
    assert job["Role"] == VALUES["role_arn"]
    assert job["Command"] == {
        "Name": "glueetl",
        "ScriptLocation": "s3://a/b.py",
        "PythonVersion": "3",
    }
    assert job["Connections"] == {"Connections": ["warehouse"]}
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 3}
    assert (job["WorkerType"], job["NumberOfWorkers"], job["MaxCapacity"]) == ("G.2X", 5, 10.0)
    assert (job["Timeout"], job["JobRunQueuingEnabled"]) == (120, False)
    assert job["DefaultArguments"] == {"--stage": "prod"}
    assert "Description" not in job
    assert "NotificationProperty" not in job


def test_capacity_without_workers_is_kept(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    command = [{"name": "pythonshell", "script_location": "s3://a/b", "python_version": "3.9"}]
    resource = _resource(command=command, max_capacity=0.0625, worker_type="", number_of_workers=0)
    glue_runs.load_jobs(write(_state(resource)))
    assert definition("nightly")["MaxCapacity"] == 0.0625


def test_what_is_known_after_apply_only_is_named(glue_runs: GlueRuns, write: WriteFile) -> None:
    unknown = {
        "role_arn": True,
        "command": [{"script_location": True}, {}],
        "execution_property": True,
        "default_arguments": {"--bucket": True},
        "tags_all": {},
        "timeout": False,
    }
    command = [{"name": "glueetl"}, {}]
    resource = _resource(role_arn=None, command=command, default_arguments=None)
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(write(_plan(resource, unknown)))
    apply = "known after apply"
    assert str(caught.value).splitlines()[1:-1] == [
        f"  aws_glue_job.nightly.DefaultArguments.--bucket: {apply}",
        f"  aws_glue_job.nightly.Role: {apply}",
        f"  aws_glue_job.nightly.Command.ScriptLocation: {apply}",
        f"  aws_glue_job.nightly.ExecutionProperty: {apply}",
    ]


def test_a_block_that_is_not_set_is_left_out(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    glue_runs.load_jobs(write(_state(_resource(connections=[], execution_property=None))))
    job = definition("nightly")
    assert "Connections" not in job
    assert job["ExecutionProperty"] == {"MaxConcurrentRuns": 1}


def test_overrides_give_what_is_known_after_apply(
    glue_runs: GlueRuns, definition: Definition, write: WriteFile
) -> None:
    path = write(_plan(_resource(), {"role_arn": True}))
    glue_runs.load_jobs(path, overrides={"nightly": {"Role": "mine"}})
    assert definition("nightly")["Role"] == "mine"


@pytest.mark.parametrize(
    "content",
    [
        {"format_version": "1.0", "values": None},
        {"planned_values": {}},
        {"terraform_version": "1.9.0"},
        {"Jobs": []},
        {"Resources": {}},
    ],
    ids=["empty state", "empty plan", "empty raw state", "no jobs", "empty template"],
)
def test_a_file_without_jobs_is_an_error(
    glue_runs: GlueRuns, write: WriteFile, content: Any
) -> None:
    with pytest.raises(JobFileError) as caught:
        glue_runs.load_jobs(write(content))
    assert str(caught.value) == "load_jobs('pipeline.json'): it defines no Glue job."
