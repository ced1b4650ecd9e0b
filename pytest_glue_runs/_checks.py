"""What a test hands to its control, checked: the words say what is valid, and what was meant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pytest_glue_runs._service.model.plan import PLANNERS, Plan
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.protocol.request_model import RequestModel
from pytest_glue_runs._service.rules.errors import KNOWN, GlueError
from pytest_glue_runs._settings import OPTIONS
from pytest_glue_runs._suggest import did_you_mean


def check_keywords(
    job_name: str, definition: Mapping[str, Any], request_model: RequestModel
) -> None:
    """Raises TypeError for a keyword of add_job that CreateJob does not have, or a key of one
    of its structures."""
    members = request_model.members("CreateJobRequest")
    valid = [member for member in members if member != "Name"]
    structures = {
        name: list(members[name].members)
        for name in valid
        if members[name].type_name == "structure"
    }
    for keyword, value in definition.items():
        if keyword not in valid:
            hint = _home(keyword, structures) or did_you_mean(keyword, valid)
            raise _unknown(job_name, "CreateJob", keyword, hint, valid)
        if keyword in structures and isinstance(value, Mapping):
            for key in value:
                if key not in structures[keyword]:
                    hint = did_you_mean(key, structures[keyword])
                    raise _unknown(job_name, keyword, key, hint, structures[keyword])


def _home(keyword: str, structures: Mapping[str, list[str]]) -> str:
    """Where a keyword belongs that stands one level too high."""
    for name, keys in structures.items():
        if keyword in keys:
            return f" Did you mean {name}={{{keyword!r}: ...}}?"
    return ""


def _unknown(job_name: str, owner: str, name: object, hint: str, valid: Iterable[str]) -> TypeError:
    return TypeError(
        f"add_job({job_name!r}): {owner} has no {name!r}.{hint} Valid: {', '.join(valid)}."
    )


def as_sent(job_name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords of add_job as a client would send them: tuples are lists, say.

    Raises TypeError for a value that cannot be sent.
    """
    sent = {}
    for keyword, value in definition.items():
        try:
            sent[keyword] = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError):
            raise TypeError(
                f"add_job({job_name!r}, {keyword}={value!r}): no client could send this value. "
                "Valid: text, numbers, truth values, and lists and dicts of them."
            ) from None
    return sent


def check_account(account_id: str | None) -> None:
    """Raises ValueError for what is no account's id."""
    if account_id is not None:
        try:
            OPTIONS["account_id"].parse(account_id)
        except ValueError as error:
            raise ValueError(f"add_job(account_id=...): {error}") from None


def check_run_id(run_id: object) -> None:
    """Raises TypeError for what is no run's id."""
    if not isinstance(run_id, str):
        answer = isinstance(run_id, Mapping) and "JobRunId" in run_id
        meant = " Did you mean the answer's ['JobRunId']?" if answer else ""
        raise TypeError(f"run({run_id!r}): the id of a run is text.{meant}")


def misread_keyword(request: Mapping[str, Any], request_model: RequestModel) -> str:
    """The keyword with its value that CreateJob cannot read, for the front of the error."""
    for keyword, value in request.items():
        try:
            request_model.validate("CreateJob", {keyword: value})
        except GlueError as error:
            if error.code == "SerializationException":
                return f", {keyword}={value!r}"
    return ""


def check_plans(job_name: object, plans: Sequence[object]) -> None:
    """Raises TypeError for arguments of plan that are no name and plans."""
    if not isinstance(job_name, str):
        raise TypeError(f"plan({job_name!r}): the first argument is the job's name.")
    for plan in plans:
        if not isinstance(plan, Plan):
            raise TypeError(
                f"plan({job_name!r}): {plan!r} is not a plan.{_meant(plan)} "
                "Valid: succeeds(...), fails(...), hangs(...)."
            )


def _meant(plan: object) -> str:
    if plan in PLANNERS:
        return f" Call it: {getattr(plan, '__name__', '')}()."
    if isinstance(plan, Iterable) and not isinstance(plan, str):
        return " Give each plan by itself, or unpack them with *."
    return ""


def check_fault(
    operation: object, code: object, message: object, times: object, request_model: RequestModel
) -> None:
    """Raises ValueError or TypeError for arguments of fail_next that mean no error of Glue's."""
    if operation not in [*OPERATIONS]:
        raise ValueError(
            f"fail_next({operation!r}): that is none of Glue's operations on jobs and runs."
            f"{did_you_mean(operation, OPERATIONS)} Valid: {', '.join(OPERATIONS)}."
        )
    codes = [*KNOWN, *request_model.error_codes()]
    if code not in codes:
        own = sorted({*KNOWN, *request_model.error_codes(str(operation))})
        raise ValueError(
            f"fail_next({operation!r}, {code!r}): that is no error code of Glue."
            f"{did_you_mean(code, codes)} Valid: {', '.join(own)}, "
            "and those that only other operations of Glue have."
        )
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ValueError(f"fail_next(times={times!r}): times is a whole number from 1 on.")
    if message is not None and not isinstance(message, str):
        raise TypeError(f"fail_next(message={message!r}): the message is text.")
