"""Reasons for a run to fail while it is STARTING, with the ErrorMessage of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pytest_glue_runs._service.rules.rule_types import Behavior

LaunchProblem = Literal[
    "script", "role", "connection", "security_configuration", "subnet", "resources"
]
"""A reason for a run to fail while it is STARTING."""

LAUNCH_PROBLEMS: tuple[LaunchProblem, ...] = get_args(LaunchProblem)

_PREFIX = "JobName:{job} and JobRunId:{run} failed to execute with exception "
_SERVICE = (
    "(Service: AWSGlueJobExecutor; Status Code: 400; Error Code: InvalidInputException; "
    "Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)"
)

SCRIPT = Behavior(
    about="Command.ScriptLocation",
    when="the script does not exist in S3",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value="LAUNCH ERROR | Error downloading from S3 for bucket: {bucket}, key: {key}."
    "The specified key does not exist. (Service: Amazon S3; Status Code: 404; "
    "Please refer logs for details.",
    certainty="second-hand",
    wording="second-hand",
    source="quoted by users for Access Denied, with Status Code 403; the part about the key is "
    "assumed",
)
ROLE = Behavior(
    about="Role",
    when="Glue cannot assume the role",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value=_PREFIX + "Role {role} should be given assume role permissions for Glue Service.",
    certainty="documented",
    wording="documented",
    source="EventBridge guide, list of events",
)
CONNECTION = Behavior(
    about="Connections",
    when="a connection does not exist",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value=_PREFIX + "Could not find connection for the given criteria Failed to get catalog "
    "connections given names: {connections} " + _SERVICE,
    certainty="second-hand",
    wording="second-hand",
    source="quoted by a user",
)
SECURITY_CONFIGURATION = Behavior(
    about="SecurityConfiguration",
    when="the configuration does not exist",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value=_PREFIX + "Security Configuration {security_configuration} not found. " + _SERVICE,
    certainty="assumed",
    wording="assumed",
    source="nothing found",
)
SUBNET = Behavior(
    about="Connections",
    when="the subnet of a connection has no free address",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value=_PREFIX + "Number of IP addresses on subnet is 0",
    certainty="second-hand",
    wording="second-hand",
    source="operators' notes",
)
RESOURCES = Behavior(
    about="JobRunState",
    when="AWS has no capacity for the run",
    does="the run is FAILED while it is STARTING, with this ErrorMessage",
    value="Resource unavailable",
    certainty="second-hand",
    wording="second-hand",
    source="operators' notes; the developer guide, job-run-statuses, has it as a reason to wait",
)

_BEHAVIORS: dict[LaunchProblem, Behavior] = {
    "script": SCRIPT,
    "role": ROLE,
    "connection": CONNECTION,
    "security_configuration": SECURITY_CONFIGURATION,
    "subnet": SUBNET,
    "resources": RESOURCES,
}
ALL = tuple(_BEHAVIORS.values())


def launch_error(
    problem: LaunchProblem, job: str, run: str, definition: Mapping[str, Any], security: str | None
) -> str:
    """Return the ErrorMessage of a run that fails because of *problem*."""
    location = str((definition.get("Command") or {}).get("ScriptLocation") or "")
    bucket, _, key = location.removeprefix("s3://").partition("/")
    connections = (definition.get("Connections") or {}).get("Connections") or ["none"]
    text: str = _BEHAVIORS[problem].value
    return text.format(
        job=job,
        run=run,
        bucket=bucket,
        key=key,
        role=definition.get("Role"),
        connections=",".join(connections),
        security_configuration=security,
    )
