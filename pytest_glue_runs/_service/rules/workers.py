"""Worker types: what each is worth, and which job may have which."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pytest_glue_runs._service.rules.rule_types import Certainty, Proposal, Rule

# Source: https://docs.aws.amazon.com/glue/latest/dg/add-job.html. start_job_run lists ten of
# them; the six behind were added since.
LARGE_REGIONS = frozenset(
    {
        "us-east-2", "us-east-1", "us-west-2", "ap-southeast-1", "ap-southeast-2",
        "ap-northeast-1", "ca-central-1", "eu-central-1", "eu-west-1", "eu-north-1",
        "us-west-1", "ap-south-1", "ap-northeast-2", "eu-west-2", "eu-south-2", "sa-east-1",
    }
)  # fmt: skip
# Source: as above, for G.12X, G.16X and R.*.
LARGEST_REGIONS = frozenset(
    {
        "us-east-1", "us-west-2", "us-east-2", "eu-west-1", "eu-central-1", "eu-south-2",
        "ap-northeast-1", "sa-east-1",
    }
)  # fmt: skip
ETL = frozenset({"glueetl"})
STREAMING = frozenset({"gluestreaming"})
SPARK = ETL | STREAMING


MINIMUM = 2
MAXIMUM = 299


class WorkerType(NamedTuple):
    """What a worker is, and which jobs may have it."""

    dpus: float
    """DPUs of one worker; of Z.2X and R.* they are M-DPUs."""
    commands: frozenset[str] = SPARK
    since: str = "0.9"
    before: str | None = None
    regions: frozenset[str] | None = None
    maximum_is: Certainty = "assumed"

    @property
    def maximum(self) -> int:
        """The largest NumberOfWorkers: 299, fewer where a worker is more than one DPU."""
        return int(MAXIMUM / max(self.dpus, 1))


WORKER_TYPES = {
    "Standard": WorkerType(1, before="2.0"),
    "G.025X": WorkerType(0.25, STREAMING, "3.0", maximum_is="observed"),
    "G.1X": WorkerType(1, maximum_is="documented"),
    "G.2X": WorkerType(2, maximum_is="documented"),
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
    """The DPUs of a worker; of a type that is new, what its name says."""
    known = WORKER_TYPES.get(worker_type)
    if known is not None:
        return known.dpus
    named = re.search(r"\d+", worker_type)
    return float(named[0]) if named else 1


def _half(proposal: Proposal) -> bool:
    holds = proposal.holds
    return proposal.command != "glueray" and (
        (holds.get("WorkerType") is None) != (holds.get("NumberOfWorkers") is None)
    )


def _for_command(proposal: Proposal) -> bool:
    worker = WORKER_TYPES.get(proposal.worker_type)
    return worker is not None and proposal.command not in worker.commands


def _for_version(proposal: Proposal) -> bool:
    worker = WORKER_TYPES.get(proposal.worker_type)
    if worker is None:
        return False
    ended = worker.before is not None and proposal.since(worker.before)
    return ended or not proposal.since(worker.since)


def _for_region(proposal: Proposal) -> bool:
    worker = WORKER_TYPES.get(proposal.worker_type)
    return (
        worker is not None and worker.regions is not None and proposal.region not in worker.regions
    )


def _too_many(of_type: str) -> Callable[[Proposal], bool]:
    maximum = WORKER_TYPES[of_type].maximum
    return lambda proposal: (
        proposal.worker_type == of_type and _workers(proposal, maximum) > maximum
    )


def _workers(proposal: Proposal, default: int) -> int:
    number: int | None = proposal.holds.get("NumberOfWorkers")
    return default if number is None else number


_ABOUT = "WorkerType, NumberOfWorkers"

RULES = (
    Rule(
        about=_ABOUT,
        when="either is there for a Python shell job",
        message="Worker Type is not supported for Job Command pythonshell",
        broken=lambda proposal: (
            proposal.command == "pythonshell" and proposal.has("WorkerType", "NumberOfWorkers")
        ),
        certainty="observed",
        source="cloudposse/terraform-aws-glue#42",
        moto="accepts it",
    ),
    Rule(
        about=_ABOUT,
        when="only one of them holds",
        message="Please set both Worker Type and Number of Workers.",
        broken=_half,
        certainty="observed",
        source="aws/aws-cdk#26241, for CreateJob",
        moto="accepts it",
    ),
    Rule(
        about="WorkerType",
        when="a Ray job has another than Z.2X, or none",
        message="Worker type cannot be null and only [Z.2X] worker types are supported for "
        "glueray jobs",
        broken=lambda proposal: proposal.command == "glueray" and proposal.worker_type != "Z.2X",
        certainty="observed",
        source="aws/aws-cdk#32119",
        moto="accepts it",
    ),
    Rule(
        about="WorkerType",
        when="G.4X and larger for other than Spark ETL, G.025X for other than streaming, "
        "Z.2X for other than Ray",
        message="Worker Type {type} is not supported for Job Command {command}",
        broken=_for_command,
        certainty="specified",
        source="start_job_run, WorkerType; the words are those for Python shell",
        moto="accepts it",
    ),
    Rule(
        about="WorkerType",
        when="the Glue version does not have it: Standard from 2.0 on; G.025X, G.4X, G.8X before "
        "3.0; G.12X, G.16X, R.* before 4.0",
        message="Worker type {type} is not supported for Glue Version {version}",
        broken=_for_version,
        certainty="specified",
        source="start_job_run, WorkerType; developer guide, add-job; the words: "
        "hashicorp/terraform-provider-aws#44420",
        moto="accepts it",
    ),
    Rule(
        about="WorkerType",
        when="the region does not have it: sixteen have G.4X and G.8X, eight the larger and R.*",
        message="Worker type {type} is not supported for Glue Version {version}",
        broken=_for_region,
        certainty="observed",
        source="developer guide, add-job; the words: hashicorp/terraform-provider-aws#44420",
        moto="accepts it",
    ),
    Rule(
        about="NumberOfWorkers",
        when="fewer than 2 (observed of G.1X)",
        message="To use Worker Type {type}, minimum allowed value of Number of Workers is 2.",
        broken=lambda proposal: _workers(proposal, MINIMUM) < MINIMUM,
        certainty="observed",
        source="aws-samples/cql-replicator#181",
        moto="accepts it",
    ),
    *(
        Rule(
            about="NumberOfWorkers",
            when=f"more than {worker.maximum} of {name}",
            message="To use Worker Type {type}, maximum allowed value of Number of Workers is "
            f"{worker.maximum}.",
            broken=_too_many(name),
            certainty=worker.maximum_is,
            source="aws-samples/cql-replicator#98 for G.025X; developer guide of 2021, add-job, "
            "for G.1X and G.2X; the others: as many DPUs",
            moto="accepts it",
        )
        for name, worker in WORKER_TYPES.items()
    ),
)
