"""A script changes nothing for the test, nor for the next run."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_glue_runs import GlueRuns, JobRun, executes

MakeScript = Callable[..., Path]
RunPlan = Callable[..., JobRun]
RunTwice = Callable[..., list[str]]


@pytest.fixture
def run_twice(glue_runs: GlueRuns, glue: Any) -> RunTwice:
    """Return a function that runs a script twice and returns both outputs."""

    def run(script: Path) -> list[str]:
        command = {"Name": "pythonshell", "PythonVersion": "3.9"}
        glue_runs.add_job("orders", Command=command)
        for _ in range(2):
            glue_runs.plan("orders", executes(script))
            glue.start_job_run(JobName="orders")
            glue_runs.settle()
        return [run.output or f"{run.error_message}" for run in glue_runs.runs()]

    return run


def test_globals_and_modules(make_script: MakeScript, run_twice: RunTwice) -> None:
    make_script("COUNT = 0", "counter.py")
    make_script("", "package/__init__.py")
    make_script("COUNT = 0", "package/counter.py")
    make_script("COUNT = 0", "namespace/counter.py")
    script = make_script(
        """
        import __main__
        import counter
        import package.counter
        from namespace import counter as third

        for module in (counter, package.counter, third, __main__):
            module.COUNT = vars(module).get("COUNT", 0) + 1
        print(counter.COUNT, package.counter.COUNT, third.COUNT, COUNT)
        """
    )
    before = set(sys.modules)
    assert run_twice(script) == ["1 1 1 1\n"] * 2
    assert set(sys.modules) == before


def test_a_module_that_the_test_has_imported_is_shared(
    make_script: MakeScript, run_twice: RunTwice, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_script("def rows(): return 'real'", "shared_rows.py").parent
    make_script("", "shared_package/__init__.py")
    make_script("COUNT = 0", "shared_package/counter.py")
    script = make_script(
        """
        import shared_rows
        from shared_package import counter

        counter.COUNT += 1
        print(shared_rows.rows(), counter.COUNT)
        """
    )
    monkeypatch.syspath_prepend(str(folder))
    import shared_package  # type: ignore[import-not-found]
    import shared_rows  # type: ignore[import-not-found]

    monkeypatch.setattr(shared_rows, "rows", lambda: "fake")
    assert run_twice(script) == ["fake 1\n"] * 2
    assert not hasattr(shared_package, "counter")
    for name in ("shared_package", "shared_rows"):
        del sys.modules[name]


def test_a_module_from_elsewhere_stays(make_script: MakeScript, run_twice: RunTwice) -> None:
    sys.modules.pop("wave", None)
    assert run_twice(make_script("import wave; print(wave.__name__)")) == ["wave\n"] * 2
    assert "wave" in sys.modules


def test_a_module_that_a_function_imports_stays(run_plan: RunPlan) -> None:
    def work(run: JobRun) -> None:
        import wave  # noqa: F401

    sys.modules.pop("wave", None)
    run_plan(executes(work))
    assert "wave" in sys.modules


def test_the_process(
    make_script: MakeScript, run_twice: RunTwice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REGION", "north")
    monkeypatch.setenv("COLOR", "red")
    script = make_script(
        """
        import os, sys
        from pathlib import Path

        print(os.environ["REGION"], os.environ["COLOR"], os.environ.get("NEW"), Path.cwd().name)
        print(sys.path[0] == str(Path(__file__).parent), "added" in sys.path, len(sys.argv))
        os.environ["REGION"] = "south"
        os.environ["NEW"] = "1"
        del os.environ["COLOR"]
        os.chdir(Path.cwd().parent)
        sys.path.append("added")
        sys.argv.append("added")
        sys.stdout = sys.stderr = None
        """
    )
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ), Path.cwd(), list(sys.path), list(sys.argv), sys.stdout, sys.stderr
    output = f"north red None {tmp_path.name}\nTrue False 2\n"
    assert run_twice(script) == [output] * 2
    assert before == (
        *(dict(os.environ), Path.cwd(), list(sys.path)),
        *(list(sys.argv), sys.stdout, sys.stderr),
    )


def test_the_process_while_it_sleeps(
    glue_runs: GlueRuns, glue: Any, make_script: MakeScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two scripts take turns, and each has its own."""
    make_script("NAME = None", "state.py")
    script = make_script(
        """
        import os, sys, time
        import state

        state.NAME = os.environ["NAME"] = name = sys.argv[2]
        for _ in range(3):
            time.sleep(10)
            print(state.NAME, os.environ["NAME"], sys.argv[2], __name__)
            assert state is sys.modules["state"]
            assert sys.modules["__main__"].name == name
        """
    )
    monkeypatch.setenv("NAME", "test")
    command = {"Name": "pythonshell", "PythonVersion": "3.9"}
    glue_runs.add_job("orders", Command=command, ExecutionProperty={"MaxConcurrentRuns": 2})
    argv = list(sys.argv)
    for name in ("a", "b"):
        glue_runs.plan("orders", executes(script))
        glue.start_job_run(JobName="orders", Arguments={"--name": name})
        time.sleep(5)
        assert (os.environ["NAME"], sys.argv) == ("test", argv)
        assert "state" not in sys.modules
    outputs = [(run.state, run.output) for run in glue_runs.settle()]
    assert outputs == [("SUCCEEDED", f"{name} {name} {name} __main__\n" * 3) for name in ("a", "b")]


def test_a_working_directory_that_was_removed(
    make_script: MakeScript, run_twice: RunTwice, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    script = make_script("print('ran')")
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run_twice(script) == ["ran\n"] * 2


def test_a_working_directory_that_the_script_removes(
    make_script: MakeScript, run_plan: RunPlan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.chdir(away)
    script = make_script(f"import os; os.chdir('/'); os.rmdir({str(away)!r})")
    assert run_plan(executes(script)).state == "SUCCEEDED"


class TestLogging:
    """The module `logging` is as in a new process."""

    def test_basic_config(
        self, make_script: MakeScript, run_twice: RunTwice, glue_runs: GlueRuns
    ) -> None:
        script = make_script(
            """
            import logging
            logging.basicConfig(level=logging.INFO, format="%(message)s")
            logging.info("loaded")
            logging.debug("details")
            """
        )
        root = logging.getLogger()
        before = list(root.handlers), root.level
        run_twice(script)
        logs = [[(line.stream, line.message) for line in run.logs] for run in glue_runs.runs()]
        assert logs == [[("error", "loaded")]] * 2
        assert (list(root.handlers), root.level) == before

    def test_a_handler_of_a_logger(self, make_script: MakeScript, run_twice: RunTwice) -> None:
        script = make_script(
            """
            import logging, sys, time
            logger = logging.getLogger("orders")
            logger.setLevel(logging.INFO)
            if not logger.handlers:
                logger.addHandler(logging.StreamHandler(sys.stdout))
            logger.info("begin")
            time.sleep(30)
            logger.info("end")
            """
        )
        assert run_twice(script) == ["begin\nend\n"] * 2
        assert logging.getLogger("orders").handlers == []
        logging.getLogger("orders").setLevel(logging.NOTSET)


@pytest.mark.parametrize("end", ["raise KeyboardInterrupt", "import pytest; pytest.fail('no')"])
def test_an_exception_that_ends_the_test_restores_everything(
    glue_runs: GlueRuns, glue: Any, make_script: MakeScript, end: str
) -> None:
    glue_runs.add_job("orders")
    glue_runs.plan("orders", executes(make_script(f"import sys; sys.argv.append(1)\n{end}")))
    before = list(sys.argv), sys.stdout, list(sys.path), sys.modules["__main__"]
    glue.start_job_run(JobName="orders")
    with pytest.raises((KeyboardInterrupt, pytest.fail.Exception)):
        time.sleep(60)
    assert before == (list(sys.argv), sys.stdout, list(sys.path), sys.modules["__main__"])
