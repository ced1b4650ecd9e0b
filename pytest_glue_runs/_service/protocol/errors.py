"""The errors that a client sees: AWS's codes, each with its HTTP status."""

from __future__ import annotations

from typing import NamedTuple


class GlueError(Exception):
    """What Glue answers instead of a result: a code and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status that comes with the code."""
        known = KNOWN.get(self.code)
        return known.status if known else 400


class ErrorFacts(NamedTuple):
    """The HTTP status of a code, and what AWS says with it if nothing more is known."""

    status: int
    message: str


# Codes that any AWS service may answer, and those of Glue's own whose status or usual words
# are known. Source: https://docs.aws.amazon.com/glue/latest/webapi/CommonErrors.html and the
# service's model.
KNOWN = {
    "AccessDeniedException": ErrorFacts(
        400, "You do not have sufficient access to perform this action."
    ),
    "ConcurrentRunsExceededException": ErrorFacts(400, "Concurrent runs exceeded"),
    "EntityNotFoundException": ErrorFacts(400, "A specified entity does not exist"),
    "ExpiredTokenException": ErrorFacts(
        400, "The security token included in the request is expired"
    ),
    "IncompleteSignature": ErrorFacts(
        400, "The request signature does not conform to AWS standards."
    ),
    "InternalFailure": ErrorFacts(
        500, "The request processing has failed because of an unknown error."
    ),
    "InternalServiceException": ErrorFacts(500, "Internal service error"),
    "InvalidInputException": ErrorFacts(400, "The input provided was not valid."),
    "OperationTimeoutException": ErrorFacts(400, "The operation timed out."),
    "OptInRequired": ErrorFacts(403, "The AWS access key ID needs a subscription for the service."),
    "RequestExpired": ErrorFacts(400, "Request has expired."),
    "ResourceNumberLimitExceededException": ErrorFacts(
        400, "A resource numerical limit was exceeded."
    ),
    "SerializationException": ErrorFacts(400, "The request could not be read."),
    "ServiceUnavailable": ErrorFacts(
        503, "The request has failed due to a temporary failure of the server."
    ),
    "ThrottlingException": ErrorFacts(400, "Rate exceeded"),
    "UnknownOperationException": ErrorFacts(400, "The operation is not known."),
    "UnrecognizedClientException": ErrorFacts(
        400, "The security token included in the request is invalid."
    ),
    "ValidationException": ErrorFacts(
        400, "The input fails to satisfy the constraints of the service."
    ),
}


def default_message(code: str) -> str:
    """What the error of this *code* says when a test gives no words of its own."""
    known = KNOWN.get(code)
    return known.message if known else ""
