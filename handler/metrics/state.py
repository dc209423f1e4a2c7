"""What the server is and holds at the moment: its model, its connections, and what waits."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from handler.http.admission import Admission
from handler.limits import MAX_WAITING_BYTES
from handler.local_server.connections import Connections
from handler.version import VERSION
from model_layer import Encoder


class ModelCollector(Collector):
    """The model, and what waits for it."""

    def __init__(self, encoder: Encoder, admission: Admission) -> None:
        self._encoder, self._admission = encoder, admission

    def collect(self) -> Iterator[Metric]:
        """The values of now."""
        bundle, admission = self._encoder.bundle, self._admission
        about = {
            "fingerprint": bundle.fingerprint,
            "precision": bundle.precision,
            "version": VERSION,
        }
        yield InfoMetricFamily("minilm_model", "The model, and the server's version.", about)
        yield _gauge("encoder_threads", "Texts that are encoded at a time.", self._encoder.threads)
        waiting = GaugeMetricFamily(
            "minilm_waiting_texts",
            "Texts of requests that are not answered yet; long ones have more than 32.",
            labels=["requests"],
        )
        for kind, count in admission.waiting_texts.items():
            waiting.add_metric([kind], count)
        yield waiting
        limit = "Texts that may wait, of long and of short requests each."
        yield _gauge("waiting_texts_limit", limit, admission.max_texts)
        bodies = "Bytes of the bodies of requests that are not answered yet."
        yield _gauge("waiting_body_bytes", bodies, admission.waiting_bytes)
        yield _gauge("waiting_body_bytes_limit", "Bytes that may wait.", MAX_WAITING_BYTES)


class ConnectionCollector(Collector):
    """The connections of the server. Reads single numbers, so it may run on any thread."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        """The values of now."""
        state = self._connections
        yield _gauge("open_connections", "Connections of clients.", len(state.connections))
        limit = "Connections that there may be."
        yield _gauge("open_connections_limit", limit, state.bounds.connections)
        running = "Requests that are being answered."
        yield _gauge("requests_in_progress", running, len(state.tasks))
        refused = CounterMetricFamily(
            "minilm_connection_refusals",
            "Requests that the server refused before they reached a route.",
            labels=["code"],
        )
        for code, count in list(state.refused.items()):
            refused.add_metric([code], count)
        yield refused


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"minilm_{name}", text, value)
