"""mock_glue_runs without pytest."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def test_a_plain_script_can_use_the_mock(pytester: pytest.Pytester) -> None:
    """It does not import pytest."""
    script = pytester.makepyfile(
        script="""
        import sys
        import time
        import boto3
        from pytest_glue_runs import fails, mock_glue_runs

        @mock_glue_runs(as_kwarg="glue_runs")
        def main(glue_runs):
            client = boto3.client("glue", region_name="us-east-1")
            glue_runs.plan(glue_runs.add_job("nightly"), fails("Out of memory", after="5m"))
            run_id = client.start_job_run(JobName="nightly")["JobRunId"]
            time.sleep(3600)
            return client.get_job_run(JobName="nightly", RunId=run_id)["JobRun"]["ErrorMessage"]

        print(main(), "pytest" in sys.modules, "time_machine" in sys.modules)
        """
    )
    done = pytester.run(sys.executable, script)
    assert (done.ret, done.outlines) == (0, ["Out of memory False False"])


def test_unittest_runs_decorated_classes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it="""
        import unittest
        import boto3
        from pytest_glue_runs import hangs, mock_glue_runs

        @mock_glue_runs
        class Tests(unittest.TestCase):
            def test_passes(self):
                client = boto3.client("glue", region_name="us-east-1")
                client.start_job_run(JobName=self.glue_runs.add_job("nightly"))
                self.assertEqual(self.glue_runs.settle()[0].state, "SUCCEEDED")

            def test_fails(self):
                self.glue_runs.plan("nightly", hangs())

        @mock_glue_runs
        class AsyncTests(unittest.IsolatedAsyncioTestCase):
            async def test_passes(self):
                self.assertEqual(self.glue_runs.runs(), [])
        """
    )
    done = pytester.run(sys.executable, "-m", "unittest", "test_it")
    assert done.ret == 1
    done.stderr.fnmatch_lines(
        [
            "FAIL: test_fails (test_it.Tests*",
            "pytest_glue_runs.errors.UnusedError: Plans that no run used:",
            "  nightly: hangs()  (there is no job of this name.)",
            "Start a run for each plan, or set unused='ignore'.",
            "Ran 3 tests in *",
            "FAILED (failures=1)",
        ]
    )
