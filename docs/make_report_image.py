"""Render the report on docs/reports.md as docs/images/report.svg.

Run ``python docs/make_report_image.py``. The report is the output of a test on that page. The test
suite runs that test, and checks that the picture is current.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

DOCS = Path(__file__).parent
IMAGE = DOCS / "images" / "report.svg"

# In pixels.
_CHARACTER, _LINE, _MARGIN, _TITLE_BAR = 8, 19, 20, 34

_COLORS = {
    r"FAILED|Out of memory|✗": "#f38ba8",
    r"SUCCEEDED": "#a6e3a1",
    r"░+": "#94e2d5",
    r"STARTING|RUNNING|█+": "#89b4fa",
    r"^\S[^:]*:$|^-.*-$|^Timeline": "#f9e2af",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d": "#9399b2",
}

_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" role="img">
<title>The report of a failing test</title>
<rect width="{width}" height="{height}" rx="8" fill="#1e1e2e"/>
<circle cx="20" cy="18" r="6" fill="#f38ba8"/>
<circle cx="38" cy="18" r="6" fill="#f9e2af"/>
<circle cx="56" cy="18" r="6" fill="#a6e3a1"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" \
fill="#cdd6f4">
{lines}
</g>
</svg>
"""

# The length fixes the width of a character, whatever font the reader has.
_TEXT = """\
<text x="{x}" y="{y}" textLength="{length}" lengthAdjust="spacingAndGlyphs" \
xml:space="preserve">{text}</text>"""


def report() -> str:
    """Return the report that the page quotes."""
    page = (DOCS / "reports.md").read_text(encoding="utf-8")
    return page.partition("```text\n")[2].partition("```")[0]


def svg(text: str) -> str:
    """Return a picture of a terminal that shows *text*."""
    lines = text.splitlines()
    return _PICTURE.format(
        width=max(map(len, lines)) * _CHARACTER + 2 * _MARGIN,
        height=len(lines) * _LINE + _TITLE_BAR + _MARGIN,
        lines="\n".join(_rendered(line, number) for number, line in enumerate(lines)),
    )


def _rendered(line: str, number: int) -> str:
    return _TEXT.format(
        x=_MARGIN,
        y=_TITLE_BAR + number * _LINE + 14,
        length=len(line) * _CHARACTER,
        text=_colored(line),
    )


def _colored(line: str) -> str:
    colors = list(_COLORS.values())

    def span(match: re.Match[str]) -> str:
        return f'<tspan fill="{colors[(match.lastindex or 1) - 1]}">{match[0]}</tspan>'

    return re.sub("|".join(f"({pattern})" for pattern in _COLORS), span, escape(line, quote=False))


if __name__ == "__main__":
    IMAGE.write_text(svg(report()), encoding="utf-8")
