"""Print values without secrets, on one line, and cut to a readable length.

Everything that the plugin prints (reports, error messages, reprs, warnings) goes through here.
What a test reads from the service (`JobRun.arguments`, `Call.request`) is never changed.

The rule. A name is secret if

- it contains ``password``, ``passwd``, ``passphrase``, ``secret``, ``token``, ``credential``,
  ``apikey``, ``accesskey``, ``privatekey`` or ``signature``, ignoring case and punctuation, or
- one of its words is ``key``, ``keys``, ``pwd``, ``pw`` or ``sig`` (``--api-key``, ``apiKey``), or
- it contains the words of a name in the setting ``secret_names``.

Shown as ``***`` are: the value of a secret name in a dict, at any depth; in text the value in
``name=value``, ``"name": value``, ``--name value`` and AWS's ``Value 'value' at 'name'``; the user
and password of a URL, ``scheme://user:password@host``, and of Oracle's ``thin:user/password@host``;
and what follows ``Bearer``. In ``name: value`` without quotes, which is prose too, the value is
masked if the name is not that of an error and does not owe its secrecy to one of the words alone.
``NextToken`` is not secret: it is AWS's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MASK = "***"

_PARTS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "signature",
)
_WORDS = frozenset({"key", "keys", "pwd", "pw", "sig"})
_NOT_SECRET = frozenset({"NextToken"})

# camelCase, ALLCAPS and digits; whatever is between them separates words.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")

# A password may contain an unencoded "/" or "@", so it ends at the last "@" of the word. A
# number followed by "/" is a port.
_URL = re.compile(
    r"""(?<=://)(?:[^\s/?#@:'"]*:(?!\d+[/?#])[^\s'"]*|[^\s/?#@'"]+)@""",
)
_ORACLE = re.compile(r"(?<=:thin:)[^\s/@]+/[^\s@]+@")
_BEARER = re.compile(r"(?<=\bBearer )[^\s'\"]+")
# JSON as text in JSON: its quotes have backslashes.
_ESCAPED = re.compile(r"""(?<![\w.-])([\w.-]+)(\\+"\s*:\s*)(?:\\+"[^"\\]*\\+"|[^\s,}\]]+)""")
_VALUE = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&"'{}()\[\]]+)"""
_PAIR = re.compile(
    rf"""(?<![\w.-])([\w.-]+)(["']?\s*=\s*|["']\s*:\s*){_VALUE}|(?<![\w-])(--[\w.-]+)(\s+)(?!-){_VALUE}"""
)
_UNQUOTED = re.compile(rf"(?<![\w.-])([\w.-]+)([ \t]*:[ \t]+)(?!:){_VALUE}")
_OF_ERROR = re.compile(r"(?:error|exception|fault|warning)$", re.IGNORECASE)

_INVALID = re.compile(r"(?<=Value ')(.*?)(?=' at '([\w.-]*)')", re.DOTALL)

# Deeper values are left out: what is printed is cut anyway, and a value may contain itself.
_DEEPEST = 20

# Text beyond this is not searched for secrets, and not printed either.
_LONGEST = 10_000


class Masker:
    """Masks secrets by the rule of this module, with *secret_names* in addition."""

    def __init__(self, secret_names: tuple[str, ...] = ()) -> None:
        self._more = tuple(_words(name) for name in secret_names)

    def is_secret(self, name: str) -> bool:
        """Return whether the value of this name is masked."""
        return self._is_secret_in_prose(name) or not _WORDS.isdisjoint(_words(name))

    def _is_secret_in_prose(self, name: str) -> bool:
        words = _words(name)
        joined = "".join(words)
        return name not in _NOT_SECRET and (
            any(part in joined for part in _PARTS)
            or any(_contains(words, more) for more in self._more)
        )

    def value(self, value: object, depth: int = 0) -> Any:
        """Return a copy of *value* with secrets replaced, in dicts, lists, tuples and text."""
        if isinstance(value, str):
            return self.text(value)
        if not isinstance(value, (Mapping, list, tuple)):
            return value
        if depth > _DEEPEST:
            return "…"
        if isinstance(value, Mapping):
            return {
                name: MASK
                if isinstance(name, str) and inner is not None and self.is_secret(name)
                else self.value(inner, depth + 1)
                for name, inner in value.items()
            }
        items = [self.value(inner, depth + 1) for inner in value]
        return tuple(items) if isinstance(value, tuple) else items

    def text(self, text: str, *sources: object) -> str:
        """Return *text* with secrets replaced.

        Values of secret names in *sources*, such as the request that an error message is
        about, are replaced too, wherever they stand in the text as a whole word.
        """
        text = _URL.sub(f"{MASK}@", text[:_LONGEST])
        text = _ORACLE.sub(f"{MASK}@", text)
        text = _BEARER.sub(MASK, text)
        text = _ESCAPED.sub(self._masked_escaped, text)
        text = _PAIR.sub(self._masked_pair, text)
        text = _UNQUOTED.sub(self._masked_unquoted, text)
        text = _INVALID.sub(lambda match: MASK if self.is_secret(match[2]) else match[1], text)
        known = {secret for source in sources for secret in self._secrets(source)}
        for secret in sorted(known, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", MASK, text)
        return text

    def line(self, text: object, *sources: object, limit: int = 200) -> str:
        """Return `text` of *text* as one printable line of at most *limit* characters."""
        return one_line(self.text(str(text), *sources), limit)

    def show(self, value: object, limit: int = 200) -> str:
        """Return the repr of *value* without secrets, as one line of at most *limit* characters."""
        masked = self.value(value)
        shown = _repr(masked)
        # The repr of a container has been masked value by value, a foreign object's has not.
        return one_line(shown if masked is not value else self.text(shown), limit)

    def _masked_pair(self, match: re.Match[str]) -> str:
        name, between, _, option, space, _ = match.groups()
        if self.is_secret(name or option):
            return f"{name or option}{between or space}{MASK}"
        return match[0]

    def _masked_escaped(self, match: re.Match[str]) -> str:
        name, between = match.groups()
        return f"{name}{between}{MASK}" if self.is_secret(name) else match[0]

    def _masked_unquoted(self, match: re.Match[str]) -> str:
        name, between, _ = match.groups()
        is_prose = _OF_ERROR.search(name) or not self._is_secret_in_prose(name)
        return match[0] if is_prose else f"{name}{between}{MASK}"

    def _secrets(self, source: object, depth: int = 0) -> Iterator[str]:
        """Yield the texts under secret names in *source*."""
        if depth > _DEEPEST:
            return
        if isinstance(source, Mapping):
            for name, inner in source.items():
                if isinstance(name, str) and isinstance(inner, str) and self.is_secret(name):
                    yield from filter(None, [inner])
                else:
                    yield from self._secrets(inner, depth + 1)
        elif isinstance(source, (list, tuple)):
            for inner in source:
                yield from self._secrets(inner, depth + 1)


def one_line(text: str, limit: int) -> str:
    """Return *text* as one line that every terminal and channel can carry.

    Line breaks, control characters and lone surrogates are escaped, and what is longer than
    *limit* is cut.
    """
    if len(text) > limit:
        text = f"{text[: limit - 1]}…"
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _repr(value: object) -> str:
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the message must not fail for its value
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(name))


def _contains(words: tuple[str, ...], part: tuple[str, ...]) -> bool:
    size = len(part)
    return any(words[start : start + size] == part for start in range(len(words) - size + 1))
