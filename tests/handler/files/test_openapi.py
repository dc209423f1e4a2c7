"""/openapi.json describes the routes of files and uploads of a server that has a store."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from starlette.testclient import TestClient

from handler.api import embeddings
from handler.http.app import create_app
from handler.settings import Settings, SqliteAddress
from tests.handler.http.documented_routes import check, each_route, requests_for, send_many

ROUTES = "^/v1/(files|uploads)"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[TestClient, dict[str, str]]:
    """The application, and the ids of a file and of an upload in its store."""
    address = SqliteAddress(str(tmp_path_factory.mktemp("store") / "documents.sqlite"))
    client = TestClient(
        create_app(embeddings, Settings(vector_store=address)), raise_server_exceptions=False
    )
    new = {"filename": "a", "purpose": "vision", "bytes": 1000, "mime_type": "text/plain"}
    begun = client.post("/v1/uploads", json=new)
    return client, {"file_id": upload(client), "upload_id": begun.json()["id"]}


def upload(client: TestClient) -> str:
    """The id of a new file."""
    file = client.post("/v1/files", data={"purpose": "vision"}, files={"file": ("a", b"x")})
    return str(file.json()["id"])


def check_there(case: schemathesis.Case[Any], filled: tuple[TestClient, dict[str, str]]) -> None:
    client, ids = filled
    if case.path.endswith(("/complete", "/cancel")):  # whose answers depend on what came before
        ids = {"upload_id": "upload_x"}
    if case.method == "DELETE":  # the others need the file
        ids = {**ids, "file_id": upload(client)}
    case.path_parameters = {name: ids[name] for name in case.path_parameters}
    case.headers.pop("Idempotency-Key", None)  # one key for two requests is refused
    check(case, app=client.app)


@requests_for(ROUTES)
def test_the_routes_do_what_is_documented(
    case: schemathesis.Case[Any], filled: tuple[TestClient, dict[str, str]]
) -> None:
    check_there(case, filled)


@pytest.mark.slow
@each_route(ROUTES)
def test_the_routes_do_what_is_documented_for_many_requests(
    route: Any, filled: tuple[TestClient, dict[str, str]]
) -> None:
    send_many(route, lambda case: check_there(case, filled), examples=100)
