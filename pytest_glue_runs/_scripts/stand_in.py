"""A stand-in for the package ``awsglue``, which Glue provides and PyPI does not.

It has ``awsglue.utils.getResolvedOptions`` and ``awsglue.utils.GlueArgumentError``, and nothing
else. It is used only where the real package is not installed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NoReturn

# Arguments that Glue sets itself. A script must not request them; they are returned anyway.
_RESERVED = (
    "JOB_ID",
    "JOB_RUN_ID",
    "SECURITY_CONFIGURATION",
    "job-bookmark-option",
    "job-bookmark-from",
    "job-bookmark-to",
    "encryption-type",
)
_TEMPORARY = ("RedshiftTempDir", "TempDir")


class GlueArgumentError(Exception):
    """An argument is missing, or has no value."""


def modules(command: str) -> dict[str, ModuleType]:
    """Return the modules by name; none if `awsglue` is installed, or faked by the test.

    *command* is the name of the job's command. In a Python shell job a missing argument ends the
    script with exit code 2; in others it raises GlueArgumentError.
    """
    if "awsglue" in sys.modules or find_spec("awsglue") is not None:
        return {}
    package, utils = ModuleType("awsglue"), ModuleType("awsglue.utils")
    is_shell = command == "pythonshell"
    vars(package).update(__path__=[], utils=utils)
    vars(utils).update(
        GlueArgumentError=GlueArgumentError,
        getResolvedOptions=_shell_options if is_shell else _spark_options,
    )
    return {package.__name__: package, utils.__name__: utils}


def _shell_options(args: Sequence[str], options: Iterable[str]) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    for option in options:
        parser.add_argument(f"--{option}", required=True)
    return vars(parser.parse_known_args(args[1:])[0])


def _spark_options(args: Sequence[str], options: Iterable[str]) -> dict[str, Any]:
    parser = _RaisingParser()
    wanted = [option for option in options if option not in _TEMPORARY]
    for option in wanted:
        if option in _RESERVED:
            raise RuntimeError(f"Using reserved arguments {option}")
        parser.add_argument(f"--{option}", required=True)
    for option in (*_RESERVED, *_TEMPORARY):
        parser.add_argument(f"--{option}")
    found = vars(parser.parse_known_args(args[1:])[0])
    found["TempDir"] = found["RedshiftTempDir"] = found["TempDir"] or found["RedshiftTempDir"]
    return found


class _RaisingParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GlueArgumentError(message)
