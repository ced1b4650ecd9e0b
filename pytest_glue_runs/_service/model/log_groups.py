"""Where the log lines of a run are in CloudWatch Logs."""

from __future__ import annotations

from typing import NamedTuple

from pytest_glue_runs._service.model.log_line import LogStream
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._service.rules.rule_types import version_key
from pytest_glue_runs._service.rules.script_rules import CONTINUOUS_LOGS


class LogPlace(NamedTuple):
    """A log stream in CloudWatch Logs."""

    group: str
    stream: str


def places(run: Run, stream: LogStream) -> list[LogPlace]:
    """Return the log streams that have the lines of one of the two streams of *run*."""
    resolved, arguments = run.config.resolved, run.script_arguments()
    group, name = resolved["LogGroupName"], run.id
    if not _is_spark(run):
        return [LogPlace(f"{group}/{stream}", name)]
    if _is_since_5(run):
        group = arguments.get("--custom-logGroup-prefix") or group
        prefix = arguments.get("--custom-logStream-prefix")
        return [LogPlace(f"{group}/{stream}", f"{prefix}-driver" if prefix else name)]
    found = [LogPlace(f"{group}/{stream}", name)]
    if arguments.get("--enable-continuous-cloudwatch-log") == "true":
        security = resolved.get("SecurityConfiguration")
        group = arguments.get("--continuous-log-logGroup") or CONTINUOUS_LOGS.value
        prefix = arguments.get("--continuous-log-logStreamPrefix") or name
        found.append(LogPlace(f"{group}-{security}" if security else group, f"{prefix}-driver"))
    return found


def stream_of_stderr(run: Run) -> LogStream:
    """Return the stream that has what the script of *run* writes to ``sys.stderr``."""
    return "output" if _is_spark(run) and _is_since_5(run) else "error"


def _is_spark(run: Run) -> bool:
    return run.config.command in ("glueetl", "gluestreaming")


def _is_since_5(run: Run) -> bool:
    return version_key(run.config.resolved["GlueVersion"]) >= (5, 0)
