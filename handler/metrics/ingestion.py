"""What came of the local worker's tasks. Counts what this process did, and no other."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

from handler.ingestion.outcome import Outcome
from handler.ingestion.sweep.steps import Swept
from handler.metrics.children import Children
from handler.stores.tasks import Task

# Seconds: a note takes ten milliseconds, a book a minute, the longest document several.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class IngestionMetrics:
    """The metrics of all tasks. Thread-safe."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"minilm_{name}", text, labels, registry=registry)

        tasks = counter("tasks", "Tasks that the worker did, or will try again.", "task", "result")
        documents = counter("documents", "Documents that the worker has looked at.", "result")
        failures = counter("document_failures", "Documents that failed.", "code")
        self._tasks, self._documents = Children(tasks), Children(documents)
        self._failures = Children(failures)
        self._chunks = counter("ingested_chunks", "Chunks of the documents that were ingested.")
        self._tokens = counter("ingested_tokens", "Tokens in these chunks.")
        self._seconds = Histogram(
            "minilm_document_duration_seconds",
            "Time to ingest a document, or to find out why it failed.",
            registry=registry,
            buckets=BUCKETS,
        )

    def done(self, task: Task, done: Outcome | Swept, seconds: float) -> None:
        """Count a task that is done."""
        self._tasks[task.name, "done"].inc()
        if isinstance(done, Swept):
            return
        self._documents[done.result.replace(" ", "_"),].inc()
        if done.result == "failed":
            self._failures[done.error_code or "none",].inc()
        if done.result == "ingested":
            self._chunks.inc(done.chunks)
            self._tokens.inc(done.tokens)
        if done.result in ("ingested", "failed"):
            self._seconds.observe(seconds)

    def failed(self, task: Task) -> None:
        """Count a task that is tried again."""
        self._tasks[task.name, "again"].inc()
