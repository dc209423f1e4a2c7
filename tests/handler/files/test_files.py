"""Files: what is kept of them, how they are listed, and that a deleted one is gone everywhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from handler.errors import InvalidRequest, NotFound, NotReady, RequestTooLarge, StoreConflict
from handler.files.files import Files
from handler.settings import SqliteAddress
from handler.stores.blobs import BlobMissing
from handler.stores.catalog import StoredFile, VectorStoreItem, blob_of
from handler.stores.contract import Ledger, Storage
from handler.stores.row import Row
from handler.stores.sqlite.blobs import FolderBlobs
from handler.stores.sqlite.catalog import SqliteCatalog
from handler.stores.sqlite.ledger import SqliteLedger
from handler.stores.sqlite.tasks import SqliteTasks
from handler.stores.tasks import ReconcileFile
from tests.handler.files.forms import create, form

STORE = "vs_1"
EXPIRY = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}


def bytes_of(files: Files, file_id: str) -> bytes:
    return b"".join(files.content(file_id, answer_limit=None).chunks)


def attach(storage: Storage, file_id: str, store: str = STORE) -> Ledger:
    """The ledger of a new store, in which the file is completed."""
    storage.catalog.put(VectorStoreItem(id=store, created=1.0))
    ledger = storage.store(store).ledger
    source = f"upload://{file_id}/notes.txt"
    ledger.put(Row(file_id, source, status="completed", current="a", size=5, requested={}))
    return ledger


def sent(storage: Storage) -> set[object]:
    """The tasks in the queue."""
    tasks = storage.tasks
    assert isinstance(tasks, SqliteTasks)
    return {taken.task for taken in iter(tasks.take, None)}


def test_a_file_is_kept_as_it_was_sent(files: Files) -> None:
    made = create(files, b"\x00\r\n\xff", filename="ä b.txt")
    assert re.fullmatch("file-[0-9a-z]{26}", made.id)
    assert made.model_dump() == {
        "id": made.id,
        "object": "file",
        "bytes": 4,
        "created_at": 1_800_000_000,
        "filename": "ä b.txt",
        "purpose": "assistants",
        "status": "processed",
    }
    assert files.retrieve(made.id) == made
    assert bytes_of(files, made.id) == b"\x00\r\n\xff"


def test_an_empty_file_is_kept(files: Files) -> None:
    made = create(files, b"")
    assert (made.bytes, bytes_of(files, made.id)) == (0, b"")


def test_the_content_type_is_kept_for_ingestion(files: Files, storage: Storage) -> None:
    for content_type, kept in [
        ("text/markdown; charset=utf-8", "text/markdown; charset=utf-8"),
        ("text/" + "x" * 122, "text/" + "x" * 122),
        ("text/" + "x" * 123, None),
        ("text", None),
        ("text/a\r\nb", None),
        (None, None),
    ]:
        made = files.create(
            form(content_type=content_type, texts={"purpose": "assistants"}), caller=None, key=None
        )
        item = storage.catalog.get(StoredFile, made.id)
        assert item is not None
        assert item.content_type == kept


def test_a_file_expires_when_it_was_asked_to(files: Files, now: list[float]) -> None:
    made = create(files, texts=EXPIRY)
    assert made.expires_at == made.created_at + 3600
    now[0] += 3599
    assert files.page({}).data == [made]
    now[0] += 1
    assert files.page({}).data == []
    for call in (files.retrieve, files.delete, lambda one: files.content(one, answer_limit=None)):
        with pytest.raises(NotFound, match="No such File object: file-"):
            call(made.id)


def test_the_file_of_a_batch_expires_after_thirty_days_unless_asked_otherwise(
    files: Files,
) -> None:
    by_itself, asked = create(files, purpose="batch"), create(files, purpose="batch", texts=EXPIRY)
    assert by_itself.expires_at == by_itself.created_at + 30 * 86_400
    assert asked.expires_at == asked.created_at + 3600


@pytest.mark.parametrize(
    ("texts", "message", "param"),
    [
        ({}, "'purpose' is missing.", "purpose"),
        ({"purpose": "odd"}, "it must be one of assistants, batch, fine-tune, vision", "purpose"),
        (
            {"purpose": "vision", "expires_after[anchor]": "created_at"},
            "'expires_after[seconds]' is missing.",
            "expires_after[seconds]",
        ),
        (
            {"purpose": "vision", "expires_after[seconds]": "3600"},
            "'expires_after[anchor]' is missing.",
            "expires_after[anchor]",
        ),
        *(
            (
                {"purpose": "vision", **EXPIRY, "expires_after[seconds]": seconds},
                "it must be a whole number from 3600 to 2592000",
                "expires_after[seconds]",
            )
            for seconds in ("3599", "2592001", "-1", "4e3", " 4000", "", "9" * 30)
        ),
        (
            {"purpose": "vision", **EXPIRY, "expires_after[anchor]": "last_active_at"},
            "it must be created_at",
            "expires_after[anchor]",
        ),
    ],
)
def test_a_wrong_field_is_named(
    files: Files, texts: dict[str, str], message: str, param: str
) -> None:
    with pytest.raises(InvalidRequest, match=re.escape(message)) as caught:
        files.create(form(texts=texts), caller=None, key=None)
    assert caught.value.param == param
    assert files.page({}).data == []


def test_a_request_that_is_sent_again_with_its_key_makes_one_file(files: Files) -> None:
    first = create(files, key="k", caller="anna")
    assert create(files, key="k", caller="anna") == first
    assert files.page({}).data == [first]
    others = [create(files, key="k", caller="ben"), create(files), create(files)]
    assert len({first.id, *(one.id for one in others)}) == 4


def test_a_key_that_was_sent_with_another_file_is_refused(files: Files) -> None:
    create(files, b"one", key="k")
    with pytest.raises(InvalidRequest, match="Idempotency-Key was sent before"):
        create(files, b"two", key="k")


def test_a_request_whose_key_cannot_be_noted_makes_nothing(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would make a second file if it were sent again."""

    def conflict(*_: object, **__: object) -> None:
        raise StoreConflict("another writer")

    monkeypatch.setattr(SqliteCatalog, "put", conflict)
    with pytest.raises(NotReady, match=r"keep changing the same object\. Try again\."):
        create(files, key="k")
    assert files.page({}).data == []


def test_a_request_that_died_before_its_end_is_completed_by_the_next(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("handler.files.files.put_file", interrupted)
        create(files, key="k")
    assert files.page({}).data == []
    made = create(files, key="k")
    assert files.page({}).data == [made]
    assert bytes_of(files, made.id) == b"hello"


def interrupted(*args: object) -> None:
    raise KeyboardInterrupt


def test_files_are_listed_by_their_creation(files: Files, now: list[float]) -> None:
    made = []
    for number in range(5):
        now[0] += 1
        made.append(create(files, purpose="vision" if number % 2 else "batch").id)

    def listed(**query: str) -> tuple[list[str], bool]:
        page = files.page(query)
        return [one.id for one in page.data], page.has_more

    assert listed() == (made[::-1], False)
    assert listed(order="asc") == (made, False)
    assert listed(order="asc", limit="2") == (made[:2], True)
    assert listed(order="asc", limit="3", after=made[1]) == (made[2:], False)
    assert listed(limit="2", after=made[2]) == ([made[1], made[0]], False)
    assert listed(purpose="vision") == ([made[3], made[1]], False)
    assert listed(purpose="vision", limit="1") == ([made[3]], True)
    assert listed(purpose="evals") == ([], False)


def test_a_page_that_would_be_larger_than_an_answer_ends_early(files: Files) -> None:
    made = [create(files).id for _ in range(10)]
    seen: list[str] = []
    while True:
        page = files.page({"after": seen[-1]} if seen else {}, answer_limit=1_600)
        assert len(page.model_dump_json()) <= 1_600
        seen += [one.id for one in page.data]
        if not page.has_more:
            break
    assert sorted(seen) == sorted(made)


def test_a_deleted_file_is_gone_from_every_store(files: Files, storage: Storage) -> None:
    made, other = create(files), create(files)
    ledgers = [attach(storage, made.id, store) for store in ("vs_1", "vs_2")]
    kept = attach(storage, other.id, "vs_3")
    assert files.delete(made.id).model_dump() == {
        "id": made.id,
        "object": "file",
        "deleted": True,
    }
    for ledger in ledgers:
        row = ledger.get(made.id)
        assert row is not None
        assert (row.removed, row.current) == (1_800_000_000, None)
        assert ledger.counts().total == 0
    assert kept.counts().completed == 1
    assert sent(storage) == {ReconcileFile("vs_1", made.id), ReconcileFile("vs_2", made.id)}
    with pytest.raises(BlobMissing):
        storage.blobs.read(blob_of(made.id))
    with pytest.raises(NotFound):
        files.delete(made.id)
    assert files.page({}).data == [other]


def test_a_file_that_is_attached_while_it_is_deleted_is_taken_out(
    files: Files, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(files)
    delete = type(storage.catalog).delete

    def attach_first(*args: object, **kwargs: object) -> None:
        attach(storage, made.id)
        delete(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(type(storage.catalog), "delete", attach_first)
    files.delete(made.id)
    row = storage.store(STORE).ledger.get(made.id)
    assert row is not None
    assert row.removed


def test_a_row_that_a_worker_writes_meanwhile_is_removed_all_the_same(
    files: Files, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(files)
    ledger = attach(storage, made.id)
    put, losses = SqliteLedger.put, iter((True, True))

    def lose(self: SqliteLedger, row: Row, **kwargs: object) -> Row:
        if next(losses, False):
            raise StoreConflict("another writer")
        return put(self, row, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(SqliteLedger, "put", lose)
    files.delete(made.id)
    row = ledger.get(made.id)
    assert row is not None
    assert row.removed


def test_a_deleted_store_does_not_keep_a_file(files: Files, storage: Storage) -> None:
    made = create(files)
    attach(storage, made.id)
    store = storage.catalog.get(VectorStoreItem, STORE)
    assert store is not None
    storage.catalog.put(replace(store, deleted=True))
    assert files.delete(made.id).deleted


def test_a_document_of_the_folder_is_described_and_not_deleted(
    files: Files, storage: Storage
) -> None:
    source = "file:///shelf/a%20b.txt"
    row = Row("file-abc", source, status="completed", size=7, created=5.0)
    storage.store(storage.source_store_id).ledger.put(row)
    described = files.retrieve("file-abc")
    assert (described.filename, described.bytes, described.created_at) == ("a b.txt", 7, 5)
    assert described.purpose == "assistants"
    with pytest.raises(InvalidRequest, match=f"it is {source}. Delete it there"):
        files.delete("file-abc")
    with pytest.raises(InvalidRequest, match=f"it is {source}. Read it there"):
        files.content("file-abc", answer_limit=None)


@pytest.mark.parametrize("file_id", ["file-x", "", "x" * 10_000, "a\x00b", "\ud800", "ä"])
def test_an_id_that_is_nobodys_is_not_found(files: Files, file_id: str) -> None:
    with pytest.raises(NotFound, match="No such File object") as caught:
        files.retrieve(file_id)
    assert caught.value.param == "id"
    assert len(caught.value.message) < 200


def test_content_that_is_too_large_for_an_answer_is_at_another_address(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = create(files, b"x" * 3_000)
    assert files.content(made.id, answer_limit=4_000 + 4_096).url is None
    with pytest.raises(RequestTooLarge, match="3,000 bytes, which is more than an answer"):
        files.content(made.id, answer_limit=4_000 + 4_095)
    asked: list[str | None] = []

    def url(blobs: FolderBlobs, key: str, *, filename: str, content_type: str | None) -> str:
        asked.append(content_type)
        return "https://there.example/x"

    monkeypatch.setattr(FolderBlobs, "url", url)
    content = files.content(made.id, answer_limit=4_000 + 4_095)
    assert content.url == "https://there.example/x"
    # As in an answer with the bytes, whatever the upload said.
    assert asked == [files.content(made.id, answer_limit=None).headers["content-type"]]
    assert list(content.chunks) == []


def test_content_that_is_gone_is_told(files: Files, storage: Storage) -> None:
    made = create(files)
    storage.blobs.delete([blob_of(made.id)])
    with pytest.raises(NotFound, match="Delete the file, and upload it again"):
        files.content(made.id, answer_limit=None)


def test_before_the_first_file_there_are_none(files: Files, address: SqliteAddress) -> None:
    assert files.page({}).data == []
    for call in (files.retrieve, files.delete):
        with pytest.raises(NotFound, match="No such File object: file-x"):
            call("file-x")
    assert not Path(address.path).exists()
