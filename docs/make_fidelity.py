"""Makes docs/fidelity.md from the service's rules: ``python docs/make_fidelity.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pytest_glue_runs._service.model.quotas import Quotas
from pytest_glue_runs._service.rules import (
    behaviors,
    error_catalog,
    launch_errors,
    requests,
    versions,
)
from pytest_glue_runs._service.rules.rule_types import Behavior, FidelityEntry, Rejection
from pytest_glue_runs._service.rules.workers import WORKER_TYPES

PAGE = Path(__file__).parent / "fidelity.md"

HEAD = """\
# Fidelity: what we know of Glue, and how

Made by `python docs/make_fidelity.py` from the rules that the service works by. Each has its
source and how certain it is:

- **specified**: boto3's page of start_job_run says so;
- **documented**: AWS says so elsewhere, in the developer guide or in botocore's model;
- **observed**: somebody recorded it from the real service;
- **second-hand**: somebody tells of it, without a record;
- **assumed**: the most natural answer, since nothing is known.

Lengths, ranges, patterns and enums of requests are not listed: they are read from the service
model of the botocore that is installed, and a request that breaks them is answered with
`ValidationException`: `1 validation error detected: Value '...' at '...' failed to satisfy
constraint: ...` (observed for CreateTable, assumed for jobs).
"""

QUOTAS = """\
Documented in the AWS general reference, Glue quotas; a test sets them with `glue_runs.quotas`.
"""


def page() -> str:
    """The whole page."""
    refusals: list[Rejection] = [
        *requests.RULES,
        requests.MALFORMED_POLICY,
        *versions.REJECTIONS,
        *error_catalog.ALL,
    ]
    known = [*behaviors.ALL, *versions.ALL, *launch_errors.ALL]
    parts = [
        HEAD,
        "## What Glue refuses\n",
        _table(
            ("about", "when", "operations", "answer", "certainty", "source"),
            (
                (r.about, r.when, _operations(r), _answer(r), r.certainty, r.source)
                for r in refusals
            ),
        ),
        "## What Glue fills in and does by itself\n",
        _table(
            ("about", "when", "what", "certainty", "source"),
            ((f.about, f.when, _does(f), f.certainty, f.source) for f in known),
        ),
        "## Worker types\n",
        _table(
            ("type", "DPUs", "commands", "from Glue", "before Glue", "workers", "regions"),
            (
                (
                    name,
                    f"{worker.dpus:g}",
                    ", ".join(sorted(worker.commands)),
                    worker.since,
                    worker.before or "",
                    f"2 to {worker.maximum} ({worker.maximum_is})",
                    ", ".join(sorted(worker.regions)) if worker.regions else "all",
                )
                for name, worker in WORKER_TYPES.items()
            ),
        ),
        "## Quotas\n",
        QUOTAS,
        _table(("quota", "default"), _quotas()),
        "## Where moto does otherwise\n",
        _table(
            ("about", "when", "here", "moto"),
            (
                (e.about, e.when, _does(e) if isinstance(e, Behavior) else _answer(e), e.moto)
                for e in [*refusals, *known]
                if e.moto
            ),
        ),
    ]
    return "\n".join(parts)


def _operations(refusal: Rejection) -> str:
    return ", ".join(refusal.operations) or "whatever is asked"


def _answer(entry: FidelityEntry) -> str:
    assert isinstance(entry, Rejection)
    words = f": `{entry.message}`" if entry.message else ""
    return f"{entry.code}{words}"


def _does(fact: Behavior) -> str:
    return f"{fact.does}: `{fact.value}`" if isinstance(fact.value, str) else fact.does


def _quotas() -> Iterator[tuple[str, str]]:
    for name, value in vars(Quotas()).items():
        if not name.startswith("_"):
            yield name, "1000 in six regions, 500 elsewhere" if value is None else str(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
