"""The rules as data, and docs/fidelity.md, which is generated from them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import moto
import pytest

from pytest_glue_runs._service.operations import OPERATIONS
from pytest_glue_runs._service.rules import (
    behaviors,
    error_catalog,
    launch_errors,
    requests,
    script_rules,
    trigger_rules,
    versions,
    workflow_rules,
)
from pytest_glue_runs._service.rules.rule_types import Certainty, FidelityEntry, Rejection

DOCS = Path(__file__).parents[2] / "docs"
BEHAVIORS = [
    *behaviors.ALL,
    *versions.ALL,
    *launch_errors.ALL,
    *script_rules.ALL,
    *trigger_rules.BEHAVIORS,
    *workflow_rules.BEHAVIORS,
]
REJECTIONS = [
    *requests.RULES,
    requests.MALFORMED_POLICY,
    *versions.REJECTIONS,
    *error_catalog.ALL,
    *trigger_rules.RULES,
    *trigger_rules.ERRORS,
    *workflow_rules.ERRORS,
]
ENTRIES: list[FidelityEntry] = [*REJECTIONS, *BEHAVIORS]
# A client does not send such a body, and moto has no quotas.
NOT_COMPARED = (
    error_catalog.UNREADABLE,
    error_catalog.NESTED_TOO_DEEPLY,
    error_catalog.TOO_MANY_RUNS,
    error_catalog.TOO_MANY_JOBS,
    trigger_rules.TOO_MANY_TRIGGERS,
    trigger_rules.TOO_MANY_JOBS_OF_TRIGGER,
    workflow_rules.TOO_MANY_WORKFLOWS,
)
OUT_OF_DATE = "docs/fidelity.md is out of date. Generate it with: python docs/make_fidelity.py"


@pytest.fixture(scope="module")
def generator() -> Iterator[Any]:
    """The script that generates the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield importlib.import_module("make_fidelity")


def test_sections_about_the_rules_are_up_to_date(generator: Any) -> None:
    rules, _, _ = generator.PAGE.read_text(encoding="utf-8").partition(generator.MOTO_HEADING)
    assert rules == f"{generator.rules_section()}\n", OUT_OF_DATE


@pytest.mark.slow
def test_section_about_moto_is_up_to_date(generator: Any) -> None:
    """The probes run with any version of moto; their results are those of one version."""
    _, _, section = generator.PAGE.read_text(encoding="utf-8").partition(generator.MOTO_HEADING)
    same_version = f" against moto {moto.__version__}, " in section
    current = f"\n{generator.moto_section()}"
    assert section == current or not same_version, OUT_OF_DATE


@pytest.mark.slow
def test_every_rejection_is_compared_with_moto(generator: Any) -> None:
    """The message of each is in the result of a probe; numbers may differ."""
    probes = generator.moto_probes
    results = re.sub(r"\d+", "0", "".join(map(probes.run_here, probes.PROBES)))
    messages = [entry.message for entry in REJECTIONS if entry not in NOT_COMPARED]
    patterns = [re.sub(r"\\{\w+\\}", ".+", re.escape(message)) for message in messages]
    missing = [p for p in patterns if not re.search(re.sub(r"\d+", "0", p), results)]
    assert missing == []


def test_page_has_every_rule(generator: Any) -> None:
    page = generator.rules_section()
    rows = [f"| {entry.about} | {entry.when.replace('|', '/')} | " for entry in ENTRIES]
    assert [row for row in rows if row not in page] == []


def test_rows_of_a_table_have_equally_many_cells(generator: Any) -> None:
    for part in generator.PAGE.read_text(encoding="utf-8").split("\n\n"):
        rows = [line for line in part.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1


def test_entries_are_complete() -> None:
    """Every entry has a subject, a condition, a source and a known certainty."""
    incomplete = [
        entry
        for entry in ENTRIES
        if not (entry.about and entry.when and entry.source)
        or entry.certainty not in get_args(Certainty)
    ]
    assert incomplete == []


def test_rejections_with_a_message_have_a_certainty_of_its_wording() -> None:
    wrong = [entry for entry in REJECTIONS if bool(entry.message) != bool(entry.wording)]
    assert wrong == []


def test_specified_means_start_job_run() -> None:
    """Nothing is specified but by the reference of StartJobRun, and no wording is."""
    specified = [entry for entry in ENTRIES if entry.certainty == "specified"]
    assert [entry for entry in specified if "start_job_run" not in entry.source] == []
    assert [entry for entry in ENTRIES if entry.wording == "specified"] == []


def test_observed_names_a_record() -> None:
    """The source names an issue, a file or an article."""
    observed = [entry for entry in ENTRIES if "observed" in (entry.certainty, entry.wording)]
    unnamed = [entry for entry in observed if not re.search(r"#\d|/|recorded", entry.source)]
    assert unnamed == []


def test_behaviors_have_a_description() -> None:
    assert [behavior for behavior in BEHAVIORS if not behavior.does] == []


def test_codes_of_rejections_end_like_aws_codes() -> None:
    assert [entry for entry in REJECTIONS if not entry.code.endswith("Exception")] == []


def test_operations_of_rejections_exist() -> None:
    unknown = [entry for entry in REJECTIONS if not set(entry.operations) <= set(OPERATIONS)]
    assert unknown == []


def test_error_catalog_is_complete() -> None:
    """A rejection that is not in ALL would be missing from the page."""
    rejections = [value for value in vars(error_catalog).values() if isinstance(value, Rejection)]
    assert rejections == list(error_catalog.ALL)


@pytest.mark.parametrize("rules", [trigger_rules, workflow_rules])
def test_lists_of_orchestration_errors_are_complete(rules: Any) -> None:
    rejections = [value for value in vars(rules).values() if isinstance(value, Rejection)]
    assert rejections == list(rules.ERRORS)
