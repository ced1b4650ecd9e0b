"""CloudFormation's intrinsic functions, evaluated without deploying anything.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any

from pytest_glue_runs._job_files.unresolved import Unresolved

_NO_VALUE: Any = object()
_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")
# The property that names a resource, by the end of its type.
_NAMES = ("Name", "RoleName", "BucketName", "QueueName", "TopicName", "TableName", "FunctionName")


class Evaluator:
    """Evaluates values of one template.

    *parameters* are the values of its parameters, *pseudo* those of pseudo parameters such as
    ``AWS::Region``. A reference to another resource is its explicit name, or its logical id.
    """

    def __init__(
        self, template: Mapping[str, Any], parameters: Mapping[str, Any], pseudo: Mapping[str, str]
    ) -> None:
        self._resources: Mapping[str, Any] = template.get("Resources") or {}
        self._mappings: Mapping[str, Any] = template.get("Mappings") or {}
        self._conditions: Mapping[str, Any] = template.get("Conditions") or {}
        self._declared: Mapping[str, Any] = template.get("Parameters") or {}
        self._parameters = parameters
        self._pseudo = pseudo
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Condition": self.condition,
            "Fn::And": lambda values: all(self._truth(value) for value in values),
            "Fn::Base64": self._base64,
            "Fn::Equals": self._equals,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAtt": self._get_att,
            "Fn::If": self._if,
            "Fn::ImportValue": lambda name: Unresolved(f"Fn::ImportValue {self.evaluate(name)}"),
            "Fn::Join": self._join,
            "Fn::Not": lambda values: not self._truth(values[0]),
            "Fn::Or": lambda values: any(self._truth(value) for value in values),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
        }

    def evaluate(self, value: Any) -> Any:
        """Return *value* with all functions evaluated; what cannot be is `Unresolved`."""
        if isinstance(value, list):
            items = [self.evaluate(inner) for inner in value]
            return [inner for inner in items if inner is not _NO_VALUE]
        if isinstance(value, str):
            dynamic = value.startswith("{{resolve:")
            return Unresolved(f"dynamic reference {value}") if dynamic else value
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in self._functions:
                return self._call(name, argument)
            if name.startswith("Fn::"):
                return Unresolved(f"{name} is not supported")
        found = {name: self.evaluate(inner) for name, inner in value.items()}
        return {name: inner for name, inner in found.items() if inner is not _NO_VALUE}

    def condition(self, name: str) -> bool:
        """Return whether the condition of this name holds."""
        return self._truth(self._conditions.get(name, False))

    def _call(self, name: str, argument: Any) -> Any:
        try:
            return self._functions[name](argument)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            return Unresolved(f"{name} {argument!r} is not valid")

    def _truth(self, value: Any) -> bool:
        return self.evaluate(value) is True

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._pseudo:
            return self._pseudo[name]
        if name in self._declared:
            return self._parameter(name)
        if name in self._resources:
            return self._name_of(name)
        return Unresolved(f"Ref {name}: there is no such parameter or resource")

    def _parameter(self, name: str) -> Any:
        declared = self._declared[name]
        value = self._parameters.get(name, declared.get("Default", _NO_VALUE))
        if value is _NO_VALUE:
            return Unresolved(f"parameter {name} has no default")
        kind = str(declared.get("Type", "String"))
        if kind.startswith("AWS::SSM::Parameter::Value"):
            return (
                Unresolved(f"parameter {name} is read from SSM")
                if (name not in self._parameters)
                else value
            )
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return value.split(",") if isinstance(value, str) else value
        return value

    def _name_of(self, logical_id: str) -> Any:
        properties = self._resources[logical_id].get("Properties") or {}
        for name in _NAMES:
            if name in properties:
                return self.evaluate(properties[name])
        return logical_id

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        logical_id, attribute = parts[0], self.evaluate(parts[1])
        kind = self._resources[logical_id].get("Type")
        name = self._name_of(logical_id)
        if isinstance(name, Unresolved):
            return name
        account, partition = self._pseudo["AWS::AccountId"], self._pseudo["AWS::Partition"]
        if attribute == "Arn" and kind == "AWS::IAM::Role":
            return f"arn:{partition}:iam::{account}:role/{name}"
        if attribute == "Arn" and kind == "AWS::S3::Bucket":
            return f"arn:{partition}:s3:::{name}"
        return Unresolved(f"Fn::GetAtt {logical_id}.{attribute}")

    def _join(self, argument: Any) -> Any:
        separator, values = argument
        found = self.evaluate(values)
        unresolved = _first_unresolved(found)
        return unresolved or str(separator).join(_text(value) for value in found)

    def _split(self, argument: Any) -> Any:
        separator, value = argument
        found = self.evaluate(value)
        return found if isinstance(found, Unresolved) else found.split(separator)

    def _select(self, argument: Any) -> Any:
        index, values = argument
        found = self.evaluate(values)
        return found if isinstance(found, Unresolved) else found[int(self.evaluate(index))]

    def _find_in_map(self, argument: Any) -> Any:
        keys = [self.evaluate(key) for key in argument[:3]]
        unresolved = _first_unresolved(keys)
        if unresolved:
            return unresolved
        found: Any = self._mappings
        for key in keys:
            if key not in found:
                if len(argument) > 3 and "DefaultValue" in argument[3]:
                    return self.evaluate(argument[3]["DefaultValue"])
                return Unresolved(f"Fn::FindInMap {keys}: there is no {key!r}")
            found = found[key]
        return found

    def _if(self, argument: Any) -> Any:
        name, then, otherwise = argument
        return self.evaluate(then if self.condition(name) else otherwise)

    def _equals(self, argument: Any) -> bool:
        left, right = (self.evaluate(value) for value in argument)
        return _text(left) == _text(right)

    def _base64(self, argument: Any) -> Any:
        found = self.evaluate(argument)
        if isinstance(found, Unresolved):
            return found
        return base64.b64encode(str(found).encode()).decode()

    def _sub(self, argument: Any) -> Any:
        text, variables = (argument, {}) if isinstance(argument, str) else argument
        unresolved: list[Unresolved] = []

        def replace(match: re.Match[str]) -> str:
            literal, name = match[1], match[2].strip()
            if literal:
                return f"${{{name}}}"
            if name in variables:
                found = self.evaluate(variables[name])
            elif "." in name:
                found = self._call("Fn::GetAtt", name)
            else:
                found = self._ref(name)
            if isinstance(found, Unresolved):
                unresolved.append(found)
            return _text(found)

        replaced = _VARIABLE.sub(replace, text)
        return unresolved[0] if unresolved else replaced


def _first_unresolved(values: Any) -> Unresolved | None:
    if isinstance(values, Unresolved):
        return values
    return next((value for value in values if isinstance(value, Unresolved)), None)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
