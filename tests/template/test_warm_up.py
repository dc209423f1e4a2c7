"""The hook warms a new version, and tells CodeDeploy whether it returns vectors."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest

from deployment.hook.warm_up import lambda_handler

VECTOR = {"data": [{"embedding": [0.1] * 384}]}
ERROR = {"errorType": "Runtime.ExitError", "errorMessage": "RequestId: …"}
EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}


class Lambda:
    """Invokes as the new version would: each answer in turn, then the last one again."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.versions: set[str] = set()

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:
        self.versions.add(FunctionName)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class CodeDeploy:
    """Remembers the statuses that it is sent."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []

    def put_lifecycle_event_hook_execution_status(self, **status: str) -> None:
        self.told.append(status)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([VECTOR], "Succeeded"),
        ([TimeoutError("80 s"), VECTOR], "Succeeded"),
        ([ERROR], "Failed"),
        ([{"data": [{"embedding": [0.1]}]}], "Failed"),
        ([TimeoutError("80 s")], "Failed"),
    ],
)
def test_codedeploy_learns_whether_the_new_version_returns_vectors(
    answers: list[Any], status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_VERSION", "arn:…:7")
    monkeypatch.setenv("CALLS", "4")
    awslambda, codedeploy = Lambda(*answers), CodeDeploy()
    clients = {"lambda": awslambda, "codedeploy": codedeploy}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    assert lambda_handler(EVENT, None) == {"status": status}
    assert awslambda.versions == {"arn:…:7"}
    assert codedeploy.told == [
        {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": status}
    ]


def test_codedeploy_learns_of_a_hook_without_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    codedeploy = CodeDeploy()
    monkeypatch.setattr(boto3, "client", lambda service, **_: {"codedeploy": codedeploy}[service])
    monkeypatch.delenv("NEW_VERSION", raising=False)
    with pytest.raises(KeyError, match="NEW_VERSION"):
        lambda_handler(EVENT, None)
    assert [told["status"] for told in codedeploy.told] == ["Failed"]
