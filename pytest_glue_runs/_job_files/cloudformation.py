"""Jobs in CloudFormation templates: YAML or JSON, SAM's and CDK's too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_glue_runs._job_files.intrinsics import Evaluator
from pytest_glue_runs._job_files.job import FileJob


class UnknownParametersError(ValueError):
    """Values were given for parameters that the template does not declare."""

    def __init__(self, unknown: list[str], declared: list[str]) -> None:
        super().__init__(unknown)
        self.unknown = unknown
        self.declared = declared


def is_template(content: Any) -> bool:
    """Return whether *content* is a CloudFormation template."""
    return isinstance(content, dict) and isinstance(content.get("Resources"), dict)


def jobs_in(
    template: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, str]
) -> Iterator[FileJob]:
    """Yield the AWS::Glue::Job resources that the template deploys.

    Raises UnknownParametersError.
    """
    declared = list(template.get("Parameters") or {})
    unknown = [name for name in parameters if name not in declared]
    if unknown:
        raise UnknownParametersError(unknown, declared)
    evaluator = Evaluator(template, parameters, pseudo)
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, dict) or resource.get("Type") != "AWS::Glue::Job":
            continue
        condition = resource.get("Condition")
        if condition is not None and not evaluator.condition(condition):
            continue
        request = evaluator.evaluate(resource.get("Properties") or {})
        request.setdefault("Name", logical_id)
        request.pop("LogUri", None)  # reserved, and not used by CreateJob
        yield FileJob(("Resources", logical_id, "Properties"), request)
