"""Requests that no client would send: each has a response, and a report that can be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_glue_runs import GlueRuns, UnansweredRequestError, _mock, mock_glue_runs

OPERATIONS = (
    "BatchGetJobs",
    "BatchStopJobRun",
    "CreateJob",
    "DeleteJob",
    "GetJob",
    "GetJobBookmark",
    "GetJobRun",
    "GetJobRuns",
    "GetJobs",
    "GetTags",
    "ListJobs",
    "ResetJobBookmark",
    "StartJobRun",
    "TagResource",
    "UntagResource",
    "UpdateJob",
)
search = settings(
    max_examples=50,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)

texts = st.sampled_from(
    [
        "nightly",
        "jr_1",
        "\ud800",  # half of a pair: JSON can hold it, UTF-8 cannot
        "\x00\x1b[31m\n",
        "arn:aws:glue:us-east-1:123456789012:job/nightly",
    ]
) | st.text(st.characters(), max_size=20)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def bodies(draw: st.DrawFn, members: list[str]) -> bytes:
    """Draw a body whose members are the operation's own, or anything, however deep."""
    names = st.sampled_from([*members, ""]) | texts
    request = draw(st.dictionaries(names, values, max_size=4))
    depth = draw(st.sampled_from([0, 0, 0, 0, 5, 900, 100_000]))
    opening, closing = draw(st.sampled_from([("[", "]"), ('{"a":', "}"), ('{"Children":[', "]}")]))
    deep = f'{json.dumps(draw(names))}:{opening * depth}"nightly"{closing * depth}'
    return f"{json.dumps(request)[:-1]}{', ' if request else ''}{deep}}}".encode()


class RawClient:
    """A client that sends a body as it is, in the place of the one it would send."""

    def __init__(self) -> None:
        unchecked = Config(parameter_validation=False, retries={"total_max_attempts": 1})
        self._client = boto3.client("glue", region_name="us-east-1", config=unchecked)
        self._client.meta.events.register("before-call.glue", self._replace_body)
        meta = self._client.meta
        self._model = meta.service_model
        self._methods = {operation: name for name, operation in meta.method_to_api_mapping.items()}
        self._body = b""

    def members(self, operation: str) -> list[str]:
        """The members of an operation's requests."""
        return list(self._model.operation_model(operation).input_shape.members)

    def send(self, operation: str, body: bytes) -> None:
        """Send a body. Glue's errors are fine, and moto is not asked."""
        self._body = body
        with suppress(ClientError, UnansweredRequestError):
            getattr(self._client, self._methods[operation])()

    def _replace_body(self, params: dict[str, Any], **_: object) -> None:
        params["body"] = self._body


@pytest.fixture
def glue() -> Iterator[GlueRuns]:
    with mock_glue_runs(other_services="error", unused="ignore") as glue:
        yield glue


@pytest.fixture
def client() -> RawClient:
    return RawClient()


def check(glue: GlueRuns, client: RawClient, sent: list[tuple[str, bytes]]) -> None:
    """Send bodies to a Glue with a job and a run, and use everything that shows them."""
    glue.reset()
    glue.add_job("nightly")
    client.send("StartJobRun", b'{"JobName": "nightly"}')
    for operation, body in sent:
        client.send(operation, body)
        glue.tick("10s")
    assert len(glue.calls) <= len(sent) + 1
    repr((glue.calls, glue.events, glue.runs(), [run.as_dict() for run in glue.runs()]))
    mocked = _mock.latest()
    assert mocked is not None
    assert "Calls:" in mocked.report()
    mocked.report().encode()  # as xdist sends it


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request_can_be_reported(glue: GlueRuns, client: RawClient, operation: str) -> None:
    @search
    @given(bodies(client.members(operation)))
    def send(body: bytes) -> None:
        check(glue, client, [(operation, body)])

    send()


@pytest.mark.slow
def test_any_sequence_can_be_reported(glue: GlueRuns, client: RawClient) -> None:
    asked = st.sampled_from(OPERATIONS).flatmap(
        lambda operation: st.tuples(st.just(operation), bodies(client.members(operation)))
    )

    @settings(search, max_examples=200)
    @given(st.lists(asked, min_size=2, max_size=6))
    def send(sent: list[tuple[str, bytes]]) -> None:
        check(glue, client, sent)

    send()
