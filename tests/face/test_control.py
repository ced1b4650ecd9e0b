"""GlueRuns: what a test holds. The clock has tests of its own."""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from typing import Any

import boto3
import pytest

from pytest_glue_runs import Call, GlueRuns, fails
from pytest_glue_runs._service.model.call import Caller


def test_add_job_returns_the_name(glue_runs: GlueRuns, glue: Any) -> None:
    """And the job is there for every client."""
    assert glue_runs.add_job("nightly") == "nightly"
    assert glue.list_jobs()["JobNames"] == ["nightly"]


def test_add_job_makes_up_what_create_job_needs(glue_runs: GlueRuns, glue: Any) -> None:
    """A role, and a command."""
    job = glue.get_job(JobName=glue_runs.add_job("nightly"))["Job"]
    assert job["Role"] == "arn:aws:iam::123456789012:role/GlueJobRole"
    assert job["Command"]["Name"] == "glueetl"
    assert job["Command"]["ScriptLocation"] == "s3://glue-scripts/nightly.py"


def test_add_job_takes_create_jobs_own_keywords(glue_runs: GlueRuns, glue: Any) -> None:
    """All of them."""
    glue_runs.add_job("nightly", Role="etl", Timeout=30, Tags={"team": "data"})
    job = glue.get_job(JobName="nightly")["Job"]
    assert (job["Role"], job["Timeout"]) == ("etl", 30)


def test_add_job_is_no_call(glue_runs: GlueRuns) -> None:
    """Only clients call."""
    glue_runs.add_job("nightly")
    assert glue_runs.calls == ()


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_add_job_makes_the_job_in_the_region_asked_for(glue_runs: GlueRuns, region: str) -> None:
    """Clients of that one see it."""
    glue_runs.add_job("nightly", region=region)
    names = {
        name: boto3.client("glue", region_name=name).list_jobs()["JobNames"]
        for name in (region, "us-west-2")
    }
    assert names == {region: ["nightly"], "us-west-2": []}


def test_add_job_makes_the_job_in_the_default_region(
    glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that a client has who is not told any."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    glue_runs.add_job("nightly")
    assert boto3.client("glue").list_jobs()["JobNames"] == ["nightly"]


def test_add_job_makes_the_job_in_the_account_asked_for(glue_runs: GlueRuns, glue: Any) -> None:
    """Other accounts see nothing of it."""
    glue_runs.add_job("nightly", account_id="999999999999")
    assert glue.list_jobs()["JobNames"] == []


def test_add_job_refuses_a_keyword_that_create_job_does_not_have(glue_runs: GlueRuns) -> None:
    """With the near one, and all of them."""
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
    ("definition", "words"),
    [
        ({"MaxRetries": "1"}, "STRING_VALUE cannot be converted to Integer"),
        ({"Command": "glueetl"}, "Unexpected field type"),
        ({"Timeout": [5]}, "Start of list found where not expected"),
    ],
)
def test_add_job_refuses_a_wrong_type(
    glue_runs: GlueRuns, definition: dict[str, Any], words: str
) -> None:
    """In Glue's own words, behind the keyword, which they leave out."""
    ((keyword, value),) = definition.items()
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("nightly", Role="etl", **definition)
    assert str(caught.value) == (
        f"add_job('nightly', {keyword}={value!r}): SerializationException: {words}"
    )


def test_add_job_refuses_a_value_that_create_job_refuses(glue_runs: GlueRuns) -> None:
    """In Glue's own words, which list what is valid."""
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("nightly", ExecutionClass="CHEAP")
    assert str(caught.value) == (
        "add_job('nightly'): ValidationException: 1 validation error detected: Value 'CHEAP' at "
        "'executionClass' failed to satisfy constraint: Member must satisfy enum value set: "
        "[FLEX, STANDARD]"
    )


def test_add_job_refuses_a_name_of_nothing(glue_runs: GlueRuns) -> None:
    """As CreateJob does."""
    with pytest.raises(ValueError, match="add_job") as caught:
        glue_runs.add_job("")
    assert str(caught.value) == (
        "add_job(''): ValidationException: 1 validation error detected: Value '' at 'name' failed "
        "to satisfy constraint: Member must have length greater than or equal to 1"
    )


def test_a_refused_job_is_not_there(glue_runs: GlueRuns, glue: Any) -> None:
    """Not even half of it."""
    with pytest.raises(ValueError, match="add_job"):
        glue_runs.add_job("nightly", ExecutionClass="CHEAP")
    assert glue.list_jobs()["JobNames"] == []


def test_runs_are_shown_oldest_first(glue_runs: GlueRuns, glue: Any) -> None:
    """Of all jobs, or of one."""
    names = [glue_runs.add_job("nightly"), glue_runs.add_job("hourly"), "nightly"]
    for name in names:
        glue.start_job_run(JobName=name)
        glue_runs.settle()
    assert [run.job_name for run in glue_runs.runs()] == names
    assert [run.job_name for run in glue_runs.runs("nightly")] == ["nightly", "nightly"]


def test_a_job_without_runs_has_none(glue_runs: GlueRuns) -> None:
    """Nor has one that does not exist."""
    glue_runs.add_job("nightly")
    assert (glue_runs.runs("nightly"), glue_runs.runs("hourly")) == ([], [])


def test_a_run_is_found_by_its_id(glue_runs: GlueRuns, glue: Any) -> None:
    """It is the one that the client started."""
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    assert glue_runs.run(run_id).id == run_id


def test_an_unknown_id_is_told_which_are_known(glue_runs: GlueRuns, glue: Any) -> None:
    """And which is near."""
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    wrong = run_id[:-1]
    with pytest.raises(LookupError) as caught:
        glue_runs.run(wrong)
    assert str(caught.value) == (
        f"There is no run {wrong!r}. Did you mean {run_id!r}? Known: {run_id}."
    )


def test_where_no_run_is_known_it_is_said(glue_runs: GlueRuns) -> None:
    """Rather than an empty list."""
    with pytest.raises(LookupError) as caught:
        glue_runs.run("jr_1")
    assert str(caught.value) == "There is no run 'jr_1'. Known: there are no runs."


@pytest.mark.glue_runs(start_at="2026-01-01")
def test_calls_tell_what_clients_have_asked(glue_runs: GlueRuns, glue: Any) -> None:
    """When, what, the answer or the error, and who."""
    run_id = glue.start_job_run(JobName=glue_runs.add_job("nightly"))["JobRunId"]
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_job(JobName="hourly")
    good, bad = glue_runs.calls
    caller = Caller("123456789012", "us-east-1")
    assert good == Call(
        glue_runs.now, "StartJobRun", {"JobName": "nightly"}, {"JobRunId": run_id}, None, caller
    )
    assert (bad.operation, bad.response) == ("GetJob", None)
    assert bad.error is not None
    assert bad.error.code == "EntityNotFoundException"


def test_reset_forgets_all_but_the_time(glue_runs: GlueRuns, glue: Any) -> None:
    """Jobs, runs, plans, faults and calls."""
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
    ("definition", "words"),
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
def test_add_job_says_where_a_key_belongs(
    glue_runs: GlueRuns, definition: dict[str, Any], words: str
) -> None:
    """In the structures of CreateJob too."""
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", **definition)
    assert str(caught.value).startswith(f"add_job('nightly'): {words}")


def test_add_job_takes_what_a_client_would_send(glue_runs: GlueRuns, glue: Any) -> None:
    """Enums of text, tuples, dicts of other kinds."""

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
def test_add_job_refuses_what_no_client_could_send(glue_runs: GlueRuns, value: Any) -> None:
    """With the keyword, and what can be sent."""
    with pytest.raises(TypeError) as caught:
        glue_runs.add_job("nightly", Timeout=value)
    assert str(caught.value) == (
        f"add_job('nightly', Timeout={value!r}): no client could send this value. "
        "Valid: text, numbers, truth values, and lists and dicts of them."
    )


@pytest.mark.parametrize("wrong", ["12", 123456789012, "\u0661" * 12])
def test_add_job_refuses_what_is_no_account(glue_runs: GlueRuns, wrong: Any) -> None:
    """No client could be in it."""
    with pytest.raises(ValueError, match="is not an account id") as caught:
        glue_runs.add_job("nightly", account_id=wrong)
    assert str(caught.value) == (
        f"add_job(account_id=...): {wrong!r} is not an account id. Valid: text of twelve digits."
    )


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [(None, ""), ({"JobRunId": "jr_1"}, " Did you mean the answer's ['JobRunId']?"), ({}, "")],
)
def test_what_is_no_id_is_told_what_one_is(glue_runs: GlueRuns, wrong: Any, meant: str) -> None:
    """The whole answer of StartJobRun, for one."""
    with pytest.raises(TypeError) as caught:
        glue_runs.run(wrong)
    assert str(caught.value) == f"run({wrong!r}): the id of a run is text.{meant}"


def test_what_a_test_is_shown_is_its_own(glue_runs: GlueRuns, glue: Any) -> None:
    """To change it changes nothing of Glue."""
    glue_runs.add_job("nightly", NotificationProperty={"NotifyDelayAfter": 1})
    run = glue_runs.run(glue.start_job_run(JobName="nightly", Arguments={"--a": "1"})["JobRunId"])
    glue.get_job(JobName="nightly")
    glue_runs.settle()
    shown = [run.as_dict(), glue_runs.events, glue_runs.calls]
    run.as_dict()["NotificationProperty"].clear()
    run.as_dict()["Arguments"].clear()
    glue_runs.events[0]["detail"].clear()
    requested: Any = glue_runs.calls[0].request
    requested["Arguments"].clear()
    answered: Any = glue_runs.calls[1].response
    answered["Job"]["Command"].clear()
    assert [run.as_dict(), glue_runs.events, glue_runs.calls] == shown
