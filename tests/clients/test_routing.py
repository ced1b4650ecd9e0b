"""Where a request goes: to the service, to moto, to the host it is for, or nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.httpsession import URLLib3Session

from pytest_glue_runs import GlueRuns, UnansweredRequestError, mock_glue_runs

SessionWith = Callable[[Any, str], Any]

OTHER_HOST = "https://glue.corp.example"


def make_client(service: str = "glue", **options: Any) -> Any:
    return boto3.client(service, **{"region_name": "us-east-1", **options})


class _Glue(BaseHTTPRequestHandler):
    """A server on this machine that records what it is sent."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(self.headers)  # type: ignore[attr-defined]
        body = b'{"JobRunId":"jr_local"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


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


@pytest.mark.parametrize(
    "url",
    [
        "https://glue.us-east-1.amazonaws.com.",
        "https://GLUE.us-east-1.AmazonAWS.com",
        "https://glue.us-east-1.amazonaws.com:443",
        "http://glue.us-east-1.amazonaws.com:8080",
        "https://vpce-0123.glue.us-east-1.vpce.amazonaws.com",
    ],
)
def test_a_host_of_aws_is_recognized_in_any_spelling(
    glue_runs: GlueRuns, job: str, url: str
) -> None:
    client = make_client(endpoint_url=url)
    client.start_job_run(JobName=job)
    assert len(glue_runs.runs()) == 1
    assert client.meta.endpoint_url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.us-east-1.amazonaws.com.",
        "https://S3.amazonaws.com",
        "http://s3.amazonaws.com:80",
    ],
)
def test_moto_recognizes_a_host_of_aws_in_any_spelling(glue_runs: GlueRuns, url: str) -> None:
    assert make_client("s3", endpoint_url=url).list_buckets()["Buckets"] == []


@pytest.mark.parametrize("other_services", ["moto", "error", "pass"])
def test_this_machine_is_left_alone(server: Any, other_services: Any) -> None:
    with mock_glue_runs(other_services=other_services) as glue_runs:
        client = make_client(endpoint_url=server.url)
        assert client.start_job_run(JobName="nightly")["JobRunId"] == "jr_local"
        assert glue_runs.calls == ()


def test_this_machine_is_left_alone_by_moto_too(server: Any, glue_runs: GlueRuns) -> None:
    make_client("s3").list_buckets()
    client = make_client(endpoint_url=server.url)
    assert client.start_job_run(JobName="nightly")["JobRunId"] == "jr_local"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "aws.localhost",
        "localhost.localstack.cloud",
        "127.1.2.3",
        "0.0.0.0",
        "[::1]",
    ],
)
def test_every_name_of_this_machine_is_left_alone(glue_runs: GlueRuns, host: str) -> None:
    """In these tests, sending raises an AssertionError for all but 127.0.0.1."""
    with pytest.raises(AssertionError, match=r"^sent to http"):
        make_client(endpoint_url=f"http://{host}:4566").get_jobs()


@pytest.mark.glue_runs(account_id="111122223333")
def test_what_is_sent_on_carries_no_header_of_moto(server: Any, glue_runs: GlueRuns) -> None:
    make_client("s3").list_buckets()
    make_client(endpoint_url=server.url).start_job_run(JobName="nightly")
    assert "x-moto-account-id" not in server.requests[0]


@pytest.mark.parametrize(
    ("source", "other_services"),
    [
        ("argument", "moto"),
        ("argument", "error"),
        ("environment", "moto"),
        ("environment of Glue", "moto"),
        ("profile", "moto"),
    ],
)
def test_jobs_and_runs_at_another_host_are_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, source: str, other_services: Any
) -> None:
    options: dict[str, Any] = {}
    if source == "argument":
        options = {"endpoint_url": OTHER_HOST}
    elif source == "profile":
        config = tmp_path / "config"
        config.write_text(f"[profile corp]\nendpoint_url = {OTHER_HOST}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_PROFILE", "corp")
    else:
        suffix = "_GLUE" if source == "environment of Glue" else ""
        monkeypatch.setenv(f"AWS_ENDPOINT_URL{suffix}", OTHER_HOST)
    client = boto3.Session(region_name="us-east-1").client("glue", **options)
    with mock_glue_runs(other_services=other_services) as glue_runs:
        assert client.meta.endpoint_url == OTHER_HOST
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert len(glue_runs.runs()) == 1


def test_the_rest_of_glue_at_another_host_is_answered_by_moto(glue_runs: GlueRuns) -> None:
    client = make_client(endpoint_url=OTHER_HOST)
    client.create_database(DatabaseInput={"Name": "sales"})
    assert make_client().get_database(Name="sales")["Database"]["Name"] == "sales"


def test_another_service_at_another_host_is_rejected(glue_runs: GlueRuns) -> None:
    with pytest.raises(UnansweredRequestError) as caught:
        make_client("s3", endpoint_url="http://minio:9000").list_buckets()
    assert str(caught.value) == (
        "s3.ListBuckets was called at http://minio:9000/, and moto has no answer for that address. "
        "Nothing may reach AWS while Glue is mocked. passthrough_hosts=['minio'] would leave "
        "requests to that host alone."
    )


def test_errors_show_neither_query_nor_user_of_a_url(glue_runs: GlueRuns) -> None:
    url = "https://me:pw@search.us-east-1.es.amazonaws.com/_search?X-Amz-Signature=5e9#a"
    with pytest.raises(UnansweredRequestError) as caught:
        URLLib3Session().send(AWSRequest("GET", url).prepare())
    assert str(caught.value) == (
        "GET https://search.us-east-1.es.amazonaws.com/_search was about to be sent, not by a "
        "client. Nothing may reach AWS while Glue is mocked; other_services='pass' would let it."
    )


@pytest.mark.parametrize("host", ["minio", "MINIO.", "data.minio"])
def test_a_host_that_is_listed_is_left_alone(host: str) -> None:
    with (
        mock_glue_runs(passthrough_hosts=["Minio."]),
        pytest.raises(AssertionError, match=r"^sent to "),
    ):
        make_client("s3", endpoint_url=f"http://{host}:9000").list_buckets()


@pytest.mark.parametrize("host", ["minio.example", "notminio"])
def test_a_host_that_is_not_listed_is_answered(host: str) -> None:
    with mock_glue_runs(passthrough_hosts=["minio"]) as glue_runs:
        make_client(endpoint_url=f"https://{host}").get_jobs()
        assert len(glue_runs.calls) == 1


def test_a_host_of_aws_that_is_listed_is_answered() -> None:
    with mock_glue_runs(passthrough_hosts="amazonaws.com") as glue_runs:
        make_client().get_jobs()
        assert len(glue_runs.calls) == 1


@pytest.mark.parametrize(
    "listed",
    ["minio, 10.0.0.7", " minio\n10.0.0.7 ", ("minio", "10.0.0.7"), ["MINIO", "10.0.0.7."]],
)
def test_hosts_are_listed_as_text_or_in_any_collection(listed: Any) -> None:
    with (
        mock_glue_runs(passthrough_hosts=listed),
        mock_glue_runs(passthrough_hosts=["minio", "10.0.0.7"]),
    ):
        pass  # the same, or the second would contradict the first


def test_an_address_of_version_6_may_be_listed() -> None:
    with (
        mock_glue_runs(passthrough_hosts=["fd00::7"]),
        pytest.raises(AssertionError, match=r"^sent to "),
    ):
        make_client("s3", endpoint_url="http://[fd00::7]:9000").list_buckets()


def test_another_host_that_moto_knows_is_answered_by_moto(
    monkeypatch: pytest.MonkeyPatch, glue_runs: GlueRuns
) -> None:
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://store.example")
    s3 = make_client("s3", endpoint_url="https://store.example")
    s3.create_bucket(Bucket="scripts")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["scripts"]


@pytest.mark.glue_runs(other_services="error")
def test_error_answers_jobs_and_runs(glue_runs: GlueRuns, job: str) -> None:
    make_client().start_job_run(JobName=job)
    assert len(glue_runs.runs()) == 1


@pytest.mark.glue_runs(other_services="error")
def test_error_rejects_another_service(glue_runs: GlueRuns) -> None:
    with pytest.raises(UnansweredRequestError) as caught:
        make_client("s3").list_buckets()
    assert str(caught.value) == (
        "s3.ListBuckets was called, and other_services is 'error': only Glue's operations on "
        "jobs, runs, triggers and workflows are answered. Valid: 'moto' lets moto answer the "
        "others, 'pass' leaves them alone."
    )


@pytest.mark.glue_runs(other_services="error")
def test_error_rejects_another_operation_of_glue(glue_runs: GlueRuns) -> None:
    with pytest.raises(UnansweredRequestError) as caught:
        make_client().get_databases()
    assert str(caught.value).startswith("glue.GetDatabases was called, and other_services is")


@pytest.mark.glue_runs(other_services="pass")
def test_pass_answers_jobs_and_runs(glue_runs: GlueRuns, job: str) -> None:
    make_client().start_job_run(JobName=job)
    assert len(glue_runs.runs()) == 1


@pytest.mark.glue_runs(other_services="pass")
def test_pass_sends_another_service(glue_runs: GlueRuns) -> None:
    with pytest.raises(AssertionError, match=r"^sent to https://s3\.amazonaws\.com/$"):
        make_client("s3").list_buckets()


@pytest.mark.glue_runs(other_services="pass")
def test_pass_leaves_another_host_alone(glue_runs: GlueRuns) -> None:
    with pytest.raises(AssertionError, match=rf"^sent to {OTHER_HOST}/$"):
        make_client(endpoint_url=OTHER_HOST).get_jobs()


@pytest.mark.glue_runs(other_services="pass")
def test_pass_leaves_another_service_to_the_users_own_moto(glue_runs: GlueRuns) -> None:
    from moto import mock_aws

    with mock_aws():
        assert make_client("s3").list_buckets()["Buckets"] == []


def test_an_address_that_moto_does_not_know_is_rejected(glue_runs: GlueRuns) -> None:
    config = Config(use_dualstack_endpoint=True)
    with pytest.raises(UnansweredRequestError) as caught:
        make_client(config=config).get_databases()
    assert str(caught.value) == (
        "glue.GetDatabases was called at https://glue.us-east-1.api.aws/, and moto has no answer "
        "for that address. Nothing may reach AWS while Glue is mocked. other_services='pass' "
        "would let it."
    )


def request_without_a_client(url: str) -> Any:
    return URLLib3Session().send(AWSRequest("GET", url).prepare())


def test_a_request_to_aws_that_no_client_sends_is_rejected(glue_runs: GlueRuns) -> None:
    """Code signs requests itself for OpenSearch and AppSync, for example."""
    with pytest.raises(UnansweredRequestError) as caught:
        request_without_a_client("https://search-logs.us-east-1.es.amazonaws.com/_search")
    assert str(caught.value) == (
        "GET https://search-logs.us-east-1.es.amazonaws.com/_search was about to be sent, not by "
        "a client. Nothing may reach AWS while Glue is mocked; other_services='pass' would let it."
    )


@pytest.mark.glue_runs(other_services="pass")
def test_pass_sends_a_request_to_aws_that_no_client_sends(glue_runs: GlueRuns) -> None:
    with pytest.raises(AssertionError, match=r"^sent to "):
        request_without_a_client("https://search-logs.us-east-1.es.amazonaws.com/_search")


def test_a_request_to_another_host_that_no_client_sends_is_left_alone(glue_runs: GlueRuns) -> None:
    with pytest.raises(AssertionError, match=r"^sent to "):
        request_without_a_client("https://corp.example/latest.json")
