"""ExecutionRoleSessionPolicy: its length, and that it is a policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ParamValidationError

Ask = Callable[..., str]

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sales/*"}
MALFORMED = "InvalidInputException: The ExecutionRoleSessionPolicy is not valid: "


def policy(*statements: dict[str, Any], **members: Any) -> str:
    """A policy as a client sends it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **members})


def test_policy_is_shown_by_the_run(
    start: Any, shown: Callable[..., dict[str, Any]], make_job: Callable[..., str]
) -> None:
    """It comes back as it was sent, for that run alone."""
    make_job()
    sent = policy(STATEMENT)
    runs = [shown(start(ExecutionRoleSessionPolicy=sent)), shown(start())]
    assert [run.get("ExecutionRoleSessionPolicy") for run in runs] == [sent, None]


@pytest.mark.parametrize("length", [2047, 2048])
def test_longest_policy(ask: Ask, length: int) -> None:
    """A policy has 2048 characters at most."""
    sent = policy(STATEMENT).ljust(length)
    assert ask("StartJobRun", ExecutionRoleSessionPolicy=sent) == ""


def test_policy_that_is_too_long(ask: Ask) -> None:
    """2049 characters break the model's constraint."""
    sent = policy(STATEMENT).ljust(2049)
    assert ask("StartJobRun", ExecutionRoleSessionPolicy=sent) == (
        f"ValidationException: 1 validation error detected: Value '{sent}' at "
        "'executionRoleSessionPolicy' failed to satisfy constraint: Member must have length less "
        "than or equal to 2048"
    )


def test_policy_that_is_too_short(client: Any, make_job: Callable[..., str]) -> None:
    """The client itself refuses one character."""
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
def test_policy_that_is_none(ask: Ask, sent: str, problem: str) -> None:
    """What moto's validator finds wrong is told in its words."""
    assert ask("StartJobRun", ExecutionRoleSessionPolicy=sent) == MALFORMED + problem


def test_refused_policy_starts_no_run(client: Any, make_job: Callable[..., str]) -> None:
    """There is no run of a request that was refused."""
    with pytest.raises(client.exceptions.InvalidInputException):
        client.start_job_run(JobName=make_job(), ExecutionRoleSessionPolicy="{}")
    assert client.get_job_runs(JobName="nightly")["JobRuns"] == []
