"""The stores' metrics are those of now, and a store that cannot be read costs no other metric."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from handler.errors import ServiceUnavailable, UnusableStore
from handler.metrics.store import StoreCollector
from handler.metrics.store_facts import FileFacts, StoreFacts
from handler.stores.counts import Counts
from handler.stores.sqlite.tasks import TaskCounts
from tests.handler.metrics.families import Scrape

FACTS = StoreFacts(
    made_stores=2,
    files=Counts(in_progress=1, completed=3, failed=4, usage_bytes=50),
    file=FileFacts(chunks=20, size=4_096, tasks=TaskCounts(waiting=2, taken=1, delay=3.0)),
)


def failing(error: Exception) -> Callable[[], StoreFacts]:
    def read() -> StoreFacts:
        raise error

    return read


def test_what_the_stores_hold() -> None:
    scrape = Scrape.of(StoreCollector(lambda: FACTS))
    assert scrape.value("store_up") == 1
    assert scrape.value("made_vector_stores") == 2
    counts = [scrape.value("store_files", status=one) for one in ("in_progress", "failed")]
    assert counts == [1, 4]
    assert scrape.value("store_document_bytes") == 50
    assert scrape.value("store_chunks") == 20
    assert scrape.value("store_size_bytes") == 4_096
    assert scrape.value("queued_tasks", state="waiting") == 2
    assert scrape.value("queued_tasks", state="taken") == 1
    assert scrape.value("queue_delay_seconds") == 3


def test_a_store_that_is_no_file_says_less() -> None:
    scrape = Scrape.of(StoreCollector(lambda: StoreFacts(1, Counts(completed=1))))
    assert scrape.value("store_files", status="completed") == 1
    assert scrape.value("store_chunks") is None


@pytest.mark.parametrize(
    "error",
    [UnusableStore("It is damaged.", place="a"), ServiceUnavailable("No."), ZeroDivisionError()],
)
def test_a_store_that_cannot_be_read_is_down(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    scrape = Scrape.of(StoreCollector(failing(error)))
    assert scrape.value("store_up") == 0
    assert scrape.value("made_vector_stores") is None
    is_bug = isinstance(error, ZeroDivisionError)
    assert bool(caplog.records) == is_bug


def test_a_store_that_hangs_is_down_and_is_not_asked_again_meanwhile() -> None:
    calls, end = [], threading.Event()

    def read() -> StoreFacts:
        calls.append(1)
        end.wait(20)
        return FACTS

    collector = StoreCollector(read, seconds=0.02)
    assert [Scrape.of(collector).value("store_up") for _ in range(3)] == [0, 0, 0]
    assert len(calls) == 1
    end.set()
    patient = StoreCollector(read, seconds=20)
    assert Scrape.of(patient).value("store_up") == 1


def test_what_costs_money_is_kept_for_a_while() -> None:
    facts: Iterator[StoreFacts] = iter([FACTS, StoreFacts(made_stores=9)])
    collector = StoreCollector(lambda: next(facts), kept_seconds=60)
    assert [Scrape.of(collector).value("made_vector_stores") for _ in range(2)] == [2, 2]
