"""The errors that a client receives: AWS's codes, each with its HTTP status."""

from __future__ import annotations

from typing import NamedTuple

from pytest_glue_runs._masking import Masker


class GlueError(Exception):
    """An error response of Glue: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        # AWS's Java cannot encode a lone surrogate in UTF-8 either, and sends "?".
        message = message.encode(errors="replace").decode()
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def __repr__(self) -> str:
        return f"<GlueError {Masker().line(self)}>"

    @property
    def status(self) -> int:
        """The HTTP status of the code; 400 for a code that is not known here."""
        known = KNOWN.get(self.code)
        return known.status if known else 400


class ErrorDefaults(NamedTuple):
    """The HTTP status of a code, and AWS's usual message."""

    status: int
    message: str


# Codes that any AWS service may return, and Glue's own where status or usual message are known.
# Source: https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html and the service model.
KNOWN = {
    "AccessDeniedException": ErrorDefaults(
        400, "You do not have sufficient access to perform this action."
    ),
    "ConcurrentRunsExceededException": ErrorDefaults(400, "Concurrent runs exceeded"),
    "EntityNotFoundException": ErrorDefaults(400, "A specified entity does not exist"),
    "ExpiredTokenException": ErrorDefaults(
        400, "The security token included in the request is expired"
    ),
    "IncompleteSignature": ErrorDefaults(
        400, "The request signature does not conform to AWS standards."
    ),
    "InternalFailure": ErrorDefaults(
        500, "The request processing has failed because of an unknown error."
    ),
    "InternalServiceException": ErrorDefaults(500, "Internal service error"),
    "InvalidInputException": ErrorDefaults(400, "The input provided was not valid."),
    "OperationTimeoutException": ErrorDefaults(400, "The operation timed out."),
    "OptInRequired": ErrorDefaults(
        403, "The AWS access key ID needs a subscription for the service."
    ),
    "RequestExpired": ErrorDefaults(400, "Request has expired."),
    "ResourceNumberLimitExceededException": ErrorDefaults(
        400, "A resource numerical limit was exceeded."
    ),
    "SerializationException": ErrorDefaults(400, "The request could not be read."),
    "ServiceUnavailable": ErrorDefaults(
        503, "The request has failed due to a temporary failure of the server."
    ),
    "ThrottlingException": ErrorDefaults(400, "Rate exceeded"),
    "UnknownOperationException": ErrorDefaults(400, "The operation is not known."),
    "UnrecognizedClientException": ErrorDefaults(
        400, "The security token included in the request is invalid."
    ),
    "ValidationException": ErrorDefaults(
        400, "The input fails to satisfy the constraints of the service."
    ),
}


def default_message(code: str) -> str:
    """Return AWS's usual message for the *code*; empty if it is not known."""
    known = KNOWN.get(code)
    return known.message if known else ""
