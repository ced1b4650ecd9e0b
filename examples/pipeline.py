"""Loads a day's orders: starts a Glue job, waits for it, and says what went wrong.

Nothing here knows that it is tested: plain boto3, plain `time.sleep`.
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
    """Loads the orders of *day*, and returns the id of the run that did it.

    A run that FAILED is tried again, *tries* times in all. Whatever else goes wrong is
    raised at once. No run is left behind that still runs.
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
    """Starts a run; while somebody else's holds the job, waits."""
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
    except BaseException:  # Ctrl-C too: it costs money as long as it runs
        glue.batch_stop_job_run(JobName=JOB, JobRunIds=[run_id])
        raise
