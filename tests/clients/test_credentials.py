"""Credentials: none are fetched while Glue is mocked, and nothing keeps the mocked ones.

Sending anything fails these tests: see the fixture `_nothing_is_sent`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from aiobotocore.session import get_session
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.httpsession import URLLib3Session

from pytest_glue_runs import GlueRuns, mock_glue_runs

SessionWith = Callable[[Any, str], Any]
Profile = Callable[[str], None]

MOCKED, ROLE = "FOOBARKEY", "arn:aws:iam::111122223333:role/Loader"


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave botocore nothing but its look-ups on the machine."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name)


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Profile:
    """Return a function that writes a profile named corp, and ends the search for others."""

    def write(text: str) -> None:
        config = tmp_path / "config"
        config.write_text(f"[profile corp]\nregion = us-east-1\n{text}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))

    return write


def session() -> Any:
    return boto3.Session(profile_name="corp")


def access_key(session: Any) -> str:
    """The key that a session finds."""
    key: str = session.get_credentials().get_frozen_credentials().access_key
    return key


def accounts(glue_runs: GlueRuns) -> list[str]:
    return [call.caller.account_id for call in glue_runs.calls]


def test_a_profile_without_keys_gets_mocked_ones(profile: Profile) -> None:
    profile("")
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert accounts(glue_runs) == ["123456789012"]
        assert access_key(session()) == MOCKED


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"},
        pytest.param(
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://vault.corp.example/aws"},
            marks=pytest.mark.skipif(
                "GLUE_RUNS_OLDEST" in os.environ, reason="old releases of botocore reject it"
            ),
        ),
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:9001/credentials"},
    ],
)
def test_the_credentials_of_a_container_are_mocked(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    profile("")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with mock_glue_runs:
        credentials = session().get_credentials()
        assert (credentials.method, credentials.access_key) == ("container-role", MOCKED)


@pytest.mark.parametrize("source", ["Ec2InstanceMetadata", "EcsContainer"])
def test_a_role_is_assumed_with_the_credentials_of_the_machine(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1")
    profile(f"role_arn = {ROLE}\ncredential_source = {source}")
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert accounts(glue_runs) == ["111122223333"]


def test_a_role_is_assumed_with_a_web_identity(profile: Profile, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a token")
    profile(f"role_arn = {ROLE}\nweb_identity_token_file = {token}")
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert accounts(glue_runs) == ["111122223333"]


SSO = """
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Loader
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://corp.awsapps.com/start
sso_registration_scopes = sso:account:access
"""


def test_a_profile_of_sso_gets_mocked_ones(profile: Profile) -> None:
    profile(SSO)
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert len(glue_runs.calls) == 1


@pytest.fixture
def process(profile: Profile, tmp_path: Path) -> Path:
    """Write a profile with a `credential_process`, and return the file that the process writes."""
    trace, script = tmp_path / "trace", tmp_path / "process.py"
    script.write_text(f"open({str(trace)!r}, 'w')")
    profile(f'credential_process = "{sys.executable}" "{script}"')
    return trace


def test_a_credential_process_is_not_started(process: Path) -> None:
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert len(glue_runs.calls) == 1
        assert access_key(session()) == MOCKED
    assert not process.exists()


def test_a_credential_process_is_started_again_after_the_mock(process: Path) -> None:
    one = session()
    with mock_glue_runs:
        assert access_key(one) == MOCKED
    with pytest.raises(Exception, match="Expecting value"):  # it prints nothing
        one.get_credentials()
    assert process.exists()


def test_a_metadata_service_at_another_address_is_mocked(profile: Profile) -> None:
    profile("ec2_metadata_service_endpoint = http://metadata.corp.example")
    with mock_glue_runs:
        assert access_key(session()) == MOCKED


def test_a_client_with_automatic_defaults_asks_no_one_for_its_region(profile: Profile) -> None:
    profile("defaults_mode = auto")
    with mock_glue_runs as glue_runs:
        session().client("glue").get_jobs()
        assert len(glue_runs.calls) == 1


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("placement/availability-zone/", 200, "eu-west-1a"),
        ("iam/security-credentials/", 200, "glue-runs-role"),
        ("tags/instance/", 404, ""),
    ],
)
def test_the_metadata_service_says_where_the_machine_is_and_no_more(
    monkeypatch: pytest.MonkeyPatch, path: str, status: int, text: str
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    request = AWSRequest("GET", f"http://169.254.169.254/latest/meta-data/{path}").prepare()
    with mock_glue_runs:
        response = URLLib3Session().send(request)
    assert (response.status_code, response.text) == (status, text)


def test_clients_of_aiobotocore_fetch_none_either(profile: Profile, process: Path) -> None:
    async def main(name: str) -> str:
        session = get_session()
        session.set_config_variable("profile", name)
        async with session.create_client("glue", region_name="us-east-1") as client:
            await client.get_jobs()
        credentials = await (await session.get_credentials()).get_frozen_credentials()
        return str(credentials.access_key)

    with mock_glue_runs:
        assert asyncio.run(main("corp")) == MOCKED
        assert not process.exists()
        profile("")
        assert asyncio.run(main("corp")) == MOCKED


def test_a_library_imported_only_while_mocked_fetches_none_either(
    python: Callable[[str], str], profile: Profile
) -> None:
    profile("")
    printed = python(
        """
import asyncio
from pytest_glue_runs import mock_glue_runs

async def main():
    with mock_glue_runs:
        from aiobotocore.session import get_session
        session = get_session()
        session.set_config_variable("profile", "corp")
        async with session.create_client("glue", region_name="us-east-1") as client:
            await client.get_jobs()
    return session._credentials

print(asyncio.run(main()))
"""
    )
    assert printed == "None"


def test_an_object_is_read_by_a_client_from_before_without_credentials(
    session_with: SessionWith,
) -> None:
    """moto's S3 answers an unsigned request with AccessDenied."""
    s3 = session_with(None, "none").client("s3", region_name="us-east-1")
    with mock_glue_runs:
        s3.create_bucket(Bucket="scripts")
        s3.put_object(Bucket="scripts", Key="nightly.py", Body=b"pass")
        assert s3.get_object(Bucket="scripts", Key="nightly.py")["Body"].read() == b"pass"
        url = s3.generate_presigned_url("get_object", {"Bucket": "scripts", "Key": "nightly.py"})
        assert MOCKED in url
    assert s3._request_signer._credentials is None


def test_an_object_is_read_by_a_client_of_aiobotocore_from_before_without_credentials(
    profile: Profile,
) -> None:
    async def main() -> bytes:
        session = get_session()
        session.set_config_variable("profile", "corp")
        async with session.create_client("s3", region_name="us-east-1") as s3:
            with mock_glue_runs:
                await s3.create_bucket(Bucket="scripts")
                await s3.put_object(Bucket="scripts", Key="nightly.py", Body=b"pass")
                response = await s3.get_object(Bucket="scripts", Key="nightly.py")
                body: bytes = await response["Body"].read()
                return body

    profile("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        assert asyncio.run(main()) == b"pass"


def test_a_client_that_is_to_sign_nothing_signs_nothing(glue_runs: GlueRuns) -> None:
    seen: list[Any] = []
    client = boto3.client(
        "glue", region_name="us-east-1", config=Config(signature_version=UNSIGNED)
    )
    client.meta.events.register("before-send", lambda request, **_: seen.append(request.headers))
    client.get_jobs()
    assert "Authorization" not in seen[0]


def fetched_before(session_with: SessionWith, expires_in: timedelta) -> tuple[Any, Any]:
    """A session with credentials of an instance, and these credentials."""

    def refresh() -> dict[str, str]:
        fetcher = botocore.utils.InstanceMetadataFetcher()
        found: dict[str, str] = fetcher.retrieve_iam_role_credentials()
        return found

    expiry = datetime.now(timezone.utc) + expires_in
    credentials = RefreshableCredentials("mine", "secret", "token", expiry, refresh, "iam-role")
    return session_with(credentials, "iam-role"), credentials


def test_credentials_that_were_refreshed_are_as_they_were(session_with: SessionWith) -> None:
    """Asked for by the code under test itself; a client would not refresh them."""
    session, credentials = fetched_before(session_with, timedelta(minutes=-5))
    before = dict(vars(credentials))
    with mock_glue_runs:
        assert access_key(session) == MOCKED
        assert vars(credentials) != before
    assert vars(credentials) == before


def test_credentials_that_need_no_refresh_sign(session_with: SessionWith) -> None:
    session, _ = fetched_before(session_with, timedelta(days=2))
    seen: list[Any] = []
    client = session.client("glue", region_name="us-east-1")
    client.meta.events.register("before-send", lambda request, **_: seen.append(request.headers))
    with mock_glue_runs:
        client.get_jobs()
    assert "Credential=mine/" in str(seen[0]["Authorization"])


def test_a_role_that_was_assumed_is_not_cached(profile: Profile) -> None:
    profile(f"role_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata")
    one = session()
    with mock_glue_runs:
        key = access_key(one)
    with mock_glue_runs:
        assert access_key(one) != key


def test_sessions_keep_no_credentials_that_they_found(profile: Profile) -> None:
    profile("")
    one = session()
    with mock_glue_runs:
        one.client("glue")
        assert one._session._credentials is not None
    assert one._session._credentials is None


def test_sessions_keep_credentials_that_they_were_given() -> None:
    session = botocore.session.Session()
    with mock_glue_runs:
        session.get_credentials()
        session.set_credentials("mine", "mine too")
    assert session.get_credentials().access_key == "mine"


def test_credentials_found_before_the_mock_stay(
    monkeypatch: pytest.MonkeyPatch, profile: Profile
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine too")
    session = boto3.Session(region_name="us-east-1")
    found = session.get_credentials()
    with mock_glue_runs:
        session.client("glue").get_jobs()
    assert session.get_credentials() is found
