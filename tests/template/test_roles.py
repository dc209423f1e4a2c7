"""Each role allows the AWS actions that its code calls, on named resources, and nothing more."""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botocore.session import get_session

from tests.paths import ROOT
from tests.template.transformed import of_type

HOOK = ROOT / "deployment" / "hook" / "warm_up.py"


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role.get("Policies", ()):  # CodeDeploy's role has a managed policy
        yield from policy["PolicyDocument"]["Statement"]


def actions(role: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    for statement in statements(role):
        one = statement["Action"]
        found |= {one} if isinstance(one, str) else set(one)
    return found


@functools.cache
def methods_of(service: str) -> dict[str, str]:
    """The operations of a service, by the name of the boto3 client's method."""
    client = get_session().create_client(service, "us-east-1")
    found: dict[str, str] = client.meta.method_to_api_mapping
    return found


def calls_of_hook() -> set[str]:
    """The AWS actions of the methods that the hook calls on its boto3 clients."""
    tree = ast.parse(HOOK.read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = set()
    for service in ("lambda", "codedeploy"):
        methods = methods_of(service)
        found |= {f"{service}:{methods[name]}" for name in names & methods.keys()}
    return {action.replace("lambda:Invoke", "lambda:InvokeFunction") for action in found}


STORES = ROOT / "handler" / "stores"
# The AWS implementation of each contract, by the attribute that callers use.
BACKENDS = {
    "index": STORES / "s3vectors.py",
    "vectors": STORES / "s3vectors.py",
    "ledger": STORES / "dynamodb.py",
}
SERVICES = ("dynamodb", "s3", "s3vectors", "sqs")
# Operations that need actions with other names.
# (docs.aws.amazon.com/service-authorization; QueryVectors in the S3 Vectors API reference)
NEEDED = {
    "s3:HeadObject": {"s3:GetObject", "s3:ListBucket"},  # the second turns a 403 into a 404
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3vectors:QueryVectors": {"s3vectors:QueryVectors", "s3vectors:GetVectors"},
}


def modules_of(entry: str) -> set[Path]:
    """The files of handler/ that an entry point imports, directly or not, at once or lazily."""
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
        if operation in (names := methods_of(service))
    )
    return NEEDED.get(action, {action})


def of_method(backend: Path, name: str) -> set[str]:
    """The AWS actions that a method of a backend calls, also through others of it or of another."""
    methods = {
        node.name: node
        for node in ast.walk(ast.parse(backend.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    found, waiting = set(), [name]
    while waiting:
        method = methods.pop(waiting.pop(), None)
        if method is not None:
            found |= operations(method) | of_backends(method)
            waiting += [node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute)]
    return found


def actions_of(entry: str) -> set[str]:
    """The AWS actions that an entry point can call."""
    found: set[str] = set()
    for path in modules_of(entry) - set(BACKENDS.values()):
        tree = ast.parse(path.read_text())
        found |= operations(tree) | of_backends(tree)
    return found


def of_backends(tree: ast.AST) -> set[str]:
    """The AWS actions of the backends' methods that are named: `store.ledger.get`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2].lstrip("_")
            if owner in BACKENDS:
                found |= of_method(BACKENDS[owner], node.attr)
    return found


def test_each_role_allows_what_its_code_calls_and_nothing_more() -> None:
    logs = {"logs:CreateLogStream", "logs:PutLogEvents"}
    traces = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    poller = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    roles = of_type("IAM::Role", Tracing="true")
    assert actions(roles["ApiRole"]) == logs | traces | actions_of("api")
    assert actions(roles["IngestRole"]) == logs | traces | poller | actions_of("ingest")
    hook = {"lambda:InvokeFunction", "codedeploy:PutLifecycleEventHookExecutionStatus"}
    assert calls_of_hook() == hook
    assert actions(roles["WarmUpRole"]) == logs | hook


def test_no_role_allows_wildcard_actions_or_resources() -> None:
    for role in of_type("IAM::Role", Tracing="true").values():
        for statement in statements(role):
            assert "*" not in json.dumps(statement["Action"])
            if "xray:" not in json.dumps(statement["Action"]):  # X-Ray has no resources
                assert statement["Resource"] != "*"
