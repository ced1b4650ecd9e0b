"""After a mock everything is as it was before, however it ended."""

from __future__ import annotations

import os
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient
from botocore.retries.bucket import TokenBucket

from pytest_glue_runs import GlueRuns, mock_glue_runs

EVENTS = ("before-send", "before-call", "choose-signer", "request-created")


def make_client(service: str = "glue") -> Any:
    return boto3.client(service, region_name="us-east-1")


def handlers(client: Any) -> dict[str, list[Any]]:
    """Return the handlers of a client for each event, in order."""
    trie = client.meta.events._emitter._handlers
    return {event: trie.prefix_search(f"{event}.glue.StartJobRun") for event in EVENTS}


def ignore(**_: Any) -> None:
    """Handle an event for the user, doing nothing."""


def patched() -> list[Any]:
    """Return what this package and moto replace."""
    from moto.core.botocore_stubber import BotocoreStubber
    from moto.core.models import MockAWS, botocore_stubber

    return [
        *(vars(BaseClient)[name] for name in ("__init__", "_make_api_call", "_make_request")),
        vars(TokenBucket)["_sleep_amount"],
        vars(BotocoreStubber)["__call__"],
        (botocore_stubber.enabled, MockAWS._nested_count),
        dict(os.environ),
    ]


def use(glue_runs: GlueRuns) -> None:
    """Send one request to the service, and one to moto."""
    make_client().start_job_run(JobName=glue_runs.add_job("nightly"))
    make_client("s3").list_buckets()


def test_everything_is_restored() -> None:
    before = patched()
    with mock_glue_runs as glue_runs:
        use(glue_runs)
    assert patched() == before


def test_these_are_replaced_while_mocked() -> None:
    before = patched()
    with mock_glue_runs as glue_runs:
        use(glue_runs)
        assert [was == now for was, now in zip(before, patched(), strict=True)] == [
            False,
            True,  # people patch it themselves
            *[False] * 5,
        ]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_everything_is_restored_after_an_exception(error: type[BaseException]) -> None:
    before = patched()
    with pytest.raises(error), mock_glue_runs as glue_runs:  # noqa: PT012
        use(glue_runs)
        raise error
    assert patched() == before


def test_everything_is_restored_after_nested_uses() -> None:
    before = patched()
    with mock_glue_runs as outer:
        with mock_glue_runs as inner:
            use(inner)
        assert len(outer.runs()) == 1
    assert patched() == before


def test_leaving_an_inner_use_ends_nothing() -> None:
    with mock_glue_runs as glue_runs:
        with mock_glue_runs:
            pass
        use(glue_runs)
        assert len(glue_runs.runs()) == 1


def test_a_client_has_the_handlers_it_had() -> None:
    client = make_client()
    client.meta.events.register("before-send", ignore)
    before = handlers(client)
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
        assert handlers(client) != before
    assert handlers(client) == before


def test_a_client_with_the_handler_of_moto_has_the_handlers_it_had() -> None:
    from moto.core.models import patch_client

    client = make_client()
    patch_client(client)
    client.meta.events.register("before-send", ignore)
    before = handlers(client)
    with mock_glue_runs as glue_runs:
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
    assert handlers(client) == before


def test_a_client_made_while_mocked_has_none_of_our_handlers_afterwards() -> None:
    with mock_glue_runs:
        client = make_client()
    assert handlers(client)["before-send"] == handlers(make_client())["before-send"]


def test_a_client_sends_again_after_the_mock() -> None:
    with mock_glue_runs as glue_runs:
        client = make_client()
        client.start_job_run(JobName=glue_runs.add_job("nightly"))
    with pytest.raises(AssertionError, match=r"^sent to https://glue\.us-east-1\.amazonaws\.com/$"):
        client.start_job_run(JobName="nightly")


def test_a_patch_around_the_mock_stays() -> None:
    before = BaseClient._make_api_call
    with patch.object(BaseClient, "_make_api_call", return_value={}) as theirs:
        with mock_glue_runs:
            pass
        assert BaseClient._make_api_call is theirs
    assert BaseClient._make_api_call is before


def test_a_patch_of_the_same_class_that_outlives_the_mock_leaves_nothing() -> None:
    before = patched()
    theirs = patch.object(BaseClient, "_make_api_call", return_value={})
    with mock_glue_runs:
        theirs.start()
    theirs.stop()
    assert patched() == before


def test_a_patch_of_the_same_method_that_outlives_the_mock_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BaseClient, "_make_request", BaseClient._make_request)  # at last
    theirs = patch.object(BaseClient, "_make_request", return_value=None)
    with mock_glue_runs:
        mine = theirs.start()
    assert BaseClient._make_request is mine
    theirs.stop()


def test_our_wrapper_does_nothing_if_another_patch_restores_it_after_the_mock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(BaseClient, "_make_request", BaseClient._make_request)  # at last
    client = make_client()
    before = handlers(client)
    theirs = patch.object(BaseClient, "_make_request", return_value=None)
    with mock_glue_runs:
        theirs.start()
    theirs.stop()
    with pytest.raises(AssertionError, match=r"^sent to "):
        client.start_job_run(JobName="nightly")
    assert handlers(client) == before


@pytest.mark.slow
def test_everything_is_restored_after_a_fixture_that_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os

        import boto3
        import pytest
        from botocore.client import BaseClient

        before = (BaseClient.__init__, BaseClient._make_request, dict(os.environ))

        @pytest.fixture
        def broken(glue_runs):
            boto3.client("s3", region_name="us-east-1").list_buckets()
            raise ValueError("broken")

        def test_broken(broken):
            pass

        def test_after():
            from moto.core.models import MockAWS

            now = dict(os.environ, PYTEST_CURRENT_TEST=before[2]["PYTEST_CURRENT_TEST"])
            assert (BaseClient.__init__, BaseClient._make_request, now) == before
            assert MockAWS._nested_count == 0
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1, errors=1)
