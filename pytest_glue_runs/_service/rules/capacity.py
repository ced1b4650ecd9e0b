"""MaxCapacity and AllocatedCapacity: how many DPUs a job can have."""

from __future__ import annotations

from pytest_glue_runs._service.rules.rule_types import DEPLOYED, Proposal, Rule

PYTHON_SHELL_DPUS = (0.0625, 1)
SPARK_DPUS = (2, 100)
_DEPLOYED = f"{DEPLOYED}-job"
_SHELL = f"{_DEPLOYED}-pythonshell-max-capacity-values"


def _out_of_range(proposal: Proposal, member: str) -> bool:
    low, high = SPARK_DPUS
    dpus = proposal.requested.get(member)
    return proposal.is_spark and dpus is not None and not low <= dpus <= high


def _shell_dpus(proposal: Proposal) -> float:
    """Return the requested DPUs of a Python shell job; a valid number if there are none."""
    dpus: float | None = proposal.requested.get("MaxCapacity")
    return 1 if proposal.command != "pythonshell" or dpus is None else dpus


RULES = (
    Rule(
        about="MaxCapacity",
        when="given together with WorkerType or NumberOfWorkers in one request",
        message="Please do not set Max Capacity if using Worker Type and Number of Workers.",
        rejects=lambda proposal: (
            proposal.requests("MaxCapacity") and proposal.requests("WorkerType", "NumberOfWorkers")
        ),
        certainty="specified",
        wording="observed",
        source=f"start_job_run, MaxCapacity; wording: {_DEPLOYED}-max-capacity-with-worker-type",
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
        when="above 1 or below 0 for a Python shell job",
        message="Max Capacity should be between 0.0 and 1.0 if present for pythonshell.",
        rejects=lambda proposal: not 0 <= _shell_dpus(proposal) <= 1,
        certainty="specified",
        wording="observed",
        source=f"start_job_run, MaxCapacity; wording: {_SHELL}",
    ),
    Rule(
        about="MaxCapacity",
        when="between 0 and 1 for a Python shell job, and not 0.0625; 0 stands for the default",
        message="Max Capacity values with precision supported for pythonshell are [0.0625].",
        rejects=lambda proposal: _shell_dpus(proposal) not in (0, *PYTHON_SHELL_DPUS),
        certainty="specified",
        wording="observed",
        source=f"start_job_run, MaxCapacity; wording: {_SHELL}",
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
        message="Max Capacity with precision currently not supported for {command}.",
        rejects=lambda proposal: (
            proposal.is_spark and (proposal.requested.get("MaxCapacity") or 0) % 1 != 0
        ),
        certainty="specified",
        wording="observed",
        source=f"start_job_run, MaxCapacity; wording: {_DEPLOYED}-max-capacity-fractional",
    ),
)
