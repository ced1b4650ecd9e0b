"""GlueRuns: jobs, runs and calls. Faults, plans and the clock have tests of their own."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from copy import deepcopy
from enum import Enum
from typing import Any

import boto3
import pytest

from pytest_glue_runs import Caller, GlueRuns, UnknownNameError, fails


def test_add_job_creates_a_job_and_returns_its_name(glue_runs: GlueRuns, glue: Any) -> None:
    assert glue_runs.add_job("nightly") == "nightly"
    assert glue.list_jobs()["JobNames"] == ["nightly"]


def test_add_job_has_defaults_for_role_and_command(glue_runs: GlueRuns, glue: Any) -> None:
    job = glue.get_job(JobName=glue_runs.add_job("nightly"))["Job"]
    assert job["Role"] == "arn:aws:iam::123456789012:role/GlueJobRole"
    assert job["Command"]["Name"] == "glueetl"
    assert job["Command"]["ScriptLocation"] == "s3://glue-scripts/nightly.py"


def test_add_job_takes_the_keywords_of_create_job(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", Role="etl", Timeout=30, Tags={"team": "data"})
    job = glue.get_job(JobName="nightly")["Job"]
    assert (job["Role"], job["Timeout"]) == ("etl", 30)


def test_add_job_is_not_recorded_as_a_call(glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly")
    assert glue_runs.calls == ()


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_add_job_creates_the_job_in_the_given_region(glue_runs: GlueRuns, region: str) -> None:
    glue_runs.add_job("nightly", region=region)
    names = {
        name: boto3.client("glue", region_name=name).list_jobs()["JobNames"]
        for name in (region, "us-west-2")
    }
    assert names == {region: ["nightly"], "us-west-2": []}


def test_add_job_creates_the_job_in_the_default_region(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The region of a client that is created without one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    glue_runs.add_job("nightly")
    assert boto3.client("glue").list_jobs()["JobNames"] == ["nightly"]


def test_add_job_creates_the_job_in_the_given_account(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly", account_id="999999999999")
    assert glue.list_jobs()["JobNames"] == []


def test_add_job_rejects_an_unknown_keyword(glue_runs: GlueRuns) -> None:
    """The message suggests the near one, and lists all."""
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", MaxRetires=1)
    begin, _, listed = str(caught.value).partition(" Valid: ")
    assert begin == (
        "add_job('nightly'): CreateJob has no 'MaxRetires'. Did you mean 'MaxRetries'?"
    )
    # botocore's releases add members, at whatever place.
    assert {"Role", "Command", "MaxRetries", "Timeout"} < {*listed.removesuffix(".").split(", ")}
    assert "Name" not in listed.split(", ")


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({"MaxRetries": "1"}, "STRING_VALUE cannot be converted to Integer"),
        ({"Command": "glueetl"}, "Unexpected field type"),
        ({"Timeout": [5]}, "Start of list found where not expected"),
    ],
)
def test_add_job_rejects_a_wrong_type(
    glue_runs: GlueRuns, definition: dict[str, Any], message: str
) -> None:
    """The message is Glue's own, after the keyword, which Glue does not name."""
    ((keyword, value),) = definition.items()
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("nightly", Role="etl", **definition)
    assert str(caught.value) == (
        f"add_job('nightly', {keyword}={value!r}): SerializationException: {message}"
    )


def test_add_job_rejects_what_create_job_rejects(glue_runs: GlueRuns) -> None:
    """The message is Glue's own, which lists the valid values."""
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("nightly", ExecutionClass="CHEAP")
    assert str(caught.value) == (
        "add_job('nightly'): ValidationException: 1 validation error detected: Value 'CHEAP' at "
        "'executionClass' failed to satisfy constraint: Member must satisfy enum value set: "
        "[FLEX, STANDARD]"
    )


def test_add_job_takes_a_request_of_create_job(glue_runs: GlueRuns, glue: Any) -> None:
    request: dict[str, Any] = {"Name": "nightly", "Role": "etl", "Command": {"Name": "pythonshell"}}
    assert glue_runs.add_job(**request) == "nightly"
    assert glue.get_job(JobName="nightly")["Job"]["Role"] == "etl"


def test_add_job_needs_one_name(glue_runs: GlueRuns) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job()
    assert str(caught.value) == "add_job(): the job has no name. Give it first, or as Name=."
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", Name="daily")
    assert str(caught.value) == (
        "add_job('nightly', Name='daily'): the name is given twice. Leave one of them out."
    )


def test_add_job_rejects_an_empty_name(glue_runs: GlueRuns) -> None:
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("")
    assert str(caught.value) == (
        "add_job(''): ValidationException: 1 validation error detected: Value '' at 'name' failed "
        "to satisfy constraint: Member must have length greater than or equal to 1"
    )


def test_a_rejected_job_is_not_created(glue_runs: GlueRuns, glue: Any) -> None:
    with pytest.raises(ValueError, match="add_job"):
        glue_runs.add_job("nightly", ExecutionClass="CHEAP")
    assert glue.list_jobs()["JobNames"] == []


def test_runs_are_listed_oldest_first(glue_runs: GlueRuns, glue: Any) -> None:
    """Of all jobs, or of one."""
    names = [glue_runs.add_job("nightly"), glue_runs.add_job("hourly"), "nightly"]
    for name in names:
        glue.start_job_run(JobName=name)
        glue_runs.settle()
    assert [run.job_name for run in glue_runs.runs()] == names
    assert [run.job_name for run in glue_runs.runs("nightly")] == ["nightly", "nightly"]


def test_a_job_without_runs_has_an_empty_list(glue_runs: GlueRuns) -> None:
    glue_runs.add_job("nightly")
    assert glue_runs.runs("nightly") == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nigthly",
            "There is no job 'nigthly'. Did you mean 'nightly'? Known: hourly, nightly.",
        ),
        ("weekday", "There is no job 'weekday'. Known: hourly, nightly."),
    ],
)
def test_an_unknown_job_is_an_error(glue_runs: GlueRuns, name: str, message: str) -> None:
    """An empty list would let a test with a misspelt name pass."""
    glue_runs.add_job("nightly")
    glue_runs.add_job("hourly", region="eu-west-1")
    with pytest.raises(UnknownNameError) as caught:
        glue_runs.runs(name)
    assert str(caught.value) == message


def test_an_unknown_job_is_an_error_without_any_jobs(glue_runs: GlueRuns) -> None:
    with pytest.raises(LookupError) as caught:
        glue_runs.runs("nightly")
    assert str(caught.value) == "There is no job 'nightly'. Known: there are no jobs."


def test_of_many_known_jobs_ten_are_listed(glue_runs: GlueRuns) -> None:
    for number in range(12):
        glue_runs.add_job(f"job-{number:02}")
    with pytest.raises(LookupError) as caught:
        glue_runs.runs("nightly")
    listed = ", ".join(f"job-{number:02}" for number in range(10))
    assert str(caught.value) == f"There is no job 'nightly'. Known: {listed}, and 2 more."


def test_a_deleted_job_is_known(glue_runs: GlueRuns, glue: Any) -> None:
    for name in ("ran", "never ran"):
        glue_runs.add_job(name)
    glue.start_job_run(JobName="ran")
    for name in ("ran", "never ran", "never existed"):
        glue.delete_job(JobName=name)
    assert [len(glue_runs.runs(name)) for name in ("ran", "never ran")] == [1, 0]
    with pytest.raises(LookupError, match="never existed"):
        glue_runs.runs("never existed")


@pytest.mark.parametrize("wrong", [5, ["nightly"], {"Name": "nightly"}])
@pytest.mark.parametrize("function", ["runs", "last_run", "plan", "add_job"])
def test_a_job_name_is_text(glue_runs: GlueRuns, function: str, wrong: Any) -> None:
    with pytest.raises(TypeError) as caught:
        getattr(glue_runs, function)(wrong)
    assert str(caught.value) == f"{function}({wrong!r}): the name of a job is text."


def test_a_job_name_may_be_an_enum(glue_runs: GlueRuns, glue: Any) -> None:
    """Such a name has another hash than its text."""

    class Job(str, Enum):
        NIGHTLY = "nightly"

    class Operation(str, Enum):
        LIST = "ListJobs"

    assert type(glue_runs.add_job(Job.NIGHTLY)) is str
    glue_runs.plan(Job.NIGHTLY, fails("no"))
    glue_runs.fail_next(Operation.LIST, "AccessDeniedException")
    with pytest.raises(glue.exceptions.ClientError, match="AccessDenied"):
        glue.list_jobs()
    glue.start_job_run(JobName="nightly")
    glue_runs.settle()
    assert [run.error_message for run in glue_runs.runs(Job.NIGHTLY)] == ["no"]


def test_a_run_is_found_by_its_id(glue_runs: GlueRuns, glue: Any) -> None:
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    assert glue_runs.run(run_id).id == run_id


def test_an_unknown_run_id_is_an_error(glue_runs: GlueRuns, glue: Any) -> None:
    """The message suggests the near one, and lists the known ones."""
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    wrong = run_id[:-1]
    with pytest.raises(LookupError) as caught:
        glue_runs.run(wrong)
    assert str(caught.value) == (
        f"There is no run {wrong!r}. Did you mean {run_id!r}? Known: {run_id}."
    )


def test_an_unknown_run_id_is_an_error_without_any_runs(glue_runs: GlueRuns) -> None:
    with pytest.raises(LookupError) as caught:
        glue_runs.run("jr_1")
    assert str(caught.value) == "There is no run 'jr_1'. Known: there are no runs."


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_calls_are_recorded(glue_runs: GlueRuns, glue: Any) -> None:
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_job(JobName="hourly")
    good, bad = glue_runs.calls
    assert good.at == glue_runs.now
    assert good.caller == Caller("123456789012", "us-east-1")
    assert (good.operation, good.request) == ("StartJobRun", {"JobName": "nightly"})
    assert (good.response, good.error, good.error_code) == ({"JobRunId": run_id}, None, None)
    assert (bad.operation, bad.response) == ("GetJob", None)
    assert bad.error is not None
    assert (bad.error.code, bad.error.message) == (
        bad.error_code,
        "Job with name: hourly not found.",
    )
    assert bad.error_code == "EntityNotFoundException"


@pytest.mark.parametrize("wrong", ["-5m", "1h2", "23:59", "12:30:00.250000", "-2026-01-01"])
def test_move_to_rejects_text_that_is_not_a_date(glue_runs: GlueRuns, wrong: str) -> None:
    """dateutil would read it as a time of today."""
    with pytest.raises(ValueError, match="move_to") as caught:
        glue_runs.move_to(wrong)
    assert str(caught.value) == (
        f"move_to(): {wrong!r} is not a moment. Valid: a datetime, a date, "
        'or text such as "2026-02-28 23:59" or "2026-02-28T23:59:00Z". Naive means UTC.'
    )


def test_reset_forgets_everything_but_the_time(glue_runs: GlueRuns, glue: Any) -> None:
    glue_runs.add_job("nightly")
    glue_runs.plan("nightly", fails("the one that is used"), fails("the one that is not"))
    glue.start_job_run(JobName="nightly")
    glue_runs.tick("1h")
    before = glue_runs.now
    glue_runs.fail_next("ListJobs", "AccessDeniedException")
    glue_runs.reset()
    assert (glue_runs.runs(), glue_runs.calls, glue_runs.now) == ([], (), before)
    assert glue.list_jobs()["JobNames"] == []


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        (
            {"ExecutionProperty": {"MaxConcurrentRun": 3}},
            (
                "ExecutionProperty has no 'MaxConcurrentRun'. Did you mean 'MaxConcurrentRuns'? "
                "Valid: MaxConcurrentRuns."
            ),
        ),
        (
            {"MaxConcurrentRuns": 3},
            (
                "CreateJob has no 'MaxConcurrentRuns'. "
                "Did you mean ExecutionProperty={'MaxConcurrentRuns': ...}? Valid: JobMode, "
            ),
        ),
    ],
)
def test_add_job_suggests_the_structure_of_a_key(
    glue_runs: GlueRuns, definition: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", **definition)
    assert str(caught.value).startswith(f"add_job('nightly'): {message}")


def test_add_job_takes_every_type_that_a_client_can_send(glue_runs: GlueRuns, glue: Any) -> None:
    class Worker(str, Enum):
        G1X = "G.1X"

    glue_runs.add_job(
        "nightly",
        WorkerType=Worker.G1X,
        NumberOfWorkers=2,
        Connections=OrderedDict(Connections=("warehouse",)),
    )
    job = glue.get_job(JobName="nightly")["Job"]
    assert (job["WorkerType"], job["Connections"]) == ("G.1X", {"Connections": ["warehouse"]})


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), b"1"], ids=str)
def test_add_job_rejects_values_that_no_client_can_send(glue_runs: GlueRuns, value: Any) -> None:
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", Timeout=value)
    assert str(caught.value) == (
        f"add_job('nightly', Timeout={value!r}): no client can send this value. "
        "Valid: text, numbers, booleans, and lists and dicts of them."
    )


@pytest.mark.parametrize("wrong", ["12", 123456789012, "\u0661" * 12])
def test_add_job_rejects_an_invalid_account_id(glue_runs: GlueRuns, wrong: Any) -> None:
    with pytest.raises(ValueError, match="is not an account id") as caught:
        glue_runs.add_job("nightly", account_id=wrong)
    assert str(caught.value) == (
        f"add_job(account_id=...): {wrong!r} is not an account id. Valid: text of twelve digits."
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            "us-east-1 ",
            (
                "add_job(region='us-east-1 '): this is not the name of a region. "
                "Did you mean 'us-east-1'? Valid: lower-case text such as \"us-east-1\"."
            ),
        ),
        (
            "EU_WEST_1",
            (
                "add_job(region='EU_WEST_1'): this is not the name of a region. "
                "Did you mean 'eu-west-1'? Valid: lower-case text such as \"us-east-1\"."
            ),
        ),
        (
            "",
            (
                "add_job(region=''): this is not the name of a region. "
                'Valid: lower-case text such as "us-east-1".'
            ),
        ),
    ],
)
def test_add_job_rejects_an_invalid_region(glue_runs: GlueRuns, wrong: str, message: str) -> None:
    with pytest.raises(ValueError, match="region") as caught:
        glue_runs.add_job("nightly", region=wrong)
    assert str(caught.value) == message


def test_add_job_rejects_a_region_of_a_wrong_type(glue_runs: GlueRuns) -> None:
    wrong: Any = 5
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", region=wrong)
    assert str(caught.value) == 'add_job(region=5): a region is text such as "us-east-1".'


def _nested(depth: int) -> Any:
    value: Any = "text"
    for _ in range(depth):
        value = [value]
    return value


def test_add_job_rejects_values_nested_too_deeply(glue_runs: GlueRuns) -> None:
    """As Glue rejects such a request of a client."""
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("nightly", Tags=_nested(200))
    assert str(caught.value) == (
        "add_job('nightly', Tags="
        + f"{_nested(20)!r}".replace("'text'", "['…']")
        + "): SerializationException: Start of structure or map expected"
    )


@pytest.mark.parametrize("depth", [199, 900, 100_000])
def test_calls_can_be_read_after_a_deeply_nested_request(
    glue_runs: GlueRuns, glue: Any, depth: int
) -> None:
    def replace_body(request: Any, **_: Any) -> None:
        request.data = b'{"Made up": ' + b"[" * depth + b"]" * depth + b"}"

    glue.meta.events.register_first("request-created.glue.ListJobs", replace_body, "nested")
    try:
        with suppress(glue.exceptions.ClientError):
            glue.list_jobs()
    finally:
        glue.meta.events.unregister("request-created.glue.ListJobs", unique_id="nested")
    (call,) = glue_runs.calls
    assert call.error_code == (None if depth < 200 else "SerializationException")
    assert call.request == {}
    assert repr(call).startswith("<Call ")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [(None, ""), ({"JobRunId": "jr_1"}, " Did you mean the response's ['JobRunId']?"), ({}, "")],
)
def test_a_run_id_is_text(glue_runs: GlueRuns, wrong: Any, meant: str) -> None:
    """A whole response of StartJobRun is recognized."""
    with pytest.raises(TypeError) as caught:
        glue_runs.run(wrong)
    assert str(caught.value) == f"run({wrong!r}): the id of a run is text.{meant}"


def test_what_a_test_reads_is_a_copy(glue_runs: GlueRuns, glue: Any) -> None:
    """Changing it does not change Glue."""
    glue_runs.add_job("nightly", NotificationProperty={"NotifyDelayAfter": 1})
    run = glue_runs.run(glue.start_job_run(JobName="nightly", Arguments={"--a": "1"})["JobRunId"])
    glue.get_job(JobName="nightly")
    glue_runs.settle()
    request: Any = glue_runs.calls[0].request
    response: Any = glue_runs.calls[1].response
    before = [run.as_dict(), glue_runs.events, deepcopy(request), deepcopy(response)]
    run.as_dict()["NotificationProperty"].clear()
    run.as_dict()["Arguments"].clear()
    glue_runs.events[0]["detail"].clear()
    request["Arguments"].clear()
    response["Job"]["Command"].clear()
    calls = [glue_runs.calls[0].request, glue_runs.calls[1].response]
    assert [run.as_dict(), glue_runs.events, *calls] == before
