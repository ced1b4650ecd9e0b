"""MaxCapacity and AllocatedCapacity: which job may have how many DPUs."""

from __future__ import annotations

from pytest_glue_runs._service.rules.rule_types import Proposal, Rule

PYTHON_SHELL_DPUS = (0.0625, 1)
SPARK_DPUS = (2, 100)


def _out_of_range(proposal: Proposal) -> bool:
    low, high = SPARK_DPUS
    asked = [proposal.asked.get(name) for name in ("MaxCapacity", "AllocatedCapacity")]
    return proposal.is_spark and any(dpus is not None and not low <= dpus <= high for dpus in asked)


def _not_for_shell(proposal: Proposal) -> bool:
    dpus = proposal.asked.get("MaxCapacity")
    return proposal.command == "pythonshell" and dpus not in (None, *PYTHON_SHELL_DPUS)


RULES = (
    Rule(
        about="MaxCapacity, AllocatedCapacity",
        when="together with WorkerType or NumberOfWorkers in one request",
        message="Please do not set Max Capacity if using Worker Type and Number of Workers.",
        broken=lambda proposal: (
            proposal.has("MaxCapacity", "AllocatedCapacity")
            and proposal.has("WorkerType", "NumberOfWorkers")
        ),
        certainty="second-hand",
        source="start_job_run, MaxCapacity; apache/airflow#19207 for AllocatedCapacity",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity, AllocatedCapacity",
        when="both in one request",
        message="Please set only one of Max Capacity and Allocated Capacity.",
        broken=lambda proposal: proposal.has("MaxCapacity") and proposal.has("AllocatedCapacity"),
        certainty="assumed",
        source="start_job_run, AllocatedCapacity: use MaxCapacity instead; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity",
        when="a Spark job of Glue 2.0 or later",
        message="Max Capacity is not supported for Glue Version {version}. Please set Worker Type "
        "and Number of Workers.",
        broken=lambda proposal: (
            proposal.is_spark and proposal.has("MaxCapacity") and proposal.since("2.0")
        ),
        operations=("CreateJob", "StartJobRun"),
        certainty="specified",
        source="start_job_run, MaxCapacity; the words are assumed. UpdateJob was seen to accept "
        "it and to turn it into workers (boto/boto3#2644), so it does",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity, AllocatedCapacity",
        when="a Ray job",
        message="Max Capacity is not supported for Job Command glueray",
        broken=lambda proposal: (
            proposal.command == "glueray" and proposal.has("MaxCapacity", "AllocatedCapacity")
        ),
        certainty="assumed",
        source="start_job_run, MaxCapacity names Python shell and Spark only",
        moto="accepts it",
    ),
    Rule(
        about="AllocatedCapacity",
        when="a Python shell job",
        message="Allocated Capacity is not supported for Job Command pythonshell",
        broken=lambda proposal: (
            proposal.command == "pythonshell" and proposal.has("AllocatedCapacity")
        ),
        certainty="documented",
        source="developer guide, add-job-python; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity",
        when="other than 0.0625 or 1 for a Python shell job",
        message="Max Capacity for Job Command pythonshell must be either 0.0625 or 1.0.",
        broken=_not_for_shell,
        certainty="specified",
        source="start_job_run, MaxCapacity; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity, AllocatedCapacity",
        when="below 2 or above 100 for a Spark job",
        message="Max Capacity for Job Command {command} must be from 2 to 100.",
        broken=_out_of_range,
        certainty="specified",
        source="start_job_run, MaxCapacity and AllocatedCapacity; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="MaxCapacity",
        when="a fraction for a Spark job",
        message="Max Capacity must not be fractional for Job Command {command}.",
        broken=lambda proposal: (
            proposal.is_spark and (proposal.asked.get("MaxCapacity") or 0) % 1 != 0
        ),
        certainty="specified",
        source="start_job_run, MaxCapacity; the words are assumed",
        moto="accepts it",
    ),
)
