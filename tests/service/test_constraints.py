"""Constraints of botocore's model, for requests that the client lets through."""

from __future__ import annotations

import warnings
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.model import ServiceModel

from pytest_glue_runs import GlueRuns
from pytest_glue_runs._clients.model import glue_request_model
from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.protocol.request_model import RequestModel
from pytest_glue_runs._service.rules.errors import GlueError

NAME_PATTERN = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"  # as in the model


def rejected(bench: Any, operation: str, body: str) -> tuple[str, str]:
    """Send a raw request and return the code and the message of the error."""
    status, response = bench.send(operation, body.encode())
    assert status == 400
    return response["__type"], response.get("Message") or response["message"]


def start_rejected(bench: Any, members: str) -> tuple[str, str]:
    """Likewise for StartJobRun of an existing job."""
    bench.add_job()
    return rejected(bench, "StartJobRun", f'{{"JobName":"nightly",{members}}}')


def validation_error(*violations: str) -> tuple[str, str]:
    """Return the code and the message of a ValidationException with these violations."""
    errors = "error" if len(violations) == 1 else "errors"
    listed = "; ".join(violations)
    return "ValidationException", f"{len(violations)} validation {errors} detected: {listed}"


def violation(value: str, path: str, constraint: str) -> str:
    """Return AWS's message for a violated constraint."""
    return f"Value {value} at '{path}' failed to satisfy constraint: Member must {constraint}"


def test_client_receives_the_validation_error(client: Any) -> None:
    """The client does not check the maximum length of a name."""
    name = "a" * 256
    with pytest.raises(ClientError) as error:
        client.start_job_run(JobName=name)
    assert str(error.value) == (
        "An error occurred (ValidationException) when calling the StartJobRun operation: "
        f"1 validation error detected: Value '{name}' at 'jobName' failed to satisfy "
        "constraint: Member must have length less than or equal to 255"
    )


def test_longest_name_is_accepted(client: Any, glue_runs: GlueRuns) -> None:
    name = glue_runs.add_job("a" * 255)
    assert client.get_job(JobName=name)["Job"]["Name"] == name


def test_name_may_have_any_character(client: Any, glue_runs: GlueRuns) -> None:
    """Spaces and characters outside the Basic Multilingual Plane are valid."""
    name = glue_runs.add_job("nächtlich 夜間 🌙")
    assert client.start_job_run(JobName=name)["JobRunId"]


def test_name_must_not_have_line_breaks(bench: Any) -> None:
    expected = violation("'a\nb'", "jobName", f"satisfy regular expression pattern: {NAME_PATTERN}")
    assert rejected(bench, "GetJob", '{"JobName":"a\\nb"}') == validation_error(expected)


def test_name_must_not_have_lone_surrogates(bench: Any) -> None:
    """The message shows one as "?"."""
    expected = violation("'?'", "jobName", f"satisfy regular expression pattern: {NAME_PATTERN}")
    assert rejected(bench, "GetJob", '{"JobName":"\\ud800"}') == validation_error(expected)


def test_patterns_match_ascii_only(bench: Any) -> None:
    r"""\w does not match ², as in Java."""
    # Since botocore 1.44, the pattern also matches "auto".
    pattern = glue_request_model().members("CreateJobRequest")["GlueVersion"].metadata["pattern"]
    expected = violation("'².0'", "glueVersion", f"satisfy regular expression pattern: {pattern}")
    body = '{"Name":"a","Role":"r","Command":{"Name":"glueetl"},"GlueVersion":"².0"}'
    assert rejected(bench, "CreateJob", body) == validation_error(expected)


def test_minimum_length(bench: Any) -> None:
    """botocore itself rejects an empty name, other clients do not."""
    expected = violation("''", "jobName", "have length greater than or equal to 1")
    assert rejected(bench, "GetJob", '{"JobName":""}') == validation_error(expected)


@pytest.mark.parametrize("body", ["{}", '{"JobName":null}'])
def test_missing_required_member(bench: Any, body: str) -> None:
    """A null member counts as missing."""
    assert rejected(bench, "GetJob", body) == validation_error(
        violation("null", "jobName", "not be null")
    )


def test_all_violations_are_reported_together(bench: Any) -> None:
    assert rejected(bench, "GetJobRun", "{}") == validation_error(
        violation("null", "jobName", "not be null"), violation("null", "runId", "not be null")
    )


def test_number_below_its_minimum(bench: Any) -> None:
    """The member is in a structure."""
    error = start_rejected(bench, '"NotificationProperty":{"NotifyDelayAfter":0}')
    path = "notificationProperty.notifyDelayAfter"
    assert error == validation_error(
        violation("'0'", path, "have value greater than or equal to 1")
    )


def test_number_above_its_maximum(client: Any, job: str) -> None:
    """The client does not check it."""
    with pytest.raises(ClientError) as error:
        client.get_job_runs(JobName=job, MaxResults=201)
    expected = violation("'201'", "maxResults", "have value less than or equal to 200")
    assert error.value.response["Error"]["Message"] == validation_error(expected)[1]


def test_value_that_is_not_in_an_enum(client: Any, job: str) -> None:
    """The message lists the enum."""
    with pytest.raises(ClientError) as error:
        client.start_job_run(JobName=job, ExecutionClass="flex")
    expected = violation("'flex'", "executionClass", "satisfy enum value set: [FLEX, STANDARD]")
    assert error.value.response["Error"]["Message"] == validation_error(expected)[1]


@pytest.mark.parametrize("worker_type", ["G.1X", "G.12X", "R.8X"])
def test_worker_types_that_botocore_lacks_are_accepted(bench: Any, worker_type: str) -> None:
    """AWS documents them."""
    capacity = {"WorkerType": worker_type, "NumberOfWorkers": 2}
    bench.add_job(**capacity)
    job = bench.call("GetJob", JobName="nightly")["Job"]
    assert job["WorkerType"] == worker_type


def test_empty_list_in_the_message(bench: Any) -> None:
    """Its form is Java's."""
    error = rejected(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":[]}')
    expected = violation("'[]'", "jobRunIds", "have length greater than or equal to 1")
    assert error == validation_error(expected)


def test_map_in_the_message(bench: Any) -> None:
    """Its form is Java's, with equals signs."""
    pairs = ",".join(f'"k{number}":"v"' for number in range(51))
    listed = ", ".join(f"k{number}=v" for number in range(51))
    error = rejected(bench, "ListJobs", f'{{"Tags":{{{pairs}}}}}')
    expected = violation(f"'{{{listed}}}'", "tags", "have length less than or equal to 50")
    assert error == validation_error(expected)


def test_path_of_a_list_member(bench: Any) -> None:
    """Members are counted from 1."""
    error = rejected(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":["jr_1",""]}')
    expected = violation("''", "jobRunIds.2.member", "have length greater than or equal to 1")
    assert error == validation_error(expected)


def test_path_of_a_map_member(bench: Any) -> None:
    """It has the key as sent."""
    value = "v" * 257
    error = rejected(bench, "ListJobs", f'{{"Tags":{{"Team":"{value}"}}}}')
    expected = violation(f"'{value}'", "tags.Team.member", "have length less than or equal to 256")
    assert error == validation_error(expected)


def test_constraints_of_map_keys(bench: Any) -> None:
    error = rejected(bench, "ListJobs", '{"Tags":{"":"v"}}')
    expected = violation("''", "tags", "have length greater than or equal to 1")
    assert error == validation_error(expected)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ('"Timeout":"5"', "STRING_VALUE cannot be converted to Integer"),
        ('"Timeout":true', "TRUE_VALUE cannot be converted to Integer"),
        ('"Timeout":false', "FALSE_VALUE cannot be converted to Integer"),
        ('"Timeout":1.5', "NUMBER_VALUE cannot be converted to Integer"),
        ('"Timeout":1e999', "NUMBER_VALUE cannot be converted to Integer"),
        ('"Timeout":2147483648', "NUMBER_VALUE cannot be converted to Integer"),
        ('"Timeout":-2147483649', "NUMBER_VALUE cannot be converted to Integer"),
        ('"Timeout":[]', "Start of list found where not expected"),
        ('"Timeout":{}', "Start of structure or map found where not expected."),
        ('"MaxCapacity":"1"', "STRING_VALUE cannot be converted to Double"),
        ('"MaxCapacity":1e999', "NUMBER_VALUE cannot be converted to Double"),
        ('"MaxCapacity":-1e999', "NUMBER_VALUE cannot be converted to Double"),
        (f'"MaxCapacity":1{"0" * 400}', "NUMBER_VALUE cannot be converted to Double"),
        ('"WorkerType":1', "NUMBER_VALUE cannot be converted to String"),
        ('"WorkerType":true', "TRUE_VALUE cannot be converted to String"),
        ('"Arguments":"a"', "Unexpected field type"),
        ('"Arguments":1', "Unexpected field type"),
        ('"Arguments":[]', "Start of list found where not expected"),
        ('"Arguments":{"--a":1}', "NUMBER_VALUE cannot be converted to String"),
        ('"NotificationProperty":1', "Unexpected field type"),
        ('"JobRunQueuingEnabled":"true"', "STRING_VALUE cannot be converted to Boolean"),
        ('"JobRunQueuingEnabled":1', "NUMBER_VALUE cannot be converted to Boolean"),
    ],
    ids=lambda text: text[:40],
)
def test_wrong_type(bench: Any, members: str, message: str) -> None:
    """The message is that of AWS's JSON parser."""
    assert start_rejected(bench, members) == ("SerializationException", message)


def test_map_instead_of_a_list(bench: Any) -> None:
    error = rejected(bench, "BatchGetJobs", '{"JobNames":{}}')
    message = "Start of structure or map found where not expected."
    assert error == ("SerializationException", message)


@pytest.mark.parametrize(
    "moment", ['"yesterday"', '"2026-13-01T00:00:00Z"', '"2026-01-01T00:00:00"', "1767225600"]
)
def test_malformed_timestamp(bench: Any, moment: str) -> None:
    """The only timestamp in Glue's requests is an ISO 8601 string."""
    node = f'{{"Name":"k","StreamingOptions":{{"StartingTimestamp":{moment}}}}}'
    body = (
        '{"Name":"a","Role":"r","Command":{"Name":"glueetl"},'
        f'"CodeGenConfigurationNodes":{{"n":{{"DirectKinesisSource":{node}}}}}}}'
    )
    code, message = rejected(bench, "CreateJob", body)
    assert code == "SerializationException"
    assert message.endswith("_VALUE cannot be converted to Timestamp")


def test_wrong_type_precedes_violations(bench: Any) -> None:
    """A request that cannot be parsed is not validated."""
    error = start_rejected(bench, '"Timeout":0,"MaxCapacity":"1"')
    assert error[0] == "SerializationException"


def test_null_means_absent(bench: Any) -> None:
    """This applies at any depth."""
    bench.call(
        "CreateJob",
        Name="nightly",
        Role="r",
        Command={"Name": "glueetl", "PythonVersion": None},
        MaxRetries=None,
        Tags={"team": None},
        Timeout=None,
        ExecutionProperty={"MaxConcurrentRuns": None},
    )
    job = bench.call("GetJob", JobName="nightly")["Job"]
    command = {"Name": "glueetl", "PythonVersion": "3"}
    shown = [job["MaxRetries"], job["Timeout"], job["ExecutionProperty"], job["Command"]]
    assert shown == [0, 2880, {"MaxConcurrentRuns": 1}, command]


def test_null_in_a_list_is_dropped(bench: Any) -> None:
    assert bench.call("BatchGetJobs", JobNames=["a", None])["JobsNotFound"] == ["a"]


def test_null_does_not_count_towards_the_length(bench: Any) -> None:
    error = rejected(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":[null]}')
    expected = violation("'[]'", "jobRunIds", "have length greater than or equal to 1")
    assert error == validation_error(expected)


def test_null_does_not_override_the_jobs_value(bench: Any) -> None:
    bench.add_job(Timeout=30)
    run_id = bench.call("StartJobRun", JobName="nightly", Timeout=None)["JobRunId"]
    run = bench.call("GetJobRun", JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Timeout"] == 30


def test_max_results_null_is_the_default(bench: Any) -> None:
    bench.add_job()
    assert bench.call("ListJobs", MaxResults=None)["JobNames"] == ["nightly"]


def test_unknown_members_are_ignored(bench: Any) -> None:
    bench.add_job()
    made_up = {"Id": "jr_1", "JobRunState": "SUCCEEDED", "Made": {"up": []}}
    run_id = bench.call("StartJobRun", JobName="nightly", **made_up)["JobRunId"]
    run = bench.call("GetJobRun", JobName="nightly", RunId=run_id)["JobRun"]
    assert (run["Id"], run["JobRunState"], "Made" in run) == (run_id, "STARTING", False)


def test_update_job_cannot_rename(bench: Any) -> None:
    """JobUpdate has no member Name in the model."""
    bench.add_job()
    update = {"Role": "r", "Command": {"Name": "glueetl"}}
    bench.call("UpdateJob", JobName="nightly", JobUpdate={**update, "Name": "other"})
    assert bench.call("GetJob", JobName="nightly")["Job"]["Name"] == "nightly"


def test_definition_is_a_copy(glue_runs: GlueRuns, client: Any) -> None:
    """Changing a dict after add_job does not change the job."""
    arguments = {"--day": "monday"}
    glue_runs.add_job("nightly", DefaultArguments=arguments)
    arguments["--day"] = "tuesday"
    job = client.get_job(JobName="nightly")["Job"]
    assert job["DefaultArguments"] == {"--day": "monday"}


def test_patterns_of_the_model_compile_without_warnings() -> None:
    request_model = RequestModel(botocore.session.get_session().get_service_model("glue"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for operation in OPERATIONS:
            with pytest.raises(GlueError):
                request_model.validate(
                    operation, {"JobName": 1, "Tags": 1, "JobNames": 1, "NextToken": 1}
                )


def small_model(shape: dict[str, Any]) -> RequestModel:
    """Return the model of a service with one operation, whose request has one member."""
    shapes = {
        "Request": {"type": "structure", "members": {"Value": {"shape": "Value"}}},
        "Value": shape,
    }
    operation = {"name": "Do", "input": {"shape": "Request"}}
    return RequestModel(ServiceModel({"operations": {"Do": operation}, "shapes": shapes}, "small"))


def test_pattern_that_python_cannot_compile_is_not_checked() -> None:
    """It accepts everything, including line breaks."""
    request_model = small_model({"type": "string", "pattern": r"\p{Alpha}*"})
    assert request_model.validate("Do", {"Value": "1\n2"}) == {"Value": "1\n2"}
