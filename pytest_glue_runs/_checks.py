"""Check the arguments of the test's own calls. Messages list valid values and suggest near ones."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args

from pytest_glue_runs._clients.model import region_names
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._scripts.executes import executes
from pytest_glue_runs._service.engine.faults import CONNECTION_ERRORS
from pytest_glue_runs._service.model.plan import PLANNERS, Plan
from pytest_glue_runs._service.model.plan_parts import check_function, show_script
from pytest_glue_runs._service.model.run import RunState
from pytest_glue_runs._service.model.store import Region
from pytest_glue_runs._service.model.trigger import Trigger
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.protocol.request_model import RequestModel
from pytest_glue_runs._service.rules.errors import KNOWN, GlueError
from pytest_glue_runs._settings import PARSERS
from pytest_glue_runs._suggest import did_you_mean, listed
from pytest_glue_runs._time.duration import parse_duration
from pytest_glue_runs.errors import UnknownNameError

# More than any client retries, and than max_reads lets a loop try.
_MOST_TIMES = 1_000_000

# A label in the host name of an endpoint, as botocore requires, in lower case.
_REGION = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def check_name(function: str, kind: str, name: object, masker: Masker) -> str:
    """Return *name* as plain text, also if it is an enum's; raise TypeError if it is not text."""
    __tracebackhide__ = True
    if not isinstance(name, str):
        raise TypeError(f"{function}({masker.show(name)}): the name of a {kind} is text.")
    return str.__str__(name)


def check_one_name(function: str, name: object, keyword: object, masker: Masker) -> str:
    """Return the name of a job that is given by position or as CreateJob's keyword ``Name``."""
    __tracebackhide__ = True
    if name is None and keyword is None:
        raise TypeError(f"{function}(): the job has no name. Give it first, or as Name=.")
    if name is not None and keyword is not None:
        raise TypeError(
            f"{function}({masker.show(name)}, Name={masker.show(keyword)}): "
            "the name is given twice. Leave one of them out."
        )
    return check_name(function, "job", keyword if name is None else name, masker)


def check_known(
    kind: str, name: str, known: Collection[str], masker: Masker, where: str = ""
) -> None:
    """Raise UnknownNameError if *name* is not *known*; the message says *where*."""
    __tracebackhide__ = True
    if name not in known:
        all_known = listed(known) or f"there are no {kind}s"
        raise UnknownNameError(
            f"There is no {kind} {masker.show(name)}{where}.{did_you_mean(name, known)} "
            f"Known: {all_known}."
        )


def check_keywords(
    job_name: str, definition: Mapping[str, Any], request_model: RequestModel
) -> None:
    """Raise TypeError for a keyword that CreateJob, or a key that its structure, does not have."""
    __tracebackhide__ = True
    members = request_model.members("CreateJobRequest")
    valid = [member for member in members if member != "Name"]  # it is checked before
    structures = {
        name: list(members[name].members)
        for name in valid
        if members[name].type_name == "structure"
    }
    for keyword, value in definition.items():
        if keyword not in valid:
            hint = _owner(keyword, structures) or did_you_mean(keyword, valid)
            raise _unknown(job_name, "CreateJob", keyword, hint, valid)
        if keyword in structures and isinstance(value, Mapping):
            for key in value:
                if key not in structures[keyword]:
                    hint = did_you_mean(key, structures[keyword])
                    raise _unknown(job_name, keyword, key, hint, structures[keyword])


def _owner(keyword: str, structures: Mapping[str, list[str]]) -> str:
    """Suggest the structure that has *keyword* as its key."""
    for name, keys in structures.items():
        if keyword in keys:
            return f" Did you mean {name}={{{keyword!r}: ...}}?"
    return ""


def _unknown(job_name: str, owner: str, name: object, hint: str, valid: Iterable[str]) -> TypeError:
    return TypeError(
        f"add_job({job_name!r}): {owner} has no {name!r}.{hint} Valid: {', '.join(valid)}."
    )


def as_json(job_name: str, definition: Mapping[str, Any], masker: Masker) -> bytes:
    """Return the keywords of add_job as a client would send them.

    Raises TypeError for a value that JSON does not have.
    """
    __tracebackhide__ = True
    for keyword, value in definition.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            raise TypeError(
                f"add_job({job_name!r}, {keyword}={masker.show(value)}): no client can send this "
                "value. Valid: text, numbers, booleans, and lists and dicts of them."
            ) from None
    return json.dumps(dict(definition)).encode()


def check_account(function: str, account_id: object) -> None:
    """Raise ValueError if *account_id* is not an account id."""
    __tracebackhide__ = True
    try:
        PARSERS["account_id"](account_id)
    except ValueError as error:
        raise ValueError(f"{function}(account_id=...): {error}") from None


def check_region(function: str, region: object) -> None:
    """Raise ValueError if *region* cannot be the name of a region, TypeError if it is not text."""
    __tracebackhide__ = True
    if not isinstance(region, str):
        raise TypeError(f'{function}(region={region!r}): a region is text such as "us-east-1".')
    if not _REGION.fullmatch(region):
        raise ValueError(
            f"{function}(region={region!r}): this is not the name of a region."
            f"{did_you_mean(region.lower(), region_names())} "
            'Valid: lower-case text such as "us-east-1".'
        )


def check_run_id(run_id: object, masker: Masker) -> None:
    """Raise TypeError if *run_id* is not text."""
    __tracebackhide__ = True
    if not isinstance(run_id, str):
        response = isinstance(run_id, Mapping) and "JobRunId" in run_id
        hint = " Did you mean the response's ['JobRunId']?" if response else ""
        raise TypeError(f"run({masker.show(run_id)}): the id of a run is text.{hint}")


def unreadable_keyword(
    definition: Mapping[str, Any], request_model: RequestModel, masker: Masker
) -> str:
    """Return ``, keyword=value`` for the keyword whose value CreateJob cannot read, if any.

    AWS's own message does not name it.
    """
    for keyword, value in definition.items():
        try:
            request_model.validate("CreateJob", {keyword: value})
        except GlueError as error:
            if error.code == "SerializationException":
                return f", {keyword}={masker.show(value)}"
    return ""


VALID_PLANS = ", ".join(f"{planner.__name__}(...)" for planner in (*PLANNERS, executes))
_VALID_CRAWL_PLANS = "succeeds(...), fails(...), hangs()"


def check_plans(function: str, name: str, plans: Sequence[object], masker: Masker) -> None:
    """Raise TypeError if there are no *plans*, or if one of them is not a plan."""
    __tracebackhide__ = True
    valid = _VALID_CRAWL_PLANS if function == "plan_crawler" else VALID_PLANS
    if not plans:
        raise TypeError(f"{function}({masker.show(name)}): no plan is given. Valid: {valid}.")
    for plan in plans:
        if not isinstance(plan, Plan):
            raise TypeError(
                f"{function}({name!r}): {masker.show(plan)} is not a plan."
                f"{_plan_hint(function, plan)} Valid: {valid}."
            )


def check_crawl_plans(plans: Sequence[Plan], masker: Masker) -> None:
    """Raise ValueError for a plan that a crawl cannot follow."""
    __tracebackhide__ = True
    for plan in plans:
        ends_otherwise = plan.ending == "EXPIRED" or plan.launch_problem is not None
        if ends_otherwise or plan.has_script or plan.logs:
            raise ValueError(
                f"plan_crawler(): {masker.line(plan)} is for runs of jobs. A crawl ends SUCCEEDED, "
                f"FAILED or ERROR. Valid: {_VALID_CRAWL_PLANS}."
            )


def check_event_trigger(name: str, region: Region, masker: Masker) -> Trigger:
    """Return the trigger that send_events names; raise an error if it cannot receive events."""
    __tracebackhide__ = True
    where = f" in {region.name} of {region.account_id}"
    check_known("trigger", name, region.triggers, masker, where)
    trigger = region.triggers[name]
    if trigger.type != "EVENT":
        raise ValueError(
            f"send_events({masker.show(name)}): the trigger is of type {trigger.type}. "
            "Valid: triggers of type EVENT."
        )
    return trigger


def check_times(function: str, times: object, masker: Masker, or_else: str = "") -> int:
    """Return *times* if it is a number of times; raise ValueError. *or_else* ends the message."""
    __tracebackhide__ = True
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
        raise ValueError(
            f"{function}(times={masker.show(times)}): "
            f"times is a whole number from 1 to {_MOST_TIMES}{or_else}."
        )
    return times


def _plan_hint(function: str, plan: object) -> str:
    if plan in (*PLANNERS, executes):
        return f" Call it: {getattr(plan, '__name__', '')}()."
    if callable(plan) and function == "plan":
        return f" Did you mean executes({getattr(plan, '__name__', '...')})?"
    if isinstance(plan, Iterable) and not isinstance(plan, str):
        return " Pass each plan by itself, or unpack them with *."
    return ""


def check_fault(
    operation: object,
    error: object,
    message: object,
    request_model: RequestModel,
    masker: Masker,
) -> None:
    """Raise ValueError or TypeError for arguments of fail_next that describe no failure."""
    __tracebackhide__ = True
    check_operation("fail_next", operation, request_model, masker)
    if message is not None and not isinstance(message, str):
        raise TypeError(f"fail_next(message={masker.show(message)}): the message is text.")
    if isinstance(error, type) and issubclass(error, BaseException):
        raise TypeError(
            f"fail_next({operation!r}, {error.__name__}): this is a class. "
            "Pass an exception, such as TimeoutError('...'), or an error code as text."
        )
    if isinstance(error, BaseException) or error in [*CONNECTION_ERRORS]:
        if message is not None:
            raise TypeError(
                f"fail_next({operation!r}, {masker.show(error)}, {masker.show(message)}): "
                "only an error response of Glue has a message."
            )
        return
    codes = [*KNOWN, *CONNECTION_ERRORS, *request_model.error_codes()]
    if error not in codes:
        own = sorted({*KNOWN, *request_model.error_codes(str(operation))})
        raise ValueError(
            f"fail_next({operation!r}, {masker.show(error)}): Glue has no such error code."
            f"{did_you_mean(error, codes)} Valid: {', '.join(own)}, "
            f"the codes of Glue's other operations, {', '.join(CONNECTION_ERRORS)}, "
            "and any exception."
        )


def check_operation(
    function: str, operation: object, request_model: RequestModel, masker: Masker
) -> None:
    """Raise ValueError for an operation that the service does not have."""
    __tracebackhide__ = True
    valid = ", ".join(OPERATIONS)
    if operation not in [*OPERATIONS]:
        if isinstance(operation, str) and request_model.knows(operation):
            problem = "moto answers this operation, not this service."
        else:
            problem = f"Glue has no such operation.{did_you_mean(operation, OPERATIONS)}"
        raise ValueError(f"{function}({masker.show(operation)}): {problem} Valid: {valid}.")


def check_repetition(function: str, times: object, masker: Masker) -> int | None:
    """Return *times* as a number; None stands for ``"always"``. Raise ValueError."""
    __tracebackhide__ = True
    if times == "always":
        return None
    return check_times(function, times, masker, ", or 'always'")


def check_duration(function: str, name: str, value: object) -> timedelta:
    """Return *value* as a timedelta; raise ValueError."""
    __tracebackhide__ = True
    try:
        return parse_duration(value)
    except ValueError as error:
        raise ValueError(f"{function}({name}=...): {error}") from None


def check_after(function: str, after: object, masker: Masker) -> int:
    """Return *after* if it is a number of calls; raise ValueError."""
    __tracebackhide__ = True
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after <= _MOST_TIMES:
        raise ValueError(
            f"{function}(after={masker.show(after)}): after is the number of calls that pass "
            f"before, a whole number from 0 to {_MOST_TIMES}."
        )
    return after


def check_when(when: object, masker: Masker) -> None:
    """Raise TypeError if *when* is neither arguments of a run nor a predicate."""
    __tracebackhide__ = True
    if when is None:
        return
    if callable(when):
        check_function(f"plan(when={show_script(when)})", when)
        return
    if isinstance(when, Mapping) and when:
        wrong = [part for pair in when.items() for part in pair if not isinstance(part, str)]
        if not wrong:
            return
        raise TypeError(
            f"plan(when={masker.show(when)}): {masker.show(wrong[0])} is not text. "
            "Names and values of arguments are text, as in StartJobRun."
        )
    raise TypeError(
        f"plan(when={masker.show(when)}): valid are arguments of a run, such as "
        "{'--date': '2026-01-31'}, or a function that gets the JobRun and returns whether "
        "the plan is for it."
    )


def check_state(state: object, masker: Masker) -> None:
    """Raise ValueError if *state* is not the state of a run."""
    __tracebackhide__ = True
    valid = get_args(RunState)
    if state is not None and state not in valid:
        wrong = state.upper() if isinstance(state, str) else state
        raise ValueError(
            f"runs(state={masker.show(state)}): that is not a state of a run."
            f"{did_you_mean(wrong, valid)} Valid: {', '.join(valid)}."
        )
