"""What is read of the stores, on each backend."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from handler.metrics import store_facts
from handler.metrics.store_facts import StoreFacts, read_store_facts
from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import SqliteAddress, StoreAddress
from handler.stores.catalog import VectorStoreItem
from handler.stores.counts import STATUSES
from handler.stores.ids import new_id
from handler.stores.row import Row
from handler.stores.sqlite.storage import SqliteStorage
from handler.stores.sqlite.tasks import TaskCounts
from handler.stores.tasks import ReconcileFile
from model_layer import Encoder
from tests.handler.aws.moto_server import new_index
from tests.library import LIBRARY, fill


@pytest.fixture(params=["sqlite", "aws"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> StoreAddress:
    if request.param == "sqlite":
        return SqliteAddress(str(tmp_path / "documents.sqlite"))
    request.getfixturevalue("aws")
    return new_index()


def test_files_of_all_stores_are_counted(
    address: StoreAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_facts, "PAGE", 1)
    storage = ConfiguredStorage(address, fingerprint="a")
    opened = storage.open(create=True)
    ids = [new_id(VectorStoreItem.prefix, time.time()) for _ in range(3)]
    for number, name in enumerate(ids):
        item = opened.catalog.put(VectorStoreItem(id=name, created=1.0, deleted=False))
        row = Row(f"file-{number}", "upload:a", status="completed", size=10)
        opened.store(name).ledger.put(row)
        if number == 2:
            opened.catalog.put(
                VectorStoreItem(id=name, created=1.0, revision=item.revision, deleted=True)
            )
    opened.store(opened.source_store_id).ledger.put(Row("file-s", "s3://a/b", status="failed"))
    facts = read_store_facts(storage)
    assert facts.made_stores == 2
    assert (facts.files.completed, facts.files.failed, facts.files.usage_bytes) == (2, 1, 20)
    assert (facts.file is not None) == isinstance(address, SqliteAddress)


def test_a_file_with_documents(tmp_path: Path, encoder: Encoder) -> None:
    path = tmp_path / "library.sqlite"
    fill(path, encoder)
    address = SqliteAddress(str(path))
    facts = read_store_facts(ConfiguredStorage(address, fingerprint=encoder.bundle.fingerprint))
    counts = {status: getattr(facts.files, status) for status in STATUSES}
    assert Counter(counts) == Counter(one.status for one in LIBRARY)
    assert facts.file is not None
    assert facts.file.chunks == sum(len(one.chunks) for one in LIBRARY)
    assert facts.file.size >= path.stat().st_size
    assert facts.file.tasks == TaskCounts(0, 0, 0.0)


def test_a_store_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    address = SqliteAddress(str(tmp_path / "new.sqlite"))
    assert read_store_facts(ConfiguredStorage(address, fingerprint="a")) == StoreFacts()
    assert list(tmp_path.iterdir()) == []


def test_tasks_wait_until_they_are_taken(tmp_path: Path) -> None:
    storage = SqliteStorage(SqliteAddress(str(tmp_path / "a.sqlite")))
    assert storage.count_chunks() == 0
    storage.tasks.send([ReconcileFile("vs_1", "file-1"), ReconcileFile("vs_1", "file-2")])
    taken = storage.tasks.take("me")
    assert taken is not None
    counts = storage.tasks.count()
    assert (counts.waiting, counts.taken) == (1, 1)
    assert 0 <= counts.delay < 20
    storage.tasks.put_off(taken, 60)
    assert storage.tasks.count().waiting == 2
