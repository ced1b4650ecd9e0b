"""What moto's IAM knows: accounts of access keys, and policies."""

from __future__ import annotations

import sys
from typing import Any

from pytest_glue_runs._clients.moto.handler import is_active


def account_of(access_key: str) -> str | None:
    """Return the account that moto's IAM or STS made *access_key* for; None if neither did."""
    models: Any = sys.modules.get("moto.iam.models")
    if models is None or not is_active():
        return None
    return _account_of(models, access_key)


def _account_of(models: Any, access_key: str) -> str | None:
    for account_id, partitions in list(models.iam_backends.items()):
        for backend in list(partitions.values()):
            if access_key in backend.access_keys:
                return str(account_id)
    return None


def policy_problem(policy: str) -> str | None:
    """Return what moto's IAM finds wrong with a policy; None if nothing."""
    from moto.iam.exceptions import MalformedPolicyDocument
    from moto.iam.policy_validation import IAMPolicyDocumentValidator

    try:
        IAMPolicyDocumentValidator(policy).validate()
    except MalformedPolicyDocument as error:
        return str(error.message)
    except (AttributeError, KeyError, TypeError, ValueError):  # moto fails on null, for example
        return "Syntax errors in policy."
    return None
