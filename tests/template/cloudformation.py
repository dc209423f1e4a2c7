"""What CloudFormation makes of a template, for given parameters: conditions and functions resolved.

Attributes of resources are known to AWS only; they stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "minilm-lambda",
    "AWS::StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/minilm-lambda/"
    "51af3dc0-da77-11e4-872e-1234567db123",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = {"Ref": "AWS::NoValue"}


class Stack:
    """A template with its parameters set: the given ones, and defaults for the others."""

    def __init__(self, template: dict[str, Any], **parameters: str) -> None:
        self._template = template
        defaults = {name: one["Default"] for name, one in template["Parameters"].items()}
        assert parameters.keys() <= defaults.keys()
        self._values = {**PSEUDO, **defaults, **parameters}

    def section(self, name: str) -> dict[str, Any]:
        """The Resources, or the Outputs, whose condition holds, resolved."""
        return {
            key: self.resolve(one)
            for key, one in self._template[name].items()
            if "Condition" not in one or self.holds({"Condition": one["Condition"]})
        }

    def holds(self, condition: Any) -> bool:
        ((kind, operands),) = condition.items()
        match kind:
            case "Condition":
                return self.holds(self._template["Conditions"][operands])
            case "Fn::Equals":
                left, right = map(self.resolve, operands)
                return str(left) == str(right)
            case "Fn::Not":
                return not self.holds(operands[0])
            case "Fn::And":
                return all(map(self.holds, operands))
            case "Fn::Or":
                return any(map(self.holds, operands))
        raise ValueError(f"{kind} is no condition.")

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [one for one in map(self.resolve, value) if one != NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((kind, operand),) = value.items()
            if kind == "Fn::If":
                name, yes, no = operand
                return self.resolve(yes if self.holds({"Condition": name}) else no)
            if kind == "Ref":
                return self._values.get(operand, value)
            if kind == "Fn::Sub":
                return self._substituted(operand)
            if kind.startswith("Fn::") and kind != "Fn::GetAtt":
                return self._called(kind, self.resolve(operand))
        resolved = {key: self.resolve(one) for key, one in value.items()}
        return {key: one for key, one in resolved.items() if one != NO_VALUE}

    def _called(self, kind: str, operands: Any) -> Any:
        match kind, operands:
            case "Fn::Join", [separator, parts]:
                return separator.join(map(str, parts))
            case "Fn::Split", [separator, text]:
                return text.split(separator)
            case "Fn::Select", [number, items]:
                return items[int(number)]
            case "Fn::FindInMap", [name, first, second]:
                return self._template["Mappings"][name][str(first)][second]
        return {kind: operands}  # a function that SAM adds

    def _substituted(self, operand: Any) -> Any:
        text, local = operand if isinstance(operand, list) else (operand, {})
        local = {name: self.resolve(one) for name, one in local.items()}
        values = {**self._values, **local}
        unknown = {name: one for name, one in local.items() if isinstance(one, dict)}
        for name, one in unknown.items():  # an inner text may contain names of resources
            values[name] = one.get("Fn::Sub", f"${{{name}}}")

        def known(name: re.Match[str]) -> str:
            return str(values.get(name[1], name[0]))

        done = re.sub(r"\$\{([\w:]+)\}", known, text)
        left = {name: one for name, one in unknown.items() if f"${{{name}}}" in done}
        if left:
            return {"Fn::Sub": [done, left]}
        return {"Fn::Sub": done} if "${" in done else done
