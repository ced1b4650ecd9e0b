"""`executes`: the plan of a run that does something."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from pytest_glue_runs._files import missing
from pytest_glue_runs._masking import Masker
from pytest_glue_runs._service.model.plan import Plan, executing_plan
from pytest_glue_runs._service.model.plan_parts import RunFunction
from pytest_glue_runs._time.duration import Duration


def executes(
    script: RunFunction | str | PathLike[str],
    *,
    after: Duration | None = None,
    startup: Duration | None = None,
    cleanup: Duration | None = None,
    dpu_seconds: float | None = None,
) -> Plan:
    """Plan a run that executes *script*, a function or the path of a file, when it is RUNNING.

    A function is called with the `JobRun`. A file is run as Glue runs the script of a Python shell
    job. What it prints is the output of the run. If it raises an exception the run is FAILED, else
    it is SUCCEEDED, *after* this long (by default the setting ``duration``), and as much later as
    it sleeps. Raises ValueError for an invalid value, TypeError for a function that cannot be
    called with a run, FileNotFoundError if there is no such file.
    """
    __tracebackhide__ = True
    return executing_plan(
        script if callable(script) else _existing_file(script),
        after=after,
        startup=startup,
        cleanup=cleanup,
        dpu_seconds=dpu_seconds,
    )


def _existing_file(path: object) -> Path:
    __tracebackhide__ = True
    if not isinstance(path, str | PathLike):
        raise TypeError(
            f"executes({Masker().show(path)}): that is neither a function nor the path of a script."
        )
    if str(path).startswith("s3://"):
        raise FileNotFoundError(
            f"executes({str(path)!r}): that is a location in S3. Give the path of the file that is "
            "uploaded there, in this project."
        )
    given = Path(path)
    file = given.absolute()
    if file.is_dir():
        raise IsADirectoryError(f"executes({str(given)!r}): {file} is a folder, not a script.")
    problem = missing(file)
    if problem:
        raise FileNotFoundError(f"executes({str(given)!r}): {problem}")
    return file
