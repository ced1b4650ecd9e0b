"""Clients of aiobotocore reach the service, and moto, as those of botocore do."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache
from typing import Any, TypeVar

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_glue_runs import GlueRuns, mock_glue_runs

aiobotocore_client = pytest.importorskip("aiobotocore.client")
aiobotocore_session = pytest.importorskip("aiobotocore.session")

Result = TypeVar("Result")


@pytest.fixture(autouse=True)
def _nothing_is_sent_by_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise for every request that aiobotocore would send."""
    from aiobotocore.httpsession import AIOHTTPSession

    async def send(self: Any, request: Any) -> Any:
        raise AssertionError(f"sent to {request.url} with {await body_of(request)!r}")

    monkeypatch.setattr(AIOHTTPSession, "send", send)


async def body_of(request: Any) -> Any:
    read = getattr(request.body, "read", None)
    return await read() if read else request.body


@pytest.fixture
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without a delay, which would be random."""
    monkeypatch.setattr("random.random", lambda: 0.0)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)


def run(awaitable: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(awaitable)


@cache
def session() -> Any:
    """Return one session for all tests: each loads its data anew."""
    return aiobotocore_session.get_session()


def make_client(service: str = "glue", **options: Any) -> Any:
    return session().create_client(service, **{"region_name": "us-east-1", **options})


def test_a_client_made_while_mocked_reaches_the_service(glue_runs: GlueRuns, job: str) -> None:
    async def main() -> None:
        async with make_client() as client:
            await client.start_job_run(JobName=job)

    run(main())
    assert [each.state for each in glue_runs.runs()] == ["STARTING"]


def test_a_client_made_before_reaches_the_service() -> None:
    async def main() -> None:
        async with make_client() as client:
            with mock_glue_runs as glue_runs:
                await client.start_job_run(JobName=glue_runs.add_job("nightly"))
                assert [each.state for each in glue_runs.runs()] == ["STARTING"]

    run(main())


def test_async_with_mocks_glue() -> None:
    async def main() -> None:
        async with mock_glue_runs as glue_runs, make_client() as client:
            await client.start_job_run(JobName=glue_runs.add_job("nightly"))
            assert [each.state for each in glue_runs.runs()] == ["STARTING"]

    run(main())


def test_a_library_imported_only_while_mocked_reaches_the_service(
    python: Callable[[str], str],
) -> None:
    printed = python(
        """
import asyncio
from pytest_glue_runs import mock_glue_runs

async def main():
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly")
        from aiobotocore.session import get_session
        async with get_session().create_client("glue", region_name="us-east-1") as client:
            await client.start_job_run(JobName="nightly")
        print(glue_runs.runs()[0].state)

asyncio.run(main())
"""
    )
    assert printed == "STARTING"


def test_the_library_is_not_imported_by_us(python: Callable[[str], str]) -> None:
    printed = python(
        """
import sys, boto3
from pytest_glue_runs import mock_glue_runs

with mock_glue_runs as glue_runs:
    boto3.client("glue", region_name="us-east-1").get_jobs()
print("aiobotocore" in sys.modules)
"""
    )
    assert printed == "False"


def test_concurrent_calls_each_start_a_run(glue_runs: GlueRuns, job: str) -> None:
    async def main() -> None:
        async with make_client() as client:
            await asyncio.gather(*(client.start_job_run(JobName=job) for _ in range(10)))

    run(main())
    assert len({each.id for each in glue_runs.runs()}) == 10


def test_an_error_is_the_modeled_exception(glue_runs: GlueRuns) -> None:
    async def main() -> None:
        async with make_client() as client:
            with pytest.raises(client.exceptions.EntityNotFoundException):
                await client.start_job_run(JobName="nightly")

    run(main())


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_temporary_error_is_retried(
    glue_runs: GlueRuns, job: str, mode: str, quick_retries: None
) -> None:
    async def main() -> Any:
        config = Config(retries={"mode": mode, "total_max_attempts": 3})
        async with make_client(config=config) as client:
            return await client.start_job_run(JobName=job)

    glue_runs.fail_next("StartJobRun", "ThrottlingException", times=2)
    assert run(main())["ResponseMetadata"]["RetryAttempts"] == 2


def test_an_adaptive_client_waits_for_its_turn_on_the_frozen_clock(
    glue_runs: GlueRuns, job: str, quick_retries: None
) -> None:
    async def main() -> None:
        config = Config(retries={"mode": "adaptive", "total_max_attempts": 2})
        async with make_client(config=config) as client:
            glue_runs.fail_next("StartJobRun", "ThrottlingException")
            await client.start_job_run(JobName=job)
            before = glue_runs.now
            await client.get_jobs()
            assert glue_runs.now > before

    run(main())


def test_an_error_that_stays_is_raised(glue_runs: GlueRuns, job: str) -> None:
    async def main() -> None:
        config = Config(retries={"mode": "standard", "total_max_attempts": 1})
        async with make_client(config=config) as client:
            await client.start_job_run(JobName=job)

    glue_runs.fail_next("StartJobRun", "InternalServiceException")
    with pytest.raises(ClientError) as caught:
        run(main())
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_a_paginator_goes_through_the_pages(glue_runs: GlueRuns, job: str) -> None:
    async def main() -> list[int]:
        async with make_client() as client:
            for _ in range(3):
                await client.start_job_run(JobName=job)
            pages = client.get_paginator("get_job_runs").paginate(
                JobName=job, PaginationConfig={"PageSize": 2}
            )
            return [len(page["JobRuns"]) async for page in pages]

    assert run(main()) == [2, 1]


def test_another_operation_of_glue_is_answered_by_moto(glue_runs: GlueRuns) -> None:
    async def main() -> Any:
        async with make_client() as client:
            await client.create_database(DatabaseInput={"Name": "sales"})
            return await client.get_database(Name="sales")

    assert run(main())["Database"]["Name"] == "sales"


def test_a_users_own_mock_aws_composes() -> None:
    from moto import mock_aws

    async def main() -> None:
        with mock_aws(), mock_glue_runs as glue_runs:
            async with make_client() as client:
                await client.start_job_run(JobName=glue_runs.add_job("nightly"))
                await client.create_database(DatabaseInput={"Name": "sales"})
            assert len(glue_runs.runs()) == 1

    run(main())


async def stored(body: Any) -> Any:
    """Store an object in S3, and return the body of the response to a read."""
    async with make_client("s3") as s3:
        await s3.create_bucket(Bucket="scripts")
        await s3.put_object(Bucket="scripts", Key="nightly.py", Body=body)
        return (await s3.get_object(Bucket="scripts", Key="nightly.py"))["Body"]


def read_whole(body: Any) -> Awaitable[bytes]:
    whole: Awaitable[bytes] = body.read()
    return whole


async def read_inside_async_with(body: Any) -> bytes:
    async with body as stream:
        whole: bytes = await stream.read()
    return whole


async def read_in_chunks(body: Any) -> bytes:
    return b"".join([chunk async for chunk in body.iter_chunks(2)])


async def read_by_lines(body: Any) -> bytes:
    return b"\n".join([line async for line in body.iter_lines()])


@pytest.mark.parametrize(
    "read", [read_whole, read_inside_async_with, read_in_chunks, read_by_lines]
)
def test_an_object_of_s3_is_read(
    glue_runs: GlueRuns, read: Callable[[Any], Awaitable[bytes]]
) -> None:
    async def main() -> bytes:
        return await read(await stored(b"one\ntwo"))

    assert run(main()) == b"one\ntwo"


def test_an_object_of_s3_is_stored_from_a_file(glue_runs: GlueRuns) -> None:
    async def main() -> bytes:
        return await read_whole(await stored(io.BytesIO(b"one")))

    assert run(main()) == b"one"


def test_a_raw_response_is_a_context_manager_as_in_aiohttp(glue_runs: GlueRuns) -> None:
    async def main() -> None:
        seen: list[Any] = []
        async with make_client() as client:
            client.meta.events.register(
                "after-call", lambda http_response, **_: seen.append(http_response)
            )
            await client.get_jobs()
        async with seen[0].raw as raw:
            assert raw is seen[0].raw

    run(main())


def test_the_end_of_an_object_is_known(glue_runs: GlueRuns) -> None:
    async def main() -> tuple[bool, bool]:
        body = await stored(b"one")
        before = body.readable()
        await body.read()
        return before, body.readable()

    assert run(main()) == (True, False)


@pytest.mark.glue_runs(other_services="pass")
def test_a_request_that_is_sent_is_whole(glue_runs: GlueRuns) -> None:
    async def main() -> None:
        async with make_client("s3") as s3:
            await s3.put_object(Bucket="scripts", Key="nightly.py", Body=b"one")

    with pytest.raises(AssertionError, match=r"nightly\.py with b'3\\r\\none\\r\\n"):
        run(main())


@pytest.mark.glue_runs(other_services="pass")
def test_a_request_that_is_sent_may_have_no_body(glue_runs: GlueRuns) -> None:
    async def main() -> None:
        async with make_client("s3") as s3:
            await s3.list_buckets()

    with pytest.raises(AssertionError, match=r"^sent to "):
        run(main())


def test_a_client_has_the_handlers_it_had() -> None:
    def handlers(client: Any) -> Any:
        return client.meta.events._emitter._handlers.prefix_search("before-send.glue.StartJobRun")

    async def main() -> None:
        async with make_client() as client:
            before = handlers(client)
            with mock_glue_runs as glue_runs:
                await client.start_job_run(JobName=glue_runs.add_job("nightly"))
                assert handlers(client) != before
            assert handlers(client) == before

    run(main())


def test_the_class_is_restored() -> None:
    owner = aiobotocore_client.AioBaseClient
    before = dict(vars(owner))
    with mock_glue_runs:
        assert dict(vars(owner)) != before
    assert dict(vars(owner)) == before


def test_a_client_without_credentials_reaches_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    bare = aiobotocore_session.get_session()

    async def main() -> None:
        async with bare.create_client("glue", region_name="us-east-1") as client:
            with mock_glue_runs as glue_runs:
                await client.start_job_run(JobName=glue_runs.add_job("nightly"))
                assert len(glue_runs.runs()) == 1

    run(main())


def test_clients_of_a_session_share_the_functions_of_their_methods(
    glue_runs: GlueRuns, job: str
) -> None:
    async def started() -> Any:
        async with make_client() as client:
            await client.start_job_run(JobName=job)
            return vars(type(client))["start_job_run"]

    assert run(started()) is run(started())
    assert len(glue_runs.runs(job)) == 2
