"""What depends on the date: versions at end of life, and old runs."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, mock_glue_runs

LAST_MOMENT, END = "2026-04-01T06:59:59Z", "2026-04-01T07:00:00Z"
_SHELL_END = "2026-03-31T07:00:00Z"


def _create(client: Any, command: str = "glueetl", python: str = "3", **more: Any) -> None:
    command_member = {"Name": command, "ScriptLocation": "s3://a/b", "PythonVersion": python}
    client.create_job(Name="nightly", Role="r", Command=command_member, **more)


@pytest.mark.parametrize("version", ["0.9", "1.0", "2.0"])
@pytest.mark.parametrize("command", ["glueetl", "gluestreaming"])
def test_a_version_cannot_be_used_from_its_end_of_life_on(
    client: Any, version: str, command: str
) -> None:
    message = (
        "The Glue version selected for the job is no longer available. Select a newer Glue version."
    )
    with mock_glue_runs(start_at=LAST_MOMENT) as glue_runs:
        _create(client, command, GlueVersion=version)
        client.start_job_run(JobName="nightly")
        glue_runs.tick("1h")
        with pytest.raises(client.exceptions.InvalidInputException, match=message):
            client.start_job_run(JobName="nightly")
        client.delete_job(JobName="nightly")
        with pytest.raises(client.exceptions.InvalidInputException, match=message):
            _create(client, command, GlueVersion=version)


def test_the_end_of_life_can_be_turned_off(client: Any) -> None:
    with mock_glue_runs(start_at=END, end_of_life=False):
        _create(client, GlueVersion="1.0")
        client.start_job_run(JobName="nightly")


def test_an_existing_job_of_an_old_version_cannot_be_started(client: Any) -> None:
    with mock_glue_runs(start_at=END) as glue_runs:
        glue_runs.add_job("nightly", GlueVersion="2.0")
        with pytest.raises(client.exceptions.InvalidInputException, match="no longer available"):
            client.start_job_run(JobName="nightly")


@pytest.mark.glue_runs(start_at=END)
@pytest.mark.parametrize("version", ["3.0", "5.1"])
def test_later_versions_live_on(glue_runs: GlueRuns, client: Any, version: str) -> None:
    _create(client, GlueVersion=version)
    client.start_job_run(JobName="nightly")


@pytest.mark.glue_runs(start_at=END)
def test_a_python_shell_job_may_name_any_glue_version(glue_runs: GlueRuns, client: Any) -> None:
    _create(client, "pythonshell", "3.9", GlueVersion="1.0")
    client.start_job_run(JobName="nightly")


def test_python_shell_3_6_cannot_be_created_from_its_end_of_support_on(client: Any) -> None:
    with mock_glue_runs(start_at="2026-03-31T06:59:59Z") as glue_runs:
        _create(client, "pythonshell")
        glue_runs.move_to(_SHELL_END)
        client.start_job_run(JobName="nightly")
        client.delete_job(JobName="nightly")
        with pytest.raises(
            client.exceptions.InvalidInputException,
            match="Python Shell version selected is no longer available",
        ):
            _create(client, "pythonshell")


def test_runs_are_no_longer_found_after_a_year(client: Any) -> None:
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        glue_runs.add_job("nightly")
        old = client.start_job_run(JobName="nightly")["JobRunId"]
        glue_runs.tick("1d")
        young = client.start_job_run(JobName="nightly")["JobRunId"]
        glue_runs.tick("364d")
        assert client.get_job_run(JobName="nightly", RunId=old)["JobRun"]["Id"] == old
        glue_runs.tick("1s")
        runs = client.get_job_runs(JobName="nightly")
        assert [run["Id"] for run in runs["JobRuns"]] == [young]
        assert "NextToken" not in runs
        with pytest.raises(client.exceptions.EntityNotFoundException):
            client.get_job_run(JobName="nightly", RunId=old)
        assert [run.id for run in glue_runs.runs("nightly")] == [old, young]


def test_pages_end_with_the_oldest_run_that_is_found(client: Any) -> None:
    with mock_glue_runs(start_at="2026-01-01") as glue_runs:
        glue_runs.add_job("nightly")
        for _ in range(5):
            client.start_job_run(JobName="nightly")
            glue_runs.tick("100d")
        first = client.get_job_runs(JobName="nightly", MaxResults=2)
        token = first["NextToken"]
        second = client.get_job_runs(JobName="nightly", MaxResults=2, NextToken=token)
        assert (len(first["JobRuns"]), len(second["JobRuns"])) == (2, 1)
        assert "NextToken" not in second
        glue_runs.tick("2000d")
        late = client.get_job_runs(JobName="nightly", MaxResults=2, NextToken=token)
        assert late["JobRuns"] == []
