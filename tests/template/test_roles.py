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


AWS = ROOT / "handler" / "stores" / "aws"
# The AWS implementations of the contracts, by the attribute or the name that callers use.
BACKENDS = {
    "blobs": ["blobs.py"],
    "catalog": ["catalog.py"],
    "index": ["index.py", "index_on_demand.py"],
    "indexes": ["indexes.py"],
    "ledger": ["ledger.py"],
    "queue": ["../../aws/queue.py"],
    "storage": ["storage.py"],
    "table": ["table.py"],
    "tasks": ["tasks.py"],
    "upload": ["multipart.py"],
    "writes": ["row_writes.py"],
}
SERVICES = ("dynamodb", "s3", "s3vectors", "sqs")
# Operations that need actions with other names.
# (docs.aws.amazon.com/service-authorization; QueryVectors in the S3 Vectors API reference)
NEEDED = {
    "dynamodb:TransactWriteItems": set[str](),  # those of the parts that it has
    "s3:CompleteMultipartUpload": {"s3:PutObject"},
    "s3:CreateMultipartUpload": {"s3:PutObject"},
    "s3:DeleteObjects": {"s3:DeleteObject"},
    "s3:GetObject": {"s3:GetObject", "s3:ListBucket"},  # the second turns a 403 into a 404
    "s3:HeadObject": {"s3:GetObject", "s3:ListBucket"},
    "s3:ListObjectsV2": {"s3:ListBucket"},
    "s3:UploadPart": {"s3:PutObject"},
    "sqs:SendMessageBatch": {"sqs:SendMessage"},
    "s3vectors:QueryVectors": {"s3vectors:QueryVectors", "s3vectors:GetVectors"},
}
CALLS = ("call", "attempt", "_presigned")
# The actions of the parts of a transaction: {"Put": …}.
PARTS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


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
    """The AWS actions of `client.call("put_item", …)` and `client.attempt("get_object", …)`.

    Also those of the parts of transactions, and of requests that are presigned.
    """
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            found |= {f"dynamodb:{PARTS[key]}" for key in keys if key in PARTS}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = node.args[0] if node.args else None
            if node.func.attr in CALLS and isinstance(first, ast.Constant):
                found |= needed(str(first.value))
    return found


def needed(operation: str) -> set[str]:
    if operation == "generate_presigned_url":  # it sends nothing
        return set()
    (action,) = (
        f"{service}:{names[operation]}"
        for service in SERVICES
        if operation in (names := methods_of(service))
    )
    return NEEDED.get(action, {action})


def backend_files() -> set[Path]:
    return {*AWS.glob("*.py"), ROOT / "handler" / "aws" / "queue.py"}


@functools.cache
def definitions(file: str | None) -> dict[str, list[ast.AST]]:
    """The methods and functions in a backend's file; None: the functions of all of them."""
    found: dict[str, list[ast.AST]] = {}
    for path in [AWS / file] if file else sorted(backend_files()):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree) if file else tree.body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
    return found


def actions_of(entry: str) -> set[str]:
    """The AWS actions that an entry point can call, itself or by the backends' methods."""
    found: set[str] = set()
    waiting: set[tuple[str | None, str]] = set()
    for path in modules_of(entry) - {path.resolve() for path in backend_files()}:
        tree = ast.parse(path.read_text())
        found |= operations(tree)
        waiting |= methods_named(tree)
    seen: set[tuple[str | None, str]] = set()
    while waiting:
        file, name = wanted = waiting.pop()
        seen.add(wanted)
        for body in definitions(file).get(name, []):
            found |= operations(body)
            nodes = list(ast.walk(body))
            own = {one.attr for one in nodes if isinstance(one, ast.Attribute) and is_self(one)}
            names = {one.id for one in nodes if isinstance(one, ast.Name)}
            waiting |= methods_named(body) | {(file, one) for one in own}
            waiting |= {(None, one) for one in names}
            waiting -= seen
    return found


def is_self(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def methods_named(tree: ast.AST) -> set[tuple[str | None, str]]:
    """The backends' methods that are named, as `store.ledger.get`: file and name."""
    return {
        (file, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        for file in BACKENDS.get(ast.unparse(node.value).rpartition(".")[2].lstrip("_"), [])
    }


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
    assert actions(roles["SweepRole"]) == {"sqs:SendMessage"}


def test_no_role_allows_wildcard_actions_or_resources() -> None:
    for role in of_type("IAM::Role", Tracing="true").values():
        for statement in statements(role):
            assert "*" not in json.dumps(statement["Action"])
            if "xray:" not in json.dumps(statement["Action"]):  # X-Ray has no resources
                assert statement["Resource"] != "*"
