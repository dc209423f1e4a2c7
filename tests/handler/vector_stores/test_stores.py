"""Vector stores over HTTP: made, listed, changed, deleted, expired."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handler.settings import Settings, SqliteAddress
from handler.stores.catalog import VectorStoreItem
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.tasks import ReconcileFile, RemoveStore
from model_layer import Encoder
from tests.handler.http.error_shape import assert_error
from tests.handler.vector_stores.made_store import STORES, MadeStore
from tests.handler.vector_stores.store_routes import serve
from tests.handler.vector_stores.worker import StoreWorker, upload
from tests.library import fill


def test_a_store_has_what_it_was_made_with(storage: SqliteStorage, made: MadeStore) -> None:
    files = [upload(storage, f"{number}.txt") for number in range(2)]
    fields = {
        "name": "Manuals",
        "description": "Of pumps.",
        "metadata": {"Team": "a"},
        "expires_after": {"anchor": "last_active_at", "days": 3},
        "file_ids": [*files, files[0]],
        "embedding_model": "text-embedding-3-small",
    }
    before = int(time.time())
    store = made.client.post(STORES, json=fields).json()
    assert store.pop("id").startswith("vs_")
    created = store.pop("created_at")
    assert before <= created <= time.time()
    assert store == {
        "object": "vector_store",
        "name": "Manuals",
        "description": "Of pumps.",
        "last_active_at": created,
        "status": "in_progress",
        "file_counts": {"in_progress": 2, "completed": 0, "failed": 0, "cancelled": 0, "total": 2},
        "usage_bytes": 0,
        "metadata": {"Team": "a"},
        "expires_after": {"anchor": "last_active_at", "days": 3},
        "expires_at": created + 3 * 86_400,
    }


def test_a_store_of_nothing_has_no_expiry(made: MadeStore) -> None:
    store = made.get()
    assert (store["name"], store["metadata"], store["expires_at"]) == ("", None, None)
    assert "expires_after" not in store  # OpenAI's schema has no null there
    assert store["status"] == "completed"


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        ({"name": 1}, "name", "must be a string of at most 1024 characters"),
        ({"name": "x" * 1025}, "name", "has 1025 characters"),
        ({"metadata": {str(n): "" for n in range(17)}}, "metadata", "has 17 pairs"),
        ({"metadata": {"k" * 65: "v"}}, "metadata", "has 65 characters, and must have 1 to 64"),
        ({"metadata": {"k": "v" * 513}}, "metadata", "its 'k' has 513 characters"),
        ({"metadata": {"k": 1}}, "metadata", "its 'k' is the number 1"),
        ({"metadata": []}, "metadata", "it must be an object of at most 16 pairs"),
        ({"metadata": {"": "v"}}, "metadata", "its key '' has 0 characters"),
        ({"expires_after": 3}, "expires_after", 'like {"anchor": "last_active_at", "days": 30}'),
        ({"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor", "must be"),
        (
            {"expires_after": {"anchor": "last_active_at", "days": 366}},
            "expires_after.days",
            "from 1 to 365",
        ),
        ({"file_ids": ["file-1"] * 501}, "file_ids", "a list of at most 500 ids"),
        ({"file_ids": [1]}, "file_ids[0]", "the id of a file"),
        ({"chunking_strategy": {"type": "other"}}, "chunking_strategy", 'like {"type": "auto"}'),
        (
            {
                "chunking_strategy": {
                    "type": "static",
                    "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 1},
                }
            },
            "chunking_strategy.static.max_chunk_size_tokens",
            "from 100 to 4096",
        ),
        (
            {
                "chunking_strategy": {
                    "type": "static",
                    "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 51},
                }
            },
            "chunking_strategy.static",
            "must be at most half of 'max_chunk_size_tokens', 50",
        ),
        ({"colour": "red"}, "colour", "Unknown parameter: 'colour'. The request may have name,"),
        (
            {"expires_after": {"anchor": "last_active_at", "days": 1, "hours": 1}},
            "hours",
            "Unknown parameter: 'hours'",
        ),
    ],
)
def test_what_a_store_cannot_be_made_with_is_refused(
    made: MadeStore, fields: dict[str, Any], param: str, message: str
) -> None:
    error = assert_error(made.client.post(STORES, json=fields), 400)
    assert error["param"] == param
    assert message in error["message"]
    assert len(made.client.get(STORES).json()["data"]) == 1


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"name": "\\ud83d"}', b'{"file_ids": ["\\ud83d"]}']
)
def test_a_body_that_is_no_request_is_refused(made: MadeStore, body: bytes) -> None:
    for path in (STORES, made.path, f"{made.path}/files", f"{made.path}/file_batches"):
        assert_error(made.client.post(path, content=body), 400)


def test_a_store_is_not_made_with_a_file_that_is_not_there(
    storage: SqliteStorage, made: MadeStore
) -> None:
    expired = upload(storage, "old.txt", expires=time.time() - 1)
    for file_id in ("file-none", expired, "x y", "é"):
        body = json.dumps({"file_ids": [upload(storage, "a.txt"), file_id]})
        error = assert_error(made.client.post(STORES, content=body), 404)
        assert (error["param"], error["code"]) == ("file_ids[1]", "file_not_found")
    assert len(made.client.get(STORES).json()["data"]) == 1


def test_an_update_changes_what_it_has_and_null_clears(
    storage: SqliteStorage, made: MadeStore
) -> None:
    expiry = {"anchor": "last_active_at", "days": 2}
    store = MadeStore.make(
        made.client, storage, name="a", metadata={"k": "v"}, expires_after=expiry
    )
    assert store.post(name="b") == {**store.get(), "name": "b"}
    changed = store.get()
    assert (changed["metadata"], changed["expires_after"]) == ({"k": "v"}, expiry)
    assert store.post() == changed
    cleared = store.post(name=None, metadata=None, expires_after=None)
    assert (cleared["name"], cleared["metadata"], cleared["expires_at"]) == ("", None, None)
    assert store.get() == cleared
    error = assert_error(store.request("POST", json={"metadata": {"k": 1}}), 400)
    assert error["param"] == "metadata"


def test_a_deleted_store_is_gone_at_once_and_its_vectors_are_to_be_deleted(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach()
    worker.drain()
    assert made.found() == [file_id]
    assert made.delete() == {"id": made.id, "object": "vector_store.deleted", "deleted": True}
    for method, path in [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/files"),
        ("GET", f"/files/{file_id}"),
        ("DELETE", f"/files/{file_id}"),
    ]:
        assert_error(made.request(method, path), 404)
    assert_error(made.request("POST", "/search", json={"query": "pump"}), 404)
    assert_error(made.request("POST", "/files", json={"file_id": file_id}), 404)
    taken = storage.tasks.take()
    assert taken is not None
    assert taken.task == RemoveStore(made.id)


def test_stores_are_listed_by_creation_with_the_folders_among_them(
    tmp_path: Path, encoder: Encoder
) -> None:
    path = tmp_path / "library.sqlite"
    fill(path, encoder)  # its first file is of 2023
    client = serve(Settings(vector_store=SqliteAddress(str(path))))
    made = []
    for number in range(3):
        made.append(client.post(STORES, json={"name": str(number)}).json()["id"])
        time.sleep(0.002)  # ids tell milliseconds apart
    ascending = ["library", *made]

    def listed(**query: Any) -> tuple[list[str], bool]:
        page = client.get(STORES, params=query).json()
        return [store["id"] for store in page["data"]], page["has_more"]

    assert listed() == (ascending[::-1], False)
    assert listed(order="asc", limit=2) == (ascending[:2], True)
    assert listed(order="asc", after="library") == (made, False)
    assert listed(order="asc", before=made[1]) == (ascending[:2], False)
    assert listed(before="library", limit=2) == (made[:2][::-1], True)
    assert listed(after=made[2], before="library") == (made[:2][::-1], False)
    client.delete(f"{STORES}/{made[1]}")
    assert listed(order="asc", after=made[1]) == (made[2:], False)
    error = assert_error(client.get(STORES, params={"after": "nothing"}), 400)
    assert error["param"] == "after"


def test_all_stores_are_visited_while_each_is_deleted(made: MadeStore) -> None:
    made_ids = {made.id} | {made.client.post(STORES, json={}).json()["id"] for _ in range(4)}
    visited: list[str] = []
    after = ""
    while True:
        page = made.client.get(STORES, params={"limit": 2, "after": after}).json()
        for store in page["data"]:
            visited.append(store["id"])
            made.client.delete(f"{STORES}/{store['id']}")
        if not page["has_more"]:
            break
        after = page["last_id"]
    assert sorted(visited) == sorted(made_ids)


def expire(storage: SqliteStorage, store_id: str, days: int) -> None:
    item = storage.catalog.get(VectorStoreItem, store_id)
    assert item is not None
    storage.catalog.put(
        replace(item, expires_after_days=days, last_active=item.created - 86_400 * days)
    )


def test_an_expired_store_is_shown_and_refuses_files_and_searches(
    storage: SqliteStorage, made: MadeStore
) -> None:
    expire(storage, made.id, days=2)
    assert made.get()["status"] == "expired"
    file_id = upload(storage, "a.txt")
    for path, fields in [
        ("/search", {"query": "pump"}),
        ("/files", {"file_id": file_id}),
        ("/file_batches", {"file_ids": [file_id]}),
    ]:
        error = assert_error(made.request("POST", path, json=fields), 400)
        assert error["code"] == "vector_store_expired"
        assert "has expired: it was not used for 2 days" in error["message"]
    assert made.delete()["deleted"]


def test_a_search_and_an_attachment_put_the_expiry_off(
    storage: SqliteStorage, made: MadeStore
) -> None:
    def old() -> None:
        item = storage.catalog.get(VectorStoreItem, made.id)
        assert item is not None
        storage.catalog.put(replace(item, last_active=1_700_000_000.0))

    for use in (made.found, made.attach):
        old()
        use()
        assert made.get()["last_active_at"] > 1_700_000_000


def test_a_search_does_not_fail_if_its_use_cannot_be_noted(
    storage: SqliteStorage, made: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = storage.catalog.get(VectorStoreItem, made.id)
    assert item is not None
    storage.catalog.put(replace(item, last_active=1_700_000_000.0))
    with storage._database.transaction():  # another writer keeps the file
        assert made.found() == []
    assert made.get()["last_active_at"] == 1_700_000_000


def test_a_request_with_an_idempotency_key_makes_one_store(
    storage: SqliteStorage, made: MadeStore
) -> None:
    headers = {"Idempotency-Key": "k"}
    fields = {"name": "a", "file_ids": [upload(storage, "a.txt")]}
    first = made.client.post(STORES, json=fields, headers=headers).json()
    assert made.client.post(STORES, json=fields, headers=headers).json() == first
    store = MadeStore(made.client, storage, first["id"])
    store.delete(f"/files/{fields['file_ids'][0]}")
    again = made.client.post(STORES, json=fields, headers=headers).json()
    assert (again["id"], again["file_counts"]["total"]) == (store.id, 0)  # it stays out
    error = assert_error(made.client.post(STORES, json={}, headers=headers), 400)
    assert error["code"] == "idempotency_key_reused"


def test_the_files_of_a_new_store_are_worked_on(storage: SqliteStorage, made: MadeStore) -> None:
    file_id = upload(storage, "a.txt")
    store = MadeStore.make(made.client, storage, file_ids=[file_id])
    taken = storage.tasks.take()
    assert taken is not None
    assert taken.task == ReconcileFile(store.id, file_id)


def test_the_folders_store_is_not_changed_through_the_api(tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "library.sqlite"
    fill(path, encoder)
    client = serve(Settings(vector_store=SqliteAddress(str(path))))
    file = "/files/file-cats"
    requests: list[tuple[str, str, Any]] = [
        ("POST", "", {"name": "x"}),
        ("DELETE", "", None),
        ("POST", "/files", {"file_id": "file-cats"}),
        ("POST", file, {"attributes": {}}),
        ("DELETE", file, None),
        ("POST", "/file_batches", {"file_ids": ["file-cats"]}),
    ]
    for method, below, fields in requests:
        response = client.request(method, f"{STORES}/library{below}", json=fields)
        error = assert_error(response, 400)
        assert error["code"] == "vector_store_read_only"
        assert "come from the bucket or folder" in error["message"]
    assert client.get(f"{STORES}/library{file}").json()["status"] == "completed"
