"""Glue versions: which there are, and which a run can go on."""

from __future__ import annotations

import re

from pytest_glue_runs._service.rules.rule_types import Behavior, version_key

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
ALL = (NOT_VALID, AUTO)


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
