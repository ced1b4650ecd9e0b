"""The cost for every test: setting the fixture up and tearing it down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from statistics import median

from benchmarks._rounds import Scale, Side, in_turns
from benchmarks._table import Row
from pytest_glue_runs import mock_glue_runs


def rows(scale: Scale) -> Iterator[Row]:
    """Yield set-up and tear-down, warm, without freezing time (the cost of freezegun)."""
    from moto import mock_aws

    seconds = in_turns(
        scale,
        ours=_entering(lambda: mock_glue_runs(freeze=False)),
        moto=_entering(mock_aws),
    )
    yield Row(
        "set-up and tear-down, warm, no freeze",
        unit="ms",
        goal=1.0,
        ours=median(seconds["ours"]) * 1000,
        moto=median(seconds["moto"]) * 1000,
    )


def _entering(mock: Callable[[], AbstractContextManager[object]]) -> Side:
    def enter() -> None:
        with mock():
            pass

    @contextmanager
    def side() -> Iterator[Callable[[], object]]:
        yield enter

    return side
