"""The roles in template.yaml allow what the code calls, by name, and nothing more."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
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


STORES = ROOT / "handler" / "stores"
# What implements each of the two contracts on AWS; the attribute that it is called by is the key.
BACKENDS = {"vectors": STORES / "s3vectors.py", "ledger": STORES / "dynamodb.py"}
SERVICES = ("dynamodb", "s3", "s3vectors", "sqs")
# Actions that are called otherwise than the operations they allow, or that others need, too.
# (docs.aws.amazon.com/service-authorization; QueryVectors in the S3 Vectors API reference)
NEEDED = {
    "s3:HeadObject": {"s3:GetObject", "s3:ListBucket"},  # the second, to be told of a 404
    "s3vectors:QueryVectors": {"s3vectors:QueryVectors", "s3vectors:GetVectors"},
}


def modules_of(entry: str) -> set[Path]:
    """The files of handler/ that an entry point imports, directly or not, now or later."""
    found: set[Path] = set()
    waiting = [ROOT / "handler" / f"{entry}.py"]
    while waiting:
        path = waiting.pop()
        found.add(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handler"):
                base = ROOT / str(node.module).replace(".", "/")
                names = [base.with_suffix(".py"), base / "__init__.py"]
                names += [base / f"{alias.name}.py" for alias in node.names]
                waiting += [name for name in names if name.exists() and name not in found]
    return found


def operations(tree: ast.AST) -> set[str]:
    """The AWS actions of `client.call("put_item", …)` and `client.attempt("get_object", …)`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            if node.func.attr in ("call", "attempt") and isinstance(first, ast.Constant):
                found |= needed(str(first.value))
    return found


def needed(operation: str) -> set[str]:
    (action,) = (
        f"{service}:{names[operation]}"
        for service in SERVICES
        if operation in (names := boto3.client(service, "us-east-1").meta.method_to_api_mapping)
    )
    return NEEDED.get(action, {action})


def of_method(backend: Path, name: str) -> set[str]:
    """What a method of a backend calls, by way of the class's other methods, too."""
    methods = {
        node.name: node
        for node in ast.walk(ast.parse(backend.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    found, waiting = set(), [name]
    while waiting:
        method = methods.pop(waiting.pop(), None)
        if method is not None:
            found |= operations(method)
            waiting += [node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute)]
    return found


def actions_of(entry: str) -> set[str]:
    """The AWS actions that an entry point can come to call."""
    found: set[str] = set()
    for path in modules_of(entry) - set(BACKENDS.values()):
        tree = ast.parse(path.read_text())
        found |= operations(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value).rpartition(".")[2].lstrip("_")
                if owner in BACKENDS:
                    found |= of_method(BACKENDS[owner], node.func.attr)
    return found


def test_each_role_allows_what_its_code_calls_and_nothing_more(resources: dict[str, Any]) -> None:
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    traces = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    poller = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    roles = of_type(resources, "IAM::Role")
    assert actions(roles["ApiRole"]) == logs | traces | actions_of("api")
    assert actions(roles["IngestRole"]) == logs | traces | poller | actions_of("ingest")
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
