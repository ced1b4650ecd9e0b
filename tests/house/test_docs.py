"""The code blocks of README.md and of docs/ work as they are written.

Each Python block that defines tests is run as a module of its own. A block with a title is a file
of that name beside the next such module. A `text` block after a module is what pytest must print
for it, and its tests fail; without one they pass. `shell` blocks and blocks without a language are
not run.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from sybil import Document
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

import pytest_glue_runs
from pytest_glue_runs import GlueRuns, _options, errors

CHECKOUT = Path(__file__).parents[2]
DOCS = CHECKOUT / "docs"
README = CHECKOUT / "README.md"
SITE = "https://pytest-glue-runs.github.io/pytest-glue-runs/"

_BLOCKS = RawFencedCodeBlockLexer(re.compile(r'(?P<language>\w+)(?: title="(?P<title>.+)")?\n'))


class Example(NamedTuple):
    """A test module, the files beside it, and what pytest must print."""

    place: str
    module: str
    files: dict[str, str]
    output: list[str]


def _examples(page: Path) -> Iterator[Example]:
    document = Document(page.read_text(encoding="utf-8"), str(page))
    files: dict[str, str] = {}
    example = None
    for region in _BLOCKS(document):
        language, title, source = (region.lexemes[n] for n in ("language", "title", "source"))
        if language == "text":
            assert example is not None
            example.output.extend(source.splitlines())
        elif language != "shell":
            if example is not None:
                yield example
            example = None
            line = document.text.count("\n", 0, region.start) + 1
            assert title or language == "python", f"{page}:{line}: the block needs a title"
            module = title or "test_example.py"
            files[module] = source
            if "def test_" in source:
                example = Example(f"{page.name}:{line}", module, files, [])
                files = {}
    if example is not None:
        yield example
    assert not files, f"{page}: no test follows {[*files]}"


EXAMPLES = [
    example for page in [README, *sorted(DOCS.rglob("*.md"))] for example in _examples(page)
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.place)
def test_code_block(
    example: Example, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A client created at import searches for credentials; a default session that other tests
    # used has found theirs.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name, source in example.files.items():
        (pytester.path / name).write_text(source, encoding="utf-8")
    result = pytester.runpytest("-p", "no:asyncio", example.module)
    tests = [node for node in ast.walk(ast.parse(example.files[example.module])) if _is_test(node)]
    outcome = "failed" if example.output else "passed"
    result.assert_outcomes(**{outcome: len(tests)})
    wanted = [line.replace("[", "[[]") for line in example.output]
    result.stdout.fnmatch_lines(wanted, consecutive=True)


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
        "test_"
    )


def test_every_page_with_python_has_examples() -> None:
    with_python = {
        page.name
        for page in [README, *DOCS.rglob("*.md")]
        if "```python" in page.read_text("utf-8")
    }
    assert with_python == {example.place.partition(":")[0] for example in EXAMPLES}


def test_table_of_settings() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| `(.+?)` \| (.+) \|$", page, re.MULTILINE) == [
        (name, default, description) for name, (default, description) in _options.OPTIONS.items()
    ]


def test_table_of_what_the_fixture_gives() -> None:
    page = (DOCS / "getting-started.md").read_text(encoding="utf-8")
    table = page.partition("| `glue_runs.` |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[2:]]
    listed = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert listed == {name for name in vars(GlueRuns) if not name.startswith("_")}


def test_every_public_name_is_documented() -> None:
    reference = (DOCS / "reference.md").read_text(encoding="utf-8")
    documented = re.findall(r"^::: pytest_glue_runs\.(\w+)$", reference, re.MULTILINE)
    on_the_page_of_errors = [name for name in pytest_glue_runs.__all__ if name in vars(errors)]
    assert sorted([*documented, *on_the_page_of_errors]) == pytest_glue_runs.__all__


def test_readme_links_to_pages_and_files_that_exist() -> None:
    source = "https://github.com/pytest-glue-runs/pytest-glue-runs/(?:blob|tree)/main/"
    raw = "https://raw.githubusercontent.com/pytest-glue-runs/pytest-glue-runs/main/"
    text = README.read_text(encoding="utf-8")
    pages = re.findall(rf"\({SITE}([\w-]+)/\)", text)
    files = re.findall(rf"\((?:{source}|{raw})(.+?)\)", text)
    assert pages
    assert files
    missing = [page for page in pages if not (DOCS / f"{page}.md").is_file()]
    missing += [name for name in files if not (CHECKOUT / name).exists()]
    assert not missing


def test_paths_in_the_pages_for_contributors_exist() -> None:
    text = "".join(
        page.read_text(encoding="utf-8")
        for page in (DOCS / "architecture.md", CHECKOUT / "CONTRIBUTING.md")
    )
    roots = (CHECKOUT, CHECKOUT / "pytest_glue_runs", CHECKOUT / "pytest_glue_runs" / "_service")
    paths = set(re.findall(r"`([\w/.]+(?:\.py|/))`", text))
    paths |= set(re.findall(r"^(_\w+/\S*) ", text, re.MULTILINE))
    assert paths
    assert not [path for path in paths if not any((root / path).exists() for root in roots)]


@pytest.fixture
def image_maker() -> Any:
    """Return the script that renders the picture of a report."""
    path = DOCS / "make_report_image.py"
    spec = importlib.util.spec_from_file_location("make_report_image", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_picture_is_of_the_report_on_its_page(image_maker: Any) -> None:
    stale = "docs/images/report.svg is stale. Run: python docs/make_report_image.py"
    wanted = image_maker.svg(image_maker.report())
    assert image_maker.IMAGE.read_text(encoding="utf-8") == wanted, stale


def test_the_commands_of_the_readme_run_in_ci() -> None:
    command = "pip install '.[test]' && pytest"
    assert f"```shell\n{command}\n```" in README.read_text(encoding="utf-8")
    assert command in (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
