"""Glue versions: which there are, and which a run can go on."""

from __future__ import annotations

from pytest_glue_runs._service.rules.entry import Fact, version_key

# Source: developer guide, release-notes and glue-version-support-policy.
VERSIONS = ("0.9", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1", "6.0")
SINCE_FOR_RAY = "4.0"

NOT_VALID = Fact(
    about="GlueVersion",
    when=f"it is none of {', '.join(VERSIONS)}, nor later than these, or it is before "
    f"{SINCE_FOR_RAY} for a Ray job; a Python shell job may name any",
    does="the job is made and its run accepted, and FAILED after its start-up, with this "
    "ErrorMessage",
    value="JobName:{job} and JobRunId:{run} failed to execute with exception Given GlueVersion "
    "[{version}] is not valid. (Service: AWSGlueJobExecutor; Status Code: 400; Error Code: "
    "InvalidInputException; Request ID: 00000000-0000-4000-8000-000000000000; Proxy: null)",
    certainty="observed",
    source="aws-samples/cql-replicator#160; which versions there are: developer guide, "
    "release-notes; Ray's: botocore's model, CreateJob",
    moto="takes any",
)


def can_run(command: str, version: str) -> bool:
    """Whether a run of this kind of job starts on the *version*; one that is newer than those
    known here is taken for valid."""
    if command == "pythonshell":
        return True
    if command == "glueray" and version_key(version) < version_key(SINCE_FOR_RAY):
        return False
    return version in VERSIONS or version_key(version) > version_key(VERSIONS[-1])
