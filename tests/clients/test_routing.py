"""Who answers what: the service, moto, nobody, or the host itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError

from pytest_glue_runs import GlueRuns, mock_glue_runs

SessionWith = Callable[[Any, str], Any]


def make_client(service: str, **options: Any) -> Any:
    return boto3.client(service, **{"region_name": "us-east-1", **options})


class _Glue(BaseHTTPRequestHandler):
    """A Glue of its own on this machine; the test sees what was sent."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(self.headers)  # type: ignore[attr-defined]
        body = b'{"JobRunId":"jr_local"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are silent."""


@pytest.fixture
def server() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Glue) as server:
        server.requests = []  # type: ignore[attr-defined]
        server.url = f"http://127.0.0.1:{server.server_port}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_host_that_is_not_of_aws_is_left_alone(server: Any, glue_runs: GlueRuns) -> None:
    client = make_client("glue", endpoint_url=server.url)
    assert client.start_job_run(JobName="nightly")["JobRunId"] == "jr_local"
    assert glue_runs.calls == ()


def test_a_host_that_is_not_of_aws_is_left_alone_by_moto_too(
    server: Any, glue_runs: GlueRuns
) -> None:
    make_client("s3").list_buckets()
    client = make_client("glue", endpoint_url=server.url)
    assert client.start_job_run(JobName="nightly")["JobRunId"] == "jr_local"


@pytest.mark.glue_runs(account_id="111122223333")
def test_what_is_sent_on_carries_no_header_of_moto(server: Any, glue_runs: GlueRuns) -> None:
    make_client("s3").list_buckets()
    make_client("glue", endpoint_url=server.url).start_job_run(JobName="nightly")
    assert "x-moto-account-id" not in server.requests[0]


def test_a_client_without_credentials_has_none_for_another_host(
    server: Any, glue_runs: GlueRuns, session_with: SessionWith
) -> None:
    session = session_with(None, "none")
    client = session.client("glue", region_name="us-east-1", endpoint_url=server.url)
    with pytest.raises(NoCredentialsError):
        client.start_job_run(JobName="nightly")


def test_another_host_that_moto_was_told_of_is_answered_by_moto(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from moto import mock_aws

    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://store.example")
    with mock_aws(), mock_glue_runs:
        s3 = make_client("s3", endpoint_url="https://store.example")
        s3.create_bucket(Bucket="scripts")
        assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["scripts"]


@pytest.mark.glue_runs(other_services="error")
def test_error_answers_jobs_and_runs(glue_runs: GlueRuns, job: str) -> None:
    make_client("glue").start_job_run(JobName=job)
    assert len(glue_runs.runs()) == 1


@pytest.mark.glue_runs(other_services="error")
def test_error_refuses_another_service(glue_runs: GlueRuns) -> None:
    with pytest.raises(RuntimeError) as caught:
        make_client("s3").list_buckets()
    assert str(caught.value) == (
        "s3.ListBuckets was called, and other_services is 'error': only Glue's operations on "
        "jobs and runs are answered. Valid: 'moto' lets moto answer the others, 'pass' leaves "
        "them alone."
    )


@pytest.mark.glue_runs(other_services="error")
def test_error_refuses_another_operation_of_glue(glue_runs: GlueRuns) -> None:
    with pytest.raises(RuntimeError) as caught:
        make_client("glue").get_databases()
    assert str(caught.value).startswith("glue.GetDatabases was called, and other_services is")


@pytest.mark.glue_runs(other_services="error")
def test_error_leaves_another_host_alone(server: Any, glue_runs: GlueRuns) -> None:
    client = make_client("glue", endpoint_url=server.url)
    assert client.start_job_run(JobName="nightly")["JobRunId"] == "jr_local"


@pytest.mark.glue_runs(other_services="pass")
def test_pass_answers_jobs_and_runs(glue_runs: GlueRuns, job: str) -> None:
    make_client("glue").start_job_run(JobName=job)
    assert len(glue_runs.runs()) == 1


@pytest.mark.glue_runs(other_services="pass")
def test_pass_sends_another_service_on_its_way(glue_runs: GlueRuns) -> None:
    with pytest.raises(AssertionError, match=r"^sent to https://s3\.amazonaws\.com/$"):
        make_client("s3").list_buckets()


@pytest.mark.glue_runs(other_services="pass")
def test_pass_leaves_another_service_to_the_users_own_moto(glue_runs: GlueRuns) -> None:
    from moto import mock_aws

    with mock_aws():
        assert make_client("s3").list_buckets()["Buckets"] == []


def test_an_address_that_moto_does_not_know_is_refused(glue_runs: GlueRuns) -> None:
    config = Config(use_dualstack_endpoint=True)
    with pytest.raises(RuntimeError) as caught:
        make_client("glue", config=config).get_databases()
    assert str(caught.value) == (
        "glue.GetDatabases was called at https://glue.us-east-1.api.aws/, and moto has no answer "
        "for that address. Nothing may reach AWS while Glue is mocked; other_services='pass' "
        "would let it."
    )
