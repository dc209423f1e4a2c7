"""Routes that take the request as it is: no dependency is resolved, and the key is checked."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from handler.api import app
from handler.http.access_log import AccessLog
from handler.http.auth import ApiKeys, hash_key
from handler.http.direct_route import DirectRoute
from handler.http.error_handlers import add_error_handlers
from tests.handler.http.paths import EMBEDDINGS_PATHS


@pytest.mark.parametrize("path", EMBEDDINGS_PATHS)
def test_a_request_for_embeddings_resolves_no_dependencies(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(**_: object) -> None:
        raise AssertionError("dependencies were resolved")

    monkeypatch.setattr("fastapi.routing.solve_dependencies", fail)
    assert TestClient(app).post(path, json={"input": "a"}).status_code == 200


def test_a_direct_route_checks_the_key_whatever_its_dependencies_are() -> None:
    async def answer(request: Request) -> Response:
        return Response("answered")

    application = FastAPI()
    application.state.keys = ApiKeys({"alice": hash_key("sk-a")})
    application.router.routes.append(DirectRoute("/direct", answer))
    add_error_handlers(application)
    log = AccessLog(application, route_name=lambda _: "", fingerprint="", namespace=None)
    client = TestClient(log)
    assert client.get("/direct").status_code == 401
    assert client.get("/direct", headers={"api-key": "sk-a"}).text == "answered"
