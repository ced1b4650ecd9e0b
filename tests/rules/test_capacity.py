"""MaxCapacity and AllocatedCapacity: which job may have how many DPUs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

TOGETHER = (
    "InvalidInputException: Please do not set Max Capacity if using Worker Type and Number of "
    "Workers."
)


def range_of(command: str) -> str:
    """The refusal of too few or too many DPUs."""
    return f"InvalidInputException: Max Capacity for Job Command {command} must be from 2 to 100."


def whole(command: str) -> str:
    """The refusal of a fraction."""
    return f"InvalidInputException: Max Capacity must not be fractional for Job Command {command}."


@pytest.mark.parametrize("version", ["0.9", "1.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_max_capacity_of_spark(ask: Ask, operation: str, command: str, version: str) -> None:
    """A Spark job of Glue 1.0 or earlier has from 2 to 100 DPUs, whole ones."""
    expected = {
        0.0625: range_of(command),
        1.0: range_of(command),
        1.5: range_of(command),
        2.0: "",
        2.5: whole(command),
        10.0: "",
        99.5: whole(command),
        100.0: "",
        100.5: range_of(command),
        101.0: range_of(command),
    }
    asked = {dpus: ask(operation, command, version, MaxCapacity=dpus) for dpus in expected}
    assert asked == expected


@pytest.mark.parametrize("version", ["1.0", "3.0", "5.0"])
def test_max_capacity_of_python_shell(ask: Ask, operation: str, version: str) -> None:
    """A Python shell job has 0.0625 or 1 DPU, whatever its Glue version."""
    refused = (
        "InvalidInputException: Max Capacity for Job Command pythonshell must be either 0.0625 "
        "or 1.0."
    )
    expected = {
        0.0: refused,
        0.0624: refused,
        0.0625: "",
        0.5: refused,
        1.0: "",
        2.0: refused,
        10.0: refused,
    }
    asked = {dpus: ask(operation, "pythonshell", version, MaxCapacity=dpus) for dpus in expected}
    assert asked == expected


@pytest.mark.parametrize("operation", ["CreateJob", "StartJobRun"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0", "5.0", "5.1"])
def test_later_spark_has_no_max_capacity(
    ask: Ask, operation: str, command: str, version: str
) -> None:
    """From Glue 2.0 on, a Spark job has workers instead."""
    assert ask(operation, command, version, MaxCapacity=10.0) == (
        f"InvalidInputException: Max Capacity is not supported for Glue Version {version}. "
        "Please set Worker Type and Number of Workers."
    )


def test_update_job_turns_max_capacity_into_workers(
    client: Any, make_job: Callable[..., str]
) -> None:
    """UpdateJob takes it for Glue 2.0 and later, as AWS was seen to."""
    update = {"Role": "r", "Command": {"Name": "glueetl"}, "MaxCapacity": 5.0}
    client.update_job(JobName=make_job(), JobUpdate=update)
    job = client.get_job(JobName="nightly")["Job"]
    assert (job["WorkerType"], job["NumberOfWorkers"], job["MaxCapacity"]) == ("G.1X", 5, 5.0)


@pytest.mark.parametrize("dpus", [{"MaxCapacity": 4.0}, {"AllocatedCapacity": 4}])
def test_ray_has_no_max_capacity(ask: Ask, operation: str, dpus: dict[str, Any]) -> None:
    """A Ray job has workers, and neither MaxCapacity nor its old name."""
    nothing = {"WorkerType": None, "NumberOfWorkers": None}
    workers = {} if operation == "StartJobRun" else nothing
    assert ask(operation, "glueray", **dpus, **workers) == (
        "InvalidInputException: Max Capacity is not supported for Job Command glueray"
    )


@pytest.mark.parametrize(
    "dpus", [{"MaxCapacity": 10.0}, {"AllocatedCapacity": 10}], ids=["Max", "Allocated"]
)
@pytest.mark.parametrize(
    "workers",
    [
        {"WorkerType": "G.1X"},
        {"NumberOfWorkers": 10},
        {"WorkerType": "G.1X", "NumberOfWorkers": 10},
    ],
    ids=["type", "number", "both"],
)
def test_run_has_dpus_or_workers(ask: Ask, dpus: dict[str, Any], workers: dict[str, Any]) -> None:
    """A request for a run gives its DPUs or its workers, and never both."""
    assert ask("StartJobRun", **dpus, **workers) == TOGETHER


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize(
    "dpus", [{"MaxCapacity": 10.0}, {"AllocatedCapacity": 10}], ids=["Max", "Allocated"]
)
@pytest.mark.parametrize("version", ["1.0", "4.0"])
def test_job_has_dpus_or_workers(
    ask: Ask, operation: str, version: str, dpus: dict[str, Any]
) -> None:
    """A definition gives its DPUs or its workers, and never both."""
    workers = {"WorkerType": "G.1X", "NumberOfWorkers": 10}
    assert ask(operation, "glueetl", version, **dpus, **workers) == TOGETHER


def test_allocated_capacity_comes_alone(ask: Ask, operation: str) -> None:
    """The deprecated name is not given beside MaxCapacity."""
    assert ask(operation, "glueetl", "1.0", AllocatedCapacity=10, MaxCapacity=10.0) == (
        "InvalidInputException: Please set only one of Max Capacity and Allocated Capacity."
    )


@pytest.mark.parametrize("version", ["0.9", "1.0", "4.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_allocated_capacity_of_spark(ask: Ask, operation: str, command: str, version: str) -> None:
    """The minimum is 2 DPUs, the maximum that of MaxCapacity."""
    expected = {
        -1: range_of(command),
        0: range_of(command),
        1: range_of(command),
        2: "",
        100: "",
        101: range_of(command),
    }
    asked = {dpus: ask(operation, command, version, AllocatedCapacity=dpus) for dpus in expected}
    assert asked == expected


def test_python_shell_has_no_allocated_capacity(ask: Ask, operation: str) -> None:
    """A Python shell job has parts of a DPU, and this is a whole number."""
    assert ask(operation, "pythonshell", AllocatedCapacity=1) == (
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
    """Spark has 10 DPUs by default, as workers of G.1X from 2.0 on; Python shell has 0.0625."""
    make_job(command=command, GlueVersion=version)
    run = shown(start())
    names = ("MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers")
    assert tuple(run.get(name) for name in names) == capacity


def test_allocated_capacity_is_shown_as_max_capacity(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """A run that was given the old name shows the new one too."""
    make_job(GlueVersion="1.0")
    run = shown(start(AllocatedCapacity=4))
    assert (run["MaxCapacity"], run["AllocatedCapacity"]) == (4.0, 4)


def test_allocated_capacity_of_later_spark_is_workers(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """From Glue 2.0 on, its DPUs are workers of G.1X."""
    make_job(GlueVersion="4.0")
    run = shown(start(AllocatedCapacity=4))
    assert (run["WorkerType"], run["NumberOfWorkers"], run["MaxCapacity"]) == ("G.1X", 4, 4.0)


def test_dpus_of_a_run_take_the_place_of_the_jobs_workers(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """A run with MaxCapacity has no workers, though its job has."""
    make_job(GlueVersion="1.0", WorkerType="G.2X", NumberOfWorkers=4)
    run = shown(start(MaxCapacity=6.0))
    assert run["MaxCapacity"] == 6.0
    assert not {"WorkerType", "NumberOfWorkers"} & set(run)
