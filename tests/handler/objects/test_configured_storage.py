"""The configured storage is opened once, at its first use, and made only by what writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from handler.errors import (
    ApiError,
    NotFound,
    NotReady,
    ServiceUnavailable,
    StoreConflict,
    StoreGone,
    TryLater,
)
from handler.objects import configured_storage
from handler.objects.configured_storage import ConfiguredStorage, reached
from handler.settings import SqliteAddress
from handler.stores import open_storage
from handler.stores.contract import Storage
from handler.vector_stores.search import VectorSearch
from model_layer import Encoder
from tests.handler.vector_stores.searches import ask
from tests.library import fill


def test_searching_does_not_create_a_store(tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "folder" / "later.sqlite"
    configured = ConfiguredStorage(SqliteAddress(str(path)), fingerprint=encoder.bundle.fingerprint)
    search = VectorSearch(encoder, configured)
    with pytest.raises(
        NotFound, match=r"nothing has been ingested yet\. .*`make ingest DIR=folder`"
    ):
        ask(search, query="a")
    assert not path.parent.exists()
    fill(path, encoder)
    assert ask(search, query="a")["data"]


def test_a_store_whose_file_was_replaced_is_opened_again(tmp_path: Path, encoder: Encoder) -> None:
    """Otherwise a server would answer from the deleted file."""
    path = tmp_path / "library.sqlite"
    configured = ConfiguredStorage(SqliteAddress(str(path)), fingerprint=encoder.bundle.fingerprint)
    search = VectorSearch(encoder, configured)
    fill(path, encoder)
    assert "file-cats" in {result["file_id"] for result in ask(search, query="a cat")["data"]}
    for file in tmp_path.iterdir():
        file.unlink()
    with pytest.raises(NotFound, match="nothing has been ingested yet"):
        ask(search, query="a cat")
    fill(path, encoder).index.delete(["file-cats#0"])
    assert "file-cats" not in {result["file_id"] for result in ask(search, query="a cat")["data"]}


def test_the_storage_is_opened_once_and_again_after_a_failure(
    library: SqliteAddress, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    barrier = threading.Barrier(4)

    def failing_first(address: SqliteAddress) -> Storage:
        opened.append(address)
        if len(opened) == 1:
            raise ServiceUnavailable("the secret address is not reached")
        return open_storage(address)

    monkeypatch.setattr(configured_storage, "open_storage", failing_first)
    configured = ConfiguredStorage(library, fingerprint=encoder.bundle.fingerprint)
    with pytest.raises(NotReady, match=r"does not answer at the moment\. Try again\.") as caught:
        configured.open()
    assert "secret" not in caught.value.message

    def open_at_once(_: int) -> object:
        barrier.wait()
        return configured.store("library")

    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(open_at_once, range(4)))
    assert len(opened) == 2
    assert all(store is stores[0] for store in stores)


def test_what_writes_makes_the_file_and_the_folders_store_begins_with_its_files(
    tmp_path: Path, encoder: Encoder
) -> None:
    path = tmp_path / "folder" / "later.sqlite"
    configured = ConfiguredStorage(SqliteAddress(str(path)), fingerprint=encoder.bundle.fingerprint)
    assert not configured.exists()
    storage = configured.open(create=True)
    assert configured.exists()
    assert not configured.has_source_store(storage)
    with pytest.raises(NotFound, match="nothing has been ingested yet"):
        configured.store("later")
    fill(path, encoder)
    assert configured.store().id == configured.store("later").id == "later"


@pytest.mark.parametrize(
    ("error", "seen", "code"),
    [
        (StoreGone("vs_1"), NotFound("The vector store 'vs_1' is deleted."), "not_found"),
        (StoreConflict("a secret"), NotReady("Other requests keep changing"), "unavailable"),
        (ServiceUnavailable("a secret"), NotReady("The vector store does not"), "unavailable"),
    ],
)
def test_a_client_is_told_what_hindered_a_request(
    error: TryLater, seen: ApiError, code: str
) -> None:
    with pytest.raises(type(seen), match=seen.message) as caught, reached():
        raise error
    assert caught.value.code == f"vector_store_{code}"
    assert "secret" not in caught.value.message
