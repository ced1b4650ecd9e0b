"""Every rule for CreateJob, UpdateJob and StartJobRun, in the order they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pytest_glue_runs._service.rules import capacity, workers
from pytest_glue_runs._service.rules.behaviors import LONGEST_TIMEOUT, MAX_CONCURRENT_RUNS
from pytest_glue_runs._service.rules.rule_types import DEPLOYED, Proposal, Rejection, Rule

MAX_ARGUMENTS_BYTES = 260 * 1024
COMMANDS = ("glueetl", "gluestreaming", "pythonshell", "glueray")
FLEX_WORKERS = ("", "G.1X", "G.2X")
_DEPLOYED = f"{DEPLOYED}-job"
_ARGUMENTS = ("Arguments", "DefaultArguments", "NonOverridableArguments")


def _size(arguments: Mapping[str, str] | None) -> int:
    # surrogatepass: JSON can contain lone surrogates.
    return sum(
        len(text.encode(errors="surrogatepass"))
        for pair in (arguments or {}).items()
        for text in pair
    )


def _is_flex(proposal: Proposal) -> bool:
    return proposal.effective.get("ExecutionClass") == "FLEX"


def _is_queuing(proposal: Proposal) -> bool:
    return proposal.effective.get("JobRunQueuingEnabled") is True


def _max_concurrent_runs(proposal: Proposal) -> int:
    execution = proposal.effective.get("ExecutionProperty") or {}
    return int(execution.get("MaxConcurrentRuns", MAX_CONCURRENT_RUNS.value))


def _max_retries(proposal: Proposal) -> int:
    retries: int = proposal.effective.get("MaxRetries") or 0
    return retries


TIMEOUT_TOO_LONG = Rule(
    about="Timeout",
    when="longer than 7 days (10080 minutes); 10080 itself is allowed",
    message="Timeout should be less than or equal to 10080 minutes.",
    rejects=lambda proposal: bool((proposal.requested.get("Timeout") or 0) > LONGEST_TIMEOUT.value),
    certainty="specified",
    wording="observed",
    source='start_job_run, Timeout, says "less than"; the developer guide, add-job, "the maximum '
    f'is 10,080 minutes"; wording: {_DEPLOYED}-timeout-max, which found a longer one for streaming',
)

TOO_MANY_CONCURRENT_RUNS = Rule(
    about="ExecutionProperty",
    when="MaxConcurrentRuns exceeds max_concurrent_runs_per_job",
    message="Max Concurrent Runs must be less than or equal to {quota}.",
    rejects=lambda proposal: _max_concurrent_runs(proposal) > proposal.max_concurrent_runs_per_job,
    operations=("CreateJob", "UpdateJob"),
    certainty="documented",
    wording="assumed",
    source="botocore's model, ExecutionProperty: the maximum is controlled by a service limit",
)
# Jobs that exist already may violate these, because they were created under other limits.
_OF_NEW_JOBS = (TIMEOUT_TOO_LONG, TOO_MANY_CONCURRENT_RUNS)

RULES = (
    Rule(
        about="Role",
        when="missing or empty",
        message="Role should not be null or empty",
        rejects=lambda proposal: not proposal.effective.get("Role"),
        operations=("CreateJob", "UpdateJob"),
        certainty="documented",
        wording="second-hand",
        source="botocore's model, CreateJob and JobUpdate; wording: quoted by a user of UpdateJob",
    ),
    # Before all rules that depend on the command.
    Rule(
        about="Command",
        when="Command or its Name is missing or empty",
        message="Command name should not be null or empty",
        rejects=lambda proposal: not (proposal.effective.get("Command") or {}).get("Name"),
        operations=("CreateJob", "UpdateJob"),
        certainty="observed",
        wording="observed",
        source="awsdocs/aws-cloudformation-user-guide#101, for a Command without Name",
    ),
    Rule(
        about="Command",
        when="Name is not glueetl, gluestreaming, pythonshell or glueray",
        message="Job Command name is not valid. Valid values: glueetl, gluestreaming, pythonshell, "
        "glueray",
        rejects=lambda proposal: proposal.command not in COMMANDS,
        operations=("CreateJob", "UpdateJob"),
        certainty="documented",
        wording="assumed",
        source="botocore's model, JobCommand",
    ),
    Rule(
        about="Command",
        when="the command of a Ray job has no Runtime",
        message="Runtime parameter is required for GlueRay command",
        rejects=lambda proposal: (
            proposal.command == "glueray"
            and not (proposal.effective.get("Command") or {}).get("Runtime")
        ),
        operations=("CreateJob", "UpdateJob"),
        certainty="observed",
        wording="observed",
        source="cloud-custodian/cloud-custodian#9051",
    ),
    Rule(
        about="Command",
        when="the command of a job other than Ray has a Runtime",
        message="Runtime field is not supported for {command} command type",
        rejects=lambda proposal: (
            proposal.command != "glueray"
            and bool((proposal.effective.get("Command") or {}).get("Runtime"))
        ),
        operations=("CreateJob", "UpdateJob"),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-runtime-ray-only, for CreateJob",
    ),
    Rule(
        about="MaintenanceWindow",
        when="given for a job other than Spark streaming",
        message="Maintenance window should be provided only for glue streaming jobs",
        rejects=lambda proposal: (
            proposal.command != "gluestreaming" and proposal.requests("MaintenanceWindow")
        ),
        operations=("CreateJob", "UpdateJob"),
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-maintenance-window-streaming-only, for CreateJob",
    ),
    Rule(
        about="MaxRetries",
        when="below 0 or above 10",
        message="Max Retries must be between 0 and 10.",
        rejects=lambda proposal: not 0 <= _max_retries(proposal) <= 10,
        operations=("CreateJob", "UpdateJob"),
        certainty="documented",
        wording="assumed",
        source="developer guide, add-job",
    ),
    Rule(
        about="ExecutionProperty",
        when="MaxConcurrentRuns is below 1",
        message="Max Concurrent Runs must be greater than or equal to 1.",
        rejects=lambda proposal: _max_concurrent_runs(proposal) < 1,
        operations=("CreateJob", "UpdateJob"),
        certainty="assumed",
        wording="assumed",
        source="nothing found; Terraform's provider does not send less",
    ),
    TOO_MANY_CONCURRENT_RUNS,
    # Capacity first: a request with DPUs is rejected for its DPUs, not for missing workers.
    *capacity.RULES,
    *workers.RULES,
    Rule(
        about="Timeout",
        when="given for a Ray job",
        message="Timeout not supported for Ray jobs",
        rejects=lambda proposal: proposal.command == "glueray" and proposal.requests("Timeout"),
        certainty="observed",
        wording="observed",
        source="hashicorp/terraform-provider-aws#35013",
    ),
    TIMEOUT_TOO_LONG,
    Rule(
        about="ExecutionClass",
        when="FLEX with a command other than glueetl",
        message="Flex job is supported for ETL jobs only",
        rejects=lambda proposal: _is_flex(proposal) and proposal.command != "glueetl",
        certainty="specified",
        wording="observed",
        source=f"start_job_run, ExecutionClass; wording: {_DEPLOYED}-flex-command-name",
    ),
    Rule(
        about="ExecutionClass",
        when="FLEX before Glue 3.0",
        message="Execution Class FLEX is not supported for Glue Version {version}",
        rejects=lambda proposal: _is_flex(proposal) and not proposal.since("3.0"),
        certainty="specified",
        wording="assumed",
        source="start_job_run, ExecutionClass",
    ),
    Rule(
        about="ExecutionClass",
        when="FLEX with a worker type other than G.1X and G.2X",
        message="Worker type cannot be null and only [G.1X, G.2X] worker types are supported for "
        "Flex jobs.",
        rejects=lambda proposal: _is_flex(proposal) and proposal.worker_type not in FLEX_WORKERS,
        certainty="observed",
        wording="observed",
        source=f"{_DEPLOYED}-flex-worker-type",
    ),
    Rule(
        about="JobRunQueuingEnabled",
        when="true with ExecutionClass FLEX",
        message="Job run queuing is not supported for Execution Class FLEX",
        rejects=lambda proposal: _is_queuing(proposal) and _is_flex(proposal),
        certainty="second-hand",
        wording="assumed",
        source="aws/aws-cdk#31830, which cites the launch blog",
    ),
    Rule(
        about="JobRunQueuingEnabled",
        when="true for a job with MaxRetries above 0",
        message="Job run queuing is not supported for jobs with Max Retries greater than 0",
        rejects=lambda proposal: _is_queuing(proposal) and _max_retries(proposal) > 0,
        certainty="second-hand",
        wording="assumed",
        source="aws/aws-cdk#31830, which cites the launch blog",
    ),
    Rule(
        about="Arguments, DefaultArguments, NonOverridableArguments",
        when="the names and values of one map exceed 260 KB together",
        message="Request size limit exceeded",
        rejects=lambda proposal: any(
            _size(proposal.requested.get(name)) > MAX_ARGUMENTS_BYTES for name in _ARGUMENTS
        ),
        certainty="documented",
        wording="observed",
        source="developer guide, aws-glue-programming-etl-glue-arguments; wording: "
        "awsdocs/aws-glue-developer-guide#55",
    ),
)

MALFORMED_POLICY = Rejection(
    about="ExecutionRoleSessionPolicy",
    when="moto's validator does not accept it as an IAM policy",
    message="The ExecutionRoleSessionPolicy is not valid: {problem}",
    operations=("StartJobRun",),
    certainty="assumed",
    wording="assumed",
    source="start_job_run, ExecutionRoleSessionPolicy: an inline session policy",
)


def check(operation: str, proposal: Proposal, grandfathered: bool = False) -> None:
    """Raise the error of the first rule of *operation* that rejects *proposal*.

    *grandfathered* allows what only new jobs may not have: a Timeout or MaxConcurrentRuns over
    its limit.
    """
    for rule in _rules_of(operation, grandfathered):
        rule.check(proposal)


@cache
def _rules_of(operation: str, grandfathered: bool) -> list[Rule]:
    return [
        rule
        for rule in RULES
        if operation in rule.operations and not (grandfathered and rule in _OF_NEW_JOBS)
    ]


def effective_request(requested: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
    """Return what StartJobRun *requested* over the definition of its *job*.

    Requested DPUs replace the workers of the job.
    """
    effective = {**job, **requested}
    if "MaxCapacity" in requested or "AllocatedCapacity" in requested:
        for name in ("WorkerType", "NumberOfWorkers"):
            if name not in requested:
                effective.pop(name, None)
    return effective
