"""The contract of the catalog (handler/stores/catalog.py), on both backends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from handler.errors import ServiceUnavailable, StoreConflict
from handler.settings import StoreAddress
from handler.stores import open_storage
from handler.stores.catalog import (
    KINDS,
    Catalog,
    CatalogItem,
    FileBatch,
    IdempotencyKey,
    StoredFile,
    Upload,
    UploadPart,
    VectorStoreItem,
    blob_of,
    blob_of_part,
    parts_of,
)
from handler.stores.contract import Storage
from handler.stores.counts import Counts
from handler.stores.row import Row
from tests.handler.stores.backends import item_of, mark_deleted, new_store

FILE = StoredFile(
    id="file-1", created=1.25, filename="été & 深.pdf", purpose="user_data", size=1 << 40,
    sha256="ab", content_type="application/pdf", expires=1_795_555_555.123456,
)  # fmt: skip
STORE = VectorStoreItem(
    id="vs_1", created=1.0, name="ü", description="d", metadata={"k": "v", "Ö": ""},
    expires_after_days=7, last_active=2.5, fingerprint="model", expired=True,
)  # fmt: skip
BATCH = FileBatch(
    id="vsfb_1", created=1.0, vector_store_id="vs_1", file_ids=("file-1", "file-2"), cancelled=True
)
UPLOAD = Upload(
    id="upload_1", created=1.0, filename="a", purpose="batch", size=3, content_type="text/plain",
    expires=3_601.0, file_seconds=3_600, status="completed", file_id="file-1", part_ids=("part_1",),
)  # fmt: skip
PART = UploadPart(id="part_1", created=1.0, upload_id="upload_1", size=3)
KEY = IdempotencyKey(id="00ff", created=1.0, request="ff", made="file-1")
ITEMS = [FILE, STORE, BATCH, UPLOAD, PART, KEY]
assert {type(item) for item in ITEMS} == set(KINDS)


@pytest.fixture
def catalog(storage: Storage) -> Catalog:
    return storage.catalog


def file(number: int) -> StoredFile:
    return replace(FILE, id=f"file-{number:04}")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.kind)
def test_an_item_is_read_as_it_was_written(
    catalog: Catalog, address: StoreAddress, item: CatalogItem
) -> None:
    assert catalog.get(type(item), item.id) is None
    written = catalog.put(item)
    assert written == replace(item, revision=1)
    assert catalog.get(type(item), item.id) == written
    assert open_storage(address).catalog.get(type(item), item.id) == written
    catalog.delete(item)
    catalog.delete(item)
    assert catalog.get(type(item), item.id) is None


def test_kinds_do_not_see_each_other(catalog: Catalog) -> None:
    catalog.put(FILE)
    catalog.put(replace(UPLOAD, id=FILE.id))
    catalog.delete(replace(UPLOAD, id=FILE.id))
    assert catalog.page(Upload, limit=9) == []
    assert [item.id for item in catalog.page(StoredFile, limit=9)] == [FILE.id]


def test_only_the_revision_that_was_read_is_replaced(catalog: Catalog) -> None:
    old = catalog.put(FILE)
    new = catalog.put(replace(old, filename="b"))
    for stale in (FILE, old):
        with pytest.raises(StoreConflict, match="file-1"):
            catalog.put(replace(stale, filename="c"))
    assert catalog.get(StoredFile, "file-1") == new
    catalog.delete(new)
    with pytest.raises(StoreConflict):
        catalog.put(new)
    assert catalog.get(StoredFile, "file-1") is None


def test_one_of_several_concurrent_writers_wins(catalog: Catalog) -> None:
    def write(number: int) -> int:
        try:
            catalog.put(replace(FILE, size=number))
        except StoreConflict:
            return 0
        return number

    with ThreadPoolExecutor(4) as pool:
        (winner,) = filter(None, pool.map(write, range(1, 5)))
    found = catalog.get(StoredFile, "file-1")
    assert found is not None
    assert found.size == winner


@pytest.mark.parametrize("descending", [False, True])
def test_pages_cover_all_items_in_the_order_of_their_ids(
    catalog: Catalog, descending: bool
) -> None:
    for number in (3, 1, 4, 0, 2):
        catalog.put(file(number))
    expected = [f"file-{number:04}" for number in range(5)]
    if descending:
        expected.reverse()
    found: list[str] = []
    while page := catalog.page(
        StoredFile, limit=2, after=found[-1] if found else None, descending=descending
    ):
        assert len(page) <= 2
        found += [item.id for item in page]
    assert found == expected


def test_a_page_starts_after_an_id_that_is_gone(catalog: Catalog) -> None:
    for number in (0, 2):
        catalog.put(file(number))
    after = [item.id for item in catalog.page(StoredFile, limit=9, after="file-0001")]
    before = catalog.page(StoredFile, limit=9, after="file-0001", descending=True)
    assert (after, [item.id for item in before]) == (["file-0002"], ["file-0000"])


def test_more_items_than_a_request_takes_are_read_at_once(catalog: Catalog) -> None:
    ids = [catalog.put(file(number)).id for number in range(130)]
    found = catalog.get_all(StoredFile, [*ids, ids[0], "file-9999"])
    assert sorted(found) == ids
    assert found[ids[7]] == catalog.get(StoredFile, ids[7])
    assert catalog.get_all(StoredFile, []) == {}
    assert len(catalog.page(StoredFile, limit=10_000)) == 130


def test_deleted_stores_are_hidden_and_found_by_the_sweep(storage: Storage) -> None:
    stores = [new_store(storage) for _ in range(3)]
    mark_deleted(storage, stores[0])
    shown = {item.id for item in storage.catalog.page(VectorStoreItem, limit=1)} | {
        item.id for item in storage.catalog.page(VectorStoreItem, limit=9)
    }
    assert shown == {stores[1].id, stores[2].id}
    assert [item.id for item in storage.catalog.deleted_stores()] == [stores[0].id]
    assert item_of(storage, stores[0]).deleted
    storage.catalog.delete(item_of(storage, stores[0]))
    assert storage.catalog.deleted_stores() == []


def test_the_store_of_the_bucket_or_folder_is_there_and_not_in_pages(storage: Storage) -> None:
    source = storage.catalog.get(VectorStoreItem, storage.source_store_id)
    assert source is not None
    assert (source.counts, source.revision) == (Counts(), 0)
    storage.store(storage.source_store_id).ledger.put(Row("file-1", "s3://bucket/1"))
    noted = storage.catalog.put(replace(source, name="mine", last_active=5.0))
    found = storage.catalog.get_all(VectorStoreItem, [storage.source_store_id, "vs_none"])
    assert found == {storage.source_store_id: replace(noted, counts=Counts(in_progress=1))}
    assert storage.catalog.page(VectorStoreItem, limit=9) == []


def test_the_stores_that_have_a_file_are_known(storage: Storage) -> None:
    source = storage.store(storage.source_store_id)
    stores = [new_store(storage), new_store(storage), source]
    storage.catalog.put(FILE)
    for store in (*stores[:2], source):
        store.ledger.put(Row("file-1", "upload://file-1/a"))
    stores[0].ledger.put(Row("file-2", "upload://file-2/a"))
    found = storage.catalog.stores_with("file-1")
    assert sorted(found) == sorted(store.id for store in stores)
    assert storage.catalog.stores_with("file-2") == [stores[0].id]
    assert storage.catalog.stores_with("file-3") == []


def test_nothing_is_written_after_the_deadline(catalog: Catalog) -> None:
    with pytest.raises(ServiceUnavailable):
        catalog.put(FILE, deadline=0.0)
    with pytest.raises(ServiceUnavailable):
        catalog.delete(FILE, deadline=0.0)
    assert catalog.get(StoredFile, FILE.id) is None


def test_the_blobs_of_files_and_parts_have_names_of_their_own() -> None:
    assert blob_of("file-1") == "files/file-1"
    assert blob_of_part("upload_1", "part_1").startswith(parts_of("upload_1"))
