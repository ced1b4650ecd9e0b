"""ExecutionRoleSessionPolicy: its length and its syntax."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

GetRejection = Callable[..., str]

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sales/*"}
MALFORMED = "InvalidInputException: The ExecutionRoleSessionPolicy is not valid: "


def policy(*statements: dict[str, Any], **members: Any) -> str:
    """Return a policy as a client sends it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **members})


def test_run_shows_its_policy(
    start: Any, shown: Callable[..., dict[str, Any]], make_job: Callable[..., str]
) -> None:
    """Only the run that was given one shows it, unchanged."""
    make_job()
    sent = policy(STATEMENT)
    runs = [shown(start(ExecutionRoleSessionPolicy=sent)), shown(start())]
    assert [run.get("ExecutionRoleSessionPolicy") for run in runs] == [sent, None]


@pytest.mark.parametrize("length", [2047, 2048])
def test_longest_policy(rejection: GetRejection, length: int) -> None:
    """A policy may have 2048 characters."""
    sent = policy(STATEMENT).ljust(length)
    assert rejection("StartJobRun", ExecutionRoleSessionPolicy=sent) == ""


def test_policy_that_is_too_long(rejection: GetRejection) -> None:
    sent = policy(STATEMENT).ljust(2049)
    assert rejection("StartJobRun", ExecutionRoleSessionPolicy=sent) == (
        f"ValidationException: 1 validation error detected: Value '{sent}' at "
        "'executionRoleSessionPolicy' failed to satisfy constraint: Member must have length less "
        "than or equal to 2048"
    )


def test_client_rejects_a_policy_of_one_character(
    client: Any, make_job: Callable[..., str]
) -> None:
    text = "Invalid length for parameter ExecutionRoleSessionPolicy, value: 1, valid min length: 2"
    with pytest.raises(ParamValidationError, match=text):
        client.start_job_run(JobName=make_job(), ExecutionRoleSessionPolicy="x")


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ("{}", "Syntax errors in policy."),
        ("no JSON", "Syntax errors in policy."),
        ("[]", "Syntax errors in policy."),
        ("12", "Syntax errors in policy."),
        ("[" * 2000, "Syntax errors in policy."),
        (policy(), "Syntax errors in policy."),
        (policy(STATEMENT, Comment="x"), "Syntax errors in policy."),
        (policy({**STATEMENT, "Effect": "Perhaps"}), "Syntax errors in policy."),
        (
            json.dumps({"Statement": [STATEMENT]}),
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (
            policy({"Effect": "Allow", "Resource": "*"}),
            "Policy statement must contain actions.",
        ),
        (
            policy({**STATEMENT, "Resource": "sales"}),
            'Resource sales must be in ARN format or "*".',
        ),
        (
            policy({**STATEMENT, "Sid": "a"}, {**STATEMENT, "Sid": "a"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
    ],
    ids=range(12),
)
def test_malformed_policy(rejection: GetRejection, sent: str, problem: str) -> None:
    """The message is that of moto's validator."""
    assert rejection("StartJobRun", ExecutionRoleSessionPolicy=sent) == MALFORMED + problem


def test_rejected_policy_starts_no_run(client: Any, make_job: Callable[..., str]) -> None:
    with pytest.raises(client.exceptions.InvalidInputException):
        client.start_job_run(JobName=make_job(), ExecutionRoleSessionPolicy="{}")
    assert client.get_job_runs(JobName="nightly")["JobRuns"] == []
