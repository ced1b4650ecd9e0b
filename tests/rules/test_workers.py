"""WorkerType and NumberOfWorkers: which jobs can use which workers, how many, and their DPUs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

GetRejection = Callable[..., str]
Shown = Callable[..., dict[str, Any]]

VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1")
# start_job_run's own list: US East (Ohio, N. Virginia), US West (Oregon), Asia Pacific (Singapore,
# Sydney, Tokyo), Canada (Central), Europe (Frankfurt, Ireland, Stockholm).
SPECIFIED_REGIONS = (
    "us-east-2", "us-east-1", "us-west-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
    "ca-central-1", "eu-central-1", "eu-west-1", "eu-north-1",
)  # fmt: skip
LATER_REGIONS = (
    "us-west-1", "ap-south-1", "ap-northeast-2", "eu-west-2", "eu-south-2", "sa-east-1",
)  # fmt: skip
LARGEST_REGIONS = (
    "us-east-1", "us-west-2", "us-east-2", "eu-west-1", "eu-central-1", "eu-south-2",
    "ap-northeast-1", "sa-east-1",
)  # fmt: skip
OTHER_REGIONS = ("eu-west-3", "ap-east-1", "us-gov-west-1", "cn-north-1")
ALL_REGIONS = (*SPECIFIED_REGIONS, *LATER_REGIONS, *OTHER_REGIONS)
LARGEST = ("G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X")

# type: (a command and a version that support it, DPUs of one worker, maximum number)
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
MINIMUM_IS_2 = ("G.025X", "G.1X", "G.2X")


ALL_COMMANDS = ("glueetl", "gluestreaming", "pythonshell", "glueray")
LARGE_REGIONS = (*SPECIFIED_REGIONS, *LATER_REGIONS)


def wrong_version(worker_type: str, version: str) -> str:
    """Return the error for a worker type that a Glue version does not support."""
    return (
        f"InvalidInputException: Worker type {worker_type} is not supported for Glue Version "
        f"{version}"
    )


def too_few(worker_type: str, minimum: int) -> str:
    """Return the error for fewer workers than the minimum."""
    return (
        f"InvalidInputException: To use Worker Type {worker_type}, minimum allowed value of Number "
        f"of Workers is {minimum}."
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_number_of_workers_of_a_job(rejection: GetRejection, operation: str) -> None:
    """The maximum is 299 DPUs' worth of workers. The minimum of 2 is that of CreateJob only."""
    found, expected = {}, {}
    for worker_type, (command, version, _, maximum) in TYPES.items():
        two = operation == "CreateJob" and worker_type in MINIMUM_IS_2
        rejected = too_few(worker_type, 2 if two else 1)
        expected[worker_type] = {
            -1: rejected,
            0: rejected,
            1: rejected if two else "",
            maximum: "",
            maximum + 1: f"InvalidInputException: To use Worker Type {worker_type}, maximum "
            f"allowed value of Number of Workers is {maximum}.",
        }
        found[worker_type] = {
            number: rejection(
                operation, command, version, WorkerType=worker_type, NumberOfWorkers=number
            )
            for number in expected[worker_type]
        }
    assert found == expected


def test_number_of_workers_of_a_run(rejection: GetRejection) -> None:
    """The minimum is 2 where AWS was observed to require it, and 1 elsewhere."""
    found = {
        worker_type: [
            rejection(
                "StartJobRun", command, version, WorkerType=worker_type, NumberOfWorkers=number
            )
            for number in (0, 1, 2, maximum)
        ]
        for worker_type, (command, version, _, maximum) in TYPES.items()
    }
    expected = {worker_type: [too_few(worker_type, 1), "", "", ""] for worker_type in TYPES}
    observed = {name: [too_few(name, 2), too_few(name, 2), "", ""] for name in MINIMUM_IS_2}
    assert found == {**expected, **observed}


def test_run_of_a_job_with_one_worker(client: Any, make_job: Callable[..., str]) -> None:
    """A job with one worker of G.1X can run; a run that requests one worker is rejected."""
    make_job(WorkerType="G.1X", NumberOfWorkers=2)
    update = {
        "Role": "GlueJobRole",
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s.py"},
        "WorkerType": "G.1X",
        "NumberOfWorkers": 1,
    }
    client.update_job(JobName="nightly", JobUpdate=update)
    assert client.start_job_run(JobName="nightly", Arguments={"--a": "b"})["JobRunId"]
    with pytest.raises(client.exceptions.InvalidInputException):
        client.start_job_run(JobName="nightly", NumberOfWorkers=1)


def test_dpus_of_a_run(start: Any, shown: Shown, make_job: Callable[..., str]) -> None:
    """MaxCapacity is the number of workers times their DPUs, AllocatedCapacity its floor."""
    found = {}
    for worker_type, (command, version, _, _) in TYPES.items():
        make_job(worker_type, command, GlueVersion=version)
        run = shown(start(worker_type, WorkerType=worker_type, NumberOfWorkers=3), worker_type)
        found[worker_type] = (run["MaxCapacity"], run["AllocatedCapacity"])
    assert found == {name: (3 * dpus, int(3 * dpus)) for name, (_, _, dpus, _) in TYPES.items()}


def test_dpus_of_a_job(client: Any, make_job: Callable[..., str]) -> None:
    """GetJob shows the DPUs of a job's workers."""
    found = {}
    for worker_type, (command, version, _, _) in TYPES.items():
        workers = {"WorkerType": worker_type, "NumberOfWorkers": 5}
        make_job(worker_type, command, GlueVersion=version, **workers)
        found[worker_type] = client.get_job(JobName=worker_type)["Job"]["MaxCapacity"]
    assert found == {name: 5 * dpus for name, (_, _, dpus, _) in TYPES.items()}


def test_glue_versions_of_worker_types(rejection: GetRejection, operation: str) -> None:
    """A definition may have Standard workers with any version, a request for a run may not."""
    supported = {
        ("Standard", "glueetl"): ("0.9", "1.0") if operation == "StartJobRun" else VERSIONS,
        ("G.1X", "glueetl"): VERSIONS,
        ("G.2X", "glueetl"): VERSIONS,
        ("G.025X", "gluestreaming"): ("3.0", "4.0", "5.0", "5.1"),
        ("G.4X", "glueetl"): ("3.0", "4.0", "5.0", "5.1"),
        ("G.8X", "glueetl"): ("3.0", "4.0", "5.0", "5.1"),
        **{(name, "glueetl"): ("4.0", "5.0", "5.1") for name in LARGEST},
    }
    assert {
        (worker_type, version): rejection(
            operation, command, version, WorkerType=worker_type, NumberOfWorkers=2
        )
        for worker_type, command in supported
        for version in VERSIONS
    } == {
        (worker_type, version): "" if version in versions else wrong_version(worker_type, version)
        for (worker_type, _), versions in supported.items()
        for version in VERSIONS
    }


def test_updates_of_terraforms_acceptance_test(client: Any) -> None:
    """Terraform reads the version that AWS chose, and sends it back with each worker type."""
    command = {"Name": "glueetl", "ScriptLocation": "testscriptlocation"}
    job: dict[str, Any] = {"Role": "r", "Command": command, "NumberOfWorkers": 10}
    client.create_job(Name="nightly", **job, WorkerType="Standard")
    job["GlueVersion"] = client.get_job(JobName="nightly")["Job"]["GlueVersion"]
    for worker_type in ("G.1X", "G.2X", "G.4X", "G.8X"):
        client.update_job(JobName="nightly", JobUpdate={**job, "WorkerType": worker_type})
    assert client.get_job(JobName="nightly")["Job"]["WorkerType"] == "G.8X"


def test_commands_of_worker_types(rejection: GetRejection, operation: str) -> None:
    """Ray has only Z.2X, Python shell has none, large types are for ETL, G.025X for streaming."""
    spark = {
        **{name: (command,) for name, (command, *_) in TYPES.items()},
        "Standard": ("glueetl", "gluestreaming"),
        "G.1X": ("glueetl", "gluestreaming"),
        "G.2X": ("glueetl", "gluestreaming"),
    }

    def expected(worker_type: str, command: str) -> str:
        if command in spark[worker_type]:
            return ""
        if command == "pythonshell":
            return "InvalidInputException: Worker Type is not supported for Job Command pythonshell"
        if command == "glueray":
            return (
                "InvalidInputException: Worker type cannot be null and only [Z.2X] worker types "
                "are supported for glueray jobs."
            )
        if worker_type == "Z.2X":
            return (
                "InvalidInputException: Worker type can be null, empty or one of supported types "
                "[Standard, G.025X, G.1X, G.2X, G.4X, G.8X, G.12X, G.16X, R.1X, R.2X, R.4X, R.8X]."
            )
        (only,) = spark[worker_type]
        return f"InvalidInputException: {worker_type} is only supported for job command [{only}]."

    pairs = [(name, command) for name in TYPES for command in ALL_COMMANDS]
    assert {
        (name, command): rejection(
            operation, command, TYPES[name][1], WorkerType=name, NumberOfWorkers=2
        )
        for name, command in pairs
    } == {pair: expected(*pair) for pair in pairs}


def test_python_shell_has_no_number_of_workers(rejection: GetRejection, operation: str) -> None:
    """The number is rejected even without a type."""
    assert rejection(operation, "pythonshell", NumberOfWorkers=2) == (
        "InvalidInputException: Worker Type is not supported for Job Command pythonshell"
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
def test_ray_requires_a_worker_type(rejection: GetRejection, operation: str) -> None:
    """Ray has no default worker type."""
    assert rejection(operation, "glueray", WorkerType=None, NumberOfWorkers=None) == (
        "InvalidInputException: Worker type cannot be null and only [Z.2X] worker types are "
        "supported for glueray jobs."
    )


@pytest.mark.parametrize("operation", ["CreateJob", "UpdateJob"])
@pytest.mark.parametrize("workers", [{"WorkerType": "G.1X"}, {"NumberOfWorkers": 2}])
def test_job_requires_both_or_neither(
    rejection: GetRejection, operation: str, workers: dict[str, Any]
) -> None:
    assert rejection(operation, **workers) == (
        "InvalidInputException: Please set both Worker Type and Number of Workers."
    )


@pytest.mark.parametrize("workers", [{"WorkerType": "G.1X"}, {"NumberOfWorkers": 2}])
def test_run_of_a_job_without_workers_requires_both_or_neither(
    rejection: GetRejection, workers: dict[str, Any]
) -> None:
    """A job of Glue 1.0 has DPUs instead of workers."""
    assert rejection("StartJobRun", version="1.0", **workers) == (
        "InvalidInputException: Please set both Worker Type and Number of Workers."
    )


@pytest.mark.parametrize(
    ("workers", "dpus"), [({"WorkerType": "G.2X"}, 20.0), ({"NumberOfWorkers": 3}, 3.0)]
)
def test_run_may_override_one_of_them(
    start: Any, shown: Shown, make_job: Callable[..., str], workers: dict[str, Any], dpus: float
) -> None:
    """The other one is the job's."""
    make_job()
    assert shown(start(**workers))["MaxCapacity"] == dpus


def test_run_may_give_workers_to_a_job_without_them(
    start: Any, shown: Shown, make_job: Callable[..., str]
) -> None:
    """They replace the DPUs of a job of Glue 1.0."""
    make_job(GlueVersion="1.0", MaxCapacity=5.0)
    run = shown(start(WorkerType="G.2X", NumberOfWorkers=4))
    assert (run["MaxCapacity"], run["WorkerType"], run["NumberOfWorkers"]) == (8.0, "G.2X", 4)


@pytest.mark.parametrize("worker_type", ["G.4X", "G.8X"])
def test_specified_regions_offer_large_workers(rejection: GetRejection, worker_type: str) -> None:
    """The ten regions that start_job_run lists."""
    errors = {
        region: rejection("StartJobRun", region=region, WorkerType=worker_type, NumberOfWorkers=2)
        for region in SPECIFIED_REGIONS
    }
    assert errors == dict.fromkeys(SPECIFIED_REGIONS, "")


@pytest.mark.parametrize(
    ("worker_types", "regions"),
    [
        (("G.1X", "G.2X"), ALL_REGIONS),
        (("G.4X", "G.8X"), LARGE_REGIONS),
        (LARGEST, LARGEST_REGIONS),
    ],
    ids=["small", "large", "largest"],
)
def test_regions_of_worker_types(
    rejection: GetRejection, worker_types: tuple[str, ...], regions: tuple[str, ...]
) -> None:
    """Elsewhere the error is that for a version that does not support the worker type."""
    assert {
        (name, region): rejection("CreateJob", region=region, WorkerType=name, NumberOfWorkers=2)
        for name in worker_types
        for region in ALL_REGIONS
    } == {
        (name, region): "" if region in regions else wrong_version(name, "4.0")
        for name in worker_types
        for region in ALL_REGIONS
    }


def test_region_is_checked_by_each_operation(rejection: GetRejection, operation: str) -> None:
    error = rejection(operation, region="eu-west-3", WorkerType="G.8X", NumberOfWorkers=2)
    assert error == wrong_version("G.8X", "4.0")


def test_unknown_worker_type(rejection: GetRejection, operation: str) -> None:
    """It violates the enum of the model, and the client does not reject it."""
    error = rejection(operation, WorkerType="G.3X", NumberOfWorkers=2)
    assert error.startswith("ValidationException: 1 validation error detected: Value 'G.3X' at '")
    assert "failed to satisfy constraint: Member must satisfy enum value set: [Standard, " in error
