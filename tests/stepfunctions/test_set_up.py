"""What is imported and patched when Step Functions is used, and restored after the mock."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.config import default_user_config
from moto.stepfunctions.parser.asl.component.common.retry import jitter_strategy_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import iteration_worker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_aws_sdk,
    state_task_service_callback,
    state_task_service_glue,
)
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from pytest_glue_runs import GlueRuns, MissingLibraryError, mock_glue_runs
from pytest_glue_runs._clients.moto import glue_tasks

SUCCEED = {"Type": "Succeed"}
PATCHED: list[Any] = [
    EventManager,
    Execution,
    StepFunctionsParserBackend,
    branches_decl,
    iteration_worker,
    jitter_strategy_decl,
    state_task_service_aws_sdk,
    state_task_service_aws_sdk.StateTaskServiceAwsSdk,
    state_task_service_callback.StateTaskServiceCallback,
    state_task_service_glue,
    state_task_service_glue.StateTaskServiceGlue,
]


def code() -> list[Any]:
    """Return what the plugin replaces parts of. `copy` adds a name to the classes of objects."""
    return [{**vars(owner), "__slotnames__": None} for owner in PATCHED]


def test_everything_is_restored(make_machine_now: Any, run_job: Any) -> None:
    before = [threading.Thread.start, *code()]
    with mock_glue_runs as glue_runs:
        glue_runs.add_job("load")
        make_machine_now(Run=run_job()).start()
        assert code() != before[1:]
    assert [threading.Thread.start, *code()] == before


def test_nothing_is_patched_while_it_is_unused() -> None:
    before = code()
    with mock_glue_runs as glue_runs:
        boto3.client("sqs", region_name="us-east-1").create_queue(QueueName="q")
        glue = boto3.client("glue", region_name="us-east-1")
        glue.start_job_run(JobName=glue_runs.add_job("load"))
        glue_runs.settle()
        assert code() == before


@pytest.mark.slow
def test_interpreter_is_imported_at_the_first_request_only(python: Callable[[str], str]) -> None:
    printed = python(
        """
import sys, boto3
from pytest_glue_runs import mock_glue_runs

def imported():
    return any(name.startswith(("moto.stepfunctions.parser.asl", "antlr4")) for name in sys.modules)

with mock_glue_runs:
    boto3.client("sqs", region_name="us-east-1").list_queues()
    before = imported()
    boto3.client("stepfunctions", region_name="us-east-1").list_state_machines()
    print(before, imported())
"""
    )
    assert printed == "False True"


def test_missing_library_is_named(glue_runs: GlueRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("moto.stepfunctions.parser")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "antlr4", None)
    client = boto3.client("stepfunctions", region_name="us-east-1")
    with pytest.raises(MissingLibraryError) as error:
        client.list_state_machines()
    assert str(error.value) == (
        "moto needs antlr4 to execute state machines. Install it with: "
        "pip install 'moto[stepfunctions]'. To have executions recorded and not executed, "
        "activate moto's own mock_aws() in the test."
    )


def test_users_own_mock_records_executions_unless_it_executes_them(
    make_machine_now: Any, run_job: Any
) -> None:
    before = code()
    with mock_aws(), mock_glue_runs as glue_runs:
        glue_runs.add_job("load")
        machine = make_machine_now(Run=run_job())
        execution = machine.start()
        glue_runs.tick("1h")
        assert (machine.status(execution), glue_runs.runs()) == ("RUNNING", [])
        assert code() == before


def test_users_own_mock_executes_state_machines_if_it_says_so(
    make_machine_now: Any, run_job: Any
) -> None:
    config: Any = {"stepfunctions": {"execute_state_machine": True}}
    before = code()
    with mock_aws(config=config):
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("load")
            machine = make_machine_now(Run=run_job())
            execution = machine.start()
            glue_runs.settle()
            assert machine.output(execution)["JobRunState"] == "SUCCEEDED"
        assert code() == before


def test_configuration_of_moto_is_not_changed(glue_runs: GlueRuns, make_machine: Any) -> None:
    before = deepcopy(default_user_config)
    machine = make_machine(Done=SUCCEED)
    assert machine.status(machine.start()) == "SUCCEEDED"
    assert default_user_config == before


def test_inner_mock_that_records_executions_is_used_as_it_is(
    glue_runs: GlueRuns, make_machine: Any
) -> None:
    boto3.client("sqs", region_name="us-east-1").list_queues()  # moto is started
    config: Any = {"stepfunctions": {"execute_state_machine": False}}
    with mock_aws(config=config):
        machine = make_machine("recorded", Done=SUCCEED)
        assert machine.status(machine.start()) == "RUNNING"
    machine = make_machine("executed", Done=SUCCEED)
    assert machine.status(machine.start()) == "SUCCEEDED"


def test_execution_that_outlives_the_mock_is_aborted(make_machine_now: Any, run_job: Any) -> None:
    config: Any = {"stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        with mock_glue_runs as glue_runs:
            glue_runs.add_job("load")
            machine = make_machine_now(Run=run_job())
            execution = machine.start()
        assert machine.status(execution) == "ABORTED"
    assert [run.state for run in glue_runs.runs()] == ["STARTING"]


def test_executions_without_a_name_get_different_ones(
    glue_runs: GlueRuns, make_machine: Any
) -> None:
    machine = make_machine(Done=SUCCEED)
    assert len({machine.start() for _ in range(3)}) == 3


def test_execution_keeps_the_name_that_it_is_given(glue_runs: GlueRuns, make_machine: Any) -> None:
    machine = make_machine(Done=SUCCEED)
    assert machine.describe(machine.start(name="mine"))["name"] == "mine"


def test_code_that_has_changed_is_left_alone(
    make_machine_now: Any, run_job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later release of moto may be different; then its own code is used."""
    service = state_task_service_glue.StateTaskServiceGlue
    sdk = state_task_service_aws_sdk.StateTaskServiceAwsSdk
    changed: Any = print  # without a source, as compiled code is
    monkeypatch.setattr(
        state_task_service_callback.StateTaskServiceCallback, "_eval_integration_pattern", changed
    )
    monkeypatch.setattr(service, "_from_error", changed)
    monkeypatch.setattr(sdk, "_eval_service_task", changed)
    monkeypatch.setitem(state_task_service_aws_sdk._SERVICE_ERROR_NAMES, "glue", "Changed")
    with mock_glue_runs:
        make_machine_now(Done=SUCCEED)
        assert "_eval_integration_pattern" not in vars(service)
        assert vars(service)["_from_error"] is changed
        assert vars(sdk)["_eval_service_task"] is changed
        assert state_task_service_aws_sdk._SERVICE_ERROR_NAMES["glue"] == "Changed"


def test_code_without_source_is_left_alone(
    make_machine_now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_: object) -> str:
        raise OSError("could not get source code")

    monkeypatch.setattr("inspect.getsource", unavailable)
    service = state_task_service_glue.StateTaskServiceGlue
    with mock_glue_runs:
        make_machine_now(Done=SUCCEED)
        assert "_eval_integration_pattern" not in vars(service)


def test_moto_has_the_code_that_is_corrected() -> None:
    """If this fails, a new release is different: adapt or remove the correction."""
    assert glue_tasks.needed_corrections() == [
        "`.sync` fails for Glue, and has no timestamps in JSON",
        "errors of Glue lack details",
        "SDK integrations have no timestamps in JSON",
        "errors of SDK integrations begin with glue",
        "branches cannot fail with States.TaskFailed",
        "iterations cannot fail with States.TaskFailed",
        "each task of Glue makes a client, which takes longer than the rest of it",
        "each task of SDK integrations makes a client, which takes longer than the rest of it",
    ]
