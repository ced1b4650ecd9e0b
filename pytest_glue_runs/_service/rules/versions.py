"""Glue versions: which there are, and which a run can go on."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from pytest_glue_runs._service.rules.rule_types import Behavior, Rejection, version_key

# Source: developer guide, release-notes and glue-version-support-policy.
VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0")
SINCE_FOR_RAY = "4.0"

NOT_VALID = Behavior(
    about="GlueVersion",
    when=f"it is none of {', '.join(VERSIONS)}, nor auto, nor later than these, or it is before "
    f"{SINCE_FOR_RAY} for a Ray job; a Python shell job may name any",
    does="the job is made and its run accepted, and FAILED after its start-up, with this "
    "ErrorMessage",
    value="JobName:{job} and JobRunId:{run} failed to execute with exception Given GlueVersion "
    "[{version}] is not valid. (Service: AWSGlueJobExecutor; Status Code: 400; Error Code: "
    "InvalidInputException; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)",
    certainty="assumed",
    source="the words were observed of 4.0 and a command that did not go with it, in "
    "aws-samples/cql-replicator#160; which versions there are: developer guide, release-notes; "
    "Ray's: botocore's model, CreateJob; Python shell's: developer guide, add-job-python",
    moto="takes any",
)
AUTO = Behavior(
    about="GlueVersion",
    when="it is auto, which botocore knows since 1.44",
    does="runs start as on the latest version; nothing is upgraded, and no AutoUpgradeMetadata "
    "shown",
    certainty="assumed",
    source="botocore's model, Job",
)
END_OF_LIFE_VERSIONS = ("0.9", "1.0", "2.0")
# Midnight in the Pacific time zone, which has daylight saving time on that day.
END_OF_LIFE_DATE = datetime(2026, 4, 1, 7, tzinfo=timezone.utc)
SHELL_3_6_DATE = datetime(2026, 3, 31, 7, tzinfo=timezone.utc)

END_OF_LIFE = Rejection(
    about="GlueVersion",
    when=f"it is {', '.join(END_OF_LIFE_VERSIONS)} for a Spark job, from 2026-04-01 on, unless "
    "the setting end_of_life is off",
    message="Glue Version {version} is no longer available",
    operations=("CreateJob", "StartJobRun"),
    certainty="documented",
    source="developer guide, glue-version-support-policy; the message is assumed",
)
SHELL_3_6 = Rejection(
    about="Command",
    when="PythonVersion is 3 or absent for a new Python shell job, from 2026-03-31 on, unless the "
    "setting end_of_life is off; existing jobs may run",
    message="Python Shell version selected is no longer available",
    operations=("CreateJob",),
    certainty="documented",
    source="developer guide, glue-version-support-policy; the message is second-hand",
)
NOT_STOPPED = Behavior(
    about="GlueVersion",
    when="its end of life comes while a run is on",
    does="not modelled: the run continues, where AWS stops it at some time",
    certainty="documented",
    source="developer guide, glue-version-support-policy: when exactly is not said",
)
ALL = (NOT_VALID, AUTO, NOT_STOPPED)
REJECTIONS = (END_OF_LIFE, SHELL_3_6)


def check_end_of_life(
    operation: str, command: str, version: str, python_version: str | None, now: datetime
) -> None:
    """Raise InvalidInputException for a version at the end of its life at the time *now*."""
    spark = command in ("glueetl", "gluestreaming")
    if spark and version in END_OF_LIFE_VERSIONS and now >= END_OF_LIFE_DATE:
        raise END_OF_LIFE.error(version=version)
    shell_3_6 = command == "pythonshell" and python_version in (None, "2", "3")
    if operation == "CreateJob" and shell_3_6 and now >= SHELL_3_6_DATE:
        raise SHELL_3_6.error()


def can_run(command: str, version: str) -> bool:
    """Whether a run of this kind of job starts on the *version*.

    One that is newer than those known here is taken for valid.
    """
    if command == "pythonshell":
        return True
    if command == "glueray" and version_key(version) < version_key(SINCE_FOR_RAY):
        return False
    if version in VERSIONS or version == "auto":
        return True
    newer = version_key(version) > version_key(VERSIONS[-1])
    return newer and re.fullmatch(r"\d+\.\d+", version) is not None
