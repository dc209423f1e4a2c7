"""All metrics of a server, in a registry of its own."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector

from handler.http.admission import Admission
from handler.local_server.connections import Connections
from handler.metrics.ingestion import IngestionMetrics
from handler.metrics.requests import RequestMetrics
from handler.metrics.state import ConnectionCollector, ModelCollector
from handler.metrics.store import StoreCollector
from handler.metrics.store_facts import read_store_facts
from handler.objects.configured_storage import ConfiguredStorage
from handler.settings import Settings, SqliteAddress
from model_layer import Encoder

# What is read of a store on AWS costs a few requests, which are paid for.
REMOTE_SECONDS = 60.0


class ServerMetrics:
    """The metrics of one server, and of the process that it is."""

    def __init__(
        self,
        encoder: Encoder,
        admission: Admission,
        settings: Settings,
        storage: Callable[[], ConfiguredStorage],
    ) -> None:
        """storage: asked for when Prometheus asks, if the settings name a store."""
        self.registry = CollectorRegistry()
        self.requests = RequestMetrics(self.registry)
        self.ingestion = IngestionMetrics(self.registry)
        self.registry.register(ModelCollector(encoder, admission))
        if settings.vector_store is not None:
            is_file = isinstance(settings.vector_store, SqliteAddress)
            store = StoreCollector(
                lambda: read_store_facts(storage()), kept_seconds=0.0 if is_file else REMOTE_SECONDS
            )
            self.registry.register(store)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def watch(self, connections: Connections) -> None:
        """Also tell of these connections."""
        self.registry.register(ConnectionCollector(connections))
