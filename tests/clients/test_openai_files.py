"""openai for Python: files, vector stores, batches and uploads, as code for OpenAI uses them.

Runs against the local server, and against both Lambda functions with AWS as moto plays it: in a
process, and (`make test-sam`) in the image.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.clients.wire import KEY
from tests.handler.documents.samples import pdf
from tests.lambda_server import start_lambda_server
from tests.local_server import start_server
from tests.sam.deployment import start_deployment

GOOD = b"Error E-2041 means that the pump is dry."
PATIENCE = 20.0  # seconds


@pytest.fixture(
    scope="module", params=["local", "lambda", pytest.param("sam", marks=pytest.mark.sam)]
)
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[openai.OpenAI]:
    if request.param == "local":
        path = tmp_path_factory.mktemp("stores") / "documents.sqlite"
        server = start_server(VECTOR_STORE=f"sqlite:///{path}")
    elif request.param == "lambda":
        request.getfixturevalue("aws")
        server = start_lambda_server()
    else:
        with (
            start_deployment(tmp_path_factory.mktemp("deployment")) as base_url,
            openai.OpenAI(base_url=base_url, api_key=KEY) as client,
        ):
            yield client
        return
    with server as running, openai.OpenAI(base_url=running.base_url, api_key=KEY) as client:
        yield client


@pytest.fixture
def store(client: openai.OpenAI) -> Iterator[str]:
    made = client.vector_stores.create(name="a store")
    yield made.id
    client.vector_stores.delete(made.id)


def upload(client: openai.OpenAI, content: bytes = GOOD, name: str = "pump.txt") -> str:
    return client.files.create(file=(name, content), purpose="assistants").id


def attach(client: openai.OpenAI, store: str, content: bytes = GOOD, **options: Any) -> Any:
    return client.vector_stores.files.create_and_poll(
        upload(client, content), vector_store_id=store, poll_interval_ms=50, **options
    )


def found(client: openai.OpenAI, store: str, query: str = "pump", **options: Any) -> list[str]:
    page = client.vector_stores.search(store, query=query, **options)
    return [result.file_id for result in page.data]


def settled(client: openai.OpenAI, store: str, file_id: str) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        file = client.vector_stores.files.retrieve(file_id, vector_store_id=store)
        if file.status != "in_progress":
            return file
        time.sleep(0.05)
    pytest.fail("the file is still in progress")


# --- files


def test_files_come_back_as_they_were_sent(client: openai.OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "été.bin"
    path.write_bytes(bytes(range(256)) * 40)
    sent: list[tuple[Any, str, bytes]] = [
        (path, "été.bin", path.read_bytes()),
        (b"", "upload", b""),
        (("n.txt", b"text", "text/plain"), "n.txt", b"text"),
    ]
    for file, name, content in sent:
        made = client.files.create(file=file, purpose="user_data")
        assert (made.filename, made.bytes, made.purpose) == (name, len(content), "user_data")
        assert made.status == "processed"
        assert client.files.retrieve(made.id) == made
        assert client.files.content(made.id).read() == content
        assert client.files.wait_for_processing(made.id) == made
    listed = [file.filename for file in client.files.list(limit=2, purpose="user_data")]
    assert listed[:3] == ["n.txt", "upload", "été.bin"]


def test_a_file_expires_when_it_was_told_to(client: openai.OpenAI) -> None:
    made = client.files.create(
        file=b"x", purpose="assistants", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert made.expires_at == made.created_at + 3600
    batch = client.files.create(file=("b.jsonl", b"{}"), purpose="batch")
    assert batch.expires_at == batch.created_at + 30 * 86_400


def test_a_deleted_file_is_gone(client: openai.OpenAI) -> None:
    file = upload(client)
    deleted = client.files.delete(file)
    assert (deleted.id, deleted.deleted) == (file, True)
    for gone in (client.files.retrieve, client.files.content, client.files.delete):
        with pytest.raises(openai.NotFoundError):
            gone(file)


# --- vector stores


def test_a_store_is_made_changed_and_deleted(client: openai.OpenAI) -> None:
    file = upload(client)
    store = client.vector_stores.create(
        name="manuals",
        metadata={"team": "support"},
        expires_after={"anchor": "last_active_at", "days": 3},
        file_ids=[file],
        chunking_strategy={
            "type": "static",
            "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
        },
    )
    assert (store.name, store.metadata, store.file_counts.total) == (
        "manuals",
        {"team": "support"},
        1,
    )
    assert store.expires_at is not None
    attached = settled(client, store.id, file)
    assert attached.status == "completed"
    assert attached.chunking_strategy.static.max_chunk_size_tokens == 256
    assert attached.chunking_strategy.static.chunk_overlap_tokens == 128
    changed = client.vector_stores.update(store.id, name="m", metadata=None, expires_after=None)
    assert (changed.name, changed.metadata, changed.expires_at) == ("m", None, None)
    assert client.vector_stores.delete(store.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.vector_stores.retrieve(store.id)
    with pytest.raises(openai.NotFoundError):
        found(client, store.id)
    assert client.files.content(file).read() == GOOD


def test_lists_go_through_all_stores(client: openai.OpenAI) -> None:
    made = [client.vector_stores.create(name=str(number)).id for number in range(3)]
    listed = [store.id for store in client.vector_stores.list(limit=1)]
    assert [store for store in listed if store in made] == made[::-1]
    upwards = [store.id for store in client.vector_stores.list(limit=1, order="asc")]
    assert [store for store in upwards if store in made] == made
    for store in client.vector_stores.list(limit=1):  # while it is iterated over
        if store.id in made:
            client.vector_stores.delete(store.id)
    assert not {store.id for store in client.vector_stores.list()} & {*made}


# --- their files


def test_a_good_file_is_found_and_read(client: openai.OpenAI, store: str) -> None:
    file = client.vector_stores.files.upload_and_poll(
        vector_store_id=store, file=("pump.txt", GOOD), poll_interval_ms=50
    )
    assert (file.status, file.last_error) == ("completed", None)
    assert file.usage_bytes == len(GOOD)
    result = client.vector_stores.search(store, query="E-2041").data[0]
    assert (result.file_id, result.filename) == (file.id, "pump.txt")
    assert 0 < result.score <= 1
    content = client.vector_stores.files.content(file.id, vector_store_id=store)
    assert "".join(part.text or "" for part in content) == GOOD.decode()
    counts = client.vector_stores.retrieve(store).file_counts
    assert (counts.completed, counts.total) == (1, 1)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("secret.pdf", pdf("secret", owner_password="y", user_password="x")),
        ("film.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(2_000)),
    ],
)
def test_a_bad_file_fails_with_the_reason(
    client: openai.OpenAI, store: str, name: str, content: bytes
) -> None:
    file = client.vector_stores.files.upload_and_poll(
        vector_store_id=store, file=(name, content), poll_interval_ms=50
    )
    assert file.status == "failed"
    assert file.last_error is not None
    assert file.last_error.code in ("unsupported_file", "invalid_file")
    assert len(file.last_error.message) > 10
    assert client.vector_stores.retrieve(store).file_counts.failed == 1


def test_changed_attributes_are_found_and_old_ones_are_not(
    client: openai.OpenAI, store: str
) -> None:
    def by(team: str) -> Any:
        return {"type": "eq", "key": "Team", "value": team}

    file = attach(client, store, attributes={"Team": "a", "n": 1.5, "ok": True})
    assert file.attributes == {"Team": "a", "n": 1.5, "ok": True}
    assert found(client, store, filters=by("a")) == [file.id]
    client.vector_stores.files.update(
        file.id, vector_store_id=store, attributes={"Team": "b", "n": 2}
    )
    changed = settled(client, store, file.id)
    assert changed.attributes == {"Team": "b", "n": 2}
    assert found(client, store, filters=by("b")) == [file.id]
    assert found(client, store, filters=by("a")) == []


@pytest.mark.parametrize(
    ("value", "other"), [("x", "y"), (2026, 2027), ("2026-11-29", 0), (True, False)]
)
def test_a_key_of_64_characters_is_filtered_by_and_shown_whole(
    client: openai.OpenAI, store: str, value: Any, other: Any
) -> None:
    """S3 Vectors takes 63 characters of a key, and a number or a date has a copy under a longer."""
    key = "Key-" + "k" * 60
    file = attach(client, store, attributes={key: value})
    assert file.status == "completed"
    assert found(client, store, filters={"type": "eq", "key": key, "value": value}) == [file.id]
    assert found(client, store, filters={"type": "eq", "key": key, "value": other}) == []
    assert found(client, store, filters={"type": "eq", "key": key.lower(), "value": value}) == []
    (result,) = client.vector_stores.search(store, query="pump").data
    assert result.attributes == {key: value}


def test_a_file_that_leaves_a_store_is_still_there(client: openai.OpenAI, store: str) -> None:
    file = attach(client, store)
    other = client.vector_stores.create(file_ids=[file.id])
    settled(client, other.id, file.id)
    removed = client.vector_stores.files.delete(file.id, vector_store_id=store)
    assert (removed.id, removed.deleted) == (file.id, True)
    assert found(client, store) == []
    assert found(client, other.id) == [file.id]
    assert client.files.retrieve(file.id).id == file.id
    client.files.delete(file.id)
    assert found(client, other.id) == []
    assert client.vector_stores.retrieve(other.id).file_counts.total == 0


def test_all_files_can_be_removed_while_they_are_listed(client: openai.OpenAI, store: str) -> None:
    files = {upload(client, name=f"{number}.txt") for number in range(5)}
    client.vector_stores.file_batches.create_and_poll(store, file_ids=[*files], poll_interval_ms=50)
    visited = []
    for file in client.vector_stores.files.list(store, limit=2):
        visited.append(file.id)
        client.vector_stores.files.delete(file.id, vector_store_id=store)
    assert sorted(visited) == sorted(files)
    assert client.vector_stores.retrieve(store).file_counts.total == 0


# --- batches


def test_a_batch_of_twelve_ends(client: openai.OpenAI, store: str) -> None:
    files: list[Any] = [
        (f"{number}.txt", f"Sentence number {number} is about pumps.".encode())
        for number in range(11)
    ]
    batch = client.vector_stores.file_batches.upload_and_poll(
        store, files=[*files, ("empty.txt", b"")], poll_interval_ms=50
    )
    assert (batch.file_counts.completed, batch.file_counts.failed) == (11, 1)
    assert batch.status == "completed"
    failed = client.vector_stores.file_batches.list_files(
        batch.id, vector_store_id=store, filter="failed"
    )
    assert [client.files.retrieve(file.id).filename for file in failed] == ["empty.txt"]
    assert len(set(found(client, store, max_num_results=50))) == 11


def test_a_batch_is_cancelled_half_way(client: openai.OpenAI, store: str) -> None:
    text = b"This sentence is about pumps. " * 2_000
    files = [upload(client, text, f"{number}.txt") for number in range(12)]
    batch = client.vector_stores.file_batches.create(store, file_ids=files)
    assert (batch.file_counts.total, batch.status) == (12, "in_progress")
    cancelled = client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store)
    assert cancelled.status == "cancelled"
    assert client.vector_stores.file_batches.cancel(batch.id, vector_store_id=store)
    ended = client.vector_stores.file_batches.poll(
        batch.id, vector_store_id=store, poll_interval_ms=50
    )
    assert ended.file_counts.cancelled > 0
    assert ended.file_counts.cancelled + ended.file_counts.completed == 12
    for file in client.vector_stores.files.list(store, filter="cancelled"):
        assert file.id not in found(client, store, max_num_results=50)


# --- uploads


def test_a_large_file_is_sent_in_parts(client: openai.OpenAI, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"This sentence is about pumps.\n" * 400_000)
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    upload = client.uploads.upload_file_chunked(
        file=path, mime_type="text/plain", purpose="assistants", part_size=4_500_000, md5=md5
    )
    assert upload.status == "completed"
    assert upload.file is not None
    assert (upload.file.bytes, upload.file.filename) == (12_000_000, "large.txt")
    assert client.files.content(upload.file.id).read() == path.read_bytes()


def test_an_upload_that_is_not_right_is_refused(client: openai.OpenAI) -> None:
    made = client.uploads.create(
        bytes=6, filename="a.txt", mime_type="text/plain", purpose="assistants"
    )
    parts = [client.uploads.parts.create(made.id, data=data).id for data in (b"abc", b"def")]
    with pytest.raises(openai.BadRequestError, match="md5"):
        client.uploads.complete(made.id, part_ids=parts, md5="0" * 32)
    with pytest.raises(openai.BadRequestError, match="3 bytes"):
        client.uploads.complete(made.id, part_ids=parts[:1])
    done = client.uploads.complete(made.id, part_ids=parts[::-1])
    assert done.file is not None
    assert client.files.content(done.file.id).read() == b"defabc"
    assert client.uploads.complete(made.id, part_ids=parts[::-1]).file == done.file
    with pytest.raises(openai.BadRequestError, match="completed"):
        client.uploads.parts.create(made.id, data=b"x")
    with pytest.raises(openai.BadRequestError, match="completed"):
        client.uploads.cancel(made.id)


def test_a_cancelled_upload_takes_no_parts(client: openai.OpenAI) -> None:
    made = client.uploads.create(
        bytes=6, filename="a.txt", mime_type="text/plain", purpose="assistants"
    )
    assert client.uploads.cancel(made.id).status == "cancelled"
    with pytest.raises(openai.BadRequestError, match="cancelled"):
        client.uploads.parts.create(made.id, data=io.BytesIO(b"x"))


# --- requests that are sent twice


def test_what_is_sent_twice_is_made_once(client: openai.OpenAI) -> None:
    headers = {"Idempotency-Key": "same"}

    def file() -> str:
        return client.files.create(file=("a", b"a"), purpose="evals", extra_headers=headers).id

    assert file() == file()
    with pytest.raises(openai.BadRequestError, match="Idempotency-Key"):
        client.files.create(file=("b", b"b"), purpose="evals", extra_headers=headers)
    twice = [
        client.vector_stores.create(name="x", extra_headers={"Idempotency-Key": "store"}).id
        for _ in range(2)
    ]
    assert twice[0] == twice[1]


def test_a_file_that_is_attached_twice_is_there_once(client: openai.OpenAI, store: str) -> None:
    file = upload(client)
    for _ in range(3):
        client.vector_stores.files.create(store, file_id=file)
    settled(client, store, file)
    assert [one.id for one in client.vector_stores.files.list(store)] == [file]
    assert client.vector_stores.retrieve(store).file_counts.total == 1


# --- the store of the bucket or folder


def test_the_store_of_the_bucket_or_folder_says_what_it_does_not_do(client: openai.OpenAI) -> None:
    own = [one.id for one in client.vector_stores.list() if not one.id.startswith("vs_")]
    file = upload(client)
    for store in own:
        with pytest.raises(openai.BadRequestError, match=r"bucket|folder"):
            client.vector_stores.files.create(store, file_id=file)
        with pytest.raises(openai.BadRequestError, match=r"bucket|folder"):
            client.vector_stores.delete(store)
