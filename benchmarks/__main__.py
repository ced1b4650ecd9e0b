"""Print the table of results; exit with status 1 if a goal is missed."""

from __future__ import annotations

import argparse

from benchmarks import calls, page, plugin_import, schedules, sessions, set_up, store, waiting
from benchmarks._rounds import FULL, QUICK
from benchmarks._table import table

TOPICS = (
    calls.rows,
    store.rows,
    plugin_import.rows,
    sessions.rows,
    set_up.rows,
    waiting.rows,
    schedules.rows,
    page.rows,
)


def main(arguments: list[str] | None = None) -> int:
    """Measure every topic and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="only a few rounds, to check that it runs"
    )
    scale = QUICK if parser.parse_args(arguments).quick else FULL
    rows = [row for topic in TOPICS for row in topic(scale)]
    print(*table(rows), sep="\n")
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
