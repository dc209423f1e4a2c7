"""template.yaml as it is written, and as SAM transforms it at a deployment.

Nothing is deployed, and AWS is not asked; conditions and parameters are left to `Stack`.
"""

from __future__ import annotations

import copy
import functools
import re
from typing import Any
from unittest.mock import patch

import boto3
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.paths import ROOT
from tests.template.cloudformation import Stack

TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
IMAGE_FUNCTIONS = ("ApiFunction", "IngestFunction")


class NoPolicies(ManagedPolicyLoader):  # type: ignore[misc]  # samtranslator has no types
    """The managed policies of AWS. The template names none, so none are looked up."""

    def __init__(self) -> None:
        super().__init__(None)

    def load(self) -> dict[str, str]:
        return {}


@functools.cache
def transformed() -> dict[str, Any]:
    """What SAM makes of the template. Callers must not change it."""
    template = including(copy.deepcopy(TEMPLATE))
    # `sam deploy` sets these to what it has uploaded.
    for name in IMAGE_FUNCTIONS:
        template["Resources"][name]["Properties"]["ImageUri"] = "123.dkr.ecr/minilm:tag"
    template["Resources"]["WarmUpFunction"]["Properties"]["CodeUri"] = "s3://bucket/hook"
    with patch.object(boto3.session.Session, "region_name", "us-east-1"):
        result: dict[str, Any] = transform(template, {}, NoPolicies())
    return result


def including(value: Any) -> Any:
    """A part of the template with its AWS::Include transforms replaced by the files' properties."""
    if isinstance(value, list):
        return [including(one) for one in value]
    if not isinstance(value, dict):
        return value
    result = {key: including(one) for key, one in value.items()}
    include = result.get("Fn::Transform", {})
    if include.get("Name") == "AWS::Include":
        del result["Fn::Transform"]
        result |= yaml_parse((ROOT / include["Parameters"]["Location"]).read_text())
    return result


def deployed(**parameters: str) -> dict[str, Any]:
    """The resources that a stack with these parameters has."""
    return Stack(transformed(), **parameters).section("Resources")


def properties(name: str, **parameters: str) -> dict[str, Any]:
    """The properties of a resource, in a stack with these parameters."""
    found: dict[str, Any] = deployed(**parameters)[name]["Properties"]
    return found


def of_type(kind: str, **parameters: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type (such as `IAM::Role`), by name."""
    return {
        name: one["Properties"]
        for name, one in deployed(**parameters).items()
        if one["Type"] == f"AWS::{kind}"
    }


def references(value: Any) -> set[str]:
    """The resources that a part of the transformed template refers to."""
    names = set(transformed()["Resources"])
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, inner in value.items():
        match key:
            case "Ref":
                found.add(inner)
            case "Fn::GetAtt":
                found.add(inner[0] if isinstance(inner, list) else inner.partition(".")[0])
            case "Fn::Sub":
                text, local = inner if isinstance(inner, list) else (inner, {})
                found |= set(re.findall(r"\$\{([A-Za-z0-9]+)[.}]", text)) | references(local)
            case "DependsOn":
                found |= {inner} if isinstance(inner, str) else set(inner)
            case _:
                found |= references(inner)
    return found & names
