"""Glue versions: which exist, and which of them can run which command."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from pytest_glue_runs._service.rules.rule_types import (
    DEPLOYED,
    Behavior,
    Rejection,
    version_key,
)

# Source: developer guide, release-notes and glue-version-support-policy.
VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0")
FIRST_RAY_VERSION = "4.0"

INVALID_VERSION = Behavior(
    about="GlueVersion",
    when=f"the version is not one of {', '.join(VERSIONS)}, auto, or a later one; or a Ray job has "
    f"one before {FIRST_RAY_VERSION}. Any version is valid for a Python shell job",
    does="the job is created and its runs are accepted; each run is FAILED after its start-up, "
    "with this ErrorMessage",
    value="JobName:{job} and JobRunId:{run} failed to execute with exception Given GlueVersion "
    "[{version}] is not valid. (Service: AWSGlueJobExecutor; Status Code: 400; Error Code: "
    "InvalidInputException; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)",
    certainty="assumed",
    wording="observed",
    source="wording: aws-samples/cql-replicator#160, for 4.0 and a command that does not support "
    "it; versions: developer guide, release-notes; Ray: botocore's model, CreateJob; Python "
    "shell: developer guide, add-job-python",
)
AUTO = Behavior(
    about="GlueVersion",
    when="the version is auto, which botocore has known since 1.44",
    does="runs start as on the latest version; jobs are not upgraded and do not show "
    "AutoUpgradeMetadata",
    certainty="assumed",
    source="botocore's model, Job",
)
END_OF_LIFE_VERSIONS = ("0.9", "1.0", "2.0")
# Midnight in the Pacific time zone, which has daylight saving time on that day.
END_OF_LIFE_DATE = datetime(2026, 4, 1, 7, tzinfo=timezone.utc)
SHELL_3_6_DATE = datetime(2026, 3, 31, 7, tzinfo=timezone.utc)

END_OF_LIFE = Rejection(
    about="GlueVersion",
    when=f"the version is {', '.join(END_OF_LIFE_VERSIONS)} for a Spark job, from 2026-04-01 on, "
    "unless the setting end_of_life is off",
    message="The Glue version selected for the job is no longer available. Select a newer Glue "
    "version.",
    operations=("CreateJob", "StartJobRun"),
    certainty="documented",
    wording="observed",
    source="developer guide, glue-version-support-policy; wording: "
    f"{DEPLOYED}-job-glue-version-eol, for CreateJob",
)
SHELL_3_6 = Rejection(
    about="Command",
    when="PythonVersion is 3 or absent for a new Python shell job, from 2026-03-31 on, unless the "
    "setting end_of_life is off; existing jobs may run",
    message="Python Shell version selected is no longer available",
    operations=("CreateJob",),
    certainty="documented",
    wording="second-hand",
    source="developer guide, glue-version-support-policy",
)
NOT_STOPPED = Behavior(
    about="GlueVersion",
    when="the version reaches its end of life during a run",
    does="not modelled: the run continues, while AWS stops it at some time",
    certainty="documented",
    source="developer guide, glue-version-support-policy, which does not say when exactly",
)
RAY_CLOSED = Behavior(
    about="Command",
    when="a Ray job is created by an account that had none before 2026-04-30",
    does="not modelled: the job is created, while AWS rejects it with `Account not allowed to "
    "submit Glue Ray job Post Deprecation`",
    certainty="observed",
    wording="observed",
    source=f"{DEPLOYED}-job-ray-worker-type; other accounts may continue, and which kind the "
    "account of a test is, is not known",
)
ALL = (INVALID_VERSION, AUTO, NOT_STOPPED, RAY_CLOSED)
REJECTIONS = (END_OF_LIFE, SHELL_3_6)


def check_end_of_life(
    operation: str, command: str, version: str, python_version: str | None, now: datetime
) -> None:
    """Raise InvalidInputException for a version that has reached its end of life by *now*."""
    spark = command in ("glueetl", "gluestreaming")
    if spark and version in END_OF_LIFE_VERSIONS and now >= END_OF_LIFE_DATE:
        raise END_OF_LIFE.error()
    shell_3_6 = command == "pythonshell" and python_version in (None, "2", "3")
    if operation == "CreateJob" and shell_3_6 and now >= SHELL_3_6_DATE:
        raise SHELL_3_6.error()


def can_run(command: str, version: str) -> bool:
    """Return whether a run of *command* can start on *version*.

    Versions later than the latest known one are considered valid.
    """
    if command == "pythonshell":
        return True
    if command == "glueray" and version_key(version) < version_key(FIRST_RAY_VERSION):
        return False
    if version in VERSIONS or version == "auto":
        return True
    newer = version_key(version) > version_key(VERSIONS[-1])
    return newer and re.fullmatch(r"\d+\.\d+", version) is not None
