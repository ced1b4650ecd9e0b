"""The command line of a script: ``sys.argv`` as Glue builds it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pytest_glue_runs._service.model.run import Run


def command_line(run: Run, path: str | None) -> list[str]:
    """Return ``sys.argv`` for a script of *run*.

    *path* is the path of the script; None for a function, which replaces the job's script.
    """
    location = str(run.job.definition["Command"].get("ScriptLocation") or "")
    name = location.rpartition("/")[2]
    arguments = run.script_arguments()
    if run.config.command == "pythonshell":
        values = {**arguments, "--scriptLocation": location}
        return [path or name, *_words(values)]
    before = {"--JOB_NAME": run.job.name, "--JOB_ID": _job_id(run)}
    after = {"--JOB_RUN_ID": run.id}
    if "--job-bookmark-option" not in arguments:
        after["--job-bookmark-option"] = "job-bookmark-disable"
    return [path or name, *_words({**before, **arguments, **after})]


def _words(arguments: Mapping[str, str]) -> list[str]:
    """Return keys and values. Glue leaves out an empty value."""
    return [word for pair in arguments.items() for word in (pair if pair[1] else pair[:1])]


def _job_id(run: Run) -> str:
    job = run.job
    seed = f"{job.account_id}/{job.region}/{job.name}"
    return f"j_{hashlib.sha256(seed.encode()).hexdigest()}"
