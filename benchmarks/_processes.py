"""New Python processes, which measure themselves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any


def run(script: str, *arguments: str) -> Any:
    """Run *script* in a new process, and return what it prints last: a line of JSON."""
    _compiled(script, arguments)
    return _run(script, arguments)


@cache
def _compiled(script: str, arguments: tuple[str, ...]) -> None:
    """Run *script* once, so that what it imports is compiled, as installers compile it."""
    _run(script, arguments)


def _run(script: str, arguments: tuple[str, ...]) -> Any:
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
