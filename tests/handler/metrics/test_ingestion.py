"""What the local worker does is counted: tasks by their end, documents by what came of them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from handler.ingestion.outcome import Outcome, Result
from handler.ingestion.sweep.steps import Swept
from handler.metrics.ingestion import IngestionMetrics
from handler.stores.row import Row
from handler.stores.tasks import ReconcileFile, RemoveStore, Sweep
from tests.handler.metrics.families import Scrape

FILE = ReconcileFile("vs_1", "file-1")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> IngestionMetrics:
    return IngestionMetrics(registry)


def test_an_ingested_document(metrics: IngestionMetrics, registry: CollectorRegistry) -> None:
    metrics.done(FILE, Outcome("ingested", "file-1", chunks=3, tokens=500), 0.2)
    scrape = Scrape.of(registry)
    assert scrape.value("tasks_total", task="reconcile_file", result="done") == 1
    assert scrape.value("documents_total", result="ingested") == 1
    assert scrape.value("ingested_chunks_total") == 3
    assert scrape.value("ingested_tokens_total") == 500
    assert scrape.value("document_duration_seconds_sum") == pytest.approx(0.2)


def test_a_failed_document_has_the_code_of_its_row(
    metrics: IngestionMetrics, registry: CollectorRegistry
) -> None:
    row = Row("file-1", "upload:file-1", status="failed", error_code="invalid_file", error="No.")
    metrics.done(FILE, Outcome.of("failed", row), 0.1)
    scrape = Scrape.of(registry)
    assert scrape.value("documents_total", result="failed") == 1
    assert scrape.value("document_failures_total", code="invalid_file") == 1
    assert scrape.value("ingested_chunks_total") == 0


@pytest.mark.parametrize("result", ["unchanged", "accounted for", "absent", "removed"])
def test_other_results_have_no_time(
    metrics: IngestionMetrics, registry: CollectorRegistry, result: Result
) -> None:
    metrics.done(FILE, Outcome(result, "file-1", chunks=3, tokens=5), 9.0)
    scrape = Scrape.of(registry)
    assert scrape.value("documents_total", result=result.replace(" ", "_")) == 1
    assert scrape.value("document_duration_seconds_count") == 0
    assert scrape.value("ingested_chunks_total") == 0


def test_other_tasks_and_those_that_come_again(
    metrics: IngestionMetrics, registry: CollectorRegistry
) -> None:
    metrics.done(Sweep(), Swept(files=3), 1.0)
    metrics.failed(RemoveStore("vs_1"))
    scrape = Scrape.of(registry)
    assert scrape.value("tasks_total", task="sweep", result="done") == 1
    assert scrape.value("tasks_total", task="remove_store", result="again") == 1
    assert scrape.labels("documents_total", "result") == set()
