"""CHANGELOG.md has the format of https://keepachangelog.com/en/1.1.0/."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASE = re.compile(r"## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}")
SECTIONS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def _headings(level: str) -> list[str]:
    return re.findall(rf"^{level} .*$", TEXT, re.MULTILINE)


def test_releases_have_a_version_and_a_date_newest_first() -> None:
    unreleased, *releases = _headings("##")
    assert unreleased == "## [Unreleased]"
    matches = [RELEASE.fullmatch(heading) for heading in releases]
    assert all(matches)
    versions = [tuple(map(int, match[1].split("."))) for match in matches if match]
    assert versions == sorted(versions, reverse=True)


def test_sections_have_the_usual_names() -> None:
    sections = {heading.removeprefix("### ") for heading in _headings("###")}
    assert sections
    assert sections <= SECTIONS
