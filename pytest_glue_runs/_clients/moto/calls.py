"""Calls that AWS services make of each other, answered by moto without a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_glue_runs._service.model.call import Caller
from pytest_glue_runs._service.protocol.wire import Response
from pytest_glue_runs.errors import MissingLibraryError

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

Respond = Callable[["AWSPreparedRequest", str, Caller], "Response | None"]
"""Returns moto's response to a request for a service."""


class CallError(Exception):
    """A call failed, or cannot be made."""


def call(
    respond: Respond, caller: Caller, service: str, operation: str, parameters: Mapping[str, Any]
) -> None:
    """Call an operation of another service than Glue. Raises CallError."""
    model = service_model(service)
    if operation not in model.operation_names:
        raise CallError(f"{service} has no operation {operation!r}.")
    request = _request(model, operation, parameters, caller.region)
    try:
        response = respond(request, service, caller)
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        extra = "awslambda" if service == "lambda" else service
        raise MissingLibraryError(
            f"moto needs {missing} to call {service}.{operation}. "
            f"Install it with: pip install 'moto[{extra}]'"
        ) from None
    except NotImplementedError:
        raise CallError(f"moto has no {service}.{operation}.") from None
    if response is None or response.status >= 400:
        body = "" if response is None else response.body.decode()
        raise CallError(f"{service}.{operation} failed: {body}")


@lru_cache(maxsize=32)
def service_model(service: str) -> Any:
    """Return botocore's model of a service. Raises CallError if there is none."""
    from botocore.exceptions import UnknownServiceError
    from botocore.session import get_session

    try:
        return get_session().get_service_model(service)
    except UnknownServiceError:
        raise CallError(f"There is no service {service!r}.") from None


def _request(
    model: Any, operation: str, parameters: Mapping[str, Any], region: str
) -> AWSPreparedRequest:
    from botocore.awsrequest import create_request_object, prepare_request_dict
    from botocore.exceptions import ParamValidationError
    from botocore.serialize import create_serializer

    serializer = create_serializer(model.metadata["protocol"])
    try:
        request = serializer.serialize_to_request(parameters, model.operation_model(operation))
    except ParamValidationError as error:
        raise CallError(f"{model.service_name}.{operation}: {error}") from None
    prepare_request_dict(request, f"https://{model.endpoint_prefix}.{region}.amazonaws.com")
    # moto takes the region from it.
    scope = f"20260101/{region}/{model.signing_name}/aws4_request"
    request["headers"]["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential=events/{scope}, SignedHeaders=host, Signature=none"
    )
    prepared: AWSPreparedRequest = create_request_object(request).prepare()
    return prepared
