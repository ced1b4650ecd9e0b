"""The cost of a call through boto3, relative to the same client with a canned response."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks._rounds import Scale, Side, in_turns, ratio
from benchmarks._table import Row
from pytest_glue_runs import mock_glue_runs

_GOAL = 1.10
_MANY = {"MaxConcurrentRuns": 1000}

# Calls the client, given the id of a run that was started before.
Call = Callable[[Any, str], object]


def rows(scale: Scale) -> Iterator[Row]:
    """Yield StartJobRun and GetJobRun as multiples of the time for a canned response."""
    # Created before moto is imported: this client does not have moto's handler, which costs time.
    client = _client()

    def start(client: Any, run_id: str) -> object:
        return client.start_job_run(JobName="nightly")

    def get(client: Any, run_id: str) -> object:
        return client.get_job_run(JobName="nightly", RunId=run_id)

    for operation, call in (("StartJobRun", start), ("GetJobRun", get)):
        # In pairs: moto's turn fills the caches of the processor, and slows down the next side.
        ours = in_turns(scale, ours=_ours(client, call), canned=_canned(client, call))
        moto = in_turns(scale, moto=_moto(call), canned=_canned(client, call))
        yield Row(
            f"{operation} through boto3, relative to a canned response",
            unit="x",
            goal=_GOAL,
            ours=ratio(ours["ours"], ours["canned"]),
            moto=ratio(moto["moto"], moto["canned"]),
        )


def _client() -> Any:
    from boto3.session import Session

    session = Session(aws_access_key_id="AKIA", aws_secret_access_key="secret")
    return session.client("glue", region_name="us-east-1")


def _ours(client: Any, call: Call) -> Side:
    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        with mock_glue_runs(freeze=False) as glue_runs:
            glue_runs.add_job("nightly", ExecutionProperty=_MANY)
            run_id = client.start_job_run(JobName="nightly")["JobRunId"]
            yield lambda: call(client, run_id)

    return side


def _canned(client: Any, call: Call) -> Side:
    """The same client, with the response that our service returned."""
    received: list[dict[str, Any]] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        received.append(response_dict)

    with _ours(client, call)() as ours:
        client.meta.events.register("response-received.glue", keep)
        ours()
        client.meta.events.unregister("response-received.glue", keep)
    (response,) = received
    headers = dict(response["headers"])

    def canned(request: Any, **_: Any) -> object:
        from botocore.awsrequest import AWSResponse

        body = _Body(response["body"])
        return AWSResponse(request.url, response["status_code"], headers, body)

    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        client.meta.events.register_first("before-send.glue", canned)
        yield lambda: call(client, "jr_0")
        client.meta.events.unregister("before-send.glue", canned)

    return side


def _moto(call: Call) -> Side:
    from moto import mock_aws

    client = _client()

    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        with mock_aws():
            client.create_job(
                Name="nightly",
                Role="GlueJobRole",
                Command={"Name": "glueetl", "ScriptLocation": "s3://glue-scripts/nightly.py"},
                ExecutionProperty=_MANY,
            )
            run_id = client.start_job_run(JobName="nightly")["JobRunId"]
            yield lambda: call(client, run_id)

    return side


class _Body(io.BytesIO):
    """The body of a response, as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
