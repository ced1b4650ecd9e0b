"""What is refused of the other members: time, class, queuing, arguments, policy, command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_glue_runs._service.rules import capacity, workers
from pytest_glue_runs._service.rules.behaviors import LONGEST_TIMEOUT
from pytest_glue_runs._service.rules.rule_types import Proposal, Rejection, Rule

MAX_ARGUMENTS_BYTES = 260 * 1024
COMMANDS = ("glueetl", "gluestreaming", "pythonshell", "glueray")
FLEX_WORKERS = ("", "G.1X", "G.2X")
_ARGUMENTS = ("Arguments", "DefaultArguments", "NonOverridableArguments")


def _size(arguments: Mapping[str, str] | None) -> int:
    # Half of a surrogate pair counts too: JSON can hold it.
    return sum(
        len(text.encode(errors="surrogatepass"))
        for pair in (arguments or {}).items()
        for text in pair
    )


def _is_flex(proposal: Proposal) -> bool:
    return proposal.holds.get("ExecutionClass") == "FLEX"


def _queues(proposal: Proposal) -> bool:
    return proposal.holds.get("JobRunQueuingEnabled") is True


def _max_retries(proposal: Proposal) -> int:
    retries: int = proposal.holds.get("MaxRetries") or 0
    return retries


TIMEOUT_TOO_LONG = Rule(
    about="Timeout",
    when="more than 7 days, or 10080 minutes; 10080 itself is allowed",
    message="Timeout must be less than or equal to 10080 minutes.",
    broken=lambda proposal: bool((proposal.asked.get("Timeout") or 0) > LONGEST_TIMEOUT.value),
    certainty="specified",
    source='start_job_run, Timeout, says "less than"; the developer guide, add-job, "the maximum '
    'is 10,080 minutes"; the words are assumed',
    moto="accepts it",
)

RULES = (
    Rule(
        about="Command",
        when="its Name is none of glueetl, gluestreaming, pythonshell, glueray",
        message="Job Command name is not valid. Valid values: glueetl, gluestreaming, pythonshell, "
        "glueray",
        broken=lambda proposal: proposal.command not in COMMANDS,
        operations=("CreateJob", "UpdateJob"),
        certainty="documented",
        source="botocore's model, JobCommand; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="Command",
        when="a Ray job has no Runtime",
        message="Runtime parameter is required for GlueRay command",
        broken=lambda proposal: (
            proposal.command == "glueray"
            and not (proposal.holds.get("Command") or {}).get("Runtime")
        ),
        operations=("CreateJob", "UpdateJob"),
        certainty="observed",
        source="cloud-custodian/cloud-custodian#9051",
        moto="accepts it",
    ),
    Rule(
        about="MaxRetries",
        when="below 0 or above 10",
        message="Max Retries must be from 0 to 10.",
        broken=lambda proposal: not 0 <= _max_retries(proposal) <= 10,
        operations=("CreateJob", "UpdateJob"),
        certainty="documented",
        source="developer guide, add-job; the words are assumed",
        moto="accepts it",
    ),
    # First: who gives DPUs is told so, and not that there are no workers.
    *capacity.RULES,
    *workers.RULES,
    Rule(
        about="Timeout",
        when="there is one for a Ray job",
        message="Timeout not supported for Ray jobs",
        broken=lambda proposal: proposal.command == "glueray" and proposal.has("Timeout"),
        certainty="observed",
        source="hashicorp/terraform-provider-aws#35013",
        moto="accepts it",
    ),
    TIMEOUT_TOO_LONG,
    Rule(
        about="ExecutionClass",
        when="FLEX for another command than glueetl",
        message="Execution Class FLEX is not supported for Job Command {command}",
        broken=lambda proposal: _is_flex(proposal) and proposal.command != "glueetl",
        certainty="specified",
        source="start_job_run, ExecutionClass; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="ExecutionClass",
        when="FLEX before Glue 3.0",
        message="Execution Class FLEX is not supported for Glue Version {version}",
        broken=lambda proposal: _is_flex(proposal) and not proposal.since("3.0"),
        certainty="specified",
        source="start_job_run, ExecutionClass; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="ExecutionClass",
        when="FLEX with another worker type than G.1X and G.2X",
        message="Execution Class FLEX is not supported for Worker Type {type}",
        broken=lambda proposal: _is_flex(proposal) and proposal.worker_type not in FLEX_WORKERS,
        certainty="documented",
        source="developer guide, add-job; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="JobRunQueuingEnabled",
        when="true with ExecutionClass FLEX",
        message="Job run queuing is not supported for Execution Class FLEX",
        broken=lambda proposal: _queues(proposal) and _is_flex(proposal),
        certainty="second-hand",
        source="aws/aws-cdk#31830, from the launch blog; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="JobRunQueuingEnabled",
        when="true for a job with MaxRetries above 0",
        message="Job run queuing is not supported for jobs with Max Retries greater than 0",
        broken=lambda proposal: _queues(proposal) and _max_retries(proposal) > 0,
        certainty="second-hand",
        source="aws/aws-cdk#31830, from the launch blog; the words are assumed",
        moto="accepts it",
    ),
    Rule(
        about="Arguments, DefaultArguments, NonOverridableArguments",
        when="names and values of one are more than 260 KB",
        message="Request size limit exceeded",
        broken=lambda proposal: any(
            _size(proposal.asked.get(name)) > MAX_ARGUMENTS_BYTES for name in _ARGUMENTS
        ),
        certainty="documented",
        source="developer guide, aws-glue-programming-etl-glue-arguments; the words: "
        "awsdocs/aws-glue-developer-guide#55",
        moto="accepts it",
    ),
)

MALFORMED_POLICY = Rejection(
    about="ExecutionRoleSessionPolicy",
    when="it is no valid IAM policy by moto's validator",
    message="The ExecutionRoleSessionPolicy is not valid: {problem}",
    operations=("StartJobRun",),
    certainty="assumed",
    source="start_job_run, ExecutionRoleSessionPolicy: an inline session policy",
    moto="accepts it",
)


def check(operation: str, proposal: Proposal, grandfathered: bool = False) -> None:
    """Raises the first refusal that the *proposal* meets.

    *grandfathered*: the job is as old as one that may have a longer Timeout.
    """
    for rule in RULES:
        if operation in rule.operations and not (grandfathered and rule is TIMEOUT_TOO_LONG):
            rule.check(proposal)


def effective(asked: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for a run: what StartJobRun *asked* for, over the job's definition."""
    holds = {**job, **asked}
    if "MaxCapacity" in asked or "AllocatedCapacity" in asked:
        for name in ("WorkerType", "NumberOfWorkers"):
            if name not in asked:
                holds.pop(name, None)
    return holds
