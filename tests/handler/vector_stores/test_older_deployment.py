"""A deployment from before files changes nothing that it could not finish, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from handler.errors import NotFound
from handler.files.files import Files
from handler.objects.configured_storage import ConfiguredStorage
from handler.request_context import RequestContext
from handler.stores.aws.storage import AwsStorage
from handler.stores.catalog import FileBatch, StoredFile, VectorStoreItem
from handler.stores.row import Row
from handler.vector_stores.made_stores import MadeStores
from handler.vector_stores.stores import VectorStores
from tests.handler.aws.moto_server import new_index
from tests.handler.stores.backends import new_store

pytestmark = pytest.mark.usefixtures("aws")


def test_nothing_is_written_without_a_queue() -> None:
    address = new_index()
    storage = AwsStorage(address)
    store = new_store(storage)
    file = StoredFile(id="file-1", created=1.0, filename="a", purpose="batch", size=0, sha256="")
    file = storage.catalog.put(file)
    row = store.ledger.put(Row("file-1", "upload://file-1/a", requested={}))
    configured = ConfiguredStorage(replace(address, queue_url=None), fingerprint="model")
    made = MadeStores(configured)
    stores = VectorStores(configured, made, max_tokens=256)
    body = json.dumps({"file_ids": ["file-1"]}).encode()
    writes: list[Callable[[], object]] = [
        lambda: stores.create(body, None, RequestContext("r")),
        lambda: stores.delete(store.id),
        lambda: made.for_files(configured.open(), store.id),
        lambda: Files(configured).delete("file-1"),
    ]
    for write in writes:
        with pytest.raises(NotFound, match="QUEUE_URL is not set"):
            write()
    (item,) = storage.catalog.page(VectorStoreItem, limit=9)
    assert (item.id, item.deleted, item.counts.in_progress) == (store.id, False, 1)
    assert store.ledger.get("file-1") == row
    assert storage.catalog.get(StoredFile, "file-1") == file
    assert storage.catalog.page(FileBatch, limit=9) == []
