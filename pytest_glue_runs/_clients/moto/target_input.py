"""The input of an EventBridge target: the event, a part of it, a constant, or a template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# In a template: an escaped character, a quotation mark, or a variable.
_TEMPLATE_PARTS = re.compile(r'\\.|"|<(?P<name>[\w.-]+)>', re.DOTALL)
_PATH = re.compile(r"\$((\.[\w-]+)|(\[\d+\]))*")
_PATH_STEPS = re.compile(r"\.(?P<key>[\w-]+)|\[(?P<index>\d+)\]")


def target_input(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    """Return what *target* receives of *event*: JSON, or the text of a template.

    Raises ValueError for a path or a template that cannot be evaluated.
    """
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    if transformer is None:
        return json.dumps(event)
    values = {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event.ingestion-time": event["time"],
        "aws.events.event": {name: event[name] for name in event if name != "detail"},
        "aws.events.event.json": event,
    }
    for name, path in (transformer.get("InputPathsMap") or {}).items():
        values[name] = _at(path, event)
    return _transformed("".join(_filled(transformer["InputTemplate"], values)))


def _filled(template: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of *template* with its variables replaced.

    Within quotation marks a variable is text, elsewhere it is JSON.
    """
    end, is_quoted = 0, False
    for part in _TEMPLATE_PARTS.finditer(template):
        yield template[end : part.start()]
        end = part.end()
        name = part["name"]
        is_quoted ^= part[0] == '"'
        if name not in values:
            yield part[0]
        elif not is_quoted:
            yield json.dumps(values[name])
        else:
            value = values[name]
            yield json.dumps(value if isinstance(value, str) else json.dumps(value))[1:-1]
    yield template[end:]


def _transformed(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError(f"The InputTemplate makes {text!r}, which is not JSON.") from None
    return json.dumps(value)


def _at(path: str, event: Mapping[str, Any]) -> Any:
    """Return the value at *path* in *event*, or None if there is none."""
    if _PATH.fullmatch(path) is None:
        raise ValueError(f"{path!r} is not a path such as $.detail.state or $.resources[0].")
    value: Any = event
    for step in _PATH_STEPS.finditer(path):
        key = step["key"] if step["key"] is not None else int(step["index"])
        try:
            value = value[key]
        except (IndexError, KeyError, TypeError):
            return None
    return value
