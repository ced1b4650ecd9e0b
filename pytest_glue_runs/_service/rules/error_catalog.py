"""What is refused because of what there is, or is not: jobs, runs, bookmarks, capacity_pool."""

from __future__ import annotations

from pytest_glue_runs._service.rules.rule_types import Rejection

NOT_FOUND = "EntityNotFoundException"

START_WITHOUT_JOB = Rejection(
    about="JobName",
    when="no job has this name",
    code=NOT_FOUND,
    message="Failed to start job run due to missing metadata",
    operations=("StartJobRun",),
    certainty="observed",
    source="boto3 and CLI transcripts; half of them end with a dot",
    moto="says `Job x not found.`",
)
JOB_NOT_FOUND = Rejection(
    about="JobName",
    when="no job has this name, or the ARN of a tag operation names none (of BatchStopJobRun an "
    "entry under Errors, with HTTP 200)",
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
    source="aws/aws-cdk#16767, for GetJob; assumed for the others",
    moto="says `Job x not found.`",
)
RUN_NOT_FOUND = Rejection(
    about="RunId, JobRunIds, JobRunId",
    when="the job has no such run (of BatchStopJobRun an entry under Errors, with HTTP 200)",
    code=NOT_FOUND,
    message="Job Run with id: {run} not found for job: {job}.",
    operations=(
        "GetJobRun",
        "BatchStopJobRun",
        "StartJobRun",
        "GetJobBookmark",
        "ResetJobBookmark",
    ),
    certainty="assumed",
    source="the code was observed in BatchStopJobRun's Errors, the words were not",
    moto="says `Job run x not found.`",
)
RUN_STILL_ALIVE = Rejection(
    about="JobRunId",
    when="the run to be tried again has not ended",
    message="Job Run with id: {run} is in state: {state}. Only ended runs can be retried.",
    operations=("StartJobRun",),
    certainty="assumed",
    source="JobRunNotInTerminalStateException is in the developer guide of 2021, and not in "
    "botocore's model",
    moto="accepts it",
)
JOB_EXISTS = Rejection(
    about="Name",
    when="a job has this name already, with another definition",
    code="IdempotentParameterMismatchException",
    message="Job with name '{job}' already submitted with different configuration",
    operations=("CreateJob",),
    certainty="second-hand",
    source="a Terraform user's note; the words are the developer guide's for a trigger",
    moto="AlreadyExistsException",
)
JOB_EXISTS_ALREADY = Rejection(
    about="Name",
    when="a job has this name already, with the same definition",
    code="AlreadyExistsException",
    message="Job with name: {job} already exists.",
    operations=("CreateJob",),
    certainty="assumed",
    source="the exception is in botocore's model of CreateJob",
)
RUN_ENDED = Rejection(
    about="JobRunIds",
    when="the run has ended (an entry under Errors, with HTTP 200)",
    message="Job Run with id: {run} cannot be stopped in state: {state}.",
    operations=("BatchStopJobRun",),
    certainty="assumed",
    source="nothing found",
    moto="raises NotImplementedError for the whole operation",
)
NO_BOOKMARK = Rejection(
    about="JobName",
    when="the job has no bookmark, or GetJobBookmark names a run that kept none",
    code=NOT_FOUND,
    message="Continuation for job {job} not found",
    operations=("GetJobBookmark", "ResetJobBookmark"),
    certainty="second-hand",
    source="quoted by users of ResetJobBookmark; the code is in botocore's model of both",
    moto="raises NotImplementedError for ResetJobBookmark",
)
BAD_TOKEN = Rejection(
    about="NextToken",
    when="it is not one that the operation gave",
    message="Invalid NextToken",
    operations=("GetJobs", "ListJobs", "GetJobRuns"),
    certainty="assumed",
    source="InvalidInputException is in botocore's model of every paged operation",
)
UNREADABLE = Rejection(
    about="the body",
    when="it is not a JSON object",
    code="SerializationException",
    message="Start of structure or map expected",
    certainty="assumed",
    source="AWS's JSON protocol answers SerializationException to what it cannot read",
)
UNKNOWN_OPERATION = Rejection(
    about="X-Amz-Target",
    when="it names no operation",
    code="UnknownOperationException",
    certainty="documented",
    source="https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html",
)
TOO_MANY_RUNS_OF_JOB = Rejection(
    about="MaxConcurrentRuns, max_concurrent_runs_per_job",
    when="the job has that many runs in STARTING, RUNNING or STOPPING, and the run does not queue",
    code="ConcurrentRunsExceededException",
    message="Concurrent runs exceeded for {job}",
    operations=("StartJobRun",),
    certainty="observed",
    source="aws-solutions/amazon-marketing-cloud-uploader-from-aws#51",
    moto="the same code, with other words",
)
TOO_MANY_RUNS = Rejection(
    about="max_concurrent_runs",
    when="the account has that many runs in the region, and the run does not queue",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of concurrent job runs exceeded for account {account}",
    operations=("StartJobRun",),
    certainty="observed",
    source="the code: dev.classmethod.jp/articles/aws-glue-job-concurrency; the words are assumed",
    moto="has no such limit",
)
TOO_MANY_JOBS = Rejection(
    about="max_jobs",
    when="the account has that many jobs in the region",
    code="ResourceNumberLimitExceededException",
    message="Maximum number of jobs exceeded for account {account}",
    operations=("CreateJob",),
    certainty="documented",
    source="AWS general reference, Glue quotas; the words are assumed",
    moto="has no such limit",
)

ALL = (
    START_WITHOUT_JOB,
    JOB_NOT_FOUND,
    RUN_NOT_FOUND,
    RUN_STILL_ALIVE,
    JOB_EXISTS,
    JOB_EXISTS_ALREADY,
    RUN_ENDED,
    NO_BOOKMARK,
    BAD_TOKEN,
    UNREADABLE,
    UNKNOWN_OPERATION,
    TOO_MANY_RUNS_OF_JOB,
    TOO_MANY_RUNS,
    TOO_MANY_JOBS,
)
