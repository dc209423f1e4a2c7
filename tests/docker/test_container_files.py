"""What docs/container.md gives: compose.yaml, a task definition, a policy, Kubernetes' manifest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from samtranslator.yaml_helper import yaml_parse

from handler.container.unprivileged import USER
from handler.limits import EXIT_SECONDS, GRACE_SECONDS
from handler.settings import S3VectorsAddress, read_settings
from tests.paths import ROOT
from tests.template.transformed import properties

FOLDER = ROOT / "deployment" / "container"
TASK = json.loads((FOLDER / "ecs-task.json").read_text())
POLICY = json.loads((FOLDER / "policy.json").read_text())
MANIFEST = (FOLDER / "kubernetes.yaml").read_text().split("\n---\n")
OBJECTS: dict[str, Any] = {one["kind"]: one for one in map(yaml_parse, MANIFEST)}
COMPOSE = yaml_parse((ROOT / "compose.yaml").read_text())["services"]["minilm"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PORT = 8444
REGION = "us-east-1"

(ECS,) = TASK["containerDefinitions"]
POD = OBJECTS["Deployment"]["spec"]["template"]
(POD_CONTAINER,) = POD["spec"]["containers"]
# The values that a user replaces, as what they stand for.
FILLED = {
    "VECTOR-BUCKET": "vectors",
    "VECTOR-INDEX": "documents",
    "TEXT-LANGUAGE": "de",
    "REGION": REGION,
    "ACCOUNT": "123456789012",
}
CLIENTS = """
for service in ("dynamodb", "s3", "s3vectors", "sqs"):
    print(AwsClient(service).attempt("region", lambda client: client.meta.region_name))
"""


def filled(text: str) -> str:
    return re.sub("|".join(FILLED), lambda match: FILLED[match[0]], text)


def _values(environment: list[dict[str, str]]) -> dict[str, str]:
    """Those that are no secrets."""
    return {one["name"]: filled(one["value"]) for one in environment if "value" in one}


def test_the_image_is_run_by_our_entrypoint() -> None:
    last = DOCKERFILE.rpartition("AS function")[2]
    assert re.findall(r"^ENTRYPOINT (.*)", last, re.MULTILINE) == ['["/entrypoint.sh"]']
    assert re.findall(r"^CMD (.*)", last, re.MULTILINE) == ['["handler.api.lambda_handler"]']
    assert re.findall(r"^EXPOSE (.*)", last, re.MULTILINE) == [str(PORT)]
    assert "\nUSER " not in last  # `sam local` changes the image as root
    assert (FOLDER / "entrypoint.sh").stat().st_mode & 0o111 == 0o111


def test_ecs_takes_the_task_definition() -> None:
    operation = get_session().get_service_model("ecs").operation_model("RegisterTaskDefinition")
    assert operation.input_shape is not None
    report = ParamValidator().validate(TASK, operation.input_shape)
    assert not report.has_errors(), report.generate_report()
    assert _unknown(TASK, operation.input_shape) == []


def _unknown(value: Any, shape: Any) -> list[str]:
    """The keys that the shape does not have. (The validator leaves them to others.)"""
    if shape.type_name == "structure":
        wrong = [name for name in value if name not in shape.members]
        known = [(one, shape.members[name]) for name, one in value.items() if name not in wrong]
        return wrong + [name for one, inner in known for name in _unknown(one, inner)]
    if shape.type_name == "list":
        return [name for one in value for name in _unknown(one, shape.member)]
    return []


@pytest.mark.parametrize(
    "environment", [ECS["environment"], POD_CONTAINER["env"]], ids=["ecs", "kubernetes"]
)
def test_the_settings_are_those_of_s3_vectors(environment: list[dict[str, Any]]) -> None:
    values = _values(environment)
    store = read_settings(values).vector_store
    assert isinstance(store, S3VectorsAddress)
    assert (store.bucket, store.index, store.language) == ("vectors", "documents", "de")
    assert all((store.files_bucket, store.queue_url, store.ledger_table))
    api = properties("ApiFunction")["Environment"]["Variables"]
    assert values.keys() <= api.keys() | {"AWS_REGION"}  # which Lambda sets


# What compose.yaml takes from a shell that has all of it.
COMPOSED = {
    name: REGION if name.endswith("REGION") else "x"
    for name in COMPOSE["environment"]
    if name.startswith("AWS_")
}


@pytest.mark.parametrize(
    "environment",
    [
        _values(ECS["environment"]),
        _values(POD_CONTAINER["env"]),
        COMPOSED,
    ],
    ids=["ecs", "kubernetes", "compose"],
)
def test_aws_can_be_called_with_their_environment(environment: dict[str, str]) -> None:
    """And with nothing else: no AWS_DEFAULT_REGION, no configuration of this user."""
    environment = {"HOME": "/nonexistent", **environment}
    code = "from handler.aws.client import AwsClient\n" + CLIENTS
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{REGION}\n" * 4, "")


def test_the_keys_are_secrets() -> None:
    assert [one["name"] for one in ECS["secrets"]] == ["API_KEY_HASHES"]
    (secret,) = (one for one in POD_CONTAINER["env"] if "valueFrom" in one)
    assert secret["name"] == "API_KEY_HASHES"


def test_the_policy_is_that_of_the_api_function() -> None:
    (role,) = (
        one
        for one in properties("ApiRole")["Policies"]
        if one["PolicyName"] == "files-and-vector-stores"
    )
    expected = role["PolicyDocument"]["Statement"]
    assert [_actions(one) for one in POLICY["Statement"]] == [_actions(one) for one in expected]
    for ours, theirs in zip(POLICY["Statement"], expected, strict=True):
        assert ours["Effect"] == "Allow"
        assert len(_listed(ours["Resource"])) == len(_listed(theirs["Resource"]))
        assert not {"*"} & set(_listed(ours["Resource"]))
    conditions = [one["Condition"] for one in POLICY["Statement"] if "Condition" in one]
    (keys,) = (one["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for one in conditions)
    template = [one["Condition"] for one in expected if "Condition" in one]
    (known,) = (one["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for one in template)
    assert [re.sub(r"VECTOR-\w+", "?", key) for key in keys] == [
        re.sub(r"^.*?(?=#\*|/vs_\*)|^[^/]*/.*(?=#space)", _names, key) for key in known
    ]


def _names(match: re.Match[str]) -> str:
    return "?/?" if "/" in match[0] else "?"


def _actions(statement: dict[str, Any]) -> list[str]:
    return _listed(statement["Action"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_all_of_them_serve_on_the_port_and_end_in_time() -> None:
    assert ECS["command"] == POD_CONTAINER["args"] == [COMPOSE["command"]] == ["serve"]
    assert ECS["portMappings"][0]["containerPort"] == PORT
    assert POD_CONTAINER["ports"][0]["containerPort"] == PORT
    assert COMPOSE["ports"][0].endswith(f":{PORT}")
    assert COMPOSE["ports"][0].startswith("${ADDRESS:-127.0.0.1}:")
    assert OBJECTS["Service"]["spec"]["ports"][0]["targetPort"] == "http"
    pause = int(POD_CONTAINER["lifecycle"]["preStop"]["exec"]["command"][1])
    assert GRACE_SECONDS < EXIT_SECONDS < ECS["stopTimeout"]
    assert pause + EXIT_SECONDS < POD["spec"]["terminationGracePeriodSeconds"]
    assert int(COMPOSE["stop_grace_period"].rstrip("s")) > EXIT_SECONDS


def test_none_of_them_has_rights_and_two_are_read_only() -> None:
    users = [POD["spec"]["securityContext"]["runAsUser"], int(ECS["user"]), int(COMPOSE["user"])]
    assert users == [USER] * 3
    security = POD_CONTAINER["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert security["capabilities"]["drop"] == ["ALL"]
    assert not security["allowPrivilegeEscalation"]
    assert ECS["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert COMPOSE["read_only"]
    assert COMPOSE["cap_drop"] == ["ALL"]
    assert [one["mountPath"] for one in POD_CONTAINER["volumeMounts"]] == [COMPOSE["tmpfs"]]
    # An empty volume of Fargate belongs to root, so /tmp is the image's own there.
    assert "readonlyRootFilesystem" not in ECS
    assert "mountPoints" not in ECS


def test_every_setting_reaches_the_server_of_compose() -> None:
    """HOST and PORT are the container's own, and PRECISION the image's."""
    others = {"HOST", "PORT", "PRECISION", "METRICS_NAMESPACE", "SOURCE_BUCKETS"}
    page = (ROOT / "docs" / "api.md").read_text()
    table = page.partition("## Settings")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE))
    passed = {name for name in COMPOSE["environment"] if not name.startswith("AWS_")}
    assert passed == documented - others


def test_the_objects_of_kubernetes_find_each_other() -> None:
    labels = POD["metadata"]["labels"]
    assert OBJECTS["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert OBJECTS["Service"]["spec"]["selector"] == labels
    assert OBJECTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert POD["spec"]["serviceAccountName"] == OBJECTS["ServiceAccount"]["metadata"]["name"]
    probes = {POD_CONTAINER[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness")}
    assert probes == {"/ready", "/health"}
    assert POD_CONTAINER["readinessProbe"]["httpGet"]["path"] == "/ready"
