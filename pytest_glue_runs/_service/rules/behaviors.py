"""What Glue does by default and by itself: default values, times, state changes and events."""

from __future__ import annotations

from datetime import timedelta

from pytest_glue_runs._service.rules.rule_types import Behavior

_STATE_DETAIL = (
    "botocore's model, JobRun; wording: the limit in the words of the developer guide, "
    "job-run-statuses"
)

TIMEOUT = Behavior(
    about="Timeout",
    when="none is given",
    does="2880 minutes",
    value=2880,
    certainty="specified",
    source="start_job_run, Timeout",
)
TIMEOUT_SINCE_5 = Behavior(
    about="Timeout",
    when="none is given, and the Glue version is 5.0 or later",
    does="480 minutes",
    value=480,
    certainty="documented",
    source="botocore's model, CreateJob; developer guide, add-job",
)
TIMEOUT_RAY = Behavior(
    about="Timeout",
    when="the job is a Ray job",
    does="480 minutes",
    value=480,
    certainty="observed",
    source="cloud-custodian's recorded GetJobs, test_glue_job_enable_metrics",
)
TIMEOUT_STREAMING = Behavior(
    about="Timeout",
    when="none is given for a streaming job",
    does="no Timeout: the run is restarted after 7 days, or in its first maintenance window after "
    "that",
    certainty="documented",
    source="developer guide, add-job-streaming; cloud-custodian's recorded GetJobs show no Timeout",
)
LONGEST_TIMEOUT = Behavior(
    about="Timeout",
    when="the job has more, because it was created before there was a limit (add_job accepts it)",
    does="its runs have 10080 minutes",
    value=10_080,
    certainty="specified",
    source="start_job_run, Timeout",
)
TIMEOUT_CLOCK = Behavior(
    about="Timeout",
    when="a run is STARTING or WAITING",
    does="this time does not count: the Timeout starts at RUNNING",
    certainty="assumed",
    source="start_job_run, Timeout, limits the time that a run consumes resources, and botocore's "
    "model describes ExecutionTime in the same words",
)
EXECUTION_TIME = Behavior(
    about="ExecutionTime",
    when="a run is shown",
    does="whole seconds since RUNNING; STARTING and WAITING do not count",
    certainty="observed",
    source="aws/aws-cli, awscli/examples/glue/get-job-runs.rst; developer guide of 2021, "
    "resuming-workflow",
)
SPARK_CAPACITY = Behavior(
    about="MaxCapacity",
    when="neither DPUs nor workers are given for a Spark job",
    does="10 DPUs",
    value=10.0,
    certainty="specified",
    source="start_job_run, MaxCapacity",
)
SPARK_WORKERS = Behavior(
    about="WorkerType, NumberOfWorkers",
    when="no workers are given for a Spark job of Glue 2.0 or later",
    does="as many workers of G.1X as the job has DPUs",
    certainty="observed",
    source="boto/boto3#2644, for UpdateJob",
)
SHELL_CAPACITY = Behavior(
    about="MaxCapacity",
    when="none is given for a Python shell job",
    does="0.0625 DPU",
    value=0.0625,
    certainty="specified",
    source="start_job_run, MaxCapacity",
)
CAPACITY_OF_WORKERS = Behavior(
    about="MaxCapacity, AllocatedCapacity",
    when="a job or run has workers",
    does="MaxCapacity is their number times the DPUs of one (0.25, 1, 2, 4, 8, ...); "
    "AllocatedCapacity is the same, rounded down",
    certainty="observed",
    source="cloud-custodian's recorded GetJobs; aws/aws-cli, awscli/examples/glue/get-job-runs.rst",
)
ALLOCATED_CAPACITY = Behavior(
    about="AllocatedCapacity",
    when="StartJobRun is given it for a job with workers",
    does="the run has as many workers of the job's type as fit into these DPUs",
    certainty="assumed",
    source="start_job_run, AllocatedCapacity, does not mention jobs with workers",
)
ARGUMENTS = Behavior(
    about="Arguments",
    when="a run is shown",
    does="only the arguments that StartJobRun was given; absent if there were none",
    certainty="observed",
    source="boto/boto3#3506; the GetJobRun responses of 2021 and 2026 in "
    "tests/service/test_runs.py",
)
SCRIPT_ARGUMENTS = Behavior(
    about="Arguments",
    when="the script reads them",
    does="they override the job's DefaultArguments, and its NonOverridableArguments override them",
    certainty="documented",
    source="developer guide, aws-glue-programming-etl-glue-arguments",
)
RETRIED_STATES = Behavior(
    about="MaxRetries",
    when="a run has ended, and attempts are left",
    does="it is retried if it FAILED, and not after TIMEOUT or STOPPED",
    certainty="documented",
    source="botocore's model, CreateJob; developer guide, add-job, for TIMEOUT; STOPPED is assumed",
)
RETRY_DELAY = Behavior(
    about="MaxRetries",
    when="a run is retried",
    does="the next attempt starts 30 s later, as a run of its own with the id `<id>_attempt_N`",
    value=timedelta(seconds=30),
    certainty="observed",
    source="aws/aws-cli, awscli/examples/glue/get-job-runs.rst: 30.1 s",
)
RETRY_OVER_LIMIT = Behavior(
    about="MaxRetries",
    when="a retry is due while the job has MaxConcurrentRuns active runs",
    does="the attempt is FAILED at once, with this ErrorMessage",
    value="Max concurrent runs exceeded",
    certainty="second-hand",
    wording="second-hand",
    source="an operator's get-job-runs output of 2025; the developer guide, job-run-statuses, has "
    "the state; aws-samples/build-a-360-degree-customer-view-with-aws#1 quotes the message for a "
    "run of a workflow",
)
STOPPING_TIME = Behavior(
    about="BatchStopJobRun",
    when="a run is STARTING or RUNNING",
    does="the run is STOPPING, and STOPPED 10 s later; a run that is WAITING is STOPPED at once",
    value=timedelta(seconds=10),
    certainty="observed",
    source="awslabs/amazon-dynamodb-tools#345: 11 s for a RUNNING run, including the client's "
    "polling; STARTING and WAITING are assumed",
)
NO_CAPACITY = Behavior(
    about="max_dpus, max_flex_dpus, max_ray_dpus",
    when="a run needs more DPUs than are free, and is not queued",
    does="the run is accepted, and FAILED without having been RUNNING, with this ErrorMessage",
    value="Exceeded maximum concurrent compute capacity",
    certainty="second-hand",
    wording="second-hand",
    source="operators' notes; the rest of the message is not known",
)
WAITING_FOR_JOB = Behavior(
    about="StateDetail",
    when="a run is WAITING for its job's MaxConcurrentRuns",
    does="this reason",
    value="Max concurrent job runs per job exceeded",
    certainty="documented",
    wording="assumed",
    source=_STATE_DETAIL,
)
WAITING_FOR_ACCOUNT = Behavior(
    about="StateDetail",
    when="a run is WAITING for the account's runs",
    does="this reason",
    value="Max concurrent job runs per account exceeded",
    certainty="documented",
    wording="assumed",
    source=_STATE_DETAIL,
)
WAITING_FOR_CAPACITY = Behavior(
    about="StateDetail",
    when="a run is WAITING for DPUs",
    does="this reason",
    value="Max concurrent compute (DPU usage) exceeded",
    certainty="documented",
    wording="assumed",
    source=_STATE_DETAIL,
)
QUEUE_ORDER = Behavior(
    about="JobRunQueuingEnabled",
    when="capacity is released",
    does="the oldest queued runs that fit start at that moment",
    certainty="assumed",
    source="nothing found",
)
FLEX_WAIT = Behavior(
    about="ExecutionClass",
    when="too few DPUs are free for a FLEX run",
    does="the run is WAITING for 20 minutes at most, even without queuing; then it is FAILED for "
    "lack of capacity",
    value=timedelta(minutes=20),
    certainty="documented",
    source="developer guide, job-run-statuses",
)
RESTART_AFTER = Behavior(
    about="Timeout, MaintenanceWindow",
    when="a streaming run without a Timeout below 7 days is 7 days old",
    does="it is restarted: the run is EXPIRED, and `<id>_restart_N` continues. If it has a "
    "maintenance window, this happens in the one that is open then, or else in the next",
    value=timedelta(days=7),
    certainty="documented",
    source="developer guide, glue-streaming-maintenance; start_job_run, Timeout, for the 7 days "
    "and the window",
)
WINDOW_LENGTH = Behavior(
    about="MaintenanceWindow",
    when="the window begins, at its day and hour in GMT",
    does="it is open for 3 hours; a run that is 7 days old when it opens is restarted at once",
    value=timedelta(hours=3),
    certainty="documented",
    source="developer guide, glue-streaming-maintenance; the moment within the 3 hours is assumed",
)
DPU_SECONDS = Behavior(
    about="DPUSeconds",
    when="a run of Glue 3.0 or later that is FLEX or has --enable-auto-scaling, and is not "
    "streaming, has ended",
    does="the run shows DPUSeconds; other runs do not",
    certainty="documented",
    source="developer guide, auto-scaling; botocore's model, JobRun",
)
FLEX_DPU_SECONDS = Behavior(
    about="DPUSeconds",
    when="a FLEX run without auto scaling shows them",
    does="ExecutionTime times MaxCapacity; a plan may give another value with `dpu_seconds=`",
    certainty="assumed",
    source="botocore's model, JobRun, counts the time that each executor ran",
)
AUTO_SCALING_SHARE = Behavior(
    about="DPUSeconds",
    when="a run with auto scaling shows them",
    does="0.4 of ExecutionTime times MaxCapacity, because not all workers run all the time; a plan "
    "may give another value with `dpu_seconds=`",
    value=0.4,
    certainty="assumed",
    source="botocore's model, JobRun: it may be less than the maximum; the one sample shows 240 of "
    "636",
)
DPU_SECONDS_DELAY = Behavior(
    about="DPUSeconds",
    when="a run has just ended",
    does="absent until 40 s after the end",
    value=timedelta(seconds=40),
    certainty="observed",
    source="awslabs/amazon-dynamodb-tools, which waits for the member after the end",
)
UPDATED_JOB = Behavior(
    about="UpdateJob",
    when="the job has active runs",
    does="they and their retries keep the configuration they were started with; only a new "
    "MaxConcurrentRuns applies at once, to the queued runs",
    certainty="assumed",
    source="nothing found",
)
UPDATE_OVERWRITES = Behavior(
    about="UpdateJob",
    when="members are not given",
    does="they are removed or reset to their defaults; only GlueVersion is kept",
    certainty="documented",
    source="botocore's model, UpdateJob and JobUpdate",
)
UNCHECKED_NAMES = Behavior(
    about="SecurityConfiguration, ScriptLocation",
    when="CreateJob or UpdateJob is given one that does not exist",
    does="the job is created or updated",
    certainty="observed",
    source="hashicorp/terraform-provider-aws, internal/service/glue/job_test.go",
)
LOG_GROUP = Behavior(
    about="LogGroupName",
    when="a run is shown",
    does="`/aws-glue/jobs`, or `/aws-glue/python-jobs` for Python shell",
    certainty="observed",
    source="the GetJobRun responses of 2021 to 2026 in tests/service/test_runs.py",
)
SECURE_LOG_GROUP = Behavior(
    about="LogGroupName",
    when="a Spark run has a security configuration",
    does="`/aws-glue/jobs-<role>-<configuration>`",
    certainty="documented",
    source="botocore's model, JobRun",
)
GLUE_VERSION = Behavior(
    about="GlueVersion",
    when="none is given",
    does="4.0, or the setting default_glue_version",
    certainty="assumed",
    source="AWS's own default is 6.0 by now (botocore's model, CreateJob); 4.0 is the latest "
    "version with the default Timeout of start_job_run",
)
DPUS_WITHOUT_VERSION = Behavior(
    about="MaxCapacity, GlueVersion",
    when="CreateJob is given MaxCapacity and no GlueVersion for a Spark job",
    does="the job has the default version; from Glue 2.0 on, its DPUs are workers of G.1X",
    certainty="observed",
    source="hashicorp/terraform-provider-aws, internal/service/glue/job_test.go, and the default "
    "of Airflow's GlueJobHook, for CreateJob; the conversion: boto/boto3#2644, for UpdateJob",
)
MAX_CONCURRENT_RUNS = Behavior(
    about="ExecutionProperty",
    when="MaxConcurrentRuns is not given",
    does="1",
    value=1,
    certainty="documented",
    source="botocore's model, ExecutionProperty; cloud-custodian's recorded GetJobs",
)
MAX_RETRIES = Behavior(
    about="MaxRetries",
    when="none is given",
    does="0",
    value=0,
    certainty="observed",
    source="cloud-custodian's recorded GetJobs",
)
JOB_MODE = Behavior(
    about="JobMode",
    when="none is given",
    does="SCRIPT, for the job and its runs",
    value="SCRIPT",
    certainty="documented",
    source="botocore's model, CreateJob; the GetJobRun response of 2026 in "
    "tests/service/test_runs.py",
)
QUEUING = Behavior(
    about="JobRunQueuingEnabled",
    when="none is given",
    does="False, for the job and its runs",
    value=False,
    certainty="specified",
    source="start_job_run, JobRunQueuingEnabled; the GetJobRun response of 2026 in "
    "tests/service/test_runs.py shows it",
)
PYTHON_VERSION = Behavior(
    about="Command",
    when="PythonVersion is not given",
    does='"3"; "2" for Spark before Glue 2.0, "3.9" for Ray',
    value={"pythonshell": "3", "glueray": "3.9"},
    certainty="documented",
    source="developer guide, add-job-python, ray-jobs-section; cloud-custodian's recorded GetJobs "
    "for Spark",
)
PREDECESSORS = Behavior(
    about="PredecessorRuns",
    when="a run is shown",
    does="always present; empty unless GetJobRun has PredecessorsIncluded and a conditional "
    "trigger started the run: then the runs that met its conditions",
    certainty="observed",
    source="aws/aws-cli, awscli/examples/glue/get-job-runs.rst; the GetJobRun responses in "
    "tests/service/test_runs.py; that they are those of the conditions: botocore's model, "
    "Predecessor",
)
PAGE_OF_JOBS = Behavior(
    about="GetJobs, ListJobs",
    when="MaxResults is not given",
    does="pages of 100",
    value=100,
    certainty="assumed",
    source="nothing found",
)
PAGE_OF_RUNS = Behavior(
    about="GetJobRuns",
    when="MaxResults is not given",
    does="pages of 200, the largest MaxResults",
    value=200,
    certainty="assumed",
    source="nothing found",
)
DELETED_JOB = Behavior(
    about="DeleteJob",
    when="the job has active runs",
    does="they continue, and are retried, but can no longer be read or stopped",
    certainty="assumed",
    source="nothing found",
)
STATE_CHANGE = Behavior(
    about="EventBridge",
    when="a run is SUCCEEDED, FAILED, TIMEOUT or STOPPED",
    does='an event "Glue Job State Change" is sent at that moment',
    certainty="documented",
    source="developer guide, automating-awsglue-with-cloudwatch-events",
)
DELAY_NOTIFICATION = Behavior(
    about="NotificationProperty",
    when="NotifyDelayAfter minutes have passed since StartedOn; time spent WAITING counts",
    does='an event "Glue Job Run Status" is sent once for each of STARTING, RUNNING and STOPPING '
    "from then on",
    certainty="documented",
    source="developer guide, automating-awsglue-with-cloudwatch-events; that StartedOn counts: the "
    "sample in the EventBridge guide; WAITING is assumed",
)
CLEANUP = Behavior(
    about="MaxConcurrentRuns, max_concurrent_runs, max_dpus",
    when="a run has ended",
    does="it still counts towards the limits for the time of the setting cleanup, 5 s by default; "
    "queued runs start after that. A restart does not wait for it",
    value=timedelta(seconds=5),
    certainty="second-hand",
    source="apache/airflow#43688 advises 5 to 10 s, others wait 30 s; limits other than "
    "MaxConcurrentRuns are assumed",
)
RETENTION = Behavior(
    about="GetJobRun, GetJobRuns",
    when="a run was started more than 365 days ago",
    does="it is no longer found; `glue_runs.runs()` still returns it",
    value=timedelta(days=365),
    certainty="documented",
    source="botocore's model, GetJobRun: accessible for 365 days (the developer guide says 90); "
    "that StartedOn counts is assumed",
)
THROTTLING = Behavior(
    about="every operation",
    when="the setting max_requests_per_second is given, and an account sends more in a region",
    does="ThrottlingException, `Rate exceeded`, from a token bucket that holds one second of "
    "requests",
    certainty="second-hand",
    source="users see more than about 15 parallel starts throttled; AWS publishes no rate",
)
ALL = tuple(value for value in list(globals().values()) if isinstance(value, Behavior))
