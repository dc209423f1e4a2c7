"""What ledgers list: rows by creation, rows that were removed, and several rows at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handler.errors import StoreConflict
from handler.stores.contract import Ledger, Store
from handler.stores.counts import STATUSES, Status
from handler.stores.row import Row


@pytest.fixture
def ledger(store: Store) -> Ledger:
    return store.ledger


def row(number: int, created: float, **values: object) -> Row:
    return Row(f"file-{number:04}", f"s3://bucket/{number}", created=created, **values)  # type: ignore[arg-type]


def ids(rows: list[Row]) -> list[str]:
    return [row.document_id for row in rows]


# Two rows of one moment, and times as short and as long as a clock's.
CREATED = {1: 1_795_555_555.25, 2: 7.0, 3: 1_795_555_555.25, 4: 0.0, 5: 1_795_555_555.250001}
OLDEST_FIRST = ["file-0004", "file-0002", "file-0001", "file-0003", "file-0005"]


@pytest.fixture
def listed(ledger: Ledger) -> Ledger:
    for number, created in CREATED.items():
        ledger.put(row(number, created))
    return ledger


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 9])
def test_pages_cover_the_rows_by_creation(listed: Ledger, limit: int, descending: bool) -> None:
    found: list[Row] = []
    after = None
    while page := listed.page(limit=limit, after=after, descending=descending):
        assert len(page) <= limit
        found += page
        after = page[-1]
    assert ids(found) == (OLDEST_FIRST[::-1] if descending else OLDEST_FIRST)
    assert found[0] == listed.get(found[0].document_id)


def test_a_page_starts_after_a_row_that_is_gone(listed: Ledger) -> None:
    gone, taken_out = listed.get("file-0002"), listed.get("file-0001")
    assert gone is not None
    assert taken_out is not None
    listed.delete(gone)
    removed = listed.put(replace(taken_out, removed=9.0, current=None))
    assert ids(listed.page(limit=9, after=gone)) == ["file-0003", "file-0005"]
    assert ids(listed.page(limit=9, after=removed)) == ["file-0003", "file-0005"]
    assert ids(listed.page(limit=9, after=removed, descending=True)) == ["file-0004"]


def test_a_page_leaves_removed_rows_out_until_they_are_back(listed: Ledger) -> None:
    known = listed.get("file-0002")
    assert known is not None
    removed = listed.put(replace(known, removed=8.0))
    assert ids(listed.page(limit=9)) == [one for one in OLDEST_FIRST if one != "file-0002"]
    listed.put(replace(removed, removed=0.0, created=8e9, counted=removed.counted))
    assert ids(listed.page(limit=9))[-1] == "file-0002"


@pytest.mark.parametrize("descending", [False, True])
def test_a_page_can_have_the_rows_of_one_status_only(ledger: Ledger, descending: bool) -> None:
    ledger.put_all([row(place, float(place), status=STATUSES[place % 4]) for place in range(24)])
    for place, status in enumerate(STATUSES):
        expected = [f"file-{number:04}" for number in range(place, 24, 4)]
        if descending:
            expected.reverse()
        first = ledger.page(limit=4, status=status, descending=descending)
        rest = ledger.page(limit=4, status=status, descending=descending, after=first[-1])
        assert (ids(first), ids(rest)) == (expected[:4], expected[4:])


def test_a_page_shows_a_row_by_the_status_that_it_has_now(ledger: Ledger) -> None:
    written = ledger.put(row(1, 1.0))
    ledger.put(replace(written, status="completed"))
    assert ledger.page(limit=9, status="in_progress") == []
    assert ids(ledger.page(limit=9, status="completed")) == ["file-0001"]


def test_more_rows_than_an_answer_has_are_listed(ledger: Ledger) -> None:
    rows = [row(number, float(number)) for number in range(130)]
    ledger.put_all(rows)
    assert ids(ledger.page(limit=1_000)) == ids(rows)
    assert ids(ledger.page(limit=105, descending=True)) == ids(rows)[:24:-1]


def test_removed_rows_are_found_by_the_time_of_their_removal(ledger: Ledger) -> None:
    assert ledger.removed(before=9e9, limit=9) == []
    for number in range(5):
        ledger.put(row(number, float(number), removed=1_000.0 * number))
    assert set(ids(ledger.removed(before=3_000.0, limit=9))) == {"file-0001", "file-0002"}
    assert len(ledger.removed(before=9e9, limit=3)) == 3
    for removed in ledger.removed(before=9e9, limit=9):
        ledger.delete(removed)
    assert ids(ledger.page(limit=9)) == ["file-0000"]
    assert ledger.removed(before=9e9, limit=9) == []


def test_several_rows_are_read_at_once(ledger: Ledger) -> None:
    written = {ledger.put(row(number, 1.0)).document_id for number in range(3)}
    wanted = ["file-0002", "file-0001", "file-0002", "file-9999"]
    found = ledger.get_all(wanted)
    assert found.keys() == written & set(wanted)
    assert all(found[one] == ledger.get(one) for one in found)
    assert ledger.get_all([]) == {}


def test_more_rows_than_a_request_takes_are_written_and_read(ledger: Ledger) -> None:
    rows = [row(number, 1.0) for number in range(130)]
    results = ledger.put_all(rows)
    assert ids([one for one in results if isinstance(one, Row)]) == ids(rows)
    assert set(ledger.get_all(ids(rows))) == set(ids(rows))
    assert ledger.put_all([]) == []


def test_a_row_that_another_writer_wrote_does_not_keep_the_others_from_being_written(
    ledger: Ledger,
) -> None:
    old = ledger.put(row(1, 1.0))
    new = ledger.put(replace(old, size=5))
    ledger.put(row(3, 1.0))
    results = ledger.put_all([row(0, 1.0), replace(old, size=6), row(2, 1.0), row(3, 1.0)])
    assert [isinstance(one, StoreConflict) for one in results] == [False, True, False, True]
    assert "file-0001" in str(results[1])
    assert ledger.get("file-0001") == new
    assert [one for one in results if isinstance(one, Row)] == [
        ledger.get("file-0000"),
        ledger.get("file-0002"),
    ]


@pytest.mark.parametrize("status", STATUSES)
def test_rows_keep_what_was_requested_and_the_batches_that_wait(
    ledger: Ledger, status: Status
) -> None:
    given = row(1, 1.0, status=status, requested={"Team": "ü", "n": 2.0}, batches=("vsfb_1",))
    written = ledger.put(given)
    assert ledger.get("file-0001") == written
    assert written.requested == given.requested
    assert written.batches == (given.batches if status == "in_progress" else ())
