"""The protocol: bytes in, bytes out, and whatever the bytes are, an answer of AWS's."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.parsers import JSONParser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.operations.tags import TAG_OPERATIONS
from pytest_glue_runs._service.protocol import wire

GLUE = botocore.session.get_session().get_service_model("glue")
MOST = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"

# What AWS answers to bad requests, and what may come of a good one.
CODES = {
    "SerializationException",
    "ValidationException",
    "InvalidInputException",
    "EntityNotFoundException",
    "AlreadyExistsException",
    "IdempotentParameterMismatchException",
    "ConcurrentRunsExceededException",
    "ResourceNumberLimitExceededException",
}

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, 10**400, -1, 0, 1, 1.5, 1e308])
    | st.text(max_size=300)
    | st.sampled_from(["nightly", "jr_1", "5.0", "G.1X", ARN, "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@cache
def values_of(name: str) -> st.SearchStrategy[Any]:
    """Values of one of the model's shapes that are mostly as they should be."""
    shape: Any = GLUE.shape_for(name)
    if shape.type_name == "structure":
        members = {
            member: st.deferred(lambda inner=inner: mostly(inner.name))  # type: ignore[misc]
            for member, inner in shape.members.items()
        }
        required = {member: members.pop(member) for member in shape.required_members}
        few = st.lists(st.sampled_from(sorted(members) or ["Made up"]), max_size=4, unique=True)
        optional = few.flatmap(
            lambda names: st.fixed_dictionaries({n: members.get(n, json_values) for n in names})
        )
        return st.builds(lambda a, b: {**a, **b}, st.fixed_dictionaries(required), optional)
    if shape.type_name == "list":
        return st.lists(st.deferred(lambda: mostly(shape.member.name)), max_size=3)
    if shape.type_name == "map":
        values = st.deferred(lambda: mostly(shape.value.name))
        return st.dictionaries(st.text(max_size=20), values, max_size=3)
    if shape.type_name == "string":
        texts = ["nightly", "other", "jr_1", "4.0", "5.0", "3", ARN, *shape.enum]
        return st.sampled_from(texts) | st.text(max_size=20)
    others = {"boolean": st.booleans(), "timestamp": st.just("2026-01-01T00:00:00Z")}
    if shape.type_name in others:
        return others[shape.type_name]
    low, high = shape.metadata.get("min", -5), shape.metadata.get("max", 2**31 - 1)
    numbers: st.SearchStrategy[Any] = st.integers(int(low), int(high))
    return numbers | st.floats(0, 1000) if shape.type_name == "double" else numbers


def mostly(name: str) -> st.SearchStrategy[Any]:
    """Values of a shape, and one in ten that are anything."""
    return st.integers(0, 9).flatmap(lambda one: values_of(name) if one else json_values)


def request_shape(operation: str) -> str:
    """The name of an operation's request shape."""
    name: str = GLUE.operation_model(operation).input_shape.name
    return name


def parsed(operation: str, answer: wire.Response) -> Any:
    """What botocore makes of an answer."""
    model: Any = GLUE.operation_model(operation)
    response = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
    return JSONParser().parse(response, model.output_shape)


def assert_aws_answers(bench: Any, operation: str, body: bytes) -> None:
    """The answer is one of AWS's, and the service goes on as before."""
    answer = bench.glue.handle(bench.caller, operation, body)
    if answer is None:
        assert operation in TAG_OPERATIONS  # of what is no job's, which moto has
        return
    if answer.status == 200:
        parsed(operation, answer)
    else:
        assert answer.status == 400
        assert parsed(operation, answer)["Error"]["Code"] in CODES
    for look, request in (
        ("GetJobs", b"{}"),
        ("GetJobRuns", b'{"JobName":"nightly"}'),
        ("ListJobs", b'{"Tags":{}}'),
        ("GetTags", json.dumps({"ResourceArn": ARN}).encode()),
    ):
        shown = bench.glue.handle(bench.caller, look, request)
        assert shown is not None
        assert shown.status in (200, 400)
        parsed(look, shown)


def prepared(new_bench: Callable[[], Any]) -> Any:
    """A service with a job that has a run."""
    bench = new_bench()
    bench.add_job()
    bench.ask("StartJobRun", JobName="nightly")
    return bench


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_json_has_an_answer(new_bench: Callable[[], Any], operation: str) -> None:
    """No JSON body makes an operation raise, or break what is shown later."""

    @MOST
    @given(json_values)
    def check(body: Any) -> None:
        assert_aws_answers(prepared(new_bench), operation, json.dumps(body).encode())

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request_has_an_answer(new_bench: Callable[[], Any], operation: str) -> None:
    """No request with the operation's own members makes it raise, or break what is shown."""

    @MOST
    @given(values_of(request_shape(operation)))
    def check(request: dict[str, Any]) -> None:
        assert_aws_answers(prepared(new_bench), operation, json.dumps(request).encode())

    check()


def test_any_story_has_answers(new_bench: Callable[[], Any]) -> None:
    """No sequence of requests makes the service raise, whatever time passes between."""
    asked = st.sampled_from(sorted(OPERATIONS)).flatmap(
        lambda operation: st.tuples(st.just(operation), values_of(request_shape(operation)))
    )

    @MOST
    @given(st.lists(st.tuples(asked, st.integers(-100, 10_000)), max_size=8))
    def check(story: list[tuple[tuple[str, Any], int]]) -> None:
        bench = prepared(new_bench)
        for (operation, request), seconds in story:
            assert_aws_answers(bench, operation, json.dumps(request).encode())
            bench.pass_time(seconds)

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_bytes_have_an_answer(new_bench: Callable[[], Any], operation: str) -> None:
    """No bytes at all make an operation raise."""

    @MOST
    @given(st.binary(max_size=40))
    def check(body: bytes) -> None:
        assert_aws_answers(prepared(new_bench), operation, body)

    check()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe",
        b'{"JobName":"\xff"}',
        b'{"JobName":NaN}',
        b'{"JobName":Infinity}',
        b'{"JobName":-Infinity}',
        b'{"JobName":1' + b"0" * 10_000 + b"}",
        b'{"JobName":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"JobName":"a"} {}',
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("operation", ["GetJob", "TagResource"])
def test_body_that_cannot_be_read(bench: Any, operation: str, body: bytes) -> None:
    """What is no JSON object is SerializationException, in AWS's framework's small message."""
    assert bench.send(operation, body) == (
        400,
        {"__type": "SerializationException", "message": "Start of structure or map expected"},
    )


def test_empty_body_is_an_empty_request(bench: Any) -> None:
    """No body at all is the same as {}."""
    assert bench.send("ListJobs", b"") == (200, {"JobNames": []})


def test_nesting_of_a_shape_that_holds_itself(new_bench: Callable[[], Any]) -> None:
    """Mappings within Mappings, however deep, are kept or refused, and never a traceback."""
    for depth in (1, 2, 100, *range(880, 1010, 13), 1200):
        mapping = '{"Children":[' * depth + "]}" * depth
        apply = f'{{"Name":"a","Inputs":["b"],"Mapping":[{mapping}]}}'
        body = (
            '{"Name":"nightly","Role":"r","Command":{},'
            f'"CodeGenConfigurationNodes":{{"n":{{"ApplyMapping":{apply}}}}}}}'
        )
        bench = new_bench()
        status, answer = bench.send("CreateJob", body.encode())
        assert status == 200 or answer["__type"] == "SerializationException"
        assert bench.send("GetJobs", b"{}")[0] == 200


@pytest.mark.slow
def test_nesting_of_what_is_too_long(new_bench: Callable[[], Any]) -> None:
    """Deep values in a map that is too long are refused, and never a traceback."""
    for depth in range(1, 1200, 7):
        deep = "[" * depth + "]" * depth
        tags = ",".join(f'"{number}":{deep}' for number in range(51))
        status, answer = new_bench().send("ListJobs", f'{{"Tags":{{{tags}}}}}'.encode())
        assert (status, answer["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize("operation", ["StartJob", "", "Other.Thing"])
def test_unknown_operation(bench: Any, operation: str) -> None:
    """What is no operation of Glue's is ours, and UnknownOperationException."""
    assert bench.send(operation, b"{}") == (400, {"__type": "UnknownOperationException"})


def test_other_operations_of_glue_are_not_ours(bench: Any) -> None:
    """What Glue has besides jobs and runs is left to moto."""
    assert bench.glue.handle(bench.caller, "GetDatabase", b"{}") is None


@pytest.mark.parametrize("operation", sorted(TAG_OPERATIONS))
@pytest.mark.parametrize(
    ("request_", "ours"),
    [
        ({"ResourceArn": ARN}, True),
        ({"ResourceArn": ARN.replace("job/", "trigger/")}, False),
        ({"ResourceArn": 7}, False),
        ({}, False),
    ],
)
def test_tags_of_jobs_are_ours(
    bench: Any, operation: str, request_: dict[str, Any], ours: bool
) -> None:
    """Tag operations are ours if the ARN is a job's."""
    body = json.dumps(request_).encode()
    assert (bench.glue.handle(bench.caller, operation, body) is not None) is ours


def test_error_of_glue_has_a_capital_message(bench: Any) -> None:
    """Glue's own exceptions have Message, as its model says."""
    status, answer = bench.send("GetJob", b'{"JobName":"a"}')
    assert (status, answer) == (
        400,
        {"__type": "EntityNotFoundException", "Message": "Job with name: a not found."},
    )


def test_answer_has_the_headers_of_aws(bench: Any) -> None:
    """Type, length and request id come with each answer."""
    answer = bench.glue.handle(bench.caller, "ListJobs", b"{}")
    assert answer is not None
    assert answer.headers == {
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(answer.body)),
        "x-amzn-RequestId": "00000000-0000-4000-8000-000000000001",
    }


def test_each_answer_has_a_request_id_of_its_own(bench: Any) -> None:
    """Request ids count up, those of errors too."""
    operations = ["ListJobs", "GetJob", "Nothing", "ListJobs"]
    answers = [bench.glue.handle(bench.caller, one, b"{}") for one in operations]
    last_digits = [answer.headers["x-amzn-RequestId"][-1] for answer in answers if answer]
    assert last_digits == ["1", "2", "3", "4"]


def test_client_sees_the_request_id(client: Any) -> None:
    """ResponseMetadata has the request id."""
    metadata = client.list_jobs()["ResponseMetadata"]
    assert metadata["RequestId"] == "00000000-0000-4000-8000-000000000001"


def test_calls_that_cannot_be_read_are_remembered(bench: Any) -> None:
    """The history of calls has those whose body is no JSON, with their error."""
    bench.send("GetJob", b"{")
    (call,) = bench.glue.calls
    assert (call.operation, call.request, call.error.code) == (
        "GetJob",
        {},
        "SerializationException",
    )


def test_calls_remember_what_was_read(bench: Any) -> None:
    """The history of calls has the request as Glue reads it: without what it ignores."""
    bench.ask("ListJobs", MaxResults=5, Made="up")
    assert [call.request for call in bench.glue.calls] == [{"MaxResults": 5}]
