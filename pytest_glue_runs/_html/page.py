"""Render the page: a template with one slot for the data, which a script on the page draws."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

_FOLDER = Path(__file__).parent

# Within JSON these characters are in strings only, where an escape means the same. Without them,
# nothing in the data can end the element of the page that it is in.
_ESCAPES = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})


def render(tests: Sequence[dict[str, Any]]) -> str:
    """Return the page on *tests*, which needs no other file and no network."""
    script, style = _read("page.js"), _read("page.css")
    return Template(_read("page.html")).substitute(
        data=json.dumps(tests, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES),
        script=script,
        style=style,
        script_hash=_content_hash(script),
        style_hash=_content_hash(style),
    )


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _content_hash(text: str) -> str:
    """Return the hash by which the page's Content-Security-Policy allows *text*, and no other."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
