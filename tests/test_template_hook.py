"""The hook in template.yaml warms a new version, and tells CodeDeploy whether it gives vectors."""

from __future__ import annotations

import io
import json
from typing import Any

import boto3
import pytest

from tests.test_template import TEMPLATE


class Lambda:
    """Answers `invoke` as the new version would: with each answer in turn, then the last."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def invoke(self, **_: Any) -> dict[str, Any]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


class CodeDeploy:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, str]] = []

    def put_lifecycle_event_hook_execution_status(self, **status: str) -> None:
        self.told.append(status)


VECTOR = {"data": [{"embedding": [0.1] * 384}]}
ERROR = {"errorType": "Runtime.ExitError", "errorMessage": "RequestId: …"}


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
def test_the_hook_tells_codedeploy_whether_the_new_version_gives_vectors(
    answers: list[Any], status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW_VERSION", "arn:…:7")
    monkeypatch.setenv("CALLS", "4")
    clients = {"lambda": Lambda(*answers), "codedeploy": CodeDeploy()}
    monkeypatch.setattr(boto3, "client", lambda service, **_: clients[service])
    names: dict[str, Any] = {}
    exec(TEMPLATE["Resources"]["WarmUpFunction"]["Properties"]["InlineCode"], names)
    event = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}
    assert names["lambda_handler"](event, None) == {"status": status}
    (told,) = clients["codedeploy"].told  # type: ignore[union-attr]
    assert told == {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": status}
