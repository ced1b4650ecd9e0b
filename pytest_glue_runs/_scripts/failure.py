"""The ErrorMessage and the log lines for an exception that ends a script."""

from __future__ import annotations

import traceback
from typing import NamedTuple

from pytest_glue_runs._service.rules.script_rules import (
    SHELL_ERROR,
    SHELL_EXIT,
    SPARK_ERROR,
    SPARK_EXIT,
)

# The first match applies.
_CATEGORIES: tuple[tuple[type[BaseException], str], ...] = (
    (ImportError, "IMPORT_ERROR"),
    (SyntaxError, "SYNTAX_ERROR"),
    (MemoryError, "OUT_OF_MEMORY_ERROR"),
    (FileNotFoundError, "RESOURCE_NOT_FOUND_ERROR"),
    (PermissionError, "PERMISSION_ERROR"),
    (ConnectionError, "CONNECTION_ERROR"),
    (KeyError, "INVALID_ARGUMENT_ERROR"),
    (NameError, "INVALID_ARGUMENT_ERROR"),
    (TypeError, "INVALID_ARGUMENT_ERROR"),
    (ValueError, "INVALID_ARGUMENT_ERROR"),
)


class Failure(NamedTuple):
    """How a run fails, if it does."""

    error: str | None
    """The ErrorMessage; None: the run succeeds."""
    log: list[str]
    """The lines in the error log."""


def failure_of(error: BaseException, command: str, file: str | None) -> Failure:
    """Return how *error* fails the run of a job whose command has the name *command*.

    *file* is the file of the script or function, if it has one.
    """
    if command == "pythonshell" and isinstance(error, SystemExit):
        return _exit_of_shell(error.code)
    formatted = traceback.TracebackException.from_exception(error)
    own = [place for place, frame in enumerate(formatted.stack) if frame.filename == file]
    line = formatted.stack[own[-1]].lineno if own else None
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno
    formatted.stack = traceback.StackSummary.from_list(formatted.stack[own[0] :] if own else [])
    log = "".join(formatted.format()).splitlines()
    name, text = type(error).__name__, str(error)
    shown = f"{name}: {text}" if text else name
    if command == "pythonshell":
        return Failure(SHELL_ERROR.value.format(error=shown), log)
    if isinstance(error, SystemExit):
        return Failure(SPARK_EXIT.value.format(code=error.code), log)
    message: str = SPARK_ERROR.value if line is not None else _WITHOUT_LINE
    return Failure(message.format(category=_category(error), line=line, error=shown), log)


_WITHOUT_LINE = str(SPARK_ERROR.value).replace("Failed Line Number: {line}; ", "")


def _exit_of_shell(code: object) -> Failure:
    """Return how ``sys.exit(code)`` ends a run. As in Python, a code that is no number is text."""
    if code is None or code == 0:
        return Failure(None, [])
    log = [] if isinstance(code, int) else str(code).splitlines()
    status = code & 0xFF if isinstance(code, int) else 1
    return Failure(SHELL_EXIT.value.format(code=status) if status else None, log)


def _category(error: BaseException) -> str:
    if type(error).__name__ == "GlueArgumentError":
        return "INVALID_ARGUMENT_ERROR"
    return next(
        (name for kind, name in _CATEGORIES if isinstance(error, kind)), "UNCLASSIFIED_ERROR"
    )
