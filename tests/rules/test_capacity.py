"""MaxCapacity and AllocatedCapacity: how many DPUs a job can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_glue_runs import mock_glue_runs

GetRejection = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

# The forms of DPUs in a request, with the name that an error has for each.
DPUS = pytest.mark.parametrize(
    ("dpus", "name"),
    [({"MaxCapacity": 10.0}, "Max Capacity"), ({"AllocatedCapacity": 10}, "Allocated Capacity")],
    ids=["Max", "Allocated"],
)


def out_of_range(command: str, capacity: str = "Max Capacity") -> str:
    """Return the error for too few or too many DPUs."""
    return f"InvalidInputException: {capacity} for Job Command {command} must be between 2 and 100."


def with_workers(name: str) -> str:
    """Return the error for DPUs together with workers; only one of the two has a full stop."""
    stop = "." if name == "Max Capacity" else ""
    return (
        f"InvalidInputException: Please do not set {name} if using Worker Type and Number of "
        f"Workers{stop}"
    )


def fractional(command: str) -> str:
    """Return the error for a fraction."""
    return (
        f"InvalidInputException: Max Capacity with precision currently not supported for {command}."
    )


@pytest.mark.parametrize("version", ["0.9", "1.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_max_capacity_of_spark(
    rejection: GetRejection, operation: str, command: str, version: str
) -> None:
    """A Spark job of Glue 1.0 or earlier has 2 to 100 DPUs, a whole number of them."""
    expected = {
        0.0625: out_of_range(command),
        1.0: out_of_range(command),
        1.5: out_of_range(command),
        2.0: "",
        2.5: fractional(command),
        10.0: "",
        99.5: fractional(command),
        100.0: "",
        100.5: out_of_range(command),
        101.0: out_of_range(command),
    }
    rejections = {
        dpus: rejection(operation, command, version, MaxCapacity=dpus) for dpus in expected
    }
    assert rejections == expected


@pytest.mark.parametrize("version", ["1.0", "3.0", "5.0"])
def test_max_capacity_of_python_shell(
    rejection: GetRejection, operation: str, version: str
) -> None:
    """A Python shell job has 0.0625 or 1 DPU, with any Glue version; 0 is accepted too."""
    fraction = (
        "InvalidInputException: Max Capacity values with precision supported for pythonshell are "
        "[0.0625]."
    )
    too_many = (
        "InvalidInputException: Max Capacity should be between 0.0 and 1.0 if present for "
        "pythonshell."
    )
    expected = {
        -1.0: too_many,
        0.0: "",
        0.0624: fraction,
        0.0625: "",
        0.5: fraction,
        1.0: "",
        1.5: too_many,
        2.0: too_many,
        10.0: too_many,
    }
    rejections = {
        dpus: rejection(operation, "pythonshell", version, MaxCapacity=dpus) for dpus in expected
    }
    assert rejections == expected


def test_no_dpus_of_python_shell_are_the_default(client: Any, make_job: Any) -> None:
    make_job(Command={"Name": "pythonshell", "ScriptLocation": "s3://b/s.py"}, MaxCapacity=0)
    assert client.get_job(JobName="nightly")["Job"]["MaxCapacity"] == 0.0625


@pytest.mark.parametrize("operation", ["CreateJob", "StartJobRun"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0", "5.0", "5.1"])
def test_spark_since_glue_2_has_no_max_capacity(
    rejection: GetRejection, operation: str, command: str, version: str
) -> None:
    assert rejection(operation, command, version, MaxCapacity=10.0) == (
        f"InvalidInputException: Max Capacity is not supported for Glue Version {version}. "
        "Please set Worker Type and Number of Workers."
    )


@pytest.mark.parametrize("dpus", [{"MaxCapacity": 10.0}, {"AllocatedCapacity": 10}])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("4.0", 10.0, "G.1X", 10)),
        ({"default_glue_version": "5.1", "start_at": "2026-12-01"}, ("5.1", 10.0, "G.1X", 10)),
        ({"default_glue_version": "1.0"}, ("1.0", 10.0, None, None)),
    ],
    ids=["default", "later default", "earlier default"],
)
def test_dpus_of_a_job_without_version(
    settings: dict[str, Any],
    command: str,
    dpus: dict[str, Any],
    expected: tuple[Any, ...],
    client_in: Callable[[str], Any],
) -> None:
    """CreateJob accepts them, as Airflow's GlueJobHook sends them, and a run can start."""
    client = client_in("us-east-1")
    with mock_glue_runs(**{"start_at": "2026-01-01", **settings}):
        client.create_job(Name="nightly", Role="r", Command={"Name": command}, **dpus)
        run_id = client.start_job_run(JobName="nightly")["JobRunId"]
        job = client.get_job(JobName="nightly")["Job"]
        run = client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    names = ("GlueVersion", "MaxCapacity", "WorkerType", "NumberOfWorkers")
    shown = [tuple(definition.get(name) for name in names) for definition in (job, run)]
    assert shown == [expected, expected]


def test_dpus_of_a_job_without_version_have_limits(client: Any) -> None:
    """Only the check of the version is left out."""
    job = {"Name": "nightly", "Role": "r", "Command": {"Name": "glueetl"}, "MaxCapacity": 101.0}
    with pytest.raises(client.exceptions.InvalidInputException) as error:
        client.create_job(**job)
    assert f"InvalidInputException: {error.value.response['Error']['Message']}" == out_of_range(
        "glueetl"
    )


def test_update_job_converts_max_capacity_to_workers(
    client: Any, make_job: Callable[..., str]
) -> None:
    """UpdateJob accepts it for Glue 2.0 and later, as observed on AWS."""
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "MaxCapacity": 5.0}
    client.update_job(JobName=make_job(), JobUpdate=update)
    job = client.get_job(JobName="nightly")["Job"]
    assert (job["WorkerType"], job["NumberOfWorkers"], job["MaxCapacity"]) == ("G.1X", 5, 5.0)


@DPUS
def test_ray_has_no_dpus(
    rejection: GetRejection, operation: str, dpus: dict[str, Any], name: str
) -> None:
    nothing = {"WorkerType": None, "NumberOfWorkers": None}
    workers = {} if operation == "StartJobRun" else nothing
    assert rejection(operation, "glueray", **dpus, **workers) == (
        f"InvalidInputException: {name} is not supported for Job Command glueray"
    )


@DPUS
@pytest.mark.parametrize(
    "workers",
    [
        {"WorkerType": "G.1X"},
        {"NumberOfWorkers": 10},
        {"WorkerType": "G.1X", "NumberOfWorkers": 10},
    ],
    ids=["type", "number", "both"],
)
def test_run_request_with_dpus_and_workers(
    rejection: GetRejection, dpus: dict[str, Any], name: str, workers: dict[str, Any]
) -> None:
    assert rejection("StartJobRun", **dpus, **workers) == with_workers(name)


@DPUS
@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("version", ["1.0", "4.0"])
def test_definition_with_dpus_and_workers(
    rejection: GetRejection, operation: str, version: str, dpus: dict[str, Any], name: str
) -> None:
    workers = {"WorkerType": "G.1X", "NumberOfWorkers": 10}
    error = rejection(operation, "glueetl", version, **dpus, **workers)
    assert error == with_workers(name)


def test_allocated_capacity_with_max_capacity(rejection: GetRejection, operation: str) -> None:
    assert rejection(operation, "glueetl", "1.0", AllocatedCapacity=10, MaxCapacity=10.0) == (
        "InvalidInputException: Please set only one of Max Capacity and Allocated Capacity."
    )


@pytest.mark.parametrize("version", ["0.9", "1.0", "4.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_allocated_capacity_of_spark(
    rejection: GetRejection, operation: str, command: str, version: str
) -> None:
    """The minimum is 2 DPUs, the maximum that of MaxCapacity."""
    expected = {
        -1: out_of_range(command, "Allocated Capacity"),
        0: out_of_range(command, "Allocated Capacity"),
        1: out_of_range(command, "Allocated Capacity"),
        2: "",
        100: "",
        101: out_of_range(command, "Allocated Capacity"),
    }
    rejections = {
        dpus: rejection(operation, command, version, AllocatedCapacity=dpus) for dpus in expected
    }
    assert rejections == expected


def test_python_shell_has_no_allocated_capacity(rejection: GetRejection, operation: str) -> None:
    assert rejection(operation, "pythonshell", AllocatedCapacity=1) == (
        "InvalidInputException: Allocated Capacity is not supported for Job Command pythonshell"
    )


@pytest.mark.parametrize(
    ("command", "version", "capacity"),
    [
        ("glueetl", "0.9", (10.0, 10, None, None)),
        ("glueetl", "1.0", (10.0, 10, None, None)),
        ("glueetl", "2.0", (10.0, 10, "G.1X", 10)),
        ("glueetl", "5.1", (10.0, 10, "G.1X", 10)),
        ("gluestreaming", "1.0", (10.0, 10, None, None)),
        ("gluestreaming", "4.0", (10.0, 10, "G.1X", 10)),
        ("pythonshell", "1.0", (0.0625, 0, None, None)),
        ("pythonshell", "4.0", (0.0625, 0, None, None)),
    ],
)
def test_default_capacity(
    start: Any,
    shown: Shown,
    make_job: Callable[..., str],
    command: str,
    version: str,
    capacity: tuple[Any, ...],
) -> None:
    """Spark has 10 DPUs, as workers of G.1X from Glue 2.0 on; Python shell has 0.0625."""
    make_job(command=command, GlueVersion=version)
    run = shown(start())
    names = ("MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers")
    assert tuple(run.get(name) for name in names) == capacity


def test_allocated_capacity_is_shown_as_max_capacity(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    make_job(GlueVersion="1.0")
    run = shown(start(AllocatedCapacity=4))
    assert (run["MaxCapacity"], run["AllocatedCapacity"]) == (4.0, 4)


def test_allocated_capacity_is_converted_to_workers(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """From Glue 2.0 on, the DPUs are workers of G.1X."""
    make_job(GlueVersion="4.0")
    run = shown(start(AllocatedCapacity=4))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.1X", 4, 4.0)


def test_dpus_of_a_run_replace_the_workers_of_its_job(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    make_job(GlueVersion="1.0", WorkerType="G.2X", NumberOfWorkers=4)
    run = shown(start(MaxCapacity=6.0))
    assert run["MaxCapacity"] == 6.0
    assert not {"WorkerType", "NumberOfWorkers"} & set(run)
