"""The cost for every run of pytest: importing the plugin, after pytest itself."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

from benchmarks import _processes
from benchmarks._rounds import Scale
from benchmarks._table import Row

_SCRIPT = """
import json, sys, time
import pytest
before = set(sys.modules)
begin = time.perf_counter()
{statement}
seconds = time.perf_counter() - begin
print(json.dumps([seconds, sorted(set(sys.modules) - before)]))
"""


class Import(NamedTuple):
    """An import in a new process."""

    seconds: float
    modules: list[str]


def rows(scale: Scale) -> Iterator[Row]:
    """Yield the time of the import, the modules it loads, and those of botocore among them."""
    ours = [imported("import pytest_glue_runs.plugin") for _ in range(scale.processes)]
    moto = [imported("from moto import mock_aws") for _ in range(max(1, scale.processes // 4))]
    yield Row(
        "import of the plugin after pytest",
        unit="ms",
        goal=2.0,
        ours=median(one.seconds for one in ours) * 1000,
        moto=median(one.seconds for one in moto) * 1000,
    )
    yield Row(
        "modules that it imports",
        unit="",
        goal=5,
        ours=len(ours[0].modules),
        moto=len(moto[0].modules),
    )
    yield Row(
        "modules of botocore among them",
        unit="",
        goal=0,
        ours=_of_botocore(ours[0]),
        moto=_of_botocore(moto[0]),
    )


def imported(statement: str) -> Import:
    """Run *statement* in a new process that has imported pytest, and return what it imported."""
    return Import(*_processes.run(_SCRIPT.format(statement=statement)))


def _of_botocore(imported: Import) -> int:
    return sum(name.partition(".")[0] == "botocore" for name in imported.modules)
