"""Errors of the vector store routes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from starlette.testclient import TestClient

from handler.errors import ServiceUnavailable, StoreLocked
from handler.http.auth import hash_key
from handler.settings import Settings, SqliteAddress
from handler.stores.sqlite.index import SqliteIndex
from handler.stores.sqlite.ledger import SqliteLedger
from model_layer import Encoder
from tests.handler.http.error_shape import assert_error
from tests.handler.vector_stores.store_routes import (
    EACH_ROUTE,
    EACH_ROUTE_OF_A_STORE,
    FILES,
    OF_ONE_STORE,
    ROUTES,
    send,
    serve,
)
from tests.library import CATS, PASSWORDS, fill


@pytest.mark.parametrize("path", ["/v1/vector_stores", FILES])
@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", "0"), ("limit", "101"), ("limit", "x"), ("limit", "٣"), ("limit", "1" * 5_000),
     ("limit", ""), ("order", "up"), ("filter", "lost")],
)  # fmt: skip
def test_a_bad_parameter_is_a_400(
    store_client: TestClient, path: str, name: str, value: str
) -> None:
    error = assert_error(store_client.get(path, params={name: value}), 400)
    assert error["param"] == name
    assert f"'{name}' is the string" in error["message"]


def test_an_unknown_parameter_with_half_an_emoji_is_a_400(store_client: TestClient) -> None:
    body = b'{"a\\ud83d": 1}'
    error = assert_error(store_client.post("/v1/vector_stores/vs_1/files", content=body), 400)
    assert error["param"] == "a?"


@EACH_ROUTE
def test_without_a_store_the_404_says_how_to_set_one_up(
    client: TestClient, method: str, path: str
) -> None:
    error = assert_error(send(client, method, path), 404)
    assert error["code"] == "vector_store_not_found"
    assert "Set VECTOR_STORE" in error["message"]
    assert "make ingest DIR=" in error["message"]


def test_before_there_is_a_file_no_store_is_listed_and_none_made(tmp_path: Path) -> None:
    client = serve(Settings(vector_store=SqliteAddress(str(tmp_path / "library.sqlite"))))
    page = client.get("/v1/vector_stores").json()
    assert (page["data"], page["first_id"], page["has_more"]) == ([], "", False)
    assert list(tmp_path.iterdir()) == []


@EACH_ROUTE_OF_A_STORE
def test_before_ingestion_the_404_says_how_to_ingest(
    tmp_path: Path, method: str, path: str
) -> None:
    client = serve(Settings(vector_store=SqliteAddress(str(tmp_path / "library.sqlite"))))
    error = assert_error(send(client, method, path), 404)
    assert error["code"] == "vector_store_not_found"
    assert "nothing has been ingested yet" in error["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, path.replace("library", "books")) for method, path in OF_ONE_STORE],
)
def test_another_store_is_a_404(store_client: TestClient, method: str, path: str) -> None:
    error = assert_error(send(store_client, method, path), 404)
    assert (error["param"], error["code"]) == ("vector_store_id", "vector_store_not_found")
    assert "GET /v1/vector_stores lists those that do" in error["message"]


def test_an_unknown_file_is_a_404(store_client: TestClient) -> None:
    error = assert_error(store_client.get(f"{FILES}/file-none"), 404)
    assert (error["param"], error["code"]) == ("file_id", "file_not_found")


@EACH_ROUTE_OF_A_STORE
def test_a_store_of_another_model_is_a_409(
    tmp_path: Path, encoder: Encoder, method: str, path: str
) -> None:
    address = SqliteAddress(str(tmp_path / "library.sqlite"))
    store = fill(Path(address.path), encoder)
    ledger = store.ledger
    assert isinstance(ledger, SqliteLedger)
    with ledger._database.transaction() as connection:
        connection.execute("UPDATE space SET fingerprint = 'another'")
    error = assert_error(send(serve(Settings(vector_store=address)), method, path), 409)
    assert error["code"] == "fingerprint_mismatch"
    assert "holds vectors of another" in error["message"]


@EACH_ROUTE
def test_a_store_that_does_not_answer_is_a_503_with_retry_after(
    store_client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise ServiceUnavailable("a secret address")

    send(store_client, "GET", "/v1/vector_stores")  # it is open
    monkeypatch.setattr(SqliteIndex, "search_vectors", fail)
    for name in ("page", "get", "counts"):
        monkeypatch.setattr(SqliteLedger, name, fail)
    response = send(store_client, method, path)
    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    error = response.json()["error"]
    assert (error["type"], error["code"]) == ("server_error", "vector_store_unavailable")
    assert "secret" not in response.text


def not_a_database(path: Path, encoder: Encoder) -> None:
    path.write_text("no database, and long enough to be seen to be none " * 50)


def a_folder(path: Path, encoder: Encoder) -> None:
    path.mkdir()


def newer(path: Path, encoder: Encoder) -> None:
    fill(path, encoder)
    execute(path, "PRAGMA user_version = 99")


def damaged(path: Path, encoder: Encoder) -> None:
    fill(path, encoder)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


def execute(path: Path, statement: str) -> None:
    connection = apsw.Connection(str(path))
    connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (not_a_database, "it is not a SQLite database."),
        (a_folder, "it is a folder."),
        (newer, "it was written by a newer version of this program"),
        (damaged, "it is damaged ("),
    ],
)
def test_a_store_that_cannot_be_used_is_a_503_that_says_why(
    tmp_path: Path,
    encoder: Encoder,
    caplog: pytest.LogCaptureFixture,
    make: Callable[[Path, Encoder], None],
    reason: str,
) -> None:
    """The file has to be repaired, so clients are told not to try again."""
    path = tmp_path / "library.sqlite"
    make(path, encoder)
    client = serve(Settings(vector_store=SqliteAddress(str(path))))
    for method, route in ROUTES:
        response = send(client, method, route)
        error = assert_error(response, 503, kind="server_error")
        assert error["code"] == "vector_store_unusable"
        assert error["message"].startswith(
            f"The vector store library.sqlite cannot be used: {reason}"
        )
        assert str(tmp_path) not in response.text
    assert str(path) in caplog.text  # the log has all of it
    assert client.get("/health").status_code == 200


def test_a_malformed_row_is_a_503_where_it_is_shown(tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "library.sqlite"
    fill(path, encoder)
    execute(path, f"UPDATE ledger SET row = '{{' WHERE document = '{CATS.id}'")
    client = serve(Settings(vector_store=SqliteAddress(str(path))))
    for method, route in ROUTES:
        response = send(client, method, route)
        if "/files" not in route:
            assert response.status_code == 200
            continue
        error = assert_error(response, 503, kind="server_error")
        assert "library.sqlite cannot be used: it is damaged (a row is not JSON" in error["message"]
    assert client.get(f"{FILES}/{PASSWORDS.id}").status_code == 200


def test_a_locked_store_is_a_503_with_retry_after(
    store_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> object:
        raise StoreLocked("/a/secret/path is locked")

    monkeypatch.setattr(SqliteLedger, "page", fail)
    response = store_client.get(FILES)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json()["error"]["code"] == "vector_store_unavailable"
    assert "Another process is writing the vector store." in response.text
    assert "secret" not in response.text


@EACH_ROUTE
def test_a_server_with_keys_needs_one(library: SqliteAddress, method: str, path: str) -> None:
    locked = Settings(vector_store=library, key_hashes={"a": hash_key("secret")})
    client = serve(locked)
    assert_error(send(client, method, path), 401)
    client.headers["authorization"] = "Bearer secret"
    assert send(client, method, path).status_code == 200


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"", None),
        (b"[]", None),
        (b"{}", "query"),
        (b'{"query": "a", "filters": {"type": "and", "filters": [{"type": "x"}]}}',
         "filters.filters[0].type"),
        (b'{"query": "a", "filters": %s1%s}' % (b'{"a":' * 1_000, b"}" * 1_000), "filters.type"),
    ],
)  # fmt: skip
def test_a_bad_request_is_a_400(store_client: TestClient, body: bytes, param: str | None) -> None:
    response = store_client.post("/v1/vector_stores/library/search", content=body)
    assert assert_error(response, 400)["param"] == param
