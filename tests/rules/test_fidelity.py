"""The rules as data, and docs/fidelity.md, which is made from them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, get_args

import pytest

from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.rules import (
    behaviors,
    error_catalog,
    launch_errors,
    requests,
    versions,
)
from pytest_glue_runs._service.rules.rule_types import Behavior, Certainty, FidelityEntry, Rejection

DOCS = Path(__file__).parents[2] / "docs"
ENTRIES: list[FidelityEntry] = [
    *requests.RULES,
    requests.MALFORMED_POLICY,
    *error_catalog.ALL,
    *behaviors.ALL,
    *versions.ALL,
    *versions.REJECTIONS,
    *launch_errors.ALL,
]
REFUSALS = [entry for entry in ENTRIES if isinstance(entry, Rejection)]


@pytest.fixture(scope="module")
def maker() -> Any:
    """The script that makes the page."""
    spec = importlib.util.spec_from_file_location("make_fidelity", DOCS / "make_fidelity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_not_stale(maker: Any) -> None:
    """The page in docs is what the rules say today."""
    stale = "docs/fidelity.md is stale. Make it anew with: python docs/make_fidelity.py"
    assert (DOCS / "fidelity.md").read_text(encoding="utf-8") == maker.page(), stale


def test_page_has_every_rule(maker: Any) -> None:
    """Each refusal and each fact is a row, with its source and certainty."""
    page = maker.page()
    rows = [f"| {entry.about} | {entry.when.replace('|', '/')} | " for entry in ENTRIES]
    assert [row for row in rows if row not in page] == []


def test_page_tells_where_moto_differs(maker: Any) -> None:
    """Each difference from moto is in a table of its own."""
    table = maker.page().partition("## Where moto does otherwise")[2]
    rows = [f"| {entry.moto} |" for entry in ENTRIES if entry.moto]
    assert [row for row in rows if row not in table] == []


def test_tables_of_the_page_are_whole(maker: Any) -> None:
    """All rows of a table have as many cells as its head."""
    for part in maker.page().split("\n\n"):
        rows = [line for line in part.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1


def test_page_is_written_beside_the_script(maker: Any) -> None:
    """The page that is written is the one that is read here."""
    assert maker.PAGE.samefile(DOCS / "fidelity.md")


@pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))
def test_entry_is_whole(entry: FidelityEntry) -> None:
    """Each entry says about what it is, when, how certain, and from where."""
    assert entry.about
    assert entry.when
    assert entry.source
    assert entry.certainty in get_args(Certainty)


@pytest.mark.parametrize("entry", REFUSALS, ids=range(len(REFUSALS)))
def test_code_of_a_refusal_is_one(entry: Rejection) -> None:
    """Codes end as AWS's do."""
    assert entry.code.endswith("Exception")


@pytest.mark.parametrize("entry", REFUSALS, ids=range(len(REFUSALS)))
def test_operations_of_a_refusal_are_ours(entry: Rejection) -> None:
    """Each is an operation that the service has, by the name that AWS gives it."""
    assert set(entry.operations) <= set(OPERATIONS)


@pytest.mark.parametrize("fact", behaviors.ALL, ids=range(len(behaviors.ALL)))
def test_fact_says_what_glue_does(fact: Behavior) -> None:
    """No fact is without words."""
    assert fact.does


def test_every_lookup_is_in_the_list() -> None:
    """A refusal of lookups that is in none of the tables would be told nowhere."""
    found = [value for value in vars(error_catalog).values() if isinstance(value, Rejection)]
    assert found == list(error_catalog.ALL)
