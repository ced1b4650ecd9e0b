"""The page of a session in a real browser, headless.

Skipped without playwright (the extra `browser`) and a Chromium: that of the system, or the one that
``playwright install chromium`` downloads. CI has neither, so coverage does not count this file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_glue_runs._html.page import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow

# It neither leaves its sandbox nor looks for updates.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")

HOSTILE = "</script><script>document.title = 'taken over'</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser, or skip the test."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, _NAMES)), playwright.chromium.executable_path)
        if not Path(path).exists():
            pytest.skip("there is no Chromium")
        browser: Browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


def _run(number: int, *, job: str = "load", failed: bool = False) -> list[Any]:
    end: list[Any] = ["FAILED", "Out of memory"] if failed else ["SUCCEEDED"]
    steps = [[0, "WAITING", "no room"], [20_000, "STARTING"], [30_000, "RUNNING"], [70_000, *end]]
    return [job, f"jr_{number:08}…", number * 1000, {"--day": f"day-{number}"}, steps]


def _test(name: str, outcome: str, runs: list[list[Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "outcome": outcome,
        "time": "Time is frozen at 2026-01-01 00:10:00 UTC.",
        "begin": "2026-01-01 00:00:00",
        "epoch": 1_767_225_600_000,
        "now": 600_000,
        "before": [["Calls:", ["2026-01-01 00:00:00  StartJobRun load"]]],
        "after": [["Next:", ["something"]]],
        "left_out": 0,
        "runs": runs,
    }


TESTS = [
    _test("test_a.py::test_passes", "passed", [_run(number) for number in range(150)]),
    _test("test_a.py::test_fails", "failed", [_run(1), _run(2, failed=True), _run(3)]),
    _test(HOSTILE, "skipped", [_run(1, job=HOSTILE)]),
    _test("test_b.py::test_active", "passed", [["load", "jr_1", 0, {}, [[0, "RUNNING"]]]]),
    {"name": "test_b.py::test_broken", "outcome": "passed", "problem": "This report failed"},
]


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Open the page, and check that it loads nothing and that no script fails."""
    path = tmp_path / "page.html"
    path.write_text(render(TESTS), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme="light")
    problems: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    yield page
    page.close()
    assert problems == []
    assert set(requests) == {path.as_uri()}


def _opened(page: Page, name: str) -> Locator:
    test = page.locator("details.test", has=page.get_by_text(name, exact=True))
    test.locator("summary").click()
    test.locator(".content").wait_for()
    return test


def _background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_tests_that_failed_come_first_and_the_first_is_open(page: Page) -> None:
    assert page.locator(".name").all_inner_texts() == [
        "test_a.py::test_fails",
        HOSTILE,
        "test_a.py::test_passes",
        "test_b.py::test_active",
        "test_b.py::test_broken",
    ]
    assert page.locator("details[open]").count() == 1
    assert page.locator("#totals").inner_text() == (
        "5 tests · 3 passed · 1 failed · 1 skipped · 155 runs"
    )
    assert page.locator(".counts").first.inner_text() == "3 runs: 2 SUCCEEDED, 1 FAILED"


def test_bars_are_to_scale(page: Page) -> None:
    row = page.locator("g.run").first
    widths = {
        state: float(row.locator(f"rect.{state}").get_attribute("width") or 0)
        for state in ("WAITING", "STARTING", "RUNNING")
    }
    assert widths["WAITING"] == pytest.approx(2 * widths["STARTING"])
    assert widths["RUNNING"] == pytest.approx(4 * widths["STARTING"])
    assert page.locator("g.run text").all_text_contents() == ["✓", "✗", "✓"]


def test_the_axis_has_round_times(page: Page) -> None:
    texts = page.locator("svg .time").all_text_contents()
    assert texts == ["0s", "+10s", "+20s", "+30s", "+40s", "+50s", "+1m", "+1m10s"]


def test_zoom(page: Page) -> None:
    def width() -> float:
        return float(page.locator("svg[role=img]").get_attribute("width") or 0)

    before = width()
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    assert width() > 3 * before
    page.get_by_role("button", name="Zoom out").click()
    assert before < width() < 3 * before
    page.get_by_role("button", name="Show the whole timeline").click()
    assert width() == before
    page.get_by_role("button", name="Zoom out").click()
    assert width() == before


def test_details_by_mouse_and_by_keyboard(page: Page) -> None:
    details = page.locator(".details")
    assert not details.is_visible()
    page.locator("g.run").nth(1).click()
    assert details.locator("h3").inner_text() == "load jr_00000002…: FAILED after 1m10s"
    assert "FAILED: Out of memory" in details.inner_text()
    assert "2026-01-01 00:01:12 (+1m10s)" in " ".join(details.inner_text().split())
    assert "day-2" in details.inner_text()
    assert page.locator("tr.selected").count() == 1
    button = page.get_by_role("button", name="load jr_00000003…")
    button.focus()
    page.keyboard.press("Enter")
    assert "SUCCEEDED" in details.locator("h3").inner_text()
    page.keyboard.press("Enter")
    assert not details.is_visible()


def test_the_table_has_the_same_data(page: Page) -> None:
    table = page.get_by_role("table", name="Runs of test_a.py::test_fails")
    titles = table.get_by_role("columnheader").all_inner_texts()
    assert titles == [
        "Job",
        "Run",
        "State",
        "Started (UTC)",
        "Duration",
        "Arguments",
        "Error",
    ]
    rows = table.get_by_role("row").all_inner_texts()
    assert rows[2].split("\t") == [
        "load",
        "jr_00000002…",
        "FAILED",
        "2026-01-01 00:00:02",
        "1m10s",
        "--day=day-2",
        "Out of memory",
    ]
    assert len(rows) == 4
    chart = page.get_by_role("img", name="Timeline of 3 runs: 2 SUCCEEDED, 1 FAILED.")
    assert chart.count() == 1


def test_search(page: Page) -> None:
    search, shown = page.get_by_role("searchbox"), page.locator("details:visible")
    search.fill("memory day-2")
    assert page.locator("#found").inner_text() == "1 of 5 tests"
    assert page.locator("g.run").count() == 1
    search.fill("TEST_B.PY")
    assert shown.count() == 2
    search.fill("nothing at all")
    assert page.locator("#found").inner_text() == "0 of 5 tests"
    search.fill("")
    assert page.locator("#found").inner_text() == ""
    page.get_by_label("Outcome of the tests").select_option("skipped")
    assert shown.count() == 1
    page.get_by_role("searchbox").press("Enter")  # does not send the form
    assert shown.count() == 1


def test_many_runs_are_drawn_in_parts(page: Page) -> None:
    test = _opened(page, "test_a.py::test_passes")
    assert test.locator("g.run").count() == test.locator("tbody tr").count() == 100
    test.get_by_role("button", name="Show 50 more of 50 runs").click()
    assert test.locator("g.run").count() == test.locator("tbody tr").count() == 150
    assert not test.locator(".more").is_visible()


def test_hostile_names_are_text(page: Page) -> None:
    test = _opened(page, HOSTILE)
    assert test.locator(".labels button").inner_text() == f"{HOSTILE} jr_00000001…"
    assert page.locator("img").count() == 0
    assert page.title() == "Glue job runs"


def test_a_run_that_has_not_ended_reaches_to_now(page: Page) -> None:
    test = _opened(page, "test_b.py::test_active")
    assert test.locator("tbody tr").inner_text().split("\t")[2:5] == [
        "RUNNING",
        "2026-01-01 00:00:00",
        "10m",
    ]
    assert test.locator("g.run text").text_content() == "▶"


def test_what_broke_is_shown(page: Page) -> None:
    test = _opened(page, "test_b.py::test_broken")
    assert test.locator(".content").inner_text() == "This report failed"


def test_light_and_dark(page: Page) -> None:
    light = _background(page)
    button = page.get_by_role("button", name="Dark")
    button.click()
    dark = _background(page)
    assert dark != light
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert _background(page) == light
    page.emulate_media(color_scheme="dark")
    page.reload()
    assert _background(page) == dark
    page.get_by_role("button", name="Dark").click()
    assert _background(page) == light


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_scrolls_within_the_timeline_only(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".scroll").evaluate("node => node.scrollWidth > node.clientWidth")
