"""README.md says what is so.

Each Python block that defines tests is run by pytest as it stands. A text block after it is
what pytest must print then; without one, all its tests pass. The blocks for a conftest.py and
for an ini file are put beside a test that uses the fixture. The tables are those of the code.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from pytest_glue_runs import Call, GlueRuns, JobRun, _settings

TEXT = (Path(__file__).parent.parent.parent / "README.md").read_text()


class Block(NamedTuple):
    """A fenced block, and the text block that follows it, if one does."""

    language: str
    text: str
    line: int
    output: str


def _blocks() -> list[Block]:
    found = list(re.finditer(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
    texts = [match[2] if match[1] == "text" else "" for match in found[1:]]
    return [
        Block(match[1], match[2], TEXT.count("\n", 0, match.start()) + 1, output)
        for match, output in zip(found, [*texts, ""], strict=True)
    ]


def _written_in(language: str, start: str = "") -> list[Block]:
    return [b for b in _blocks() if b.language == language and b.text.startswith(start)]


SETTINGS_OF_A_CONFTEST = _written_in("python", "# conftest.py")
PYTHON = [block for block in _written_in("python") if block not in SETTINGS_OF_A_CONFTEST]


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: f"line {block.line}")
def test_python_block(
    block: Block, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Clients made at import look for credentials there where there are none; a session that
    # other tests used has read the environment already.
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    pytester.makepyfile(block.text)
    result = pytester.runpytest("-p", "no:asyncio")
    tests = [node for node in ast.walk(ast.parse(block.text)) if _is_test(node)]
    assert tests
    outcome = "failed" if block.output else "passed"
    result.assert_outcomes(**{outcome: len(tests)})
    wanted = [line.replace("[", "[[]") for line in block.output.splitlines()]
    result.stdout.fnmatch_lines(wanted, consecutive=True)


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def test_blocks_with_settings(pytester: pytest.Pytester) -> None:
    """They say the same, one in a conftest.py and one in an ini file."""
    (conftest,), (ini,) = SETTINGS_OF_A_CONFTEST, _written_in("ini")
    test = """
        import boto3

        def test_settings(glue_runs):
            glue_runs.add_job("nightly")
            glue = boto3.client("glue", region_name="us-east-1")
            assert glue.get_job(JobName="nightly")["Job"]["GlueVersion"] == "5.0"
            run = glue_runs.run(glue.start_job_run(JobName="nightly")["JobRunId"])
            glue_runs.settle()
            assert (run.history[1].at - run.started_on).seconds == 10
    """
    pytester.makepyfile(test)
    pytester.makeconftest(conftest.text)
    pytester.runpytest("-p", "no:asyncio").assert_outcomes(passed=1)
    (pytester.path / "conftest.py").unlink()
    pytester.makeini(ini.text)
    pytester.runpytest("-p", "no:asyncio").assert_outcomes(passed=1)


def test_text_blocks_are_the_output_of_the_block_before() -> None:
    assert [b.text for b in _written_in("text")] == [b.output for b in PYTHON if b.output]


def test_there_are_two_commands() -> None:
    assert [block.text for block in _written_in("shell")] == [
        "pip install . && pytest examples\n",
        "pip install '.[test]' && pytest\n",
    ]


def test_the_table_of_settings() -> None:
    default = _settings.Settings()
    assert re.findall(r"^\| `(\w+)` \| `(.+?)` \| (.+) \|$", TEXT, re.MULTILINE) == [
        (name, _settings.shown(getattr(default, name)), option.help)
        for name, option in _settings.OPTIONS.items()
    ]


def test_the_table_of_what_a_test_holds() -> None:
    table = TEXT[TEXT.index("| `glue_runs.` |") :].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[2:]]
    listed = {name for row in rows for name in re.findall(r"`(\w+)", row)}
    assert listed == {name for name in vars(GlueRuns) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        ("run", {name for name in vars(JobRun) if not name.startswith("_")}),
        ("call", {*Call._fields}),
    ],
)
def test_the_list_of_what_a_run_and_a_call_have(owner: str, names: set[str]) -> None:
    sentence = TEXT.partition(f"A {owner} has ")[2].partition(".\n")[0].partition(". A call")[0]
    assert {name.strip("`(),") for name in re.findall(r"`\w+[()]*`", sentence)} == names


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https:)(.+?)\)", TEXT))
def test_links_lead_somewhere(link: str) -> None:
    assert (Path(__file__).parent.parent.parent / link).exists()
