"""The protocol: every request, even of random bytes, gets a response that AWS could give."""

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
from pytest_glue_runs._service.rules import error_catalog

GLUE = botocore.session.get_session().get_service_model("glue")
many_examples = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"

# The errors of malformed requests, and those that valid requests may cause.
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
    """Return values of one of the model's shapes, most of them valid."""
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
    """Return values of a shape, and in one of ten cases arbitrary JSON."""
    return st.integers(0, 9).flatmap(lambda one: values_of(name) if one else json_values)


def request_shape(operation: str) -> str:
    """Return the name of an operation's request shape."""
    name: str = GLUE.operation_model(operation).input_shape.name
    return name


def parsed(operation: str, response: wire.Response) -> Any:
    """Return botocore's parsed form of a response."""
    model: Any = GLUE.operation_model(operation)
    received = {"status_code": response.status, "headers": response.headers, "body": response.body}
    return JSONParser().parse(received, model.output_shape)


def assert_valid_response(bench: Any, operation: str, body: bytes) -> None:
    """Assert that the response is one of AWS's, and that later reads still succeed."""
    response = bench.glue.handle(bench.caller, operation, body)
    if response is None:
        assert operation in TAG_OPERATIONS  # not the ARN of a job: left to moto
        return
    if response.status == 200:
        parsed(operation, response)
    else:
        assert response.status == 400
        assert parsed(operation, response)["Error"]["Code"] in CODES
    for read, request in (
        ("GetJobs", b"{}"),
        ("GetJobRuns", b'{"JobName":"nightly"}'),
        ("ListJobs", b'{"Tags":{}}'),
        ("GetTags", json.dumps({"ResourceArn": ARN}).encode()),
    ):
        shown = bench.glue.handle(bench.caller, read, request)
        assert shown is not None
        assert shown.status in (200, 400)
        parsed(read, shown)


def prepared(new_bench: Callable[[], Any]) -> Any:
    """Return a service with a job that has a run."""
    bench = new_bench()
    bench.add_job()
    bench.call("StartJobRun", JobName="nightly")
    return bench


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_json_body(new_bench: Callable[[], Any], operation: str) -> None:
    """No JSON body makes an operation raise, or breaks later reads."""

    @many_examples
    @given(json_values)
    def check(body: Any) -> None:
        assert_valid_response(prepared(new_bench), operation, json.dumps(body).encode())

    check()


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request(new_bench: Callable[[], Any], operation: str) -> None:
    """No request with the operation's members makes it raise, or breaks later reads."""

    @many_examples
    @given(values_of(request_shape(operation)))
    def check(request: dict[str, Any]) -> None:
        assert_valid_response(prepared(new_bench), operation, json.dumps(request).encode())

    check()


@pytest.mark.slow
def test_any_sequence_of_requests(new_bench: Callable[[], Any]) -> None:
    """No sequence makes the service raise, with any time between the requests."""
    requests = st.sampled_from(sorted(OPERATIONS)).flatmap(
        lambda operation: st.tuples(st.just(operation), values_of(request_shape(operation)))
    )

    @many_examples
    @given(st.lists(st.tuples(requests, st.integers(-100, 10_000)), max_size=8))
    def check(sequence: list[tuple[tuple[str, Any], int]]) -> None:
        bench = prepared(new_bench)
        for (operation, request), seconds in sequence:
            assert_valid_response(bench, operation, json.dumps(request).encode())
            bench.move_clock(seconds)

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_bytes(new_bench: Callable[[], Any], operation: str) -> None:
    """No body of arbitrary bytes makes an operation raise."""

    @many_examples
    @given(st.binary(max_size=40))
    def check(body: bytes) -> None:
        assert_valid_response(prepared(new_bench), operation, body)

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
def test_malformed_body(bench: Any, operation: str, body: bytes) -> None:
    """Errors of AWS's framework have a lowercase member message."""
    assert bench.send(operation, body) == (
        400,
        {"__type": "SerializationException", "message": "Start of structure or map expected"},
    )


def test_empty_body(bench: Any) -> None:
    """It means {}."""
    assert bench.send("ListJobs", b"") == (200, {"JobNames": []})


def test_nesting_of_a_recursive_shape(new_bench: Callable[[], Any]) -> None:
    """Mappings within Mappings are accepted or rejected at any depth, without a RecursionError."""
    for depth in (1, 2, 100, *range(880, 1010, 13), 1200):
        mapping = '{"Children":[' * depth + "]}" * depth
        apply = f'{{"Name":"a","Inputs":["b"],"Mapping":[{mapping}]}}'
        body = (
            '{"Name":"nightly","Role":"r","Command":{"Name":"glueetl"},'
            f'"CodeGenConfigurationNodes":{{"n":{{"ApplyMapping":{apply}}}}}}}'
        )
        bench = new_bench()
        status, response = bench.send("CreateJob", body.encode())
        assert status == 200 or response["__type"] == "SerializationException"
        assert bench.send("GetJobs", b"{}")[0] == 200


@pytest.mark.slow
def test_nesting_in_a_map_that_is_too_long(new_bench: Callable[[], Any]) -> None:
    """It is rejected at any depth, without a RecursionError."""
    for depth in range(1, 1200, 7):
        deep = "[" * depth + "]" * depth
        tags = ",".join(f'"{number}":{deep}' for number in range(51))
        status, response = new_bench().send("ListJobs", f'{{"Tags":{{{tags}}}}}'.encode())
        assert (status, response["__type"]) == (400, "SerializationException")


def test_nesting_is_limited(bench: Any) -> None:
    """The limit counts brackets outside of strings, whatever the size of the body."""

    def send(inner: str) -> int:
        status: int = bench.send("ListJobs", f'{{"Made":{inner}}}'.encode())[0]
        return status

    rest = error_catalog.MAX_NESTING - 1  # the body itself is one level
    wide = "[" + ",".join(["[]"] * 1000) + "]"
    assert send("[" * rest + "]" * rest) == 200
    assert send("[" * (rest + 1) + "]" * (rest + 1)) == 400
    assert send('{"a":' * (rest + 1) + "1" + "}" * (rest + 1)) == 400
    assert send(wide) == 200
    assert send(f'"{"[" * 1000}"') == 200
    assert send('"' + r"\"[" * 1000 + '"') == 200
    assert send('"' + "[" * 1000) == 400  # the string never ends


def test_lone_surrogates_in_error_messages_are_replaced(bench: Any) -> None:
    """A message with one could be printed nowhere."""
    status, content = bench.send("GetJob", b'{"JobName":"\\ud800"}')
    assert (status, content["__type"]) == (400, "ValidationException")
    assert "Value '?' at 'jobName'" in content["Message"]


@pytest.mark.parametrize("operation", ["StartJob", "", "Other.Thing"])
def test_unknown_operation(bench: Any, operation: str) -> None:
    """The service rejects it; it is not left to moto."""
    assert bench.send(operation, b"{}") == (400, {"__type": "UnknownOperationException"})


def test_other_operations_of_glue_are_left_to_moto(bench: Any) -> None:
    assert bench.glue.handle(bench.caller, "GetDatabase", b"{}") is None


@pytest.mark.parametrize("operation", sorted(TAG_OPERATIONS))
@pytest.mark.parametrize(
    ("request_", "handled"),
    [
        ({"ResourceArn": ARN}, True),
        ({"ResourceArn": ARN.replace("job/", "trigger/")}, True),
        ({"ResourceArn": ARN.replace("job/", "crawler/")}, False),
        ({"ResourceArn": 7}, False),
        ({}, False),
    ],
)
def test_only_tags_of_jobs_and_triggers_are_handled(
    bench: Any, operation: str, request_: dict[str, Any], handled: bool
) -> None:
    """Tags of other resources are left to moto."""
    body = json.dumps(request_).encode()
    assert (bench.glue.handle(bench.caller, operation, body) is not None) is handled


def test_error_body(bench: Any) -> None:
    """Errors of Glue's model have a capitalized member Message."""
    status, response = bench.send("GetJob", b'{"JobName":"a"}')
    assert (status, response) == (
        400,
        {"__type": "EntityNotFoundException", "Message": "Job with name: a not found."},
    )


def test_response_headers(bench: Any) -> None:
    response = bench.glue.handle(bench.caller, "ListJobs", b"{}")
    assert response is not None
    assert response.headers == {
        "Content-Type": "application/x-amz-json-1.1",
        "Content-Length": str(len(response.body)),
        "x-amzn-RequestId": "00000000-0000-4000-8000-000000000001",
    }


def test_request_ids_are_numbered(bench: Any) -> None:
    """Error responses have one too."""
    operations = ["ListJobs", "GetJob", "Nothing", "ListJobs"]
    responses = [bench.glue.handle(bench.caller, operation, b"{}") for operation in operations]
    last_digits = [response.headers["x-amzn-RequestId"][-1] for response in responses if response]
    assert last_digits == ["1", "2", "3", "4"]


def test_client_receives_the_request_id(client: Any) -> None:
    metadata = client.list_jobs()["ResponseMetadata"]
    assert metadata["RequestId"] == "00000000-0000-4000-8000-000000000001"


def test_malformed_calls_are_recorded(bench: Any) -> None:
    """The record has an empty request, and the error."""
    bench.send("GetJob", b"{")
    (call,) = bench.glue.calls
    assert (call.operation, call.request, call.error.code) == (
        "GetJob",
        {},
        "SerializationException",
    )


def test_calls_record_the_validated_request(bench: Any) -> None:
    """The record lacks the members that the service ignores."""
    bench.call("ListJobs", MaxResults=5, Made="up")
    assert [call.request for call in bench.glue.calls] == [{"MaxResults": 5}]
