"""Reads a file, recognizes its format, and returns the jobs in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_glue_runs._job_files import cli, cloudformation, terraform
from pytest_glue_runs._job_files.job import FileJob

FORMATS = (
    "a CloudFormation, SAM or CDK template (YAML or JSON), "
    "the JSON of `terraform show -json`, a Terraform state, "
    "or the output of `aws glue get-job` or `get-jobs`"
)


class UnreadableFileError(ValueError):
    """The file cannot be read, is not YAML or JSON, or is none of the formats."""


def jobs_in(
    path: Path, parameters: Mapping[str, Any], pseudo: Mapping[str, str]
) -> Iterator[FileJob]:
    """Yield the jobs in the file. Raises UnreadableFileError, UnknownParametersError."""
    content = _content(path)
    if cloudformation.is_template(content):
        return cloudformation.jobs_in(content, parameters, pseudo)
    if cli.is_cli_output(content):
        return cli.jobs_in(content)
    if terraform.is_terraform(content):
        return terraform.jobs_in(content)
    raise UnreadableFileError(f"it is not in a known format. Valid: {FORMATS}.")


def _content(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise UnreadableFileError(f"it cannot be read: {error}") from None
    try:
        return json.loads(text)
    except ValueError:
        return _yaml(text)


def _yaml(text: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML with CloudFormation's short form of functions, such as ``!Ref``."""

    def function(loader: Any, suffix: str, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    Loader.add_multi_constructor("!", function)
    # CloudFormation knows no dates: 2010-09-09 is text.
    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        return yaml.load(text, Loader)
    except (yaml.YAMLError, RecursionError) as error:
        summary = " ".join(str(error).split())
        raise UnreadableFileError(f"it is neither JSON nor YAML: {summary}") from None
