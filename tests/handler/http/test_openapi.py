"""/openapi.json describes exactly what the routes accept and answer."""

from __future__ import annotations

import json
import re
import threading
from typing import Any

import pytest
import schemathesis
from starlette.testclient import TestClient

from handler.api import app, embeddings
from handler.http.app import create_app
from handler.http.openapi import DocumentedApp
from handler.settings import Settings
from tests.handler.http.documented_routes import check, each_route, requests_for, send_many


# Those of stores answer alike here, where there is none; the slow test asks all of them.
@requests_for("^/(?!v1/(files|uploads|vector_stores/))")
def test_routes_do_what_is_documented(case: schemathesis.Case[Any]) -> None:
    check(case)


@pytest.mark.slow
@each_route(".")
def test_routes_do_what_is_documented_for_many_requests(route: Any) -> None:
    send_many(route, check, examples=300)


@pytest.mark.parametrize("kind", ["schemas", "parameters"])
def test_a_component_is_described_if_and_only_if_a_route_refers_to_it(kind: str) -> None:
    document = TestClient(app).get("/openapi.json").text
    described = set(json.loads(document)["components"][kind])
    assert set(re.findall(rf'"#/components/{kind}/(\w+)"', document)) == described


def test_the_document_is_built_once_and_beside_the_event_loop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    builders: list[str] = []

    class Recorded(DocumentedApp):
        def openapi(self) -> dict[str, Any]:
            builders.append(threading.current_thread().name)
            return super().openapi()

    monkeypatch.setattr("handler.http.app.DocumentedApp", Recorded)
    client = TestClient(create_app(embeddings, Settings()))
    first, second = (client.get("/openapi.json") for _ in range(2))
    assert first.content == second.content
    assert builders == ["parsing_0"]
    logged = [json.loads(line)["route"] for line in capsys.readouterr().err.splitlines()]
    assert logged == ["/openapi.json"] * 2


def test_the_document_names_the_folder_of_an_application_that_is_not_at_the_root() -> None:
    documents = [
        TestClient(app, root_path=root_path).get(f"{root_path}/openapi.json").json()
        for root_path in ("/prefix", "")
    ]
    assert documents[0].pop("servers") == [{"url": "/prefix"}]
    assert documents[0] == documents[1]
