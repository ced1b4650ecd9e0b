"""docs/internals.md lists the private names of other libraries, and they are what they were."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import botocore.hooks
import botocore.session
import pytest
from botocore.client import ClientCreator
from botocore.retries.adaptive import ClientRateLimiter
from botocore.retries.bucket import TokenBucket
from botocore.signers import RequestSigner

import pytest_glue_runs

PACKAGE = Path(pytest_glue_runs.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "internals.md"

# Such as: | `module:Class().name(parameters)` | what for |
_ROW = re.compile(
    r"^\| `(?P<module>[\w.]+):(?P<path>[\w.()]+?)(?:\((?P<parameters>[^()]+)\))?`", re.MULTILINE
)
ROWS = [match.groupdict() for match in _ROW.finditer(PAGE.read_text(encoding="utf-8"))]

# Older versions have another name.
OTHER_NAMES = {"_inicfg": "inicfg"}


@pytest.fixture
def instances(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Instances of classes that need arguments."""
    emitter = botocore.hooks.HierarchicalEmitter()
    bucket = TokenBucket(1, Mock(current_time=lambda: 0))
    aio = import_module("aiobotocore.retries.bucket")
    worker = import_module("moto.stepfunctions.parser.backend.execution_worker")
    parameters = inspect.signature(worker.ExecutionWorker.__init__).parameters
    return {
        "AWSResponse": import_module("botocore.awsrequest").AWSResponse("", 200, {}, None),
        "AsyncTokenBucket": aio.AsyncTokenBucket(1, Mock(current_time=lambda: 0)),
        "BaseEventLoop": request.getfixturevalue("loop_of_asyncio"),
        "BaseSelectorEventLoop": request.getfixturevalue("loop_of_asyncio"),
        "ClientRateLimiter": ClientRateLimiter(None, None, bucket, None, None),
        "ClientCreator": ClientCreator(*[None] * 3, emitter, None, None),
        "Config": request.config,
        "EventAliaser": botocore.hooks.EventAliaser(emitter),
        "ExecutionWorker": worker.ExecutionWorker(*[Mock()] * (len(parameters) - 1)),
        "Function": request.node,
        "RequestSigner": RequestSigner(None, None, None, None, None, emitter),
        "TokenBucket": bucket,
    }


@pytest.fixture
def loop_of_asyncio() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def test_each_name_exists_with_its_parameters(instances: dict[str, Any]) -> None:
    assert len(ROWS) > 60
    for row in ROWS:
        found: Any = import_module(row["module"])
        for name in row["path"].split("."):
            if name.endswith("()") and not name.startswith("_") and name[0].isupper():
                found = instances.get(name[:-2]) or getattr(found, name[:-2])()
            else:
                name = name.removesuffix("()")
                other = OTHER_NAMES.get(name, name)
                found = getattr(found, name if hasattr(found, name) else other)
        if row["parameters"] is not None:
            expected = row["parameters"].split(", ")
            assert [*inspect.signature(found).parameters] == expected, row["path"]


def defined_in(tree: ast.AST) -> Iterator[str]:
    """The names that the package itself defines."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("self", "cls"):
            yield node.attr


def private_in(tree: ast.AST) -> Iterator[str]:
    """The private names that are used, as attributes or in strings."""
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "value", None)
        if isinstance(name, str) and re.fullmatch(r"_[a-zA-Z]\w+", name):
            yield name


# These look like private names.
NOT_PRIVATE = {
    "_GLUE",  # the end of AWS_ENDPOINT_URL_GLUE
    "_glue_runs_has_failed",  # set on the user's TestCase
    "_pytest",  # a package
    "_replace",  # of a NamedTuple
}


def test_each_private_name_that_is_used_is_listed() -> None:
    # The service uses no other library.
    paths = [path for path in PACKAGE.rglob("*.py") if "_service" not in path.parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}
    own = {path.stem for path in trees} | {name for t in trees.values() for name in defined_in(t)}
    listed = set(re.findall(r"\b_\w+", PAGE.read_text(encoding="utf-8")))
    for path, tree in trees.items():
        unlisted = set(private_in(tree)) - own - listed - NOT_PRIVATE
        assert not unlisted, f"{path.name}: list them in docs/internals.md"
