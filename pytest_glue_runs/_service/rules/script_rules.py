"""What Glue passes to a script, and what it makes of the script's end."""

from __future__ import annotations

from pytest_glue_runs._service.rules.rule_types import Behavior

_CATEGORIES = "developer guide, monitor-observability, error categories"

SPARK_ARGUMENTS = Behavior(
    about="Arguments",
    when="a Spark or Ray job runs its script",
    does="sys.argv is the name of the script, --JOB_NAME, --JOB_ID, the arguments, --JOB_RUN_ID "
    "and --job-bookmark-option",
    certainty="second-hand",
    source="command lines of spark-submit in users' logs",
)
SHELL_ARGUMENTS = Behavior(
    about="Arguments",
    when="a Python shell job runs its script",
    does="sys.argv is the path of the script, the arguments, and --scriptLocation",
    certainty="second-hand",
    source="sys.argv as printed by users' scripts",
)
EMPTY_ARGUMENTS = Behavior(
    about="Arguments",
    when="the value of an argument is empty",
    does="sys.argv has the key alone",
    certainty="second-hand",
    source="--enable-metrics in sys.argv as printed by a user's script",
)
SPARK_ERROR = Behavior(
    about="ErrorMessage",
    when="the script of a Spark or Ray job raises an exception",
    does="the run is FAILED, with the category of the error, the last line of the script in the "
    "traceback, and the exception",
    value="Error Category: {category}; Failed Line Number: {line}; {error}",
    certainty="second-hand",
    wording="second-hand",
    source=f"quoted by users; {_CATEGORIES}; the categories of NameError and KeyError are quoted, "
    "those of the others assumed",
)
SPARK_EXIT = Behavior(
    about="ErrorMessage",
    when="the script of a Spark or Ray job calls sys.exit(), with whatever code",
    does="the run is FAILED",
    value="Error Category: SYSTEM_EXIT_ERROR; SystemExit: {code}",
    certainty="second-hand",
    wording="second-hand",
    source=f"three users' notes on sys.exit(0); {_CATEGORIES}",
)
SHELL_ERROR = Behavior(
    about="ErrorMessage",
    when="the script of a Python shell job raises an exception",
    does="the run is FAILED, with the exception",
    value="{error}",
    certainty="assumed",
    wording="assumed",
    source="the last line of the traceback in the error log",
)
SHELL_EXIT = Behavior(
    about="ErrorMessage",
    when="the script of a Python shell job exits with another code than 0, by sys.exit() or since "
    "getResolvedOptions misses an argument",
    does="the run is FAILED",
    value="Command failed with exit code {code}",
    certainty="second-hand",
    wording="second-hand",
    source="awslabs/aws-glue-libs#221; aws/aws-sdk-pandas#1176",
)
OUTPUT = Behavior(
    about="LogGroupName",
    when="a script writes to sys.stdout or sys.stderr",
    does="the line is in the log group /output or /error below LogGroupName, in the log stream "
    "with the id of the run, and ends with a newline",
    certainty="documented",
    source="developer guide, add-job-python; newlines: Airflow's GlueJobHook",
)
OUTPUT_SINCE_5 = Behavior(
    about="LogGroupName",
    when="a script of a Spark job of Glue 5.0 or later writes to sys.stderr",
    does="the line is in the log group /output; the traceback of a failure is in /error",
    certainty="documented",
    source="developer guide, monitor-continuous-logging; the traceback is assumed",
)
CUSTOM_LOGS = Behavior(
    about="Arguments",
    when="--custom-logGroup-prefix or --custom-logStream-prefix is given, from Glue 5.0 on",
    does="they replace LogGroupName and the id of the run: the log stream is <prefix>-driver",
    certainty="documented",
    source="developer guide, monitor-continuous-logging",
)
CONTINUOUS_LOGS = Behavior(
    about="Arguments",
    when='--enable-continuous-cloudwatch-log is "true" for a Spark job before Glue 5.0',
    does="all lines are also in the log group /aws-glue/jobs/logs-v2, or that of "
    "--continuous-log-logGroup, with the name of a security configuration; the log stream is the "
    "id of the run, or --continuous-log-logStreamPrefix, and -driver",
    value="/aws-glue/jobs/logs-v2",
    certainty="documented",
    source="developer guide, monitor-continuous-logging-enable; that the lines of print() are "
    "among them is assumed",
)
ERROR_LOG = Behavior(
    about="ErrorMessage",
    when="a run is FAILED",
    does="the ErrorMessage, or the traceback of its script, is in the log group /error",
    certainty="assumed",
    source="users read it there",
)

ALL = (
    SPARK_ARGUMENTS,
    SHELL_ARGUMENTS,
    EMPTY_ARGUMENTS,
    SPARK_ERROR,
    SPARK_EXIT,
    SHELL_ERROR,
    SHELL_EXIT,
    OUTPUT,
    OUTPUT_SINCE_5,
    CUSTOM_LOGS,
    CONTINUOUS_LOGS,
    ERROR_LOG,
)
