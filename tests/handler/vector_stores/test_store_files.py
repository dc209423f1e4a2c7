"""Files of vector stores over HTTP: attached, listed, changed, read and taken out."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import orjson
import pytest

from handler.errors import InvalidRequest
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.settings import SqliteAddress
from handler.stores.catalog import StoredFile
from handler.stores.sqlite.ledger import SqliteLedger
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.tasks import ReconcileFile
from handler.vector_stores.answers import FileDescriber
from handler.vector_stores.files import StoreFiles
from handler.vector_stores.made_stores import MadeStores
from model_layer import Encoder
from tests.handler.http.error_shape import assert_error
from tests.handler.vector_stores.made_store import MadeStore
from tests.handler.vector_stores.worker import StoreWorker, upload

LONG_KEY = "K" * 64
ATTRIBUTES = {"Team": "A", "n": 2, "x": 1.5, "ok": True, "filename": "mine", LONG_KEY: "2026"}


def equal(key: str, value: object) -> dict[str, object]:
    return {"type": "eq", "key": key, "value": value}


def test_an_attached_file_is_in_progress_and_then_found(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    file_id = upload(storage, "pump.txt", b"Error E-2041: the pump is dry.")
    request = {"file_id": file_id, "attributes": ATTRIBUTES}
    response = made.request("POST", "/files", json=request)
    assert response.headers["openai-poll-after-ms"] == str(storage.tasks.poll_after_ms)
    file = response.json()
    assert (file["id"], file["object"], file["vector_store_id"]) == (
        file_id,
        "vector_store.file",
        made.id,
    )
    assert (file["status"], file["last_error"], file["usage_bytes"]) == ("in_progress", None, 0)
    assert file["attributes"] == ATTRIBUTES
    assert made.found() == []
    assert made.get()["file_counts"]["in_progress"] == 1
    worker.drain()
    response = made.request("GET", f"/files/{file_id}")
    assert "openai-poll-after-ms" not in response.headers
    assert (response.json()["status"], response.json()["usage_bytes"]) == ("completed", 30)
    (result,) = made.post("/search", query="pump")["data"]
    assert (result["file_id"], result["filename"]) == (file_id, "pump.txt")
    assert result["attributes"] == ATTRIBUTES  # as sent, and nothing of ours
    assert made.get()["usage_bytes"] == 30


@pytest.mark.parametrize(
    ("key", "value", "is_found"),
    [
        ("Team", "A", True),
        ("team", "A", False),
        ("n", 2, True),
        ("ok", True, True),
        ("filename", "mine", True),  # the user's before ours
        ("filename", "pump.txt", False),
        ("source", None, True),  # ours
        (LONG_KEY, "2026", True),
        (LONG_KEY, 2026, True),
        ("K" * 63 + "k", "2026", False),
    ],
)
def test_filters_find_by_the_attributes_as_they_were_sent(
    made: MadeStore, worker: StoreWorker, key: str, value: Any, is_found: bool
) -> None:
    file_id = made.attach("pump.txt", attributes=ATTRIBUTES)
    worker.drain()
    value = f"upload://{file_id}/pump.txt" if value is None else value
    page = made.post("/search", query="pump", filters=equal(key, value))
    assert [result["file_id"] for result in page["data"]] == [file_id] * is_found
    assert ("warnings" in page) is (key in ("team", "K" * 63 + "k"))


def test_attaching_again_changes_nothing_or_what_differs(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach(attributes={"n": 1})
    worker.drain()
    before = made.get(f"/files/{file_id}")
    assert made.post("/files", file_id=file_id, attributes={"n": 1}) == before
    assert storage.tasks.take() is None
    for fields in (
        {"attributes": {"n": True}},  # 1 for Python, and not for a filter
        {"attributes": {"n": True}, "chunking_strategy": static(100, 0)},
        {},
    ):
        again = made.post("/files", file_id=file_id, **fields)
        assert (again["status"], again["attributes"]) == (
            "in_progress",
            fields.get("attributes", {}),
        )
        worker.drain()
        assert made.get(f"/files/{file_id}")["status"] == "completed"
    assert made.get()["file_counts"]["total"] == 1


def static(size: int, overlap: int) -> dict[str, Any]:
    sizes = {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}
    return {"type": "static", "static": sizes}


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        (None, (256, 32)),
        ({"type": "auto"}, (256, 32)),
        (static(100, 50), (100, 50)),
        (static(200, 0), (200, 0)),
        (static(800, 400), (256, 128)),
        (static(4096, 10), (256, 10)),
    ],
)
def test_the_sizes_of_chunks_that_were_used_are_said(
    made: MadeStore, worker: StoreWorker, asked: Any, used: tuple[int, int]
) -> None:
    text = b"This sentence is about pumps. " * 100
    file_id = made.attach(content=text, chunking_strategy=asked)
    worker.drain()
    file = made.get(f"/files/{file_id}")
    assert file["chunking_strategy"] == static(*used)
    assert file["chunks"] >= 700 / used[0]


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({str(n): n for n in range(17)}, "has 17 pairs, and must be an object of at most 16"),
        ({"k" * 65: 1}, "has 65 characters, and must have 1 to 64"),
        ({"": 1}, "its key '' has 0 characters"),
        ({"a\0": 1}, "none of them a zero byte"),
        ({"k": "v" * 513}, "its 'k' has 513 characters"),
        ({"k": None}, "its 'k' is null"),
        ({"k": ["a"]}, "its 'k' is a list of 1 items"),
        ({"k": 2**53 + 1}, "its 'k' is the number 9007199254740993"),
        ("a", 'the string "a"; it must be an object of at most 16 attributes'),
    ],
)
def test_attributes_over_a_limit_are_refused(
    storage: SqliteStorage, made: MadeStore, attributes: Any, message: str
) -> None:
    file_id = upload(storage, "a.txt")
    made.post("/files", file_id=file_id)
    request = {"file_id": file_id, "attributes": attributes}
    for path, fields, place in [
        ("/files", request, "attributes"),
        (f"/files/{file_id}", {"attributes": attributes}, "attributes"),
        ("/file_batches", {"files": [request]}, "files[0].attributes"),
    ]:
        error = assert_error(made.request("POST", path, json=fields), 400)
        assert error["param"] == place
        assert message in error["message"]


def test_attributes_that_s3_vectors_cannot_hold_are_refused_there(
    storage: SqliteStorage, made: MadeStore, encoder: Encoder
) -> None:
    """A file holds them; S3 Vectors has 2,048 bytes for all."""
    many = {str(number): "x" * 500 for number in range(4)}
    made.attach(attributes=many)
    address = SqliteAddress(str(storage.catalog._database.path))
    configured = ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint)
    configured.attribute_bytes = 2_048
    files = StoreFiles(
        configured,
        MadeStores(configured),
        FileDescriber(max_tokens=256, overlap=32),
        max_tokens=256,
    )
    request = orjson.dumps({"file_id": upload(storage, "b.txt"), "attributes": many})
    with pytest.raises(InvalidRequest, match=r"take 2,\d\d\d bytes.* is 2,048") as refused:
        files.attach(made.id, request, RequestContext("id"))
    assert refused.value.code == "attributes_too_large"


def test_a_file_that_is_not_there_is_not_attached(storage: SqliteStorage, made: MadeStore) -> None:
    gone = upload(storage, "a.txt")
    item = storage.catalog.get(StoredFile, gone)
    assert item is not None
    storage.catalog.put(replace(item, expires=time.time() - 1))
    for file_id in (gone, "file-none"):
        error = assert_error(made.request("POST", "/files", json={"file_id": file_id}), 404)
        assert (error["param"], error["code"]) == ("file_id", "file_not_found")
        assert file_id in error["message"]


def test_a_file_is_in_several_stores_with_attributes_of_its_own(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    other = MadeStore.make(made.client, storage)
    file_id = made.attach(attributes={"n": 1})
    other.post("/files", file_id=file_id, attributes={"n": 2})
    worker.drain()
    assert made.found(filters=equal("n", 1)) == other.found(filters=equal("n", 2)) == [file_id]
    made.delete(f"/files/{file_id}")
    worker.drain()
    assert (made.found(), other.found()) == ([], [file_id])


def test_two_attaches_at_once_are_one_attachment(
    storage: SqliteStorage, made: MadeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier, read = threading.Barrier(2), SqliteLedger.get_all
    first_reads = iter([True, True])

    def at_once(self: SqliteLedger, *args: Any, **kwargs: Any) -> Any:
        rows = read(self, *args, **kwargs)
        if next(first_reads, False):
            barrier.wait(5)  # both know no row
        return rows

    monkeypatch.setattr(SqliteLedger, "get_all", at_once)
    file_id = upload(storage, "a.txt")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: made.post("/files", file_id=file_id), range(2)))
    assert answers[0] == answers[1]
    assert made.get()["file_counts"] == {
        "in_progress": 1, "completed": 0, "failed": 0, "cancelled": 0, "total": 1
    }  # fmt: skip


def test_an_update_replaces_the_attributes(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach(attributes={"a": 1, "b": 1})
    worker.drain()
    with ThreadPoolExecutor(1) as pool:
        updating = pool.submit(made.post, f"/files/{file_id}", attributes={"a": 2})
        while not updating.done():
            worker.drain()
    file = updating.result()
    assert (file["status"], file["attributes"]) == ("completed", {"a": 2})
    assert made.found(filters=equal("a", 2)) == [file_id]
    assert made.found(filters=equal("a", 1)) == made.found(filters=equal("b", 1)) == []
    assert made.post(f"/files/{file_id}", attributes={"a": 2}) == made.get(f"/files/{file_id}")
    error = assert_error(made.request("POST", f"/files/{file_id}", json={}), 400)
    assert error["message"] == "'attributes' is missing."


def test_an_update_of_what_has_failed_leaves_it_failed(
    made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach(content=b"")
    worker.drain()
    file = made.post(f"/files/{file_id}", attributes={"a": 1})
    assert (file["status"], file["attributes"]) == ("failed", {"a": 1})
    assert file["last_error"]["code"] == "invalid_file"


def test_a_failed_file_that_is_attached_again_is_tried_again(
    made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach(content=b"")
    worker.drain()
    again = made.post("/files", file_id=file_id)
    assert (again["status"], again["last_error"]) == ("in_progress", None)
    worker.drain()
    assert made.get()["file_counts"]["failed"] == 1


def test_a_file_that_is_taken_out_is_gone_and_can_come_back(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    file_id = made.attach()
    worker.drain()
    answer = made.delete(f"/files/{file_id}")
    assert answer == {"id": file_id, "object": "vector_store.file.deleted", "deleted": True}
    assert made.found() == []  # before the worker has done anything
    assert made.get()["file_counts"]["total"] == 0
    assert made.get("/files")["data"] == []
    for method, path in [
        ("GET", f"/files/{file_id}"),
        ("DELETE", f"/files/{file_id}"),
        ("GET", f"/files/{file_id}/content"),
    ]:
        assert assert_error(made.request(method, path), 404)["code"] == "file_not_found"
    fields = {"attributes": {"a": 1}}
    assert_error(made.request("POST", f"/files/{file_id}", json=fields), 404)
    assert storage.catalog.get(StoredFile, file_id)
    made.post("/files", file_id=file_id)
    worker.drain()
    assert made.found() == [file_id]
    assert made.get()["file_counts"]["total"] == 1


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_all_files_are_visited_while_each_is_taken_out(
    made: MadeStore, worker: StoreWorker, order: str
) -> None:
    files = {made.attach(f"{number}.txt") for number in range(7)}
    visited: list[str] = []
    after = ""
    while True:
        page = made.get("/files", limit=2, after=after, order=order)
        for file in page["data"]:
            visited.append(file["id"])
            made.delete(f"/files/{file['id']}")
        worker.drain()  # the place where the page ended stays known
        if not page["has_more"]:
            break
        after = page["last_id"]
    assert sorted(visited) == sorted(files)
    error = assert_error(made.request("GET", "/files", params={"after": "file-none"}), 400)
    assert error["param"] == "after"


def test_the_text_of_a_file_is_read(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    text = "\n\n".join(f"Paragraph {number} is about pumps." for number in range(200))
    file_id = made.attach(content=text.encode())
    error = assert_error(made.request("GET", f"/files/{file_id}/content"), 400)
    assert "is still in progress" in error["message"]
    worker.drain()
    page = made.get(f"/files/{file_id}/content")
    assert (page["object"], page["has_more"], page["next_page"]) == (
        "vector_store.file_content.page",
        False,
        None,
    )
    ((only),) = page["data"]
    assert only["type"] == "text"
    assert only["text"].split() == text.split()
    empty = made.attach(content=b"")
    worker.drain()
    error = assert_error(made.request("GET", f"/files/{empty}/content"), 400)
    assert "could not be read" in error["message"]
    error = assert_error(made.request("GET", f"/files/{file_id}/content?page=x"), 400)
    assert error["param"] == "page"


def test_an_attach_sends_the_task_again_if_the_first_was_lost(
    storage: SqliteStorage, made: MadeStore
) -> None:
    file_id = made.attach()
    taken = storage.tasks.take()
    assert taken is not None
    storage.tasks.done(taken)
    made.post("/files", file_id=file_id)
    again = storage.tasks.take()
    assert again is not None
    assert again.task == ReconcileFile(made.id, file_id)
