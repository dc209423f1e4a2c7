"""What a write of a row changes in the counts (handler/stores/counts.py)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handler.stores.counts import STATUSES, Counts, Status, count_delete, count_write
from handler.stores.row import Row

Write = tuple[Status, int, bool]
writes = st.tuples(st.sampled_from(STATUSES), st.integers(0, 1 << 40), st.booleans())


def seen(row: Row) -> Counts:
    """What a reader of the row would count."""
    if row.removed:
        return Counts()
    return Counts(**{row.status: 1}, usage_bytes=row.size if row.status == "completed" else 0)


@given(st.lists(writes, max_size=12))
def test_the_counts_are_what_the_row_says_after_any_history(history: list[Write]) -> None:
    row, total = Row("file-1", "upload://file-1/a"), Counts()
    for status, size, removed in history:
        change = count_write(replace(row, status=status, size=size, removed=float(removed)))
        row, total = change.row, total + change.store
        assert total == seen(row)
    assert total + count_delete(row).store == Counts()


@given(st.lists(writes, max_size=12), st.booleans())
def test_a_batch_counts_a_row_exactly_once(history: list[Write], deleted: bool) -> None:
    row, batch = Row("file-1", "upload://file-1/a", batches=("vsfb_1",)), Counts()
    for status, size, removed in history:
        change = count_write(replace(row, status=status, size=size, removed=float(removed)))
        row = change.row
        batch += change.batches.get("vsfb_1", Counts())
        assert batch.total == (0 if row.batches else 1)
    if deleted:
        batch += count_delete(row).batches.get("vsfb_1", Counts())
        assert batch.total == 1
    assert batch.in_progress == batch.usage_bytes == 0


def test_counts_add_up() -> None:
    one, other = Counts(1, 2, 3, 4, 5), Counts(10, 20, 30, 40, 50)
    assert one + other == Counts(11, 22, 33, 44, 55)
    assert one + -one == Counts()
    assert not Counts()
    assert Counts(usage_bytes=1)
    assert one.total == 10
