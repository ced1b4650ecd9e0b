"""Scripts in files, run as Glue runs them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobRun, executes

MakeScript = Callable[..., Path]
RunPlan = Callable[..., JobRun]

# What a script of each kind finds in sys.argv after its own name.
_SHELL = ["--day", "1", "--scriptLocation", "s3://scripts/orders.py"]


def errors_of(run: JobRun) -> list[str]:
    """Return the lines in the error log."""
    return [line.message for line in run.logs if line.stream == "error"]


def test_it_uses_boto3_on_the_same_mock(
    glue_runs: GlueRuns, s3: Any, make_script: MakeScript, run_plan: RunPlan
) -> None:
    script = make_script(
        """
        import sys
        import boto3
        from awsglue.utils import getResolvedOptions

        def main(day):
            s3 = boto3.client("s3", region_name="us-east-1")
            rows = s3.get_object(Bucket="lake", Key=f"raw/{day}")["Body"].read()
            s3.put_object(Bucket="lake", Key=f"clean/{day}", Body=rows.upper())
            print("copied", day)

        if __name__ == "__main__":
            main(getResolvedOptions(sys.argv, ["day"])["day"])
        """
    )
    s3.create_bucket(Bucket="lake")
    s3.put_object(Bucket="lake", Key="raw/1", Body=b"rows")
    run = run_plan(executes(script), Arguments={"--day": "1"})
    assert run.state == "SUCCEEDED"
    assert run.output == "copied 1\n"
    assert s3.get_object(Bucket="lake", Key="clean/1")["Body"].read() == b"ROWS"


class TestArguments:
    """`sys.argv`, and what `getResolvedOptions` makes of it."""

    _PRINT = "import sys; print(*sys.argv, sep='\\n')"

    def test_a_python_shell_job(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        script = make_script(self._PRINT)
        run = run_plan(executes(script), Arguments={"--day": "1"})
        assert run.output.splitlines() == [str(script), *_SHELL]

    def test_a_spark_job(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        script = make_script(self._PRINT)
        run = run_plan(executes(script), "glueetl", Arguments={"--day": "1", "--flag": ""})
        name, *arguments = run.output.splitlines()
        assert name == str(script)
        assert arguments[:3] == ["--JOB_NAME", "orders", "--JOB_ID"]
        assert arguments[3].startswith("j_")
        assert arguments[4:] == [
            *("--day", "1", "--flag"),
            *("--JOB_RUN_ID", run.id),
            *("--job-bookmark-option", "job-bookmark-disable"),
        ]

    def test_a_bookmark_option_of_the_job(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        option = {"--job-bookmark-option": "job-bookmark-enable"}
        run = run_plan(executes(make_script(self._PRINT)), "glueetl", DefaultArguments=option)
        assert run.output.count("--job-bookmark-option") == 1
        assert "job-bookmark-enable" in run.output

    def test_a_job_without_a_location(
        self, glue_runs: GlueRuns, glue: Any, make_script: MakeScript
    ) -> None:
        glue_runs.add_job("orders", Command={"Name": "pythonshell", "PythonVersion": "3.9"})
        glue_runs.plan("orders", executes(make_script(self._PRINT)))
        glue.start_job_run(JobName="orders")
        (run,) = glue_runs.settle()
        assert run.output.splitlines()[1:] == ["--scriptLocation"]

    _OPTIONS = """
        import sys
        from awsglue.utils import GlueArgumentError, getResolvedOptions

        try:
            print(sorted(getResolvedOptions(sys.argv, {options!r}).items()))
        except GlueArgumentError as error:
            print("GlueArgumentError:", error)
    """

    def _options(self, make_script: MakeScript, *options: str) -> Path:
        return make_script(self._OPTIONS.format(options=list(options)))

    def test_options_in_a_python_shell_job(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = self._options(make_script, "day", "max-rows")
        run = run_plan(executes(script), Arguments={"--day": "1", "--max-rows": "5", "--c": "d"})
        assert run.output == "[('day', '1'), ('max_rows', '5')]\n"

    def test_a_missing_option_in_a_python_shell_job(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        run = run_plan(executes(self._options(make_script, "day")))
        assert run.error_message == "Command failed with exit code 2"
        assert errors_of(run) == [
            "usage: job.py [-h] --day DAY",
            "job.py: error: the following arguments are required: --day",
        ]

    def test_options_in_a_spark_job(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        script = self._options(make_script, "day", "JOB_NAME", "TempDir")
        run = run_plan(
            executes(script), "glueetl", Arguments={"--day": "1", "--TempDir": "s3://tmp/"}
        )
        options = dict(eval(run.output))
        assert {name: value for name, value in options.items() if value is not None} == {
            "JOB_ID": options["JOB_ID"],
            "JOB_NAME": "orders",
            "JOB_RUN_ID": run.id,
            "RedshiftTempDir": "s3://tmp/",
            "TempDir": "s3://tmp/",
            "day": "1",
            "job_bookmark_option": "job-bookmark-disable",
        }

    def test_a_missing_option_in_a_spark_job(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        run = run_plan(executes(self._options(make_script, "day")), "glueetl")
        wanted = "GlueArgumentError: the following arguments are required: --day\n"
        assert run.output == wanted

    def test_an_option_that_glue_reserves(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        run = run_plan(executes(self._options(make_script, "JOB_RUN_ID")), "glueetl")
        assert run.error_message == (
            "Error Category: UNCLASSIFIED_ERROR; Failed Line Number: 6; "
            "RuntimeError: Using reserved arguments JOB_RUN_ID"
        )

    def test_the_rest_of_awsglue_is_not_there(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        run = run_plan(executes(make_script("import awsglue.context")), "glueetl")
        assert run.error_message == (
            "Error Category: IMPORT_ERROR; Failed Line Number: 1; "
            "ModuleNotFoundError: No module named 'awsglue.context'"
        )

    def test_a_package_that_is_installed_is_used(
        self, make_script: MakeScript, run_plan: RunPlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = make_script(
            "def getResolvedOptions(args, options): return 'real'", "awsglue/utils.py"
        )
        make_script("", "awsglue/__init__.py")
        monkeypatch.syspath_prepend(str(real.parents[1]))
        for name in ("awsglue", "awsglue.utils"):
            monkeypatch.delitem(sys.modules, name, raising=False)
        script = make_script(
            "from awsglue.utils import getResolvedOptions as f; print(f([], []))", "a/job.py"
        )
        assert run_plan(executes(script)).output == "real\n"
        sys.modules.pop("awsglue.utils", None)
        sys.modules.pop("awsglue", None)

    def test_a_fake_of_the_test_is_used(
        self, make_script: MakeScript, run_plan: RunPlan, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Fake:
            """Neither a module nor a package."""

            getResolvedOptions = staticmethod(lambda args, options: "fake")

        monkeypatch.setitem(sys.modules, "awsglue", Fake())
        monkeypatch.setitem(sys.modules, "awsglue.utils", Fake())
        script = make_script("from awsglue.utils import getResolvedOptions as f; print(f([], []))")
        assert run_plan(executes(script)).output == "fake\n"


_RAISES = """\
def load(day):
    raise {error}

load(1)
"""
_TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "{path}", line 4, in <module>',
    "    load(1)",
    '  File "{path}", line 2, in load',
    "    raise ValueError('day 1')",
    "ValueError: day 1",
]


class TestEnds:
    """How the end of a script ends its run."""

    @pytest.mark.parametrize("code", ["", "0", "None", "False"])
    def test_exit_without_an_error(
        self, make_script: MakeScript, run_plan: RunPlan, code: str
    ) -> None:
        run = run_plan(executes(make_script(f"import sys; sys.exit({code})")))
        assert (run.state, run.logs) == ("SUCCEEDED", ())

    @pytest.mark.parametrize(
        ("code", "status", "log"),
        [
            ("3", 3, []),
            ("-1", 255, []),
            ("True", 1, []),
            ("'no rows'", 1, ["no rows"]),
            ("['no', 'rows']", 1, ["['no', 'rows']"]),
        ],
    )
    def test_exit_with_an_error(
        self, make_script: MakeScript, run_plan: RunPlan, code: str, status: int, log: list[str]
    ) -> None:
        run = run_plan(executes(make_script(f"import sys; sys.exit({code})")))
        assert run.state == "FAILED"
        assert run.error_message == f"Command failed with exit code {status}"
        assert errors_of(run) == log

    def test_exit_with_a_multiple_of_256_is_no_error(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        assert run_plan(executes(make_script("import sys; sys.exit(512)"))).state == "SUCCEEDED"

    @pytest.mark.parametrize(("status", "state"), [(0, "SUCCEEDED"), (3, "FAILED")])
    def test_an_exit_without_cleanup_does_not_end_the_session(
        self, make_script: MakeScript, run_plan: RunPlan, status: int, state: str
    ) -> None:
        real = os._exit
        run = run_plan(executes(make_script(f"import os; os._exit({status})")))
        assert run.state == state
        assert os._exit is real

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
    @pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
    def test_a_process_that_it_forks_exits(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script(
            """
            import os
            child = os.fork()
            if not child:
                os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
            """
        )
        assert run_plan(executes(script)).output == "7\n"

    @pytest.mark.parametrize("code", ["0", "3"])
    def test_every_exit_of_a_spark_job_is_an_error(
        self, make_script: MakeScript, run_plan: RunPlan, code: str
    ) -> None:
        run = run_plan(executes(make_script(f"import sys; sys.exit({code})")), "glueetl")
        assert run.error_message == f"Error Category: SYSTEM_EXIT_ERROR; SystemExit: {code}"
        assert errors_of(run)[-1] == f"SystemExit: {code}"

    def test_an_exception_in_a_python_shell_job(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script(_RAISES.format(error="ValueError('day 1')"))
        run = run_plan(executes(script))
        assert (run.state, run.error_message) == ("FAILED", "ValueError: day 1")
        log = [line for line in errors_of(run) if set(line) - set(" ^~")]
        assert log == [line.format(path=script) for line in _TRACEBACK]

    @pytest.mark.parametrize(
        ("error", "category"),
        [
            ("ValueError('x')", "INVALID_ARGUMENT_ERROR"),
            ("TypeError('x')", "INVALID_ARGUMENT_ERROR"),
            ("NameError('x')", "INVALID_ARGUMENT_ERROR"),
            ("ImportError('x')", "IMPORT_ERROR"),
            ("MemoryError('x')", "OUT_OF_MEMORY_ERROR"),
            ("FileNotFoundError('x')", "RESOURCE_NOT_FOUND_ERROR"),
            ("PermissionError('x')", "PERMISSION_ERROR"),
            ("ConnectionError('x')", "CONNECTION_ERROR"),
            ("RuntimeError('x')", "UNCLASSIFIED_ERROR"),
        ],
    )
    def test_an_exception_in_a_spark_job(
        self, make_script: MakeScript, run_plan: RunPlan, error: str, category: str
    ) -> None:
        run = run_plan(executes(make_script(_RAISES.format(error=error))), "glueetl")
        assert run.error_message == (
            f"Error Category: {category}; Failed Line Number: 2; {error.partition('(')[0]}: x"
        )

    def test_a_missing_argument_in_a_spark_job(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script(
            "import sys; from awsglue.utils import getResolvedOptions\n"
            "getResolvedOptions(sys.argv, ['day'])"
        )
        assert run_plan(executes(script), "glueetl").error_message == (
            "Error Category: INVALID_ARGUMENT_ERROR; Failed Line Number: 2; "
            "GlueArgumentError: the following arguments are required: --day"
        )

    def test_an_exception_without_text(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        assert run_plan(executes(make_script("raise OSError"))).error_message == "OSError"

    def test_a_syntax_error(self, make_script: MakeScript, run_plan: RunPlan) -> None:
        script = make_script("print('a')\nif:\n")
        run = run_plan(executes(script), "glueetl")
        assert run.error_message is not None
        assert run.error_message.startswith(
            "Error Category: SYNTAX_ERROR; Failed Line Number: 2; SyntaxError: invalid syntax"
        )
        assert errors_of(run)[0] == f'  File "{script}", line 2'

    def test_an_exception_in_another_module(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script("import json\n\njson.loads('x')")
        run = run_plan(executes(script), "glueetl")
        assert run.error_message == (
            "Error Category: INVALID_ARGUMENT_ERROR; Failed Line Number: 3; "
            "JSONDecodeError: Expecting value: line 1 column 1 (char 0)"
        )

    def test_a_file_that_is_gone_meanwhile(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script("")
        plan = executes(script)
        script.unlink()
        run = run_plan(plan)
        assert run.error_message is not None
        assert run.error_message.startswith("FileNotFoundError: ")

    def test_stderr_of_a_spark_job_since_glue_5_is_output(
        self, make_script: MakeScript, run_plan: RunPlan
    ) -> None:
        script = make_script("import sys; sys.stderr.write('a warning'); raise OSError('no')")
        run = run_plan(executes(script), "glueetl", GlueVersion="5.0")
        assert run.output == "a warning\n"
        assert errors_of(run)[-1] == "OSError: no"


def test_a_script_that_the_timeout_ends_has_no_effect_afterwards(
    glue_runs: GlueRuns, glue: Any, s3: Any, make_script: MakeScript
) -> None:
    script = make_script(
        """
        import time, boto3
        try:
            while True:
                time.sleep(30)
                print("still there")
        finally:
            print("cleaning up")
            boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="late")
        """
    )
    command = {"Name": "pythonshell", "PythonVersion": "3.9"}
    glue_runs.add_job("orders", Command=command, Timeout=1)
    glue_runs.plan("orders", executes(script))
    glue.start_job_run(JobName="orders")
    (run,) = glue_runs.settle()
    assert (run.state, run.output) == ("TIMEOUT", "still there\nstill there\n")
    assert s3.list_buckets()["Buckets"] == []
