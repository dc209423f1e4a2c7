"""The roles in template.yaml allow what the code calls, by name, and nothing more."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any

import boto3

from tests.conftest import ROOT
from tests.test_template import TEMPLATE, of_type, resources, template

__all__ = ["resources", "template"]  # the fixtures


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        policy = policy["Fn::If"][1] if "Fn::If" in policy else policy
        yield from policy["PolicyDocument"]["Statement"]


def actions(role: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for statement in statements(role):
        one = statement["Action"]
        found |= {one} if isinstance(one, str) else set(one)
    return found


def calls(code: str) -> set[str]:
    """The AWS actions that a program's boto3 calls stand for."""
    tree = ast.parse(code)
    clients = {
        node.targets[0].id: node.value.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "boto3.client"
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value.args[0], ast.Constant)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in clients:
            service = clients[ast.unparse(node.value)]
            method = boto3.client(service, "us-east-1").meta.method_to_api_mapping[node.attr]
            found.add(f"{service}:{'InvokeFunction' if method == 'Invoke' else method}")
    return found


def test_each_role_allows_what_its_code_calls_and_nothing_more(resources: dict[str, Any]) -> None:
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    traces = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    roles = of_type(resources, "IAM::Role")
    handler = "".join(path.read_text() for path in (ROOT / "handler").rglob("*.py"))
    assert calls(handler) == set()
    search = {"s3vectors:QueryVectors", "s3vectors:GetVectors"}
    search |= {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
    assert actions(roles["ApiRole"]) == logs | traces | search
    ingest = {"s3:GetObject", "s3:ListBucket", "s3vectors:PutVectors", "s3vectors:DeleteVectors"}
    ingest |= {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"}
    poller = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    assert actions(roles["IngestRole"]) == logs | traces | ingest | poller
    hook = TEMPLATE["Resources"]["WarmUpFunction"]["Properties"]["InlineCode"]
    assert calls(hook) == {
        "lambda:InvokeFunction",
        "codedeploy:PutLifecycleEventHookExecutionStatus",
    }
    assert actions(roles["WarmUpRole"]) == logs | calls(hook)


def test_no_role_allows_anything_or_everywhere(resources: dict[str, Any]) -> None:
    for role in of_type(resources, "IAM::Role").values():
        for statement in statements(role) if "Policies" in role else ():
            assert "*" not in json.dumps(statement["Action"])
            if not json.dumps(statement["Action"]).count("xray:"):  # which has no resources
                assert statement["Resource"] != "*"
