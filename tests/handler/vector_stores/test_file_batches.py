"""File batches over HTTP: made, watched, cancelled and listed."""

from __future__ import annotations

from typing import Any

import pytest

from handler.stores.sqlite.storage import SqliteStorage
from tests.handler.http.error_shape import assert_error
from tests.handler.vector_stores.made_store import MadeStore
from tests.handler.vector_stores.worker import StoreWorker, upload


def counts(**by_status: int) -> dict[str, int]:
    zero = dict.fromkeys(("in_progress", "completed", "failed", "cancelled"), 0)
    return {**zero, **by_status, "total": sum(by_status.values())}


def uploads(storage: SqliteStorage, number: int) -> list[str]:
    return [upload(storage, f"{n}.txt", f"Pump number {n}.".encode()) for n in range(number)]


def test_a_batch_counts_its_files_until_all_are_settled(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    files = [*uploads(storage, 3), upload(storage, "empty.txt", b"")]
    wanted = {"file_ids": [*files, files[0]], "attributes": {"n": 1}}
    response = made.request("POST", "/file_batches", json=wanted)
    assert response.headers["openai-poll-after-ms"] == str(storage.tasks.poll_after_ms)
    batch = response.json()
    path = f"/file_batches/{batch['id']}"
    assert batch == {
        "id": batch["id"],
        "object": "vector_store.files_batch",
        "created_at": batch["created_at"],
        "vector_store_id": made.id,
        "status": "in_progress",
        "file_counts": counts(in_progress=4),
    }
    assert made.get(path) == batch
    worker.drain()
    done = made.get(path)
    assert (done["status"], done["file_counts"]) == ("completed", counts(completed=3, failed=1))
    listed = made.get(f"{path}/files", filter="failed")
    assert [file["id"] for file in listed["data"]] == files[3:]
    assert {file["attributes"]["n"] for file in made.get(f"{path}/files")["data"]} == {1}


def test_each_file_of_a_batch_may_have_options_of_its_own(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    first, second = uploads(storage, 2)
    sizes = {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 10}
    made.post(
        "/file_batches",
        files=[
            {"file_id": first, "attributes": {"n": 1}},
            {"file_id": second, "chunking_strategy": {"type": "static", "static": sizes}},
        ],
        attributes={"n": 3},
    )
    worker.drain()
    one, two = made.get(f"/files/{first}"), made.get(f"/files/{second}")
    assert (one["attributes"], two["attributes"]) == ({"n": 1}, {})
    assert two["chunking_strategy"]["static"] == sizes


def test_a_batch_of_files_that_all_fail_has_failed(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    batch = made.post("/file_batches", file_ids=[upload(storage, "empty.txt", b"")])
    worker.drain()
    assert made.get(f"/file_batches/{batch['id']}")["status"] == "failed"


def test_files_that_are_in_the_store_already_count_in_a_new_batch(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    files = uploads(storage, 2)
    made.post("/files", file_id=files[0])
    worker.drain()
    made.post("/files", file_id=files[1])  # still in progress
    batch = made.post("/file_batches", file_ids=files)
    assert batch["file_counts"] == counts(completed=1, in_progress=1)
    worker.drain()
    done = made.get(f"/file_batches/{batch['id']}")
    assert done["file_counts"] == counts(completed=2)
    assert made.get()["file_counts"] == counts(completed=2)


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        ({}, "file_ids", "has neither 'file_ids' nor 'files'"),
        (
            {"file_ids": ["a"], "files": [{"file_id": "a"}]},
            "file_ids",
            "has both 'file_ids' and 'files'",
        ),
        ({"file_ids": []}, "file_ids", "a list of 1 to 2000 ids"),
        ({"file_ids": ["a"] * 2001}, "file_ids", "a list of 2001 items"),
        ({"files": [{}]}, "files[0].file_id", "is missing"),
        ({"files": ["a"]}, "files[0]", 'the string "a"'),
        ({"files": [{"file_id": "a", "name": "b"}]}, "name", "Unknown parameter: 'name'"),
    ],
)
def test_a_wrong_batch_is_refused(
    made: MadeStore, fields: dict[str, Any], param: str, message: str
) -> None:
    error = assert_error(made.request("POST", "/file_batches", json=fields), 400)
    assert error["param"] == param
    assert message in error["message"]


def test_a_batch_with_a_file_that_is_not_there_attaches_nothing(
    storage: SqliteStorage, made: MadeStore
) -> None:
    (file_id,) = uploads(storage, 1)
    for fields, place in [
        ({"file_ids": [file_id, "file-none"]}, "file_ids[1]"),
        ({"files": [{"file_id": file_id}, {"file_id": "file-none"}]}, "files[1].file_id"),
    ]:
        error = assert_error(made.request("POST", "/file_batches", json=fields), 404)
        assert (error["param"], error["code"]) == (place, "file_not_found")
    assert made.get()["file_counts"]["total"] == 0


def test_a_cancelled_batch_gives_up_what_is_in_progress(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    files = uploads(storage, 3)
    made.post("/files", file_id=files[0])
    worker.drain()
    batch = made.post("/file_batches", file_ids=files)
    path = f"/file_batches/{batch['id']}"
    cancelled = made.post(f"{path}/cancel")
    assert (cancelled["status"], cancelled["file_counts"]) == (
        "cancelled",
        counts(completed=1, cancelled=2),
    )
    assert made.post(f"{path}/cancel") == cancelled
    worker.drain()
    assert made.found() == files[:1]
    assert made.get(f"/files/{files[1]}")["status"] == "cancelled"
    assert made.get()["file_counts"] == counts(completed=1, cancelled=2)
    made.post("/files", file_id=files[1])  # it may be attached again
    worker.drain()
    assert sorted(made.found()) == sorted(files[:2])


def test_a_batch_that_has_ended_is_not_cancelled(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    batch = made.post("/file_batches", file_ids=uploads(storage, 1))
    worker.drain()
    error = assert_error(made.request("POST", f"/file_batches/{batch['id']}/cancel"), 400)
    assert "is completed; only one that is in progress can be cancelled" in error["message"]


def test_a_batch_is_one_of_its_store(storage: SqliteStorage, made: MadeStore) -> None:
    batch = made.post("/file_batches", file_ids=uploads(storage, 1))["id"]
    other = MadeStore.make(made.client, storage)
    for store, batch_id in [(other, batch), (made, "vsfb_none")]:
        for method, path in [("GET", ""), ("POST", "/cancel"), ("GET", "/files")]:
            response = store.request(method, f"/file_batches/{batch_id}{path}")
            assert assert_error(response, 404)["code"] == "file_batch_not_found"


def test_the_files_of_a_batch_are_listed_page_by_page(
    storage: SqliteStorage, made: MadeStore
) -> None:
    made.attach("of no batch.txt")
    files = sorted(uploads(storage, 5))  # attached at one time, so ordered by their ids
    batch = made.post("/file_batches", file_ids=files)["id"]

    def listed(**query: object) -> tuple[list[str], bool]:
        page = made.get(f"/file_batches/{batch}/files", **query)
        return [file["id"] for file in page["data"]], page["has_more"]

    assert listed() == (files[::-1], False)
    assert listed(order="asc", limit=2) == (files[:2], True)
    assert listed(order="asc", limit=2, after=files[1]) == (files[2:4], True)
    assert listed(order="asc", limit=2, before=files[3]) == (files[1:3], True)
    assert listed(filter="completed") == ([], False)
    made.delete(f"/files/{files[2]}")
    assert listed(order="asc", after=files[2]) == (files[3:], False)
    assert listed(order="asc", limit=3) == ([*files[:2], files[3]], True)
    response = made.request("GET", f"/file_batches/{batch}/files", params={"after": "file-none"})
    assert assert_error(response, 400)["param"] == "after"


def test_a_file_that_too_many_batches_wait_for_is_refused(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    files = uploads(storage, 1)
    batches = [made.post("/file_batches", file_ids=files)["id"] for _ in range(8)]
    error = assert_error(made.request("POST", "/file_batches", json={"file_ids": files}), 400)
    assert f"'{files[0]}' is already in 8 unfinished file batches" in error["message"]
    worker.drain()
    for batch in batches:
        assert made.get(f"/file_batches/{batch}")["file_counts"] == counts(completed=1)


def test_a_batch_that_is_sent_twice_with_a_key_is_one(
    storage: SqliteStorage, made: MadeStore, worker: StoreWorker
) -> None:
    fields = {"file_ids": uploads(storage, 2)}
    headers = {"Idempotency-Key": "k"}
    first = made.request("POST", "/file_batches", json=fields, headers=headers).json()
    worker.drain()
    made.delete(f"/files/{fields['file_ids'][0]}")
    again = made.request("POST", "/file_batches", json=fields, headers=headers).json()
    assert (again["id"], again["file_counts"]) == (first["id"], counts(completed=2))
    assert made.get()["file_counts"] == counts(completed=1)  # what was taken out stays out
