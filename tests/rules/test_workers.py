"""WorkerType and NumberOfWorkers: which job may have how many of which, and what they are worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1")
# start_job_run's own list: US East (Ohio, N. Virginia), US West (Oregon), Asia Pacific (Singapore,
# Sydney, Tokyo), Canada (Central), Europe (Frankfurt, Ireland, Stockholm).
SPECIFIED_REGIONS = (
    "us-east-2", "us-east-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
    "ca-central-1", "eu-central-1", "eu-west-1", "eu-north-1",
)  # fmt: skip
REGIONS_SINCE = (
    "us-west-1", "ap-south-1", "ap-northeast-2", "eu-west-2", "eu-south-2", "sa-east-1",
)  # fmt: skip
LARGEST_REGIONS = (
    "us-east-1", "us-west-2", "us-east-2", "eu-west-1", "eu-central-1", "eu-south-2",
    "ap-northeast-1", "sa-east-1",
)  # fmt: skip
OTHER_REGIONS = ("eu-west-3", "ap-east-1", "us-gov-west-1", "cn-north-1")
ALL_REGIONS = (*SPECIFIED_REGIONS, *REGIONS_SINCE, *OTHER_REGIONS)
LARGEST = ("G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X")

# type: (a command and version that have it, DPUs of one, the most of them)
TYPES = {
    "Standard": ("glueetl", "1.0", 1, 299),
    "G.025X": ("gluestreaming", "4.0", 0.25, 299),
    "G.1X": ("glueetl", "4.0", 1, 299),
    "G.2X": ("glueetl", "4.0", 2, 149),
    "G.4X": ("glueetl", "4.0", 4, 74),
    "G.8X": ("glueetl", "4.0", 8, 37),
    "G.12X": ("glueetl", "4.0", 12, 24),
    "G.16X": ("glueetl", "4.0", 16, 18),
    "R.1X": ("glueetl", "4.0", 1, 299),
    "R.2X": ("glueetl", "4.0", 2, 149),
    "R.4X": ("glueetl", "4.0", 4, 74),
    "R.8X": ("glueetl", "4.0", 8, 37),
    "Z.2X": ("glueray", "4.0", 2, 149),
}


@pytest.mark.parametrize("worker_type", TYPES)
def test_number_of_workers(ask: Ask, operation: str, worker_type: str) -> None:
    """There are two at least, and 299 DPUs of them at most, to the worker."""
    command, version, _, most = TYPES[worker_type]
    words = f"InvalidInputException: To use Worker Type {worker_type}, "
    expected = {
        1: words + "minimum allowed value of Number of Workers is 2.",
        2: "",
        most: "",
        most + 1: words + f"maximum allowed value of Number of Workers is {most}.",
    }
    answers = {
        number: ask(operation, command, version, WorkerType=worker_type, NumberOfWorkers=number)
        for number in expected
    }
    assert answers == expected


@pytest.mark.parametrize("number", [0, -1])
def test_no_workers_are_too_few(ask: Ask, operation: str, number: int) -> None:
    """None, and fewer, pass the client, and are refused."""
    assert ask(operation, WorkerType="G.1X", NumberOfWorkers=number) == (
        "InvalidInputException: To use Worker Type G.1X, minimum allowed value of Number of "
        "Workers is 2."
    )


@pytest.mark.parametrize("worker_type", TYPES)
def test_dpus_of_a_run(
    start: Any, shown: Shown, make_job: Callable[..., str], worker_type: str
) -> None:
    """MaxCapacity is the number of workers times the DPUs of one, AllocatedCapacity its floor."""
    command, version, dpus, _ = TYPES[worker_type]
    make_job(command=command, GlueVersion=version)
    run = shown(start(WorkerType=worker_type, NumberOfWorkers=3))
    assert {name: run[name] for name in ("MaxCapacity", "AllocatedCapacity")} == {
        "MaxCapacity": 3 * dpus,
        "AllocatedCapacity": int(3 * dpus),
    }


@pytest.mark.parametrize("worker_type", TYPES)
def test_dpus_of_a_job(client: Any, make_job: Callable[..., str], worker_type: str) -> None:
    """GetJob shows the DPUs of a job's workers."""
    command, version, dpus, _ = TYPES[worker_type]
    workers = {"WorkerType": worker_type, "NumberOfWorkers": 5}
    name = make_job(command=command, GlueVersion=version, **workers)
    assert client.get_job(JobName=name)["Job"]["MaxCapacity"] == 5 * dpus


@pytest.mark.parametrize(
    ("worker_type", "command", "versions"),
    [
        ("Standard", "glueetl", ("0.9", "1.0")),
        ("G.1X", "glueetl", VERSIONS),
        ("G.2X", "glueetl", VERSIONS),
        ("G.025X", "gluestreaming", ("3.0", "4.0", "5.0", "5.1")),
        ("G.4X", "glueetl", ("3.0", "4.0", "5.0", "5.1")),
        ("G.8X", "glueetl", ("3.0", "4.0", "5.0", "5.1")),
        *((name, "glueetl", ("4.0", "5.0", "5.1")) for name in LARGEST),
    ],
)
def test_glue_versions_of_a_worker_type(
    ask: Ask, operation: str, worker_type: str, command: str, versions: tuple[str, ...]
) -> None:
    """These Glue versions have it, and the others say that they have not."""
    answers = {
        version: ask(operation, command, version, WorkerType=worker_type, NumberOfWorkers=2)
        for version in VERSIONS
    }
    assert answers == {
        version: ""
        if version in versions
        else f"InvalidInputException: Worker type {worker_type} is not supported for Glue "
        f"Version {version}"
        for version in VERSIONS
    }


@pytest.mark.parametrize("worker_type", [name for name in TYPES if name != "Standard"])
def test_commands_of_a_worker_type(ask: Ask, operation: str, worker_type: str) -> None:
    """Ray has Z.2X alone, Python shell none; large workers are for ETL, the smallest streams."""
    answers = {
        command: ask(operation, command, WorkerType=worker_type, NumberOfWorkers=2)
        for command in ("glueetl", "gluestreaming", "pythonshell", "glueray")
    }
    has = {"G.1X": ("glueetl", "gluestreaming"), "G.2X": ("glueetl", "gluestreaming")}
    own = has.get(worker_type, (TYPES[worker_type][0],))
    expected = {
        command: f"InvalidInputException: Worker Type {worker_type} is not supported for Job "
        f"Command {command}"
        for command in ("glueetl", "gluestreaming")
    }
    expected["pythonshell"] = (
        "InvalidInputException: Worker Type is not supported for Job Command pythonshell"
    )
    expected["glueray"] = (
        "InvalidInputException: Worker type cannot be null and only [Z.2X] worker types are "
        "supported for glueray jobs"
    )
    assert answers == {**expected, **dict.fromkeys(own, "")}


def test_python_shell_has_no_number_of_workers(ask: Ask, operation: str) -> None:
    """The number alone is refused as the type is."""
    assert ask(operation, "pythonshell", NumberOfWorkers=2) == (
        "InvalidInputException: Worker Type is not supported for Job Command pythonshell"
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_ray_needs_a_worker_type(ask: Ask, operation: str) -> None:
    """A Ray job has no worker type by default."""
    assert ask(operation, "glueray", WorkerType=None, NumberOfWorkers=None) == (
        "InvalidInputException: Worker type cannot be null and only [Z.2X] worker types are "
        "supported for glueray jobs"
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("half", [{"WorkerType": "G.1X"}, {"NumberOfWorkers": 2}])
def test_job_has_both_or_neither(ask: Ask, operation: str, half: dict[str, Any]) -> None:
    """WorkerType and NumberOfWorkers come together."""
    assert ask(operation, **half) == (
        "InvalidInputException: Please set both Worker Type and Number of Workers."
    )


@pytest.mark.parametrize("half", [{"WorkerType": "G.1X"}, {"NumberOfWorkers": 2}])
def test_run_of_a_job_without_workers_has_both_or_neither(ask: Ask, half: dict[str, Any]) -> None:
    """A job that has DPUs only gives its run neither."""
    assert ask("StartJobRun", version="1.0", **half) == (
        "InvalidInputException: Please set both Worker Type and Number of Workers."
    )


@pytest.mark.parametrize(
    ("half", "dpus"), [({"WorkerType": "G.2X"}, 20.0), ({"NumberOfWorkers": 3}, 3.0)]
)
def test_run_may_change_one_of_them(
    start: Any, shown: Shown, make_job: Callable[..., str], half: dict[str, Any], dpus: float
) -> None:
    """The other one is the job's."""
    make_job()
    assert shown(start(**half))["MaxCapacity"] == dpus


def test_run_may_give_workers_to_a_job_that_has_none(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """Both together replace the DPUs of a job of Glue 1.0."""
    make_job(GlueVersion="1.0", MaxCapacity=5.0)
    run = shown(start(WorkerType="G.2X", NumberOfWorkers=4))
    assert (run["MaxCapacity"], run["WorkerType"], run["NumberOfWorkers"]) == (8.0, "G.2X", 4)


@pytest.mark.parametrize("region", SPECIFIED_REGIONS)
@pytest.mark.parametrize("worker_type", ["G.4X", "G.8X"])
def test_specified_regions_have_large_workers(ask: Ask, worker_type: str, region: str) -> None:
    """The ten regions of start_job_run have G.4X and G.8X."""
    assert ask("StartJobRun", region=region, WorkerType=worker_type, NumberOfWorkers=2) == ""


@pytest.mark.parametrize(
    ("worker_type", "regions"),
    [
        ("G.1X", ALL_REGIONS),
        ("G.2X", ALL_REGIONS),
        ("G.4X", (*SPECIFIED_REGIONS, *REGIONS_SINCE)),
        ("G.8X", (*SPECIFIED_REGIONS, *REGIONS_SINCE)),
        *((name, LARGEST_REGIONS) for name in LARGEST),
    ],
)
def test_regions_of_a_worker_type(ask: Ask, worker_type: str, regions: tuple[str, ...]) -> None:
    """These regions have it, and the others say that the version has not."""
    answers = {
        region: ask("CreateJob", region=region, WorkerType=worker_type, NumberOfWorkers=2)
        for region in ALL_REGIONS
    }
    assert answers == {
        region: ""
        if region in regions
        else f"InvalidInputException: Worker type {worker_type} is not supported for Glue "
        "Version 4.0"
        for region in ALL_REGIONS
    }


def test_region_holds_for_each_operation(ask: Ask, operation: str) -> None:
    """A region without large workers has them in no operation."""
    asked = ask(operation, region="eu-west-3", WorkerType="G.8X", NumberOfWorkers=2)
    assert asked == (
        "InvalidInputException: Worker type G.8X is not supported for Glue Version 4.0"
    )


def test_unknown_worker_type_is_told_with_all_of_them(ask: Ask, operation: str) -> None:
    """It breaks the enum of the model, and passes the client."""
    asked = ask(operation, WorkerType="G.3X", NumberOfWorkers=2)
    assert asked.startswith("ValidationException: 1 validation error detected: Value 'G.3X' at '")
    assert "failed to satisfy constraint: Member must satisfy enum value set: [Standard, " in asked
