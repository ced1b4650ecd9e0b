"""Errors that depend on the jobs and runs that exist, on capacity, or on the protocol."""

from __future__ import annotations

from contextlib import suppress

from pytest_glue_runs._service.rules.errors import GlueError, default_message
from pytest_glue_runs._service.rules.rule_types import Rejection

NOT_FOUND = "EntityNotFoundException"

START_WITHOUT_JOB = Rejection(
    about="JobName",
    when="no job has this name",
    code=NOT_FOUND,
    message="Failed to start job run due to missing metadata",
    operations=("StartJobRun",),
    certainty="documented",
    wording="second-hand",
    source="start_job_run lists the exception; wording: quoted from CLI output, half of the quotes "
    "ending with a full stop",
)
JOB_NOT_FOUND = Rejection(
    about="JobName",
    when="no job has this name, or the ARN of a tag operation is not that of a job "
    "(BatchStopJobRun returns HTTP 200 with an entry under Errors)",
    code=NOT_FOUND,
    message="Job with name: {job} not found.",
    operations=(
        "GetJob",
        "UpdateJob",
        "GetJobRun",
        "GetJobRuns",
        "BatchStopJobRun",
        "GetJobBookmark",
        "ResetJobBookmark",
        "TagResource",
        "UntagResource",
        "GetTags",
    ),
    certainty="observed",
    wording="observed",
    source="aws/aws-cdk#16767, for GetJob",
)
RUN_NOT_FOUND = Rejection(
    about="RunId, JobRunIds, JobRunId",
    when="the job has no such run (BatchStopJobRun returns HTTP 200 with an entry under Errors)",
    code=NOT_FOUND,
    message="Job Run with id: {run} not found for job: {job}.",
    operations=(
        "GetJobRun",
        "BatchStopJobRun",
        "StartJobRun",
        "GetJobBookmark",
        "ResetJobBookmark",
    ),
    certainty="documented",
    wording="assumed",
    source="botocore's model lists the code for GetJobRun",
)
RUN_NOT_ENDED = Rejection(
    about="JobRunId",
    when="the run to be retried has not ended",
    message="Job Run with id: {run} is in state: {state}. Only a run that has ended can be "
    "retried.",
    operations=("StartJobRun",),
    certainty="assumed",
    wording="assumed",
    source="the developer guide of 2021 lists JobRunNotInTerminalStateException; botocore's model "
    "does not",
)
JOB_DIFFERS = Rejection(
    about="Name",
    when="a job with this name and another definition exists",
    code="IdempotentParameterMismatchException",
    message="Job with name '{job}' already submitted with different configuration",
    operations=("CreateJob",),
    certainty="second-hand",
    wording="assumed",
    source="a Terraform user's note; the developer guide has this wording for a trigger",
)
JOB_EXISTS = Rejection(
    about="Name",
    when="a job with this name and the same definition exists",
    code="AlreadyExistsException",
    message="Job with name: {job} already exists.",
    operations=("CreateJob",),
    certainty="assumed",
    wording="assumed",
    source="botocore's model of CreateJob lists the exception",
)
RUN_ENDED = Rejection(
    about="JobRunIds",
    when="the run has ended (HTTP 200 with an entry under Errors)",
    message="Job Run with id: {run} cannot be stopped in state: {state}.",
    operations=("BatchStopJobRun",),
    certainty="assumed",
    wording="assumed",
    source="nothing found",
)
NO_BOOKMARK = Rejection(
    about="JobName",
    when="the job has no bookmark, or GetJobBookmark names a run that has none",
    code=NOT_FOUND,
    message="Continuation for job {job} not found",
    operations=("GetJobBookmark", "ResetJobBookmark"),
    certainty="second-hand",
    wording="second-hand",
    source="quoted by users of ResetJobBookmark",
)
BAD_TOKEN = Rejection(
    about="NextToken",
    when="the token is not one that the operation returned",
    message="Invalid NextToken",
    operations=(
        "GetJobs",
        "ListJobs",
        "GetJobRuns",
        "GetTriggers",
        "ListTriggers",
        "ListWorkflows",
        "GetWorkflowRuns",
    ),
    certainty="assumed",
    wording="assumed",
    source="botocore's model of every paginated operation lists the code",
)
UNREADABLE = Rejection(
    about="request body",
    when="the body is not a JSON object",
    code="SerializationException",
    message="Start of structure or map expected",
    certainty="assumed",
    wording="assumed",
    source="AWS's JSON services return SerializationException for a body that they cannot parse",
)
MAX_NESTING = 200
NESTED_TOO_DEEPLY = Rejection(
    about="request body",
    when=f"objects and arrays are nested more than {MAX_NESTING} levels deep",
    code="SerializationException",
    message="Start of structure or map expected",
    certainty="assumed",
    wording="assumed",
    source="JSON parsers have such a limit; which one AWS's has is not known",
)
UNKNOWN_OPERATION = Rejection(
    about="X-Amz-Target",
    when="the header does not name an operation of Glue",
    code="UnknownOperationException",
    certainty="documented",
    source="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html",
)
TOO_MANY_RUNS_OF_JOB = Rejection(
    about="MaxConcurrentRuns, max_concurrent_runs_per_job",
    when="the job has that many runs in STARTING, RUNNING or STOPPING, and the run is not queued",
    code="ConcurrentRunsExceededException",
    message="Concurrent runs exceeded for {job}",
    operations=("StartJobRun",),
    certainty="observed",
    wording="observed",
    source="aws-solutions/amazon-marketing-cloud-uploader-from-aws#51",
)
TOO_MANY_RUNS = Rejection(
    about="max_concurrent_runs",
    when="the account has that many runs in the region, and the run is not queued",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of concurrent job runs exceeded for account {account}",
    operations=("StartJobRun",),
    certainty="observed",
    wording="assumed",
    source="dev.classmethod.jp/articles/aws-glue-job-concurrency",
)
TOO_MANY_JOBS = Rejection(
    about="max_jobs",
    when="the account has that many jobs in the region",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of jobs exceeded for account {account}",
    operations=("CreateJob",),
    certainty="documented",
    wording="assumed",
    source="AWS general reference, Glue quotas; botocore's model of CreateJob lists the exception",
)

ALL = (
    START_WITHOUT_JOB,
    JOB_NOT_FOUND,
    RUN_NOT_FOUND,
    RUN_NOT_ENDED,
    JOB_DIFFERS,
    JOB_EXISTS,
    RUN_ENDED,
    NO_BOOKMARK,
    BAD_TOKEN,
    UNREADABLE,
    NESTED_TOO_DEEPLY,
    UNKNOWN_OPERATION,
    TOO_MANY_RUNS_OF_JOB,
    TOO_MANY_RUNS,
    TOO_MANY_JOBS,
)


def usual_error(operation: str, code: str, **details: object) -> GlueError:
    """Return the error with AWS's wording for the operation, as far as *details* complete it.

    Without such a wording it has the usual message of the code.
    """
    for rejection in ALL:
        if rejection.code == code and operation in rejection.operations:
            with suppress(KeyError):  # the message needs more details
                return rejection.error(**details)
    return GlueError(code, default_message(code))
