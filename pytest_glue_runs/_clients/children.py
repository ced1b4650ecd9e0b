"""Child processes: they cannot be mocked from here, so their requests to AWS fail on this machine.

Children inherit the mocked credentials, and an `AWS_ENDPOINT_URL` where nothing listens. That is
not in `os.environ`: this process's own clients would follow it. A forked child is a copy of this
process with the mock in it, and needs none of this.
"""

from __future__ import annotations

import inspect
import multiprocessing
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from multiprocessing import spawn
from typing import Any

from pytest_glue_runs._clients import environment
from pytest_glue_runs._clients.seams import Method
from pytest_glue_runs._patching import Replacements

# The path explains the error: Could not connect to the endpoint URL: "http://127.0.0.1:1/...".
REFUSING_URL = "http://127.0.0.1:1/blocked-by-pytest-glue-runs"

_ENDPOINT = "AWS_ENDPOINT_URL"
_IGNORE_ENDPOINTS = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"

# They take the child's environment as their third argument. `subprocess` may call the first.
_STARTERS = ("posix_spawn", "posix_spawnp", "execve")


@contextmanager
def blocked(only_glue: bool, is_allowed: Callable[[str], bool]) -> Iterator[None]:
    """While active, point children to an endpoint that refuses connections.

    An endpoint that the environment names already stays if *is_allowed* returns True for its
    URL. With *only_glue*, requests to other services are left alone.
    """
    block = _Block(only_glue, is_allowed)
    with ExitStack() as stack:
        stack.enter_context(block.for_inherited_environments())
        replacements = stack.enter_context(Replacements())
        for name in filter(vars(os).__contains__, _STARTERS):  # not all are there on Windows
            replacements.replace(os, name, block.for_argument(getattr(os, name)))
        if isinstance(subprocess.Popen, type):  # and no mock of a test
            method = block.for_option(subprocess.Popen.__init__)
            replacements.replace(subprocess.Popen, "__init__", method)
        method = block.for_multiprocessing(spawn.get_preparation_data)
        replacements.replace(spawn, "get_preparation_data", method)
        if "forkserver" in multiprocessing.get_all_start_methods():
            stack.enter_context(_no_fork_server_left())
        yield


class _Block:
    """The variables that children get, and the ways to give them."""

    def __init__(self, only_glue: bool, is_allowed: Callable[[str], bool]) -> None:
        self._only_glue = only_glue
        self._is_allowed = is_allowed

    def _variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return what to set for a child that would have the *given* environment."""
        every = [_ENDPOINT, *(name for name in given if name.startswith(_ENDPOINT))]
        ignored = given.get(_IGNORE_ENDPOINTS, "").lower() == "true"
        refused = {}
        for name in [f"{_ENDPOINT}_GLUE"] if self._only_glue else every:
            url = given.get(name) or given.get(_ENDPOINT)
            if ignored or url is None or not self._is_allowed(url):
                refused[name] = REFUSING_URL
        if not refused:
            return {}
        return {**refused, _IGNORE_ENDPOINTS: "false", "AWS_EC2_METADATA_DISABLED": "true"}

    def _with_variables(self, given: Mapping[Any, Any]) -> dict[Any, Any]:
        """Return a child's environment with the variables set. Its names may be bytes."""
        text = {os.fsdecode(name): os.fsdecode(value) for name, value in given.items()}
        return {**text, **self._variables(text)}

    @contextmanager
    def for_inherited_environments(self) -> Iterator[None]:
        """Set the variables for children that inherit the environment, of `os.system` for example.

        That is C's, which `os.putenv` changes without changing `os.environ`.
        """
        variables = self._variables(os.environ)
        try:
            for name, value in variables.items():
                os.putenv(name, value)
            yield
        finally:
            for name in variables:
                if name in os.environ:
                    os.putenv(name, os.environ[name])
                else:
                    os.unsetenv(name)

    def for_argument(self, start: Method) -> Method:
        """Wrap a function whose third argument is the child's environment.

        None, since Python 3.13, stands for that of the process.
        """

        @wraps(start)
        def started(path: Any, argv: Any, env: Any, *args: Any, **kwargs: Any) -> Any:
            given = os.environ if env is None else env
            return start(path, argv, self._with_variables(given), *args, **kwargs)

        return started

    def for_option(self, init: Method) -> Method:
        """Wrap the constructor of `subprocess.Popen`, which may get the child's environment.

        Without one, that of the process counts as it is now: the test may have changed it.
        """

        @wraps(init)
        def started(*args: Any, **kwargs: Any) -> None:
            call = inspect.signature(init).bind(*args, **kwargs)
            given = call.arguments.get("env")
            call.arguments["env"] = self._with_variables(os.environ if given is None else given)
            init(*call.args, **call.kwargs)

        return started

    def for_multiprocessing(self, get_preparation_data: Method) -> Method:
        """Wrap what multiprocessing tells a child that it spawns, or that its fork server forks.

        The server may have been started before the mock, with the environment of that time.
        """

        @wraps(get_preparation_data)
        def prepared(name: str) -> dict[str, Any]:
            ours = {name: os.environ[name] for name in environment.NAMES if name in os.environ}
            variables = {**ours, **self._variables(os.environ)}
            return {**get_preparation_data(name), "glue_runs": _SetVariables(variables)}

        return prepared


class _SetVariables:
    """Sets environment variables in the process that unpickles it, which need not know us."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._variables = variables

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return eval, (f"__import__('os').environ.update({self._variables!r})",)


@contextmanager
def _no_fork_server_left() -> Iterator[None]:
    """Stop on exit a fork server that was started while active: it has our environment.

    One with children that still run is kept, since they would be taken for dead.
    """
    from multiprocessing import forkserver

    server: Any = forkserver._forkserver
    before = server._forkserver_pid
    try:
        yield
    finally:
        if server._forkserver_pid != before and not multiprocessing.active_children():
            server._stop()
