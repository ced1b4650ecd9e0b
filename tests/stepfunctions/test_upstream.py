"""The patch for moto in docs/upstream: it applies, its tests need it, and it is not corrected."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import moto
import pytest

PATCH = Path(__file__).parents[2] / "docs" / "upstream" / "moto-step-functions-glue.patch"
MADE_AGAINST = "5.2.5"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        metadata.version("moto") != MADE_AGAINST, reason=f"it is for moto {MADE_AGAINST}"
    ),
    pytest.mark.skipif(shutil.which("patch") is None, reason="there is no program to apply it"),
]

# What the tests of moto import from others, and that its wheel does not have.
HELPERS = {
    "tests/__init__.py": "",
    "tests/test_stepfunctions/__init__.py": "",
    "tests/test_stepfunctions/parser/__init__.py": """
import json, time
from pathlib import Path
import boto3

def verify_execution_result(verify, expected_status, template, exec_input):
    definition = Path(__file__).parent / "templates" / f"{template}.json"
    client = boto3.client("stepfunctions", "us-east-1")
    machine = client.create_state_machine(
        name="m", definition=definition.read_text(), roleArn="arn:aws:iam::123456789012:role/r"
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, name="e", input=exec_input)
    arn = execution["executionArn"]
    for _ in range(1000):
        described = client.describe_execution(executionArn=arn)
        if expected_status in (None, described["status"]):
            if verify(client, described, arn) is not False:
                return
        elif described["status"] != "RUNNING":
            break
        time.sleep(0.02)
    raise AssertionError(described)
""",
}


@pytest.fixture
def patched(tmp_path: Path) -> Path:
    """A folder with the installed moto, patched, and the tests that the patch adds."""
    shutil.copytree(
        Path(moto.__file__).parent, tmp_path / "moto", ignore=shutil.ignore_patterns("*.pyc")
    )
    for name, text in HELPERS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    command = ["patch", "-p1", "--fuzz=0", "--input", str(PATCH)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search("offset|fuzz", done.stdout) is None
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the moto in *folder*."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "AWS_DEFAULT_REGION": "us-east-1"}
    environment.pop("PYTHONDEVMODE", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


TESTS = ("-m", "pytest", "-q", "-p", "no:glue_runs", "-p", "no:cacheprovider", "tests")


def test_its_tests_pass_with_it_and_fail_without(patched: Path) -> None:
    with_it = run(patched, *TESTS)
    assert with_it.returncode == 0, with_it.stdout
    (count,) = re.findall(r"^(\d+) passed", with_it.stdout, re.MULTILINE)
    shutil.rmtree(patched / "moto")
    without = run(patched, *TESTS)
    assert f"\n{count} failed" in without.stdout, without.stdout


def test_moto_with_it_is_left_alone_and_runs_jobs(patched: Path) -> None:
    """Of the corrections, only the ones that make clients once remain."""
    done = run(
        patched,
        "-c",
        """
import boto3, json
from pytest_glue_runs import mock_glue_runs
from pytest_glue_runs._clients.moto.glue_tasks import needed_corrections

print(*needed_corrections(), sep="\\n")
with mock_glue_runs(start_at="2026-01-01 12:00") as glue_runs:
    glue_runs.add_job("load")
    run = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "load"},
        "End": True,
    }
    states = boto3.client("stepfunctions")
    machine = states.create_state_machine(
        name="m",
        definition=json.dumps({"StartAt": "Run", "States": {"Run": run}}),
        roleArn="arn:aws:iam::123456789012:role/r",
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    glue_runs.settle()
    output = json.loads(states.describe_execution(executionArn=execution)["output"])
    print(output["JobRunState"], output["CompletedOn"])
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "each task of Glue makes a client, which takes longer than the rest of it",
        "each task of SDK integrations makes a client, which takes longer than the rest of it",
        "SUCCEEDED 1767268864000",
    ]
