"""What Glue fills in where CreateJob says nothing, and how it pages and tells what it has."""

from __future__ import annotations

from pytest_glue_runs._service.rules.entry import Fact

GLUE_VERSION = Fact(
    about="GlueVersion",
    when="none is given",
    does="4.0, or what the setting default_glue_version says; AWS's own is 6.0 by now",
    certainty="documented",
    source="botocore's model, CreateJob; 4.0 so that the Timeout of start_job_run holds",
    moto="shows none",
)
MAX_CONCURRENT_RUNS = Fact(
    about="ExecutionProperty",
    when="MaxConcurrentRuns is not given",
    does="1",
    value=1,
    certainty="documented",
    source="botocore's model, ExecutionProperty; cloud-custodian's recorded GetJobs",
)
MAX_RETRIES = Fact(
    about="MaxRetries",
    when="none is given",
    does="0",
    value=0,
    certainty="observed",
    source="cloud-custodian's recorded GetJobs",
)
JOB_MODE = Fact(
    about="JobMode",
    when="none is given",
    does="SCRIPT, in job and run",
    value="SCRIPT",
    certainty="documented",
    source="botocore's model, CreateJob; samples of GetJobRun",
    moto="shows none",
)
QUEUING = Fact(
    about="JobRunQueuingEnabled",
    when="none is given",
    does="False, in job and run",
    value=False,
    certainty="observed",
    source="a sample of GetJobRun of 2026",
    moto="shows none",
)
PYTHON_VERSION = Fact(
    about="Command",
    when="PythonVersion is not given",
    does='"3"; "2" for Spark before Glue 2.0, "3.9" for Ray',
    value={"pythonshell": "3", "glueray": "3.9"},
    certainty="documented",
    source="developer guide, add-job-python, ray-jobs-section; cloud-custodian's recorded GetJobs",
    moto="shows none",
)
PREDECESSORS = Fact(
    about="PredecessorRuns",
    when="a run is shown",
    does="always there, and empty: no trigger starts runs here",
    certainty="observed",
    source="samples of GetJobRun",
)
PAGE_OF_JOBS = Fact(
    about="GetJobs, ListJobs",
    when="MaxResults is not given",
    does="pages of 100",
    value=100,
    certainty="assumed",
    source="nothing found",
)
PAGE_OF_RUNS = Fact(
    about="GetJobRuns",
    when="MaxResults is not given",
    does="pages of 200, the most that can be asked for",
    value=200,
    certainty="assumed",
    source="nothing found",
)
DELETED_JOB = Fact(
    about="DeleteJob",
    when="the job has runs that go on",
    does="they go on, retries too, and cannot be found or stopped any more",
    certainty="assumed",
    source="nothing found",
)
STATE_CHANGE = Fact(
    about="EventBridge",
    when="a run is SUCCEEDED, FAILED, TIMEOUT or STOPPED",
    does='"Glue Job State Change", at that moment',
    certainty="documented",
    source="developer guide, automating-awsglue-with-cloudwatch-events",
    moto="tells nobody",
)
DELAY_NOTICE = Fact(
    about="NotificationProperty",
    when="a run has taken NotifyDelayAfter minutes, counted from StartedOn, its waiting included",
    does='"Glue Job Run Status", once for each of STARTING, RUNNING and STOPPING from then on',
    certainty="documented",
    source="start_job_run; EventBridge guide, list of events; that it counts from StartedOn is "
    "read off AWS's sample",
    moto="tells nobody",
)
ALL = tuple(fact for fact in list(globals().values()) if isinstance(fact, Fact))
