"""Faults of the connection, late responses, and runs that reads do not find yet."""

from __future__ import annotations

import asyncio
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from pytest_glue_runs import (
    GlueRuns,
    SettingError,
    UnusedError,
    delay_next_response,
    fail_next,
    hide_next_run,
    lose_next_response,
    mock_glue_runs,
)

KINDS: list[Any] = [
    (EndpointConnectionError, 0),
    (ConnectTimeoutError, 7),
    (ReadTimeoutError, 9),
    (ConnectionClosedError, 0),
]


def _client(attempts: int = 1, **options: Any) -> Any:
    config = Config(retries={"mode": "standard", "total_max_attempts": attempts}, **options)
    return boto3.client("glue", region_name="us-east-1", config=config)


@pytest.fixture
def job(glue_runs: GlueRuns) -> str:
    return glue_runs.add_job("nightly", ExecutionProperty={"MaxConcurrentRuns": 100})


@pytest.mark.parametrize(("kind", "seconds"), KINDS)
def test_the_client_raises_what_its_session_would(
    glue_runs: GlueRuns, job: str, kind: Any, seconds: int
) -> None:
    """A timeout advances the clock. Glue has not carried out the request."""
    glue_runs.fail_next("StartJobRun", kind.__name__)
    begin = glue_runs.now
    with pytest.raises(kind):
        _client(connect_timeout=7, read_timeout=9).start_job_run(JobName=job)
    assert (glue_runs.now - begin).total_seconds() == seconds
    assert glue_runs.runs() == []
    assert [call.error_code for call in glue_runs.calls] == [kind.__name__]


@pytest.mark.parametrize(("kind", "seconds"), KINDS)
def test_botocore_retries_it(glue_runs: GlueRuns, job: str, kind: Any, seconds: int) -> None:
    glue_runs.fail_next("StartJobRun", kind.__name__, times=2)
    _client(attempts=3).start_job_run(JobName=job)
    assert len(glue_runs.calls_of("StartJobRun")) == 3
    assert len(glue_runs.runs()) == 1


def test_any_exception_is_raised(glue_runs: GlueRuns, job: str) -> None:
    error = KeyboardInterrupt("Ctrl-C")
    glue_runs.fail_next("GetJob", error)
    with pytest.raises(KeyboardInterrupt) as caught:
        _client(attempts=3).get_job(JobName=job)
    assert caught.value is error
    assert [call.error_code for call in glue_runs.calls] == ["KeyboardInterrupt"]


def test_a_lost_response_starts_a_second_run(glue_runs: GlueRuns, job: str) -> None:
    glue_runs.lose_next_response("StartJobRun")
    run_id = _client(attempts=2).start_job_run(JobName=job)["JobRunId"]
    first, second = glue_runs.runs()
    assert (second.id, first.id != run_id) == (run_id, True)
    assert [call.response_lost for call in glue_runs.calls] == [True, False]
    assert glue_runs.calls[0].response == {"JobRunId": first.id}
    assert repr(glue_runs.calls[0]).endswith("(the response was lost)>")


def test_the_response_to_a_rejected_request_is_lost_too(glue_runs: GlueRuns) -> None:
    glue_runs.lose_next_response("GetJob")
    with pytest.raises(ConnectionClosedError):
        _client().get_job(JobName="none")
    (call,) = glue_runs.calls
    assert (call.error_code, call.response_lost) == ("EntityNotFoundException", True)


def test_calls_that_come_before_succeed(glue_runs: GlueRuns, job: str) -> None:
    """A call has one fault, and counts for the others as one that passed."""
    glue_runs.fail_next("GetJob", "InternalFailure", "late", after=2)
    glue_runs.fail_next("GetJob", "InternalFailure", "first")
    seen = []
    for _ in range(4):
        try:
            seen.append(_client().get_job(JobName=job)["Job"]["Name"])
        except ClientError as error:
            seen.append(error.response["Error"]["Message"])
    assert seen == ["first", job, "late", job]


def test_every_call_from_now_on(glue_runs: GlueRuns) -> None:
    glue_runs.fail_next("ListJobs", "EndpointConnectionError", times="always")
    for _ in range(3):
        with pytest.raises(EndpointConnectionError):
            _client().list_jobs()


def test_a_late_response_moves_the_clock(glue_runs: GlueRuns, job: str) -> None:
    glue_runs.delay_next_response("GetJob", "2s", times=2)
    begin = glue_runs.now
    for _ in range(3):
        assert _client().get_job(JobName=job)["Job"]["Name"] == job
    assert (glue_runs.now - begin).total_seconds() == 4


def test_a_response_later_than_the_read_timeout(glue_runs: GlueRuns, job: str) -> None:
    """Glue has started the run."""
    glue_runs.delay_next_response("StartJobRun", "2m")
    begin = glue_runs.now
    with pytest.raises(ReadTimeoutError):
        _client(read_timeout=5).start_job_run(JobName=job)
    assert (glue_runs.now - begin).total_seconds() == 5
    assert len(glue_runs.runs()) == 1


def test_a_run_that_reads_do_not_find_yet(glue_runs: GlueRuns, job: str) -> None:
    client = _client()
    client.start_job_run(JobName=job)
    glue_runs.hide_next_run("2s")
    run_id = client.start_job_run(JobName=job)["JobRunId"]
    with pytest.raises(client.exceptions.EntityNotFoundException):
        client.get_job_run(JobName=job, RunId=run_id)
    assert len(client.get_job_runs(JobName=job)["JobRuns"]) == 1
    glue_runs.tick("2s")
    assert client.get_job_run(JobName=job, RunId=run_id)["JobRun"]["JobRunState"] == "STARTING"
    assert len(client.get_job_runs(JobName=job)["JobRuns"]) == 2


def test_a_rejected_request_with_another_fault_is_rejected(glue_runs: GlueRuns) -> None:
    glue_runs.hide_next_run("2s")
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        _client().start_job_run(JobName="none")


class TestAiobotocore:
    def _run(self, job: str, **options: Any) -> Any:
        session = pytest.importorskip("aiobotocore.session").get_session()
        config = pytest.importorskip("aiobotocore.config").AioConfig(
            retries={"mode": "standard", "total_max_attempts": 2}, **options
        )

        async def main() -> Any:
            client = session.create_client("glue", region_name="us-east-1", config=config)
            async with client as glue:
                return await glue.start_job_run(JobName=job)

        return asyncio.run(main())

    def test_it_retries(self, glue_runs: GlueRuns, job: str) -> None:
        glue_runs.fail_next("StartJobRun", "ConnectTimeoutError")
        begin = glue_runs.now
        self._run(job, connect_timeout=7)
        assert (glue_runs.now - begin).total_seconds() >= 7
        assert len(glue_runs.runs()) == 1

    def test_a_lost_response_starts_a_second_run(self, glue_runs: GlueRuns, job: str) -> None:
        glue_runs.lose_next_response("StartJobRun")
        self._run(job)
        assert len(glue_runs.runs()) == 2

    def test_a_late_response_moves_the_clock(self, glue_runs: GlueRuns, job: str) -> None:
        glue_runs.delay_next_response("StartJobRun", "2s")
        begin = glue_runs.now
        self._run(job)
        assert (glue_runs.now - begin).total_seconds() == 2

    def test_a_response_later_than_the_read_timeout(self, glue_runs: GlueRuns, job: str) -> None:
        glue_runs.delay_next_response("StartJobRun", "2m", times=2)
        with pytest.raises(ReadTimeoutError):
            self._run(job, read_timeout=5)
        assert len(glue_runs.runs()) == 2


class TestUnused:
    def test_the_message_names_each(self) -> None:
        with pytest.raises(UnusedError) as caught, mock_glue_runs as glue_runs:  # noqa: PT012
            glue_runs.fail_next("GetJob", "ReadTimeoutError", times="always")
            glue_runs.fail_next("GetJob", KeyboardInterrupt("Ctrl-C"))
            glue_runs.lose_next_response("StartJobRun", times=2)
            glue_runs.delay_next_response("GetJobRun", "2s")
            glue_runs.hide_next_run("5s")
            glue_runs.fail_next("GetJobs", "InternalFailure", optional=True)
        assert str(caught.value) == (
            "Faults that no call had:\n"
            "  GetJob: ReadTimeoutError: Read timeout  (every time)\n"
            "  GetJob: KeyboardInterrupt: Ctrl-C\n"
            "  StartJobRun: the response is lost  (2 times)\n"
            "  StartJobRun: reads do not find the run for 5s\n"
            "  GetJobRun: the response is 2s late\n"
            "Make a call for each fault, or set unused='ignore'."
        )

    @pytest.mark.glue_runs(
        faults=[
            lose_next_response("StartJobRun", after=1),
            fail_next("StartJobRun", "InternalServiceException"),
            delay_next_response("GetJob", 1),
            hide_next_run("1s", after=3, optional=True),
        ]
    )
    def test_from_a_marker(self, glue_runs: GlueRuns, job: str) -> None:
        client = _client(attempts=3)
        client.start_job_run(JobName=job)
        client.get_job(JobName=job)
        codes = [call.error_code for call in glue_runs.calls_of("StartJobRun")]
        assert codes == ["InternalServiceException", None, None]
        assert [run.job_name for run in glue_runs.runs()] == [job, job]

    def test_an_invalid_one_is_a_setting_error(self) -> None:
        with (
            pytest.raises(SettingError, match=r"fail_next\('GetJbo'\): Glue has no such operation"),
            mock_glue_runs(faults=[fail_next("GetJbo", "InternalFailure")]),
        ):
            pass  # pragma: no cover - it is not entered


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda glue: glue.fail_next("GetJob", TimeoutError),
            TypeError,
            (
                "fail_next('GetJob', TimeoutError): this is a class. Pass an exception, such as "
                "TimeoutError('...'), or an error code as text."
            ),
        ),
        (
            lambda glue: glue.fail_next("GetJob", "ReadTimeoutError", "slow"),
            TypeError,
            (
                "fail_next('GetJob', 'ReadTimeoutError', 'slow'): only an error response of Glue "
                "has a message."
            ),
        ),
        (
            lambda glue: glue.fail_next("GetJob", "InternalFailure", after=-1),
            ValueError,
            (
                "fail_next(after=-1): after is the number of calls that pass before, a whole "
                "number from 0 to 1000000."
            ),
        ),
        (
            lambda glue: glue.delay_next_response("GetJob", "soon"),
            ValueError,
            (
                "delay_next_response(latency=...): 'soon' is not a duration. Valid: a timedelta, "
                'a number of seconds, or text such as "90s", "5m", "1h30m", "2d".'
            ),
        ),
        (
            lambda glue: glue.hide_next_run("soon"),
            ValueError,
            (
                "hide_next_run(duration=...): 'soon' is not a duration. Valid: a timedelta, "
                'a number of seconds, or text such as "90s", "5m", "1h30m", "2d".'
            ),
        ),
    ],
)
def test_an_invalid_fault_is_an_error(
    glue_runs: GlueRuns, call: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as caught:
        call(glue_runs)
    assert str(caught.value) == message
