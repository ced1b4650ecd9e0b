"""Requests that are run against this package and against moto, to find where they differ.

Each probe is a function that makes boto3 calls and returns what it saw as a short text. It gets a
Glue client and a function that lets time pass, which does nothing for moto, whose runs do not
depend on time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

import boto3
import moto
from botocore.exceptions import ClientError

from pytest_glue_runs import mock_glue_runs

Wait = Callable[[float], object]

COMMANDS: dict[str, dict[str, str]] = {
    "glueetl": {"Name": "glueetl"},
    "gluestreaming": {"Name": "gluestreaming"},
    "pythonshell": {"Name": "pythonshell"},
    "glueray": {"Name": "glueray", "Runtime": "Ray2.4"},
}
RAY_WORKERS: dict[str, Any] = {"WorkerType": "Z.2X", "NumberOfWorkers": 2}
JOB_ARN = "arn:aws:glue:us-east-1:123456789012:job/nightly"

# Raised by moto out of the client.
MOTO_ERRORS = (NotImplementedError, ValueError)
# Before and after the end of life of Glue 2.0 and Python shell 3.6.
BEFORE_END_OF_LIFE = "2026-01-01"
AFTER_END_OF_LIFE = "2026-05-01"


class Probe(NamedTuple):
    """A request, or a few, and the function that makes them."""

    request: str
    """What is requested, for the reader."""
    run: Callable[[Any, Wait], str]
    region: str = "us-east-1"
    start_at: str = BEFORE_END_OF_LIFE


class Difference(NamedTuple):
    """A probe whose results differ."""

    request: str
    here: str
    moto: str


PROBES: list[Probe] = []


def run_here(probe: Probe) -> str:
    """Run a probe against this package."""
    with mock_glue_runs(start_at=probe.start_at) as glue_runs:
        return _run(probe, glue_runs.tick)


def run_moto(probe: Probe) -> str:
    """Run a probe against moto."""
    with moto.mock_aws():
        return _run(probe, lambda seconds: None)


def differences() -> Iterable[Difference]:
    """Run every probe against both and yield those whose results differ."""
    for probe in PROBES:
        here, there = run_here(probe), run_moto(probe)
        if here != there:
            yield Difference(probe.request, here, there)


def _run(probe: Probe, wait: Wait) -> str:
    try:
        result = probe.run(_client("glue", probe.region), wait)
    except MOTO_ERRORS as error:
        return type(error).__name__
    return re.sub(r"\bjr_[0-9a-f]{32,64}", "jr_...", result)


@cache
def _client(service: str, region: str = "us-east-1") -> Any:
    credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    return boto3.client(service, region_name=region, **credentials)


def probe(request: str) -> Callable[[Callable[[Any, Wait], str]], Callable[[Any, Wait], str]]:
    """Register a function as a probe."""

    def register(run: Callable[[Any, Wait], str]) -> Callable[[Any, Wait], str]:
        PROBES.append(Probe(request, run))
        return run

    return register


def outcome(call: Callable[[], object]) -> str:
    """Return "accepted", or the error of a call."""
    try:
        call()
    except ClientError as error:
        details = error.response["Error"]
        return f"{details['Code']}: `{details['Message']}`"
    except MOTO_ERRORS as error:
        return type(error).__name__
    return "accepted"


def create(glue: Any, **members: Any) -> None:
    """Create the job "nightly"."""
    glue.create_job(**{"Name": "nightly", "Role": "r", "Command": COMMANDS["glueetl"], **members})


def start(glue: Any, **members: Any) -> str:
    """Start a run of the job "nightly" and return its id."""
    run_id: str = glue.start_job_run(JobName="nightly", **members)["JobRunId"]
    return run_id


def read(glue: Any, run_id: str) -> dict[str, Any]:
    """Return what GetJobRun shows."""
    run: dict[str, Any] = glue.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]
    return run


def listed(values: dict[str, Any], names: Iterable[str]) -> str:
    """Return these members of a structure, or that they are absent."""
    return ", ".join(
        f"{name}={values[name]!r}" if name in values else f"no {name}" for name in names
    )


def definition(
    operation: str,
    command: str = "glueetl",
    *,
    region: str = "us-east-1",
    start_at: str = BEFORE_END_OF_LIFE,
    **members: Any,
) -> None:
    """Register a probe that gives *members* to CreateJob, UpdateJob or StartJobRun.

    StartJobRun gets all of them but GlueVersion, which is the job's.
    """
    workers = RAY_WORKERS if command == "glueray" else {}
    whole = {"Role": "r", "Command": COMMANDS[command], **workers, **members}
    whole = {name: value for name, value in whole.items() if value is not None}

    def run(glue: Any, wait: Wait) -> str:
        if operation == "CreateJob":
            return outcome(lambda: create(glue, **whole))
        if operation == "UpdateJob":
            create(glue)
            return outcome(lambda: glue.update_job(JobName="nightly", JobUpdate=whole))
        job = {"GlueVersion": members["GlueVersion"]} if "GlueVersion" in members else {}
        create(glue, Command=COMMANDS[command], **workers, **job)
        requested = {name: members[name] for name in members if name != "GlueVersion"}
        return outcome(lambda: start(glue, **requested))

    given = [
        f"no {name}" if value is None else f"{name}={_short(value)}"
        for name, value in members.items()
    ]
    kind = [] if "Command" in members else [command]
    place = "" if region == "us-east-1" else f" in {region}"
    date = "" if start_at == BEFORE_END_OF_LIFE else f" on {start_at}"
    request = f"{operation}{place}{date}: {', '.join([*kind, *given])}"
    PROBES.append(Probe(request, run, region, start_at))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{text[:15]}... ({len(text)} characters)"


_WORKERS: dict[str, Any] = {"WorkerType": "G.1X", "NumberOfWorkers": 10}
_LARGE: dict[str, Any] = {"WorkerType": "G.8X", "NumberOfWorkers": 2}
_LARGEST: dict[str, Any] = {"WorkerType": "R.1X", "NumberOfWorkers": 2}

definition("CreateJob", Role="")
definition("CreateJob", Command={})
definition("UpdateJob", Role=None)
definition("CreateJob", Command={"Name": "spark"})
definition("CreateJob", Command={"Name": "glueray"}, **RAY_WORKERS)
definition("CreateJob", MaxRetries=11)
definition("CreateJob", ExecutionProperty={"MaxConcurrentRuns": 0})
definition("CreateJob", ExecutionProperty={"MaxConcurrentRuns": 4001})
definition("CreateJob", GlueVersion="1.0", MaxCapacity=10.0, **_WORKERS)
definition("CreateJob", GlueVersion="1.0", AllocatedCapacity=10, **_WORKERS)
definition("CreateJob", GlueVersion="1.0", MaxCapacity=10.0, AllocatedCapacity=10)
definition("CreateJob", GlueVersion="4.0", MaxCapacity=10.0)
definition("CreateJob", "glueray", MaxCapacity=10.0, WorkerType=None, NumberOfWorkers=None)
definition("CreateJob", "glueray", AllocatedCapacity=10, WorkerType=None, NumberOfWorkers=None)
definition("CreateJob", "pythonshell", AllocatedCapacity=1)
definition("CreateJob", "pythonshell", MaxCapacity=0.5)
definition("CreateJob", "pythonshell", MaxCapacity=2.0)
definition("CreateJob", GlueVersion="1.0", MaxCapacity=101.0)
definition("CreateJob", GlueVersion="1.0", AllocatedCapacity=1)
definition("CreateJob", GlueVersion="1.0", MaxCapacity=2.5)
definition("CreateJob", "pythonshell", **_WORKERS)
definition("CreateJob", WorkerType="G.1X")
definition("CreateJob", "glueray", WorkerType="G.1X", NumberOfWorkers=2)
definition("CreateJob", Command={"Name": "glueetl", "Runtime": "Ray2.4"})
definition("CreateJob", MaintenanceWindow="Sun:23")
definition("CreateJob", WorkerType="Z.2X", NumberOfWorkers=2)
definition("CreateJob", GlueVersion="4.0", WorkerType="G.025X", NumberOfWorkers=2)
definition("CreateJob", "gluestreaming", GlueVersion="4.0", **_LARGE)
definition("CreateJob", "gluestreaming", GlueVersion="4.0", **_LARGEST)
definition("CreateJob", GlueVersion="2.0", **_LARGE)
definition("CreateJob", GlueVersion="3.0", **_LARGEST)
definition("CreateJob", region="eu-west-3", GlueVersion="4.0", **_LARGE)
definition("StartJobRun", GlueVersion="4.0", WorkerType="Standard", NumberOfWorkers=2)
definition("StartJobRun", WorkerType="G.1X", NumberOfWorkers=1)
definition("CreateJob", WorkerType="G.2X", NumberOfWorkers=0)
definition("StartJobRun", WorkerType="G.1X", NumberOfWorkers=300)
definition("CreateJob", "glueray", Timeout=60)
definition("StartJobRun", Timeout=10_081)
definition("StartJobRun", "pythonshell", ExecutionClass="FLEX")
definition("StartJobRun", GlueVersion="2.0", ExecutionClass="FLEX")
definition("CreateJob", GlueVersion="4.0", ExecutionClass="FLEX", **_LARGE)
definition("CreateJob", ExecutionClass="FLEX", JobRunQueuingEnabled=True)
definition("CreateJob", MaxRetries=1, JobRunQueuingEnabled=True)
definition("StartJobRun", Arguments={"--a": "x" * 266_240})
definition("StartJobRun", ExecutionRoleSessionPolicy="{}")
definition("StartJobRun", JobRunId="jr_1")
definition("StartJobRun", ExecutionClass="flex")
definition("CreateJob", start_at=AFTER_END_OF_LIFE, GlueVersion="2.0")
definition("CreateJob", "pythonshell", start_at=AFTER_END_OF_LIFE)


@probe("CreateJob of an existing job, with the same definition")
def same_job_twice(glue: Any, wait: Wait) -> str:
    create(glue)
    return outcome(lambda: create(glue))


@probe("CreateJob of an existing job, with another definition; GetJob")
def other_job_twice(glue: Any, wait: Wait) -> str:
    create(glue, Description="old")
    result = outcome(lambda: create(glue, Description="new"))
    return f"{result}; {listed(glue.get_job(JobName='nightly')['Job'], ['Description'])}"


@probe("GetJob of a missing job")
def missing_job(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.get_job(JobName="nightly"))


@probe("StartJobRun of a missing job")
def start_of_missing_job(glue: Any, wait: Wait) -> str:
    return outcome(lambda: start(glue))


@probe("GetJobRun of a missing run")
def missing_run(glue: Any, wait: Wait) -> str:
    create(glue)
    return outcome(lambda: read(glue, "jr_1"))


@probe("GetTags of a missing job")
def tags_of_missing_job(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.get_tags(ResourceArn=JOB_ARN))


@probe("ListJobs with an invalid NextToken")
def invalid_token(glue: Any, wait: Wait) -> str:
    return outcome(lambda: glue.list_jobs(NextToken="invalid"))


@probe("StartJobRun while the job has MaxConcurrentRuns runs")
def too_many_runs(glue: Any, wait: Wait) -> str:
    create(glue)
    start(glue)
    return outcome(lambda: start(glue))


@probe("StartJobRun with the JobRunId of a run that has just started")
def retry_of_active_run(glue: Any, wait: Wait) -> str:
    create(glue, ExecutionProperty={"MaxConcurrentRuns": 2})
    run_id = start(glue)
    return outcome(lambda: start(glue, JobRunId=run_id))


@probe("UpdateJob; GetJob")
def update(glue: Any, wait: Wait) -> str:
    create(glue)
    job = {"Role": "r", "Command": COMMANDS["glueetl"], "Description": "new"}
    result = outcome(lambda: glue.update_job(JobName="nightly", JobUpdate=job))
    return f"{result}; {listed(glue.get_job(JobName='nightly')['Job'], ['Description'])}"


@probe("BatchStopJobRun of a run that has just started; GetJobRun")
def stop(glue: Any, wait: Wait) -> str:
    create(glue)
    run_id = start(glue)
    result = outcome(lambda: glue.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id]))
    return f"{result}; {read(glue, run_id)['JobRunState']}"


@probe("BatchStopJobRun of a run that has ended")
def stop_of_ended_run(glue: Any, wait: Wait) -> str:
    create(glue)
    run_id = start(glue)
    wait(3600)
    response = glue.batch_stop_job_run(JobName="nightly", JobRunIds=[run_id])
    (error,) = response["Errors"]
    detail = error["ErrorDetail"]
    return f"HTTP 200, {detail['ErrorCode']}: `{detail['ErrorMessage']}`"


@probe("GetJobBookmark of a job without bookmark")
def no_bookmark(glue: Any, wait: Wait) -> str:
    create(glue)
    return outcome(lambda: glue.get_job_bookmark(JobName="nightly"))


@probe("ResetJobBookmark of a job without bookmark")
def reset_of_no_bookmark(glue: Any, wait: Wait) -> str:
    create(glue)
    return outcome(lambda: glue.reset_job_bookmark(JobName="nightly"))


@probe("GetJob of a Spark job that was given nothing: capacity")
def default_capacity(glue: Any, wait: Wait) -> str:
    create(glue)
    job = glue.get_job(JobName="nightly")["Job"]
    return listed(job, ["MaxCapacity", "AllocatedCapacity", "WorkerType", "NumberOfWorkers"])


@probe("GetJob of a Spark job that was given nothing: other members")
def default_members(glue: Any, wait: Wait) -> str:
    create(glue)
    job = glue.get_job(JobName="nightly")["Job"]
    members = ["GlueVersion", "Timeout", "MaxRetries", "JobMode", "JobRunQueuingEnabled"]
    return listed(job, [*members, "ExecutionProperty", "ExecutionClass", "DefaultArguments"])


@probe("GetJob: Command without PythonVersion")
def default_python_version(glue: Any, wait: Wait) -> str:
    create(glue)
    return listed(glue.get_job(JobName="nightly")["Job"]["Command"], ["PythonVersion"])


@probe("GetJob of a job with 3 workers of G.2X")
def capacity_of_workers(glue: Any, wait: Wait) -> str:
    create(glue, WorkerType="G.2X", NumberOfWorkers=3)
    return listed(glue.get_job(JobName="nightly")["Job"], ["MaxCapacity", "AllocatedCapacity"])


@probe("GetJobRun right after StartJobRun, three times")
def states(glue: Any, wait: Wait) -> str:
    create(glue)
    run_id = start(glue)
    return ", ".join(read(glue, run_id)["JobRunState"] for _ in range(3))


@probe("GetJobRun right after StartJobRun: times")
def times(glue: Any, wait: Wait) -> str:
    create(glue)
    run = read(glue, start(glue))
    completed = "CompletedOn" if "CompletedOn" in run else "no CompletedOn"
    return f"{completed}, {listed(run, ['ExecutionTime'])}"


@probe("GetJobRun of a job with Timeout=15 and 2 workers of G.1X: inherited members")
def inherited_members(glue: Any, wait: Wait) -> str:
    create(glue, Timeout=15, WorkerType="G.1X", NumberOfWorkers=2)
    names = ["Timeout", "WorkerType", "NumberOfWorkers", "MaxCapacity", "GlueVersion", "JobMode"]
    return listed(read(glue, start(glue)), names)


@probe("GetJobRun: LogGroupName")
def log_group(glue: Any, wait: Wait) -> str:
    create(glue)
    return listed(read(glue, start(glue)), ["LogGroupName"])


@probe("GetJobRun of a job with DefaultArguments={'--a': '1'}, started with Arguments={'--b': '2'}")
def arguments(glue: Any, wait: Wait) -> str:
    create(glue, DefaultArguments={"--a": "1"})
    return listed(read(glue, start(glue, Arguments={"--b": "2"})), ["Arguments"])


@probe("GetJobRun of a run started with Timeout=7")
def timeout_of_run(glue: Any, wait: Wait) -> str:
    create(glue)
    return listed(read(glue, start(glue, Timeout=7)), ["Timeout"])


@probe("GetJobRun of a retry: StartJobRun with the JobRunId of an ended run")
def retry(glue: Any, wait: Wait) -> str:
    create(glue)
    first = start(glue)
    wait(3600)
    return listed(read(glue, start(glue, JobRunId=first)), ["PreviousRunId"])


@probe("GetJobRun of a job with GlueVersion 9.x, an hour later")
def invalid_version(glue: Any, wait: Wait) -> str:
    create(glue, GlueVersion="9.x")
    run_id = start(glue)
    wait(3600)
    return str(read(glue, run_id)["JobRunState"])


@probe("GetJobRun of a run over MaxConcurrentRuns with JobRunQueuingEnabled")
def queued_run(glue: Any, wait: Wait) -> str:
    create(glue, JobRunQueuingEnabled=True)
    start(glue)
    results: list[str] = []
    result = outcome(lambda: results.append(start(glue)))
    if not results:
        return result
    return listed(read(glue, results[0]), ["JobRunState", "StateDetail"])


@probe("GetJobRun of a FLEX run that has ended: DPUSeconds")
def dpu_seconds(glue: Any, wait: Wait) -> str:
    create(glue, ExecutionClass="FLEX")
    run_id = start(glue)
    wait(3600)
    return listed(read(glue, run_id), ["DPUSeconds"])


@probe("GetJobRuns of three runs")
def order_of_runs(glue: Any, wait: Wait) -> str:
    create(glue, ExecutionProperty={"MaxConcurrentRuns": 3})
    ids = [start(glue) for _ in range(3)]
    found = [run["Id"] for run in glue.get_job_runs(JobName="nightly")["JobRuns"]]
    return {tuple(ids): "the oldest first", tuple(ids[::-1]): "the newest first"}.get(
        tuple(found), f"{len(found)} runs"
    )


@probe("GetJobRun of a run whose job was deleted")
def runs_of_deleted_job(glue: Any, wait: Wait) -> str:
    create(glue)
    run_id = start(glue)
    glue.delete_job(JobName="nightly")
    return outcome(lambda: read(glue, run_id))


@probe("A rule of EventBridge for the end of runs, with a queue; a run that ends")
def events(glue: Any, wait: Wait) -> str:
    queue, bus = _client("sqs"), _client("events")
    url = queue.create_queue(QueueName="ends")["QueueUrl"]
    bus.put_rule(Name="ends", EventPattern=json.dumps({"source": ["aws.glue"]}))
    arn = "arn:aws:sqs:us-east-1:123456789012:ends"
    bus.put_targets(Rule="ends", Targets=[{"Id": "1", "Arn": arn}])
    create(glue)
    run_id = start(glue)
    wait(3600)
    state = read(glue, run_id)["JobRunState"]
    count = len(queue.receive_message(QueueUrl=url).get("Messages", []))
    return f"{state}, {count} message{'' if count == 1 else 's'}"
