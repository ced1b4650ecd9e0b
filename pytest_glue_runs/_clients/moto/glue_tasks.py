"""Corrections of moto's Step Functions interpreter, for tasks that call Glue.

Each one is for the code of moto that is wrong: a release that has been corrected, or whose code has
changed, keeps its own. docs/upstream has the same corrections as a patch for moto.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from datetime import datetime, timezone
from typing import Any, NamedTuple

from pytest_glue_runs._clients.moto.run_waits import RunWaits
from pytest_glue_runs._clients.moto.source import source_of
from pytest_glue_runs._patching import Replacements

# What calls `interrupt_all` although the task may have no endpoint for callbacks.
_INTERRUPTS_NONE = re.compile(r"finally:\n(\s*#.*\n)*\s*callback_endpoint\.interrupt_all\(\)")


class _Correction(NamedTuple):
    """What is wrong in moto, whether it is in this release, and what replaces it."""

    what: str
    is_needed: bool
    replacements: list[tuple[Any, str, Any]]


@contextmanager
def corrected(waits: RunWaits) -> Iterator[None]:
    """While active, moto runs tasks that call Glue as AWS does.

    *waits* lets a task wait for its run.
    """
    with Replacements() as replacements:
        for correction in _corrections(waits):
            if correction.is_needed:
                for replacement in correction.replacements:
                    replacements.replace(*replacement)
        yield


def needed_corrections() -> list[str]:
    """Return what is wrong in this release of moto."""
    waits = RunWaits(lambda: False)
    return [correction.what for correction in _corrections(waits) if correction.is_needed]


def _corrections(waits: RunWaits) -> list[_Correction]:
    from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
    from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
        iteration_worker,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import branches_decl
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service_aws_sdk,
        state_task_service_callback,
        state_task_service_glue,
    )

    glue_module, sdk_module = state_task_service_glue, state_task_service_aws_sdk
    glue: Any = glue_module.StateTaskServiceGlue
    sdk: Any = sdk_module.StateTaskServiceAwsSdk
    callback: Any = state_task_service_callback.StateTaskServiceCallback
    names = sdk_module._SERVICE_ERROR_NAMES
    return [
        _Correction(
            "`.sync` fails for Glue, and has no timestamps in JSON",
            _INTERRUPTS_NONE.search(source_of(callback._eval_integration_pattern)) is not None,
            [
                (glue, "_eval_integration_pattern", _sync(waits)),
                (glue_module, "to_json_str", _compact_json),
            ],
        ),
        _Correction(
            "errors of Glue lack details",
            'f"Glue.{error_code}"' in source_of(glue._from_error),
            [(glue, "_from_error", _named_as_aws_does(glue._from_error))],
        ),
        _Correction(
            "SDK integrations have no timestamps in JSON",
            source_of(sdk._eval_service_task).endswith("env.stack.append(response)\n"),
            [(sdk, "_eval_service_task", _without_datetimes(sdk._eval_service_task))],
        ),
        _Correction(
            "errors of SDK integrations begin with glue",
            "glue" not in names,
            [(sdk_module, "_SERVICE_ERROR_NAMES", {**names, "glue": "Glue"})],
        ),
        *(
            _Correction(
                f"{what} cannot fail with States.TaskFailed",
                "CustomErrorName(error_name=" in source_of(module),
                [(module, "CustomErrorName", ErrorName)],
            )
            for what, module in (("branches", branches_decl), ("iterations", iteration_worker))
        ),
        *(
            _Correction(
                f"each task of {what} makes a client, which takes longer than the rest of it",
                "boto_client_for" in vars(module),
                [(module, "boto_client_for", _made_once(module.boto_client_for))],
            )
            for what, module in (("Glue", glue_module), ("SDK integrations", sdk_module))
        ),
    ]


def _made_once(make: Callable[..., Any]) -> Callable[..., Any]:
    clients: dict[tuple[str, str], Any] = {}

    def client_for(*, service: str, region: str, **access: Any) -> Any:
        """Return the client of a service in a region."""
        if (service, region) not in clients:
            clients[service, region] = make(service=service, region=region, **access)
        return clients[service, region]

    return client_for


def _sync(waits: RunWaits) -> Callable[..., None]:
    def eval_integration_pattern(
        self: Any, env: Any, *, normalised_parameters: dict[str, Any], **access: Any
    ) -> None:
        """Wait until the run has ended. Stop it if the task is aborted or times out before."""
        client = _RunClient(self._get_glue_client(**access), env.stack[-1])
        task = copy(self)
        task._get_glue_client = lambda **_: client
        resolve = task._build_sync_resolver(
            env=env, normalised_parameters=normalised_parameters, **access
        )
        with waits.for_run(client.run_id, env):
            while env.is_running():
                if (job_run := resolve()) is not None:
                    env.stack.append(job_run)
                    return
                waits.wait(env)
        if not waits.are_over:
            client.stop()
        # The rest of the task takes this as its output, and records success: that is ignored.
        env.stack.append(client.job_run)
        env.event_manager = _NoHistory()

    return eval_integration_pattern


class _RunClient:
    """A client of Glue for the run that a task has started.

    It returns job runs as they are in the output of a task: by AWS's account sorted by name, with
    timestamps in milliseconds.
    """

    def __init__(self, client: Any, started: dict[str, str]) -> None:
        self._client = client
        self._job_name = started["JobName"]
        self.run_id = started["JobRunId"]
        self.job_run: dict[str, Any] = dict(started)
        """The run as it was read last."""

    def get_job_run(self, **request: Any) -> dict[str, Any]:
        """Call GetJobRun."""
        job_run = self._client.get_job_run(**request)["JobRun"]
        self.job_run = {name: _milliseconds(value) for name, value in sorted(job_run.items())}
        return {"JobRun": self.job_run}

    def stop(self) -> None:
        """Try to stop the run."""
        from botocore.exceptions import ClientError

        with suppress(ClientError):
            self._client.batch_stop_job_run(JobName=self._job_name, JobRunIds=[self.run_id])


class _NoHistory:
    """Records no event."""

    def add_event(self, *_: object, **__: object) -> None:
        """Ignore an event."""


def _milliseconds(value: object) -> object:
    return int(value.timestamp() * 1000) if isinstance(value, datetime) else value


def _compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _named_as_aws_does(original: Callable[..., Any]) -> Callable[..., Any]:
    def from_error(self: Any, env: Any, ex: Exception) -> Any:
        """Return the event of a failed call, with the error and the cause as on AWS."""
        from botocore.exceptions import ClientError

        return original(self, env, _as_aws_sdk_error(ex) if isinstance(ex, ClientError) else ex)

    return from_error


def _as_aws_sdk_error(error: Any) -> Exception:
    """Return *error* with the code and the message that the AWS SDK for Java gives it.

    It has no class of its own for throttling, nor for errors that Glue's model does not have.
    """
    response, code = error.response, error.response["Error"]["Code"]
    metadata = response["ResponseMetadata"]
    is_modeled = type(error).__name__ == code != "ThrottlingException"
    details = [
        "Service: AWSGlue",
        f"Status Code: {metadata['HTTPStatusCode']}",
        f"Error Code: {code}",
        f"Request ID: {metadata['RequestId']}",
        "Proxy: null",
    ]
    described = {
        "Code": code if is_modeled else "AWSGlueException",
        "Message": f"{response['Error']['Message']} ({'; '.join(details)})",
    }
    same: Exception = type(error)({**response, "Error": described}, error.operation_name)
    return same


def _without_datetimes(original: Callable[..., None]) -> Callable[..., None]:
    def eval_service_task(self: Any, env: Any, **parts: Any) -> None:
        """Call the operation; its timestamps are ISO 8601 in the output."""
        original(self, env=env, **parts)
        env.stack[-1] = _with_iso_timestamps(env.stack[-1])

    return eval_service_task


def _with_iso_timestamps(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_iso_timestamps(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_iso_timestamps(item) for item in value]
    if isinstance(value, datetime):
        precision = "milliseconds" if value.microsecond else "seconds"
        text = value.astimezone(timezone.utc).isoformat(timespec=precision)
        return text.replace("+00:00", "Z")
    return value
