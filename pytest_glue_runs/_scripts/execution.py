"""Executes the function or script of one run."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from inspect import unwrap
from pathlib import Path

from pytest_glue_runs._scripts import stand_in
from pytest_glue_runs._scripts.arguments import command_line
from pytest_glue_runs._scripts.failure import Failure, failure_of
from pytest_glue_runs._scripts.process import (
    Attribute,
    Environment,
    LogHandlers,
    Modules,
    Part,
    Process,
    RootLogger,
    SearchPath,
    WorkingDirectory,
)
from pytest_glue_runs._scripts.streams import line_stream
from pytest_glue_runs._service.engine.script_runner import ScriptResult
from pytest_glue_runs._service.model.log_groups import stream_of_stderr
from pytest_glue_runs._service.model.log_line import LogStream
from pytest_glue_runs._service.model.run import Run
from pytest_glue_runs._time.coroutine import Coroutine
from pytest_glue_runs._time.mover import ClockMover


class ScriptLog:
    """The standard streams of a script, whose lines go to the logs of its run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.now = run.modified_on
        self.stdout = line_stream(partial(self.write, "output"))
        self.stderr = line_stream(partial(self.write, stream_of_stderr(run)))

    def write(self, stream: LogStream, line: str) -> None:
        """Write a line, unless the run has already ended, by its timeout for example."""
        if not self._run.ended:
            self._run.write(self.now, stream, line)

    def close(self) -> None:
        """Write the last lines if they are incomplete."""
        self.stdout.close()
        self.stderr.close()


class Execution:
    """A script that can pause: its *coroutine*, and its *process*, the state it runs in.

    *failure_of* returns the failure of the run for an exception. None: the run does not fail, and
    the exception is raised in the test.
    """

    def __init__(
        self,
        coroutine: Coroutine,
        process: Process,
        log: ScriptLog,
        failure_of: Callable[[BaseException], Failure] | None,
    ) -> None:
        self._coroutine = coroutine
        self._process = process
        self._log = log
        self._failure_of = failure_of

    def resume(self, at: datetime) -> ScriptResult:
        """Run the script, at the time *at*, until it waits or ends."""
        self._log.now = at
        with self._process.active():
            until = self._coroutine.resume()
        if until is not None:
            return ScriptResult(waits_until=until)
        self._log.close()
        error = self._coroutine.error
        if error is None:
            return ScriptResult()
        # Other exceptions concern the test: that of pytest.fail(), for example.
        if self._failure_of is None or not isinstance(error, Exception | SystemExit):
            return ScriptResult(error=str(error), raised=error)
        failure = self._failure_of(error)
        for line in failure.log:
            self._log.write("error", line)
        return ScriptResult(error=failure.error)

    def close(self) -> None:
        """End the script by an exception where it waits."""
        with self._process.active():
            self._coroutine.close()


def execution(mover: ClockMover, run: Run, job_run: object) -> Execution:
    """Return the execution of the function or script of *run*. A function gets *job_run*."""
    script, log = run.plan.script, ScriptLog(run)
    if script is None:
        assert run.plan.then is not None
        coroutine = Coroutine(mover, partial(run.plan.then, job_run))
        return Execution(coroutine, Process([]), log, None)
    parts: list[Part] = [Attribute(sys, "stdout", log.stdout), Attribute(sys, "stderr", log.stderr)]
    modules = stand_in.modules(run.config.command)
    if isinstance(script, Path):
        file: str | None = str(script)
        function: Callable[[], object] = partial(runpy.run_path, str(script), run_name="__main__")
        parts += [
            Attribute(sys, "argv", command_line(run, file)),
            Modules(modules, script.parent),
            SearchPath(script.parent),
            Attribute(os, "_exit", _exit_of_this_process()),
            Environment(),
            WorkingDirectory(),
            RootLogger(),
            LogHandlers([log.stdout, log.stderr]),
        ]
    else:
        file = getattr(getattr(unwrap(script), "__code__", None), "co_filename", None)
        function = partial(script, job_run)
        parts += [Attribute(sys, "argv", command_line(run, None)), Modules(modules, None)]
    describe = partial(failure_of, command=run.config.command, file=file)
    return Execution(Coroutine(mover, function), Process(parts), log, describe)


def _exit_of_this_process() -> Callable[[int], None]:
    """Return an ``os._exit`` that ends the script instead of the test session."""
    real, process_id = os._exit, os.getpid()

    def exit_script(status: int) -> None:
        if os.getpid() != process_id:  # pragma: no cover - a forked process: nothing measures it
            real(status)
        raise SystemExit(status)

    return exit_script
