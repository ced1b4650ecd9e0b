"""Clients of botocore reach the service, wherever and whenever they were made."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import Mock, patch

import boto3
import botocore.client
import pytest
from botocore.config import Config
from botocore.credentials import (
    Credentials,
    DeferredRefreshableCredentials,
    RefreshableCredentials,
)
from botocore.exceptions import NoCredentialsError, ParamValidationError
from botocore.stub import Stubber

from pytest_glue_runs import GlueRuns, mock_glue_runs
from pytest_glue_runs._clients import seams
from pytest_glue_runs._clients.seams import Seam, wrapped

SessionWith = Callable[[Any, str], Any]

# Kept from before any mock: code that patches the calls of some operations does that.
_MAKE_API_CALL = botocore.client.BaseClient._make_api_call

NEVER = Mock(side_effect=AssertionError("credentials were fetched"))


def make_client(**options: Any) -> Any:
    return boto3.client("glue", **{"region_name": "us-east-1", **options})


def states(glue_runs: GlueRuns) -> list[str]:
    return [run.state for run in glue_runs.runs()]


def test_a_client_made_while_mocked_reaches_the_service(glue_runs: GlueRuns, job: str) -> None:
    run_id = make_client().start_job_run(JobName=job)["JobRunId"]
    assert glue_runs.run(run_id).job_name == job


def test_a_client_made_before_reaches_the_service() -> None:
    client = make_client()
    with mock_glue_runs as glue_runs:
        job = glue_runs.add_job("nightly")
        client.start_job_run(JobName=job)
        assert states(glue_runs) == ["STARTING"]


@pytest.mark.slow
def test_a_client_in_module_scope_reaches_the_service(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3

        client = boto3.client("glue", region_name="us-east-1")

        def test_start(glue_runs):
            glue_runs.add_job("nightly")
            client.start_job_run(JobName="nightly")
            assert len(glue_runs.runs("nightly")) == 1
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_client_is_served_in_several_mocks() -> None:
    client = make_client()
    for _ in range(2):
        with mock_glue_runs as glue_runs:
            client.start_job_run(JobName=glue_runs.add_job("nightly"))
            assert states(glue_runs) == ["STARTING"]


@pytest.mark.usefixtures("new_default_session")
def test_a_default_session_set_up_before_is_used() -> None:
    boto3.setup_default_session(region_name="eu-west-1")
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly", region="eu-west-1")
        boto3.client("glue").start_job_run(JobName="nightly")
        assert states(glue_runs) == ["STARTING"]


@pytest.mark.usefixtures("new_default_session")
def test_a_default_session_set_up_while_mocked_is_used(glue_runs: GlueRuns) -> None:
    boto3.setup_default_session(region_name="eu-west-1")
    glue_runs.add_job("nightly", region="eu-west-1")
    boto3.client("glue").start_job_run(JobName="nightly")
    assert states(glue_runs) == ["STARTING"]


def test_clients_made_and_used_in_threads_reach_the_service(glue_runs: GlueRuns, job: str) -> None:
    session = boto3.Session(region_name="us-east-1")
    clients = [session.client("glue") for _ in range(8)]
    threads = [
        threading.Thread(target=client.start_job_run, kwargs={"JobName": job}) for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(glue_runs) == ["STARTING"] * 8


def test_one_client_that_several_threads_use_first_starts_a_run_for_each() -> None:
    client = make_client()
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})
        barrier = threading.Barrier(8)

        def start() -> None:
            barrier.wait()
            client.start_job_run(JobName="nightly")

        threads = [threading.Thread(target=start) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert states(glue_runs) == ["STARTING"] * 8


@pytest.mark.slow
def test_clients_that_are_collected_at_once_each_reach_the_service(
    glue_runs: GlueRuns, job: str
) -> None:
    session = boto3.Session(region_name="us-east-1")
    for _ in range(4):
        session.client("glue").start_job_run(JobName=job)
        gc.collect()
    assert states(glue_runs) == ["STARTING"] * 4


def test_a_client_may_be_collected_after_the_mock() -> None:
    with mock_glue_runs as glue_runs:
        client = make_client()
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
    alive = weakref.ref(client)
    del client
    gc.collect()
    assert alive() is None


def test_a_client_without_credentials_reaches_the_service(session_with: SessionWith) -> None:
    client = session_with(None, "none").client("glue", region_name="us-east-1")
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert states(glue_runs) == ["STARTING"]


def test_a_client_without_credentials_has_none_after_the_mock(session_with: SessionWith) -> None:
    client = session_with(None, "none").client("glue", region_name="us-east-1")
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
    with pytest.raises(NoCredentialsError):
        client.start_job_run(JobName="nightly")


def test_a_request_of_a_client_without_credentials_is_for_the_region_of_the_client(
    session_with: SessionWith,
) -> None:
    client = session_with(None, "none").client("glue", region_name="eu-north-1")
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly", region="eu-north-1"))
        assert glue_runs.calls[0].caller == ("123456789012", "eu-north-1")


@pytest.mark.parametrize("method", ["iam-role", "container-role", "custom-process"])
def test_expired_credentials_are_not_fetched_again(method: str, session_with: SessionWith) -> None:
    expired = datetime.now(timezone.utc) - timedelta(days=1)
    credentials = RefreshableCredentials("key", "secret", "token", expired, NEVER, method)
    client = session_with(credentials, method).client("glue", region_name="us-east-1")
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert states(glue_runs) == ["STARTING"]


@pytest.mark.parametrize("method", ["sso", "login", "assume-role", "assume-role-with-web-identity"])
def test_credentials_that_were_not_fetched_before_the_mock_are_not_fetched(
    method: str, session_with: SessionWith
) -> None:
    credentials = DeferredRefreshableCredentials(NEVER, method)
    client = session_with(credentials, method).client("glue", region_name="us-east-1")
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert states(glue_runs) == ["STARTING"]


def test_the_credentials_of_a_role_assumed_while_mocked_sign(session_with: SessionWith) -> None:
    def assume() -> dict[str, str]:
        arn = "arn:aws:iam::111122223333:role/Loader"
        sts = boto3.client("sts", region_name="us-east-1")
        given = sts.assume_role(RoleArn=arn, RoleSessionName="loader")["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    with mock_glue_runs as glue_runs:
        glue_runs.add_job("nightly", account_id="111122223333")
        credentials = DeferredRefreshableCredentials(assume, "assume-role")
        session = session_with(credentials, "assume-role")
        session.client("glue", region_name="us-east-1").start_job_run(JobName="nightly")
        assert glue_runs.calls[0].caller.account_id == "111122223333"


def test_the_clients_own_credentials_sign(session_with: SessionWith) -> None:
    client = session_with(Credentials("OWNKEY", "secret"), "own").client(
        "glue", region_name="us-east-1"
    )
    with mock_glue_runs as glue_runs:
        seen: list[str] = []
        client.meta.events.register(
            "before-send.glue", lambda request, **_: seen.append(request.headers["Authorization"])
        )
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        # Authorization is bytes where botocore has a C signer.
        assert "Credential=OWNKEY/" in str(seen[0])


def test_the_config_of_the_client_applies(client: Any, job: str) -> None:
    config = Config(user_agent_extra="nightly-loader/7")
    own = make_client(config=config)
    seen: list[Any] = []
    own.meta.events.register("before-send", lambda request, **_: seen.append(request.headers))
    own.start_job_run(JobName=job)
    assert "nightly-loader/7" in str(seen[0]["User-Agent"])


def test_botocore_itself_rejects_unknown_parameters(client: Any, job: str) -> None:
    with pytest.raises(ParamValidationError):
        client.start_job_run(Job=job)


def test_a_stubber_on_the_client_responds_first(glue_runs: GlueRuns, client: Any, job: str) -> None:
    with Stubber(client) as stubber:
        stubber.add_response("start_job_run", {"JobRunId": "jr_stub"}, {"JobName": job})
        assert client.start_job_run(JobName=job)["JobRunId"] == "jr_stub"
    assert glue_runs.calls == ()


def test_after_a_stubber_the_service_responds(glue_runs: GlueRuns, client: Any, job: str) -> None:
    with Stubber(client) as stubber:
        stubber.add_response("start_job_run", {"JobRunId": "jr_stub"}, {"JobName": job})
        client.start_job_run(JobName=job)
    client.start_job_run(JobName=job)
    assert states(glue_runs) == ["STARTING"]


def test_a_patch_of_make_api_call_sees_the_calls(glue_runs: GlueRuns, job: str) -> None:
    client = make_client()
    with patch("botocore.client.BaseClient._make_api_call", return_value={"JobRunId": "jr_patch"}):
        assert client.start_job_run(JobName=job)["JobRunId"] == "jr_patch"
    assert glue_runs.calls == ()


def test_an_original_kept_from_before_the_mock_reaches_the_service() -> None:
    client = make_client()

    def call_original(self: Any, operation: str, parameters: Any) -> Any:
        return _MAKE_API_CALL(self, operation, parameters)

    with (
        mock_glue_runs as glue_runs,
        patch("botocore.client.BaseClient._make_api_call", call_original),
    ):
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert states(glue_runs) == ["STARTING"]


def test_what_is_imported_after_the_end_is_not_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread may have begun to look for it before."""

    class Late:
        def method(self) -> None: ...

    original = Late.method
    with wrapped(Seam("aiobotocore.late:Late", "method", Mock())):
        context = seams._active[-1]
    monkeypatch.setitem(sys.modules, "aiobotocore.late", Mock(Late=Late))
    context.wrap_imported()
    assert Late.method is original
