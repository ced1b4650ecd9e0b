"""Take a picture of the HTML page of a session, docs/images/page.png.

Run ``python docs/make_page_image.py`` with the extra `browser` and a Chromium. The page is that of
the failing tests on docs/reports.md and the test of README.md, which passes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
IMAGE = DOCS / "images" / "page.png"

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_page(folder: Path) -> Path:
    """Run the tests of the documentation, and return the page of the session."""
    nightly, backfill, *_ = _BLOCK.findall((DOCS / "reports.md").read_text(encoding="utf-8"))
    (retried,) = _BLOCK.findall((DOCS.parent / "README.md").read_text(encoding="utf-8"))
    (folder / "test_backfill.py").write_text(backfill, encoding="utf-8")
    (folder / "test_nightly.py").write_text(nightly, encoding="utf-8")
    (folder / "test_retried.py").write_text(retried, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--glue-runs-html=page.html"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return folder / "page.html"


def take_picture(page_file: Path) -> None:
    """Show the page with the details of a run, and take its picture."""
    path = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 960}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.locator("g.run").first.click()
        page.mouse.move(0, 0)
        page.screenshot(path=IMAGE)
        browser.close()


if __name__ == "__main__":
    with TemporaryDirectory() as name:
        take_picture(write_page(Path(name)))
