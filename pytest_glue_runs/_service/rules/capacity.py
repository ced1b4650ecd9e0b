"""MaxCapacity and AllocatedCapacity: how many DPUs a job can have."""

from __future__ import annotations

from pytest_glue_runs._service.rules.rule_types import Proposal, Rule

PYTHON_SHELL_DPUS = (0.0625, 1)
SPARK_DPUS = (2, 100)


def _out_of_range(proposal: Proposal, member: str) -> bool:
    low, high = SPARK_DPUS
    dpus = proposal.requested.get(member)
    return proposal.is_spark and dpus is not None and not low <= dpus <= high


def _not_a_shell_size(proposal: Proposal) -> bool:
    dpus = proposal.requested.get("MaxCapacity")
    return proposal.command == "pythonshell" and dpus not in (None, *PYTHON_SHELL_DPUS)


RULES = (
    Rule(
        about="MaxCapacity",
        when="given together with WorkerType or NumberOfWorkers in one request",
        message="Please do not set Max Capacity if using Worker Type and Number of Workers.",
        rejects=lambda proposal: (
            proposal.requests("MaxCapacity") and proposal.requests("WorkerType", "NumberOfWorkers")
        ),
        certainty="specified",
        wording="second-hand",
        source="start_job_run, MaxCapacity; wording: quoted by users",
    ),
    Rule(
        about="AllocatedCapacity",
        when="given together with WorkerType or NumberOfWorkers in one request",
        message="Please do not set Allocated Capacity if using Worker Type and Number of Workers",
        rejects=lambda proposal: (
            proposal.requests("AllocatedCapacity")
            and proposal.requests("WorkerType", "NumberOfWorkers")
        ),
        certainty="observed",
        wording="observed",
        source="apache/airflow#25996, for CreateJob",
    ),
    Rule(
        about="MaxCapacity, AllocatedCapacity",
        when="both are given in one request",
        message="Please set only one of Max Capacity and Allocated Capacity.",
        rejects=lambda proposal: (
            proposal.requests("MaxCapacity") and proposal.requests("AllocatedCapacity")
        ),
        certainty="assumed",
        wording="assumed",
        source="start_job_run, AllocatedCapacity: use MaxCapacity instead",
    ),
    Rule(
        about="MaxCapacity",
        when="given for a Spark job of Glue 2.0 or later; in CreateJob, if GlueVersion is given",
        message="Max Capacity is not supported for Glue Version {version}. Please set Worker Type "
        "and Number of Workers.",
        rejects=lambda proposal: (
            proposal.is_spark
            and proposal.requests("MaxCapacity")
            and "GlueVersion" in proposal.effective
            and proposal.since("2.0")
        ),
        operations=("CreateJob", "StartJobRun"),
        certainty="specified",
        wording="assumed",
        source="start_job_run, MaxCapacity. UpdateJob accepts it, as observed in boto/boto3#2644",
    ),
    Rule(
        about="MaxCapacity",
        when="given for a Ray job",
        message="Max Capacity is not supported for Job Command glueray",
        rejects=lambda proposal: proposal.command == "glueray" and proposal.requests("MaxCapacity"),
        certainty="assumed",
        wording="assumed",
        source="start_job_run, MaxCapacity, mentions only Python shell and Spark jobs",
    ),
    Rule(
        about="AllocatedCapacity",
        when="given for a Ray job",
        message="Allocated Capacity is not supported for Job Command glueray",
        rejects=lambda proposal: (
            proposal.command == "glueray" and proposal.requests("AllocatedCapacity")
        ),
        certainty="assumed",
        wording="assumed",
        source="as MaxCapacity",
    ),
    Rule(
        about="AllocatedCapacity",
        when="given for a Python shell job",
        message="Allocated Capacity is not supported for Job Command pythonshell",
        rejects=lambda proposal: (
            proposal.command == "pythonshell" and proposal.requests("AllocatedCapacity")
        ),
        certainty="documented",
        wording="assumed",
        source="developer guide, add-job-python",
    ),
    Rule(
        about="MaxCapacity",
        when="neither 0.0625 nor 1 for a Python shell job",
        message="Max Capacity for Job Command pythonshell must be either 0.0625 or 1.0.",
        rejects=_not_a_shell_size,
        certainty="specified",
        wording="assumed",
        source="start_job_run, MaxCapacity",
    ),
    Rule(
        about="MaxCapacity",
        when="below 2 or above 100 for a Spark job",
        message="Max Capacity for Job Command {command} must be between 2 and 100.",
        rejects=lambda proposal: _out_of_range(proposal, "MaxCapacity"),
        certainty="specified",
        wording="assumed",
        source="start_job_run, MaxCapacity",
    ),
    Rule(
        about="AllocatedCapacity",
        when="below 2 or above 100 for a Spark job",
        message="Allocated Capacity for Job Command {command} must be between 2 and 100.",
        rejects=lambda proposal: _out_of_range(proposal, "AllocatedCapacity"),
        certainty="assumed",
        wording="assumed",
        source="start_job_run, AllocatedCapacity, for the minimum; the maximum is that of "
        "MaxCapacity",
    ),
    Rule(
        about="MaxCapacity",
        when="not a whole number for a Spark job",
        message="Max Capacity for Job Command {command} must be a whole number.",
        rejects=lambda proposal: (
            proposal.is_spark and (proposal.requested.get("MaxCapacity") or 0) % 1 != 0
        ),
        certainty="specified",
        wording="assumed",
        source="start_job_run, MaxCapacity",
    ),
)
