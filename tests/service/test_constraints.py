"""The constraints of botocore's model: what AWS says where the client lets them pass."""

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

NAME_PATTERN = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*"  # as the model writes it


def refused(bench: Any, operation: str, body: str) -> tuple[str, str]:
    """The code and the message of what the service answers to a raw request."""
    status, answer = bench.send(operation, body.encode())
    assert status == 400
    return answer["__type"], answer.get("Message") or answer["message"]


def refused_start(bench: Any, members: str) -> tuple[str, str]:
    """Likewise to StartJobRun of a job that exists."""
    bench.add_job()
    return refused(bench, "StartJobRun", f'{{"JobName":"nightly",{members}}}')


def told(*problems: str) -> tuple[str, str]:
    """ValidationException with these problems."""
    errors = "error" if len(problems) == 1 else "errors"
    listed = "; ".join(problems)
    return "ValidationException", f"{len(problems)} validation {errors} detected: {listed}"


def broken(value: str, path: str, constraint: str) -> str:
    """A broken constraint in AWS's words."""
    return f"Value {value} at '{path}' failed to satisfy constraint: Member must {constraint}"


def test_client_sees_the_words_of_aws(client: Any) -> None:
    """A name of 256 characters passes the client, and AWS says what is wrong with it."""
    name = "a" * 256
    with pytest.raises(ClientError) as error:
        client.start_job_run(JobName=name)
    assert str(error.value) == (
        "An error occurred (ValidationException) when calling the StartJobRun operation: "
        f"1 validation error detected: Value '{name}' at 'jobName' failed to satisfy "
        "constraint: Member must have length less than or equal to 255"
    )


def test_longest_name_is_accepted(client: Any, glue_runs: GlueRuns) -> None:
    """A name of 255 characters is a name."""
    name = glue_runs.add_job("a" * 255)
    assert client.get_job(JobName=name)["Job"]["Name"] == name


def test_name_may_be_of_any_script(client: Any, glue_runs: GlueRuns) -> None:
    """A name may hold spaces, and characters beyond the sixteenth bit."""
    name = glue_runs.add_job("nächtlich 夜間 🌙")
    assert client.start_job_run(JobName=name)["JobRunId"]


def test_name_has_no_line_breaks(bench: Any) -> None:
    """A broken pattern is told with the pattern."""
    wanted = broken("'a\nb'", "jobName", f"satisfy regular expression pattern: {NAME_PATTERN}")
    assert refused(bench, "GetJob", '{"JobName":"a\\nb"}') == told(wanted)


def test_name_has_no_half_characters(bench: Any) -> None:
    """A lone surrogate matches no pattern of a name."""
    wanted = broken("'\ud800'", "jobName", f"satisfy regular expression pattern: {NAME_PATTERN}")
    assert refused(bench, "GetJob", '{"JobName":"\\ud800"}') == told(wanted)


def test_pattern_means_ascii_digits(bench: Any) -> None:
    r"""\w is a to z, 0 to 9 and _, as in Java: no Glue version is ².0."""
    # Since botocore 1.44 it allows "auto" too.
    pattern = glue_request_model().members("CreateJobRequest")["GlueVersion"].metadata["pattern"]
    wanted = broken("'².0'", "glueVersion", f"satisfy regular expression pattern: {pattern}")
    body = '{"Name":"a","Role":"r","Command":{},"GlueVersion":"².0"}'
    assert refused(bench, "CreateJob", body) == told(wanted)


def test_empty_name_is_too_short(bench: Any) -> None:
    """A broken minimum of the length, where no client checks it."""
    wanted = broken("''", "jobName", "have length greater than or equal to 1")
    assert refused(bench, "GetJob", '{"JobName":""}') == told(wanted)


@pytest.mark.parametrize("body", ["{}", '{"JobName":null}'])
def test_required_member_is_told_with_null(bench: Any, body: str) -> None:
    """A required member that is missing, or null, is null in the words of AWS."""
    assert refused(bench, "GetJob", body) == told(broken("null", "jobName", "not be null"))


def test_all_broken_constraints_are_told_together(bench: Any) -> None:
    """Two broken constraints are counted, and told in one message."""
    assert refused(bench, "GetJobRun", "{}") == told(
        broken("null", "jobName", "not be null"), broken("null", "runId", "not be null")
    )


def test_number_below_its_minimum(bench: Any) -> None:
    """A broken minimum, in a structure."""
    found = refused_start(bench, '"NotificationProperty":{"NotifyDelayAfter":0}')
    path = "notificationProperty.notifyDelayAfter"
    assert found == told(broken("'0'", path, "have value greater than or equal to 1"))


def test_number_above_its_maximum(client: Any, job: str) -> None:
    """A broken maximum, which no client checks."""
    with pytest.raises(ClientError) as error:
        client.get_job_runs(JobName=job, MaxResults=201)
    wanted = broken("'201'", "maxResults", "have value less than or equal to 200")
    assert error.value.response["Error"]["Message"] == told(wanted)[1]


def test_value_that_is_not_in_an_enum(client: Any, job: str) -> None:
    """A value outside of an enum is told with the enum."""
    with pytest.raises(ClientError) as error:
        client.start_job_run(JobName=job, ExecutionClass="flex")
    wanted = broken("'flex'", "executionClass", "satisfy enum value set: [FLEX, STANDARD]")
    assert error.value.response["Error"]["Message"] == told(wanted)[1]


@pytest.mark.parametrize("worker_type", ["G.1X", "G.12X", "R.8X"])
def test_worker_types_newer_than_botocore_are_in_the_enum(bench: Any, worker_type: str) -> None:
    """The worker types of today's documentation are no broken constraint."""
    capacity = {"WorkerType": worker_type, "NumberOfWorkers": 2}
    bench.add_job(**capacity)
    job = bench.ask("GetJob", JobName="nightly")["Job"]
    assert job["WorkerType"] == worker_type


def test_empty_list_is_shown_as_java_does(bench: Any) -> None:
    """A list that is too short is shown in brackets."""
    found = refused(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":[]}')
    wanted = broken("'[]'", "jobRunIds", "have length greater than or equal to 1")
    assert found == told(wanted)


def test_map_is_shown_as_java_does(bench: Any) -> None:
    """A map that is too long is shown with equals signs."""
    pairs = ",".join(f'"k{number}":"v"' for number in range(51))
    listed = ", ".join(f"k{number}=v" for number in range(51))
    found = refused(bench, "ListJobs", f'{{"Tags":{{{pairs}}}}}')
    wanted = broken(f"'{{{listed}}}'", "tags", "have length less than or equal to 50")
    assert found == told(wanted)


def test_path_has_the_number_of_a_list_member(bench: Any) -> None:
    """Members of lists are counted from one."""
    found = refused(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":["jr_1",""]}')
    wanted = broken("''", "jobRunIds.2.member", "have length greater than or equal to 1")
    assert found == told(wanted)


def test_path_has_the_key_of_a_map_as_it_was_sent(bench: Any) -> None:
    """Members of maps go by their key, letter for letter."""
    value = "v" * 257
    found = refused(bench, "ListJobs", f'{{"Tags":{{"Team":"{value}"}}}}')
    wanted = broken(f"'{value}'", "tags.Team.member", "have length less than or equal to 256")
    assert found == told(wanted)


def test_key_of_a_map_may_be_wrong_itself(bench: Any) -> None:
    """A map's key has constraints of its own."""
    found = refused(bench, "ListJobs", '{"Tags":{"":"v"}}')
    wanted = broken("''", "tags", "have length greater than or equal to 1")
    assert found == told(wanted)


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
def test_wrong_type_cannot_be_read(bench: Any, members: str, message: str) -> None:
    """A value of a wrong type is SerializationException in the words of AWS's JSON reader."""
    assert refused_start(bench, members) == ("SerializationException", message)


def test_list_that_is_none_cannot_be_read(bench: Any) -> None:
    """A map where a list should be is SerializationException."""
    found = refused(bench, "BatchGetJobs", '{"JobNames":{}}')
    message = "Start of structure or map found where not expected."
    assert found == ("SerializationException", message)


@pytest.mark.parametrize(
    "moment", ['"yesterday"', '"2026-13-01T00:00:00Z"', '"2026-01-01T00:00:00"', "1767225600"]
)
def test_timestamp_that_is_none_cannot_be_read(bench: Any, moment: str) -> None:
    """The one timestamp in Glue's requests is ISO 8601 text."""
    node = f'{{"Name":"k","StreamingOptions":{{"StartingTimestamp":{moment}}}}}'
    body = (
        '{"Name":"a","Role":"r","Command":{},'
        f'"CodeGenConfigurationNodes":{{"n":{{"DirectKinesisSource":{node}}}}}}}'
    )
    code, message = refused(bench, "CreateJob", body)
    assert code == "SerializationException"
    assert message.endswith("_VALUE cannot be converted to Timestamp")


def test_wrong_type_is_told_before_broken_constraints(bench: Any) -> None:
    """What cannot be read is not checked any further."""
    found = refused_start(bench, '"Timeout":0,"MaxCapacity":"1"')
    assert found[0] == "SerializationException"


def test_null_is_the_same_as_nothing(bench: Any) -> None:
    """null leaves a member to its default, at any depth."""
    bench.ask(
        "CreateJob",
        Name="nightly",
        Role="r",
        Command={"Name": None, "PythonVersion": None},
        MaxRetries=None,
        Tags={"team": None},
        Timeout=None,
        ExecutionProperty={"MaxConcurrentRuns": None},
    )
    job = bench.ask("GetJob", JobName="nightly")["Job"]
    shown = [job["MaxRetries"], job["Timeout"], job["ExecutionProperty"], job["Command"]]
    assert shown == [0, 2880, {"MaxConcurrentRuns": 1}, {"PythonVersion": "3"}]


def test_null_in_a_list_is_nothing(bench: Any) -> None:
    """null in a list leaves the list shorter."""
    assert bench.ask("BatchGetJobs", JobNames=["a", None])["JobsNotFound"] == ["a"]


def test_null_counts_for_no_length(bench: Any) -> None:
    """A list of nothing but null is empty."""
    found = refused(bench, "BatchStopJobRun", '{"JobName":"a","JobRunIds":[null]}')
    wanted = broken("'[]'", "jobRunIds", "have length greater than or equal to 1")
    assert found == told(wanted)


def test_null_in_start_job_run_leaves_the_jobs_value(bench: Any) -> None:
    """A Timeout of null is the job's Timeout."""
    bench.add_job(Timeout=30)
    run_id = bench.ask("StartJobRun", JobName="nightly", Timeout=None)["JobRunId"]
    run = bench.ask("GetJobRun", JobName="nightly", RunId=run_id)["JobRun"]
    assert run["Timeout"] == 30


def test_null_is_the_default_size_of_a_page(bench: Any) -> None:
    """MaxResults of null is no number of results."""
    bench.add_job()
    assert bench.ask("ListJobs", MaxResults=None)["JobNames"] == ["nightly"]


def test_unknown_members_are_ignored(bench: Any) -> None:
    """Members that the model does not have change nothing of what is shown."""
    bench.add_job()
    made_up = {"Id": "jr_1", "JobRunState": "SUCCEEDED", "Made": {"up": []}}
    run_id = bench.ask("StartJobRun", JobName="nightly", **made_up)["JobRunId"]
    run = bench.ask("GetJobRun", JobName="nightly", RunId=run_id)["JobRun"]
    assert (run["Id"], run["JobRunState"], "Made" in run) == (run_id, "STARTING", False)


def test_update_job_cannot_rename(bench: Any) -> None:
    """A Name in JobUpdate is unknown to the model, and ignored."""
    bench.add_job()
    bench.ask("UpdateJob", JobName="nightly", JobUpdate={"Name": "other"})
    assert bench.ask("GetJob", JobName="nightly")["Job"]["Name"] == "nightly"


def test_definition_is_a_copy(glue_runs: GlueRuns, client: Any) -> None:
    """A dict that a test changes after add_job changes no job."""
    arguments = {"--day": "monday"}
    glue_runs.add_job("nightly", DefaultArguments=arguments)
    arguments["--day"] = "tuesday"
    job = client.get_job(JobName="nightly")["Job"]
    assert job["DefaultArguments"] == {"--day": "monday"}


def test_every_pattern_of_the_model_is_one_of_pythons() -> None:
    """Readers of all our operations are made without a warning about a pattern."""
    request_model = RequestModel(botocore.session.get_session().get_service_model("glue"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for operation in OPERATIONS:
            with pytest.raises(GlueError):
                request_model.validate(
                    operation, {"JobName": 1, "Tags": 1, "JobNames": 1, "NextToken": 1}
                )


def small_model(shape: dict[str, Any]) -> RequestModel:
    """The shapes of a service with one operation, whose request has one member."""
    shapes = {
        "Request": {"type": "structure", "members": {"Value": {"shape": "Value"}}},
        "Value": shape,
    }
    operation = {"name": "Do", "input": {"shape": "Request"}}
    return RequestModel(ServiceModel({"operations": {"Do": operation}, "shapes": shapes}, "small"))


def test_pattern_that_is_only_javas_is_not_checked() -> None:
    """A pattern that Python cannot read lets everything pass, line breaks too."""
    request_model = small_model({"type": "string", "pattern": r"\p{Alpha}*"})
    assert request_model.validate("Do", {"Value": "1\n2"}) == {"Value": "1\n2"}
