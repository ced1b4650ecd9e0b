"""Load the orders of a day: start a Glue job, wait for it, and report what went wrong.

Nothing here knows about tests: plain boto3, plain `time.sleep`.
"""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import boto3

JOB = "load-orders"
POLL_EVERY = 30  # seconds
BUSY_WAIT = 300  # seconds
PATIENCE = timedelta(hours=2)

glue = boto3.client("glue", region_name="us-east-1")


class LoadError(Exception):
    """The orders were not loaded."""


def load_orders(day: date, *, tries: int = 3) -> str:
    """Load the orders of *day* and return the id of the run that succeeded.

    A run that FAILED is retried, up to *tries* runs in all. Any other end raises LoadError at
    once. No run is left running.
    """
    for _ in range(tries):
        run = _wait_for(_start(day))
        if run["JobRunState"] == "SUCCEEDED":
            return str(run["Id"])
        if run["JobRunState"] != "FAILED":
            break
    reason = run.get("ErrorMessage", run["JobRunState"])
    raise LoadError(f"The orders of {day} were not loaded: {reason}")


def _start(day: date) -> str:
    """Start a run. While another run occupies the job, wait."""
    while True:
        try:
            run = glue.start_job_run(JobName=JOB, Arguments={"--day": day.isoformat()})
        except glue.exceptions.ConcurrentRunsExceededException:
            time.sleep(BUSY_WAIT)
        else:
            return str(run["JobRunId"])


def _wait_for(run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE.total_seconds()
    try:
        while True:
            run: dict[str, Any] = glue.get_job_run(JobName=JOB, RunId=run_id)["JobRun"]
            if "CompletedOn" in run:
                return run
            if time.monotonic() >= deadline:
                raise LoadError(f"Run {run_id} took longer than {PATIENCE}")
            time.sleep(POLL_EVERY)
    except BaseException:  # including Ctrl-C: a run costs money until it is stopped
        glue.batch_stop_job_run(JobName=JOB, JobRunIds=[run_id])
        raise
