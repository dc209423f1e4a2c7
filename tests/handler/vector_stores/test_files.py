"""Answers of the vector store routes, over HTTP and by direct invocation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from handler import api
from handler.api import embeddings, lambda_handler
from handler.operations import lazy_operations
from handler.settings import Settings, SqliteAddress
from handler.stores.ids import first_id
from handler.stores.row import Row
from model_layer import Encoder
from tests.events import load_event
from tests.handler.http.error_shape import assert_error
from tests.handler.vector_stores.store_routes import EACH_ROUTE, FILES, IDS, send, serve
from tests.library import BROKEN, CATS, LATE, PASSWORDS, TRAINS, fill

# What the ids of stores are that were made before the first document of the library, or after it.
BEFORE, AFTER = first_id("vs_", 1_600_000_000), first_id("vs_", 1_800_000_000)


@EACH_ROUTE
def test_each_route_answers(store_client: TestClient, method: str, path: str) -> None:
    response = send(store_client, method, path)
    assert response.status_code == 200, response.text
    assert response.json()["object"]


def test_a_search_has_headers_and_a_log_line_like_an_embeddings_request(
    store_client: TestClient, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = ["a cat", "x " * 300]
    body = {"query": queries, "max_num_results": 1}
    response = store_client.post("/v1/vector_stores/library/search", json=body)
    assert response.headers["x-embedding-fingerprint"] == encoder.bundle.fingerprint
    assert response.headers["x-embedding-truncated"] == "1/2"
    line = json.loads(capsys.readouterr().err)
    assert line["route"] == "/v1/vector_stores/{vector_store_id}/search"
    assert (line["inputs"], line["truncated"]) == (2, 1)
    assert line["tokens"] == encoder.encode(queries).token_counts.sum()
    assert {"run", "search"} <= set(line["stages"])
    assert "a cat" not in json.dumps(line)


def test_the_store_has_the_counts_of_its_files(store_client: TestClient) -> None:
    store = store_client.get("/v1/vector_stores/library").json()
    assert store == {
        "id": "library",
        "object": "vector_store",
        "name": "library",
        "description": None,
        "created_at": 1_700_000_000,
        "last_active_at": 1_700_000_104,
        "status": "in_progress",
        "file_counts": {
            "in_progress": 1, "completed": 3, "failed": 1, "cancelled": 0, "total": 5
        },
        "usage_bytes": 60,  # of the completed ones
        "metadata": {},
        "expires_at": None,
    }  # fmt: skip
    assert store_client.get("/v1/vector_stores").json() == {
        "object": "list",
        "data": [store],
        "first_id": "library",
        "last_id": "library",
        "has_more": False,
    }


def test_a_file_has_its_status_and_error(store_client: TestClient) -> None:
    assert store_client.get(f"{FILES}/{PASSWORDS.id}").json() == {
        "id": "file-passwords",
        "object": "vector_store.file",
        "created_at": 1_700_000_000,
        "vector_store_id": "library",
        "status": "completed",
        "last_error": None,
        "warnings": [],
        "usage_bytes": 10,
        "attributes": {"team": "support", "level": 1, "public": True},
        "chunking_strategy": {
            "type": "static",
            "static": {"max_chunk_size_tokens": 256, "chunk_overlap_tokens": 32},
        },
        "filename": "passwords.md",
        "source": "s3://library/shelf/passwords.md",
        "content_type": "text/plain",
        "chunks": 2,
        "tokens": 18,
        "updated_at": 1_700_000_100,
    }
    broken = store_client.get(f"{FILES}/{BROKEN.id}").json()
    assert broken["status"] == "failed"
    assert broken["last_error"] == {"code": "invalid_file", "message": "The PDF has no pages."}
    assert store_client.get(f"{FILES}/{LATE.id}").json()["status"] == "in_progress"


def test_a_failure_with_an_unknown_code_is_listed(tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "library.sqlite"
    row = Row("file-a", "file:///a.txt", status="failed", error_code="of a newer version")
    fill(path, encoder).ledger.put(row)
    client = serve(Settings(vector_store=SqliteAddress(str(path))))
    file = client.get(f"{FILES}/file-a").json()
    assert file["last_error"] == {
        "code": "server_error",
        "message": "The file could not be processed.",
    }


@pytest.mark.parametrize(
    ("query", "ids", "has_more"),
    [
        ({}, IDS[::-1], False),
        ({"order": "asc"}, IDS, False),
        ({"order": "asc", "limit": 2}, IDS[:2], True),
        ({"order": "asc", "limit": 5}, IDS, False),
        ({"order": "asc", "limit": 2, "after": IDS[1]}, IDS[2:4], True),
        ({"order": "asc", "limit": 2, "after": IDS[2]}, IDS[3:], False),
        ({"order": "asc", "after": IDS[4]}, [], False),
        ({"limit": 2, "after": IDS[3]}, IDS[1:3][::-1], True),
        ({"order": "asc", "limit": 2, "before": IDS[4]}, IDS[2:4], True),
        ({"order": "asc", "limit": 2, "before": IDS[2]}, IDS[:2], False),
        ({"limit": 2, "before": IDS[0]}, IDS[1:3][::-1], True),
        ({"order": "asc", "after": IDS[0], "before": IDS[3]}, IDS[1:3], False),
        ({"order": "desc", "after": IDS[3], "before": IDS[0]}, IDS[1:3][::-1], False),
        ({"order": "asc", "limit": 1, "after": IDS[0], "before": IDS[3]}, IDS[1:2], True),
        ({"filter": "failed"}, [BROKEN.id], False),
        ({"filter": "in_progress"}, [LATE.id], False),
        ({"filter": "completed", "order": "asc"}, [PASSWORDS.id, TRAINS.id, CATS.id], False),
        ({"filter": "cancelled"}, [], False),
    ],
)
def test_files_are_listed_page_by_page(
    store_client: TestClient, query: dict[str, Any], ids: list[str], has_more: bool
) -> None:
    page = store_client.get(FILES, params=query).json()
    assert [file["id"] for file in page["data"]] == ids
    assert page["has_more"] == has_more
    ends = (ids[0], ids[-1]) if ids else ("", "")
    assert (page["first_id"], page["last_id"]) == ends


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ({"after": "library"}, False),
        ({"before": "library"}, False),
        ({"after": BEFORE, "order": "asc"}, True),
        ({"after": AFTER, "order": "asc"}, False),
        ({"after": AFTER}, True),
        ({"before": AFTER}, False),
        ({"before": AFTER, "order": "asc"}, True),
    ],
)
def test_stores_are_listed_page_by_page(
    store_client: TestClient, query: dict[str, str], is_there: bool
) -> None:
    page = store_client.get("/v1/vector_stores", params=query).json()
    assert [store["id"] for store in page["data"]] == ["library"] * is_there


def test_a_direct_search_is_answered_like_one_over_http(
    store_client: TestClient,
    library: SqliteAddress,
    monkeypatch: pytest.MonkeyPatch,
    encoder: Encoder,
) -> None:
    event = load_event("direct-search")
    stores = lazy_operations(embeddings.encoder, Settings(vector_store=library))
    monkeypatch.setattr(api, "operations", stores)
    expected = store_client.post("/v1/vector_stores/library/search", json=event).json()
    about = {"fingerprint": encoder.bundle.fingerprint, "truncated": 0}
    assert lambda_handler(event, None) == {**expected, **about}
    assert lambda_handler({**event, "vector_store_id": "library"}, None) == {**expected, **about}
    for name in ("books", 5):
        answer = lambda_handler({**event, "vector_store_id": name}, None)
        assert answer["status"] == 404
        assert answer["error"]["code"] == "vector_store_not_found"
    assert lambda_handler({"query": ""}, None)["status"] == 400


def test_a_direct_search_without_a_store_says_how_to_set_one_up() -> None:
    answer = lambda_handler(load_event("direct-search"), None)
    assert answer["status"] == 404
    assert "Set VECTOR_STORE" in answer["error"]["message"]


@pytest.mark.parametrize("query", ["limit=00000010099999", f"limit={'0' * 34}", "limit=5&limit=5"])
@pytest.mark.parametrize("path", ["/v1/vector_stores", "/v1/vector_stores/library/files"])
def test_a_wrong_limit_is_a_400(store_client: TestClient, path: str, query: str) -> None:
    error = assert_error(store_client.get(f"{path}?{query}"), 400)
    assert error["param"] == "limit"
