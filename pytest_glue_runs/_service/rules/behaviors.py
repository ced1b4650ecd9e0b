"""What Glue fills in and does by itself: defaults, times, and the words of a run's story."""

from __future__ import annotations

from datetime import timedelta

from pytest_glue_runs._service.rules.rule_types import Behavior

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
    when="none is given, and the job is of Glue 5.0 or later",
    does="480 minutes",
    value=480,
    certainty="documented",
    source="botocore's model, CreateJob; developer guide, add-job",
    moto="2880 minutes",
)
TIMEOUT_RAY = Behavior(
    about="Timeout",
    when="the job is a Ray job",
    does="480 minutes",
    value=480,
    certainty="observed",
    source="cloud-custodian's recorded GetJobs",
)
TIMEOUT_STREAMING = Behavior(
    about="Timeout",
    when="none is given for a streaming job",
    does="no Timeout: the run is restarted after 7 days, or in the first maintenance window then",
    certainty="specified",
    source="start_job_run, Timeout; cloud-custodian's recorded GetJobs",
    moto="2880 minutes",
)
LONGEST_TIMEOUT = Behavior(
    about="Timeout",
    when="a job from before the limit has more (add_job lets it)",
    does="the run has 10080 minutes",
    value=10_080,
    certainty="specified",
    source="start_job_run, Timeout",
    moto="takes what it is given",
)
TIMEOUT_CLOCK = Behavior(
    about="Timeout, ExecutionTime",
    when="a run is STARTING or WAITING",
    does="does not count: both are counted from RUNNING, ExecutionTime in whole seconds",
    certainty="observed",
    source="seven samples of ExecutionTime; start_job_run says the same of both: the time that a "
    "run consumes resources",
    moto="ExecutionTime is 123",
)
SPARK_CAPACITY = Behavior(
    about="MaxCapacity, WorkerType, NumberOfWorkers",
    when="none is given for a Spark job",
    does="10 DPUs; from Glue 2.0 on as 10 workers of G.1X",
    value=10.0,
    certainty="specified",
    source="start_job_run, MaxCapacity; boto/boto3#2644",
    moto="shows only what was given",
)
SHELL_CAPACITY = Behavior(
    about="MaxCapacity",
    when="none is given for a Python shell job",
    does="0.0625 DPU",
    value=0.0625,
    certainty="specified",
    source="start_job_run, MaxCapacity",
    moto="shows only what was given",
)
CAPACITY_OF_WORKERS = Behavior(
    about="MaxCapacity, AllocatedCapacity",
    when="a job or run has workers",
    does="MaxCapacity is their number times their DPUs (0.25, 1, 2, 4, 8, ...), AllocatedCapacity "
    "the same without its fraction",
    certainty="observed",
    source="cloud-custodian's recorded GetJobs; CLI example of get-job-runs",
    moto="shows only what was given",
)
ALLOCATED_CAPACITY = Behavior(
    about="AllocatedCapacity",
    when="StartJobRun has it, and the job has workers",
    does="as many workers of the job's type as these DPUs make up",
    certainty="assumed",
    source="start_job_run, AllocatedCapacity, tells it of jobs with a capacity only",
    moto="shows only what was given",
)
ARGUMENTS = Behavior(
    about="Arguments",
    when="a run is shown",
    does="only what StartJobRun was given; absent if that was nothing. The script sees the job's "
    "DefaultArguments under them, and its NonOverridableArguments over them",
    certainty="observed",
    source="samples of GetJobRun; developer guide, arguments",
    moto="shows the job's merged with the run's",
)
RETRY_DELAY = Behavior(
    about="MaxRetries",
    when="a run has FAILED (never after TIMEOUT or STOPPED)",
    does="the next attempt starts 30 s later, as `<id>_attempt_N`, with a record of its own",
    value=timedelta(seconds=30),
    certainty="observed",
    source="CLI example of get-job-runs: 30.1 s",
    moto="does not retry",
)
RETRY_WITHOUT_ROOM = Behavior(
    about="MaxRetries",
    when="an attempt is due while the job has MaxConcurrentRuns runs",
    does="a run that is FAILED at once, with this ErrorMessage",
    value="Max concurrent runs exceeded",
    certainty="observed",
    source="two operators' records of 2025",
    moto="does not retry",
)
STOPPING_TIME = Behavior(
    about="BatchStopJobRun",
    when="a run is STARTING or RUNNING",
    does="STOPPING, and STOPPED 10 s later; a run that is WAITING is STOPPED at once",
    value=timedelta(seconds=10),
    certainty="observed",
    source="awslabs/amazon-dynamodb-tools#345: 11 s, its own polling included; STARTING and "
    "WAITING are assumed",
    moto="raises NotImplementedError",
)
NO_CAPACITY = Behavior(
    about="max_dpus, max_flex_dpus, max_ray_dpus",
    when="a run needs more DPUs than are free, and does not queue",
    does="it is accepted, and FAILED without ever RUNNING, with this ErrorMessage",
    value="Exceeded maximum concurrent compute capacity",
    certainty="second-hand",
    source="operators' notes; how the message goes on is not known",
    moto="has no such limit",
)
WAITING_FOR_JOB = Behavior(
    about="StateDetail",
    when="a run is WAITING for its job's MaxConcurrentRuns",
    does="says so",
    value="Max concurrent job runs per job exceeded",
    certainty="documented",
    source="developer guide, job-run-statuses: the list of limits; that it is the text is assumed",
    moto="has no queue",
)
WAITING_FOR_ACCOUNT = Behavior(
    about="StateDetail",
    when="a run is WAITING for the account's runs",
    does="says so",
    value="Max concurrent job runs per account exceeded",
    certainty="documented",
    source="developer guide, job-run-statuses: the list of limits; that it is the text is assumed",
    moto="has no queue",
)
WAITING_FOR_CAPACITY = Behavior(
    about="StateDetail",
    when="a run is WAITING for DPUs",
    does="says so",
    value="Max concurrent compute (DPU usage) exceeded",
    certainty="documented",
    source="developer guide, job-run-statuses: the list of limits; that it is the text is assumed",
    moto="has no queue",
)
QUEUE_ORDER = Behavior(
    about="JobRunQueuingEnabled",
    when="room is free",
    does="first come, first served among the runs that fit, at that very moment",
    certainty="assumed",
    source="nothing found",
    moto="has no queue",
)
FLEX_WAIT = Behavior(
    about="ExecutionClass",
    when="a FLEX run finds no DPUs",
    does="WAITING for 20 minutes at most, without queuing; then FAILED for want of capacity",
    value=timedelta(minutes=20),
    certainty="documented",
    source="developer guide, job-run-statuses",
    moto="has no queue",
)
RESTART_AFTER = Behavior(
    about="Timeout, MaintenanceWindow",
    when="a streaming run has no Timeout below 7 days, and is 7 days old",
    does="it is restarted, or in its maintenance window that is open then or comes next: the run "
    "is EXPIRED, and `<id>_restart_N` goes on",
    value=timedelta(days=7),
    certainty="specified",
    source="start_job_run, Timeout; developer guide, glue-streaming-maintenance",
    moto="has no such thing",
)
WINDOW_LENGTH = Behavior(
    about="MaintenanceWindow",
    when="it has begun, at its hour of its day in GMT",
    does="it is open for 3 hours; a run that is 7 days old by then is restarted at once",
    value=timedelta(hours=3),
    certainty="documented",
    source="developer guide, glue-streaming-maintenance; when within the 3 hours is assumed",
    moto="has no such thing",
)
DPU_SECONDS = Behavior(
    about="DPUSeconds",
    when="a run of FLEX, of Glue 3.0 or later and not streaming, has ended",
    does="ExecutionTime times MaxCapacity; a plan may give it with `dpu_seconds=`",
    certainty="documented",
    source="developer guide, auto-scaling; botocore's model, JobRun",
)
AUTO_SCALING_SHARE = Behavior(
    about="DPUSeconds",
    when="a run with --enable-auto-scaling, of Glue 3.0 or later and not streaming, has ended",
    does="0.4 of ExecutionTime times MaxCapacity, since not all workers run all the time",
    value=0.4,
    certainty="assumed",
    source="botocore's model, JobRun: it may be less than the maximum; in the one sample it is "
    "240 of 636",
)
DPU_SECONDS_DELAY = Behavior(
    about="DPUSeconds",
    when="a run has just ended",
    does="absent until 40 s after the end",
    value=timedelta(seconds=40),
    certainty="observed",
    source="awslabs/amazon-dynamodb-tools: it waits for the field after the end",
)
TERMS = Behavior(
    about="UpdateJob",
    when="the job has runs already",
    does="they go on as they were started, retries of theirs too; only MaxConcurrentRuns holds at "
    "once, for the runs that wait",
    certainty="assumed",
    source="nothing found",
    moto="shows runs with what they were started with",
)
LOG_GROUP = Behavior(
    about="LogGroupName",
    when="a run is shown",
    does="`/aws-glue/jobs`, `/aws-glue/python-jobs`; with a security configuration "
    "`/aws-glue/jobs-<role>-<configuration>`",
    certainty="observed",
    source="samples of GetJobRun; the last from botocore's model",
    moto="not shown",
)
GLUE_VERSION = Behavior(
    about="GlueVersion",
    when="none is given",
    does="4.0, or what the setting default_glue_version says; AWS's own is 6.0 by now",
    certainty="documented",
    source="botocore's model, CreateJob; 4.0 so that the Timeout of start_job_run holds",
    moto="shows none",
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
    does="SCRIPT, in job and run",
    value="SCRIPT",
    certainty="documented",
    source="botocore's model, CreateJob; samples of GetJobRun",
    moto="shows none",
)
QUEUING = Behavior(
    about="JobRunQueuingEnabled",
    when="none is given",
    does="False, in job and run",
    value=False,
    certainty="observed",
    source="a sample of GetJobRun of 2026",
    moto="shows none",
)
PYTHON_VERSION = Behavior(
    about="Command",
    when="PythonVersion is not given",
    does='"3"; "2" for Spark before Glue 2.0, "3.9" for Ray',
    value={"pythonshell": "3", "glueray": "3.9"},
    certainty="documented",
    source="developer guide, add-job-python, ray-jobs-section; cloud-custodian's recorded GetJobs",
    moto="shows none",
)
PREDECESSORS = Behavior(
    about="PredecessorRuns",
    when="a run is shown",
    does="always there, and empty: no trigger starts runs here",
    certainty="observed",
    source="samples of GetJobRun",
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
    does="pages of 200, the most that can be asked for",
    value=200,
    certainty="assumed",
    source="nothing found",
)
DELETED_JOB = Behavior(
    about="DeleteJob",
    when="the job has runs that go on",
    does="they go on, retries too, and cannot be found or stopped any more",
    certainty="assumed",
    source="nothing found",
)
STATE_CHANGE = Behavior(
    about="EventBridge",
    when="a run is SUCCEEDED, FAILED, TIMEOUT or STOPPED",
    does='"Glue Job State Change", at that moment',
    certainty="documented",
    source="developer guide, automating-awsglue-with-cloudwatch-events",
    moto="tells nobody",
)
DELAY_NOTICE = Behavior(
    about="NotificationProperty",
    when="a run has taken NotifyDelayAfter minutes, counted from StartedOn, its waiting included",
    does='"Glue Job Run Status", once for each of STARTING, RUNNING and STOPPING from then on',
    certainty="documented",
    source="start_job_run; EventBridge guide, list of events; that it counts from StartedOn is "
    "read off AWS's sample",
    moto="tells nobody",
)
CLEANUP = Behavior(
    about="MaxConcurrentRuns, max_concurrent_runs, max_dpus",
    when="a run has ended",
    does="it still counts against the limits for the time that the setting cleanup gives, 5 s by "
    "default; queued runs start after that. A restart does not wait for it",
    value=timedelta(seconds=5),
    certainty="observed",
    source="apache/airflow#43688 (5 to 10 s are advised; others wait 30 s); that it holds for "
    "limits other than MaxConcurrentRuns is assumed",
)
RETENTION = Behavior(
    about="GetJobRun, GetJobRuns",
    when="a run was started more than 365 days ago",
    does="it is no longer found; `glue_runs.runs()` still has it",
    value=timedelta(days=365),
    certainty="documented",
    source="botocore's model, GetJobRun: accessible for 365 days (the developer guide says 90); "
    "that it counts from StartedOn is assumed",
)
THROTTLING = Behavior(
    about="every operation",
    when="the setting max_requests_per_second is given, and an account sends more in a region",
    does="ThrottlingException, `Rate exceeded`: a token bucket that holds the requests of one "
    "second",
    certainty="second-hand",
    source="users see more than about 15 parallel starts throttled; AWS publishes no rate",
)
ALL = tuple(fact for fact in list(globals().values()) if isinstance(fact, Behavior))
