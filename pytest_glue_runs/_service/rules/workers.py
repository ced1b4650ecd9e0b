"""Worker types: their DPUs, and which jobs can use them."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import NamedTuple

from pytest_glue_runs._service.rules.rule_types import DEPLOYED, Certainty, Proposal, Rule

# G.4X and G.8X. Source: https://docs.aws.amazon.com/glue/latest/dg/add-job.html. start_job_run
# lists the first ten; the other six were added later.
LARGE_REGIONS = frozenset(
    {
        "us-east-2", "us-east-1", "us-west-2", "ap-southeast-1", "ap-southeast-2",
        "ap-northeast-1", "ca-central-1", "eu-central-1", "eu-west-1", "eu-north-1",
        "us-west-1", "ap-south-1", "ap-northeast-2", "eu-west-2", "eu-south-2", "sa-east-1",
    }
)  # fmt: skip
# G.12X, G.16X and R.*. Source: as above.
LARGEST_REGIONS = frozenset(
    {
        "us-east-1", "us-west-2", "us-east-2", "eu-west-1", "eu-central-1", "eu-south-2",
        "ap-northeast-1", "sa-east-1",
    }
)  # fmt: skip
ETL = frozenset({"glueetl"})
STREAMING = frozenset({"gluestreaming"})
SPARK = ETL | STREAMING

# Of other types, one worker was observed, or nothing.
MINIMUM_IS_2 = ("G.025X", "G.1X", "G.2X")
MAXIMUM = 299


class WorkerType(NamedTuple):
    """The size of a worker, and the jobs that can use it."""

    dpus: float
    """DPUs of one worker; M-DPUs for Z.2X and R.*."""
    commands: frozenset[str] = SPARK
    since: str = "0.9"
    regions: frozenset[str] | None = None
    """None means every region."""
    maximum_certainty: Certainty = "assumed"

    @property
    def maximum(self) -> int:
        """The largest NumberOfWorkers: 299 DPUs' worth, and 299 of workers below one DPU."""
        return int(MAXIMUM / max(self.dpus, 1))


WORKER_TYPES = {
    "Standard": WorkerType(1),
    "G.025X": WorkerType(0.25, STREAMING, "3.0", maximum_certainty="observed"),
    "G.1X": WorkerType(1, maximum_certainty="documented"),
    "G.2X": WorkerType(2, maximum_certainty="documented"),
    "G.4X": WorkerType(4, ETL, "3.0", regions=LARGE_REGIONS),
    "G.8X": WorkerType(8, ETL, "3.0", regions=LARGE_REGIONS),
    "G.12X": WorkerType(12, ETL, "4.0", regions=LARGEST_REGIONS),
    "G.16X": WorkerType(16, ETL, "4.0", regions=LARGEST_REGIONS),
    "R.1X": WorkerType(1, ETL, "4.0", regions=LARGEST_REGIONS),
    "R.2X": WorkerType(2, ETL, "4.0", regions=LARGEST_REGIONS),
    "R.4X": WorkerType(4, ETL, "4.0", regions=LARGEST_REGIONS),
    "R.8X": WorkerType(8, ETL, "4.0", regions=LARGEST_REGIONS),
    "Z.2X": WorkerType(2, frozenset({"glueray"})),
}


def dpus_of(worker_type: str) -> float:
    """Return the DPUs of one worker; for an unknown type, the number in its name."""
    known = WORKER_TYPES.get(worker_type)
    if known is not None:
        return known.dpus
    number = re.search(r"\d+", worker_type)
    return float(number[0]) if number else 1


def _incomplete(proposal: Proposal) -> bool:
    effective = proposal.effective
    return proposal.command != "glueray" and (
        (effective.get("WorkerType") is None) != (effective.get("NumberOfWorkers") is None)
    )


def _wrong_command(names: Container[str]) -> Callable[[Proposal], bool]:
    def rejects(proposal: Proposal) -> bool:
        name = proposal.worker_type
        return name in names and proposal.command not in WORKER_TYPES[name].commands

    return rejects


def _wrong_version(names: Container[str]) -> Callable[[Proposal], bool]:
    def rejects(proposal: Proposal) -> bool:
        name = proposal.worker_type
        return name in names and not proposal.since(WORKER_TYPES[name].since)

    return rejects


def _wrong_region(proposal: Proposal) -> bool:
    worker = WORKER_TYPES.get(proposal.worker_type)
    return (
        worker is not None and worker.regions is not None and proposal.region not in worker.regions
    )


def _too_many(name: str) -> Callable[[Proposal], bool]:
    maximum = WORKER_TYPES[name].maximum
    return lambda proposal: (
        proposal.worker_type == name and _number_of_workers(proposal, maximum) > maximum
    )


def _number_of_workers(proposal: Proposal, default: int) -> int:
    number: int | None = proposal.effective.get("NumberOfWorkers")
    return default if number is None else number


_ABOUT = "WorkerType, NumberOfWorkers"
_DEPLOYED = f"{DEPLOYED}-job"
_ETL_ONLY = "{type} is only supported for job command [glueetl]."
_WRONG_VERSION = "Worker type {type} is not supported for Glue Version {version}"
# The types that start_job_run does not mention.
_LATER_TYPES = frozenset({"G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"})
_SPECIFIED_TYPES = WORKER_TYPES.keys() - _LATER_TYPES
_MAXIMUM_SOURCES = {
    "observed": "aws-samples/cql-replicator#98",
    "documented": "developer guide of 2021, add-job; the wording is that for G.025X",
    "assumed": "as many DPUs as for G.1X; the wording is that for G.025X",
}

RULES = (
    Rule(
        about=_ABOUT,
        when="a Python shell job has either of them",
        message="Worker Type is not supported for Job Command pythonshell",
        rejects=lambda proposal: (
            proposal.command == "pythonshell" and proposal.requests("WorkerType", "NumberOfWorkers")
        ),
        certainty="observed",
        wording="observed",
        source="cloudposse/terraform-aws-glue#42",
    ),
    Rule(
        about=_ABOUT,
        when="only one of them is effective",
        message="Please set both Worker Type and Number of Workers.",
        rejects=_incomplete,
        certainty="observed",
        wording="observed",
        source="aws/aws-cdk#26241, for CreateJob",
    ),
    Rule(
        about="WorkerType",
        when="a Ray job has a worker type other than Z.2X, or none",
        message="Worker type cannot be null and only [Z.2X] worker types are supported for "
        "glueray jobs.",
        rejects=lambda proposal: proposal.command == "glueray" and proposal.worker_type != "Z.2X",
        certainty="observed",
        wording="observed",
        source=f"aws/aws-cdk#32119; {_DEPLOYED}-ray-worker-type",
    ),
    Rule(
        about="WorkerType",
        when="Z.2X for a job other than Ray",
        message="Worker type can be null, empty or one of supported types [Standard, G.025X, G.1X, "
        "G.2X, G.4X, G.8X, G.12X, G.16X, R.1X, R.2X, R.4X, R.8X].",
        rejects=_wrong_command({"Z.2X"}),
        certainty="specified",
        wording="observed",
        source=f"start_job_run, WorkerType; wording: {_DEPLOYED}-z2x-ray-only",
    ),
    Rule(
        about="WorkerType",
        when="G.025X for a job other than Spark streaming",
        message="{type} is only supported for job command [gluestreaming].",
        rejects=_wrong_command({"G.025X"}),
        certainty="specified",
        wording="observed",
        source=f"start_job_run, WorkerType; wording: {_DEPLOYED}-g025x-streaming-only",
    ),
    Rule(
        about="WorkerType",
        when="G.4X or G.8X for a job other than Spark ETL",
        message=_ETL_ONLY,
        rejects=_wrong_command({"G.4X", "G.8X"}),
        certainty="specified",
        wording="assumed",
        source="start_job_run, WorkerType; the wording is that for G.025X",
    ),
    Rule(
        about="WorkerType",
        when="G.12X, G.16X or R.* for a job other than Spark ETL",
        message=_ETL_ONLY,
        rejects=_wrong_command(_LATER_TYPES),
        certainty="documented",
        wording="assumed",
        source="developer guide, add-job; the wording is that for G.025X",
    ),
    Rule(
        about="WorkerType",
        when="G.025X, G.4X or G.8X before Glue 3.0",
        message=_WRONG_VERSION,
        rejects=_wrong_version(_SPECIFIED_TYPES),
        certainty="specified",
        wording="assumed",
        source="start_job_run, WorkerType; the wording is that for G.12X",
    ),
    Rule(
        about="WorkerType",
        when="Standard is requested for a run of Glue 2.0 or later",
        message=_WRONG_VERSION,
        rejects=lambda proposal: (
            proposal.requested.get("WorkerType") == "Standard" and proposal.since("2.0")
        ),
        operations=("StartJobRun",),
        certainty="specified",
        wording="assumed",
        source="start_job_run, WorkerType and MaxCapacity. Definitions are accepted: "
        "hashicorp/terraform-provider-aws, internal/service/glue/job_test.go, glueVersion and "
        "workerType",
    ),
    Rule(
        about="WorkerType",
        when="G.12X, G.16X or R.* before Glue 4.0",
        message=_WRONG_VERSION,
        rejects=_wrong_version(_LATER_TYPES),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-worker-type-requires-glue-4, for CreateJob",
    ),
    Rule(
        about="WorkerType",
        when="the region does not offer it: sixteen offer G.4X and G.8X, eight the larger ones "
        "and R.*",
        message=_WRONG_VERSION,
        rejects=_wrong_region,
        certainty="documented",
        wording="observed",
        source="developer guide, add-job; wording: hashicorp/terraform-provider-aws#44420, for "
        "G.4X and Glue 5.0, where the region is the likely reason",
    ),
    Rule(
        about="NumberOfWorkers",
        when="fewer than 2 of G.025X, G.1X or G.2X are requested",
        message="To use Worker Type {type}, minimum allowed value of Number of Workers is 2.",
        rejects=lambda proposal: (
            proposal.worker_type in MINIMUM_IS_2
            and proposal.requests("WorkerType", "NumberOfWorkers")
            and _number_of_workers(proposal, 2) < 2
        ),
        operations=("CreateJob", "StartJobRun"),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-number-of-workers-min, for CreateJob; aws-samples/cql-replicator#181, "
        "for StartJobRun and G.1X. One worker of Standard was observed in a "
        "definition: hashicorp/terraform-provider-aws, internal/service/glue/job_test.go, tags1",
    ),
    Rule(
        about="NumberOfWorkers",
        when="fewer than 1",
        message="To use Worker Type {type}, minimum allowed value of Number of Workers is 1.",
        rejects=lambda proposal: _number_of_workers(proposal, 1) < 1,
        certainty="assumed",
        wording="assumed",
        source="nothing found; the wording is that for G.1X",
    ),
    *(
        Rule(
            about="NumberOfWorkers",
            when=f"more than {worker.maximum} of {name}",
            message="To use Worker Type {type}, maximum allowed value of Number of Workers is "
            f"{worker.maximum}.",
            rejects=_too_many(name),
            certainty=worker.maximum_certainty,
            wording="observed" if worker.maximum_certainty == "observed" else "assumed",
            source=_MAXIMUM_SOURCES[worker.maximum_certainty],
        )
        for name, worker in WORKER_TYPES.items()
    ),
)
