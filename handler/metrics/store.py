"""What the vector stores hold, read when Prometheus asks.

A store that cannot be read, or not in time, is `minilm_store_up 0`, and the other metrics are there
all the same.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from handler.errors import ApiError, TryLater
from handler.limits import METRICS_STORE_SECONDS
from handler.metrics.store_facts import FileFacts, StoreFacts
from handler.stores.counts import STATUSES

log = logging.getLogger(__name__)


class StoreCollector(Collector):
    """The metrics of the vector stores. Used by one thread at a time."""

    def __init__(
        self,
        read: Callable[[], StoreFacts],
        *,
        seconds: float = METRICS_STORE_SECONDS,
        kept_seconds: float = 0.0,
    ) -> None:
        """read: raises ApiError or TryLater if the stores cannot be read.

        seconds: for which it is awaited. kept_seconds: for which what was read is not read again.
        """
        self._read, self._seconds, self._kept_seconds = read, seconds, kept_seconds
        # Of its own: a store that hangs must not hold up requests.
        self._thread = ThreadPoolExecutor(1, "store-metrics")
        self._reading: Future[StoreFacts] | None = None
        self._kept: tuple[float, StoreFacts] | None = None  # with the time when it was read

    def collect(self) -> Iterator[Metric]:
        """The values of now."""
        facts = self._facts()
        up = "Whether the vector stores could be read in time."
        yield _gauge("store_up", up, facts is not None)
        if facts is None:
            return
        made = "Vector stores that the API made."
        yield _gauge("made_vector_stores", made, facts.made_stores)
        files = GaugeMetricFamily(
            "minilm_store_files", "Files of all vector stores by status.", labels=["status"]
        )
        for status in STATUSES:
            files.add_metric([status], getattr(facts.files, status))
        yield files
        used = "Bytes of the documents that are completed."
        yield _gauge("store_document_bytes", used, facts.files.usage_bytes)
        if facts.file:
            yield from _of_a_file(facts.file)

    def _facts(self) -> StoreFacts | None:
        """What the stores hold; None if it cannot be read, or not in time."""
        if self._kept and time.monotonic() - self._kept[0] < self._kept_seconds:
            return self._kept[1]
        # One that is late is awaited again the next time, so that no two wait for a store.
        self._reading = self._reading or self._thread.submit(self._read)
        try:
            facts = self._reading.result(self._seconds)
        except (ApiError, TryLater, TimeoutError):
            return None
        except Exception:  # a bug here must not hide the other metrics
            log.exception("what the vector stores hold could not be read")
            return None
        finally:
            if self._reading.done():
                self._reading = None
        self._kept = time.monotonic(), facts
        return facts


def _of_a_file(facts: FileFacts) -> Iterator[Metric]:
    yield _gauge("store_chunks", "Chunks in the store's file.", facts.chunks)
    yield _gauge("store_size_bytes", "Bytes of the store's file.", facts.size)
    tasks = GaugeMetricFamily(
        "minilm_queued_tasks",
        "Tasks of the worker that wait, or that it is doing.",
        labels=["state"],
    )
    tasks.add_metric(["waiting"], facts.tasks.waiting)
    tasks.add_metric(["taken"], facts.tasks.taken)
    yield tasks
    late = "For how long the task that is due the longest has waited."
    yield _gauge("queue_delay_seconds", late, facts.tasks.delay)


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"minilm_{name}", text, value)
