"""Files through every front door of Lambda: their bytes stay as they are, or it is said why."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from mangum import Mangum

from handler.api import embeddings
from handler.http.app import create_app
from handler.http.lambda_events import normalize_event
from handler.settings import Settings
from tests.events import load_event
from tests.handler.aws.moto_server import new_index

FRONTS = ["http-api-v2", "rest-api-v1", "function-url", "alb"]
CONTENT = bytes(range(256)) + "é\r\n".encode()
FORM = b"""--edge\r
content-disposition: form-data; name="purpose"\r
\r
assistants\r
--edge\r
content-disposition: form-data; name="file"; filename="a.bin"\r
content-type: application/octet-stream\r
\r
%b\r
--edge--\r
"""
Answer = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def answer(aws: str) -> Answer:
    """Answers a request that comes through a front door."""
    app = create_app(embeddings, Settings(vector_store=new_index()))
    mangum = Mangum(app, lifespan="off")

    def answer(
        front: str, method: str, path: str, *, context: Any = None, **parts: Any
    ) -> dict[str, Any]:
        event = load_event(front) | {"body": None, "path": path, "rawPath": path, **parts}
        if "http" in event["requestContext"]:
            event["requestContext"]["http"] |= {"method": method, "path": path}
        else:
            event["httpMethod"] = method
        for headers in {"headers", "multiValueHeaders"} & event.keys():
            kind = "multipart/form-data; boundary=edge"
            event[headers] = {
                name: value
                for name, value in event[headers].items()
                if name.lower() not in ("content-type", "content-length")
            } | {"content-type": kind if headers == "headers" else [kind]}
        return mangum(normalize_event(event), context)

    return answer


def json_of(answer: dict[str, Any]) -> Any:
    body = answer["body"]
    return json.loads(base64.b64decode(body) if answer["isBase64Encoded"] else body)


def header(answer: dict[str, Any], name: str) -> str:
    many: dict[str, list[str]] = answer.get("multiValueHeaders") or {}
    one: dict[str, str] = answer.get("headers") or {}
    return one.get(name) or many[name][0]


@pytest.mark.parametrize("front", FRONTS)
def test_bytes_come_back_as_they_were_sent(answer: Answer, front: str) -> None:
    body = base64.b64encode(FORM % CONTENT).decode()
    made = answer(front, "POST", "/v1/files", body=body, isBase64Encoded=True)
    assert made["statusCode"] == 200, made
    assert json_of(made)["bytes"] == len(CONTENT)
    read = answer(front, "GET", f"/v1/files/{json_of(made)['id']}/content")
    if front == "rest-api-v1":  # may hand a body on as base64
        assert read["statusCode"] == 302
        assert httpx.get(header(read, "location")).content == CONTENT
    else:
        assert read["isBase64Encoded"]
        assert base64.b64decode(read["body"]) == CONTENT


@pytest.mark.parametrize("front", FRONTS)
def test_a_text_that_came_as_text_is_kept(answer: Answer, front: str) -> None:
    text = "Zoë’s pump"
    body = (FORM % text.encode()).decode()
    made = answer(front, "POST", "/v1/files", body=body, isBase64Encoded=False)
    assert json_of(made)["bytes"] == len(text.encode())


def test_bytes_that_a_gateway_has_lost_are_refused_with_the_cure(answer: Answer) -> None:
    body = (FORM % CONTENT).decode("utf-8", "replace")
    made = answer("rest-api-v1", "POST", "/v1/files", body=body, isBase64Encoded=False)
    assert made["statusCode"] == 400
    assert "binary media types of the REST API" in json_of(made)["error"]["message"]


def test_a_request_whose_time_is_up_is_answered_and_asks_aws_nothing(answer: Answer) -> None:
    class Over:
        aws_request_id = "r"
        memory_limit_in_mb = "1769"

        def get_remaining_time_in_millis(self) -> int:
            return 0

    made = answer("http-api-v2", "GET", "/v1/files/file-1", context=Over())
    assert made["statusCode"] == 503
    assert json_of(made)["error"]["code"] == "vector_store_unavailable"
