"""CHANGELOG.md has the form of https://keepachangelog.com/en/1.1.0/."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parent.parent.parent / "CHANGELOG.md").read_text()
RELEASE = re.compile(r"## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}")
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def _headings(level: str) -> list[str]:
    return re.findall(rf"^{level} .*$", TEXT, re.MULTILINE)


def test_it_has_one_title() -> None:
    assert _headings("#") == ["# Changelog"]


def test_unreleased_comes_first() -> None:
    assert _headings("##")[0] == "## [Unreleased]"


def test_releases_have_a_version_and_a_date_newest_first() -> None:
    matches = [RELEASE.fullmatch(heading) for heading in _headings("##")[1:]]
    assert all(matches)
    versions = [tuple(map(int, match[1].split("."))) for match in matches if match]
    assert versions == sorted(versions, reverse=True)


def test_sections_have_the_usual_names() -> None:
    sections = {heading.removeprefix("### ") for heading in _headings("###")}
    assert sections
    assert sections <= SECTIONS


def test_every_entry_is_a_sentence() -> None:
    entries = re.findall(r"^- (?:.|\n  )*", TEXT, re.MULTILINE)
    assert entries
    assert all(entry.rstrip().endswith(".") for entry in entries)
