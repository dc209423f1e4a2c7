"""The contract of ledgers (handler/stores/contract.py), on both backends."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import pytest

from handler.errors import ServiceUnavailable, StoreConflict, WrongStore
from handler.settings import StoreAddress
from handler.stores import open_store, store_id
from handler.stores.contract import Ledger, Store
from handler.stores.counts import Status
from handler.stores.row import Row
from tests.handler.stores.backends import NewAddress, open_at

FULL = Row(
    document_id="file-0123",
    source="s3://bucket/dossier/été 2026/ça & là.pdf",
    status="failed",
    error_code="invalid_file",
    error="The PDF is encrypted: 'pas lisible' 🔒",
    etag='"9b2cf535f27731c974343645a3985328"',
    version="null",
    size=2**40 + 1,
    modified=1_795_555_555.123456,
    content_type="application/pdf",
    attributes={"n": 3, "x": 3.0, "tiny": 5e-324, "third": 1 / 3, "ok": True, "s": "ü", "e": ""},
    recipe="abc",
    sequencer="0062B7",
    chunks=9,
    written=7,
    offset=123_456,
    tokens=2_000,
    created=0.1 + 0.2,
    updated=1e-9,
    owner="somebody",
    leased_until=1_795_555_600.5,
)


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return store.ledger


def row(number: int, status: Status = "completed") -> Row:
    return Row(f"file-{number:04}", f"s3://bucket/{number}", status)


def test_an_unknown_document_has_no_row(ledger: Ledger) -> None:
    assert ledger.get("file-0") is None
    assert ledger.rows(limit=10) == []


@pytest.mark.parametrize("given", [FULL, Row("file-1", "file:///a")], ids=["full", "bare"])
def test_a_row_is_read_as_it_was_written(ledger: Ledger, given: Row) -> None:
    written = ledger.put(given)
    assert written == replace(given, revision=written.revision, counted=given.status)
    read = ledger.get(given.document_id)
    assert read == written
    for field in fields(Row):  # 3 == 3.0 == Decimal(3), but the types must not change
        assert type(getattr(read, field.name)) is type(getattr(written, field.name))
    assert read is not None
    for key, value in given.attributes.items():
        assert type(read.attributes[key]) is type(value)


def test_each_write_gets_a_new_revision(ledger: Ledger) -> None:
    rows = [ledger.put(row(1))]
    for number in range(5):
        rows.append(ledger.put(replace(rows[-1], written=number)))
    revisions = [row.revision for row in rows]
    assert revisions == sorted(set(revisions))
    assert revisions[0] > 0
    assert ledger.get("file-0001") == rows[-1]


def test_a_new_row_does_not_overwrite_an_existing_one(ledger: Ledger) -> None:
    written = ledger.put(row(1))
    with pytest.raises(StoreConflict, match="file-0001"):
        ledger.put(replace(row(1), size=5))
    assert ledger.get("file-0001") == written


def test_an_old_revision_can_neither_write_nor_delete_the_row(ledger: Ledger) -> None:
    old = ledger.put(row(1))
    new = ledger.put(replace(old, size=5))
    with pytest.raises(StoreConflict):
        ledger.put(replace(old, size=6))
    with pytest.raises(StoreConflict):
        ledger.delete(old)
    assert ledger.get("file-0001") == new


def test_a_deleted_row_is_gone(ledger: Ledger) -> None:
    written = ledger.put(row(1))
    ledger.delete(written)
    assert ledger.get("file-0001") is None
    with pytest.raises(StoreConflict):
        ledger.delete(written)
    with pytest.raises(StoreConflict):
        ledger.put(replace(written, size=5))
    assert ledger.get("file-0001") is None


def test_a_recreated_row_is_not_mistaken_for_the_deleted_one(ledger: Ledger) -> None:
    old = ledger.put(row(1))
    ledger.delete(old)
    new = ledger.put(row(1))
    with pytest.raises(StoreConflict):
        ledger.put(replace(old, size=5))
    with pytest.raises(StoreConflict):
        ledger.delete(old)
    assert ledger.get("file-0001") == new


@pytest.mark.parametrize("there", [False, True], ids=["new", "there"])
def test_one_of_several_concurrent_writers_wins(ledger: Ledger, there: bool) -> None:
    """Each thread puts the very same row, so the content cannot tell the winner."""
    threads = 6
    base = ledger.put(row(1)) if there else row(1)
    start = threading.Barrier(threads)

    def write(_: int) -> Row | None:
        start.wait()
        try:
            return ledger.put(base)
        except StoreConflict:
            return None

    with ThreadPoolExecutor(threads) as pool:
        winners = [written for written in pool.map(write, range(threads)) if written]
    assert len(winners) == 1
    assert ledger.get("file-0001") == winners[0]


def test_concurrent_increments_are_all_counted(ledger: Ledger) -> None:
    ledger.put(row(1))

    def add(_: int) -> None:
        while True:
            now = ledger.get("file-0001")
            assert now is not None
            try:
                ledger.put(replace(now, written=now.written + 1))
            except StoreConflict:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(20)))
    found = ledger.get("file-0001")
    assert found is not None
    assert found.written == 20


def test_rows_are_listed_by_document_id(ledger: Ledger) -> None:
    for number in (3, 1, 4, 0, 2):
        ledger.put(row(number))
    ascending = [row(number).document_id for number in range(5)]
    assert [found.document_id for found in ledger.rows(limit=10)] == ascending
    assert [found.document_id for found in ledger.rows(limit=10, descending=True)] == ascending[
        ::-1
    ]
    assert ledger.rows(limit=2) == [ledger.get("file-0000"), ledger.get("file-0001")]


@pytest.mark.parametrize("status", [None, "completed", "failed", "in_progress"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_cover_all_rows(ledger: Ledger, descending: bool, status: Status | None) -> None:
    """Even if a whole page of rows lacks the status: the last 7 of 31 failed."""
    alternating: list[Status] = ["completed", "in_progress"]
    failed: list[Status] = ["failed"]
    statuses = alternating * 12 + failed * 7
    ledger.put_all([row(number, each) for number, each in enumerate(statuses)])
    expected = [row(n).document_id for n, each in enumerate(statuses) if status in (None, each)]
    if descending:
        expected.reverse()
    pages: list[list[str]] = []
    after = None
    while True:
        page = ledger.rows(limit=5, after=after, descending=descending, status=status)
        if not page:
            break
        pages.append([found.document_id for found in page])
        after = page[-1].document_id
    assert [document for page in pages for document in page] == expected
    assert all(len(page) == 5 for page in pages[:-1])


def test_pages_continue_after_a_deleted_row(ledger: Ledger) -> None:
    for number in range(4):
        ledger.put(row(number))
    second = ledger.get("file-0001")
    assert second is not None
    ledger.delete(second)
    assert [r.document_id for r in ledger.rows(limit=9, after="file-0001")] == [
        "file-0002",
        "file-0003",
    ]
    before = ledger.rows(limit=9, after="file-0001", descending=True)
    assert [r.document_id for r in before] == ["file-0000"]


def test_a_ledger_stays_bound_to_its_first_model(ledger: Ledger) -> None:
    assert ledger.bind("model-a") == "model-a"
    assert ledger.bind("model-a") == "model-a"
    assert ledger.bind("model-b") == "model-a"
    assert ledger.rows(limit=10) == []


def test_concurrent_bindings_agree_on_one_model(address: StoreAddress) -> None:
    ledgers = [open_at(address).ledger for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        noted = list(pool.map(lambda pair: pair[1].bind(f"model-{pair[0]}"), enumerate(ledgers)))
    assert len(set(noted)) == 1


def test_a_store_refuses_another_model(address: StoreAddress) -> None:
    assert open_store(address, fingerprint="model-a").id == store_id(address)
    open_store(address, fingerprint="model-a")
    with pytest.raises(WrongStore, match=r"model-a.*model-b"):
        open_store(address, fingerprint="model-b")


def test_rows_survive_reopening(store: Store, address: StoreAddress) -> None:
    store.ledger.bind("model-a")
    written = store.ledger.put(FULL)
    again = open_at(address).ledger
    assert again.get(FULL.document_id) == written
    assert again.bind("model-b") == "model-a"
    again.delete(written)
    assert store.ledger.get(FULL.document_id) is None


def test_ledgers_are_independent(new_address: NewAddress) -> None:
    """They are two files, or two stores in one table."""
    one, other = open_at(new_address()).ledger, open_at(new_address()).ledger
    assert (one.bind("model-a"), other.bind("model-b")) == ("model-a", "model-b")
    mine, theirs = one.put(row(1)), other.put(replace(row(1), size=5))
    assert (one.rows(limit=9), other.rows(limit=9)) == ([mine], [theirs])
    one.delete(mine)
    assert other.get("file-0001") == theirs


def test_nothing_is_written_after_the_deadline(ledger: Ledger) -> None:
    written = ledger.put(row(1))
    with pytest.raises(ServiceUnavailable):
        ledger.put(replace(written, size=5), deadline=time.monotonic())
    with pytest.raises(ServiceUnavailable):
        ledger.delete(written, deadline=time.monotonic())
    assert ledger.get("file-0001") == written
